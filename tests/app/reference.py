"""Writes `docs/reference.md` from the routes, events and codes that there are: `python -m tests.app.reference`."""

import inspect
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from starlette.routing import BaseRoute

from qms.app import assemble, build
from qms.kernel.event import Event
from qms.queue.rules.fold import EVENTS
from qms.queue.rules.shown import Views
from qms.settings import ROOT, load
from qms.web.edge import Spec
from qms.web.problems import status_of, words
from tests.app.test_who_may import ADMIN, ADMINS, EVERYBODY, KIOSK, LEADING, MAY, OWN, STAFF
from tests.web.test_texts import codes

PAGE = ROOT / "docs" / "reference.md"
WHO = {
    EVERYBODY: "anyone",
    STAFF: "staff",
    OWN: "staff of the hall",
    LEADING: "supervisors, administrators",
    OWN | {"kiosk"}: "kiosk, staff of the hall",
    KIOSK: "kiosk",
    EVERYBODY - {"anonymous"}: "devices, staff",
    ADMIN: "administrators of the place",
    ADMINS: "administrators, within what they govern",
}
"""Sets of people by their name; tests/app/test_who_may.py proves who is in which."""
WHO_ELSE = {
    "POST /api/v1/tickets/{token}/let-pass": "who has the ticket's token",
    "POST /api/v1/halls/{hall}/tickets": "kiosk, staff of the hall; anyone where people may join from home",
    "POST /api/v1/halls/{hall}/check-in": "kiosk, staff of the hall; who has the booking's token",
    "GET /metrics": "who has the token of the settings; without one, the machine itself",
    "WS /live": "by view: devices, staff, ticket holders, anyone",
    "/staff-assets": "anyone",
}
"""Where a set of people does not say it."""
WHAT = {
    "WS /live": "Views that keep themselves up to date: `?view=` " + ", ".join(Views.__annotations__),
    "GET /api/v1/openapi.json": "This interface with all its bodies and answers, for machines",
    "GET /": "First page: the halls and where to go",
    "GET /desk/{hall}": "Terminal of a clerk; `?bar=1` as a narrow bar",
    "GET /supervisor/{hall}": "How the hall stands: lines by trouble, counters, what could be done",
    "GET /key-clients/{hall}": "Key clients, who are recognised by a code",
    "POST /key-clients/{hall}": "Enter one; the code is shown once",
    "GET /key-clients/{hall}/{client}/remove": "Whether one is to be removed",
    "POST /key-clients/{hall}/{client}/remove": "Remove one",
    "POST /key-clients/{hall}/{client}/renew": "Give one another code",
    "GET /appointments/{hall}": "A day's appointments (`?day=`)",
    "GET /appointments/{hall}/day.csv": "The same as a file for spreadsheets (`?day=`)",
    "GET /appointments/{hall}/search": "Appointments by name, code, e-mail, phone or ID number (`?q=`)",
    "GET /appointments/{hall}/new": "Book for a caller or somebody present: the next question (`?service=`, `?day=`, `?start=`)",
    "POST /appointments/{hall}/new": "Book for them",
    "GET /appointments/{hall}/number": "Form to give a number to somebody without an appointment",
    "POST /appointments/{hall}/number": "Give it",
    "GET /appointments/{hall}/{booking}": "One appointment and what may be done with it",
    "POST /appointments/{hall}/{booking}/arrive": "The person is here: make the number",
    "GET /appointments/{hall}/{booking}/move": "Other times for it (`?day=`)",
    "POST /appointments/{hall}/{booking}/move": "Move it",
    "POST /appointments/{hall}/{booking}/cancel": "Cancel it at the person's wish",
    "GET /queues/{hall}": "The hall's queues now",
    "GET /offices/{office}": "All halls of an office now",
    "GET /queues/{hall}/join": "Join the queue from home: choose the service (`?service=`), what to bring, how long it may take",
    "POST /queues/{hall}/join": "Take the number",
    "GET /push.js": "The service worker that shows notices of a turn",
    "GET /open/{office}/queues.json": "Open data: the office's queues now, in our own shape",
    "GET /open/{office}/warsaw.json": "The same in the shape of Warsaw's city API",
    "GET /open/{office}/ngsi-ld.json": "The same as NGSI-LD entities of the type QueueMonitor",
    "GET /t/{token}": "A ticket's page for the phone",
    "GET /t/{token}/qr.svg": "The address of that page as a picture to scan",
    "GET /t/{token}/slip.png": "The number as it is printed (`?width=80` or `58`), to be printed from a browser",
    "POST /t/{token}/leave": "Leave the queue, from that page",
    "POST /t/{token}/let-pass": "Let people go first, from that page",
    "GET /book": "Book: choose the matter; `?q=` searches",
    "GET /book/{hall}": "Book: how many people and matters, the question before a marked service",
    "GET /book/{hall}/qr.svg": "The address at which a service is booked as a picture to scan",
    "GET /book/{hall}/day": "Book: days with free times",
    "GET /book/{hall}/time": "Book: the times of a day",
    "POST /book/{hall}/time": "Set a time aside",
    "GET /book/{hall}/wait": "Form to join the waiting list",
    "POST /book/{hall}/wait": "Join the waiting list",
    "GET /b/{token}/wait": "Form to be told of a time earlier than one's own",
    "POST /b/{token}/wait": "Be told of a time earlier than one's own",
    "GET /w/{token}": "One's place on the waiting list",
    "POST /w/{token}/leave": "Leave the waiting list",
    "GET /b/{token}": "A booking, with its code and what to bring",
    "GET /b/{token}/details": "Form for contact data",
    "POST /b/{token}/details": "Give contact data",
    "GET /b/{token}/confirm": "All that is about to be booked",
    "POST /b/{token}/confirm": "Book it",
    "POST /b/{token}/release": "Give a held time back",
    "GET /b/{token}/cancel": "Asks whether to cancel",
    "POST /b/{token}/cancel": "Cancel",
    "GET /b/{token}/move": "Days to move a booking to",
    "GET /b/{token}/move/time": "Times to move a booking to",
    "POST /b/{token}/move/time": "Move it",
    "GET /b/{token}/code.svg": "The code for check-in as a picture to scan",
    "GET /b/{token}/calendar.ics": "The visit as a calendar file",
    "POST /b/{token}/reconfirm": "Say again that one will come",
    "POST /b/{token}/check-in": "Check in from one's own phone",
    "GET /prove/{proof}": "The link in a message; a button, for programs open links too",
    "POST /prove/{proof}": "Confirm the e-mail address",
    "GET /sign-in": "Form to sign in",
    "POST /sign-in": "Sign in",
    "POST /sign-out": "Sign out",
    "GET /password": "Form to change one's own password",
    "POST /password": "Change one's own password",
    "GET /password/reset": "Form to set a password by a one-time code",
    "POST /password/reset": "Set a password by a one-time code",
    "GET /staff": "Start page: one's halls and what may be done there",
    "GET /staff/sessions": "Where one is signed in",
    "POST /staff/sessions/end": "End one of one's own sessions",
    "POST /staff/sessions/end-others": "End all of one's own sessions but this one",
    "GET /staff/accounts": "Accounts and their roles",
    "POST /staff/accounts": "Open an account",
    "GET /staff/accounts/{account}": "One account",
    "POST /staff/accounts/{account}/grant": "Give a role",
    "POST /staff/accounts/{account}/withdraw": "Take a role away",
    "POST /staff/accounts/{account}/disable": "Shut an account",
    "POST /staff/accounts/{account}/enable": "Open an account again",
    "POST /staff/accounts/{account}/reset": "Issue a one-time code for a new password",
    "GET /lab/{hall}": "Policy lab: past days under other rules or with other counters, beside what happened",
    "GET /opening/{hall}": "Opening rules, roster, closures and hours in words, with a month (`?month=`)",
    "GET /opening/{hall}/settings": "How visits are booked: every setting of the hall and its services",
    "GET /opening/{hall}/history": "The versions that acted: who, when, and what changed",
    "GET /opening/{hall}/hit": "Bookings that the set-up no longer holds",
    "POST /opening/{hall}/hit": "Cancel the chosen ones, and tell the people",
    "GET /opening/{hall}/change/{what}": "Form for a change of opening, roster, closures, holidays, settings, the rules of calling or the printed number",
    "POST /opening/{hall}/change/{what}": "What it would change: differences, overlaps, bookings hit",
    "POST /opening/{hall}/change/{what}/save": "Make the change, as a new version",
    "GET /rules/{hall}": "How people are called, and what that promises to those who wait",
    "GET /paper/{hall}": "What a printed number looks like (`?look-language=`, `?look-service=`)",
    "GET /messages/{hall}": "Messages to people, and which texts are the office's own",
    "GET /messages/{hall}/text/{message}/{language}": "A message's text in a language, to be changed",
    "POST /messages/{hall}/text/{message}/{language}": "How it would read: a preview",
    "POST /messages/{hall}/text/{message}/{language}/save": "Send this text from now on",
    "POST /messages/{hall}/text/{message}/{language}/default": "Go back to the text that came with the system",
    "GET /messages/{hall}/log": "A day's messages and what became of them (`?day=`, `?outcome=`, `?page=`)",
    "POST /messages/{hall}/log": "Try again what failed",
    "GET /media/{hall}": "The hall's pictures and videos",
    "POST /media/{hall}": "Add a picture or a video (a form with a file)",
    "GET /media/{hall}/{name}": "One of them, as a whole or in parts (`Range`)",
    "POST /media/{hall}/{name}": "Put another file in the place of one",
    "POST /media/{hall}/{name}/remove": "Remove one that the set-up does not name",
    "GET /theme/{hall}.css": "The office's colour, for screens to link after the design system",
    "GET /staff/devices/{hall}": "The hall's devices",
    "POST /staff/devices/{hall}": "Add a device",
    "POST /staff/devices/{hall}/{device}/board": "Choose the board that a screen shows",
    "POST /staff/devices/{hall}/{device}/renew": "Issue a fresh code for a device",
    "POST /staff/devices/{hall}/{device}/revoke": "Shut a device out",
    "GET /healthz": "Is the server alive?",
    "GET /readyz": "Can every hall be served? 503 where not, with the reason",
    "GET /metrics": "Figures for Prometheus",
    "GET /i18n/{language}/{domain}.json": "Texts of the screens in a language",
    "GET /favicon.ico": "Icon of the browser's tab",
    "/kiosk": "Screen of a kiosk: `/kiosk/?hall=`",
    "/board": "Screens on the wall: `/board/?hall=` (`&board=` one of the set-up), `/board/counter.html?hall=&counter=`",
    "/shared": "Styles, scripts and fonts that all screens share",
    "/book-assets": "Styles and scripts of the pages on which people book",
    "/desk-assets": "Styles and scripts of the terminal, the ticket's page and the queues",
    "/staff-assets": "Styles and scripts of the staff's pages",
    "/devices-assets": "Styles and scripts of the pages about devices, pictures and videos",
    "/lab-assets": "Styles of the policy lab",
    "/opening-assets": "Styles of the pages of opening",
    "/key-clients-assets": "Style and script of the pages about key clients",
    "/messages-assets": "Styles of the pages about messages",
}
"""What a route is for where no declaration says it: what is not JSON."""
HEAD = """\
# Reference

Every address, event and problem code of the server. Settings are in [settings.md](settings.md), the file of a
hall in [hall-file.md](hall-file.md). `python -m tests.app.reference` writes this page.

## Interface

JSON in and out; `GET /api/v1/openapi.json` has the shapes. Times are ISO 8601 in UTC. What is not known is left
out. Staff come with their session's cookie, devices with theirs or `Authorization: Bearer`, citizens with the
token of their ticket. Every POST takes an `Idempotency-Key`: acts in the queue that are sent again under the
same key are carried out once. Who is not signed in needs a key of at least 16 characters, which nobody guesses.

| call | who | does |
|---|---|---|
"""
SCREENS = """
## Screens, files and operations

| call | who | does |
|---|---|---|
"""
EVENTS_HEAD = """
## Events

What `GET /api/v1/halls/{hall}/events` lists, by `type`.

| type | means |
|---|---|
"""
CODES_HEAD = """
## Problem codes

A refusal or error is a problem document (`application/problem+json`) with a `code` that stays the same, and a
`title` in the language asked for; in English it is the one below. The screens use these codes too, for example
to say why a service gives out no numbers.

| code | status | says |
|---|---|---|
"""


def routes() -> dict[str, Spec | None]:
    """Every route by name, with its declaration where it has one."""
    with tempfile.TemporaryDirectory() as folder:
        app = build(assemble(load(data=Path(folder))))
    return {name_of(route): getattr(route, "spec", None) for route in app.routes}


def name_of(route: BaseRoute) -> str:
    """Method and path; of a folder the path alone."""
    return str(getattr(route, "name", None) or getattr(route, "path", ""))


def who(name: str) -> str:
    """Who may use a route."""
    if name in WHO_ELSE:
        return WHO_ELSE[name]
    if "{token}" in name:
        return "the booking's holder" if "/bookings/" in name or "/b/" in name else "who has the token"
    return WHO[MAY[name]] if name in MAY else "anyone"


def what(name: str, spec: Spec | None) -> str:
    """What a route is for."""
    if spec is None:
        return WHAT[name]
    asked = ", ".join(f"`?{one}=`" for one in spec.query or ())
    return spec.summary + (f" ({asked})" if asked else "")


def meaning(event: type[Event]) -> str:
    """What happened, as the event's own text has it."""
    return inspect.getdoc(event).partition("\n\n")[0].replace("\n", " ")  # type: ignore[union-attr]


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


def lines(found: Mapping[str, Spec | None], *, interface: bool) -> Iterator[str]:
    """The rows of the interface, or of everything else."""
    for name, spec in found.items():
        if (spec is not None or name in ("WS /live", "GET /api/v1/openapi.json")) == interface:
            yield row(f"`{name}`", who(name), what(name, spec))


def page() -> str:
    """The page: a line for each route, event and code."""
    found = routes()
    return "".join(
        [
            HEAD,
            *lines(found, interface=True),
            SCREENS,
            *lines(found, interface=False),
            EVENTS_HEAD,
            *(row(f"`{event.__name__}`", meaning(event)) for event in EVENTS),
            CODES_HEAD,
            *(row(f"`{code}`", str(status_of(code)), words("en", code, {})) for code in sorted(codes())),
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

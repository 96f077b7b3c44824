"""Of every route, who may use it and who is turned away; a route that is not in the table fails."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from qms.app import build
from tests.app.make import House, served

EVERYBODY = frozenset({"anonymous", "kiosk", "board", "stranger", "clerk", "supervisor", "admin"})
STAFF = frozenset({"stranger", "clerk", "supervisor", "admin"})
OWN = frozenset({"clerk", "supervisor", "admin"})
LEADING = frozenset({"supervisor", "admin"})
ADMIN = frozenset({"admin"})
KIOSK = frozenset({"kiosk"})
ADMINS = frozenset({"admin", "stranger"})

COUNTER = "/api/v1/counters/{counter}/"
ACTS = (
    "open", "pause", "close", "next", "recall", "start", "finish", "no-show", "requeue", "park",
    "resume", "transfer", "undo",
)  # fmt: skip
MAY: dict[str, frozenset[str]] = {
    # Anybody may take a number of this hall from home; a board and staff of another hall may not.
    "POST /api/v1/halls/{hall}/tickets": EVERYBODY - {"board", "stranger"},
    "DELETE /api/v1/halls/{hall}/tickets/{ticket}": LEADING,
    "GET /api/v1/halls/{hall}/tickets/{ticket}/person": OWN,
    "POST /api/v1/halls/{hall}/numbers": KIOSK,
    "POST /api/v1/halls/{hall}/handed-in": KIOSK,
    "POST /api/v1/tickets/{token}/let-pass": EVERYBODY,
    "GET /api/v1/tickets/{token}": EVERYBODY,
    "DELETE /api/v1/tickets/{token}": EVERYBODY,
    "GET /api/v1/push": EVERYBODY,
    "POST /api/v1/tickets/{token}/push": EVERYBODY,
    "DELETE /api/v1/tickets/{token}/push": EVERYBODY,
    **{f"POST {COUNTER}{act}": OWN for act in ACTS},
    f"POST {COUNTER}lend": LEADING,
    f"POST {COUNTER}take-back": LEADING,
    "GET /api/v1/halls/{hall}/pressure": LEADING,
    "GET /api/v1/halls": EVERYBODY,
    "GET /api/v1/halls/{hall}": EVERYBODY,
    "GET /api/v1/halls/{hall}/queues": EVERYBODY,
    "GET /api/v1/halls/{hall}/standards": EVERYBODY,
    "GET /api/v1/halls/{hall}/estimates": LEADING,
    "POST /api/v1/halls/{hall}/suspend": LEADING,
    "POST /api/v1/halls/{hall}/resume": LEADING,
    "GET /api/v1/halls/{hall}/events": OWN,
    # Check-in by code is for kiosks and staff; who has the booking's token may do it anywhere.
    "POST /api/v1/halls/{hall}/check-in": OWN | {"kiosk"},
    "POST /api/v1/halls/{hall}/appointments/{booking}/arrive": OWN,
    "POST /api/v1/halls/{hall}/key-clients/recognise": OWN | {"kiosk"},
    "GET /api/v1/halls/{hall}/slots": EVERYBODY,
    "GET /api/v1/halls/{hall}/first-free": EVERYBODY,
    "POST /api/v1/halls/{hall}/bookings": EVERYBODY,
    "POST /api/v1/halls/{hall}/wishes": EVERYBODY,
    "DELETE /api/v1/wishes/{token}": EVERYBODY,
    "GET /api/v1/bookings/{token}": EVERYBODY,
    "POST /api/v1/bookings/{token}/confirm": EVERYBODY,
    "POST /api/v1/bookings/{token}/prove": EVERYBODY,
    "PATCH /api/v1/bookings/{token}": EVERYBODY,
    "DELETE /api/v1/bookings/{token}": EVERYBODY,
    "POST /api/v1/halls/{hall}/appointments": OWN,
    "GET /api/v1/halls/{hall}/appointments": OWN,
    "GET /api/v1/halls/{hall}/conflicts": LEADING,
    "POST /api/v1/halls/{hall}/conflicts/cancel": LEADING,
    "PATCH /api/v1/halls/{hall}/appointments/{booking}": OWN,
    "DELETE /api/v1/halls/{hall}/appointments/{booking}": OWN,
    "GET /api/v1/staff": ADMINS,
    "POST /api/v1/staff": ADMIN,
    "POST /api/v1/staff/{account}/grants": ADMIN,
    "DELETE /api/v1/staff/{account}/grants/{role}/{scope}": ADMINS,
    "POST /api/v1/staff/{account}/disable": ADMINS,
    "POST /api/v1/staff/{account}/enable": ADMINS,
    "POST /api/v1/staff/{account}/reset": ADMINS,
    "POST /api/v1/session": EVERYBODY,
    "GET /api/v1/me": EVERYBODY,
    "POST /api/v1/password": STAFF,
    "POST /api/v1/devices/pair": EVERYBODY,
    "GET /api/v1/devices/page": EVERYBODY,
    "GET /api/v1/devices/me/away": KIOSK,
    "POST /api/v1/devices/me/state": KIOSK,
    "GET /api/v1/halls/{hall}/devices": ADMIN,
    "POST /api/v1/halls/{hall}/devices": ADMIN,
    "DELETE /api/v1/halls/{hall}/devices/{device}": ADMIN,
    "GET /": EVERYBODY,
    "GET /desk/{hall}": OWN,
    "GET /supervisor/{hall}": LEADING,
    "GET /appointments/{hall}": OWN,
    "GET /appointments/{hall}/day.csv": OWN,
    "GET /appointments/{hall}/search": OWN,
    "GET /appointments/{hall}/new": OWN,
    "POST /appointments/{hall}/new": OWN,
    "GET /appointments/{hall}/number": OWN,
    "POST /appointments/{hall}/number": OWN,
    "GET /appointments/{hall}/{booking}": OWN,
    "POST /appointments/{hall}/{booking}/arrive": OWN,
    "GET /appointments/{hall}/{booking}/move": OWN,
    "POST /appointments/{hall}/{booking}/move": OWN,
    "POST /appointments/{hall}/{booking}/cancel": OWN,
    "GET /queues/{hall}": EVERYBODY,
    "GET /offices/{office}": EVERYBODY,
    "GET /queues/{hall}/join": EVERYBODY,
    "POST /queues/{hall}/join": EVERYBODY,
    "GET /push.js": EVERYBODY,
    "GET /open/{office}/queues.json": EVERYBODY,
    "GET /open/{office}/warsaw.json": EVERYBODY,
    "GET /open/{office}/ngsi-ld.json": EVERYBODY,
    "GET /t/{token}": EVERYBODY,
    "GET /t/{token}/qr.svg": EVERYBODY,
    "GET /t/{token}/slip.png": EVERYBODY,
    "POST /t/{token}/leave": EVERYBODY,
    "POST /t/{token}/let-pass": EVERYBODY,
    "GET /book": EVERYBODY,
    "GET /book/{hall}": EVERYBODY,
    "GET /book/{hall}/qr.svg": EVERYBODY,
    "GET /book/{hall}/day": EVERYBODY,
    "GET /book/{hall}/time": EVERYBODY,
    "POST /book/{hall}/time": EVERYBODY,
    "GET /book/{hall}/wait": EVERYBODY,
    "POST /book/{hall}/wait": EVERYBODY,
    "GET /b/{token}/wait": EVERYBODY,
    "POST /b/{token}/wait": EVERYBODY,
    "GET /w/{token}": EVERYBODY,
    "POST /w/{token}/leave": EVERYBODY,
    "GET /b/{token}": EVERYBODY,
    "GET /b/{token}/details": EVERYBODY,
    "POST /b/{token}/details": EVERYBODY,
    "GET /b/{token}/confirm": EVERYBODY,
    "POST /b/{token}/confirm": EVERYBODY,
    "POST /b/{token}/release": EVERYBODY,
    "GET /b/{token}/cancel": EVERYBODY,
    "POST /b/{token}/cancel": EVERYBODY,
    "GET /b/{token}/move": EVERYBODY,
    "GET /b/{token}/move/time": EVERYBODY,
    "POST /b/{token}/move/time": EVERYBODY,
    "POST /b/{token}/reconfirm": EVERYBODY,
    "GET /b/{token}/calendar.ics": EVERYBODY,
    "GET /b/{token}/code.svg": EVERYBODY,
    "POST /b/{token}/check-in": EVERYBODY,
    "GET /prove/{proof}": EVERYBODY,
    "POST /prove/{proof}": EVERYBODY,
    "GET /api/v1/halls/{hall}/challenge": EVERYBODY,
    "GET /sign-in": EVERYBODY,
    "POST /sign-in": EVERYBODY,
    "GET /password": STAFF,
    "POST /password": STAFF,
    "GET /password/reset": EVERYBODY,
    "POST /password/reset": EVERYBODY,
    "GET /staff": STAFF,
    "GET /staff/sessions": STAFF,
    "POST /staff/sessions/end": STAFF,
    "GET /staff/accounts": ADMINS,
    "POST /staff/accounts": ADMIN,
    "GET /staff/accounts/{account}": ADMINS,
    "POST /staff/accounts/{account}/grant": ADMINS,
    "POST /staff/accounts/{account}/withdraw": ADMINS,
    "POST /staff/accounts/{account}/disable": ADMINS,
    "POST /staff/accounts/{account}/enable": ADMINS,
    "POST /staff/accounts/{account}/reset": ADMINS,
    "GET /opening/{hall}": LEADING,
    "GET /opening/{hall}/history": LEADING,
    "GET /rules/{hall}": LEADING,
    "GET /opening/{hall}/settings": LEADING,
    "GET /opening/{hall}/hit": LEADING,
    "POST /opening/{hall}/hit": LEADING,
    "GET /opening/{hall}/change/{what}": ADMIN,
    "POST /opening/{hall}/change/{what}": ADMIN,
    "POST /opening/{hall}/change/{what}/save": ADMIN,
    "GET /paper/{hall}": ADMIN,
    "GET /key-clients/{hall}": LEADING,
    "GET /lab/{hall}": LEADING,
    "POST /key-clients/{hall}": LEADING,
    "GET /key-clients/{hall}/{client}/remove": LEADING,
    "POST /key-clients/{hall}/{client}/remove": LEADING,
    "POST /key-clients/{hall}/{client}/renew": LEADING,
    "GET /messages/{hall}": LEADING,
    "GET /messages/{hall}/text/{message}/{language}": ADMIN,
    "POST /messages/{hall}/text/{message}/{language}": ADMIN,
    "POST /messages/{hall}/text/{message}/{language}/save": ADMIN,
    "POST /messages/{hall}/text/{message}/{language}/default": ADMIN,
    "GET /messages/{hall}/log": LEADING,
    "POST /messages/{hall}/log": LEADING,
    "GET /media/{hall}": ADMIN,
    "POST /media/{hall}": ADMIN,
    "GET /media/{hall}/{name}": EVERYBODY,
    "POST /media/{hall}/{name}": ADMIN,
    "POST /media/{hall}/{name}/remove": ADMIN,
    "GET /theme/{hall}.css": EVERYBODY,
    "GET /api/v1/halls/{hall}/speech/{language}": EVERYBODY - {"anonymous"},
    "GET /staff/devices/{hall}": ADMIN,
    "POST /staff/devices/{hall}": ADMIN,
    "POST /staff/devices/{hall}/{device}/board": ADMIN,
    "POST /staff/devices/{hall}/{device}/renew": ADMIN,
    "POST /staff/devices/{hall}/{device}/revoke": ADMIN,
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /metrics": EVERYBODY,
    "GET /i18n/{language}/{domain}.json": EVERYBODY,
    "GET /api/v1/openapi.json": EVERYBODY,
    "GET /favicon.ico": EVERYBODY,
    # These end sessions of whoever asks, so they come last.
    "POST /staff/sessions/end-others": STAFF,
    "POST /sign-out": STAFF,
    "DELETE /api/v1/session": EVERYBODY,
}
NOT_HTTP = {"WS /live"}
FILES = {
    "/shared",
    "/book-assets",
    "/desk-assets",
    "/staff-assets",
    "/devices-assets",
    "/opening-assets",
    "/lab-assets",
    "/messages-assets",
    "/key-clients-assets",
    "/kiosk",
    "/board",
}
REAL = {
    "hall": "ratusz",
    "counter": "ratusz.1",
    "ticket": "0" * 32,
    "booking": "0" * 32,
    "token": "a" * 26,
    "proof": "0" * 32 + "." + "a" * 26,
    "account": "staff:000000000000",
    "device": "device:000000000000",
    "role": "clerk",
    "scope": "hall:ratusz",
    "client": "0" * 32,
    "what": "closure",
    "message": "confirmed",
    "language": "pl",
    "domain": "kiosk",
    "name": "logo",
    "office": "zalesie",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(tmp_path_factory.mktemp("data")) as house:
        yield house


NEW: dict[str, str | int] = {"name": "new", "shown": "New", "role": "clerk", "scope": "hall:ratusz"}
ROLE: dict[str, str | int] = {"role": "clerk", "scope": "hall:ratusz"}
BODIES: dict[str, dict[str, str | int]] = {
    "POST /api/v1/halls/{hall}/tickets": {"service": "id-card"},
    "POST /api/v1/halls/{hall}/handed-in": {
        "id": "0" * 31 + "1",
        "token": "b" * 26,
        "service": "id-card",
        "language": "pl",
        "number": 998,
        "written": "A998",
        "taken_at": "2026-11-25T12:00:00+01:00",
    },
    "POST /api/v1/halls/{hall}/check-in": {"code": "123456"},
    "POST /api/v1/staff": NEW,
    "POST /api/v1/staff/{account}/grants": ROLE,
    "POST /api/v1/password": {"old": "what it was", "new": "what it will be"},
    "POST /staff/accounts": NEW | {"name": "newer"},
    "POST /staff/accounts/{account}/grant": ROLE,
    "POST /staff/accounts/{account}/withdraw": ROLE,
    "POST /password": {"old": "what it was", "new": "what it will be", "again": "what it will be"},
}
"""Where it is the handler who asks for rights, a sound body is needed to get there."""


class Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers here."""

    def redirect_request(self, *_: object) -> None:
        return None


OPENER = urllib.request.build_opener(Stay)


class Answer(NamedTuple):
    """Status, the code of a problem, and where a redirect leads."""

    status: int
    code: str = ""
    location: str = ""

    @property
    def turned_away(self) -> bool:
        """Whether this one may not; a wrong password is nothing about rights."""
        refused = self.status in (401, 403) and self.code != "wrong_credentials"
        return refused or self.location in ("/sign-in", "/password") or "?next=" in self.location


def ask(house: House, headers: Mapping[str, str], route: str) -> Answer:
    """What is answered to a sound request, with the token that a form would bring back."""
    method, _, path = route.partition(" ")
    body = BODIES.get(route, {})
    if path.startswith("/api"):
        data, given = json.dumps(body), {"Content-Type": "application/json", **headers}
    else:
        csrf = token_of(house, headers)
        cookies = "; ".join(one for one in (headers.get("Cookie", ""), f"qms_form={csrf}") if one)
        data = urllib.parse.urlencode(body | {"csrf": csrf})
        given = {"Content-Type": "application/x-www-form-urlencoded", **headers, "Cookie": cookies}
    request = urllib.request.Request(
        house.base + path.format(**REAL), data.encode() if method != "GET" else None, given, method=method
    )
    try:
        with OPENER.open(request, timeout=10) as answer:
            return Answer(answer.status)
    except urllib.error.HTTPError as error:
        content, kind = error.read(), error.headers.get("Content-Type", "")
        code = json.loads(content)["code"] if kind == "application/problem+json" else ""
        if path in ("/sign-in", "/password") and error.code == 401:
            code = "wrong_credentials"
        return Answer(error.code, code, error.headers.get("Location") or "")


def token_of(house: House, headers: Mapping[str, str]) -> str:
    """The token of a session's forms; anybody else's browser keeps one in a cookie."""
    request = urllib.request.Request(f"{house.base}/api/v1/me", headers=dict(headers))
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.loads(answer.read()).get("csrf", "t" * 32))


def test_the_table_knows_every_route(house: House) -> None:
    names = {
        str(getattr(route, "name", None) or getattr(route, "path", ""))
        for route in build(house.server).routes
    }
    assert names - FILES - NOT_HTTP == MAY.keys()


@pytest.mark.parametrize("route", MAY)
def test_only_those_may_who_should(house: House, route: str) -> None:
    away = {who: ask(house, house.headers[who], route) for who in sorted(EVERYBODY - MAY[route])}
    assert all(answer.turned_away for answer in away.values()), away
    assert "cross_site" not in {answer.code for answer in away.values()}
    let_in = {who: ask(house, house.headers[who], route) for who in sorted(MAY[route])}
    assert not any(answer.turned_away or answer.status >= 500 for answer in let_in.values()), let_in


OWN_PASSWORD = {"GET /password", "POST /password", "POST /api/v1/password", "POST /sign-out"}


def test_who_must_change_the_password_may_do_nothing_else(house: House) -> None:
    """An administrator whose password somebody else has set; what all may do is done without a sign-in too."""
    headers = house.headers["unready"]
    for route in [route for route, who in MAY.items() if "anonymous" not in who]:
        answer = ask(house, headers, route)
        if route in OWN_PASSWORD:
            assert not answer.turned_away, route
        elif "/api/" in route:
            assert (answer.status, answer.code) == (403, "must_change_password"), route
        else:
            assert answer.location.startswith("/password"), (route, answer)


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "qms_session="},
        {"Cookie": "qms_session=" + "x" * 43},
        {"Cookie": "qms_session=" + "x" * 5000},
        {"Cookie": "qms_device=" + "x" * 43},
        {"Cookie": 'qms_session="; qms_session'},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 43},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Authorization": "bearer a b c"},
    ],
)
def test_a_made_up_credential_is_none(house: House, headers: dict[str, str]) -> None:
    for route in ("POST /api/v1/counters/{counter}/next", "GET /api/v1/staff", "GET /desk/{hall}"):
        assert ask(house, headers, route).turned_away


def test_a_session_is_no_device_and_a_device_no_session(house: House) -> None:
    session = house.headers["admin"]["Cookie"].partition("=")[2]
    device = house.headers["kiosk"]["Authorization"].partition(" ")[2]
    swapped = ({"Authorization": f"Bearer {session}"}, {"Cookie": f"qms_device={session}"})
    for headers in (*swapped, {"Cookie": f"qms_session={device}"}):
        for route in ("GET /api/v1/halls/{hall}/events", "GET /staff/devices/{hall}"):
            assert ask(house, headers, route).turned_away

"""Who comes: the form about a person, what is wrong with it, and the summary before the end."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from qms.booking.acts import Acts
from qms.booking.pages.frame import go, show
from qms.booking.pages.messages import choices, said
from qms.booking.project import booking_of
from qms.booking.reads import Row
from qms.booking.rules import contact
from qms.booking.rules.model import Wanted
from qms.booking.views import BookingView
from qms.clients.http import knows_clients
from qms.halls.rules.booking import ExtraField
from qms.halls.rules.model import Hall
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem

NEEDS = contact.NEEDS
OWN = ("name", "email", "phone", "document", "note", "consent", contact.MESSAGES, contact.CLIENT)
EITHER = ("email", "phone")
AGAIN = ("contact", "limit_day", "limit_contact", "limit_made", "invalid", "throttled")
"""Refusals after which something else may be typed."""


def given(fields: Mapping[str, str], hall: Hall, wanted: tuple[Wanted, ...]) -> dict[str, str]:
    """What a form says of a person; whatever it was not asked for is left out."""
    kept = {name: _line(fields.get(name, "")) for name in (*OWN, *contact.extra(hall, wanted))}
    kept["need"] = ",".join(need for need in NEEDS if fields.get(f"need-{need}"))
    return contact.kept(kept)


def _line(text: str) -> str:
    """What was typed as one line of text: no breaks, nothing that cannot be seen."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in plain if c.isprintable())


def asked_fields(hall: Hall, *, prove: bool) -> list[tuple[str, bool]]:
    """Name, e-mail, phone and ID number as far as the office asks for them, and whether they must be filled in."""
    asks = hall.bookings.contact if hall.bookings else None
    if asks is None:
        return []
    shown = {"name": asks.name, "email": asks.email, "phone": asks.phone, "document": asks.document}
    if asks.either:
        shown |= {name: "optional" for name in EITHER if shown[name] == "off"}
    must = {name: ask == "required" and not (asks.either and name in EITHER) for name, ask in shown.items()}
    if prove:
        shown["email"], must["email"] = "required", True
    return [(name, must[name]) for name, ask in shown.items() if ask != "off"]


def extra_fields(hall: Hall, wanted: tuple[Wanted, ...]) -> list[tuple[str, ExtraField]]:
    """The services' own fields."""
    services = [service for one in wanted if (service := hall.service(one.service)) is not None]
    found = {f"{contact.EXTRA}{f.id}": f for service in services for f in service.booking.fields}
    return list(found.items())


def faults(hall: Hall, wanted: tuple[Wanted, ...], fields: Mapping[str, str], *, prove: bool) -> list[str]:
    """The fields that are missing or wrong, in the order in which they stand."""
    wrong = set(contact.faults(hall, wanted, fields, staff=False))
    if prove and not fields.get("email"):
        wrong.add("email")
    order = [name for name, _ in asked_fields(hall, prove=prove)]
    order += [*contact.extra(hall, wanted), "need", "note", contact.MESSAGES, contact.CLIENT, "consent"]
    return sorted(wrong, key=lambda name: order.index(name) if name in order else len(order))


class Details:
    """The pages about a time that is set aside."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    def form(
        self,
        call: Call,
        row: Row,
        view: BookingView,
        fields: Mapping[str, str] | None = None,
        wrong: list[str] | None = None,
        fault: Problem | None = None,
    ) -> Response:
        """The form about the person."""
        hall, wanted, prove = self._about(row)
        return show(
            call,
            "book_details.html",
            hall,
            status=422 if wrong else 200,
            fault=fault,
            asked=asked_fields(hall, prove=prove),
            extra=extra_fields(hall, wanted),
            fields=fields or {},
            wrong=wrong or [],
            prove=prove,
            needs=NEEDS,
            clients=knows_clients(hall),
            messages=choices(hall, language_of(call.request)),
            **self._values(call, view),
        )

    async def details(self, call: Call, row: Row, view: BookingView) -> Response:
        """What was typed, shown once more before the end; or the form again, where something is wrong."""
        hall, wanted, prove = self._about(row)
        sent = await filled(call.request)
        fields = given(sent, hall, wanted)
        if view["state"] != "held" or row["wish"] is not None:
            return go(call, f"/b/{call.request.path_params['token']}")
        if sent.get("again"):
            return self.form(call, row, view, fields)
        if wrong := faults(hall, wanted, fields, prove=prove):
            return self.form(call, row, view, fields, wrong)
        try:
            await self._acts.key_client(call, hall, fields)
        except Problem as problem:
            return self._refused(call, row, view, fields, problem)
        return self._summary(call, row, view, fields)

    async def confirm(self, call: Call, row: Row, view: BookingView) -> Response:
        """The end: the booking stands, or waits for its link to be opened."""
        hall, wanted, prove = self._about(row)
        sent = await filled(call.request)
        fields, accepted = given(sent, hall, wanted), sent.get("accepted") == "yes"
        wrong = faults(hall, wanted, fields, prove=prove) if row["wish"] is None else []
        if wrong and view["state"] == "held":
            return self.form(call, row, view, fields, wrong)
        try:
            await self._acts.confirm(call, row, fields, accepted)
        except Problem as problem:
            if problem.code == "rules_not_accepted" and row["wish"] is None:
                return self._summary(call, row, view, fields, problem)
            if problem.code in AGAIN and row["wish"] is None:
                return self._refused(call, row, view, fields, problem)
            if problem.code not in ("wrong_state", "hold_over", "rules_not_accepted"):
                raise
            if problem.code == "rules_not_accepted":
                return show(call, "book_offer.html", hall, fault=problem, **self._values(call, view))
        return go(call, f"/b/{call.request.path_params['token']}")

    def _refused(
        self, call: Call, row: Row, view: BookingView, fields: Mapping[str, str], problem: Problem
    ) -> Response:
        """The form with what was refused: the fields, where the problem names them."""
        if problem.code == "contact":
            return self.form(call, row, view, fields, list(problem.params["fields"]))
        return self.form(call, row, view, fields, fault=problem)

    def _summary(
        self,
        call: Call,
        row: Row,
        view: BookingView,
        fields: Mapping[str, str],
        fault: Problem | None = None,
    ) -> Response:
        hall, wanted, prove = self._about(row)
        return show(
            call,
            "book_summary.html",
            hall,
            fault=fault,
            fields=fields,
            messages=said(hall, language_of(call.request), fields.get(contact.MESSAGES, "")),
            extra=extra_fields(hall, wanted),
            prove=prove,
            **self._values(call, view),
        )

    def _about(self, row: Row) -> tuple[Hall, tuple[Wanted, ...], bool]:
        """Hall, services, and whether an e-mail must prove that somebody is there."""
        hall = self._acts.room(row["hall"]).setup
        by_link = hall.bookings is not None and hall.bookings.confirm_by_link
        return hall, booking_of(row).services, by_link or not row["proved"]

    def _values(self, call: Call, view: BookingView) -> dict[str, Any]:
        token = call.request.path_params["token"]
        base = call.request.scope.get("root_path", "")
        return {
            "view": view,
            "mine": f"{base}/b/{token}",
            "here": f"{base}/b/{token}?",
            "minutes": sum(one["minutes"] * one["count"] for one in view["services"]),
            "speed": call.site.settings.speed,
        }

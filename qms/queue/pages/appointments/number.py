"""Reception gives a number to somebody without an appointment: the same that a kiosk gives."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.pages.frame import once
from qms.halls.rules.model import WALK_IN, Hall, Segment
from qms.queue.http.models import NewTicket, TicketTaken
from qms.queue.pages.appointments.frame import LIST, at_hall, show
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem

NUMBER = LIST + "/number"
Issue = Callable[[Call, NewTicket], Awaitable[TicketTaken]]
"""Gives a number; raises Problem."""
WAYS = ("reception", "phone")
FIELDS = ("service", "language", "segment", "channel", "name", "note", "phone")
ALSO = "also-"
"""Before the id of a further service."""


class NumberPages:
    """The pages; `issue` gives the number."""

    def __init__(self, issue: Issue) -> None:
        self._issue = issue

    def routes(self) -> list[BaseRoute]:
        return [
            at_hall("GET", NUMBER, self.ask),
            at_hall("POST", NUMBER, self.give),
        ]

    async def ask(self, call: Call, hall: Hall) -> Response:
        """For what, and for whom."""
        return _form(call, hall, {})

    async def give(self, call: Call, hall: Hall) -> Response:
        """The number, large; a form that is sent again is answered with the same."""
        sent = await filled(call.request)
        try:
            wish = _wish(sent)
            keyed = once(call, sent.get("once", ""), "number", hall.id, str(sorted(sent.items())))
            taken = await self._issue(keyed, wish)
        except Problem as problem:
            return _form(call, hall, sent, problem)
        return show(
            call,
            "given.html",
            hall,
            here=NUMBER.format(hall=hall.id),
            taken=taken,
            service=hall.service(wish.service),
        )


def _wish(sent: Mapping[str, str]) -> NewTicket:
    try:
        given: dict[str, Any] = {name: sent[name] for name in FIELDS if sent.get(name)}
        further = [name.removeprefix(ALSO) for name in sent if name.startswith(ALSO)]
        return NewTicket.model_validate(given | {"also": [s for s in further if s != given.get("service")]})
    except ValidationError:
        raise Problem("invalid") from None


def _form(call: Call, hall: Hall, typed: Mapping[str, str], fault: Problem | None = None) -> Response:
    groups = [
        (
            group,
            sorted(
                (s for s in hall.services if s.group == group.id and not s.retired), key=lambda s: s.order
            ),
        )
        for group in hall.groups
        if not group.retired
    ]
    return show(
        call,
        "number.html",
        hall,
        here=NUMBER.format(hall=hall.id),
        fault=fault,
        groups=[(group, services) for group, services in groups if services],
        segments=segments(hall),
        ways=WAYS,
        also={name.removeprefix(ALSO) for name in typed if name.startswith(ALSO)},
        typed={"segment": WALK_IN, "channel": WAYS[0], "language": language_of(call.request), **typed},
        once=secrets.token_urlsafe(18),
        sms=bool(call.site.settings.sms_url),
        wrong=fault.params.get("field", "") if fault is not None else "",
    )


def segments(hall: Hall) -> list[Segment]:
    """The segments that staff may give: the usual one first."""
    found = [s for s in hall.segments if not s.retired and (s.id == WALK_IN or s.offered != "never")]
    return sorted(found, key=lambda segment: segment.id != WALK_IN)

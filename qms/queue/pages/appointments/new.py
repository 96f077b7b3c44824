"""Booking for a caller or somebody present: matter, time, person; one page each, then the code to read out."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.http.asked import MOST, day_asked
from qms.booking.pages.calendar import ANOTHER, moment
from qms.booking.pages.details import NEEDS, extra_fields, given
from qms.booking.pages.frame import Ask, asked, go, once
from qms.booking.pages.messages import choices
from qms.booking.rules import contact
from qms.booking.rules.model import Via, Wanted
from qms.booking.rules.period import barred
from qms.halls.rules import hours
from qms.halls.rules.model import BOOKED, WALK_IN, Hall, Segment, Service
from qms.queue.pages.appointments.calendar import offered
from qms.queue.pages.appointments.frame import LIST, at_hall, show, to_one
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.problems import Problem

NEW = LIST + "/new"
VIA: tuple[Via, ...] = tuple(via for via in get_args(Via) if via != "web")
DIGITS = tuple("0123456789")


@dataclass(slots=True)
class Typed:
    """What was filled in so far: about the person, and about the booking."""

    fields: Mapping[str, str] = field(default_factory=dict)
    via: Via = VIA[0]
    language: str = ""
    segment: str = BOOKED
    once: str = field(default_factory=lambda: secrets.token_urlsafe(18))


class NewPages:
    """The pages."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    def routes(self) -> list[BaseRoute]:
        return [
            at_hall("GET", NEW, self.ask),
            at_hall("POST", NEW, self.book),
        ]

    async def ask(self, call: Call, hall: Hall) -> Response:
        """The next question that the address leaves open."""
        query = call.request.query_params
        if "many" in query:
            return _counted(call, hall)
        if "service" not in query:
            return _matters(call, hall)
        ask = asked(call)
        if code := barred(hall, ask.wanted, public=False):
            return _matters(call, hall, Problem(code))
        if "start" in query:
            typed = Typed(language=language_of(call.request))
            return await self._person(call, hall, ask, moment(query["start"]), typed)
        return await self._times(call, hall, ask)

    async def book(self, call: Call, hall: Hall) -> Response:
        """Book; what cannot be is said on the form, with what was typed."""
        ask, sent = asked(call), await filled(call.request)
        start, typed = moment(sent.get("start", "")), _typed(sent, hall, ask)
        if wrong := contact.faults(hall, ask.wanted, typed.fields, staff=True):
            return await self._person(call, hall, ask, start, typed, wrong=wrong)
        content = (hall.id, ask.query(), start.isoformat(), str(sorted(sent.items())))
        try:
            held = await self._acts.hold(
                once(call, typed.once, *content),
                hall.id,
                ask.wanted,
                start,
                language=typed.language,
                eligible=True,
                via=typed.via,
                segment=typed.segment,
                fields=typed.fields,
            )
        except Problem as problem:
            return await self._person(call, hall, ask, start, typed, fault=problem)
        return to_one(call, hall, held.view["id"], "booked")

    async def _times(self, call: Call, hall: Hall, ask: Ask) -> Response:
        fault = None
        try:
            day = day_asked(call, "day")
        except Problem as problem:
            day, fault = None, problem
        choice = await offered(self._acts, call, hall, ask.wanted, day)
        return show(
            call, "times.html", hall, fault=fault, ask=ask, services=named(hall, ask.wanted), choice=choice
        )

    async def _person(
        self,
        call: Call,
        hall: Hall,
        ask: Ask,
        start: datetime,
        typed: Typed,
        wrong: Sequence[str] = (),
        fault: Problem | None = None,
    ) -> Response:
        others: Sequence[datetime] = ()
        if fault is not None and fault.code in ANOTHER:
            choice = await offered(self._acts, call, hall, ask.wanted, hours.day_of(hall, start))
            others = choice.times
        return show(
            call,
            "person.html",
            hall,
            status=422 if wrong else 200,
            fault=fault,
            ask=ask,
            services=named(hall, ask.wanted),
            start=start,
            others=others,
            nearest=min(others, key=lambda at: abs(at - start), default=start),
            typed=typed,
            wrong=wrong,
            extra=extra_fields(hall, ask.wanted),
            needs=NEEDS,
            ways=VIA,
            segments=segments(hall),
            messages=choices(hall, language_of(call.request)),
        )


def _matters(call: Call, hall: Hall, fault: Problem | None = None) -> Response:
    groups = [(group, _bookable(hall, group.id)) for group in hall.groups if not group.retired]
    shown = [(group, services) for group, services in groups if services]
    return show(call, "matters.html", hall, fault=fault, groups=shown)


def _counted(call: Call, hall: Hall) -> Response:
    """Several matters or people at once: on with those of which there is at least one."""
    query = call.request.query_params
    pairs = zip(query.getlist("service"), query.getlist("count"), strict=False)
    wanted = tuple(Wanted(service, int(n)) for service, n in pairs if n in DIGITS and n != "0")
    if not 1 <= len(wanted) <= MOST:
        return _matters(call, hall, Problem("invalid", {"field": "count"}))
    return go(call, NEW.format(hall=hall.id), Ask(wanted).query())


def _bookable(hall: Hall, group: str) -> list[Service]:
    found = [
        s for s in hall.services if s.group == group and not barred(hall, (Wanted(s.id),), public=False)
    ]
    return sorted(found, key=lambda service: service.order)


def _typed(sent: Mapping[str, str], hall: Hall, ask: Ask) -> Typed:
    """What a form says; raises Problem for a choice that it did not offer."""
    via = next((via for via in VIA if via == sent.get("via")), None)
    segment = sent.get("segment", BOOKED)
    if via is None or segment not in {one.id for one in segments(hall)}:
        raise Problem("invalid")
    language = sent.get("language", "")
    return Typed(given(sent, hall, ask.wanted), via, language, segment, sent.get("once", ""))


def segments(hall: Hall) -> list[Segment]:
    """The segments that staff may book for: the usual one first."""
    given = [
        s
        for s in hall.segments
        if s.id == BOOKED or (s.offered != "never" and s.id != WALK_IN and not s.retired)
    ]
    return sorted(given, key=lambda segment: segment.id != BOOKED)


def named(hall: Hall, wanted: Sequence[Wanted]) -> list[tuple[Service, int]]:
    """The services wanted, as far as they are known."""
    found = [(hall.service(one.service), one.count) for one in wanted]
    return [(service, count) for service, count in found if service is not None]

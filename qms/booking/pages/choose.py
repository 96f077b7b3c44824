"""What for, where, for how many: the steps before the calendar."""

import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.firsts import offered_at
from qms.booking.http.asked import MOST
from qms.booking.pages.frame import Ask, asked, bookable, chosen, go, route, settings_of, show
from qms.booking.pages.times import Times
from qms.booking.rules.model import Wanted
from qms.halls.rules.model import Hall, Service
from qms.web.edge import Call
from qms.web.edge import address as reached_at
from qms.web.language import language_of
from qms.web.problems import Problem
from qms.web.qr import qr_picture

BestSaid = Callable[[Hall, datetime, str], Awaitable[str]]
"""When it is best to come to a hall without an appointment, in a language; empty where nothing can be said."""
LONGEST_SEARCH = 80
DIGITS = tuple("0123456789")
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Matter:
    """One thing that people come for, wherever it is offered under the same name."""

    service: Service
    halls: list[Hall] = field(default_factory=list)

    @property
    def href(self) -> str:
        """Where choosing it leads: to the hall, or to the choice between several."""
        if len(self.halls) == 1:
            return f"/book/{self.halls[0].id}?{urlencode({'service': self.service.id})}"
        return f"/book?{urlencode({'matter': self.service.id})}"


@dataclass(slots=True)
class Heading:
    """Matters that belong together."""

    names: Mapping[str, str]
    matters: list[Matter] = field(default_factory=list)


class ChoosePages:
    """The pages; `halls` names those that are served, `best` says when it is best to come to one of them."""

    def __init__(
        self, acts: Acts, times: Times, halls: Callable[[], Sequence[str]], best: BestSaid
    ) -> None:
        self._acts, self._times, self._halls, self._best = acts, times, halls, best

    def routes(self) -> list[BaseRoute]:
        return [
            route("GET", "/book", self.start),
            route("GET", "/book/{hall}", self.ask),
            route("GET", "/book/{hall}/qr.svg", self.qr),
        ]

    async def start(self, call: Call) -> Response:
        """Which matter, and, where several halls offer it, which hall."""
        found = headings(self._taking())
        query = call.request.query_params
        if "matter" in query:
            return await self._sites(call, found, query["matter"])
        search = query.get("q", "").strip()[:LONGEST_SEARCH]
        shown = matching(found, search) if search else found
        taking = [hall for hall in self._taking() if bookable(hall)]
        best = (await self._bests(call, taking))[taking[0].id] if len(taking) == 1 else ""
        return show(call, "book_matters.html", headings=shown, search=search, any=bool(found), best=best)

    async def _sites(self, call: Call, found: Sequence[Heading], wanted: str) -> Response:
        matters = [m for heading in found for m in heading.matters if m.service.id == wanted]
        if not matters:
            raise Problem("service_not_bookable")
        halls = [hall for matter in matters for hall in matter.halls]
        firsts = {hall.id: await self._times.first(call, hall.id, (Wanted(wanted),)) for hall in halls}
        walk_in = [m.halls for m in matters if not m.service.booking.only]
        bests = await self._bests(call, chain.from_iterable(walk_in))
        order = sorted(halls, key=lambda hall: firsts[hall.id] or NEVER)
        return show(
            call, "book_sites.html", service=matters[0].service, halls=order, firsts=firsts, bests=bests
        )

    async def _bests(self, call: Call, halls: Iterable[Hall]) -> dict[str, str]:
        now, lang = call.site.clock.now(), language_of(call.request)
        return {hall.id: await self._best(hall, now, lang) for hall in halls}

    async def ask(self, call: Call) -> Response:
        """For how many, and whether one may: only where the office asks; then on to the calendar."""
        hall = self._acts.room(call.param("hall")).setup
        settings = settings_of(hall)
        counted = _counted(call)
        if counted == ():
            first = Wanted(call.request.query_params["service"])
            return _several(call, hall, Ask((first,)), fault=Problem("invalid"))
        ask = Ask(counted) if counted else asked(call)
        chosen(hall, ask.wanted)
        together = settings.several_people > 1 or settings.several_services
        if together and not counted and "eligible" not in call.request.query_params:
            return _several(call, hall, ask)
        questions = [s.booking.question for s, _ in chosen(hall, ask.wanted) if s.booking.question]
        answer = call.request.query_params.get("eligible")
        if questions and answer != "yes":
            return show(
                call, "book_question.html", hall, ask=ask, questions=questions, refused=answer == "no"
            )
        return go(call, f"/book/{hall.id}/day", Ask(ask.wanted, bool(questions)).query())

    async def qr(self, call: Call) -> Response:
        """Where a service is booked, as a picture for those who stand at a kiosk."""
        hall, ask = self._acts.room(call.param("hall")).setup, asked(call)
        ((service, _),) = chosen(hall, ask.wanted[:1])
        return qr_picture(reached_at(call, offered_at(hall.id, service.id)))

    def _taking(self) -> Iterable[Hall]:
        return (self._acts.room(hall).setup for hall in self._halls())


def _several(call: Call, hall: Hall, ask: Ask, fault: Problem | None = None) -> Response:
    settings = settings_of(hall)
    first = ask.wanted[0].service
    offered = [s for s in bookable(hall) if s.id == first or settings.several_services]
    offered.sort(key=lambda service: service.id != first)
    values: dict[str, Any] = {"ask": ask, "offered": offered, "first": first, "fault": fault}
    return show(call, "book_several.html", hall, **values)


def _counted(call: Call) -> tuple[Wanted, ...] | None:
    """What the form said of how many, perhaps nobody; None where it was not sent."""
    query = call.request.query_params
    if "many" not in query:
        return None
    services, counts = query.getlist("service"), query.getlist("count")
    if not services or len(services) != len(counts) or not all(n in DIGITS for n in counts):
        raise Problem("invalid", {"field": "count"})
    pairs = [Wanted(s, int(n)) for s, n in zip(services, counts, strict=True) if n != "0"]
    if len(pairs) > MOST:
        raise Problem("invalid", {"field": "service"})
    return tuple(pairs)


def headings(halls: Iterable[Hall]) -> list[Heading]:
    """Every matter that may be booked, by the names of the groups; those of one name in two halls are one."""
    by_group: dict[str, Heading] = {}
    matters: dict[tuple[str, str], Matter] = {}
    for hall in halls:
        for service in bookable(hall):
            name = (service.id, str(sorted(service.names.items())))
            if name not in matters:
                group = hall.group(service.group)
                names = group.names if group is not None else {}
                heading = by_group.setdefault(str(sorted(names.items())), Heading(names))
                matters[name] = Matter(service)
                heading.matters.append(matters[name])
            matters[name].halls.append(hall)
    return list(by_group.values())


def matching(found: Sequence[Heading], search: str) -> list[Heading]:
    """The matters in whose names, in any language, or whose group's every word of a search begins a word."""
    asked = _words(search)
    shown = []
    for heading in found:
        hits = [m for m in heading.matters if _hit(asked, m.service.names, heading.names)]
        if hits:
            shown.append(Heading(heading.names, hits))
    return shown


def _hit(asked: Sequence[str], *names: Mapping[str, str]) -> bool:
    known = [word for one in names for text in one.values() for word in _words(text)]
    return all(any(word.startswith(part) for word in known) for part in asked)


def _words(text: str) -> list[str]:
    """Words without accents, as people type them in a hurry."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in letters).split()

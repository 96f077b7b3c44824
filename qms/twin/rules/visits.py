"""Legs joined to visits: who of the log's tickets was in the hall from when to when, and where.

A leg that arrives at the very second in which a leg of the same ticket ended goes on with that
visit: in another room after a transfer; in the same room after a pause, or, called without any
wait, as part of the same spell. Any other leg begins a visit, the first or a further one of its
ticket. So the wait of every spell is the log's own, from `arrive` to `start`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from qms.twin.rules.legs import Leg

Kind = Literal["printed", "transferred", "sent_back", "continued", "came_back"]
KINDS: tuple[Kind, ...] = ("printed", "transferred", "sent_back", "continued", "came_back")
"""What a leg is: the first of its ticket on that day; a transfer to another room; the same room
again after a wait; the same spell going on; a further visit under a number already used."""


@dataclass(slots=True)
class Spell:
    """One time in one room: waited from `arrive` to `start`, served until `end`."""

    room: str
    arrive: int
    start: int
    end: int


@dataclass(slots=True)
class Visit:
    """A stay without a gap; `id` names the line of the log on which it begins."""

    id: str
    day: date
    ticket: str
    spells: list[Spell] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.spells[-1].end


def join(legs: Iterable[Leg]) -> tuple[list[Visit], dict[Kind, int]]:
    """The visits that the legs make, in the order of the log, and how many legs of each kind there are."""
    counts: dict[Kind, int] = dict.fromkeys(KINDS, 0)
    visits: list[Visit] = []
    of_ticket: dict[tuple[date, str], list[Visit]] = {}
    for leg in legs:
        mine = of_ticket.setdefault((leg.day, leg.ticket), [])
        visit = _before(leg, mine)
        kind = _kind(leg, visit, mine)
        counts[kind] += 1
        if visit is None:
            visit = Visit(f"{leg.day:%Y%m%d}-{leg.line}", leg.day, leg.ticket)
            mine.append(visit)
            visits.append(visit)
        if kind == "continued":
            visit.spells[-1].end = leg.end
        else:
            visit.spells.append(Spell(leg.room, leg.arrive, leg.start, leg.end))
    return visits, counts


def _before(leg: Leg, earlier: list[Visit]) -> Visit | None:
    """The visit that a leg goes on with: of several, one in the same room, else the latest."""
    ended = [visit for visit in reversed(earlier) if visit.end == leg.arrive]
    return next(
        (visit for visit in ended if visit.spells[-1].room == leg.room), ended[0] if ended else None
    )


def _kind(leg: Leg, visit: Visit | None, earlier: list[Visit]) -> Kind:
    if visit is None:
        return "came_back" if earlier else "printed"
    if visit.spells[-1].room != leg.room:
        return "transferred"
    return "continued" if leg.start == leg.arrive else "sent_back"

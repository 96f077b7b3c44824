"""What may happen in a business day: appointment minutes, grid, limits and lanes; alike days share one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from qms.booking.rules.lanes import Lane
from qms.booking.rules.minutes import each, lasting, runs, span
from qms.booking.rules.piece import Piece

_KEPT = 4000
"""Answers kept with a plan: of all kinds that bookings come in, and some."""


class Segment(NamedTuple):
    """An unbroken stretch of a rule, from minute `at` until `end`; starts lie from `first` to `last`."""

    at: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Pool:
    """How many bookings an opening rule allows at once: in all, and made by people for themselves.

    None: as many as there are counters. No services named: all.
    """

    rule: str
    services: tuple[str, ...]
    lanes: int | None
    public: int | None


class Part(NamedTuple):
    """A stretch of a booking that one service takes: minutes `at` to `end`, counted from its start."""

    service: str
    at: int
    end: int


Shape = tuple[tuple[Part, ...], ...]
"""A booking's parts, by the counters that it takes one after the other."""


@dataclass(eq=False)
class Plan:
    """A day's possibilities. Where two rules hold for a service at once, the first of them counts.

    `pools` come in that order. `shut`: services closed, and the minutes in which they are.
    """

    whole: int
    opens: int
    slot: int
    services: Sequence[str]
    pools: Sequence[tuple[Pool, Sequence[Segment]]]
    shut: Iterable[tuple[tuple[str, ...], int]]
    lanes: tuple[Lane, ...]
    planned: dict[str, int] = field(default_factory=dict)
    """The minutes of each service's rules, whether the hall is open then or not."""
    grid: dict[str, int] = field(default_factory=dict)
    """The minutes at which appointments of a service may begin, by its rules."""
    governs: list[dict[str, int]] = field(default_factory=list)
    """For each pool: the minutes in which it counts for a service."""
    bookable: dict[str, int] = field(default_factory=dict)
    """The minutes of each service's appointments."""
    pieces: dict[object, tuple[Piece, ...]] = field(default_factory=dict)
    """Pieces that were cut before."""
    starts: dict[Shape, int] = field(default_factory=dict)
    helping: dict[tuple[str, ...], tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for pool, segments in self.pools:
            self.governs.append(self._govern(pool, segments))
        for service in self.services:
            self.bookable[service] = self.planned.get(service, 0) & self.opens & ~self.shut_for(service)

    def _govern(self, pool: Pool, segments: Sequence[Segment]) -> dict[str, int]:
        minutes = grid = 0
        for segment in segments:
            minutes |= span(max(segment.at, 0), max(segment.end, 0))
            for start in range(segment.first, min(segment.end, segment.last + 1), self.slot):
                grid |= 1 << start if start >= 0 else 0
        minutes, grid = minutes & self.whole, grid & self.whole
        found = {}
        for service in self.services:
            if not pool.services or service in pool.services:
                before = self.planned.get(service, 0)
                found[service] = minutes & ~before
                self.planned[service] = before | minutes
                self.grid[service] = self.grid.get(service, 0) | grid & ~before
        return found

    def shut_for(self, service: str) -> int:
        """The minutes in which a closure of the service alone shuts it."""
        closed = 0
        for services, minutes in self.shut:
            closed |= minutes if service in services else 0
        return closed

    def starts_of(self, shape: Shape) -> int:
        """The minutes at which a booking may begin while nothing is booked, whoever is on duty."""
        found = self.starts.get(shape)
        if found is None:
            if len(self.starts) > _KEPT:
                self.starts.clear()
            found = self.starts[shape] = self._starts(shape, self.bookable)
        return found

    def planned_starts(self, shape: Shape) -> int:
        """The minutes at which a booking might begin if the hall were open and nothing closed."""
        return self._starts(shape, self.planned)

    def _starts(self, shape: Shape, minutes: Mapping[str, int]) -> int:
        found = self.grid.get(shape[0][0].service, 0)
        for parts in shape:
            for part in parts:
                found &= lasting(minutes.get(part.service, 0), part.end - part.at) >> part.at
        return found

    def keep(self, key: object, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """Keep under a key what was cut."""
        if len(self.pieces) > _KEPT:
            self.pieces.clear()
        self.pieces[key] = pieces
        return pieces

    def cut(self, shape: Shape, start: int) -> tuple[Piece, ...]:
        """What a booking takes when it begins at a minute: a piece for each counter."""
        return tuple(self._piece(parts, start) for parts in shape)

    def _piece(self, parts: Sequence[Part], start: int) -> Piece:
        able, counts = (1 << len(self.lanes)) - 1, []
        for part in parts:
            minutes = span(start + part.at, start + part.end)
            for n, lane in enumerate(self.lanes):
                if minutes & ~lane.skills.get(part.service, 0):
                    able &= ~(1 << n)
            for pool, governed in enumerate(self.governs):
                counts += [(pool, a, b) for a, b in runs(minutes & governed.get(part.service, 0))]
        first, end = start + parts[0].at, start + parts[-1].end
        rank = ((first << 10 | able.bit_count()) << len(self.lanes) | able) << 11 | end
        return Piece(first, end, able, span(first, end), tuple(counts), rank)

    def helpers(self, parts: Sequence[Part]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The lanes that may serve all of these at some time; and those that may take bookings over."""
        key = tuple(part.service for part in parts)
        found = self.helping.get(key)
        if found is None:
            able = tuple(n for n, lane in enumerate(self.lanes) if all(s in lane.skills for s in key))
            near = 0
            for lane in able:
                near |= self.related[lane]
            found = self.helping[key] = (able, tuple(each(near)))
        return found

    @cached_property
    def kinds(self) -> tuple[int, ...]:
        """For each lane, which others can stand in for it: those of the same kind."""
        return tuple(lane.kind for lane in self.lanes)

    @cached_property
    def related(self) -> tuple[int, ...]:
        """For each lane, those that may come to help it, moving bookings from one to the next."""
        found = []
        for n in range(len(self.lanes)):
            near, before = 1 << n, 0
            while near != before:
                before = near
                served = {s for m, lane in enumerate(self.lanes) if near >> m & 1 for s in lane.skills}
                for m, lane in enumerate(self.lanes):
                    near |= 1 << m if served & lane.skills.keys() else 0
            found.append(near)
        return tuple(found)

    @cached_property
    def capacity(self) -> int:
        """Minutes of appointments that counters on duty can give in the day, within the rules' lanes."""
        edges = {0, self.whole.bit_length()}
        masks = [minutes for governed in self.governs for minutes in governed.values()]
        masks += [minutes for lane in self.lanes for minutes in lane.skills.values()]
        for minutes in [*masks, *self.bookable.values()]:
            for first, end in runs(minutes):
                edges |= {first, end}
        return sum((end - at) * self._at_once(at) for at, end in pairwise(sorted(edges)))

    def _at_once(self, minute: int) -> int:
        """How many appointments can be given at a minute."""
        total, anywhere = 0, 0
        for (pool, _), governed in zip(self.pools, self.governs, strict=True):
            able = 0
            for service, minutes in governed.items():
                if (minutes & self.bookable[service]) >> minute & 1:
                    for n, lane in enumerate(self.lanes):
                        able |= (lane.skills.get(service, 0) >> minute & 1) << n
            most = able.bit_count()
            total += most if pool.lanes is None else min(pool.lanes, most)
            anywhere |= able
        return min(total, anywhere.bit_count())

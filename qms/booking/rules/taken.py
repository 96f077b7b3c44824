"""What the bookings of a day take of its plan: lanes, the pools of its rules, and shares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qms.booking.rules import opening
from qms.booking.rules.fit import Placed, place
from qms.booking.rules.lanes import serves_all
from qms.booking.rules.minutes import span
from qms.booking.rules.model import OCCUPYING, Booking, DayBook, Freed, Wanted
from qms.booking.rules.opening import Day
from qms.booking.rules.piece import Piece
from qms.booking.rules.plan import Part, Plan, Shape
from qms.halls.rules.model import Hall

_KEPT = 64
"""Answers kept with a book."""


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What is taken of a day, for the public or for staff.

    `full`: for each pool, the minutes in which it holds no more. Minutes booked by people for
    themselves (`web`) and by those who did not prove themselves (`unproved`) count towards shares.
    """

    hall: Hall
    plan: Plan
    placed: Placed
    full: Sequence[int]
    web: int
    unproved: int


def taken(
    hall: Hall, book: DayBook, *, public: bool, without: str | None = None, freed: str | None = None
) -> Taken:
    """What a book's bookings take, for people who book for themselves or for staff; kept with the book.

    A booking `without` and a freed time `freed` do not count; for staff, no freed time does.
    """
    ghosts = [one for one in book.freed.values() if one.id != freed] if public else []
    key = ("taken", id(hall), public, without, freed)
    found = book.memo.get(key)
    if found is None or found.hall is not hall:
        bookings = [b for b in book.bookings.values() if b.state in OCCUPYING and b.id != without]
        found = _taken(hall, opening.day(hall, book.day), bookings, ghosts, public)
        keep(book, key, found)
    answer: Taken = found
    return answer


def keep(book: DayBook, key: tuple[Any, ...], answer: object) -> None:
    """Keep an answer with a book; those before it go when there are many."""
    if len(book.memo) > _KEPT:
        book.memo.clear()
    book.memo[key] = answer


def _taken(
    hall: Hall, day: Day, bookings: Sequence[Booking], ghosts: Sequence[Freed], public: bool
) -> Taken:
    start, plan = day.frame.start, day.plan
    every: list[Piece] = []
    own: list[Piece] = []
    web = unproved = 0
    for one in bookings:
        pieces, long = _cut(hall, plan, start, one)
        every += pieces
        if one.via == "web":
            own += pieces
            web += long
        if not one.proved and one.state in ("held", "pending"):
            unproved += long
    for ghost in ghosts:
        pieces, long = _cut(hall, plan, start, ghost)
        every += pieces
        own += pieces
        web += long
    placed = place(every, plan.kinds)
    full = [0] * len(plan.pools)
    for n, (pool, _) in enumerate(plan.pools):
        if pool.lanes is not None:
            full[n] = reached(every, n, pool.lanes, plan)
        if public and pool.public is not None:
            full[n] |= reached(own, n, pool.public, plan)
    return Taken(hall, plan, placed, full, web, unproved)


def _cut(hall: Hall, plan: Plan, start: datetime, one: Booking | Freed) -> tuple[tuple[Piece, ...], int]:
    """What something booked takes of a day that begins at `start`, and for how many minutes."""
    apart, lasts, services = one.start - start, one.end - one.start, one.services
    first, long = apart.days * 1440 + apart.seconds // 60, lasts.days * 1440 + lasts.seconds // 60
    if len(services) == 1:  # as most are: one look, and not a call for each of a day's bookings
        found = plan.pieces.get((services[0].service, first, first + long))
        if found is not None:
            return found, long
    return pieces_of(hall, plan, services, first, first + long), long


def reached(pieces: Iterable[Piece], pool: int, most: int, plan: Plan) -> int:
    """The minutes in which so many or more of the pieces count in a pool."""
    if most == 0:
        return plan.whole
    steps: dict[int, int] = {}
    for piece in pieces:
        for counted, first, end in piece.counts:
            if counted == pool:
                steps[first] = steps.get(first, 0) + 1
                steps[end] = steps.get(end, 0) - 1
    found, count, since = 0, 0, 0
    for minute in sorted(steps):
        before, count = count, count + steps[minute]
        if before < most <= count:
            since = minute
        elif count < most <= before:
            found |= span(since, minute)
    return found


def pieces_of(
    hall: Hall, plan: Plan, services: Sequence[Wanted], start: int, end: int
) -> tuple[Piece, ...]:
    """What services take of a day from one minute to another; the last has what is left of the time."""
    if len(services) == 1:
        key: object = (services[0].service, start, end)
    else:
        key = (tuple((wanted.service, wanted.count) for wanted in services), start, end)
    found = plan.pieces.get(key)
    return (
        found if found is not None else plan.keep(key, plan.cut(shape(hall, services, end - start), start))
    )


def shape(hall: Hall, services: Sequence[Wanted], minutes: int) -> Shape:
    """The parts of a booking of so many minutes.

    They are had at one counter where any serves all of them, else at one after the other.
    """
    at, parts = 0, []
    lengths = opening.each_minutes(hall)
    for n, wanted in enumerate(services):
        end = min(minutes, at + lengths.get(wanted.service, 0) * wanted.count)
        end = minutes if n == len(services) - 1 else end
        if end > at:
            parts.append(Part(wanted.service, at, end))
        at = end
    if parts and serves_all(hall.counters, [wanted.service for wanted in services]):
        return (tuple(parts),)
    return tuple((part,) for part in parts)

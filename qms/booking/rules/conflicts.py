"""What an office should see before it saves: rules that overlap, bookings that a set-up no longer holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, combinations, islice
from math import lcm
from typing import Literal

from qms.booking.rules import opening
from qms.booking.rules.fit import place
from qms.booking.rules.minutes import minute_of, span
from qms.booking.rules.model import OPEN, Booking, DayBook
from qms.booking.rules.opening import Day
from qms.booking.rules.piece import Piece
from qms.booking.rules.taken import pieces_of, reached, shape
from qms.halls.rules.booking import OpeningRule
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import Span

Why = Literal["closed", "outside", "overbooked"]
"""Closed: the hall or service is; outside: no rule gives appointments then; overbooked: too many are."""
_TRIALS = 200
"""Sets of bookings that are tried, to cancel fewer."""
_MEETINGS = 60
"""Weeks in which two rules meet that are looked at, where they keep to weeks of the month."""


def overlaps(hall: Hall) -> tuple[tuple[str, str], ...]:
    """Pairs of opening rules that hold at once for a same service; the first of a pair counts then."""
    if hall.bookings is None:
        return ()
    rules = opening.setting(hall).rules
    return tuple((a.id, b.id) for a, b in combinations(rules, 2) if _same_service(a, b) and _meet(a, b))


def hit(hall: Hall, book: DayBook) -> tuple[tuple[str, Why], ...]:
    """Open bookings of a day that the set-up does not hold, by id, with the reason.

    Of those that are too many, as few as possible are named, and the youngest; the search for fewer
    is bounded. Who has checked in stays. Raises LookupError where the hall takes no bookings.
    """
    day = opening.day(hall, book.day)
    found: dict[str, Why] = {}
    rest = []
    for booking in book.occupying():
        why = _misplaced(hall, day, booking) if booking.state in OPEN else None
        if why is None:
            rest.append(_Lying(booking, *_minutes(day, booking), _pieces(hall, day, booking)))
        else:
            found[booking.id] = why
    for group in _groups(rest):
        found |= {each.booking.id: "overbooked" for each in _too_many(day, group)}
    return tuple(found.items())


@dataclass(frozen=True, slots=True, eq=False)
class _Lying:
    booking: Booking
    start: int
    end: int
    pieces: tuple[Piece, ...]


def _minutes(day: Day, booking: Booking) -> tuple[int, int]:
    return minute_of(day.frame.start, booking.start), minute_of(day.frame.start, booking.end)


def _pieces(hall: Hall, day: Day, booking: Booking) -> tuple[Piece, ...]:
    return pieces_of(hall, day.plan, booking.services, *_minutes(day, booking))


def _misplaced(hall: Hall, day: Day, booking: Booking) -> Why | None:
    plan, (start, end) = day.plan, _minutes(day, booking)
    parts = list(chain.from_iterable(shape(hall, booking.services, end - start)))
    spans = [(part.service, span(start + part.at, start + part.end)) for part in parts]
    for service, minutes in spans:
        if minutes & ~plan.opens or minutes & plan.shut_for(service):
            return "closed"
    if any(minutes & ~plan.planned.get(service, 0) for service, minutes in spans):
        return "outside"
    return None


def _groups(every: Sequence[_Lying]) -> Iterator[list[_Lying]]:
    """Bookings that hang together through overlaps in time."""
    group: list[_Lying] = []
    end = 0
    for each in sorted(every, key=lambda each: (each.start, each.end, each.booking.id)):
        if group and each.start >= end:
            yield group
            group, end = [], 0
        group.append(each)
        end = max(end, each.end)
    if group:
        yield group


def _too_many(day: Day, group: Sequence[_Lying]) -> list[_Lying]:
    """Those without whom the rest fits."""
    youngest = sorted(group, key=lambda each: (each.booking.made, each.booking.id), reverse=True)
    out = [each for each in youngest if _may_go(each) and not all(piece.lanes for piece in each.pieces)]
    stay = [each for each in youngest if each not in out]
    more: list[_Lying] = []
    while trouble := _trouble(day, stay):
        next_one = next((each for each in stay if _may_go(each) and _touches(each, trouble)), None)
        if next_one is None:
            break
        stay.remove(next_one)
        more.append(next_one)
    for each in reversed(list(more)):
        if not _trouble(day, [*stay, each]):
            stay.append(each)
            more.remove(each)
    return [*out, *(_fewer(day, [each for each in youngest if each not in out], len(more)) or more)]


def _fewer(day: Day, youngest: Sequence[_Lying], count: int) -> list[_Lying] | None:
    """Fewer than `count` without whom the others fit, the youngest that there are; None: not found."""
    able = [each for each in youngest if _may_go(each)]
    sets = chain.from_iterable(combinations(able, size) for size in range(1, count))
    for some in islice(sets, _TRIALS):
        if not _trouble(day, [each for each in youngest if each not in some]):
            return list(some)
    return None


def _may_go(each: _Lying) -> bool:
    return each.booking.state in OPEN


def _touches(each: _Lying, minutes: int) -> bool:
    return bool(span(each.start, each.end) & minutes)


def _trouble(day: Day, group: Sequence[_Lying]) -> int:
    """The minutes in which more is booked than lanes and rules allow, as far as that is decided.

    What no lane could ever serve is left out.
    """
    pieces = [piece for each in group for piece in each.pieces if piece.lanes]
    placed = place(pieces, day.plan.kinds)
    found = 0
    for over in placed.over if placed.undecided < len(placed.over) else ():
        found |= over.minutes
    for n, (pool, _) in enumerate(day.plan.pools):
        if pool.lanes is not None:
            found |= reached(pieces, n, pool.lanes + 1, day.plan)
    return found


def _same_service(a: OpeningRule, b: OpeningRule) -> bool:
    return not a.services or not b.services or not set(a.services).isdisjoint(b.services)


def _meet(a: OpeningRule, b: OpeningRule) -> bool:
    first = max(a.first_day, b.first_day)
    last = min((end for end in (a.last_day, b.last_day) if end is not None), default=None)
    days: Iterator[date] = iter(sorted({*a.exceptions, *b.exceptions}))
    if _overlap(a, b, a.spans, b.spans):
        days = chain(days, _common(a, b, first, last))
    return any(
        first <= day
        and (last is None or day <= last)
        and _overlap(a, b, opening.spans_on(a, day), opening.spans_on(b, day))
        for day in days
    )


def _common(a: OpeningRule, b: OpeningRule, first: date, last: date | None) -> Iterator[date]:
    """Days enough to tell whether two rules ever hold on one."""
    weeks = lcm(a.every, b.every) * (_MEETINGS if a.month_weeks or b.month_weeks else 1)
    monday = first - timedelta(days=first.weekday())
    own = a if a.every >= b.every else b
    offset = (monday - (own.first_day - timedelta(days=own.first_day.weekday()))).days // 7 % own.every
    for week in range(-offset % own.every, weeks + 2, own.every):
        for weekday in range(7):
            day = monday + timedelta(days=7 * week + weekday)
            if last is not None and day > last:
                return
            if day >= first:
                yield day


def _overlap(a: OpeningRule, b: OpeningRule, ours: Sequence[Span], theirs: Sequence[Span]) -> bool:
    return bool(_clock(ours) & ~_clock(a.breaks) & _clock(theirs) & ~_clock(b.breaks))


def _clock(spans: Sequence[Span]) -> int:
    found = 0
    for each in spans:
        opens, closes = each.opens, each.closes
        found |= span(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute)
    return found

"""Free times: what may be booked, when, and why not. `now` is an argument; no clock is looked at.

What `free` offers, `refusal` accepts, for both ask the same functions of the same `Taken`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from qms.booking.rules import opening
from qms.booking.rules.fit import loose, one_more
from qms.booking.rules.minutes import each, lasting
from qms.booking.rules.model import DayBook, Wanted
from qms.booking.rules.period import Period, barred, bookable, period
from qms.booking.rules.plan import Part, Plan, Shape
from qms.booking.rules.taken import Taken, keep, shape, taken
from qms.halls.rules.model import Hall
from qms.kernel.refusal import Refusal

__all__ = ["bookable", "free", "length", "refusal", "starts", "why_nothing"]

_ROUNDING = 1e-6
"""Shares are no exact numbers; whole minutes are."""


def length(hall: Hall, wanted: Iterable[Wanted]) -> int:
    """Minutes that a booking takes: every person's slots of every service, one after the other.

    Services that the hall does not know take none. Raises LookupError where it takes no bookings.
    """
    lengths = opening.each_minutes(hall)
    return sum(lengths.get(one.service, 0) * one.count for one in wanted)


def starts(
    hall: Hall, book: DayBook, wanted: Sequence[Wanted], *, public: bool, proved: bool = True
) -> tuple[datetime, ...]:
    """All times of a day at which a booking fits, whatever the hour is now; kept with the book."""
    key = ("starts", id(hall), tuple((one.service, one.count) for one in wanted), public, proved)
    found = book.memo.get(key)
    if found is not None and found[0] is hall:
        times: tuple[datetime, ...] = found[1]
        return times
    times = ()
    if not barred(hall, wanted, public=public):
        day = opening.day(hall, book.day)
        parts = shape(hall, wanted, length(hall, wanted))
        possible = day.plan.starts_of(parts)
        if possible:
            room = taken(hall, book, public=public)
            if not _share(hall, room, length(hall, wanted), public, proved):
                times = tuple(day.at(minute) for minute in each(fitting(room, parts, possible)))
    keep(book, key, (hall, times))
    return times


def free(
    hall: Hall, book: DayBook, wanted: Sequence[Wanted], now: datetime, *, public: bool, proved: bool = True
) -> tuple[datetime, ...]:
    """The times of a day that may be booked at `now`: those that fit, within lead and horizon.

    Staff may book at any time that is not past.
    """
    found = starts(hall, book, wanted, public=public, proved=proved)
    if not found:
        return found
    open_ = period(hall, wanted, now, public=public)
    if open_.earliest is None or book.day > open_.last:
        return ()
    if found[0] >= open_.earliest:
        return found
    return tuple(start for start in found if start >= open_.earliest)


def refusal(
    hall: Hall,
    book: DayBook,
    wanted: Sequence[Wanted],
    start: datetime,
    now: datetime,
    *,
    public: bool,
    proved: bool = True,
    without: str | None = None,
    freed: str | None = None,
) -> Refusal | None:
    """Why a booking may not begin at `start`, which lies on the book's day; None when it may.

    `without`: a booking of that day that is being moved; `freed`: a freed time that is being taken up;
    neither takes room. Codes: booking_closed, unknown_service, service_not_bookable,
    together_not_allowed, too_soon, too_far, hall_closed, not_a_time, time_taken, share_taken.
    """
    if no := barred(hall, wanted, public=public):
        return Refusal(no)
    if no := _outside(period(hall, wanted, now, public=public), book.day, start):
        return Refusal(no)
    day, parts = opening.day(hall, book.day), shape(hall, wanted, length(hall, wanted))
    minute = day.minute(start)
    if no := _not_given(day.plan, parts, minute):
        return Refusal(no)
    room = taken(hall, book, public=public, without=without, freed=freed)
    if minute is None or not fitting(room, parts, 1 << minute):
        return Refusal("time_taken")
    if _share(hall, room, length(hall, wanted), public, proved):
        return Refusal("share_taken")
    return None


def why_nothing(hall: Hall, books: Iterable[DayBook], wanted: Sequence[Wanted], now: datetime) -> str:
    """Why the public finds no free time on these days.

    A code of `barred`; all_taken: there were times; hall_closed: the hall is shut on all of them;
    too_far and too_soon: all days lie outside the time for which one can book; no_times: none are given.
    """
    if no := barred(hall, wanted, public=True):
        return no
    open_, reasons = period(hall, wanted, now, public=True), set[str]()
    parts = shape(hall, wanted, length(hall, wanted))
    days = [opening.day(hall, book.day) for book in books]
    for day in days:
        for minute in each(day.plan.starts_of(parts)):
            no = _outside(open_, day.frame.day, day.at(minute))
            if no is None:
                return "all_taken"
            reasons.add(no)
    if reasons:
        return min(reasons)
    return "hall_closed" if days and not any(day.plan.opens for day in days) else "no_times"


def fitting(room: Taken, parts: Shape, possible: int) -> int:
    """Those of the possible first minutes at which a booking of these parts fits besides what is taken."""
    plan = room.plan
    possible &= plan.starts_of(parts)
    for at_once in parts:
        for part in at_once:
            blocked = 0
            for full, governed in zip(room.full, plan.governs, strict=True):
                blocked |= full & governed.get(part.service, 0)
            if blocked:
                possible &= lasting(plan.whole & ~blocked, part.end - part.at) >> part.at
    if not possible:
        return 0
    sure = 0 if room.placed.over else possible & _as_it_is(room, parts)
    if sure != possible and len(parts) == 1 and not room.placed.over:
        sure |= possible & _after_moves(room, parts[0])
    if sure != possible:
        for minute in each(possible & ~sure & _helped(room, parts)):
            if one_more(room.placed, plan.cut(parts, minute)).fits:
                sure |= 1 << minute
    return sure


def _as_it_is(room: Taken, parts: Shape) -> int:
    """First minutes at which for each counter of a booking a lane is free."""
    found = room.plan.whole
    for at_once in parts:
        one = 0
        for lane in room.plan.helpers(at_once)[0]:
            one |= _at_one(room.plan, lane, at_once, room.placed.busy[lane])
        found &= one
    return found


def _after_moves(room: Taken, parts: Sequence[Part]) -> int:
    """First minutes at which a lane is free once what lies on it has moved, without moving anything else.

    Pieces on one lane are apart in time, so they never get into each other's way where they move to.
    """
    found = 0
    for lane in room.plan.helpers(parts)[0]:
        busy = room.placed.busy[lane] & ~loose(room.placed, lane)
        found |= _at_one(room.plan, lane, parts, busy)
    return found


def _helped(room: Taken, parts: Shape) -> int:
    """First minutes from which some lane that could help, if by many moves, is free all the time."""
    plan, found = room.plan, room.plan.whole
    for at_once in parts:
        near = 0
        for lane in plan.helpers(at_once)[1]:
            near |= plan.lanes[lane].on & ~room.placed.busy[lane]
        found &= lasting(near, at_once[-1].end - at_once[0].at) >> at_once[0].at
    return found


def _at_one(plan: Plan, lane: int, parts: Sequence[Part], busy: int) -> int:
    found, skills = plan.whole, plan.lanes[lane].skills
    for part in parts:
        found &= lasting(skills[part.service] & ~busy, part.end - part.at) >> part.at
    return found


def _outside(open_: Period, day: date, start: datetime) -> str | None:
    if open_.earliest is None or start < open_.earliest:
        return "too_soon"
    return "too_far" if day > open_.last else None


def _not_given(plan: Plan, parts: Shape, minute: int | None) -> str | None:
    if minute is not None and plan.starts_of(parts) >> minute & 1:
        return None
    if not plan.opens or (minute is not None and plan.planned_starts(parts) >> minute & 1):
        return "hall_closed"
    return "not_a_time"


def _share(hall: Hall, room: Taken, minutes: int, public: bool, proved: bool) -> bool:
    """Whether a share of the day's capacity does not allow so many more minutes."""
    settings = hall.bookings
    if settings is None or not public:
        return False
    if settings.walk_in_share:
        most = (1 - settings.walk_in_share) * room.plan.capacity
        if room.web + minutes > most + _ROUNDING:
            return True
    return not proved and room.unproved + minutes > settings.unproved_share * room.plan.capacity + _ROUNDING

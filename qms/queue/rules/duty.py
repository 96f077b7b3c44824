"""When the roster has a counter on duty: its spans of a business day, between which it is on a break."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from qms.booking.rules.minutes import minute_of, runs
from qms.booking.rules.opening import Frame, shut_in, spans_on
from qms.halls.rules.model import Hall
from qms.kernel.clock import day_start

Span = tuple[datetime, datetime]
_KEPT = 50
"""Days kept with a set-up."""


def rostered(hall: Hall, day: date) -> Mapping[str, tuple[Span, ...]]:
    """The spans of duty on a business day of each counter of which the roster says anything; worked out once."""
    kept = hall.memo.setdefault(("duty",), {})
    if day not in kept:
        if len(kept) > _KEPT:
            kept.clear()
        counters = dict.fromkeys(shift.counter for shift in hall.roster)
        frame = _frame(hall, day)
        kept[day] = {counter: _spans(hall, counter, frame) for counter in counters}
    found: Mapping[str, tuple[Span, ...]] = kept[day]
    return found


def _frame(hall: Hall, day: date) -> Frame:
    zone, begins = ZoneInfo(hall.zone), hall.conduct.day_begins
    start, end = (day_start(day + timedelta(days=n), zone, begins) for n in (0, 1))
    return Frame(day, start, minute_of(start, end), zone, begins)


def _spans(hall: Hall, counter: str, frame: Frame) -> tuple[Span, ...]:
    there = 0
    for shift in hall.roster:
        if shift.counter == counter:
            for on in frame.dates():
                there |= frame.minutes(on, spans_on(shift, on)) & ~frame.minutes(on, shift.breaks)
    for off in hall.time_off:
        if off.counter == counter:
            there &= ~shut_in(off, frame)
    return tuple(
        (frame.start + timedelta(minutes=first), frame.start + timedelta(minutes=end))
        for first, end in runs(there)
    )

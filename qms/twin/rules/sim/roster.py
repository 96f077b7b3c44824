"""Who staffs which counter on a day, as minutes from the hall's opening."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from qms.booking.rules.opening import spans_on
from qms.halls.rules import hours
from qms.halls.rules.booking import Shift
from qms.halls.rules.model import Counter, Hall
from qms.halls.rules.parts import WEEKDAYS, Span
from qms.kernel.clock import local_instant, minutes
from qms.twin.rules.sim.model import Stand

Stretch = tuple[float, float]
"""Minutes from opening: from, until."""
WHOLE = Span(opens=time(0), closes=time(23, 59))


def opening_of(hall: Hall, day: date) -> tuple[datetime, float] | None:
    """When the hall opens on a business day, and how many minutes later it closes; None: it does not."""
    spans = hours.business_openings(hall, day)
    if not spans:
        return None
    return spans[0].opens, minutes(spans[-1].closes - spans[0].opens)


def of_day(hall: Hall, day: date) -> tuple[Stand, ...]:
    """The counters that are staffed: by their shifts, and where they have none whenever the hall is open.

    Each shift is cut to the hall's hours and the counter's time off, and the hall's midday break is
    one of its breaks. Nobody on a day on which the hall is closed.
    """
    if opening_of(hall, day) is None:
        return ()
    found = (
        stand
        for counter in hall.counters
        if not counter.retired
        for shift in _shifts(hall, counter)
        for on in _dates(hall, day)
        for stand in _of_shift(hall, day, on, counter, shift)
    )
    return tuple(sorted(found, key=lambda stand: (stand.counter, stand.opens)))


def all_day(hall: Hall, closes: float, counters: int | None = None) -> tuple[Stand, ...]:
    """Every counter, or the first so many of them, from minute 0 to closing."""
    usable = [counter.id for counter in hall.counters if not counter.retired]
    return tuple(Stand(id, 0.0, closes) for id in usable[:counters])


def _shifts(hall: Hall, counter: Counter) -> list[Shift]:
    own = [shift for shift in hall.roster if shift.counter == counter.id]
    always = Shift(id="always", counter=counter.id, days=WEEKDAYS, first_day=date.min, spans=(WHOLE,))
    return own or [always]


def _dates(hall: Hall, day: date) -> tuple[date, ...]:
    """The dates of which a business day has a part: a day that begins later than midnight ends on the next one."""
    return (day, day + timedelta(days=1)) if hall.conduct.day_begins > time(0) else (day,)


def _of_shift(hall: Hall, day: date, on: date, counter: Counter, shift: Shift) -> Iterator[Stand]:
    """The stretches of a shift on a date: each is one stand, whose breaks are the gaps in it."""
    start = hours.business_openings(hall, day)[0].opens
    opens = [
        (minutes(o.opens - start), minutes(o.closes - start)) for o in hours.business_openings(hall, day)
    ]
    off = (
        each.span or WHOLE
        for each in hall.time_off
        if each.counter == counter.id and each.first_day <= on <= each.last_day
    )
    gaps = [*_local(hall, on, start, shift.breaks), *_local(hall, on, start, off)]
    for span in _local(hall, on, start, spans_on(shift, on)):
        there = _without([_common(span, each) for each in opens], gaps)
        if there:
            breaks = tuple((end, begin - end) for (_, end), (begin, _) in pairwise(there))
            yield Stand(counter.id, there[0][0], there[-1][1], breaks, shift.services)


def _local(hall: Hall, day: date, start: datetime, spans: Iterable[Span]) -> list[Stretch]:
    zone = ZoneInfo(hall.zone)
    return [
        (
            minutes(local_instant(day, span.opens, zone) - start),
            minutes(local_instant(day, span.closes, zone) - start),
        )
        for span in spans
    ]


def _common(one: Stretch, other: Stretch) -> Stretch:
    return max(one[0], other[0]), min(one[1], other[1])


def _without(stretches: Sequence[Stretch], cuts: Iterable[Stretch]) -> list[Stretch]:
    """What is left of stretches in order, less the cuts."""
    left = [each for each in stretches if each[0] < each[1]]
    for begin, end in cuts:
        pieces = [(a, b) for x, y in left for a, b in ((x, min(y, begin)), (max(x, end), y))]
        left = [(a, b) for a, b in pieces if a < b]
    return sorted(left)

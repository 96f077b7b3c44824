"""When appointments are given on a business day, worked out to the minute from what an office set up.

A day is a `Frame` (where it lies in time) and a `Plan` (what may happen in it, as minutes since its
start); days that are alike share one plan. All of it follows from the set-up alone and is kept with it.
"""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from qms.booking.rules import lanes
from qms.booking.rules.lanes import Lane
from qms.booking.rules.minutes import minute_of, span
from qms.booking.rules.plan import Plan, Pool, Segment
from qms.halls.rules import hours
from qms.halls.rules.booking import Bookings, Closure, OpeningRule, Recurring, Shift, TimeOff
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS, Span
from qms.kernel.clock import day_start, local_instant

MINUTE = timedelta(minutes=1)
_AFTER = tuple(timedelta(minutes=minute) for minute in range(2 * 1440))
_KEPT = 1000
"""Days kept with a set-up: a horizon of two years, and some that have passed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a business day lies in time. It has 1440 minutes, unless the clock is changed in it."""

    day: date
    start: datetime
    length: int
    zone: ZoneInfo
    boundary: time

    def minute(self, on: date, at: time) -> int:
        """The minute of a local time; below 0 or past the length where it belongs to another day."""
        if self.length == 1440:
            apart = (on - self.day).days * 1440 - self.boundary.hour * 60
            return apart + at.hour * 60 + at.minute
        return minute_of(self.start, local_instant(on, at, self.zone))

    def minutes(self, on: date, spans: Iterable[Span]) -> int:
        """The minutes of local spans of a date, as far as they belong to this day."""
        found = 0
        for each in spans:
            found |= self.between(self.minute(on, each.opens), self.minute(on, each.closes))
        return found

    def between(self, first: int, end: int) -> int:
        """The minutes from `first` until `end`, cut at the day's ends."""
        return span(max(first, 0), min(end, self.length))

    def dates(self) -> tuple[date, ...]:
        """The calendar dates that the day touches."""
        return (self.day, self.day + timedelta(days=1)) if self.boundary > time(0) else (self.day,)


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A business day of a hall: where it lies, and what may happen in it."""

    frame: Frame
    plan: Plan

    def at(self, minute: int) -> datetime:
        """The instant of a minute, in UTC."""
        return self.frame.start + _AFTER[minute]

    def minute(self, at: datetime) -> int | None:
        """The minute of an instant; None where it is not the start of a minute of this day."""
        minute, rest = divmod(at - self.frame.start, MINUTE)
        return minute if not rest and 0 <= minute < self.frame.length else None


def day(hall: Hall, on: date) -> Day:
    """What may happen on a business day of a hall; worked out once."""
    return setting(hall).day(on)


def setting(hall: Hall) -> "Setting":
    """A hall's set-up, prepared for `day`. Raises LookupError where the hall takes no bookings."""
    found = hall.memo.get(("booking",))
    if not isinstance(found, Setting):
        found = hall.memo[("booking",)] = Setting(hall)
    return found


def applies(rule: Recurring, on: date) -> bool:
    """Whether something that recurs does so on a date."""
    if not within(rule, on) or WEEKDAYS[on.weekday()] not in rule.days:
        return False
    if rule.every > 1:
        monday = rule.first_day - timedelta(days=rule.first_day.weekday())
        if (on - monday).days // 7 % rule.every:
            return False
    if not rule.month_weeks or (on.day - 1) // 7 + 1 in rule.month_weeks:
        return True
    return -1 in rule.month_weeks and on.day + 7 > calendar.monthrange(on.year, on.month)[1]


def within(rule: Recurring, on: date) -> bool:
    """Whether a date lies in a rule's period of validity."""
    return rule.first_day <= on and (rule.last_day is None or on <= rule.last_day)


def spans_on(rule: OpeningRule | Shift, on: date) -> tuple[Span, ...]:
    """The spans of a rule or shift on a date, or those of an exception; breaks are not yet taken out."""
    if on in rule.exceptions and within(rule, on):
        return rule.exceptions[on]
    return rule.spans if applies(rule, on) else ()


def segments(rule: OpeningRule, frame: Frame) -> tuple[Segment, ...]:
    """The unbroken stretches of a rule in a day; each begins its own grid of starts."""
    found = []
    for on in frame.dates():
        spans = spans_on(rule, on)
        if not spans:
            continue
        first = -1440 if rule.first is None else frame.minute(on, rule.first)
        last = 2 * 1440 if rule.last is None else frame.minute(on, rule.last)
        breaks = sorted((frame.minute(on, b.opens), frame.minute(on, b.closes)) for b in rule.breaks)
        for each in spans:
            at, end = frame.minute(on, each.opens), frame.minute(on, each.closes)
            for pause, again in breaks:
                if at < pause and pause < end:
                    found.append(Segment(at, pause, max(at, first), last))
                if pause < end:
                    at = max(at, again)
            if at < end:
                found.append(Segment(at, end, max(at, first), last))
    return tuple(each for each in found if each.end > 0 and each.at < frame.length)


class Setting:
    """One version of a set-up, sorted for working out days; alike days share a `Plan`."""

    def __init__(self, hall: Hall) -> None:
        if hall.bookings is None:
            raise LookupError(f"{hall.id} takes no bookings")
        self.hall = hall
        self.bookings: Bookings = hall.bookings
        self.zone = ZoneInfo(hall.zone)
        self.rules = sorted(
            hall.bookings.opening, key=lambda rule: (rule.order, not rule.services, rule.id)
        )
        self.services = tuple(service.id for service in hall.services if not service.retired)
        self.each = {s.id: _minutes(hall.bookings.slot, s.minutes, s.booking.slots) for s in hall.services}
        self.shifts: dict[str, list[Shift]] = {}
        for shift in hall.roster:
            self.shifts.setdefault(shift.counter, []).append(shift)
        self.closures = tuple(closure for closure in hall.closures if closure.services)
        self.days: dict[date, Day] = {}
        self.plans: dict[object, Plan] = {}
        self.starts: dict[date, datetime] = {}
        self.window: tuple[object, object] = (None, None)
        """The last answer about lead and horizon; a look at many days asks for the same again."""

    def day(self, on: date) -> Day:
        """A business day, worked out once."""
        found = self.days.get(on)
        if found is None:
            if len(self.days) > _KEPT:
                self.days, self.starts = {}, {}
            found = self.days[on] = self._day(on)
        return found

    def start(self, on: date) -> datetime:
        """When a business day begins."""
        found = self.starts.get(on)
        if found is None:
            found = self.starts[on] = day_start(on, self.zone, self.hall.conduct.day_begins)
        return found

    def _day(self, on: date) -> Day:
        start, end = self.start(on), self.start(on + timedelta(days=1))
        frame = Frame(on, start, minute_of(start, end), self.zone, self.hall.conduct.day_begins)
        opens = 0
        for opening in hours.business_openings(self.hall, on):
            opens |= frame.between(minute_of(start, opening.opens), minute_of(start, opening.closes))
        if not opens:
            return Day(frame, self._plan(frame.length, 0, (), (), ()))
        rules = tuple((n, found) for n, rule in enumerate(self.rules) if (found := segments(rule, frame)))
        shut = tuple((closure.services, shut_in(closure, frame)) for closure in self.closures)
        duty = tuple(self._duty(counter.id, frame) for counter in self.hall.counters)
        return Day(frame, self._plan(frame.length, opens, rules, tuple(s for s in shut if s[1]), duty))

    def _duty(self, counter: str, frame: Frame) -> lanes.Duty:
        """When a counter is on duty, as (services, minutes) pairs; no services named: all."""
        own, off = self.shifts.get(counter), 0
        for each in self.hall.time_off:
            if each.counter == counter:
                off |= shut_in(each, frame)
        if not own:
            return (((), frame.between(0, frame.length) & ~off),)
        found = []
        for shift in own:
            on_duty = 0
            for on in frame.dates():
                if spans := spans_on(shift, on):
                    on_duty |= frame.minutes(on, spans) & ~frame.minutes(on, shift.breaks)
            if on_duty & ~off:
                found.append((shift.services, on_duty & ~off))
        return tuple(found)

    def _plan(
        self,
        length: int,
        opens: int,
        rules: tuple[tuple[int, tuple[Segment, ...]], ...],
        shut: tuple[tuple[tuple[str, ...], int], ...],
        duty: tuple[lanes.Duty, ...],
    ) -> Plan:
        key = (length, opens, rules, shut, duty)
        found = self.plans.get(key)
        if found is None:
            if len(self.plans) > _KEPT:
                self.plans = {}
            on_duty: tuple[Lane, ...] = lanes.on_duty(self.hall.counters, duty, opens)
            pools = tuple((self._pool(n), each) for n, each in rules)
            frame = span(0, length)
            found = Plan(frame, opens, self.bookings.slot, self.services, pools, shut, on_duty)
            self.plans[key] = found
        return found

    def _pool(self, number: int) -> Pool:
        rule = self.rules[number]
        both = [most for most in (rule.lanes, rule.public_lanes) if most is not None]
        return Pool(rule.id, rule.services, rule.lanes, min(both, default=None))


def shut_in(closed: Closure | TimeOff, frame: Frame) -> int:
    """The minutes of a day that a closure, or a counter's time off, takes."""
    found = 0
    for on in frame.dates():
        if closed.first_day <= on <= closed.last_day:
            if closed.span is None:
                next_date = on + timedelta(days=1)
                found |= frame.between(frame.minute(on, time(0)), frame.minute(next_date, time(0)))
            else:
                found |= frame.minutes(on, (closed.span,))
    return found


def _minutes(slot: int, minutes: float, slots: int | None) -> int:
    return slot * (slots if slots is not None else ceil(minutes / slot))


def each_minutes(hall: Hall) -> Mapping[str, int]:
    """How long each service takes of a calendar for one person, in minutes."""
    return setting(hall).each

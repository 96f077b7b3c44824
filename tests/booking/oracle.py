"""What a hall may promise, told minute by minute from its set-up: slow, and apart from the real rules.

It knows mornings of ordinary days, and rules and shifts that hold every week.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qms.booking.rules.model import Booking, Freed, Wanted
from qms.halls.rules.booking import Bookings, OpeningRule, Shift
from qms.halls.rules.model import Counter as Desk
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS, Span

MORNING = range(7 * 60, 12 * 60)
"""All that is looked at, in minutes since midnight; nothing is open outside of it."""


@dataclass(frozen=True)
class Visit:
    """A booking as the oracle sees it: which service is served in which minute, for whom it counts."""

    minutes: tuple[tuple[int, str], ...]
    services: tuple[str, ...]
    public: bool
    unproved: bool = False

    @property
    def length(self) -> int:
        return len(self.minutes)


class Oracle:
    """One day of a hall."""

    def __init__(self, hall: Hall, day: date) -> None:
        assert hall.bookings is not None
        self.hall, self.day = hall, day
        self.settings: Bookings = hall.bookings
        self.rules = sorted(self.settings.opening, key=lambda r: (r.order, 0 if r.services else 1, r.id))
        self._rule = {
            (service.id, minute): self._rule_at(service.id, minute)
            for service in hall.services
            for minute in MORNING
        }
        self.able = {
            (counter.id, service.id, minute): self._able(counter, service.id, minute)
            for counter in hall.counters
            for service in hall.services
            for minute in MORNING
        }

    def visit(self, wanted: Sequence[Wanted], start: int, public: bool, unproved: bool = False) -> Visit:
        """What a new booking would be."""
        minutes: list[tuple[int, str]] = []
        for one in wanted:
            service = self.hall.service(one.service)
            assert service is not None
            slots = service.booking.slots or -(-service.minutes // self.settings.slot)
            for _ in range(int(slots * self.settings.slot * one.count)):
                minutes.append((start + len(minutes), one.service))
        return Visit(tuple(minutes), tuple(one.service for one in wanted), public, unproved)

    def known(self, one: Booking | Freed) -> Visit:
        """A booking or freed time that is there."""
        midnight = datetime.combine(self.day, time(0), tzinfo=ZoneInfo(self.hall.zone))
        start = int((one.start - midnight) / timedelta(minutes=1))
        if isinstance(one, Freed):
            return self.visit(one.services, start, True)
        unproved = not one.proved and one.state in ("held", "pending")
        return self.visit(one.services, start, one.via == "web", unproved)

    def given(self, visit: Visit) -> bool:
        """Whether the office gives such an appointment at all: grid, rules, opening hours."""
        start, service = visit.minutes[0]
        rule = self._rule.get((service, start))
        if rule is None or not self._on_grid(rule, start):
            return False
        return all(
            m in MORNING and self._rule[s, m] is not None and self._open(m) for m, s in visit.minutes
        )

    def holds(self, visits: Sequence[Visit]) -> bool:
        """Whether the rules' lanes and the counters suffice for all of these."""
        return self.counts(visits, public=False) and self.assigned(visits)

    def counts(self, visits: Sequence[Visit], *, public: bool) -> bool:
        """Whether no rule has more at once than its lanes, or its public lanes."""
        there = Counter(
            (m, rule.id)
            for visit in visits
            for m, service in visit.minutes
            if (visit.public or not public) and (rule := self._rule.get((service, m))) is not None
        )
        limits = {rule.id: rule.lanes for rule in self.rules}
        if public:
            limits |= {rule.id: rule.public_lanes for rule in self.rules if rule.public_lanes is not None}
        most = {id: limit for id, limit in limits.items() if limit is not None}
        return all(count <= most.get(id, count) for (_, id), count in there.items())

    def assigned(self, visits: Sequence[Visit]) -> bool:
        """Whether counters can be found for all, each having one at a time.

        Every way is tried, from the earliest to the latest; it only matters until when each counter is busy.
        """
        pieces = sorted(piece for visit in visits for piece in self._pieces(visit))
        dead: set[tuple[int, tuple[int, ...]]] = set()

        def put(n: int, busy: tuple[int, ...]) -> bool:
            if n == len(pieces):
                return True
            first, last = pieces[n][0][0], pieces[n][-1][0]
            busy = tuple(max(first, until) for until in busy)
            if (n, busy) in dead:
                return False
            for k, counter in enumerate(self.hall.counters):
                able = busy[k] == first and all(self.able.get((counter.id, s, m)) for m, s in pieces[n])
                if able and put(n + 1, (*busy[:k], last + 1, *busy[k + 1 :])):
                    return True
            dead.add((n, busy))
            return False

        return put(0, (0,) * len(self.hall.counters))

    def shares(self, visits: Sequence[Visit], new: Visit) -> bool:
        """Whether a new visit of somebody who books for themselves keeps to the shares."""
        capacity = sum(self._at_once(minute) for minute in MORNING)
        web = sum(visit.length for visit in visits if visit.public) + new.length
        if self.settings.walk_in_share and web > capacity * (1 - self.settings.walk_in_share) + 1e-9:
            return False
        unproved = sum(visit.length for visit in visits if visit.unproved) + new.length
        return not new.unproved or unproved <= capacity * self.settings.unproved_share + 1e-9

    def may(self, visits: Sequence[Visit], new: Visit) -> bool:
        """Whether one more may be booked."""
        every = [*visits, new]
        if not self.given(new) or not self.holds(every):
            return False
        return not new.public or (self.counts(every, public=True) and self.shares(visits, new))

    def _pieces(self, visit: Visit) -> Iterator[tuple[tuple[int, str], ...]]:
        if any(all(s in counter.services for s in visit.services) for counter in self.hall.counters):
            yield visit.minutes
        else:
            for service in visit.services:
                yield tuple(each for each in visit.minutes if each[1] == service)

    def _at_once(self, minute: int) -> int:
        total, able = 0, set()
        for rule in self.rules:
            own = {
                counter.id
                for counter in self.hall.counters
                for service in self.hall.services
                if self._rule[service.id, minute] is rule and self.able[counter.id, service.id, minute]
            }
            total += len(own) if rule.lanes is None else min(rule.lanes, len(own))
            able |= own
        return min(total, len(able))

    def _rule_at(self, service: str, minute: int) -> OpeningRule | None:
        for rule in self.rules:
            if (not rule.services or service in rule.services) and self._in(rule, minute):
                return rule
        return None

    def _spans(self, rule: OpeningRule | Shift) -> Sequence[Span]:
        if self.day in rule.exceptions:
            return rule.exceptions[self.day]
        return rule.spans if WEEKDAYS[self.day.weekday()] in rule.days else ()

    def _in(self, rule: OpeningRule | Shift, minute: int) -> bool:
        at = time(minute // 60, minute % 60)
        paused = any(pause.opens <= at < pause.closes for pause in rule.breaks)
        return not paused and any(s.opens <= at < s.closes for s in self._spans(rule))

    def _on_grid(self, rule: OpeningRule, start: int) -> bool:
        at = time(start // 60, start % 60)
        if (rule.first and at < rule.first) or (rule.last and at > rule.last):
            return False
        own = next(s for s in self._spans(rule) if s.opens <= at < s.closes)
        anchors = [own.opens, *(p.closes for p in rule.breaks if own.opens < p.closes <= at)]
        anchor = max([*anchors, rule.first] if rule.first else anchors)
        return (start - anchor.hour * 60 - anchor.minute) % self.settings.slot == 0

    def _open(self, minute: int) -> bool:
        at = time(minute // 60, minute % 60)
        return any(
            s.opens <= at < s.closes for s in self.hall.hours.week.get(WEEKDAYS[self.day.weekday()], ())
        )

    def _able(self, counter: Desk, service: str, minute: int) -> bool:
        if service not in counter.services or not self._open(minute):
            return False
        shifts = [shift for shift in self.hall.roster if shift.counter == counter.id]
        return not shifts or any(
            self._in(shift, minute) and (not shift.services or service in shift.services)
            for shift in shifts
        )

"""Capacity is never exceeded, nothing that fits is withheld: random offices and days against an oracle."""

from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.booking.rules import free
from qms.booking.rules.model import Booking, Freed, Wanted
from qms.halls.rules.booking import Bookings, OpeningRule, Shift
from qms.halls.rules.model import Hall, Hours
from qms.halls.rules.parts import Span
from tests.booking.make import EARLY, TUESDAY, YEAR, at, book, booking, booking_hall, counter, cut
from tests.booking.oracle import Oracle, Visit
from tests.halls.make import service

T = TypeVar("T")
SERVICES = ("id-card", "passport", "vehicle")
OPENS, CLOSES = 8 * 60, 10 * 60


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


@st.composite
def spans(draw: st.DrawFn, top: int = 2, step: int = 15) -> tuple[Span, ...]:
    """Stretches around the opening hours, one after the other."""
    edges = st.integers((OPENS - 30) // step, (CLOSES + 30) // step).map(lambda n: n * step)
    found = sorted(draw(st.lists(edges, min_size=2, max_size=2 * top, unique=True)))
    pairs = zip(found[::2], found[1::2], strict=False)
    return tuple(Span(opens=clock(a), closes=clock(b)) for a, b in pairs)


def seldom(strategy: st.SearchStrategy[T], usual: T) -> st.SearchStrategy[T]:
    """The usual value, three times out of four."""
    return st.integers(0, 3).flatmap(lambda n: strategy if n == 3 else st.just(usual))


@st.composite
def rules(draw: st.DrawFn, id: str) -> OpeningRule:
    """A rule, usually for the whole morning."""
    few = st.integers(0, 3)
    fields: dict[str, Any] = {
        "services": tuple(draw(st.sampled_from([(), (), SERVICES[:1], SERVICES[1:]]))),
        "spans": draw(seldom(spans(), cut("07:30-10:30"))),
        "breaks": draw(seldom(spans(1, 5), ())),
        "first": draw(seldom(st.just(time(8, 20)), None)),
        "last": draw(seldom(st.just(time(9, 30)), None)),
        "lanes": draw(seldom(few, None)),
        "public_lanes": draw(seldom(few, None)),
        "exceptions": draw(seldom(spans().map(lambda some: {TUESDAY: some}), {})),
        "order": draw(st.integers(0, 1)),
    }
    return OpeningRule(id=id, first_day=YEAR, **fields)


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    """Up to three counters of mixed skills, some with shifts; open from 8 to 10."""
    skills = st.sets(st.sampled_from(SERVICES), min_size=1)
    counters = tuple(counter(str(n), *sorted(draw(skills))) for n in range(draw(st.integers(1, 3))))
    shifts = [
        Shift(id=each.id, counter=each.id, first_day=YEAR, spans=draw(spans()), breaks=draw(spans(1)))
        for each in counters
        if draw(seldom(st.just(True), False))
    ]
    bookings = Bookings(
        slot=draw(st.sampled_from((15, 20))),
        opening=tuple([draw(rules(id)) for id in "ab"[: draw(st.integers(1, 2))]]),
        walk_in_share=draw(seldom(st.just(0.3), 0.0)),
        unproved_share=draw(st.sampled_from((0.1, 0.5))),
        several_services=True,
        several_people=2,
    )
    long = st.sampled_from((10, 15, 30, 45))
    return booking_hall(
        services=tuple(service(id, minutes=draw(long)) for id in SERVICES),
        counters=counters,
        roster=tuple(shifts),
        bookings=bookings,
        hours=Hours(week={"tue": (Span(opens=clock(OPENS), closes=clock(CLOSES)),)}),
    )


WANTED = st.lists(
    st.builds(Wanted, st.sampled_from(SERVICES), st.sampled_from((1, 1, 2))),
    min_size=1,
    max_size=2,
    unique_by=lambda one: one.service,
).map(tuple)
STARTS = st.integers(0, 23).map(lambda n: OPENS + n * 5) | st.integers(0, 7).map(lambda n: OPENS + n * 15)


@dataclass(frozen=True)
class Act:
    """Book (some of what is free, or try any time), move, give up, at somebody's wish."""

    kind: str
    wanted: tuple[Wanted, ...]
    start: int
    which: int
    public: bool
    proved: bool


ACTS = st.builds(
    Act,
    st.sampled_from(("book", "book", "book", "try", "move", "cancel")),
    WANTED,
    STARTS,
    st.integers(0, 99),
    st.booleans(),
    st.sampled_from((True, True, False)),
)


class Office:
    """A day on which people book, move and cancel, told to the oracle as well."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.oracle = hall, Oracle(hall, TUESDAY)
        self.bookings: dict[str, Booking] = {}
        self.freed: tuple[Freed, ...] = ()
        self.made = 0

    def book(self) -> Any:
        return book(*self.bookings.values(), freed=self.freed)

    def visits(self, public: bool, without: str | None = None) -> list[Visit]:
        ghosts = self.freed if public else ()
        some: list[Booking | Freed] = [one for one in self.bookings.values() if one.id != without]
        return [self.oracle.known(one) for one in (*some, *ghosts)]

    def agrees(self, offered: bool, new: Visit, without: str | None = None) -> bool:
        """Whether the oracle says so too.

        Staff may give a freed time away, or put more into the public's lanes than the public may: where
        that is so, it is for the rules to say what else they withhold, as long as counters suffice.
        """
        visits = self.visits(new.public, without)
        if self.oracle.holds(visits) and (not new.public or self.oracle.counts(visits, public=True)):
            return offered == self.oracle.may(visits, new)
        booked = self.visits(False, without)
        return not offered or (self.oracle.given(new) and self.oracle.holds([*booked, new]))

    def do(self, act: Act) -> None:
        if act.kind in ("move", "cancel") and self.bookings:
            own = sorted(self.bookings)[act.which % len(self.bookings)]
            (self.move if act.kind == "move" else self.cancel)(act, own)
        elif act.kind == "book":
            for _ in range(1 + act.which % 8):
                if offered := self.free(act):
                    self.hold(act, offered[act.which % len(offered)])
        else:
            start = at(clock(act.start).isoformat())
            if self.asked(act, act.wanted, start, act.proved) is None:
                self.hold(act, start)
        assert self.oracle.holds(self.visits(False))

    def free(self, act: Act) -> tuple[Any, ...]:
        return free.free(self.hall, self.book(), act.wanted, EARLY, public=act.public, proved=act.proved)

    def asked(
        self, act: Act, wanted: tuple[Wanted, ...], start: Any, proved: bool, without: str | None = None
    ) -> Any:
        """What the rules say, which is what the oracle says."""
        no = free.refusal(
            self.hall, self.book(), wanted, start, EARLY, public=act.public, proved=proved, without=without
        )
        minute = int((start - at("00:00")) / timedelta(minutes=1))
        new = self.oracle.visit(wanted, minute, act.public, act.public and not proved)
        assert self.agrees(no is None, new, without), no
        return no

    def hold(self, act: Act, start: Any) -> None:
        minutes, id = free.length(self.hall, act.wanted), f"b{self.made}"
        self.made += 1
        via = "web" if act.public else "phone"
        self.bookings[id] = booking(
            start,
            minutes,
            id,
            services=act.wanted,
            via=via,
            state="held",
            proved=act.proved or not act.public,
        )

    def move(self, act: Act, own: str) -> None:
        former = self.bookings[own]
        start = at(clock(act.start).isoformat())
        if self.asked(act, former.services, start, True, own) is None:
            end = start + (former.end - former.start)
            self.bookings[own] = replace(former, start=start, end=end)

    def cancel(self, act: Act, own: str) -> None:
        former = self.bookings.pop(own)
        if act.public:
            self.freed = (Freed(f"f-{own}", TUESDAY, former.start, former.end, former.services, EARLY),)

    def compare(self, act: Act) -> None:
        """All that is free, and nothing else, fits; what is offered is accepted, what is not is refused."""
        offered = self.free(act)
        for minute in range(OPENS - 30, CLOSES + 30, 5):
            start = at(clock(minute).isoformat())
            new = self.oracle.visit(act.wanted, minute, act.public, act.public and not act.proved)
            assert self.agrees(start in offered, new), start
            no = free.refusal(
                self.hall, self.book(), act.wanted, start, EARLY, public=act.public, proved=act.proved
            )
            assert (no is None) == (start in offered)


def day_of_acts(hall: Hall, acts: list[Act]) -> None:
    office = Office(hall)
    for act in acts:
        office.do(act)
    office.compare(acts[-1])


@settings(max_examples=40)
@given(halls(), st.lists(ACTS, min_size=1, max_size=12))
def test_what_is_promised_can_be_kept(hall: Hall, acts: list[Act]) -> None:
    day_of_acts(hall, acts)


@pytest.mark.slow
@settings(max_examples=250)
@given(halls(), st.lists(ACTS, min_size=8, max_size=25))
def test_what_is_promised_can_be_kept_on_many_days(hall: Hall, acts: list[Act]) -> None:
    day_of_acts(hall, acts)

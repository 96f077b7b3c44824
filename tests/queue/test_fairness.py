"""The fairness contract: derived from the set-up, restated by brute force, and kept by the router (see `fairness`)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from math import inf
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.booking.rules.free import refusal
from qms.booking.rules.model import Wanted
from qms.booking.rules.opening import day as opening_day
from qms.booking.rules.opening import each_minutes
from qms.booking.rules.window import grace
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.model import Hall, Overflow, Segment
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules import routing
from qms.queue.rules.caps import most, most_booked
from qms.queue.rules.fairness import Passer, contract, passing, promise
from qms.queue.rules.model import Desk, Ticket
from qms.queue.rules.state import Queue
from qms.queue.rules.terms import Terms
from tests.booking.make import EARLY, TUESDAY, book, booking, booking_hall, cut, rule, shift
from tests.halls.make import segment, service
from tests.queue import acts
from tests.queue.make import Room, always_open, office

RULES = ["accumulating", "fcfs", "strict", "strict_ageing", "longest_queue", "cmu"]
SERVICES = ("id-card", "passport", "vehicle")
SEGMENTS = ("walk-in", "booked", "disabled")


def setup(rng: Random, rule: str | None = None) -> Hall:
    """A hall of three services whose rule, targets, heads, guard, weight and levels are drawn by chance."""
    levels = {
        counter: {name: rng.choice([1, 1, 2, 3]) for name in rng.sample(SERVICES, rng.randint(1, 3))}
        for counter in "123"
    }
    levels["3"] = {name: levels["3"].get(name, 1) for name in SERVICES}
    kinds = [
        segment(id, target=rng.choice([5, 10, 15, 20, 30, 60]), head=rng.choice([0, 0.25, 0.5, 1, 2]))
        for id in SEGMENTS
    ]
    overflow = rng.choice([None, None, Overflow(above=10, below=5, least=2)])
    made = office(
        levels,
        segments=tuple(kinds),
        hours=always_open(),
        guard=rng.choice([15, 20, 45, 60]),
        alpha=rng.choice([0, 0, 0.5, 1]),
        let_pass=3,
        auto_call=rng.random() < 0.3,
        overflow=overflow,
    )
    conduct = made.conduct.model_copy(update={"rule": rule or rng.choice(RULES)})
    return made.model_copy(update={"conduct": conduct})


# -- the contract, restated from the rule's words, in exact numbers


@dataclass(frozen=True)
class Pair:
    """Me, and somebody who came later, at a counter that takes both."""

    hall: Hall
    counter: str
    mine: tuple[str, str]
    theirs: tuple[str, str]

    @property
    def guard(self) -> int | None:
        kept = self.hall.conduct.rule in ("accumulating", "strict_ageing")
        return int(self.hall.conduct.guard) if kept else None

    def passes(self, waited: int, later: int) -> bool:
        """Whether one who came `later` minutes after me goes first once I have waited so many minutes."""
        if later > waited or (self.guard is not None and waited > self.guard):
            return False
        one, same = self._among_equals(waited, later), self.mine[0] == self.theirs[0]
        return any(
            (theirs < mine and not same) or (theirs == mine and one)
            for mine in self._levels(self.mine[0])
            for theirs in self._levels(self.theirs[0])
        )

    def _levels(self, service: str) -> set[int]:
        counter = self.hall.counter(self.counter)
        assert counter is not None
        own = {counter.services[service]}
        return own | {1} if self.hall.conduct.overflow else own

    def _among_equals(self, waited: int, later: int) -> bool:
        name = self.hall.conduct.rule
        if name == "longest_queue":
            return self.mine[0] != self.theirs[0]
        if name == "fcfs":
            return False
        if name in ("strict", "strict_ageing"):
            return self._kind(self.theirs).target < self._kind(self.mine).target
        (rate, base), (own_rate, own_base) = self._lines
        return rate * (waited - later) + base > own_rate * waited + own_base

    @cached_property
    def _lines(self) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
        return self._line(self.theirs), self._line(self.mine)

    def _kind(self, line: tuple[str, str]) -> Segment:
        found = self.hall.segment(line[1])
        assert found is not None
        return found

    def _line(self, line: tuple[str, str]) -> tuple[Fraction, Fraction]:
        """What a minute of waiting gives, and what one begins with."""
        kind, part, conduct = self._kind(line), self.hall.service(line[0]), self.hall.conduct
        assert part is not None
        linear = conduct.rule == "cmu"
        alpha = 1 if linear else conduct.alpha
        weight = 30 * Fraction((7.6 / (part.minutes + conduct.walk)) ** alpha)
        return weight / Fraction(kind.target), weight * (0 if linear else Fraction(kind.head))


HORIZON = 200
"""Minutes that are tried where nothing bounds them."""


def tried(hall: Hall, service: str, kind: str) -> Iterator[tuple[str, str, int, int]]:
    """All by whom somebody may be passed: service, segment, my wait, and how much later they came."""
    for counter in hall.counters:
        if service not in counter.services:
            continue
        for other in counter.services:
            for segment_ in SEGMENTS:
                pair = Pair(hall, counter.id, (service, kind), (other, segment_))
                top = HORIZON if pair.guard is None else pair.guard + 2
                for waited in range(0, top + 1, 1):
                    later = last(pair, waited)
                    if later is not None:
                        yield other, segment_, waited, later


def last(pair: Pair, waited: int) -> int | None:
    """The latest who still passes after such a wait; whoever came before them, but after me, does too."""
    if not pair.passes(waited, 0):
        return None
    low, high = 0, waited
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if pair.passes(waited, middle) else (low, middle - 1)
    return low


def allows(passers: Sequence[Passer], service: str, kind: str, waited: float, later: float) -> bool:
    """Whether a contract says that somebody may pass."""
    slack = 1e-6
    return any(
        (not one.segments or kind in one.segments)
        and (not one.services or service in one.services)
        and later <= one.passing.within + slack
        and waited <= one.passing.until + slack
        and waited - later >= one.passing.share * waited - slack
        for one in passers
    )


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(RULES))
def test_the_contract_says_what_trying_every_minute_says(seed: int, rule: str) -> None:
    hall = setup(Random(seed), rule)
    for service_ in ("id-card", "vehicle"):
        for kind in SEGMENTS:
            told = promise(hall, service_, kind)
            found = list(tried(hall, service_, kind))
            for other, theirs, waited, later in found:
                assert allows(told.passers, other, theirs, waited, later), (other, theirs, waited, later)
            until = max((waited for _, _, waited, _ in found), default=0)
            within = max((later for _, _, _, later in found), default=0)
            assert until > min(told.after, HORIZON) - 1.001, "no longer than it must say"
            share = min((one.passing.share for one in told.passers), default=0)
            assert within > min(told.within, HORIZON * (1 - share)) - 1.001


@pytest.mark.parametrize(
    ("mine", "theirs", "guard", "within", "until"),
    [
        (Terms(1), Terms(3, 15), 60, 45, 60),
        (Terms(1), Terms(3, 15), 30, 25, 30),
        (Terms(1), Terms(1, 15), 60, 15, 60),
        (Terms(3), Terms(1, 15), 60, 5, 7.5),
        (Terms(1), Terms(3), inf, inf, inf),
        (Terms(1, rung=30), Terms(1, rung=10), 60, 60, 60),
    ],
)
def test_who_may_pass_and_until_when(
    mine: Terms, theirs: Terms, guard: float, within: float, until: float
) -> None:
    how = passing(mine, theirs, guard)
    assert how is not None
    assert (how.within, how.until) == pytest.approx((within, until))


def test_nobody_passes_who_neither_began_higher_nor_grows_faster() -> None:
    assert passing(Terms(3, 15), Terms(1), 60) is None
    assert passing(Terms(1), Terms(1), inf) is None
    assert passing(Terms(1, rung=10), Terms(9, 99, rung=30), inf) is None


def test_whoever_has_the_same_promise_shares_it() -> None:
    hall = office({"1": dict.fromkeys(SERVICES, 1)})
    told = contract(hall)
    assert [(one.segments, one.services, one.after, one.within) for one in told.promises] == [
        (("walk-in",), (), 60, pytest.approx(45)),
        (("booked", "disabled"), (), 0, 0),
    ]
    assert [one.segments for one in told.promises[0].passers] == [("booked",), ("disabled",)]
    assert told.yields == ()


def test_a_counter_that_takes_another_service_first_is_told() -> None:
    told = contract(office({"1": {"id-card": 1, "vehicle": 2}, "2": {"passport": 1}}))
    (only,) = told.yields
    assert (only.services, only.passers[0].services, only.after) == (("vehicle",), ("id-card",), 60)
    helps = contract(office({"1": {"id-card": 2, "vehicle": 3}, "2": {"passport": 1}}, overflow=Overflow()))
    assert [(one.services, one.passers[0].services) for one in helps.yields] == [
        (("id-card",), ("vehicle",)),
        (("vehicle",), ("id-card",)),
    ], "either may be opened while the other is not"


def test_the_efficiency_weight_makes_a_promise_for_each_service() -> None:
    told = contract(office({"1": dict.fromkeys(SERVICES, 1)}, alpha=1))
    walk_in = [one for one in told.promises if "walk-in" in one.segments]
    assert [one.services for one in walk_in] == [("id-card", "passport"), ("vehicle",)]
    assert walk_in[0].within < walk_in[1].within


# -- the router is held to it


class Watch:
    """A hall under random acts; `faults` are calls by the rule that the contract does not allow."""

    def __init__(self, seed: int, rule: str | None = None) -> None:
        self.rng = Random(seed)
        self.hall = setup(self.rng, rule)
        self.room = Room(self.hall, "08:00")
        self.faults: list[str] = []
        self.passed = self.calls = 0
        self._named = 0

    def run(self, steps: int) -> None:
        for counter in "123":
            self.room.open(counter, f"clerk-{counter}")
        kinds = [kind for kind in acts.WEIGHTED if kind not in ("configure", "open", "hall", "fit")]
        for _ in range(steps):
            self.room.after(seconds=self.rng.choice([0, 2, 5, 11, 30, 60]))
            kind = self.rng.choice([*kinds, *["issue"] * 8, *["act", "call"] * 12])
            whim = acts.Whim(self.rng.choice, self._name)
            wish = acts.KINDS[kind][0](self.room.state, whim, self.room.now)
            if isinstance(wish, c.OpenCounter):
                wish = c.OpenCounter(wish.counter, wish.by)
            self.room.tick()
            before = self.room.state
            verdict = self.room.ask(wish, "staff-1")
            if not isinstance(verdict, Refusal):
                for event in verdict:
                    if isinstance(event, e.TicketCalled) and event.by == "rule":
                        self._judge(before, event)

    def _name(self) -> str:
        self._named += 1
        return f"t{self._named}"

    def _judge(self, before: Queue, call: e.TicketCalled) -> None:
        """Whoever waited with an earlier reference, and could have been called there, was passed."""
        self.calls += 1
        desk, now = before.desk(call.counter), self.room.now
        called = self.room.ticket(call.ticket)
        if called.only or any(one.by == "hand" and one.service == called.service for one in desk.opened):
            return
        for mine in before.waiting():
            if self._could(before, desk, mine, now) and (mine.ref, mine.seq) < (called.ref, called.seq):
                self.passed += 1
                waited, later = minutes(now - mine.ref), minutes(called.ref - mine.ref)
                told = promise(self.hall, mine.service, mine.segment)
                if not allows(told.passers, called.service, called.segment, waited, later):
                    self.faults.append(f"{mine} was passed by {called} at {now}")

    def _could(self, before: Queue, desk: Desk, ticket: Ticket, now: datetime) -> bool:
        away = ticket.not_before is not None and ticket.not_before > now
        return not away and routing.level_of(self.hall, desk, ticket.service, ticket.only) is not None


def minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def watched(seed: int, steps: int, rule: str | None = None) -> Watch:
    watch = Watch(seed, rule)
    watch.run(steps)
    return watch


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_no_call_by_the_rule_breaks_the_contract(rule: str) -> None:
    seen = [watched(seed, 900, rule) for seed in range(16)]
    assert [watch.faults for watch in seen if watch.faults] == []
    assert sum(watch.calls for watch in seen) > 100
    assert sum(watch.passed for watch in seen) > 100


@pytest.mark.parametrize("broken", ["guard", "head", "level"])
def test_a_router_that_breaks_the_contract_is_caught(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(state: Queue, ticket: Ticket, level: int, now: datetime) -> routing.Rank:
        rank = right(state, ticket, level, now)
        if rank[0] != 1 and broken != "guard":
            return rank
        if broken == "guard":  # the newest first
            return (1, 0, 0, -ticket.ref.timestamp(), ticket.ref, -ticket.seq)
        if broken == "head":  # who booked gets ten times the head start
            return (1, rank[1], 0, rank[3] - (500 if ticket.segment == "booked" else 0), ticket.ref, 0)
        return (1, -level, 0, rank[3], ticket.ref, ticket.seq)  # lower levels first

    right = routing._rank
    monkeypatch.setattr(routing, "_rank", wrong)
    assert any(watched(seed, 500, "accumulating").faults for seed in range(12))


# -- how many


def calendar(rng: Random) -> Hall:
    """A hall whose opening rules, slots, shifts and grace are drawn by chance."""
    counters = rng.randint(1, 3)
    spans = rng.choice([["08:00-16:00"], ["08:00-11:00", "12:00-15:00"], ["09:00-10:00"]])
    first = rule(*spans, id="a", lanes=rng.choice([None, 1, 2]))
    second = rule("10:00-14:00", id="b", services=("passport",), lanes=1, order=1)
    return booking_hall(
        *([first, second] if rng.random() < 0.4 else [first]),
        counters=counters,
        roster=(shift("1", "08:00-12:00"),) if rng.random() < 0.3 else (),
        slot=rng.choice([5, 10, 15, 20]),
        check_in_closes=rng.choice([0, 10, 15]),
        services=(service("id-card", minutes=rng.choice([5, 15, 30])), service("passport", minutes=20)),
    )


def booked_full(hall: Hall, rng: Random) -> list[datetime]:
    """When those come who filled a day's calendar, as staff may: some to the minute, some late."""
    day, taken = opening_day(hall, TUESDAY), book()
    starts = list(range(0, 1440, 5))
    rng.shuffle(starts)
    for minute in starts:
        for id in rng.sample(["id-card", "passport"], 2):
            while not refusal(hall, taken, (Wanted(id),), day.at(minute), EARLY, public=False):
                name, lasts = f"{len(taken.bookings)}", each_minutes(hall)[id]
                one = booking(day.at(minute), lasts, id=name, services=(Wanted(id),))
                taken = book(*taken.bookings.values(), one)
    late = max(minutes(grace(hall)) - 0.001, 0)
    return [
        each.start + timedelta(minutes=rng.choice([0, late, rng.uniform(0, late)]))
        for each in taken.bookings.values()
    ]


@pytest.mark.parametrize("seed", range(12))
def test_no_calendar_brings_more_people_than_the_contract_says(seed: int) -> None:
    rng = Random(seed)
    hall = calendar(rng)
    times = sorted(booked_full(hall, rng))
    for within in (5, 20, 45, 60, inf):
        told = most_booked(hall, ("id-card", "passport"), within)
        assert told is not None
        ends = timedelta(minutes=min(within, 1440))
        for n, first in enumerate(times):
            assert sum(first <= each < first + ends for each in times[n:]) <= told


def test_nobody_is_passed_by_more_booked_people_than_the_contract_says() -> None:
    worst = [_booked_day(Random(seed)) for seed in range(8)]
    assert [each for each in worst if each[0] > each[1]] == []
    assert max(most / told for most, told in worst) > 0.4, "the bound is not far from what happens"


def _booked_day(rng: Random) -> tuple[int, int]:
    """A day with a full calendar, whose people all come: the most booked people by whom a walk-in was passed,
    and what the contract says."""
    hall = calendar(rng)
    kinds = (segment("walk-in", target=30), segment("booked", target=10, head=0.5, offered="never"))
    hall = hall.model_copy(update={"segments": kinds})
    due = sorted(booked_full(hall, rng))
    room = Room(hall.model_copy(update={"bookings": None, "roster": (), "hours": always_open()}), "07:55")
    for counter in hall.counters:
        room.open(counter.id, f"clerk-{counter.id}")
    passed, pace = Counter[str](), len(due) / 480 + 0.05
    for _ in range(9 * 60):
        room.after(minutes=1)
        while due and due[0] <= room.now:
            room.issue(rng.choice(["id-card", "passport"]), "booked", booked=due.pop(0))
        if rng.random() < 0.1:
            room.issue(rng.choice(["id-card", "passport"]))
        if rng.random() < pace:
            _call_and_count(room, passed)
    told = {one.most for id in ("id-card", "passport") for one in promise(hall, id, "walk-in").passers}
    most_told = max(each for each in told if each is not None)
    return max(passed.values(), default=0), most_told


def _call_and_count(room: Room, passed: Counter[str]) -> None:
    """A counter that is free by now calls; who waited longer and could have been called is passed once more."""
    counter = next(desk.counter for desk in room.state.desks.values())
    held = room.desk(counter).ticket
    if held is not None:
        room.do(c.Start(counter, None, held))
        room.do(c.Finish(counter, None, held))
    before = room.state
    if not list(before.waiting()):
        return
    called = room.ticket(room.call(counter))
    passed.update(mine.id for mine in before.waiting() if (mine.ref, mine.seq) < (called.ref, called.seq))


def test_a_booking_passes_a_walk_in_once_it_has_waited_half_of_what_is_over_a_quarter_of_an_hour() -> None:
    """SCIENCE B2: due when the walk-in has waited x >= 15, it passes after more than (x - 15) / 2 minutes."""
    for waited in (15, 20, 30, 44):
        hall = Room(office({"1": dict.fromkeys(SERVICES, 1)}))
        walk_in = hall.issue()
        booked = hall.after(minutes=waited).issue("passport", "booked", booked=hall.now)
        hall.open("1")
        hall.after(minutes=(waited - 15) / 2)
        for extra, first in ((0, walk_in), (1, booked)):
            hall.after(seconds=extra)
            chosen = routing.choose(hall.state, hall.desk("1"), hall.now)
            assert chosen is not None
            assert chosen[0].ticket.id == first, (waited, extra)


def test_as_many_come_as_the_contract_says() -> None:
    """One counter, slots of a quarter of an hour, nobody late: in 45 minutes three of them, with a grace of 15 four."""
    assert most_booked(booking_hall(check_in_closes=0), ("id-card",), 45) == 3
    assert most_booked(booking_hall(check_in_closes=15), ("id-card",), 45) == 4
    assert most_booked(booking_hall(counters=3), ("id-card",), inf) == 3 * 32
    lanes = booking_hall(rule(lanes=2), counters=3, check_in_closes=0)
    assert most_booked(lanes, ("id-card",), 45) == 6
    single = booking_hall(rule(exceptions={TUESDAY: cut("06:00-20:00")}), check_in_closes=0)
    assert most_booked(single, ("id-card",), inf) == 14 * 4


def test_numbers_are_capped_where_services_are() -> None:
    capped = booking_hall(
        services=(service("id-card", minutes=15, daily_cap=7), service("passport", minutes=15)),
        segments=(segment("walk-in"), segment("booked", offered="never"), segment("disabled")),
        check_in_closes=0,
    )
    assert most(capped, ["disabled"], ["id-card"], 45) == 3 + 7
    assert most(capped, ["disabled"], ["id-card", "passport"], 45) is None
    assert most(capped, ["booked"], ["id-card", "passport"], 45) == 3
    assert most(office(), ["booked"], ["id-card"], 45) is None, "no calendar bounds the bookings"


def test_the_shipped_hall_keeps_to_one_promise_for_walk_ins() -> None:
    file = parse(Path("config/halls/ratusz.toml").read_text(encoding="utf-8"))
    assert isinstance(file, HallFile)
    walk_in = contract(file.hall).promises[0]
    assert walk_in.segments == ("walk-in",)
    assert (walk_in.after, walk_in.within) == pytest.approx((60, 45))
    assert walk_in.passers[0].most == 7 * 4

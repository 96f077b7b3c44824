"""The hall rolled forward: passes worked out by hand, and halls at random run forward by their own rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from heapq import heappop, heappush
from math import exp
from random import Random
from typing import Any, get_args

import pytest

from qms.booking.rules.model import Wanted
from qms.halls.rules.booking import Shift, TimeOff
from qms.halls.rules.model import Hall, Rule
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.fit import ELAPSED, Fit, Times
from qms.queue.rules.model import Opened
from qms.queue.rules.roll import roll
from tests.booking.make import book, booking
from tests.queue.make import TUESDAY, Room, changed, office

ALL = {"id-card": 1, "passport": 1, "vehicle": 1}
WALK = 0.6
MINUTE = timedelta(minutes=1)
MEANS = {"id-card": 9, "passport": 9, "vehicle": 14}
LEFT = {"id-card": 4, "passport": 7, "vehicle": 11}
IDENTITY, VEHICLE = 9 + WALK, 14 + WALK
"""Minutes that somebody with an id card or a passport, or with a vehicle, keeps a counter."""


def learnt(left: Mapping[str, float], no_show: float = 0) -> Fit:
    """Services as long as the set-up says, of which so much is left whenever they began."""
    times = (Times(s, 100, mean, (left.get(s, mean),) * len(ELAPSED), no_show) for s, mean in MEANS.items())
    return Fit(date(2026, 11, 23), 500, tuple(times))


def busy(
    levels: Mapping[str, Mapping[str, int]] | None = None, *, at: str = "09:00", **changes: Any
) -> Room:
    """Counter 1 is done in 4 minutes, 2 in 7 (passport), all others in 11 (vehicle)."""
    room = Room(office(levels or {"1": ALL, "2": ALL}, **changes), at)
    room.do(c.AdoptFit(learnt(LEFT)))
    kinds = {"1": "id-card", "2": "passport"}
    for n, part in enumerate(room.state.setup.counters):
        room.open(part.id, f"clerk {n}")
        ticket = room.issue(kinds.get(part.id, "vehicle"))
        room.do(c.CallNext(part.id, None, ticket=ticket))
        room.do(c.Start(part.id, None, ticket))
    return room


def tickets(room: Room) -> dict[str, float]:
    rolled = roll(room.state, room.now)
    assert (rolled.at, rolled.seq) == (room.now, room.state.seq)
    return {id: round(minutes, 6) for id, minutes in rolled.tickets.items()}


def arrival(room: Room, service: str = "id-card", segment: str = "walk-in") -> float:
    return round(roll(room.state, room.now).lines[service, segment], 6)


# -- by hand


def test_people_are_called_as_counters_become_free() -> None:
    room = busy()
    one, two, three = (room.issue() for _ in range(3))
    assert tickets(room) == pytest.approx({one: 4, two: 7, three: 4 + IDENTITY})
    assert arrival(room) == pytest.approx(7 + IDENTITY)


def test_a_free_counter_calls_at_once() -> None:
    room = Room(office({"1": ALL}))
    room.open()
    assert arrival(room) == 0
    one, two = room.issue(), room.issue("vehicle")
    assert tickets(room) == pytest.approx({one: 0, two: IDENTITY})
    assert arrival(room) == pytest.approx(IDENTITY + VEHICLE)


def test_a_free_counter_for_other_services_does_not_help() -> None:
    room = busy({"1": {"id-card": 1}})
    room.configure(office({"1": {"id-card": 1}, "2": {"vehicle": 1}}))
    room.open("2", "bob")
    assert arrival(room) == 4
    assert arrival(room, "vehicle") == 0


def test_a_ticket_that_was_called_still_has_to_walk() -> None:
    room = busy()
    room.after(minutes=4).do(c.Finish("1", None, "t1"))
    room.issue()
    room.call("1")
    room.after(minutes=0.2)
    assert arrival(room) == pytest.approx(7), "counter 2 has 7 minutes left whenever the service began"
    room.do(c.Finish("2", None, "t2"))
    room.do(c.PauseCounter("2", None, "lunch"))
    assert arrival(room) == pytest.approx(0.4 + 9)


def test_a_higher_level_goes_first_and_points_decide_within_one() -> None:
    """At 9:20 a booked person due for 4 minutes has 27 points, a walk-in of 22 minutes 22."""
    room = busy({"1": {"id-card": 1, "passport": 1, "vehicle": 2}}, at="08:58")
    vehicle, walk_in = room.issue("vehicle"), room.issue()
    booked = room.at("09:16").issue(segment="booked")
    room.at("09:20")
    assert tickets(room) == pytest.approx({booked: 4, walk_in: 4 + IDENTITY, vehicle: 4 + 2 * IDENTITY})


def test_priorities_are_those_of_the_moment_of_the_call() -> None:
    """At 9:20 the walk-in has 20 points, the booked person 15; when they are called, in 4 minutes, 24 and 27."""
    room = busy(at="09:00")
    room.do(c.Finish("2", None, "t2"))
    room.do(c.PauseCounter("2", None, "lunch"))
    walk_in = room.issue()
    booked = room.at("09:20").issue(segment="booked")
    assert tickets(room) == pytest.approx({booked: 4, walk_in: 4 + IDENTITY})


def test_over_the_guard_the_longest_wait_goes_first() -> None:
    """Counter 1 calls in 4 minutes: the passport has then waited 60 or 61 minutes, the booked ones have 75 points."""
    room = busy(at="08:17")
    old = room.issue("passport")
    booked = [room.at("08:58").issue(segment="booked") for _ in range(2)]
    room.at("09:13")
    assert tickets(room) == pytest.approx({booked[0]: 4, old: 7, booked[1]: 4 + IDENTITY})
    room.at("09:14")
    assert tickets(room) == pytest.approx({old: 4, booked[0]: 7, booked[1]: 4 + IDENTITY})


def test_one_who_was_sent_to_a_counter_waits_for_that_one() -> None:
    room = busy()
    room.do(c.Transfer("1", None, "t1", "id-card", "2"))
    other = room.issue()
    assert tickets(room) == pytest.approx({"t1": 7, other: 0})


def test_one_who_was_away_joins_when_they_may_be_called_again() -> None:
    room = busy()
    room.do(c.Finish("1", None, "t1"))
    away = room.issue()
    room.call("1")
    room.do(c.Requeue("1", None, away))
    other = room.issue()
    assert tickets(room) == pytest.approx({other: 0, away: 7}), "not before 5; counter 2 is free at 7"
    room.do(c.Finish("2", None, "t2"))
    room.issue("vehicle")
    assert tickets(room)[away] == pytest.approx(IDENTITY)


def test_a_free_counter_waits_for_one_who_may_be_called_soon() -> None:
    room = Room(office({"1": ALL}))
    room.open()
    away = room.issue()
    room.call()
    room.do(c.Requeue("1", None, away))
    assert tickets(room) == {away: 5}


def test_people_before_their_booked_time_are_served_by_idle_counters_only() -> None:
    room = busy()
    early = room.issue(segment="booked", booked=room.now + timedelta(minutes=30))
    walk_in = room.issue()
    assert tickets(room) == pytest.approx({walk_in: 4, early: 7})


def test_a_counter_on_a_break_is_back_at_its_end() -> None:
    room = Room(office({"1": ALL, "2": ALL}))
    for counter, clerk, until in (("1", "ann", 12), ("2", "bob", None)):
        room.open(counter, clerk)
        end = room.now + timedelta(minutes=until) if until else None
        room.do(c.PauseCounter(counter, clerk, "lunch", end))
    first, second = room.issue(), room.issue()
    assert tickets(room) == pytest.approx({first: 12, second: 12 + IDENTITY})
    room.after(minutes=15)
    assert arrival(room) == pytest.approx(2 * IDENTITY), "a break that should be over is over now"


def test_nobody_can_say_anything_where_no_counter_will_call() -> None:
    room = Room(office({"1": ALL, "2": {"vehicle": 1}}))
    room.open("2", "bob")
    room.issue()
    rolled = roll(room.state, room.now)
    assert rolled.tickets == {}
    assert {service for service, _ in rolled.lines} == {"vehicle"}


def test_a_suspended_hall_calls_nobody() -> None:
    room = busy()
    room.issue()
    room.do(c.SuspendHall("alarm"))
    rolled = roll(room.state, room.now)
    assert not rolled.tickets
    assert not rolled.lines


def test_before_opening_all_counters_open_with_the_hall() -> None:
    room = Room(office({"1": ALL, "2": ALL}), "07:40")
    ids = [room.issue() for _ in range(3)]
    assert tickets(room) == pytest.approx(dict(zip(ids, (20, 20, 20 + IDENTITY), strict=True)))


# -- lent counters


def test_a_lent_counter_serves_the_other_service_first_until_its_time_is_over() -> None:
    room = busy({"1": {"id-card": 1, "vehicle": 2}})
    cards = [room.issue() for _ in range(3)]
    cars = [room.issue("vehicle") for _ in range(3)]
    room.do(c.OpenLevel("1", "vehicle", by_rule=False, minutes=15))
    assert tickets(room) == pytest.approx(
        {
            cars[0]: 4,
            cards[0]: 4 + VEHICLE,  # at 18.6 the time of 15 minutes is over
            cards[1]: 4 + VEHICLE + IDENTITY,
            cards[2]: 4 + VEHICLE + 2 * IDENTITY,
            cars[1]: 4 + VEHICLE + 3 * IDENTITY,
            cars[2]: 4 + 2 * VEHICLE + 3 * IDENTITY,
        }
    )


def test_a_proposal_is_rolled_in_place_of_what_is_opened() -> None:
    room = busy({"1": {"id-card": 1, "vehicle": 2}})
    card, car = room.issue(), room.issue("vehicle")
    lent = Opened("vehicle", 0, "hand", room.now, room.now + timedelta(minutes=40))
    assert roll(room.state, room.now, {"1": (lent,)}).tickets == pytest.approx({car: 4, card: 4 + VEHICLE})
    assert tickets(room) == pytest.approx({card: 4, car: 4 + IDENTITY})


# -- bookings


def expecting(room: Room, *bookings: Any) -> None:
    room.state.calendar.days[TUESDAY] = book(*bookings)


def after(room: Room, minutes: float) -> Any:
    return room.now + timedelta(minutes=minutes)


def test_a_booking_that_is_due_joins_at_its_time_and_passes_who_has_fewer_points() -> None:
    """At 13.6 the booked person, due for 3.6 minutes, has 25.8 points, the two walk-ins 13.6."""
    room = busy({"1": ALL})
    walk_ins = [room.issue() for _ in range(3)]
    expecting(room, booking(after(room, 10), id="b1"))
    rolled = roll(room.state, room.now)
    calls = (4, 4 + 2 * IDENTITY, 4 + 3 * IDENTITY)
    assert rolled.tickets == pytest.approx(dict(zip(walk_ins, calls, strict=True)))
    assert rolled.bookings == pytest.approx({"b1": 4 + IDENTITY - 10})


@pytest.mark.parametrize(("start", "counts"), [(-6, False), (-5, True), (0, True), (90, True), (91, False)])
def test_bookings_count_from_five_minutes_late_to_ninety_minutes_ahead(start: float, counts: bool) -> None:
    room = busy({"1": ALL})
    expecting(room, booking(after(room, start), id="b1"))
    late = max(4 - start, 0)
    assert roll(room.state, room.now).bookings == (pytest.approx({"b1": late}) if counts else {})


@pytest.mark.parametrize("state", ["held", "pending", "checked_in", "missed", "cancelled", "lapsed"])
def test_only_confirmed_bookings_that_are_not_checked_in_count(state: Any) -> None:
    room = busy({"1": ALL})
    expecting(room, booking(after(room, 3), id="b1", state=state))
    assert roll(room.state, room.now).bookings == {}


def test_people_take_the_minutes_of_the_share_that_comes() -> None:
    """One of four does not come: a call costs 0.6 + 0.75 x 9, a booking 0.75 x 9.6."""
    room = busy({"1": ALL})
    room.do(c.AdoptFit(learnt({"id-card": 4}, no_show=0.25)))
    room.issue()
    expecting(room, booking(after(room, 5), id="b1"))
    rolled = roll(room.state, room.now)
    assert rolled.bookings["b1"] == pytest.approx(4 + 0.6 + 6.75 - 5)
    assert rolled.lines["id-card", "walk-in"] == pytest.approx(4 + 0.6 + 6.75 + 7.2)


# -- the roster


def shift(counter: str, opens: str, closes: str, *breaks: tuple[str, str]) -> Shift:
    spans = [{"opens": opens, "closes": closes}]
    pauses = [{"opens": a, "closes": b} for a, b in breaks]
    return Shift.model_validate(
        {
            "id": f"s{counter}",
            "counter": counter,
            "first_day": "2026-01-01",
            "spans": spans,
            "breaks": pauses,
        }
    )


def rostered(*shifts: Shift, levels: Mapping[str, Mapping[str, int]] | None = None) -> Hall:
    return office(levels or {"1": {"id-card": 1}, "2": {"passport": 1}}, roster=shifts)


def test_a_counter_goes_on_its_break_once_it_is_free_and_takes_all_of_it() -> None:
    room = Room(rostered(shift("1", "08:00", "16:00", ("09:05", "09:20"))))
    room.open()
    ids = [room.issue() for _ in range(3)]
    calls = (0, IDENTITY + 15, 2 * IDENTITY + 15)
    assert tickets(room) == pytest.approx(dict(zip(ids, calls, strict=True)))


def test_an_idle_counter_takes_its_break_on_time() -> None:
    room = Room(rostered(shift("1", "08:00", "16:00", ("09:05", "09:20"))))
    room.open()
    expecting(room, booking(after(room, 10), id="b1"), booking(after(room, 40), id="b2"))
    assert roll(room.state, room.now).bookings == pytest.approx({"b1": 10, "b2": 0})


def test_a_closed_counter_comes_with_its_shift_and_one_that_should_be_there_does_not() -> None:
    room = Room(rostered(shift("1", "09:30", "16:00"), shift("2", "08:00", "16:00")))
    card = room.issue()
    room.issue("passport")
    assert tickets(room) == {card: 30}


def test_a_counter_goes_home_with_its_shift_unless_that_ends_with_the_hall() -> None:
    room = Room(rostered(shift("1", "08:00", "09:05"), shift("2", "08:00", "16:00")), "09:00")
    room.open("1", "ann")
    room.open("2", "bob")
    cards = [room.issue() for _ in range(2)]
    assert tickets(room) == {cards[0]: 0}
    late = [room.at("15:58").issue("passport") for _ in range(3)]
    assert [tickets(room)[id] for id in late] == pytest.approx([0, IDENTITY, 2 * IDENTITY])


def test_time_off_is_a_break_of_the_counter_too() -> None:
    off = TimeOff.model_validate(
        {
            "counter": "1",
            "first_day": TUESDAY,
            "last_day": TUESDAY,
            "span": {"opens": "09:05", "closes": "09:35"},
        }
    )
    room = Room(changed(rostered(shift("1", "08:00", "16:00")), time_off=(off,)))
    room.open()
    ids = [room.issue() for _ in range(2)]
    assert tickets(room) == pytest.approx({ids[0]: 0, ids[1]: IDENTITY + 30})


def test_a_break_without_a_set_end_lasts_as_long_as_the_rosters_for_about_now() -> None:
    room = Room(rostered(shift("1", "08:00", "16:00", ("09:05", "09:20"), ("12:00", "12:30"))))
    room.open()
    room.at("09:10").do(c.PauseCounter("1", None, "breakfast"))
    card = room.at("09:12").issue()
    assert tickets(room) == {card: 13}, "15 minutes from 9:10"
    assert tickets(room.at("09:26")) == {}, "it should be over; nobody can say"


def test_a_break_before_any_of_the_roster_may_last_for_ever() -> None:
    room = Room(rostered(shift("1", "08:00", "16:00", ("12:00", "12:30"))))
    room.open()
    room.do(c.PauseCounter("1", None, "fire drill"))
    room.issue()
    assert tickets(room) == {}


# -- what is left of a service


@pytest.mark.parametrize("elapsed", [1, 5, 10, 30])
def test_without_a_fit_the_rest_of_a_service_is_that_of_a_gamma_law(elapsed: float) -> None:
    """E[S - e | S > e] for shape 1.5625 and mean 9, by the trapezoid rule on the density, in scales."""
    room = Room(office({"1": {"id-card": 1}}))
    room.open()
    room.issue()
    room.call()
    room.do(c.Start("1", None, "t1"))
    room.after(minutes=elapsed)
    scale, step = 9 / 1.5625, 0.001
    points = [elapsed / scale + n * step for n in range(40_000)]
    density = [x**0.5625 * exp(-x) for x in points]
    density[0] /= 2
    rest = sum((x - points[0]) * d for x, d in zip(points, density, strict=True)) / sum(density)
    assert arrival(room) == pytest.approx(rest * scale, abs=1e-4)


def test_a_service_that_has_just_begun_takes_its_mean() -> None:
    room = Room(office({"1": {"id-card": 1}}))
    room.open()
    room.issue()
    room.call()
    room.do(c.Start("1", None, "t1"))
    assert arrival(room) == pytest.approx(9)


def test_with_a_fit_it_lies_between_two_of_its_table() -> None:
    room = Room(office({"1": {"id-card": 1}}))
    table = tuple(20 - n for n in range(len(ELAPSED)))
    room.do(c.AdoptFit(Fit(date(2026, 11, 23), 500, (Times("id-card", 100, 9, table),))))
    room.open()
    room.issue()
    room.call()
    room.do(c.Start("1", None, "t1"))
    for elapsed, left in ((0, 20), (0.5, 19.5), (4, 16.5), (100, 9)):
        there = replace(room.state)
        assert roll(there, room.now + timedelta(minutes=elapsed)).lines["id-card", "walk-in"] == left


# -- run forward by the hall's own rules

COMING = 0.2, 3, 10, 10, 25
"""Minutes until bookings of a hall at random."""


class Forward:
    """A hall run forward from its present state: services take what `learnt` says, each free counter calls."""

    def __init__(self, room: Room, joins: Sequence[tuple[float, str]]) -> None:
        self.room, self.start = room, room.now
        self.called: dict[str, float] = {}
        self._joins = sorted(joins)
        self._again = sorted(t.not_before for t in room.state.waiting() if t.not_before is not None)
        self._heap: list[tuple[float, float, int, str]] = []
        for n, desk in enumerate(room.state.desk(part.id) for part in room.state.setup.counters):
            if desk.state == "open":
                since = (desk.idle_since or room.now) - room.now
                free = self._left(desk.ticket) if desk.ticket else 0.0
                heappush(self._heap, (free, free or since / MINUTE, n, desk.counter))
            elif desk.until is not None:
                back = max(0.0, (desk.until - room.now) / MINUTE)
                heappush(self._heap, (back, back, n, desk.counter))

    def _left(self, ticket: str) -> float:
        spell = self.room.ticket(ticket).spells[-1]
        if spell.started is not None:
            return LEFT[spell.service]
        return max(0.0, WALK - (self.start - spell.called) / MINUTE) + MEANS[spell.service]

    def run(self) -> dict[str, float]:
        """When each is called, in minutes; bookings by the order in which they come."""
        while self._heap:
            at, idle, n, counter = heappop(self._heap)
            self._come(at)
            self.room.now = self.start + timedelta(minutes=at)
            self._free(counter)
            if isinstance(self.room.ask(c.CallNext(counter, None)), Refusal):
                later = [start for start, _ in self._joins]
                later += [(a - self.start) / MINUTE for a in self._again if a > self.room.now]
                if later:
                    heappush(self._heap, (min(later), idle, n, counter))
                continue
            ticket = self.room.ticket(self.room.desk(counter).ticket or "")
            self.called[ticket.id] = at
            free = at + WALK + MEANS[ticket.service]
            heappush(self._heap, (free, free, n, counter))
        return self.called

    def _come(self, until: float) -> None:
        while self._joins and self._joins[0][0] <= until:
            at, service = self._joins.pop(0)
            self.room.now = self.start + timedelta(minutes=at)
            self.room.issue(service, "booked", booked=self.room.now)

    def _free(self, counter: str) -> None:
        desk = self.room.desk(counter)
        if desk.state == "paused":
            self.room.do(c.OpenCounter(counter, desk.clerk or "", desk.profile))
        if desk.ticket is not None:
            if self.room.ticket(desk.ticket).state == "called":
                self.room.do(c.Start(counter, None, desk.ticket))
            self.room.do(c.Finish(counter, None, desk.ticket))


def at_random(rng: Random) -> Room:
    """A hall in the midst of its day."""
    services, segments = ("id-card", "passport", "vehicle"), ("walk-in", "walk-in", "booked", "disabled")
    levels = {
        str(n): {s: rng.randint(1, 2) for s in rng.sample(services, rng.randint(1, 3))}
        for n in range(rng.randint(1, 4))
    }
    conduct = {
        "rule": rng.choice(get_args(Rule)),
        "guard": rng.choice([20, 60]),
        "alpha": rng.choice([0, 1]),
    }
    room = Room(office(levels, **conduct), "09:00")
    room.do(c.AdoptFit(learnt(LEFT)))
    for n in levels:
        room.open(n, f"clerk {n}")
    for _ in range(rng.randint(2, 25)):
        room.after(minutes=rng.choice([0, 1, 4]))
        booked = room.now + timedelta(minutes=rng.choice([-3, 0, 20])) if rng.random() < 0.3 else None
        room.issue(rng.choice(services), "booked" if booked else rng.choice(segments), booked=booked)
        if rng.random() < 0.5:
            an_act(rng, room, rng.choice(list(levels)))
    return room


def an_act(rng: Random, room: Room, counter: str) -> None:
    """Something that happens at a counter, where it can."""
    there, clerk = room.desk(counter).ticket or "nobody", f"clerk {counter}"
    until = room.now + timedelta(minutes=rng.choice([2, 12, 40]))
    room.ask(c.OpenCounter(counter, clerk, None))
    for act in rng.sample(
        [
            c.CallNext(counter, None),
            c.Start(counter, None, there),
            c.Finish(counter, None, there),
            c.Requeue(counter, None, there),
            c.Transfer(counter, None, there, None, rng.choice("0123")),
            c.PauseCounter(counter, None, "lunch", until),
            c.OpenLevel(counter, rng.choice(list(MEANS)), by_rule=False, minutes=rng.choice([5, 30])),
        ],
        3,
    ):
        room.ask(act)


def the_same_as_what_happens(rng: Random) -> int:
    """Hold a roll against the run; returns how many were called."""
    room = at_random(rng)
    coming = [(float(at), rng.choice(list(MEANS))) for at in rng.sample(COMING, rng.randint(0, 3))]
    coming.sort()
    expecting(
        room,
        *(booking(after(room, at), id=f"b{n}", services=(Wanted(s),)) for n, (at, s) in enumerate(coming)),
    )
    rolled = roll(room.state, room.now)
    room.state.calendar.days.clear()  # they come by themselves
    known = len(room.all(e.TicketIssued))
    called = Forward(room, coming).run()
    here = {id: at for id, at in called.items() if int(id[1:]) <= known}
    assert rolled.tickets == pytest.approx(here, abs=1e-3)
    come = [called.get(f"t{known + 1 + n}") for n in range(len(coming))]
    late = {f"b{n}": at - coming[n][0] for n, at in enumerate(come) if at is not None}
    assert rolled.bookings == pytest.approx(late, abs=1e-3)
    return len(called)


@pytest.mark.parametrize("seed", range(20))
def test_the_roll_is_what_happens_where_services_take_what_is_expected(seed: int) -> None:
    the_same_as_what_happens(Random(seed))


@pytest.mark.slow
def test_it_is_so_in_halls_of_all_kinds() -> None:
    rng = Random(2026)
    assert sum(the_same_as_what_happens(rng) for _ in range(300)) > 2_000

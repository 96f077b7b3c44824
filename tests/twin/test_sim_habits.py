"""People drawn from habits, and habits learnt from days that were."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from statistics import fmean

import pytest

from qms.halls.rules.booking import Shift, TimeOff
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.model import Conduct, Hall, Hours
from qms.halls.rules.parts import WEEKDAYS
from qms.twin.rules.figures import percentile
from qms.twin.rules.sim import habits, past, roster, scenes, usual
from qms.twin.rules.sim.fit import fit, patience_of
from qms.twin.rules.sim.habits import Flow, Habits
from qms.twin.rules.sim.model import Arrival, Stand
from qms.twin.rules.sim.past import Stay
from qms.twin.rules.sim.run import run
from tests.halls.make import hall, segment, service, span
from tests.twin.sim_make import open_hall

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
NONE = (0.0,) * 16


def flow(*people: float, booked: bool = False, first: int = 16) -> Flow:
    """So many people in the half hours from eight o'clock on."""
    row = [0.0] * 48
    row[first : first + len(people)] = people
    return Flow("a", "booked" if booked else "walk-in", booked, tuple(row))


def made(*flows: Flow, **more: object) -> Habits:
    fields: dict[str, object] = {"flows": {"mon": flows}, "minutes": {"a": (5.0, 10.0)}}
    return Habits(**(fields | more))  # type: ignore[arg-type]


def setup(**more: object) -> Hall:
    fields: dict[str, object] = {
        "services": (service("a"), service("b")),
        "counters": open_hall(2).counters,
        "zone": "UTC",
    }
    return hall(**(fields | {"segments": (segment("walk-in"), segment("booked"))} | more))


def drawn(known: Habits, days: int = 200) -> list[list[Arrival]]:
    return [list(habits.people(known, setup(), MONDAY, Random(f"habits {n}"))) for n in range(days)]


def test_as_many_come_in_each_half_hour_as_are_expected() -> None:
    """Poisson: mean and variance of the count in each half hour are the expected number."""
    days = drawn(made(flow(4.0, 0.0, 8.0)))
    for n, expected in enumerate((4.0, 0.0, 8.0)):
        counts = [sum(30 * n <= (one.arrives or 0) < 30 * n + 30 for one in day) for day in days]
        assert fmean(counts) == pytest.approx(expected, abs=0.5)
        assert fmean((c - expected) ** 2 for c in counts) == pytest.approx(expected, rel=0.3)
    assert all(5 <= one.minutes <= 10 for day in days for one in day)


def test_bookings_lie_on_their_grid_and_some_never_come() -> None:
    days = drawn(made(flow(6.0, booked=True), shows=0.75, punctual=(-10.0, 5.0), slot=10.0), 600)
    people = [one for day in days for one in day]
    assert {one.booked for one in people} == {0.0, 10.0, 20.0}
    came = [one for one in people if one.arrives is not None]
    assert len(came) / len(people) == pytest.approx(0.75, abs=0.04)
    assert all(-10 <= (one.arrives or 0) - (one.booked or 0) <= 5 for one in came)


def test_what_belongs_to_a_person_is_the_same_on_the_same_day_whatever_the_rest_of_the_day_is() -> None:
    known = made(flow(4.0), patience=(10.0, 40.0), stays=0.5, absent=0.2)
    assert drawn(known, 3) == drawn(known, 3)
    people = [one for day in drawn(known) for one in day]
    assert fmean(one.patience is None for one in people) == pytest.approx(0.5, abs=0.05)
    assert fmean(not one.comes for one in people) == pytest.approx(0.2, abs=0.04)


def test_counters_may_open_late() -> None:
    scene = habits.scene(made(flow(4.0), late=(3.0, 9.0)), setup(), MONDAY, Random("late"))
    assert all(3 <= stand.opens <= 9 for stand in scene.roster)
    assert [stand.closes for stand in scene.roster] == [480, 480]


def test_a_log_normal_distribution_has_its_mean_and_no_more_than_its_most() -> None:
    values = habits.lognormal(10.0, 0.5, 1000.0)
    assert fmean(values) == pytest.approx(10, rel=0.02)
    assert max(habits.lognormal(10.0, 0.5, 12.0)) == 12


def test_shifts_are_cut_to_the_halls_hours_with_their_breaks_and_time_off() -> None:
    shifts = (
        Shift(
            id="one",
            counter="1",
            first_day=MONDAY,
            spans=(span("07:00", "16:00"),),
            breaks=(span("11:00", "11:20"),),
        ),
        Shift(id="two", counter="2", days=("tue",), first_day=MONDAY, spans=(span("08:00", "16:00"),)),
    )
    spans = (span("08:00", "12:00"), span("12:30", "16:00"))
    off = TimeOff(counter="1", first_day=TUESDAY, last_day=TUESDAY)
    made_hall = setup(roster=shifts, hours=Hours(week={"mon": spans, "tue": spans}), time_off=(off,))
    assert roster.of_day(made_hall, MONDAY) == (Stand("1", 0, 480, ((180, 20), (240, 30))),)
    assert roster.of_day(made_hall, TUESDAY) == (Stand("2", 0, 480, ((240, 30),)),)
    assert roster.of_day(made_hall, date(2026, 1, 7)) == ()


def test_a_day_that_lasts_past_midnight_is_staffed_to_its_end() -> None:
    night = (span("00:00", "03:00"), span("20:00", "23:59"))
    week = Hours(week={"mon": night, "tue": night})
    late = Conduct(day_begins=time(4))
    shift = Shift(id="one", counter="1", first_day=MONDAY, spans=night, breaks=(span("01:00", "01:30"),))
    staffed = roster.of_day(setup(roster=(shift,), hours=week, conduct=late), MONDAY)
    assert staffed == (
        Stand("1", 0, 239),
        Stand("1", 240, 420, ((300, 30),)),
        Stand("2", 0, 239),
        Stand("2", 240, 420),
    )


@pytest.mark.parametrize("name", ["ratusz", "gmina"])
def test_a_hall_of_which_nothing_is_known_is_as_busy_as_its_counters_can_bear(name: str) -> None:
    file = parse(Path(f"config/halls/{name}.toml").read_bytes())
    assert isinstance(file, HallFile)
    first = scenes.usual_day(file.hall)
    assert first is not None
    known = usual.usual(file.hall, first)
    found = run(habits.scene(known, file.hall, first, Random(name)))
    ends = Counter(one.outcome for one in found)
    assert ends["served"] > 0.8 * len(found)
    assert ends["refused"] == ends["waiting"] == 0
    assert any(one.arrival.booked is not None for day in WEEKDAYS[:5] for one in found) or name == "gmina"


def instant(minute: float, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(minutes=minute)


def stay(id: str, since: float, called: float | None = None, minutes: float = 10, **more: object) -> Stay:
    """Somebody of that Monday, who was served at once when they were called."""
    fields: dict[str, object] = {
        "id": id, "day": MONDAY, "service": "a", "segment": "walk-in", "since": instant(since), "counter": "1",
        "called": None if called is None else instant(called), "started": None if called is None else instant(called),
        "ended": None if called is None else instant(called + minutes),
    }  # fmt: skip
    return Stay(**(fields | more))  # type: ignore[arg-type]


def left(id: str, since: float, after: float) -> Stay:
    return stay(id, since, ended=instant(since + after), outcome="left", counter=None)


def test_a_day_is_played_with_the_people_and_the_counters_that_it_had() -> None:
    stays = [stay("x", 0, 5), stay("y", 10, 16, 34), left("gone", 12, 5), stay("z", 15, 80)]
    scene, outcomes = past.as_it_was(setup(), MONDAY, stays, {"a": 60.0})
    assert [one.id for one in scene.arrivals] == ["x", "y", "gone", "z"]
    assert [one.patience for one in scene.arrivals] == [None, None, 5, None]
    assert [one.called for one in outcomes] == [5, 16, None, 80]
    # Nobody was called from 50 to 80, though z waited: the counter was away.
    assert scene.roster == (Stand("1", 5, 90, ((50, 30),)),)
    again = {one.arrival.id: one.called for one in run(scene)}
    # With the walk of 0.6 minutes both services end at 50.2; then the break of half an hour begins.
    assert (again["x"], again["gone"]) == (5, None)
    assert again["z"] == pytest.approx(80.2)


def test_who_was_passed_on_a_day_that_was_is_counted_from_its_calls() -> None:
    stays = [stay("x", 0, 5), stay("first", 1, 40), stay("later", 2, 20), stay("last", 3, 30, service="b")]
    _, outcomes = past.as_it_was(setup(), MONDAY, stays)
    assert [(one.arrival.id, one.passed) for one in outcomes] == [
        ("x", 0),
        ("first", 2),
        ("later", 0),
        ("last", 0),
    ]


def test_a_counter_that_served_until_shortly_before_closing_was_there_to_the_end() -> None:
    scene, _ = past.as_it_was(setup(), MONDAY, [stay("x", 400, 430)])
    assert scene.roster == (Stand("1", 430, 480),)


def test_service_times_are_cut_where_somebody_forgot_to_end_them() -> None:
    stays = [stay(f"{n}", n, n, 5) for n in range(150)] + [stay("forgot", 200, 200, 351)]
    cut = percentile([5.0] * 150 + [351.0], 0.99)
    scene, _ = past.as_it_was(setup(), MONDAY, stays)
    assert max(one.minutes for one in scene.arrivals) == cut == 5
    assert fit(setup(), stays).minutes["a"][-1] == 5


def test_habits_are_learnt_from_days() -> None:
    stays = [stay(f"{n}", 3 * n, 3 * n + 1, 4 + n % 3) for n in range(60)]
    stays += [stay(f"b{n}", 30 * n - 4, 30 * n, booked=instant(30 * n), segment="booked") for n in range(6)]
    stays += [stay("absent", 100, 101, outcome="missed")]
    known = fit(setup(), stays, not_shown=2)
    flows = {(each.segment, each.booked): each.people for each in known.flows["mon"]}
    assert flows["walk-in", False][16:22] == (10, 10, 10, 11, 10, 10)
    assert flows["booked", True][16:18] == pytest.approx((1 / 0.75, 1 / 0.75))
    assert known.shows == 0.75
    assert set(known.punctual) == {-4.0}
    assert known.absent == pytest.approx(1 / 67)
    assert fmean(known.minutes["a"]) == pytest.approx(5.4, abs=0.1)
    # Of b nothing was measured: the spread of what was, about the minutes of its set-up.
    assert fmean(known.minutes["b"]) == pytest.approx(15)
    assert [(each.counter, each.opens) for each in known.staff["mon"]] == [("1", 0)]


def test_patience_allows_for_those_who_were_served_before_it_ended() -> None:
    """Kaplan and Meier by hand: leaves at 10 (of 4), served at 20, leaves at 30 (of 2), served at 40."""
    stays: Sequence[Stay] = [left("a", 0, 10), stay("b", 0, 20), left("c", 0, 30), stay("d", 0, 40)]
    patience, stays_on = patience_of(stays)
    assert stays_on == pytest.approx(3 / 4 * 1 / 2)
    assert fmean(each == 10 for each in patience) == pytest.approx(0.25 / 0.625, abs=0.01)
    assert set(patience) == {10, 30}
    assert patience_of([stay("b", 0, 20)]) == ((), 1.0)


def test_days_drawn_from_learnt_habits_look_like_those_that_were() -> None:
    """There and back: habits, days drawn and played from them, and the habits learnt of those days."""
    known = made(flow(6.0, 12.0, 6.0, 3.0), minutes={"a": (4.0, 12.0), "b": (1.0,)})
    stays: list[Stay] = []
    for n in range(40):
        day = MONDAY + timedelta(days=7 * n)
        for one in run(habits.scene(known, setup(), day, Random(f"again {n}"))):
            assert one.called is not None
            assert one.arrival.arrives is not None
            stays.append(
                Stay(f"{n}-{one.arrival.id}", day, "a", "walk-in", instant(one.arrival.arrives, day),
                     called=instant(one.called, day), started=instant(one.called + 0.6, day),
                     ended=instant(one.finished or 0, day), counter=one.counter)
            )  # fmt: skip
    learnt = fit(setup(), stays)
    assert learnt.flows["mon"][0].people[16:20] == pytest.approx((6, 12, 6, 3), rel=0.25)
    assert fmean(learnt.minutes["a"]) == pytest.approx(8, rel=0.05)
    assert len(learnt.staff["mon"]) == 2

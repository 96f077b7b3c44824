"""The policy lab's rules: what is asked, counters added and taken, differences over the same days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.planning.rules.asking import DAYS, asked, first
from qms.planning.rules.lab import (
    PRESENT,
    REAL,
    WAITS,
    Move,
    Variant,
    by_half,
    called_by,
    compared,
    days_as_they_were,
    margin,
    moved,
    staged,
)
from qms.twin.rules.sim.habits import scene
from qms.twin.rules.sim.model import Played, Scene, Stand
from qms.twin.rules.sim.past import Stay
from qms.twin.rules.sim.usual import usual
from qms.twin.simulate import play
from tests.planning.past import stays_of
from tests.queue.make import office

HALL = office()
KNOWN = [date(2026, 11, 20) - timedelta(n) for n in range(30)]
HALVES = list(range(16, 32))


def drawn_day(day: date = date(2026, 11, 19)) -> Scene:
    """A day of the office, from eight to four."""
    return scene(usual(HALL, day), HALL, day, Random(7))


def staffed(roster: Sequence[Stand], minute: float) -> int:
    """Counters with somebody at that minute."""
    return len({stand.counter for stand in roster if stand.opens <= minute < stand.closes})


def test_a_question_is_days_rules_and_a_plan_of_ones_own() -> None:
    found = asked(
        HALL,
        KNOWN,
        HALVES,
        [
            ("day", "2026-11-20"),
            ("day", "2026-11-18"),
            ("day", "1999-01-01"),
            ("rule", "fcfs"),
            ("rule", "nonsense"),
            ("own_rule", "accumulating"),
            ("guard", "45"),
            ("target-booked", "7,5"),
            ("target-walk-in", "30"),
            ("head-booked", ""),
            ("head-walk-in", "15"),
            ("more-1", "-1"),
            ("from-1", "18"),
            ("to-1", "22"),
            ("more-2", "0"),
            ("from-2", "30"),
            ("to-2", "16"),
        ],
    )
    assert not found.faults
    assert found.days == (date(2026, 11, 20), date(2026, 11, 18))
    fcfs, own = found.variants
    assert fcfs == Variant("fcfs", rule="fcfs")
    assert own == Variant("own", None, 45.0, {"booked": 7.5}, {"walk-in": 0.5}, (Move(-1, 18, 22),))


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("guard", "soon", "number"),
        ("guard", "nan", "number"),
        ("guard", "0", "number"),
        ("target-walk-in", "-3", "number"),
        ("head-booked", "301", "number"),
        ("more-1", "9", "hours"),
        ("more-1", "1", "hours"),
    ],
)
def test_what_cannot_be_asked_is_named_by_its_field(field: str, value: str, fault: str) -> None:
    found = asked(
        HALL, KNOWN, HALVES, [("day", "2026-11-20"), (field, value), ("from-1", "22"), ("to-1", "18")]
    )
    assert found.faults == {field: fault}


def test_no_day_and_too_many_days_are_faults_and_nothing_changed_is_no_plan() -> None:
    assert asked(HALL, KNOWN, HALVES, []).faults == {"day": "no_day"}
    every = [("day", day.isoformat()) for day in KNOWN[: DAYS + 1]]
    assert asked(HALL, KNOWN, HALVES, every).faults == {"day": "too_many_days"}
    assert asked(HALL, KNOWN, HALVES, [("day", "2026-11-20"), ("guard", "60")]).variants == ()
    assert first(KNOWN).days == tuple(KNOWN[:5])


@given(
    st.lists(st.tuples(st.sampled_from(["day", "rule", "guard", "more-1", "from-1", "to-1"]), st.text()))
)
def test_whatever_stands_in_the_address_is_read_or_named(given: list[tuple[str, str]]) -> None:
    found = asked(HALL, KNOWN, HALVES, given)
    assert found.faults or found.days


def test_counters_are_added_where_there_are_free_ones_and_taken_but_for_the_last() -> None:
    day = replace(drawn_day(), roster=(Stand("1", 0, 480), Stand("2", 0, 480, ((200, 20),))))
    more, missing = moved(day, [Move(2, 20, 22)])  # from ten to eleven
    assert [staffed(more, minute) for minute in (119, 121, 179, 181)] == [2, 3, 3, 2]
    assert missing == 2  # there are three counters
    fewer, missing = moved(day, [Move(-1, 18, 24), Move(-1, 18, 19)])
    assert [staffed(fewer, minute) for minute in (59, 61, 239, 241)] == [2, 1, 1, 2]
    assert missing == 1
    breaks = [stand.breaks for stand in fewer if stand.counter == "2"]
    assert breaks in ([], [(), ()]) or all(s.opens <= 200 for s in fewer if s.breaks)
    assert moved(day, []) == (tuple(sorted(day.roster, key=lambda s: s.counter)), 0)


def test_hours_outside_the_day_change_nothing() -> None:
    day = replace(drawn_day(), roster=(Stand("1", 0, 480),))
    assert moved(day, [Move(1, 0, 10), Move(1, 40, 47)]) == (day.roster, 0)


def test_the_same_plan_differs_by_nothing_and_more_counters_do_not_make_waits_longer() -> None:
    days = [drawn_day(date(2026, 11, day)) for day in (16, 17, 18)]
    few = [replace(day, roster=(Stand("1", 0, 480), Stand("2", 0, 480))) for day in days]
    real = days_as_they_were(HALL, [stay for day in few for stay in stays_of(day)])
    stages, undone = staged(
        real, [Variant("accumulating", rule="accumulating"), Variant("own", moves=(Move(1, 16, 32),))]
    )
    found = compared(real, [play(s.scenes, [s.plan], workers=1)[0] for s in stages], undone)
    assert [table.plan for table in found.tables] == [REAL, PRESENT, "accumulating", "own"]
    same = found.differences["accumulating"]
    assert {(each.mean, each.within) for each in same} == {(0.0, 0.0)}
    everybody = next(each for each in found.differences["own"] if each.kind == "all")
    assert everybody.mean < 0
    assert found.days == tuple(date(2026, 11, day) for day in (16, 17, 18))
    assert list(found.called_by[REAL]) == sorted(found.called_by[REAL])


def test_what_really_happened_is_told_as_it_was() -> None:
    start = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)  # eight in Warsaw
    stays = [
        Stay(
            str(n),
            date(2026, 11, 19),
            "id-card",
            "walk-in",
            start + timedelta(minutes=at),
            called=start + timedelta(minutes=at + wait),
            ended=start + timedelta(minutes=at + wait + 5),
            counter="1",
        )
        for n, (at, wait) in enumerate([(5, 2), (10, 4), (40, 12)])
    ]
    real: Played = days_as_they_were(HALL, stays)
    assert by_half(real) == {16: 3.0, 17: 12.0}
    assert called_by(real)[WAITS.index(4)] == pytest.approx(2 / 3)


def test_uncertainty_is_students_and_one_day_has_none() -> None:
    assert margin(1.0, 2) == 12.71
    assert margin(1.0, 6) == 2.57
    assert margin(0.5, 20) == pytest.approx(1.06)
    assert margin(1.0, 1) is None
    assert margin(None, 5) is None

"""Waits are told from nothing but what was known when a leg arrived, and to every leg."""

from collections.abc import Callable
from datetime import timedelta
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.twin.rules.waits import log
from qms.twin.rules.waits.forecast import Forecast, Told, by_day
from tests.twin.made_clinic import FIRST_DAY, LAST, REVIEW, SCAN, Row, clinic, leg, on, told_of


def cut(rows: list[Row], day: str, now: int, change: Callable[[Row], Row | None]) -> list[Row]:
    """The log with everything after a moment changed; None: the row is dropped."""
    changed = [row if row["day"] < day else _after(row, day, now, change) for row in rows]
    return [row for row in changed if row is not None]


def _after(row: Row, day: str, now: int, change: Callable[[Row], Row | None]) -> Row | None:
    if row["day"] > day or row["arrive"] > now:
        return change(row)
    known: Row = {**row}
    if row["start"] > now:
        known["start"], known["end"] = -1, -1
    elif row["end"] > now:
        known["end"] = -1
    return known


@pytest.mark.parametrize("seed", range(3))
def test_cutting_or_shuffling_what_comes_later_changes_no_line_made_before(
    tmp_path: Path, seed: int
) -> None:
    rows, random = clinic(seed, 11), Random(seed)
    day = (FIRST_DAY + timedelta(days=9)).isoformat()
    whole = told_of(tmp_path, rows)

    def nonsense(row: Row) -> Row:
        start = row["arrive"] + random.randrange(0, 9_000)
        room = random.choice((SCAN, REVIEW, "Elsewhere"))
        return {**row, "start": start, "end": start + random.randrange(0, 4_000), "counter": room}

    for now in (26_500, 28_700, 31_000, 34_000):
        before = [each for each in whole if (each.stage.day.isoformat(), each.stage.arrived) <= (day, now)]
        assert before
        drop: Callable[[Row], Row | None] = lambda _: None  # noqa: E731
        for change in (drop, nonsense):
            found = told_of(tmp_path, cut(rows, day, now, change))
            assert lines(found[: len(before)]) == lines(before)


def lines(told: list[Told]) -> list[tuple[Any, ...]]:
    return [(t.stage.day, t.stage.ticket, t.stage.leg, t.stage.arrived, t.mid, t.low, t.high) for t in told]


def test_the_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    rows = clinic(5, 11)
    whole = lines(told_of(tmp_path, rows))
    Random(1).shuffle(rows)
    assert lines(told_of(tmp_path, rows)) == whole


def test_every_leg_that_arrived_is_told_a_wait(tmp_path: Path) -> None:
    rows = clinic(6, 10)
    rows += on(9, leg(900, "", 30_000, -1, -1, valid="N"), leg(901, "", 30_000, 30_500, 30_500))
    rows += on(9, leg(902, "New Room", 30_000, 31_000, 31_100), leg(903, "A", -1, -1, -1))
    told = told_of(tmp_path, rows)
    wanted = {
        (row["day"], row["ticket"], row["leg"], row["arrive"])
        for row in rows
        if row["day"] > LAST.isoformat() and row["arrive"] >= 0
    }
    assert {(t.stage.day.isoformat(), t.stage.ticket, t.stage.leg, t.stage.arrived) for t in told} == wanted


SECONDS = st.integers(-1, 86_399)
ANY_ROW = st.fixed_dictionaries(
    {
        "day": st.sampled_from(["2026-03-02", "2026-03-03", "2026-03-05"]),
        "ticket": st.sampled_from(["1", "2", "3", "A 7"]),
        "leg": st.integers(0, 3),
        "counter": st.sampled_from(["", "A", "B", "C"]),
        "arrive": SECONDS,
        "start": SECONDS,
        "end": SECONDS,
        "valid": st.sampled_from(["Y", "N"]),
        "service": st.sampled_from(["", "x", "y"]),
        "segment": st.sampled_from(["", "booked"]),
        "booked": st.one_of(st.just(""), SECONDS),
    }
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ANY_ROW, max_size=40))
def test_whatever_a_log_says_a_wait_lies_in_its_range_and_is_never_negative(rows: list[Row]) -> None:
    stages = log.read([{key: f"{value}" for key, value in row.items()} for row in rows])
    forecast = Forecast()
    for day, found in by_day(stages):
        told = forecast.day(day, found)
        assert [each.stage for each in told] == found
        assert all(0 <= each.low <= each.mid <= each.high < inf for each in told)

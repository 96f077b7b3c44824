"""Waits told for a log are right where the answer is known without the product."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.twin.made_clinic import COLUMNS, FIRST_DAY, OPENS, Row, clinic, leg, on, steady, told_of


def test_people_before_opening_are_told_opening_and_turn(tmp_path: Path) -> None:
    """A room that takes five minutes for each: the third to print waits until it opens and ten minutes more."""
    opens = 8 * 3600
    told = told_of(tmp_path, steady(10, people=12, minutes=5, opens=opens))
    assert len(told) == 2 * 12
    for each in told:
        place = int(each.stage.ticket) - 1
        called = opens + 300 * place
        assert each.mid == pytest.approx((called - each.stage.arrived) / 60, abs=0.5)
        assert each.low <= each.mid <= each.high


def test_who_prints_later_for_the_second_room_waits_for_those_who_will_be_handed_over(
    tmp_path: Path,
) -> None:
    """Everybody in the first room goes on to the second, in the order of first prints: so they come first."""

    def day(people: int) -> list[Row]:
        """The first room takes half as long as the second, so that somebody is always there to be called."""
        rows = []
        for n in range(people):
            start, reviewed = 30_000 + 150 * n, 30_300 + 300 * n
            rows.append(leg(n + 1, "A", 29_000 + n, start, start + 150))
            rows.append(leg(n + 1, "B", start + 150, reviewed, reviewed + 300, leg=1))
        rows.append(leg(50, "B", 29_900, 30_300 + 300 * people, 30_600 + 300 * people))
        return rows

    past = [row for n in range(9) for row in on(n, *day(8))]
    told = told_of(tmp_path, [*past, *on(9, *day(8))])
    alone = told_of(tmp_path, [*past, *on(9, leg(50, "B", 29_900, 30_300, 30_600))])
    after_all = [each for each in told if each.stage.ticket == "50"][-1]
    assert after_all.mid == pytest.approx((30_300 + 300 * 8 - 29_900) / 60, abs=8)
    assert alone[-1].mid < after_all.mid - 25, "nobody is in the first room who could come"


def test_a_line_of_several_counters_goes_as_many_times_as_fast(tmp_path: Path) -> None:
    def day(counters: int) -> list[Row]:
        return [
            leg(n + 1, f"{n % counters}", 29_000 + n, at, at + 600, service="pass")
            for n, at in enumerate(30_000 + 600 * (n // counters) for n in range(24))
        ]

    columns = (*COLUMNS, "service")
    for counters in (1, 2, 3):
        rows = [row for n in range(10) for row in on(n, *day(counters))]
        told = told_of(tmp_path, rows, FIRST_DAY + timedelta(days=8), columns)
        for each in told:
            assert each.mid == pytest.approx(each.stage.waited, abs=4), (counters, each)


def test_a_class_that_is_called_first_waits_less(tmp_path: Path) -> None:
    def day() -> list[Row]:
        rows, printed = [], [(29_000 + n, "key" if n % 3 == 2 else "walk-in") for n in range(18)]
        for turn, (at, segment) in enumerate(sorted(printed, key=lambda one: (one[1], one[0]))):
            start = 30_000 + 300 * turn
            ticket = at - 29_000 + 1
            rows.append(leg(ticket, "A", at, start, start + 300, service="pass", segment=segment))
        return rows

    rows = [row for n in range(10) for row in on(n, *day())]
    told = told_of(tmp_path, rows, FIRST_DAY + timedelta(days=8), (*COLUMNS, "service", "segment"))
    by = {int(each.stage.ticket): each for each in told}
    assert by[18].stage.segment == "key"
    assert by[18].mid == pytest.approx(by[18].stage.waited or 0, abs=5)
    assert by[18].mid < by[16].mid - 20, "printed earlier, called later"


def test_who_comes_before_the_booked_time_is_told_to_wait_for_it(tmp_path: Path) -> None:
    busy = [leg(n + 1, "A", 29_000 + n, 30_000 + 300 * n, 30_300 + 300 * n, booked="") for n in range(8)]
    rows = [row for n in range(10) for row in on(n, *busy)]
    early = on(9, leg(90, "A", 30_001, 34_500, 34_800, booked=34_200))
    told = told_of(tmp_path, [*rows, *early], FIRST_DAY + timedelta(days=8), (*COLUMNS, "booked"))
    assert {each.stage.ticket: each for each in told}["90"].mid >= (34_200 - 30_001) / 60


def test_a_free_counter_that_always_calls_at_once_is_no_wait(tmp_path: Path) -> None:
    calm = [leg(n + 1, "A", 30_000 + 900 * n, 30_000 + 900 * n, 30_300 + 900 * n) for n in range(8)]
    told = told_of(tmp_path, [row for n in range(10) for row in on(n, *calm)])
    later = [each for each in told if each.stage.ticket != "1"]
    assert all(each.mid == each.low == 0 and each.high < 0.1 for each in later)


def test_who_is_always_sent_back_into_the_room_at_once_is_told_so(tmp_path: Path) -> None:
    def day() -> list[Row]:
        rows = []
        for n in range(12):
            start = 30_000 + 300 * n
            rows.append(leg(n + 1, "A", 29_000 + n, start, start + 60))
            rows.append(leg(n + 1, "A", start + 60, start + 60, start + 300, leg=1))
        return rows

    told = told_of(tmp_path, [row for n in range(10) for row in on(n, *day())])
    back = [each for each in told if each.stage.leg == 1]
    first = [each for each in told if each.stage.leg == 0]
    assert max(each.mid for each in back) < 1
    assert all(each.mid == pytest.approx(each.stage.waited, abs=1) for each in first), "they are one spell"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_four_in_five_waits_lie_within_the_range_long_or_short(tmp_path: Path, seed: int) -> None:
    told = told_of(tmp_path, clinic(seed, 26), FIRST_DAY + timedelta(days=10))
    scored = [(each, each.stage.waited) for each in told if each.stage.waited is not None]
    assert len(scored) > 500
    thirds = sorted(scored, key=lambda one: one[0].mid)
    size = len(thirds) // 3
    for part in (thirds[:size], thirds[size : 2 * size], thirds[2 * size :]):
        assert 0.72 <= sum(t.low <= w <= t.high for t, w in part) / len(part) <= 0.88
    assert 0.77 <= sum(t.low <= w <= t.high for t, w in scored) / len(scored) <= 0.83
    assert 0.07 <= sum(w < t.low for t, w in scored) / len(scored) <= 0.13
    assert 0.07 <= sum(w > t.high for t, w in scored) / len(scored) <= 0.13


def test_it_is_better_than_people_ahead_times_service(tmp_path: Path) -> None:
    rows = clinic(4, 20)
    told = told_of(tmp_path, rows, FIRST_DAY + timedelta(days=9))
    ours = theirs = 0.0
    for each in told:
        stage, waited = each.stage, each.stage.waited
        if waited is None:
            continue
        ahead = sum(
            row["counter"] == stage.room and row["arrive"] <= stage.arrived < row["start"]
            for row in rows
            if row["day"] == stage.day.isoformat()
        )
        ours += (each.mid - waited) ** 2
        theirs += (4.8 * (ahead - 1) - waited) ** 2
    assert ours < 0.3 * theirs


def test_rooms_open_late_in_the_made_clinic() -> None:
    """The generator keeps its word: nobody is called before a room opens, and rooms call in the order of prints."""
    rows = clinic(9, 3)
    for room, opens in OPENS.items():
        called = [row for row in rows if row["counter"] == room]
        assert min(row["start"] for row in called) >= opens - 300
        assert all(row["start"] >= row["arrive"] for row in called)


def test_people_who_were_handed_over_take_as_long_as_such_people_take(tmp_path: Path) -> None:
    """In room B ten minutes each for those who come from room A, two for those who come at once."""

    def day(handed: int, direct: int) -> list[Row]:
        rows, at = [], 30_000
        for n in range(handed):
            rows.append(leg(n + 1, "A", 28_000 + n, 29_000 + 60 * n, 29_060 + 60 * n))
            rows.append(leg(n + 1, "B", 29_060 + 60 * n, at, at + 600, leg=1))
            at += 600
        for n in range(direct):
            rows.append(leg(n + 51, "B", 28_500 + n, at, at + 120))
            at += 120
        return [*rows, leg(99, "B", 29_900, at, at + 120)]

    past = [row for n in range(9) for row in on(n, *day(8, 8))]
    for handed, direct in ((6, 0), (0, 6)):
        told = told_of(tmp_path, [*past, *on(9, *day(handed, direct))])
        last = {each.stage.ticket: each for each in told if each.stage.day.day == 11}["99"]
        assert last.mid == pytest.approx((100 + 600 * handed + 120 * direct) / 60, abs=7)


def test_who_comes_elsewhere_has_left_the_counter_though_the_log_has_no_end(tmp_path: Path) -> None:
    """Nobody waits at room A, and its last person is in room B: it is free, as on the days before."""

    def day(end: int) -> list[Row]:
        rows = []
        for n in range(6):
            at = 30_000 + 1800 * n
            rows.append(leg(n + 1, "A", at, at, end if end < 0 else at + 300))
            rows.append(leg(n + 1, "B", at + 300, at + 300, at + 600, leg=1))
        return rows

    past = [row for n in range(9) for row in on(n, *day(0))]
    told = told_of(tmp_path, [*past, *on(9, *day(-1))])
    later = [each for each in told if each.stage.room == "A" and each.stage.ticket != "1"]
    assert len(later) == 10
    assert all(each.mid == 0 for each in later)

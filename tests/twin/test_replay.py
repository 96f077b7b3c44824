"""A replayed log gives the figures that its file gives by itself."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from qms.halls.rules import check
from qms.queue.rules import commands as c
from qms.twin.replay import replay
from qms.twin.report import ASIDE, TAKEN, Report
from qms.twin.rules import derived, figures, legs, timeline, visits
from tests.twin import plain
from tests.twin.made_log import made_log


def leg(ticket: str, room: str, arrive: int, start: int, end: int, line: int = 2) -> legs.Leg:
    return legs.Leg(line, date(2019, 8, 1), ticket, room, arrive, start, end, True)


def cells(report: Report) -> dict[tuple[str, str], tuple[int, int, float, float]]:
    return {
        (f.day.isoformat() if f.day else "", f.room or ""): (f.tickets, f.served, f.mean_wait, f.p90_wait)
        for f in report.figures
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_replay_equals_what_the_file_says_without_the_product(tmp_path: Path, seed: int) -> None:
    made_log(tmp_path / "log.csv", seed)
    said, aside = plain.count(tmp_path / "log.csv")
    report = await replay(tmp_path / "log.csv")
    found = cells(report)
    assert found.keys() == said.keys()
    for cell, told in said.items():
        assert found[cell] == pytest.approx(told, abs=1e-6), cell
    assert Counter(report.together) == aside
    assert report.legs == report.aside + sum(report.taken.values())
    assert not report.faults
    assert not report.refused
    assert set(report.taken) == set(TAKEN)
    assert all(report.taken.values()), "the made log has legs of every kind"


async def test_a_report_reads_as_text_and_as_json(tmp_path: Path) -> None:
    made_log(tmp_path / "log.csv", 4, days=1, tickets=8)
    seen: list[tuple[int, int]] = []
    report = await replay(tmp_path / "log.csv", lambda done, of: seen.append((done, of)))
    assert seen == [(1, 1)]
    text = report.as_text()
    assert "2019-08-01  Review Room 4" in text
    assert "chain and rows agree" in text
    document = json.loads(json.dumps(report.as_json()))
    assert document["legs"] == document["taken"]["legs"] + document["set_aside"]["legs"]
    assert document["figures"][-1]["served"] == cells(report)["", ""][1]
    assert "day" not in document["figures"][-1]


def test_each_reason_is_named_and_several_may_hold() -> None:
    rows = [
        {"day": "2019-08-01", "ticket": "1", "counter": room, "arrive": a, "start": s, "end": e, "valid": v}
        for room, a, s, e, v in [
            ("", "10", "20", "20", "N"),
            ("A", "10", "-1", "-1", "Y"),
            ("A", "-1", "5", "9", "Y"),
            ("A", "10", "9", "30", "Y"),
            ("A", "10", "20", "-1", "Y"),
            ("A", "10", "20", "20", "Y"),
            ("A", "10", "40", "60", "Y"),
            ("A", "10", "50", "70", "Y"),
            ("A", "10", "60", "61", "Y"),
        ]
    ]
    taken, aside = legs.sort_out(legs.read(rows))
    assert list(aside.values()) == [
        ("no_counter", "void"),
        ("never_called",),
        ("never_arrived",),
        ("called_before_arrival",),
        ("never_ended",),
        ("no_service_time",),
        ("room_busy",),
    ]
    assert [leg.line for leg in taken] == [8, 10]
    assert {code for codes in aside.values() for code in codes} == set(ASIDE)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("day", "1 August", "line 2: day is not a date"),
        ("start", "soon", "line 2: start is not a whole number"),
        ("day", "9999-12-31", "line 2: day 9999-12-31 does not lie from 1900-01-01"),
        ("end", "90000", "line 2: end lies past midnight"),
        ("ticket", None, "line 2: there is no column ticket"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(column: str, value: str | None, words: str) -> None:
    good = dict.fromkeys(("arrive", "start", "end"), "1") | {"ticket": "1", "counter": "A", "valid": "Y"}
    row: dict[str, str | None] = {"day": "2019-08-01", **good, column: value}
    with pytest.raises(legs.LogError, match=words):
        legs.read([row])


async def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("name,price\nplum,3\n")
    with pytest.raises(legs.LogError, match="no column day, ticket"):
        await replay(path)
    path.write_text(",".join(legs.COLUMNS) + "\n")
    with pytest.raises(legs.LogError, match="none of its 0 legs"):
        await replay(path)
    path.write_bytes(b"\xff\xfe\x00 day")
    with pytest.raises(legs.LogError):
        await replay(path)


def test_legs_join_to_visits_by_the_second_in_which_they_meet() -> None:
    stays, kinds = visits.join(
        [
            leg("7", "A", 10, 20, 30),
            leg("7", "A", 30, 30, 35),
            leg("7", "B", 35, 50, 60),
            leg("7", "B", 60, 70, 80),
            leg("7", "A", 81, 90, 99),
            leg("8", "A", 30, 100, 110),
        ]
    )
    assert kinds == {"printed": 2, "transferred": 1, "sent_back": 1, "continued": 1, "came_back": 1}
    spells = [[(s.room, s.arrive, s.start, s.end) for s in visit.spells] for visit in stays]
    first = [("A", 10, 20, 35), ("B", 35, 50, 60), ("B", 60, 70, 80)]
    assert spells == [first, [("A", 81, 90, 99)], [("A", 30, 100, 110)]]


def test_a_ticket_in_two_queues_at_once_has_two_visits() -> None:
    stays, _ = visits.join(
        [leg("7", "A", 10, 20, 30), leg("7", "B", 30, 90, 95), leg("7", "C", 40, 50, 60)]
    )
    assert [[s.room for s in visit.spells] for visit in stays] == [["A", "B"], ["C"]]


def test_at_one_second_people_arrive_then_rooms_fall_free_then_they_call() -> None:
    stays, _ = visits.join([leg("7", "A", 10, 20, 30), leg("8", "A", 30, 30, 40, line=3)])
    told = [(at, type(command)) for at, command in timeline.acts(stays, {"A": "a"})]
    assert told == [
        (10, c.IssueTicket),
        (20, c.OpenCounter),
        (20, c.CallNext),
        (20, c.Start),
        (30, c.IssueTicket),
        (30, c.Finish),
        (30, c.CallNext),
        (30, c.Start),
        (40, c.Finish),
    ]


def test_a_hall_made_from_a_log_contradicts_itself_nowhere() -> None:
    rooms = derived.slugs(["Room 1", "ROOM-1", "Żółty pokój", "???"])
    assert list(rooms.values()) == ["room-1", "room-1-2", "ty-pok-j", "room"]
    stays, _ = visits.join([leg("7", room, 86_000, 86_300, 86_399) for room in rooms])
    hall = derived.hall_of(stays, rooms, "UTC")
    assert not check.warnings(hall)
    assert hall.hours.tickets_before == 5


@pytest.mark.parametrize(
    ("values", "share", "at"),
    [([5], 0.9, 5), ([1, 2], 0.9, 1.9), ([3, 1, 2], 0.5, 2), (range(11), 0.9, 9), ([4, 4, 9], 1, 9)],
)
def test_a_percentile_lies_between_the_closest_ranks(values: list[float], share: float, at: float) -> None:
    assert figures.percentile(values, share) == pytest.approx(at)


def test_the_plain_count_reads_as_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made_log(tmp_path / "log.csv", 5, days=1, tickets=6)
    monkeypatch.setattr("sys.argv", ["plain.py", str(tmp_path / "log.csv")])
    plain.main()
    assert "all days    all rooms" in capsys.readouterr().out

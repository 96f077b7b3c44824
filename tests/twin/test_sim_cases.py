"""Days given as files, and what is told of them: every line counts, and a bad one is named."""

import csv
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from qms.halls.rules.model import Hall
from qms.halls.rules.writing import dump
from qms.twin import sim_report, staging
from qms.twin.rules.legs import LogError
from qms.twin.rules.sim import busy, cases, figures, scenes, tuning
from qms.twin.rules.sim.cases import CaseError
from qms.twin.rules.sim.model import Plan, Stand
from qms.twin.rules.sim.run import run
from qms.twin.simulate import play
from tests.halls.make import hall, segment, service, span
from tests.twin.made_log import made_log
from tests.twin.sim_make import open_hall

HEADING = "day,id,service,segment,booked,arrives,service_minutes,patience"
GOOD = f"""{HEADING}
7,x,a,walk-in,,0,10,
7,y,b,booked,5,-2.5,4,
7,z,a,walk-in,,1,5,3
8,x,a,booked,10,,5,
8,late,a,booked,10,30,5,
"""


def test_a_file_says_who_comes_on_which_day() -> None:
    found = cases.arrivals(GOOD, open_hall())
    assert list(found) == ["7", "8"]
    x, y, z = found["7"]
    assert (x.service, x.segment, x.booked, x.arrives, x.minutes, x.patience) == (
        "a",
        "walk-in",
        None,
        0,
        10,
        None,
    )
    assert (y.booked, y.arrives, y.minutes) == (5, -2.5, 4)
    assert z.patience == 3
    assert found["8"][0].arrives is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1: there is no column day"),
        (HEADING.replace(",patience", ""), "line 1: there is no column patience"),
        (HEADING, "there is nobody in it"),
        (f"{HEADING}\n7,x,a,walk-in,,0,10", "line 2: 7 cells, but 8 columns"),
        (f"{HEADING}\n\n7,,a,walk-in,,0,10,", "line 3, column id: is empty"),
        (f"{HEADING}\n7,x,c,walk-in,,0,10,", "line 2, column service: c is not in the hall (known: a, b)"),
        (
            f"{HEADING}\n7,x,a,vip,,0,10,",
            "line 2, column segment: vip is not in the hall (known: booked, walk-in)",
        ),
        (f"{HEADING}\n7,x,a,walk-in,,soon,10,", "line 2, column arrives: soon is not a number"),
        (
            f"{HEADING}\n7,x,a,walk-in,,nan,10,",
            "line 2, column arrives: nan does not lie from -480 to 100000",
        ),
        (
            f"{HEADING}\n7,x,a,walk-in,,0,-1,",
            "line 2, column service_minutes: -1 does not lie from 0 to 480",
        ),
        (f"{HEADING}\n7,x,a,walk-in,,0,,", "line 2, column service_minutes: is empty"),
        (f"{HEADING}\n7,x,a,walk-in,,,5,", "line 2, column arrives: is empty, and nothing is booked"),
        (
            f"{HEADING}\n7,x,a,walk-in,,0,5,\n7,x,a,walk-in,,1,5,",
            "line 3, column id: x is there twice on day 7",
        ),
        (f'{HEADING}\n7,"x,a,walk-in,,0,5,', "line 2: unexpected end of data"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_column(text: str, what: str) -> None:
    with pytest.raises(CaseError) as refused:
        cases.arrivals(text, open_hall())
    assert str(refused.value) == what


def test_a_file_says_who_staffs_which_counter() -> None:
    text = "counter,opens,closes,breaks,services,day\n1,0,480,180-200;300-310,a,\n2,30,240,,,\n"
    found = cases.staff(text, open_hall(2))
    assert found == {"": (Stand("1", 0, 480, ((180, 20), (300, 10)), ("a",)), Stand("2", 30, 240))}


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("9,0,480,,", "column counter: 9 is not in the hall (known: 1)"),
        ("1,60,30,,", "column closes: 30 does not lie from 60 to 100000"),
        ("1,0,480,noon,", "column breaks: noon is not a break such as 180-200"),
        ("1,0,480,,c", "column services: c is not served at counter 1"),
    ],
)
def test_a_bad_roster_is_refused_with_line_and_column(row: str, what: str) -> None:
    with pytest.raises(CaseError) as refused:
        cases.staff(f"counter,opens,closes,breaks,services\n{row}\n", open_hall())
    assert str(refused.value) == f"line 2, {what}"


def narrow() -> Hall:
    """A hall that opens for an hour on Mondays, gives one number a day, and closes for the rest of the year."""
    return hall(
        services=(service("a", daily_cap=1, minutes=5), service("b", open=False, minutes=5)),
        counters=open_hall(2).counters,
        segments=(segment("walk-in"), segment("booked")),
        hours=open_hall().hours.model_copy(update={"week": {"mon": (span("08:00", "09:00"),)}}),
    )


def test_a_case_has_a_day_of_its_own_in_which_nobody_is_turned_away() -> None:
    made = scenes.of_case(narrow(), cases.arrivals(GOOD, narrow()))
    found = [one for scene in made for one in run(scene)]
    assert [one.outcome for one in found] == ["served", "served", "left", "never_came", "served"]
    assert found[-1].segment == "walk-in"


def test_a_day_of_a_case_may_go_on_past_midnight_for_a_long_run() -> None:
    people = "\n".join(f"long,{n},a,walk-in,,{n * 7.25:g},5," for n in range(2000))
    (scene,) = scenes.of_case(narrow(), cases.arrivals(f"{HEADING}\n{people}", narrow()))
    assert all(one.called == pytest.approx(one.arrival.arrives) for one in run(scene))


def test_with_the_halls_own_hours_the_log_says_who_was_refused_and_why(tmp_path: Path) -> None:
    (tmp_path / "come.csv").write_text(
        GOOD.replace("7,", "2026-01-05,")
        .replace("8,x", "2026-01-05,w")
        .replace("8,late", "2026-01-05,late")
    )
    stage = staging.of_case(narrow(), tmp_path / "come.csv", gates=True)
    log = sim_report.call_log(play(stage.scenes, [Plan("one")], workers=1))
    by = {row["id"]: row["outcome"] for row in csv.DictReader(StringIO(log))}
    assert by == {
        "x": "served",
        "y": "served",  # an office keeps what it promised, whatever closed since
        "z": "refused:daily_cap",
        "w": "never_came",
        "late": "refused:daily_cap",
    }


def test_a_day_that_is_no_date_or_on_which_the_hall_is_closed_has_no_hours(tmp_path: Path) -> None:
    path = tmp_path / "come.csv"
    path.write_text(GOOD)
    with pytest.raises(CaseError, match="day 7 is no date"):
        staging.of_case(narrow(), path, gates=True)
    path.write_text(GOOD.replace("7,", "2026-01-06,").replace("8,", "2026-01-06,k"))
    with pytest.raises(CaseError, match="closed on 2026-01-06"):
        staging.of_case(narrow(), path, gates=True)


def test_a_log_of_calls_says_all_that_a_file_of_arrivals_needs_to_be_played_again() -> None:
    """There and back: the calls of a day, put beside its arrivals, are the same when those are read anew."""
    made = busy.day(busy.hall(), 0, Random("round trip"))
    rows = [HEADING]
    for one in made.arrivals:
        cells = (
            "" if each is None else f"{each!r}"
            for each in (one.booked, one.arrives, one.minutes, one.patience)
        )
        rows.append(",".join((made.day, one.id, one.service, one.segment, *cells)))
    read = cases.arrivals("\n".join(rows), made.hall)[made.day]
    assert read == made.arrivals
    again = scenes.of_case(busy.hall(), {made.day: read}, {"": made.roster})
    logs = [sim_report.call_log(play([scene], [Plan("one")], workers=1)) for scene in (made, *again)]
    assert logs[0] == logs[1]
    first = next(csv.DictReader(StringIO(logs[0])))
    assert tuple(first) == ("day", "id", "service", "segment", "called", "finished", "counter", "outcome")
    assert float(first["finished"]) > float(first["called"])


def test_results_do_not_depend_on_how_many_processes_there_are() -> None:
    hall = busy.hall()
    made = [busy.day(hall, n, Random(f"processes {n}")) for n in range(10)]
    plans = [Plan(rule, tuning.ruled(hall, rule)) for rule in ("accumulating", "fcfs")]
    seen: list[tuple[int, int]] = []
    one, two = play(made, plans, workers=1), play(made, plans, 2, lambda done, of: seen.append((done, of)))
    assert one == two
    assert seen[-1] == (20, 20)


def test_everybody_needs_the_same_under_every_plan() -> None:
    hall = busy.hall()
    made = [busy.day(hall, 0, Random("common"))]
    first, other = play(made, [Plan("a"), Plan("b", tuning.ruled(hall, "strict"))], workers=1)
    assert [o.arrival for o in first.outcomes[0]] == [o.arrival for o in other.outcomes[0]]
    assert first.outcomes != other.outcomes


def test_values_are_set_by_name_and_checked() -> None:
    made = open_hall()
    tuned = tuning.tuned(made, "head=.25 walk-in.target=20, guard=45 alpha=1 check_in_closes=5")
    found = {s.id: s for s in tuned.segments}
    assert (found["booked"].head, found["walk-in"].head, found["walk-in"].target) == (0.25, 0, 20)
    assert (tuned.conduct.guard, tuned.conduct.alpha) == (45, 1)
    assert tuned.bookings is not None
    assert tuned.bookings.check_in_closes == 5
    for wrong in ("head", "speed=2", "vip.head=1", "alpha=2", "head=much"):
        with pytest.raises(CaseError):
            tuning.tuned(made, wrong)
    with pytest.raises(CaseError, match="no such rule"):
        tuning.ruled(made, "lifo")


def test_plans_differ_from_the_first_in_one_thing_each(tmp_path: Path) -> None:
    (tmp_path / "come.csv").write_text(GOOD)
    (tmp_path / "late.csv").write_text("counter,opens,closes\n1,60,480\n")
    (tmp_path / "other.toml").write_text(dump(open_hall(1), 1).replace('rule = "accumulating"\n', ""))
    stage = staging.of_case(open_hall(2), tmp_path / "come.csv", gates=False)
    wanted = staging.Wanted(
        ["accumulating", "fcfs"], ["head=1"], [tmp_path / "other.toml"], [1, 2], [tmp_path / "late.csv"]
    )
    plans = staging.plans(stage, wanted)
    assert [plan.name for plan in plans] == [
        "accumulating",
        "fcfs",
        "head=1",
        "other",
        "2 counters",
        "late",
    ]
    played = play(stage.scenes, plans, workers=1)
    assert [len(each.scenes[0].roster) for each in played] == [1, 1, 1, 1, 2, 1]
    assert min(o.called or 99 for o in played[-1].outcomes[0]) == 60
    with pytest.raises(CaseError, match="3 counters: the hall has 2"):
        staging.plans(stage, staging.Wanted(["fcfs"], counters=[3]))


def test_figures_are_counted_by_segment_service_and_all() -> None:
    made = scenes.of_case(open_hall(1), cases.arrivals(GOOD, open_hall(1)))
    table = figures.table(play(made, [Plan("one")], workers=1)[0])
    rows = {(row.kind, row.name): row for row in table.rows}
    assert {key: row.people for key, row in rows.items()} == {
        ("segment", "walk-in"): 3, ("segment", "booked"): 2, ("service", "a"): 4, ("service", "b"): 1, ("all", ""): 5,
    }  # fmt: skip
    assert rows["all", ""].ends == {"served": 3, "left": 1, "never_came": 1}
    # y was there from -2.5 on, booked for 5: called at the opening, before its time; x then waits for 4 minutes.
    assert (rows["service", "b"].mean, rows["segment", "walk-in"].mean) == (5.0, 0.0)
    assert table.days == 2


def test_the_days_of_a_log_stand_beside_what_happened_on_them(tmp_path: Path) -> None:
    made_log(tmp_path / "log.csv", 5, days=2, tickets=20)
    stage = staging.of_log(tmp_path / "log.csv")
    assert stage.real is not None
    played = play(stage.scenes, staging.plans(stage, staging.Wanted(["accumulating"])), workers=1)
    real, played_row = (figures.table(each).rows[-1] for each in (stage.real, *played))
    assert real.people == played_row.people == sum(len(scene.arrivals) for scene in stage.scenes)
    assert real.mean is not None
    assert played_row.ends["served"] == played_row.people
    (tmp_path / "none.csv").write_text((tmp_path / "log.csv").read_text().splitlines()[0] + "\n")
    with pytest.raises(LogError, match="none of its 0 legs"):
        staging.of_log(tmp_path / "none.csv")


def test_a_table_reads_as_text_and_as_json() -> None:
    made = scenes.of_case(open_hall(1), cases.arrivals(GOOD, open_hall(1)))
    played = play(made, [Plan("one"), Plan("two", tuning.ruled(made[0].hall, "fcfs"))], workers=1)
    text = sim_report.as_text(played)
    assert "one: 2 days" in text
    assert "two less one, over the same days" in text
    assert "1 left, 1 never came" in text
    document = sim_report.as_json(played)
    assert [plan["plan"] for plan in document["plans"]] == ["one", "two"]
    assert document["plans"][0]["rows"][-1]["people"] == 5
    assert document["differences"][0]["against"] == "one"
    assert sim_report.call_log(played).splitlines()[0].endswith(",outcome,plan")

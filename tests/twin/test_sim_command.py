"""`qms simulate` as people use it."""

import csv
import json
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from qms.cli import main
from qms.cli import simulate as command
from qms.cli.history import hall_history
from qms.twin import history
from tests.booking.web import MONDAY, house
from tests.cli.make import RATUSZ, ROOT, START, environment
from tests.halls.make import hall
from tests.planning.past import lived
from tests.twin.made_log import made_log
from tests.twin.test_sim_cases import GOOD

HALL = """
id = "case"
names.en = "A case"
zone = "Europe/Warsaw"
languages = ["en"]
[office]
id = "case"
organisation = "case"
names.en = "A case"
[hours]
mon = ["08:00-12:00"]
[segments.walk-in]
[groups.g]
letter = "A"
names.en = "G"
[services.a]
group = "g"
names.en = "A"
[services.b]
group = "g"
names.en = "B"
[counters.1]
level_1 = ["a", "b"]
[counters.2]
level_1 = ["a"]
level_2 = ["b"]
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A folder with a hall and a file of arrivals."""
    (tmp_path / "hall.toml").write_text(HALL)
    (tmp_path / "come.csv").write_text(GOOD)
    return tmp_path


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    monkeypatch.setattr(sys, "argv", ["qms", "simulate", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main.main()
    out, err = capsys.readouterr()
    assert ended.value.code in (0, None), err
    return out


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    monkeypatch.setattr(sys, "argv", ["qms", "simulate", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main.main()
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    return err


def test_a_case_gives_a_table_and_a_log_of_calls(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = case / "calls.csv"
    out = said(
        monkeypatch, capsys, case / "hall.toml", "--arrivals", case / "come.csv", "--out", log, "--json"
    )
    table = json.loads(out)["plans"][0]
    assert (table["plan"], table["days"], table["rows"][-1]["people"]) == ("accumulating", 2, 5)
    with log.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["outcome"] for row in rows] == ["served", "served", "left", "never_came", "served"]
    assert rows[0] == {
        "day": "7", "id": "x", "service": "a", "segment": "walk-in", "called": "0", "finished": "10.6", "counter": "1",
        "outcome": "served",
    }  # fmt: skip


def test_rules_values_and_counters_stand_side_by_side(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(
        monkeypatch, capsys, case / "hall.toml", "--arrivals", case / "come.csv", "--rule", "accumulating,fcfs",
        "--set", "head=1", "--counters", "2,1", "--against", case / "hall.toml",
    )  # fmt: skip
    for plan in ("fcfs", "head=1", "hall", "1 counters"):
        assert f"{plan} less accumulating, over the same days" in out


def test_a_bad_file_is_one_line_and_nothing_is_written(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (case / "come.csv").write_text(GOOD.replace("7,z,a", "7,z,c"))
    log = case / "calls.csv"
    err = refused(monkeypatch, capsys, case / "hall.toml", "--arrivals", case / "come.csv", "--out", log)
    assert err == (
        f"qms: {case / 'come.csv'}: line 4, column service: c is not in the hall (known: a, b)\n"
    )
    assert not log.exists()
    (case / "come.csv").write_bytes(GOOD.encode() + b"7,\xff")
    err = refused(monkeypatch, capsys, case / "hall.toml", "--arrivals", case / "come.csv", "--out", log)
    assert err == f"qms: {case / 'come.csv'}: line 7: not UTF-8\n"


def test_a_hall_to_which_nobody_comes_is_told_as_such(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its shifts lie outside its hours."""
    shifts = "".join(
        f'[roster.s{n}]\ncounter = "{n}"\nfirst_day = 2001-01-01\nspans = ["14:00-16:00"]\n' for n in (1, 2)
    )
    (case / "hall.toml").write_text(HALL + shifts)
    out = said(monkeypatch, capsys, case / "hall.toml", "--days", "2", "--rule", "accumulating,fcfs")
    assert out.count("nobody came") == 2
    assert (
        json.loads(said(monkeypatch, capsys, case / "hall.toml", "--days", "2", "--json"))["plans"][0][
            "rows"
        ]
        == []
    )


@pytest.mark.parametrize("option", ["hall", "--arrivals", "--against", "--roster"])
def test_no_file_that_is_read_is_overwritten(
    option: str, case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (case / "staff.csv").write_text("counter,opens,closes\n1,0,240\n2,0,240\n")
    files = {
        "hall": case / "hall.toml",
        "--arrivals": case / "come.csv",
        "--against": case / "other.toml",
        "--roster": case / "staff.csv",
    }
    files["--against"].write_text(HALL)
    before = files[option].read_bytes()
    named = [part for name, path in list(files.items())[1:] for part in (name, path)]
    out = case / "." / files[option].name
    err = refused(monkeypatch, capsys, files["hall"], *named, "--out", out)
    assert err == f"qms: {out}: that is a file to be read\n"
    assert files[option].read_bytes() == before


def test_days_at_the_end_of_calendars_are_names_like_any_other(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head, *_ = GOOD.splitlines()
    come = case / "come.csv"
    come.write_text(f"{head}\n0001-01-01,1,a,walk-in,,1,5,\n9999-12-31,1,a,walk-in,,1,5,\n")
    assert "2 days" in said(monkeypatch, capsys, case / "hall.toml", "--arrivals", come)
    err = refused(monkeypatch, capsys, case / "hall.toml", "--arrivals", come, "--hours")
    assert "day 0001-01-01 is no date such as" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("{case}/hall.toml", "--from", "9999-12-30"), "9999-12-30: a day is written 2026-11-24"),
        (("{case}/hall.toml", "--from", "0001-01-01"), "0001-01-01: a day is written 2026-11-24"),
        (("{case}/hall.toml", "--out", "{case}/none/calls.csv"), "none: no file can be written there"),
        ((), "name a hall file"),
        (("nowhere.toml",), "nowhere.toml: there is no such hall file"),
        (("{case}/come.csv",), "come.csv"),
        (("{case}/hall.toml", "--rule", "lifo"), "lifo: there is no such rule"),
        (("{case}/hall.toml", "--counters", "3"), "3 counters: the hall has 2"),
        (("{case}/hall.toml", "--counters", "many"), "numbers of counters are written 8,9"),
        (("{case}/hall.toml", "--set", "luck=1"), "luck: what can be set is"),
        (("{case}/hall.toml", "--from", "soon"), "soon: a day is written"),
        (("{case}/hall.toml", "--log", "{case}/come.csv"), "a log makes its own hall"),
        (("--log", "{case}/come.csv"), "there is no column ticket"),
    ],
)
def test_what_makes_no_sense_is_told_in_plain_words(
    arguments: tuple[str, ...],
    words: str,
    case: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    err = refused(monkeypatch, capsys, *(each.format(case=case) for each in arguments))
    assert err.startswith("qms: ")
    assert words in err
    assert "Traceback" not in err


def test_a_log_of_another_system_is_played_beside_what_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made_log(tmp_path / "log.csv", 3, days=2, tickets=15)
    out = said(monkeypatch, capsys, "--log", tmp_path / "log.csv")
    assert "as it was: 2 days" in out
    assert "accumulating less as it was" in out


@pytest.mark.slow
def test_other_seeds_draw_other_people_and_one_seed_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    days = (RATUSZ, "--days", "1", "--workers", "1")
    one, again, other = (said(monkeypatch, capsys, *days, "--seed", seed) for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.slow
async def test_a_hall_that_is_served_is_played_with_the_habits_of_its_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [MONDAY.date() - timedelta(days=n) for n in range(1, 8)]
    async with house(tmp_path) as built:
        state = built.server.site.writer.state("town")
        assert state is not None
        with built.server.site.engine.begin() as conn:
            came = lived(conn, state.setup, days)
            stays = history.stays(conn, "town", days[-1], days[0])
        done = await hall_history(built.server, "town", 4)
    assert len(stays) == came
    assert {stay.outcome for stay in stays} <= {"served", "missed", "left", "waiting"}
    monkeypatch.setattr(command, "work", lambda op, **asked: done)
    out = said(monkeypatch, capsys, "town", "--days", "3", "--json", "--workers", "1")
    people = json.loads(out)["plans"][0]["rows"][-1]["people"]
    working = len({stay.day for stay in stays})
    assert people / 3 == pytest.approx(came / working, rel=0.35)


def test_a_hall_to_which_nobody_came_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = hall().model_dump_json()
    done = {"hall": setup, "today": "2026-11-24", "people": "[]", "not_shown": 0}
    monkeypatch.setattr(command, "work", lambda op, **asked: done)
    assert "nobody came there in the last 9 weeks" in refused(monkeypatch, capsys, "town")


def _heeds_ctrl_c() -> None:
    """Tests that run in the background are started deaf to it, and what they start would be so too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_ctrl_c_ends_it_without_a_word_and_without_a_file(tmp_path: Path) -> None:
    log = tmp_path / "calls.csv"
    process = subprocess.Popen(
        [*START, "simulate", str(RATUSZ), "--days", "200", "--workers", "2", "--out", str(log)],
        cwd=ROOT,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_heeds_ctrl_c,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while len(children.read_text().split()) < 2:
        assert process.poll() is None
        time.sleep(0.1)
    time.sleep(1)  # until both are at work: a signal in the midst of a fork is lost
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "")
    assert list(tmp_path.glob("*calls*")) == []

"""`qms estimate`: all lines and their figures, or a clear word and nothing written."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qms.cli.main import app
from qms.twin import estimate as estimating
from qms.twin.estimate import estimate
from qms.twin.rules.legs import LogError
from tests.twin.made_clinic import LAST, clinic, steady, told_of, write


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["estimate", *arguments])


def test_the_command_writes_each_line_and_prints_how_good_they_were(tmp_path: Path) -> None:
    write(tmp_path / "log.csv", clinic(7, 12))
    out = tmp_path / "waits.csv"
    done = run(str(tmp_path / "log.csv"), "--learn-until", LAST.isoformat(), "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    with out.open() as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == ["day", "ticket", "leg", "at", "mid", "low", "high"]
    with (tmp_path / "log.csv").open() as file:
        rows = {(r["day"], r["ticket"], r["leg"], r["arrive"]): r for r in csv.DictReader(file)}
    pairs = []
    for each in found:
        row = rows[each["day"], each["ticket"], each["leg"], each["at"]]
        if row["counter"]:
            pairs.append((each, (int(row["start"]) - int(row["arrive"])) / 60))
    said: Mapping[str, Any] = json.loads(done.stdout)
    count = len(pairs)
    assert (said["legs"], said["called"]) == (len(found), count)
    assert said["never_called"] == pytest.approx(1 - count / len(found))
    misses = [float(each["mid"]) - waited for each, waited in pairs]
    assert said["mae"] == pytest.approx(sum(map(abs, misses)) / count, abs=0.01)
    assert said["rmse"] == pytest.approx((sum(m * m for m in misses) / count) ** 0.5, abs=0.01)
    within = sum(float(e["low"]) - 0.005 <= waited <= float(e["high"]) + 0.005 for e, waited in pairs)
    assert said["within"] == pytest.approx(within / count, abs=0.005)
    assert said["within"] + said["below"] + said["above"] == pytest.approx(1)
    assert len(said["terciles"]) == 3
    told = run(str(tmp_path / "log.csv"), "--learn-until", LAST.isoformat(), "--out", str(out))
    assert f"{len(found)} legs after {LAST}" in told.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "there is no column day"),
        (b"day,ticket,counter,arrive,start,end,valid\n", "there is no column leg"),
        (b"\xff\xfe\x00", "codec can't decode"),
        (b"day,ticket,leg,counter,arrive,start,end,valid\n2026-03-12,1,0,A,1,2\n", "line 2"),
        (b"day,ticket,leg,counter,arrive,start,end,valid\n2026-03-12,1,0,A,noon,2,3,Y\n", "line 2: arrive"),
        (b"day,ticket,leg,counter,arrive,start,end,valid\n2026-03-12,1,one,A,1,2,3,Y\n", "line 2: leg"),
        (b"day,ticket,leg,counter,arrive,start,end,valid\n12.03.2026,1,0,A,1,2,3,Y\n", "line 2: day"),
        (b"day,ticket,leg,counter,arrive,start,end,valid\n2026-03-12,,0,A,1,2,3,Y\n", "line 2: ticket"),
        (b"day,ticket,leg,counter,arrive,start,end,valid\n2026-03-12,1,0,A,1,90000,3,Y\n", "past midnight"),
        (
            b"day,ticket,leg,counter,arrive,start,end,valid\n2026-03-02,1,0,A,1,2,3,Y\n",
            "nobody arrives after",
        ),
        (
            b"day,ticket,leg,counter,arrive,start,end,valid,booked\n2026-03-12,1,0,A,1,2,3,Y,10:20\n",
            "line 2: booked",
        ),
    ],
)
def test_a_bad_file_is_named_with_its_fault_and_nothing_is_written(
    tmp_path: Path, text: bytes, says: str
) -> None:
    (tmp_path / "log.csv").write_bytes(text)
    (tmp_path / "waits.csv").write_text("kept")
    done = run(
        str(tmp_path / "log.csv"), "--learn-until", LAST.isoformat(), "--out", str(tmp_path / "waits.csv")
    )
    assert done.exit_code != 0
    assert isinstance(done.exception, LogError), done.output
    assert says in str(done.exception)
    assert (tmp_path / "waits.csv").read_text() == "kept"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.csv", "waits.csv"]


def test_a_log_does_not_overwrite_itself(tmp_path: Path) -> None:
    write(tmp_path / "log.csv", clinic(8, 9))
    before = (tmp_path / "log.csv").read_bytes()
    path = str(tmp_path / "log.csv")
    done = run(path, "--learn-until", LAST.isoformat(), "--out", f"{tmp_path}/./log.csv")
    assert "the log itself" in str(done.exception)
    assert (tmp_path / "log.csv").read_bytes() == before


def test_who_interrupts_while_it_writes_keeps_the_file_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(tmp_path, steady(9))
    (tmp_path / "waits.csv").write_text("kept")

    def interrupted() -> Any:
        yield told[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimating.write(tmp_path / "waits.csv", interrupted())
    assert (tmp_path / "waits.csv").read_text() == "kept"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.csv", "waits.csv"]


def test_progress_is_told_by_days(tmp_path: Path) -> None:
    write(tmp_path / "log.csv", steady(9))
    seen: list[tuple[int, int]] = []
    estimate(tmp_path / "log.csv", LAST, lambda done, of: seen.append((done, of)))
    assert seen == [(n, 9) for n in range(1, 10)]

"""`qms staffing`: the printed example, plain words for what cannot be, and no traceback."""

import json
import sys
from typing import Any

import pytest

from qms.cli import main as command_line

EXAMPLE = "--arrivals 100 --interval 30 --service 3 --target 0.8 --within 0.33333333333"
KEYS = {
    "p_wait",
    "service_level",
    "mean_wait",
    "occupancy",
    "p90_wait",
    "leave_share",
    "clerks",
    "rostered",
}


def said(arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command prints."""
    monkeypatch.setattr(sys, "argv", ["qms", "staffing", *arguments.split()])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert not ended.value.code
    return capsys.readouterr().out


def figures(arguments: str, monkeypatch: Any, capsys: Any) -> dict[str, Any]:
    """The JSON that it prints."""
    found: dict[str, Any] = json.loads(said(f"{arguments} --json", monkeypatch, capsys))
    return found


def test_the_printed_example(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told = figures(f"{EXAMPLE} --clerks 14 --max-occupancy 0.85 --shrinkage 0.3", monkeypatch, capsys)
    assert told.keys() >= KEYS
    assert told["p_wait"] == pytest.approx(0.1741319335950498)
    assert told["service_level"] == pytest.approx(0.8883500191794669)
    assert told["mean_wait"] * 60 == pytest.approx(7.83593701177724)
    assert told["occupancy"] == pytest.approx(0.7142857, abs=1e-7)
    assert (told["clerks"], told["rostered"], told["missed"]) == (14, 20, [])


def test_the_figures_are_those_of_the_clerks_given_and_clerks_says_how_many_are_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = figures(f"{EXAMPLE} --clerks 11", monkeypatch, capsys)
    assert (told["given"], told["clerks"]) == (11, 14)
    assert told["missed"] == [
        {
            "goal": "service_level",
            "wanted": 0.8,
            "reached": told["service_level"],
            "by": pytest.approx(0.8 - told["service_level"]),
        }
    ]


def test_a_line_that_never_settles_is_told_as_such_and_its_json_has_no_infinity(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = figures(f"{EXAMPLE} --clerks 9", monkeypatch, capsys)
    assert (told["settles"], told["mean_wait"], told["p90_wait"]) == (False, None, None)
    table = said(f"{EXAMPLE} --clerks 9", monkeypatch, capsys)
    assert "10.00 clerks of work for 9; the line never settles" in table
    assert "80.0% short" in table


def test_who_leaves_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    told = figures("--arrivals 30 --service 8 --patience 30 --clerks 4", monkeypatch, capsys)
    assert told["leave_share"] == pytest.approx(0.1345, abs=5e-5)
    assert told["mean_wait"] == pytest.approx(4.035, abs=5e-4)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--arrivals -1 --service 3", "arrivals"),
        ("--arrivals nan --service 3", "arrivals"),
        ("--arrivals 10 --service inf", "minutes of service"),
        ("--arrivals 10 --service 3 --interval 0", "interval"),
        ("--arrivals 10 --service 3 --clerks 0", "clerks"),
        ("--arrivals 10 --service 3 --target 1", "share to be called"),
        ("--arrivals 10 --service 3 --within -2", "minutes within"),
        ("--arrivals 10 --service 3 --patience 0", "patience"),
        ("--arrivals 10 --service 3 --max-occupancy 0", "occupancy"),
        ("--arrivals 10 --service 3 --shrinkage 1", "shrinkage"),
        ("--arrivals 1e9 --service 30", "the work that comes in"),
        ("--service 3", "say how many come"),
    ],
)
def test_what_makes_no_sense_is_one_line_of_plain_words(
    arguments: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["qms", "staffing", *arguments.split()])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    told = capsys.readouterr()
    assert ended.value.code == 1
    assert told.out == ""
    assert words in told.err
    assert told.err.count("\n") == 1

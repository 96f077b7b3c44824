"""`qms kiosk-agent`: its help suffices, and what goes wrong in a way that was foreseen is one line."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qms.devices.agent.__main__ import app

GOOD = {"--server": "http://127.0.0.1:9", "--hall": "town", "--width": "80", "--printer": "tcp:127.0.0.1:9"}


def arguments(folder: Path, **change: str) -> list[str]:
    given = GOOD | {"--data": str(folder / "data")} | {f"--{name}": value for name, value in change.items()}
    return [part for pair in given.items() for part in pair]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"width": "70"}, "80, or 58"),
        ({"server": "qms.example.org"}, "https://"),
        ({"hall": "Town Hall"}, "town-hall-2"),
        ({"port": "70000"}, "65535"),
        ({"trust": "/nowhere.pem"}, "nowhere.pem"),
    ],
)
def test_an_option_that_makes_no_sense_is_said(tmp_path: Path, change: dict[str, str], said: str) -> None:
    result = CliRunner().invoke(app, arguments(tmp_path, **change), env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "data").exists()


def test_help_names_every_option() -> None:
    result = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"})
    for option in ("--server", "--hall", "--data", "--port", "--printer", "--width", "--code", "--trust"):
        assert option in result.output


def agent(folder: Path, **change: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "qms.devices.agent", *arguments(folder, **change)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_printer_that_cannot_be_meant_is_one_line(tmp_path: Path) -> None:
    result = agent(tmp_path, printer="pigeon:post")
    assert result.returncode == 1
    assert result.stderr.startswith("qms kiosk-agent: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = agent(tmp_path, port=str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "in use" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.slow
def test_it_is_reached_by_the_name_of_the_program_too(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from qms.cli.main import main; main()", "kiosk-agent"]
    result = subprocess.run(
        [*command, *arguments(tmp_path, width="70")], capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 2
    assert "Usage: qms kiosk-agent" in result.stderr


def test_it_is_a_small_process() -> None:
    """What it need not have in memory it does not load."""
    code = "import qms.devices.agent.__main__, sys; print([m for m in ('sqlalchemy', 'alembic') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert "sqlalchemy" not in done.stdout
    assert "alembic" not in done.stdout

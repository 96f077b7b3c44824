"""Commands with nobody serving: they open the database themselves."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.make import RATUSZ, ROOT, done, qms

pytestmark = pytest.mark.slow
FILMS = ROOT / "tests" / "devices" / "films"
FILM, OTHER = FILMS / "h264.mp4", FILMS / "vp9.webm"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the shipped town hall."""
    folder = tmp_path_factory.mktemp("data")
    assert done(folder, "hall", "apply", RATUSZ) == "ratusz: version 1 now acts.\n"
    return folder


def test_applying_a_file_twice_changes_nothing(data: Path) -> None:
    assert "nothing to change" in done(data, "hall", "apply", RATUSZ)
    assert json.loads(done(data, "hall", "list", "--json")) == {"halls": [{"hall": "ratusz", "version": 1}]}


def test_what_is_exported_can_be_applied_again(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.toml"
    file.write_text(done(data, "hall", "export", "ratusz"))
    assert "nothing to change" in done(data, "hall", "apply", file)


def test_a_mistake_is_named_by_file_line_and_field(data: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    lines = RATUSZ.read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.startswith("guard"))
    lines[line - 1] = "guard = -5"
    wrong.write_text("\n".join(lines))
    result = qms(data, "hall", "apply", wrong)
    assert result.returncode == 1
    assert f"{wrong}: line {line}, conduct.guard: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_no_text_is_refused(data: Path, tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00id = 1")
    result = qms(data, "hall", "apply", binary)
    assert (result.returncode, "Traceback" in result.stderr) == (1, False)


def test_a_hall_that_changed_meanwhile_is_not_overwritten(data: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.toml"
    old.write_text(done(data, "hall", "export", "ratusz"))
    changed = tmp_path / "changed.toml"
    changed.write_text(RATUSZ.read_text().replace("max_calls = 3", "max_calls = 4"))
    assert "version 2 now acts" in done(data, "hall", "apply", changed)
    assert qms(data, "hall", "apply", old).returncode == 1
    assert "version 3 now acts" in done(data, "hall", "apply", old, "--force")


def test_staff_get_a_first_password_once_and_further_roles_without(data: Path) -> None:
    assert "First password" in done(data, "staff", "add", "anna", "--role", "clerk", "--at", "ratusz")
    assert "password" not in done(
        data, "staff", "add", "anna", "--role", "supervisor", "--at", "office:zalesie"
    )
    listed = json.loads(done(data, "staff", "list", "--json"))["accounts"]
    assert listed[0]["roles"] == ["clerk at hall:ratusz", "supervisor at office:zalesie"]
    assert "Code for anna" in done(data, "staff", "reset", "anna")
    assert "disabled" in done(data, "staff", "disable", "anna")


@pytest.mark.parametrize(
    "args",
    [
        ("staff", "add", "ola", "--role", "king", "--at", "ratusz"),
        ("staff", "add", "ola", "--role", "clerk", "--at", "nowhere"),
        ("staff", "add", "ola", "--role", "clerk", "--at", "zalesie"),
        ("staff", "reset", "nobody"),
        ("device", "add", "fridge", "--hall", "ratusz"),
        ("device", "add", "sign", "--hall", "ratusz"),
        ("device", "add", "sign", "--hall", "ratusz", "--counter", "99"),
        ("device", "add", "kiosk", "--hall", "nowhere"),
        ("device", "revoke", "device:none"),
        ("media", "add", RATUSZ, "--hall", "ratusz", "--name", "logo"),
        ("media", "add", OTHER, "--hall", "nowhere"),
        ("media", "add", OTHER, "--hall", "ratusz", "--name", "A Name"),
        ("media", "remove", "none", "--hall", "ratusz"),
        ("media", "list", "--hall", "nowhere"),
        ("hall", "export", "nowhere"),
        ("verify", "nowhere", "2026-01-01"),
        ("verify", "ratusz", "yesterday"),
    ],
)
def test_what_cannot_be_is_refused_in_one_plain_line(data: Path, args: tuple[str | Path, ...]) -> None:
    result = qms(data, *args)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("qms: ")
    assert result.stderr.count("\n") == 1


def test_a_file_is_checked_without_a_database(tmp_path: Path) -> None:
    told = done(tmp_path, "hall", "check", RATUSZ)
    assert told.startswith("ratusz: no faults; warnings: 0. ")
    assert "  After 60 min of waiting nobody who came later is called first by the rule.\n" in told
    assert not (tmp_path / "qms.db").exists()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(RATUSZ.read_text().replace("guard = 60", "guard = -5"))
    result = qms(tmp_path, "hall", "check", wrong)
    assert (result.returncode, "conduct.guard: " in result.stderr) == (1, True)


def test_what_changes_in_the_promises_is_told_before_a_file_acts(data: Path, tmp_path: Path) -> None:
    shorter = tmp_path / "shorter.toml"
    shorter.write_text(RATUSZ.read_text().replace("guard = 60", "guard = 45"))
    told = done(data, "hall", "apply", shorter, "--force")
    assert "- Without a booking: After 60 min of waiting nobody" in told
    assert told.index("+ Without a booking: After 45 min of waiting nobody") < told.index("now acts")
    assert "promised" not in done(data, "hall", "apply", shorter, "--force")


def test_a_device_is_added_listed_and_shut_out(data: Path) -> None:
    assert "Pairing code" in done(data, "device", "add", "board", "--hall", "ratusz", "--name", "Main")
    device = json.loads(done(data, "device", "list", "--hall", "ratusz", "--json"))["devices"][0]
    assert (device["kind"], device["name"], device["paired"]) == ("board", "Main", False)
    assert "revoked" in done(data, "device", "revoke", device["id"])


def test_a_picture_is_kept_listed_replaced_and_removed(data: Path) -> None:
    at = ("--hall", "ratusz")
    assert "film: video/mp4, 64 x 36, " in done(data, "media", "add", FILM, *at, "--name", "film")
    again = qms(data, "media", "add", FILM, *at, "--name", "film")
    assert (again.returncode, "There is a file named “film” already" in again.stderr) == (1, True)
    assert "film: video/webm, " in done(data, "media", "add", OTHER, *at, "--name", "film", "--replace")
    assert "vp9: video/webm, " in done(data, "media", "add", OTHER, *at)
    listed = json.loads(done(data, "media", "list", *at, "--json"))
    assert [(one["name"], one["kind"], one["uses"]) for one in listed["files"]] == [
        ("film", "video/webm", []),
        ("vp9", "video/webm", []),
    ]
    assert "film: removed" in done(data, "media", "remove", "film", *at)
    assert "not used" in done(data, "media", "list", *at)


def test_the_doctor_finds_a_row_that_was_changed(tmp_path: Path) -> None:
    done(tmp_path, "hall", "apply", RATUSZ)
    assert "BAD" not in done(tmp_path, "doctor")
    database = sqlite3.connect(tmp_path / "qms.db")
    day = database.execute("SELECT day FROM event").fetchone()[0]
    assert "in order" in done(tmp_path, "verify", "ratusz", day)
    database.execute("UPDATE event SET actor = 'somebody else'")
    database.commit()
    database.close()
    result = qms(tmp_path, "verify", "ratusz", day)
    assert result.returncode == 1
    assert qms(tmp_path, "doctor").returncode == 1


def test_a_certificate_is_made_and_no_key_is_replaced(tmp_path: Path) -> None:
    assert "qms serve --tls-cert" in done(tmp_path, "certificate", "hall.test", "--folder", tmp_path)
    assert (tmp_path / "qms-key.pem").stat().st_mode & 0o777 == 0o600
    assert qms(tmp_path, "certificate", "hall.test", "--folder", tmp_path).returncode == 1


@pytest.mark.parametrize("group", [(), ("hall",), ("staff",), ("device",), ("media",)])
def test_help_suffices(data: Path, group: tuple[str, ...]) -> None:
    assert "Usage" in done(data, *group, "--help")


def test_a_setting_that_does_not_exist_is_named(tmp_path: Path) -> None:
    result = qms(tmp_path, "hall", "list", QMS_PORTT="1")
    assert result.returncode == 1
    assert "QMS_PORTT" in result.stderr

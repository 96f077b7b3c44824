"""What stands in the agent's journal is there after a kill, a torn end and a full disk; a number is given once."""

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from qms.devices.agent.folder import Folder
from qms.devices.agent.journal import Given, Journal, Unwritable

DAY, RUN = "2026-11-24", "papers"
CHILD = """
import sys
from pathlib import Path
from qms.devices.agent.journal import Journal
from tests.devices.test_agent_journal import DAY, RUN, give

journal = Journal(Path(sys.argv[1]))
for n in range(1, 100_000):
    print(give(journal, f"{n:032x}", n).written, flush=True)
"""


def line(id: str, number: int) -> Given:
    return Given(
        id, "a" * 26, "town", DAY, RUN, number, f"A{number:03}", "id-card", "pl", None, "2026-11-24T09:00:00.000Z"
    )  # fmt: skip


def give(journal: Journal, id: str, number: int) -> Given:
    given = journal.give(id, lambda _: line(id, number), DAY, RUN)
    assert given is not None
    return given


def ids(n: int) -> str:
    return f"{n:032x}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_what_was_given_is_there_after_a_kill(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD, path], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline().strip() for _ in range(40)]
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read()
    said += [each.strip() for each in rest.splitlines(keepends=True) if each.endswith("\n")]
    journal = Journal(path)
    assert journal.counts()[0] >= len(said) >= 40
    assert [f"A{n:03}" for n in sorted(journal.used(DAY)[RUN])][: len(said)] == said
    journal.close()


def test_a_torn_end_costs_only_what_was_not_yet_answered(path: Path, tmp_path: Path) -> None:
    """The file and its log as they lie after each number; then the log cut short anywhere, or with rubbish behind."""
    journal, lengths = Journal(path), []
    log = path.with_name("journal.db-wal")
    for n in range(1, 9):
        give(journal, ids(n), n)
        lengths.append(log.stat().st_size)
    body, whole = path.read_bytes(), log.read_bytes()
    journal.close()
    for n, length in enumerate(lengths, 1):
        for end in (whole[:length], whole[: length + 10], whole[:length] + b"\xff" * 999):
            torn = tmp_path / f"{n}-{len(end)}.db"
            torn.write_bytes(body)
            torn.with_name(torn.name + "-wal").write_bytes(end)
            again = Journal(torn)
            assert again.used(DAY)[RUN] >= frozenset(range(1, n + 1))
            assert not again.damaged
            again.close()


def test_a_full_disk_promises_nothing_and_loses_nothing(path: Path) -> None:
    journal = Journal(path)
    give(journal, ids(1), 1)
    journal._db.execute(f"PRAGMA max_page_count = {journal._db.execute('PRAGMA page_count').fetchone()[0]}")
    given = [1]
    with pytest.raises(Unwritable, match="full"):
        given.extend(give(journal, ids(n), n).number for n in range(2, 5000))
    assert journal.used(DAY)[RUN] == frozenset(given)
    journal._db.execute("PRAGMA max_page_count = 100000")  # somebody has tidied up
    assert give(journal, ids(9000), 9000).number == 9000
    journal.close()


def test_an_id_keeps_its_number(path: Path) -> None:
    journal = Journal(path)
    first = give(journal, ids(1), 950)
    assert journal.give(ids(1), lambda _: line(ids(1), 951), DAY, RUN) == first
    assert journal.given(ids(1)) == first
    assert journal.given(ids(2)) is None
    journal.close()


def test_no_number_is_given_twice_on_a_day(path: Path) -> None:
    """Also if whoever chooses it is mistaken."""
    journal = Journal(path)
    give(journal, ids(1), 950)
    with pytest.raises(Unwritable):
        give(journal, ids(2), 950)
    chosen = journal.give(ids(2), lambda used: None if 950 in used else line(ids(2), 950), DAY, RUN)
    assert chosen is None
    later = journal.give(
        ids(3), lambda used: replace(line(ids(3), 950), day="2026-11-25"), "2026-11-25", RUN
    )
    assert later is not None
    journal.close()


def test_numbers_are_settled_in_order_and_refused_ones_stay(path: Path) -> None:
    journal = Journal(path)
    for n in (1, 2, 3):
        give(journal, ids(n), n)
    for n, code in ((1, None), (2, "unknown_service"), (3, None)):
        unsent = journal.next_unsent("town")
        assert unsent is not None
        assert unsent.number == n
        journal.settle(unsent.id, "refused" if code else "handed", code, "2026-11-24T10:00:00.000Z")
    assert (journal.next_unsent("town"), journal.counts()) == (None, (0, 1))
    journal.forget("2027-01-01")
    assert journal.counts() == (0, 1)
    assert journal.used(DAY) == {RUN: frozenset({2})}
    journal.close()


def test_what_the_server_does_not_know_of_yet_is_counted(path: Path) -> None:
    journal = Journal(path)
    for n in (1, 2, 3):
        give(journal, ids(n), n)
    journal.settle(ids(1), "handed", None, "2026-11-24T10:00:00.000Z")
    journal.settle(ids(2), "handed", None, "2026-11-24T10:00:09.000Z")
    assert journal.uncounted(DAY, "id-card", "2026-11-24T10:00:05.000Z") == 2
    assert journal.uncounted(DAY, "passport", "2026-11-24T10:00:05.000Z") == 0
    assert journal.uncounted("2026-11-25", "id-card", "2026-11-24T10:00:05.000Z") == 0
    journal.close()


def test_a_paper_is_begun_once_and_printed_again_at_most_twice(path: Path) -> None:
    journal = Journal(path)
    assert journal.begin_paper("t", DAY, "{}", "pl") is None
    assert journal.begin_paper("t", DAY, "{}", "pl") == "begun"
    journal.end_paper("t", "printed")
    assert journal.begin_paper("t", DAY, "{}", "pl") == "printed"
    assert [journal.once_more("t", 2) for _ in range(3)] == [("{}", "pl"), ("{}", "pl"), None]
    assert journal.once_more("other", 2) is None
    journal.close()


def test_a_damaged_file_is_kept_aside_and_what_can_be_read_of_it_is_taken_over(path: Path) -> None:
    journal = Journal(path)
    for n in range(1, 120):
        give(journal, ids(n), n)
    journal.close()
    whole = path.read_bytes()
    page = 4096
    path.write_bytes(whole[: -2 * page] + os.urandom(page) + whole[-page:])
    journal = Journal(path)
    assert journal.damaged
    assert (path.parent / "damaged-0-journal.db").exists()
    assert 0 < journal.counts()[0] < 120
    assert give(journal, ids(5000), 5000).number == 5000
    journal.close()


def test_a_file_that_is_none_is_kept_aside(path: Path) -> None:
    path.write_bytes(b"nothing of ours" * 1000)
    journal = Journal(path)
    assert journal.damaged
    assert journal.counts() == (0, 0)
    journal.close()


def test_whichever_byte_of_the_file_fell_over_numbers_can_be_given(tmp_path: Path) -> None:
    sound = Journal(tmp_path / "sound.db")
    for n in range(1, 60):
        give(sound, ids(n), n)
    sound.close()
    whole = (tmp_path / "sound.db").read_bytes()
    format_of_the_file, words_of_a_table = 47, whole.index(b"CREATE TABLE given")
    letters = [at for word in (b"unsent", b"2026-11-24T", b"id-card") if (at := whole.rindex(word))]
    for at in (0, 16, format_of_the_file, 100, words_of_a_table, words_of_a_table + 40, *letters):
        path = tmp_path / f"{at}.db"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        journal = Journal(path)
        assert journal.damaged, at
        journal.counts(), journal.used(DAY), journal.next_unsent("town"), journal.last_moment()
        assert give(journal, ids(9000), 9000).number == 9000
        journal.close()


def test_a_file_that_cannot_be_opened_is_not_taken_for_damaged(path: Path) -> None:
    path.mkdir()
    with pytest.raises(sqlite3.OperationalError, match="open"):
        Journal(path)
    assert path.is_dir()


def test_nobody_else_may_read_it(path: Path) -> None:
    journal = Journal(path)
    give(journal, ids(1), 1)
    for part in ("", "-wal"):
        assert path.with_name(path.name + part).stat().st_mode & 0o077 == 0
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()
    journal.close()


def test_a_small_file_is_written_whole_or_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "data")
    folder.write_json("card.json", {"version": 1})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            folder.write_json("card.json", {"version": 2})
    assert folder.read_json("card.json") == {"version": 1}
    assert [each.name for each in folder.path.iterdir()] == ["card.json"]
    assert (folder.path / "card.json").stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700
    folder.write("card.json", b"{half")
    assert folder.read_json("card.json") is None

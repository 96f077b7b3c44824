"""Whether the waits that people were told came true: figures worked out by hand, on both databases and on the page."""

from collections.abc import Iterator
from datetime import timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from qms.ledger.orders import LedgerUnavailable
from qms.ledger.tables import table_of
from qms.queue.kept import DAYS, Estimates, Kept, kept
from qms.queue.pages.kept import kept_table
from qms.queue.tables import Spell, Visit
from tests.app.inside import inside
from tests.queue.make import office
from tests.queue.rows import NOW, TODAY, visit

HOUR = NOW - timedelta(hours=2)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as conn:
        yield conn


def told(n: int, minutes: float | None, high: float = 20, **more: Any) -> dict[str, Any]:
    """Somebody who was told a range and waited so many minutes; None: was never called."""
    ends = {"expected_low": min(5, high), "expected_mid": min(10, high), "expected_high": high}
    wait = {"wait": None, "state": "cancelled", "ended": NOW} if minutes is None else {"wait": minutes * 60}
    return visit(n, **(ends | wait | more))


def put(conn: Connection, *rows: dict[str, Any]) -> None:
    for row in rows:
        conn.execute(insert(table_of(Visit)).values(row))


def test_a_wait_lies_in_its_range_or_was_shorter_or_longer_and_errs_by_so_much(conn: Connection) -> None:
    put(conn, told(1, 5), told(2, 20), told(3, 4), told(4, 23), told(5, None))
    errors = [5, 10, 6, 13]
    assert kept(conn, "town", TODAY, TODAY) == {
        "id-card": Kept(
            called=4,
            never=0.2,
            within=0.5,
            below=0.25,
            above=0.25,
            mae=sum(errors) / 4,
            rmse=round(sqrt(sum(e * e for e in errors) / 4), 2),
        )
    }


def test_only_those_count_who_were_told_a_wait_and_held_their_place(conn: Connection) -> None:
    booked: dict[str, Any] = {"booked": HOUR, "segment": "booked"}
    put(
        conn,
        visit(1),
        told(2, 1, 0),
        told(3, 90, reference=HOUR + timedelta(minutes=9), issued=HOUR),
        told(4, 90, reference=HOUR + timedelta(minutes=9), issued=HOUR, **booked),
        told(5, 12, hall="village"),
        told(6, 12, day=TODAY + timedelta(days=1)),
        told(7, None, state="waiting", ended=None),
    )
    assert kept(conn, "town", TODAY, TODAY) == {}
    put(conn, told(8, 12, issued=HOUR - timedelta(minutes=9), reference=HOUR, **booked))
    assert kept(conn, "town", TODAY, TODAY)["id-card"].called == 1


def test_who_was_handed_over_counts_where_they_were_told_to_wait(conn: Connection) -> None:
    put(conn, told(1, 12, service="passport"), told(2, 12, service="passport"))
    spell = {"hall": "town", "day": TODAY, "counter": "1", "clerk": "ann", "since": HOUR, "called": NOW}
    for n, service in enumerate(("id-card", "passport"), 1):
        row = spell | {"visit": "v1", "n": n, "service": service, "accurate": True}
        conn.execute(insert(table_of(Spell)).values(row))
    found = kept(conn, "town", TODAY, TODAY)
    assert {service: one.called for service, one in found.items()} == {"id-card": 1, "passport": 1}


def test_a_service_of_which_nobody_was_called_yet_has_no_errors(conn: Connection) -> None:
    put(conn, told(1, None))
    assert kept(conn, "town", TODAY, TODAY) == {"id-card": Kept(called=0, never=1.0)}


def test_the_table_says_it_in_the_managers_words() -> None:
    found = {"vehicle": Kept(120, 0.05, 0.789, 0.1, 0.111, 6.04, 9.5), "id-card": Kept(0, 1.0)}
    table = kept_table(office(), found, "pl")
    assert [row.name for row in table.rows] == ["id-card", "vehicle"]
    assert table.rows[1].cells == ("120", "79%", "10%", "11%", "6 min", "10 min", "5%")
    assert len(table.rows[1].cells) == len(table.heads) - 1
    assert kept_table(office(), {}, "de").rows == ()


FEW = {
    "pl": "Za mało osób, by ocenić",
    "en": "Too few people to tell",
    "uk": "Замало осіб, щоб оцінити",
    "de": "Zu wenige Personen für eine Aussage",
}


@pytest.mark.parametrize("lang", FEW)
def test_of_fewer_than_twenty_people_it_says_that_they_are_too_few(lang: str) -> None:
    found = {
        "id-card": Kept(0, 1.0),
        "passport": Kept(19, 0.0, 1.0, 0, 0, 2, 2),
        "vehicle": Kept(20, 0.0, 1.0, 0, 0, 2, 2),
    }
    rows = kept_table(office(), found, lang).rows
    assert [(row.cells, row.few) for row in rows[:2]] == [(("0",), FEW[lang]), (("19",), FEW[lang])]
    assert len(rows[2].cells) == 7
    assert rows[2].few == ""


async def test_a_supervisor_reads_how_the_waits_of_a_month_came_true(tmp_path: Path) -> None:
    async with inside(tmp_path / "var") as house:
        today = house.server.site.clock.now().date()
        rows = [told(n, 12, hall="ratusz", day=today - timedelta(days=n % 3)) for n in range(8)]
        rows.append(told(9, 99, hall="ratusz", day=today - timedelta(days=DAYS)))
        await house.server.site.writer.aside(lambda conn: put(conn, *rows))
        asked = await house.ask("supervisor", "GET", "/api/v1/halls/ratusz/estimates")
        assert asked.json() == {
            "services": {
                "id-card": {
                    "called": 8, "never": 0.0, "within": 1.0, "below": 0.0, "above": 0.0, "mae": 2.0, "rmse": 2.0,
                }
            }
        }  # fmt: skip
        page = await house.ask("supervisor", "GET", "/supervisor/ratusz", headers={"Accept-Language": "de"})
        assert "Genauigkeit der Vorhersagen" in page.text
        told_there = page.text.split('id="kept-title"')[1]
        assert "Personalausweis" in told_there
        assert FEW["de"] in told_there
        assert "100\N{NO-BREAK SPACE}%" not in told_there


async def test_the_page_of_supervisors_stands_without_the_figures_while_rows_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(*_: Any) -> Any:
        raise LedgerUnavailable("no")

    monkeypatch.setattr(Estimates, "of", unavailable)
    async with inside(tmp_path / "var") as house:
        page = await house.ask("supervisor", "GET", "/supervisor/ratusz", headers={"Accept-Language": "en"})
        assert page.status_code == 200
        assert "Nobody who was told a wait has been called yet." in page.text

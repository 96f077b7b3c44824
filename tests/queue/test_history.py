"""Promises kept or not, and the best time to come: figures worked out by hand, on both databases and on the page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from qms.app import build
from qms.halls.rules.model import Service, Standard
from qms.ledger.orders import LedgerUnavailable
from qms.ledger.tables import table_of
from qms.queue.history import History, tallies, waits
from qms.queue.pages.format import best_words, met_words, standard_words
from qms.queue.rules.best import Best, best_time, usual_waits
from qms.queue.rules.promise import Promise, Published, Tally, is_met, promise_of
from qms.queue.tables import Visit
from tests.app.inside import SMALL, inside, small
from tests.booking.room import booking_office
from tests.queue.make import changed, office
from tests.queue.rows import NOW, TODAY, visit

TARGET = Standard(minutes=15, share=0.8)


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as conn:
        yield conn


def put(conn: Connection, *rows: dict[str, Any]) -> None:
    conn.execute(insert(table_of(Visit)), list(rows))


def tally(conn: Connection, first: date = TODAY, last: date = TODAY, segment: str | None = None) -> Tally:
    return tallies(conn, "town", {"id-card": Promise(TARGET, segment)}, first, last, NOW)["id-card"]


def test_a_promise_is_kept_to_those_called_in_time(conn: Connection) -> None:
    put(
        conn,
        visit(1, wait=0.0),
        visit(2, wait=900.0),
        visit(3, wait=900.5),
        visit(4, wait=None, state="cancelled"),
        visit(5, wait=None, state="waiting", issued=NOW - timedelta(minutes=16)),
        visit(6, wait=None, state="waiting", issued=NOW - timedelta(minutes=14)),
        visit(7, wait=5000.0, booked=NOW),
        visit(8, service="passport"),
        visit(9, hall="village"),
        visit(10, day=TODAY - timedelta(days=1)),
        visit(11, segment="pregnant"),
    )
    # In time: 1, 2, 11; late: 3, and 5 who still waits.
    assert tally(conn) == Tally(3, 5)
    assert tally(conn, segment="walk-in") == Tally(2, 4)
    assert tally(conn, first=TODAY - timedelta(days=1)) == Tally(4, 6)
    assert tally(conn, TODAY - timedelta(days=9), TODAY - timedelta(days=8)) == Tally(0, 0)


def test_waits_are_those_of_people_with_a_number_who_were_called(conn: Connection) -> None:
    put(
        conn,
        visit(1, hour=9, wait=61.5),
        visit(2, wait=None),
        visit(3, booked=NOW),
        visit(4, day=TODAY + timedelta(days=1)),
        visit(5, day=TODAY - timedelta(days=1)),
        visit(6, hall="village"),
    )
    assert list(waits(conn, "town", TODAY, TODAY + timedelta(days=1))) == [(TODAY, 9, 61.5)]


@pytest.mark.parametrize(
    ("share", "within", "people", "met"),
    [
        (0.8, 4, 4, None),
        (0.8, 4, 5, True),
        (0.8, 3, 5, False),
        (0.7, 7, 10, True),  # 0.7 * 10 is a little above 7 in floating point
        (0.9, 899, 1000, False),
        (0.9, 900, 1000, True),
        (1.0, 99, 100, False),
    ],
)
def test_a_target_is_met_from_its_share_on(
    share: float, within: int, people: int, met: bool | None
) -> None:
    assert is_met(Standard(minutes=15, share=share), Tally(within, people)) is met


def test_a_service_has_its_own_promise_or_that_of_walk_ins() -> None:
    setup = office()
    plain = setup.services[0]
    walk_in = setup.segment("walk-in")
    assert walk_in is not None
    assert promise_of(setup, plain) == Promise(walk_in.standard, "walk-in")
    own = Service(**(dict(plain) | {"standard": TARGET}))
    assert promise_of(setup, own) == Promise(TARGET)


def weeks(weekday: int, hour: int, *minutes: float) -> list[tuple[date, int, float]]:
    """Waits on one weekday (Monday 0) at one hour, over the weeks."""
    monday = date(2026, 10, 5)
    return [
        (monday + timedelta(weeks=n % 7, days=weekday), hour, 60 * wait) for n, wait in enumerate(minutes)
    ]


def test_a_usual_wait_is_the_median_of_twenty_or_more() -> None:
    # Sorted: nine of 2, two of 4 and 6 in the middle, nine of 100: half-way between 4 and 6.
    many = weeks(2, 12, *[2] * 9, 4, 6, *[100] * 9)
    few = weeks(2, 13, *[1] * 19)
    assert usual_waits([*many, *few]) == {(2, 12): 5}


def test_the_best_time_is_the_longest_stretch_of_the_shortest_waits() -> None:
    setup = office()
    usual = {(0, 9): 40.0, (2, 12): 7.0, (2, 13): 9.9, (2, 14): 10.0, (3, 9): 5.0, (4, 8): 25.0}
    assert best_time(setup, usual) == Best(weekday=2, first=12, last=14, minutes=10)
    assert best_time(setup, {(0, 9): 4.9, (1, 9): 30.0}) == Best(weekday=0, first=9, last=10, minutes=5)


def test_no_time_is_best_where_all_are_alike_or_nothing_is_known() -> None:
    setup = office()
    assert best_time(setup, {}) is None
    assert best_time(setup, {(0, 9): 6.0, (1, 9): 14.9}) is None


def test_an_hour_at_which_the_hall_is_no_longer_open_is_not_told() -> None:
    setup = office()
    usual = {(0, 9): 40.0, (1, 9): 12.0, (2, 20): 1.0, (6, 9): 1.0}
    assert best_time(setup, usual) == Best(weekday=1, first=9, last=10, minutes=15)


def test_words() -> None:
    assert best_words(Best(2, 12, 14, 10), "en") == (
        "On Wednesdays between 12:00 and 14:00 people usually wait less than 10 minutes."
    )
    assert (
        best_words(Best(1, 9, 10, 5), "pl")
        == "We wtorki między 9:00 a 10:00 czeka się zwykle krócej niż 5 minut."
    )
    assert standard_words(TARGET, "pl") == "Nasz cel: 80% osób wzywanych w ciągu 15 minut"
    said = met_words(Published(TARGET, Tally(3, 4), Tally(799, 1000)), "en")
    assert [(one.state, one.mark, one.text) for one in said] == [
        ("few", "–", "Today: too few people to say"),
        ("no", "✗", "Last 30 days: target missed (79%)"),
    ]


async def test_figures_are_read_once_a_minute_and_an_hour(engine: Engine) -> None:
    setup, asked = changed(office(), id="town"), []

    async def read(question: Any) -> Any:
        asked.append(question)
        with engine.begin() as conn:
            return question(conn)

    history = History(read)
    with engine.begin() as conn:
        put(
            conn,
            *(visit(n, wait=60.0) for n in range(5)),
            visit(9, day=TODAY - timedelta(days=29), wait=9000.0),
        )
        put(conn, visit(10, day=TODAY - timedelta(days=30), wait=9000.0))
    found = (await history.published(setup, NOW))["id-card"]
    assert (found.today, found.month) == (Tally(5, 5), Tally(5, 6))
    await history.published(setup, NOW + timedelta(seconds=59))
    assert len(asked) == 2
    await history.published(setup, NOW + timedelta(seconds=60))
    assert len(asked) == 3
    await history.published(setup, NOW + timedelta(seconds=3600))
    assert len(asked) == 5
    await history.best(setup, NOW)
    await history.best(setup, NOW + timedelta(seconds=3599))
    assert len(asked) == 6


async def test_the_page_tells_what_is_promised_kept_and_best(tmp_path: Path) -> None:
    async with inside(tmp_path / "var", setup=small(bookings=booking_office().bookings)) as house:
        day = house.state().day or house.clock.now().date()
        rows = [visit(n, hall=SMALL, day=day, wait=60.0) for n in range(6)]
        past = [
            visit(
                100 + n,
                hall=SMALL,
                day=day - timedelta(weeks=1 + n % 4, days=n // 20),
                wait=60.0 + 2400 * (n // 20),
            )
            for n in range(40)
        ]
        await house.server.site.writer.aside(lambda conn: put(conn, *rows, *past))
        page = (await house.ask("anonymous", "GET", f"/queues/{SMALL}?lang=en")).text
        assert "Our target: 80% of people are called within 20 minutes" in page
        assert "Today: target met (100%)" in page
        assert "people usually wait less than 5 minutes" in page
        sites = (await house.ask("anonymous", "GET", "/book?matter=id-card&lang=en")).text
        assert sites.count("You can also come without an appointment.") == 1
        assert "people usually wait less than 5 minutes" in sites


async def test_the_queues_are_told_also_while_the_rows_cannot_be_read(tmp_path: Path) -> None:
    async with inside(tmp_path / "var") as house:

        async def away(_question: Any) -> Any:
            raise LedgerUnavailable

        house.app = build(replace(house.server, site=replace(house.server.site, read=away)))
        page = await house.ask("anonymous", "GET", f"/queues/{SMALL}?lang=en")
        assert page.status_code == 200
        assert "Our target" not in page.text

"""What is known of people goes when the office no longer needs it; counts and the log stay."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from qms.booking.project import BOOKING
from qms.halls.rules.model import Hall
from qms.ledger.persons import PERSON, PERSON_KEY
from qms.privacy.jobs import erase
from tests.app.inside import SMALL, Inside, inside
from tests.booking.test_http import ANNA, HALL, WEDNESDAY, bookable, booked

VISIT = datetime(2026, 11, 25, 9, 15, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(tmp_path / "var", setup=bookable(erase_after_days=14)) as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        yield house


async def forget(house: Inside) -> int:
    def setup_of(hall: str) -> Hall | None:
        state = house.server.site.writer.state(hall)
        setup: Hall | None = None if state is None else state.hall
        return setup

    return await erase(house.server.site, setup_of)


async def known(house: Inside) -> tuple[int, int, int, int]:
    """Persons, keys, bookings with a person, bookings."""

    def count(conn: Connection) -> tuple[int, int, int, int]:
        named = select(func.count()).select_from(BOOKING).where(BOOKING.c.person.is_not(None))
        every = (select(func.count()).select_from(table) for table in (PERSON, PERSON_KEY, BOOKING))
        persons, keys, bookings = (int(conn.execute(one).scalar_one()) for one in every)
        return persons, keys, int(conn.execute(named).scalar_one()), bookings

    found: tuple[int, int, int, int] = await house.server.site.read(count)
    return found


async def test_a_visits_person_is_erased_after_the_set_days_and_not_before(house: Inside) -> None:
    booking = await booked(house)
    persons, keys, named, bookings = await known(house)
    assert (persons, named, bookings) == (1, 1, 1)
    assert keys > 1
    house.clock.at = VISIT + timedelta(days=14)
    assert await forget(house) == 0
    house.clock.at += timedelta(seconds=1)
    assert await forget(house) == 1
    assert await known(house) == (0, 0, 0, 1)
    assert await forget(house) == 0, "once is enough"
    shown = await house.ask("anonymous", "GET", f"/api/v1/bookings/{booking['token']}")
    assert "person" not in shown.json()
    assert await house.faults() == []


async def test_the_log_is_left_as_it_is(house: Inside) -> None:
    await booked(house)
    before = (await house.ask("sue", "GET", f"{HALL}/events")).json()
    house.clock.at = VISIT + timedelta(days=15)
    await forget(house)
    after = (await house.ask("sue", "GET", f"{HALL}/events")).json()
    assert after == before
    assert await house.faults() == []


async def test_a_person_who_is_still_expected_elsewhere_stays(house: Inside) -> None:
    first, second = await booked(house), await booked(house, "11:00")
    del first, second

    def share(conn: Connection) -> None:
        """Both bookings are one person's, and one of them is for next year."""
        person = conn.execute(select(BOOKING.c.person).limit(1)).scalar_one()
        rows = conn.execute(select(BOOKING.c.id)).scalars().all()
        conn.execute(BOOKING.update().values(person=person))
        later = {"ends": VISIT + timedelta(days=365), "day": date(2027, 11, 25)}
        conn.execute(BOOKING.update().where(BOOKING.c.id == rows[0]).values(later))

    await house.server.site.writer.aside(share)
    house.clock.at = VISIT + timedelta(days=15)
    assert await forget(house) == 1, "the one whom no booking names any more"
    assert (await known(house))[:1] + (await known(house))[2:] == (1, 1, 2)
    house.clock.at = VISIT + timedelta(days=380)
    assert await forget(house) == 1
    assert (await known(house))[0] == 0


async def test_who_has_left_the_waiting_list_is_erased_too(house: Inside) -> None:
    body: dict[str, Any] = {
        "services": [{"service": "id-card"}],
        "first": WEDNESDAY,
        "last": "2026-12-24",
        "fields": ANNA,
    }
    answer = await house.ask("anonymous", "POST", f"{HALL}/wishes", json=body)
    assert answer.status_code == 201, answer.text
    house.clock.at += timedelta(days=13)
    assert await forget(house) == 0
    house.clock.at += timedelta(days=3)
    assert await forget(house) == 0, "still on the list"
    token = answer.json()["token"]
    await house.ask("anonymous", "DELETE", f"/api/v1/wishes/{token}")
    assert await forget(house) == 1
    assert (await known(house))[:2] == (0, 0)


async def test_many_go_in_small_writes(house: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qms.privacy.jobs.TOGETHER", 2)
    for n in range(5):
        at = f"{8 + n}:00".zfill(5)
        await booked(house, at, {**ANNA, "email": f"p{n}@example.org", "name": f"Person {n}"})
    house.clock.at = VISIT + timedelta(days=30)
    assert await forget(house) == 5
    assert await known(house) == (0, 0, 0, 5)


async def test_days_are_the_halls(house: Inside) -> None:
    await booked(house)
    await house.apply(bookable(erase_after_days=0))
    assert house.state(SMALL).setup.bookings is not None
    house.clock.at = VISIT + timedelta(minutes=1)
    assert await forget(house) == 1


async def test_who_was_on_the_waiting_list_of_a_hall_that_is_no_longer_opened_is_erased(
    house: Inside,
) -> None:
    wish = {"services": [{"service": "id-card"}], "first": WEDNESDAY, "last": WEDNESDAY, "fields": ANNA}
    made = await house.ask("anonymous", "POST", f"{HALL}/wishes", json=wish)
    assert made.status_code == 201
    house.clock.at = datetime(2026, 12, 9, 23, tzinfo=UTC)
    assert await forget(house) == 0
    house.clock.at += timedelta(days=2)
    assert await forget(house) == 1
    assert await known(house) == (0, 0, 0, 0)

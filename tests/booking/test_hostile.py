"""People who try again, robots that try everything, and answers that get lost: nobody gains and nobody loses by it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qms.booking import jobs
from qms.halls.rules.booking import Limits
from tests.app.inside import Inside, inside
from tests.booking.solving import solved
from tests.booking.test_http import ANNA, HALL, WEDNESDAY, bookable, booked, held, inside_again

KEY = {"Idempotency-Key": "0123456789abcdef"}
WISH = {"services": [{"service": "id-card"}], "first": WEDNESDAY, "last": "2026-11-27"}
JAN = {"name": "Jan", "email": "jan@example.org"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(tmp_path / "var", setup=bookable({"lanes": 1})) as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        yield house


async def twice(house: Inside, path: str, **body: Any) -> list[Any]:
    """The same request, sent again because the answer was lost."""
    first, again = [await house.ask("anonymous", "POST", path, json=body, headers=KEY) for _ in range(2)]
    assert first.text == again.text
    return [first.json(), again.json()]


async def offered(house: Inside, fields: dict[str, str] = JAN, booking: str | None = None) -> str:
    """The token of a time that the waiting list offers."""
    first = await booked(house, "10:00")
    body = {**WISH, "fields": fields, **({"booking": booking} if booking else {})}
    made = await house.ask("anonymous", "POST", f"{HALL}/wishes", json=body)
    assert made.status_code == 201, made.text
    await house.ask("anonymous", "DELETE", f"/api/v1/bookings/{first['token']}")
    assert await jobs.offer(house.server.site) == 1
    day = house.state().calendar.book(datetime(2026, 11, 25, tzinfo=UTC).date())
    (one,) = [one for one in day.bookings.values() if one.wish]
    return house.server.site.vault.token("booking", one.id)


async def test_a_hold_that_is_sent_again_needs_no_second_solution(house: Inside) -> None:
    await house.apply(bookable(challenge=True))
    task = (await house.ask("anonymous", "GET", f"{HALL}/challenge")).json()
    body = {"services": [{"service": "id-card"}], "start": f"{WEDNESDAY}T10:00:00+01:00"}
    first, again = await twice(house, f"{HALL}/bookings", **body, challenge=solved(task))
    assert first["token"] == again["token"]


async def test_a_confirmation_that_is_sent_again_is_not_counted_against_its_own_limit(
    house: Inside,
) -> None:
    await house.apply(bookable(limits=Limits(per_contact=1, visits_per_day=1, made_per_day=1)))
    token = (await held(house)).json()["token"]
    first, _ = await twice(house, f"/api/v1/bookings/{token}/confirm", fields=ANNA, accepted=True)
    assert first["state"] == "confirmed"


async def test_a_wish_that_is_sent_again_is_one_wish(house: Inside) -> None:
    await house.apply(bookable(limits=Limits(per_contact=1)))
    first, again = await twice(house, f"{HALL}/wishes", **WISH, fields=ANNA)
    assert first["token"] == again["token"]
    assert len(house.state().calendar.wishes or {}) == 1


async def test_an_offer_is_taken_by_the_first_request_after_a_restart(
    house: Inside, tmp_path: Path
) -> None:
    """The waiting list was not asked for since: it is brought from its rows."""
    token = await offered(house)
    async with inside_again(house, tmp_path, house.headers) as again:
        again.clock.at = house.clock.at
        path = f"/api/v1/bookings/{token}/confirm"
        taken = await again.ask("anonymous", "POST", path, json={"accepted": True})
        assert taken.json()["state"] == "confirmed", taken.text
        assert again.state().calendar.wishes == {}


async def test_an_offer_that_is_taken_under_a_key_is_taken(house: Inside, tmp_path: Path) -> None:
    """The later time that it replaces lies on a day that must be read first: that read is not what the key is for."""
    later = await booked(house, "14:00", JAN)
    friday = {"start": "2026-11-27T14:00:00+01:00"}
    await house.ask("anonymous", "PATCH", f"/api/v1/bookings/{later['token']}", json=friday)
    token = await offered(house, {}, later["token"])
    async with inside_again(house, tmp_path, house.headers) as again:
        again.clock.at = house.clock.at
        first, _ = await twice(again, f"/api/v1/bookings/{token}/confirm", accepted=True)
        assert first["state"] == "confirmed"
        former = await again.ask("anonymous", "GET", f"/api/v1/bookings/{later['token']}")
        assert former.json()["state"] == "cancelled"

"""Key clients are recognised when they book, when they check in, and when they take a number."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from qms.clients import register
from qms.halls.rules.booking import Contact
from qms.halls.rules.model import Hall
from tests.app.inside import SMALL, Inside, inside, small
from tests.booking.room import booking_office
from tests.halls.make import segment
from tests.queue.make import changed

HALL = f"/api/v1/halls/{SMALL}"
ANNA = {"name": "Anna Łącka", "email": "anna@example.org"}
TODAY = "2026-11-24"
WRONG = "9" * 12
EARLY = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
"""Half past eight in Warsaw."""
ARRIVES = datetime(2026, 11, 24, 8, 50, tzinfo=UTC)
"""Ten minutes before the booked time."""


def town(*, known: bool = True, **settings: Any) -> Hall:
    office = small(bookings=booking_office(None, **({"challenge": False} | settings)).bookings)
    client = (segment("key-client", target=10, head=0.5),) if known else ()
    return changed(office, segments=(*office.segments, *client))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    """Tuesday morning, and nobody on the register yet."""
    async with inside(tmp_path / "var", setup=town()) as house:
        house.clock.at = EARLY
        yield house


async def entered(house: Inside, until: date | None = None) -> str:
    """The code of somebody on the register."""
    site = house.server.site
    now = site.clock.now()
    code = await site.writer.aside(
        lambda conn: register.add(conn, site.vault, SMALL, {"name": "Notariat"}, until, "staff:1", now)
    )
    assert isinstance(code, str)
    return code


async def booked(house: Inside, client: str = "", **fields: str) -> Any:
    """The answer to contact data with a key client's code."""
    body = {"services": [{"service": "id-card"}], "start": f"{TODAY}T10:00:00+01:00"}
    held = await house.ask("anonymous", "POST", f"{HALL}/bookings", json=body)
    assert held.status_code == 201, held.text
    given = ANNA | fields | ({"client": client} if client else {})
    path = f"/api/v1/bookings/{held.json()['token']}/confirm"
    return await house.ask("anonymous", "POST", path, json={"fields": given, "accepted": True})


async def check_in(house: Inside, **body: str) -> Any:
    return await house.ask("press", "POST", f"{HALL}/check-in", json=body)


def waiting(house: Inside, ticket: dict[str, Any]) -> Any:
    return house.state().tickets[ticket["id"]]


async def test_who_gives_the_code_when_booking_is_served_by_the_rule_for_key_clients(house: Inside) -> None:
    code = await entered(house)
    booking = (await booked(house, f"{code[:4]} {code[4:8]} {code[8:]}")).json()
    assert (booking["state"], booking["segment"]) == ("confirmed", "key-client")
    house.clock.at = ARRIVES
    ticket = waiting(house, (await check_in(house, code=booking["code"])).json())
    assert ticket.segment == "key-client"
    assert ticket.ref == datetime(2026, 11, 24, 9, tzinfo=UTC), "due at the booked time, like everybody"


async def test_the_code_is_kept_nowhere(house: Inside) -> None:
    code = await entered(house)
    booking = (await booked(house, code)).json()
    assert booking["person"] == ANNA
    assert code not in (await house.ask("sue", "GET", f"{HALL}/events")).text
    folder = house.server.site.settings.data
    assert all(code.encode() not in path.read_bytes() for path in folder.glob("qms.db*"))


async def test_a_wrong_code_is_said_at_its_field_and_nothing_is_booked(house: Inside) -> None:
    await entered(house)
    answer = await booked(house, WRONG)
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": "client"}])
    [kept] = house.state().calendar.book(date(2026, 11, 24)).bookings.values()
    assert (kept.state, kept.segment) == ("held", "booked")


async def test_a_code_that_ran_out_is_a_wrong_one(house: Inside) -> None:
    code = await entered(house, date(2026, 11, 23))
    assert (await booked(house, code)).status_code == 422


async def test_a_booking_that_waits_for_its_link_keeps_what_was_recognised(tmp_path: Path) -> None:
    async with inside(tmp_path / "var", setup=town(confirm_by_link=True)) as house:
        house.clock.at = EARLY
        booking = (await booked(house, await entered(house))).json()
        assert (booking["state"], booking["segment"]) == ("pending", "key-client")


async def test_a_hall_without_the_rule_knows_no_key_clients(tmp_path: Path) -> None:
    async with inside(tmp_path / "var", setup=town(known=False)) as house:
        house.clock.at = EARLY
        code = await entered(house)
        assert (await booked(house, code)).status_code == 422
        assert (await house.wish(client=code)).json()["code"] == "unknown_client"


async def test_who_did_not_say_so_when_booking_may_say_so_on_arrival(house: Inside) -> None:
    code, booking = await entered(house), (await booked(house)).json()
    assert booking["segment"] == "booked"
    house.clock.at = ARRIVES
    wrong = await check_in(house, code=booking["code"], client=WRONG)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_client")
    ticket = waiting(house, (await check_in(house, code=booking["code"], client=code)).json())
    assert ticket.segment == "key-client"


async def test_booked_key_clients_bear_the_letter_of_booked_visitors(house: Inside) -> None:
    setup = town()
    groups = tuple(group.model_copy(update={"booked_letter": "U"}) for group in setup.groups)
    await house.apply(changed(setup, groups=groups))
    booking = (await booked(house, await entered(house))).json()
    house.clock.at = ARRIVES
    assert (await check_in(house, code=booking["code"])).json()["number"] == "U001"
    assert (await house.take())["number"] == "A001"


async def test_a_key_client_takes_a_number_at_the_kiosk(house: Inside) -> None:
    code = await entered(house)
    recognised = await house.ask("press", "POST", f"{HALL}/key-clients/recognise", json={"code": code})
    assert (recognised.status_code, recognised.json()) == (200, {}), "not a word of whose code it is"
    assert waiting(house, await house.take(client=code)).segment == "key-client"
    assert waiting(house, await house.take()).segment == "walk-in"
    assert (await house.wish(client=WRONG)).json()["code"] == "unknown_client"


async def test_codes_cannot_be_guessed_in_a_row(house: Inside) -> None:
    path = f"{HALL}/key-clients/recognise"
    answers = [
        (await house.ask("press", "POST", path, json={"code": f"{n:012}"})).json()["code"]
        for n in range(80)
    ]
    assert answers[0] == "unknown_client"
    assert answers[-1] == "throttled"


async def test_somebody_on_the_waiting_list_is_recognised_too(house: Inside) -> None:
    body = {"services": [{"service": "id-card"}], "first": "2026-11-25", "last": "2026-11-27"}
    fields = ANNA | {"client": await entered(house)}
    made = await house.ask("anonymous", "POST", f"{HALL}/wishes", json=body | {"fields": fields})
    assert made.status_code == 201, made.text
    await house.ask("anonymous", "GET", f"{HALL}/slots?service=id-card")
    [wish] = (house.state().calendar.wishes or {}).values()
    assert wish.segment == "key-client"


async def test_check_in_by_the_number_of_a_document(tmp_path: Path) -> None:
    setup = town(contact=Contact(document="required"), check_in_by=("code", "document"))
    async with inside(tmp_path / "var", setup=setup) as house:
        house.clock.at = EARLY
        answer = await booked(house, document="АВС 123-456")
        assert answer.status_code == 200, answer.text
        house.clock.at = ARRIVES
        assert (await check_in(house, document="ABC1")).json()["code"] == "unknown_booking"
        assert (await check_in(house, document="ABD123456")).json()["code"] == "unknown_booking"
        assert (await check_in(house, document="abc123456")).status_code == 201


async def test_an_office_may_ask_for_the_number_of_a_document(tmp_path: Path) -> None:
    async with inside(tmp_path / "var", setup=town(contact=Contact(document="required"))) as house:
        house.clock.at = EARLY
        assert (await booked(house)).json()["errors"] == [{"field": "document"}]


async def test_a_hall_that_asks_for_no_document_is_not_asked_by_one(house: Inside) -> None:
    answer = await check_in(house, document="ABC123456")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")

"""Messages of a whole server: from a request to the mail, and from the mail's links back."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from qms.halls.rules.model import Hall
from qms.notices.jobs import Notices
from tests.app.inside import SMALL, Inside, inside
from tests.booking.test_http import ANNA, bookable, booked, held
from tests.notices.make import words
from tests.post.server import MailServer

PUBLIC = "https://kolejka.example/urzad"


def notices(house: Inside) -> Notices:
    """The server's post, as it is after a start."""

    def setup_of(hall: str) -> Hall | None:
        state = house.server.site.writer.state(hall)
        setup: Hall | None = None if state is None else state.hall
        return setup

    return Notices(house.server.site, setup_of, house.server.glance)


@pytest.fixture
async def house(tmp_path: Path, server: MailServer) -> AsyncIterator[Inside]:
    setup = bookable(confirm_by_link=True, reminders=())
    async with inside(tmp_path / "var", setup=setup, **server.settings, public_url=PUBLIC) as house:
        house.clock.at = datetime(2026, 11, 24, 8, 20, tzinfo=UTC)
        yield house


async def all_of(house: Inside, post: Notices, server: MailServer) -> list[EmailMessage]:
    before = len(server.taken)
    while await post.plan():
        pass
    while await post.send():
        pass
    return server.taken[before:]


async def test_the_links_of_the_mails_lead_to_the_booking(house: Inside, server: MailServer) -> None:
    post = notices(house)
    booking = await booked(house)
    assert booking["state"] == "pending"
    [asked] = await all_of(house, post, server)
    assert asked["To"] == ANNA["email"]
    [path] = re.findall(rf"{PUBLIC}(/prove/\S+)", words(asked))
    opened = await house.ask("anonymous", "GET", path)
    assert opened.status_code == 200
    shown = await house.ask("anonymous", "GET", f"/api/v1/bookings/{booking['token']}")
    assert shown.json()["state"] == "pending", "a link that a machine opens confirms nothing"
    proof = path.rpartition(".")[2]
    address = f"/api/v1/bookings/{booking['token']}"
    await house.ask("anonymous", "POST", f"{address}/prove", json={"proof": proof})
    [told] = await all_of(house, post, server)
    [token] = re.findall(rf"{PUBLIC}/b/(\S+)", words(told))
    assert token == booking["token"]
    stands = (await house.ask("anonymous", "GET", address)).json()
    assert f"Kod wizyty: {stands['code']}" in words(told)
    assert (await house.ask("anonymous", "GET", f"/b/{token}")).status_code == 200
    assert (await house.ask("anonymous", "DELETE", address)).status_code == 200
    [ended] = await all_of(house, post, server)
    assert ended["Subject"].startswith("Wizyta odwołana")
    [again] = re.findall(rf"{PUBLIC}(/book/\S+)", words(ended))
    assert (await house.ask("anonymous", "GET", again)).status_code == 200


async def test_after_a_restart_nothing_is_sent_twice_and_nothing_is_missed(
    house: Inside, server: MailServer
) -> None:
    await booked(house)
    assert len(await all_of(house, notices(house), server)) == 1
    await booked(house, "10:15", {**ANNA, "email": "jan@example.org"})
    [mail] = await all_of(house, notices(house), server)
    assert mail["To"] == "jan@example.org"


async def test_two_processes_send_each_message_once(house: Inside, server: MailServer) -> None:
    posts = [notices(house), notices(house)]
    for n in range(5):
        await booked(
            house, f"10:{n * 15:02d}" if n < 4 else "11:00", {**ANNA, "email": f"p{n}@example.org"}
        )
    for _ in range(3):
        await asyncio.gather(*(post.plan() for post in posts))
        await asyncio.gather(*(post.send() for post in posts))
    assert sorted(server.recipients) == [f"p{n}@example.org" for n in range(5)]


async def test_sending_delays_nobody(house: Inside, server: MailServer) -> None:
    post = notices(house)
    await booked(house)
    await post.plan()
    server.hangs = True
    sending = asyncio.create_task(post.send())
    while not server.connections:  # noqa: ASYNC110 - the server runs in a thread of its own
        await asyncio.sleep(0.01)
    assert (await held(house, "11:00")).status_code == 201
    assert not sending.done()
    server.hangs = False
    assert await sending == 1


async def test_nothing_personal_is_logged(
    house: Inside, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.refused = {ANNA["email"]: f"550 {ANNA['email']} unknown"}
    await booked(house)
    await all_of(house, notices(house), server)
    said = "".join(capsys.readouterr())
    assert "message failed" in said
    for secret in ("example.org", "Łącka"):
        assert secret not in said


async def test_a_hall_whose_log_cannot_be_followed_stops_no_other(
    house: Inside, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = notices(house)
    await booked(house)
    follow = post._follow
    house.server.site.writer.halls = lambda: ["broken", SMALL]  # type: ignore[method-assign]

    async def breaking(hall: str) -> int:
        if hall == "broken":
            raise LookupError(hall)
        return await follow(hall)

    monkeypatch.setattr(post, "_follow", breaking)
    assert len(await all_of(house, post, server)) == 1

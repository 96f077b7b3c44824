"""Notices that a turn is near: to whom, when, once and never again, and that nothing is kept of how they were sent."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select

from qms.halls.rules.model import Hall
from qms.ledger.persons import PERSON, read_person
from qms.notices.browsers import PUSH
from qms.notices.jobs import Notices
from qms.post import push as push_post
from qms.post import sending
from qms.post.queue import MESSAGE
from tests.app.inside import SMALL, Inside, inside, small
from tests.post.browser import Listener, led_to
from tests.post.web import WebServer, web_server

PUBLIC = "https://kolejka.example"
PHONE = "601 234 567"
NUMBER = "+48601234567"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as web:
        yield web


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch, web: WebServer) -> None:
    monkeypatch.setattr(sending, "MARKS", (0.0, 0.0))
    monkeypatch.setattr(push_post.PushService.__init__, "__defaults__", (led_to(web.base),))


def settings(web: WebServer) -> dict[str, Any]:
    return {
        "push": True,
        "push_contact": "mailto:it@miasto.example",
        "sms_url": f"{web.base}/sms",
        "sms_from": "URZAD",
        "public_url": PUBLIC,
    }


@pytest.fixture
async def house(tmp_path: Path, web: WebServer) -> AsyncIterator[Inside]:
    setup = small(near_people=1, near_minutes=0, languages=("pl", "en", "uk", "de"))
    async with inside(tmp_path / "var", setup=setup, **settings(web)) as house:
        await house.done("ann", "open")
        yield house


def notices(house: Inside) -> Notices:
    """The server's post, as it is after a start."""

    def setup_of(hall: str) -> Hall | None:
        return house.state(hall).hall

    return Notices(house.server.site, setup_of, house.server.glance)


async def ask(house: Inside, ticket: dict[str, Any], listener: Listener) -> Response:
    path = f"/api/v1/tickets/{ticket['token']}/push"
    return await house.ask("anonymous", "POST", path, json=listener.subscription)


async def asked(house: Inside, ticket: dict[str, Any]) -> Listener:
    listener = Listener(f"/push/{ticket['number']}")
    answer = await ask(house, ticket, listener)
    assert (answer.status_code, answer.json()) == (200, {"on": True}), answer.text
    return listener


async def turn(post: Notices) -> None:
    """What the schedule does within a second."""
    await post.plan()
    await post.near()
    await post.tell()


def rows(house: Inside, table: Any) -> list[dict[str, Any]]:
    with house.server.site.engine.connect() as conn:
        return [dict(row) for row in conn.execute(select(table)).mappings()]


async def served(house: Inside) -> None:
    """The one at the counter is served, and the next one called."""
    ticket = house.state().desk("1").ticket
    await house.done("ann", "start", ticket=ticket)
    await house.done("ann", "next", current=ticket)


def to_browsers(web: WebServer) -> list[str]:
    return [sent.path for sent in web.taken if sent.path.startswith("/push/")]


def texts(web: WebServer) -> list[dict[str, str]]:
    return [json.loads(sent.body) for sent in web.taken if sent.path == "/sms"]


async def test_a_browser_is_told_once_when_its_turn_is_near_and_then_forgotten(
    house: Inside, web: WebServer
) -> None:
    post = notices(house)
    [_, _, third] = [await house.take(language="en") for _ in range(3)]
    listener = await asked(house, third)
    await turn(post)
    assert web.taken == [], "two are ahead, and one may be"
    await house.done("ann", "next")
    await turn(post)
    [sent] = web.taken
    said = json.loads(listener.read(sent.body))
    assert said == {
        "title": "Number A003: it is nearly your turn.",
        "body": said["body"],
        "lang": "en",
        "path": f"t/{third['token']}",
    }
    assert rows(house, PUSH) == []
    [message] = rows(house, MESSAGE)
    assert (message["channel"], message["state"], message["about"]) == ("push", "sent", third["id"])
    assert "push.example" not in json.dumps(message, default=str)
    for _ in range(2):
        await served(house)
        await turn(post)
    assert len(web.taken) == 1, "not again, also when it is called"


async def test_who_is_called_before_being_near_is_told_of_the_counter(
    house: Inside, web: WebServer
) -> None:
    post = notices(house)
    await house.take()
    await house.take()
    last = await house.take()
    listener = await asked(house, last)
    await turn(post)
    await house.done("ann", "next", ticket=last["id"])
    await turn(post)
    [sent] = web.taken
    said = json.loads(listener.read(sent.body))
    assert said["title"] == "Numer A003 został wezwany."
    assert "Stanowisko 1" in said["body"]


async def test_nobody_is_near_while_no_counter_serves_them_or_the_hall_is_closed(
    house: Inside, web: WebServer
) -> None:
    post = notices(house)
    car = await house.take(service="vehicle")
    await asked(house, car)
    await turn(post)
    assert web.taken == []
    await house.done("bob", "open", "3")
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/suspend", json={"reason": "Alarm"})
    await turn(post)
    assert web.taken == []
    await house.ask("sue", "POST", f"/api/v1/halls/{SMALL}/resume", json={})
    await turn(post)
    assert len(web.taken) == 1


async def test_the_minutes_of_the_hall_count_too(house: Inside, web: WebServer) -> None:
    await house.apply(small(near_people=0, near_minutes=25))
    post = notices(house)
    for _ in range(4):
        await house.take()
    third = await house.take()
    await asked(house, third)
    await turn(post)
    assert web.taken == []
    await house.done("ann", "next")
    for _ in range(2):
        await served(house)
    await turn(post)
    assert len(web.taken) == 1, "one ahead, twenty minutes"


async def test_a_phone_gets_one_message_with_the_link_and_its_number_is_erased(
    house: Inside, web: WebServer
) -> None:
    post = notices(house)
    ticket = await house.take(phone=PHONE)
    assert "phone" not in ticket
    [person] = rows(house, PERSON)
    assert read_person_of(house, person["id"]) == {"turn_phone": NUMBER}
    await turn(post)
    [sent] = texts(web)
    assert (sent["to"], sent["from"]) == (NUMBER, "URZAD")
    assert sent["text"].startswith("Numer A001: zbliża się Państwa kolej.")
    assert sent["text"].endswith(f"{PUBLIC}/t/{ticket['token']}")
    assert rows(house, PERSON) == []
    await house.done("ann", "next")
    await turn(notices(house))
    assert len(texts(web)) == 1
    assert await house.faults() == []


async def test_a_number_that_a_kiosk_made_by_itself_is_told_without_its_link(
    house: Inside, web: WebServer
) -> None:
    """Its secret is on the paper alone."""
    await house.take(phone=PHONE, id="a" * 32, token="b" * 26)
    await turn(notices(house))
    [sent] = texts(web)
    assert "/t/" not in sent["text"]
    assert sent["text"].startswith("Numer A001: zbliża się Państwa kolej.")


def read_person_of(house: Inside, id: str) -> dict[str, str] | None:
    site = house.server.site
    with site.engine.connect() as conn:
        return read_person(conn, site.vault, id)


async def test_what_staff_noted_of_somebody_outlives_their_number(house: Inside, web: WebServer) -> None:
    post = notices(house)
    await house.take("sue", phone=PHONE, name="Anna Łącka")
    await turn(post)
    assert len(texts(web)) == 1
    [person] = rows(house, PERSON)
    assert read_person_of(house, person["id"]) == {"name": "Anna Łącka"}


@pytest.mark.parametrize("way", ["cancelled", "finished", "missed", "lapsed"])
async def test_what_is_known_is_erased_with_the_end_of_the_visit(
    house: Inside, web: WebServer, way: str
) -> None:
    """Also where nothing could be sent: the gateway and the services are away."""
    web.answers = [503] * 50
    post = notices(house)
    ticket = await house.take(phone=PHONE)
    await asked(house, ticket)
    await turn(post)
    assert len(rows(house, PUSH)) == len(rows(house, PERSON)) == 1
    if way == "cancelled":
        await house.ask("anonymous", "DELETE", f"/api/v1/tickets/{ticket['token']}")
    elif way == "lapsed":
        house.clock.at += timedelta(days=1)
        await house.server.site.writer.tick(SMALL)
    else:
        await house.done("ann", "next")
        if way == "finished":
            await house.done("ann", "start", ticket=ticket["id"])
        await house.done("ann", "finish" if way == "finished" else "no-show", ticket=ticket["id"])
    await turn(post)
    assert rows(house, PUSH) == rows(house, PERSON) == []
    assert web.taken == []


async def test_a_message_that_came_too_late_is_not_sent(house: Inside, web: WebServer) -> None:
    web.answers = [503, 503]
    post = notices(house)
    ticket = await house.take(phone=PHONE)
    await asked(house, ticket)
    await turn(post)
    await house.done("ann", "next")
    await house.done("ann", "start", ticket=ticket["id"])
    later = notices(house)
    for one in later.others:
        one._now = lambda: sending.machine_now() + timedelta(minutes=2)
    await later.tell()
    assert web.taken == []
    assert {(row["state"], row["error"]) for row in rows(house, MESSAGE)} == {("dropped", "over")}
    assert rows(house, PUSH) == rows(house, PERSON) == []


async def test_two_processes_and_a_restart_tell_everybody_once(house: Inside, web: WebServer) -> None:
    await house.apply(small(near_people=20))
    tickets = [await house.take(phone=f"601 234 5{n:02d}") for n in range(6)]
    for ticket in tickets:
        await asked(house, ticket)
    posts = [notices(house), notices(house)]
    for _ in range(3):
        await asyncio.gather(*(post.near() for post in posts))
        await asyncio.gather(*(post.tell() for post in posts))
    restarted = notices(house)
    await turn(restarted)
    assert sorted(to_browsers(web)) == [f"/push/A{n:03d}" for n in range(1, 7)]
    assert sorted(sent["to"] for sent in texts(web)) == [f"+486012345{n:02d}" for n in range(6)]
    assert rows(house, PUSH) == rows(house, PERSON) == []


async def test_two_servers_of_one_database_tell_everybody_once(
    postgresql_url: str, tmp_path: Path, web: WebServer
) -> None:
    """Each sees the tickets that the other gave; whoever is faster sends."""
    secret = tmp_path / "secret.key"
    secret.write_text("x" * 64)
    more = {**settings(web), "database": postgresql_url, "secret_file": secret}
    async with AsyncExitStack() as stack:
        setup = small(near_people=20, languages=("pl", "en", "uk", "de"))
        one = await stack.enter_async_context(inside(tmp_path / "a", setup=setup, **more))
        two = await stack.enter_async_context(inside(tmp_path / "b", known=one.headers, **more))
        await one.done("ann", "open")
        for n in range(3):
            for house in (one, two):
                await asked(house, await house.take(phone=f"601 234 5{n:02d}"))
        posts = [notices(one), notices(two)]
        for _ in range(3):
            for house in (one, two):  # each hears of what the other wrote
                await house.server.site.writer.tick(SMALL)
            await asyncio.gather(*(post.near() for post in posts))
            await asyncio.gather(*(post.tell() for post in posts))
        assert len(to_browsers(web)) == len(set(to_browsers(web))) == 6
        numbers = sorted(sent["to"] for sent in texts(web))
        assert numbers == [f"+486012345{n:02d}" for n in (0, 0, 1, 1, 2, 2)]
        assert rows(one, PUSH) == rows(one, PERSON) == []


async def test_a_browser_that_is_gone_is_forgotten(house: Inside, web: WebServer) -> None:
    web.answers = [410]
    post = notices(house)
    await asked(house, await house.take())
    await turn(post)
    assert rows(house, PUSH) == []
    [message] = rows(house, MESSAGE)
    assert (message["state"], message["error"]) == ("failed", "HTTP 410")


async def test_who_changes_their_mind_is_not_told(house: Inside, web: WebServer) -> None:
    ticket = await house.take()
    await asked(house, ticket)
    stopped = await house.ask("anonymous", "DELETE", f"/api/v1/tickets/{ticket['token']}/push")
    assert stopped.json() == {"on": False}
    await turn(notices(house))
    assert web.taken == []


async def test_what_cannot_be_a_browser_is_refused(house: Inside) -> None:
    ticket = await house.take()
    for endpoint in ("https://127.0.0.1/a", "http://push.example/a", "https://printer.local/a"):
        listener = Listener()
        body = {**listener.subscription, "endpoint": endpoint}
        answer = await house.ask("anonymous", "POST", f"/api/v1/tickets/{ticket['token']}/push", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    gone = {**ticket, "token": "b" * 26}
    assert (await ask(house, gone, Listener())).json()["code"] == "unknown_ticket"
    await house.ask("anonymous", "DELETE", f"/api/v1/tickets/{ticket['token']}")
    assert (await ask(house, ticket, Listener())).json()["code"] == "wrong_state"
    assert rows(house, PUSH) == []


async def test_a_browser_learns_whether_there_are_notices(house: Inside, tmp_path: Path) -> None:
    offered = (await house.ask("anonymous", "GET", "/api/v1/push")).json()
    assert len(offered["key"]) == 87
    async with inside(tmp_path / "other") as without:
        assert (await without.ask("anonymous", "GET", "/api/v1/push")).json() == {}
        ticket = await without.take()
        assert (await ask(without, ticket, Listener())).json()["code"] == "push_off"


async def test_a_phone_is_taken_only_where_it_can_be_used_and_is_one(house: Inside, tmp_path: Path) -> None:
    for typed in ("12", "anna", "601 234 567 8", "+48 601"):
        answer = await house.wish(phone=typed)
        assert (answer.status_code, answer.json()["params"]) == (422, {"field": "phone"})
    assert rows(house, PERSON) == []
    async with inside(tmp_path / "other") as without:
        answer = await without.wish(phone=PHONE)
        assert (answer.status_code, answer.json()["params"]) == (422, {"field": "phone"})


async def test_a_number_is_in_no_log_event_or_view(
    house: Inside, web: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = await house.take(phone=PHONE, key="abcdefghijklmnop")
    listener = await asked(house, ticket)
    await turn(notices(house))
    events = await house.ask("sue", "GET", f"/api/v1/halls/{SMALL}/events")
    card = await house.ask("sue", "GET", f"/api/v1/halls/{SMALL}/tickets/{ticket['id']}/person")
    view = await house.ask("anonymous", "GET", f"/api/v1/tickets/{ticket['token']}")
    for said in ("".join(capsys.readouterr()), events.text, card.text, view.text):
        assert "234567" not in said
        assert "601 234" not in said
        assert listener.browser.endpoint not in said


async def test_reception_types_a_phone_where_text_messages_can_be_sent(
    house: Inside, web: WebServer
) -> None:
    path = f"/appointments/{SMALL}/number"
    async with house.client("sue", headers={"Accept": "text/html"}) as browser:
        page = await browser.get(path)
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
        assert 'name="phone"' in page.text
        wrong = await browser.post(path, data=form | {"service": "id-card", "phone": "12"})
        assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (422, True)
        given = await browser.post(path, data=form | {"service": "id-card", "phone": PHONE})
        assert given.status_code == 200
    await turn(notices(house))
    assert [sent["to"] for sent in texts(web)] == [NUMBER]

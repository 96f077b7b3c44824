"""Text messages against a real gateway: what it is sent, and what becomes of a message that it will not take."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from qms.post import queue, sending
from qms.post.queue import Row
from qms.post.sms import Gateway, TextMessage
from tests.post.make import Office
from tests.post.server import free_port
from tests.post.web import WebServer, web_server

NUMBER = "+48601234567"


def compose(_conn: Connection, row: Row) -> TextMessage | str:
    return TextMessage(NUMBER, f"Numer {row['about']}: zaraz Państwa kolej")


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MARKS", (0.0, 0.0))


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as web:
        yield web


def office(engine: Engine, url: str, ended: list[str] | None = None) -> Office:
    """An office that sends text messages; `ended` is told whose messages are at their end."""
    said = ended if ended is not None else []
    return Office(
        engine, Gateway(url, "secret", "URZAD"), compose, lambda _conn, row: said.append(row["person"])
    )


async def test_a_message_is_one_post_that_says_who_sends_what_to_whom(
    sqlite_engine: Engine, web: WebServer, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[str] = []
    mine = office(sqlite_engine, f"{web.base}/send", ended)
    mine.queue("anna", "jan", channel=queue.SMS)
    assert await mine.post.step() == 2
    [first, second] = web.taken
    row = mine.rows()["anna"]
    assert first.path == "/send"
    assert first.headers["authorization"] == "Bearer secret"
    assert first.headers["content-type"] == "application/json"
    assert json.loads(first.body) == {
        "to": NUMBER,
        "from": "URZAD",
        "text": f"Numer {row['about']}: zaraz Państwa kolej",
        "id": row["id"],
    }
    assert json.loads(second.body)["id"] != row["id"]
    assert mine.states() == {"anna": "sent", "jan": "sent"}
    assert ended == ["anna", "jan"]
    assert NUMBER not in "".join(capsys.readouterr())


async def test_mail_and_text_messages_do_not_take_each_others(
    sqlite_engine: Engine, web: WebServer
) -> None:
    mine = office(sqlite_engine, web.base)
    mine.queue("anna", channel=queue.MAIL)
    assert await mine.post.step() == 0
    assert mine.states() == {"anna": "queued"}


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_what_the_gateway_will_never_take_is_final(
    sqlite_engine: Engine, web: WebServer, status: int
) -> None:
    ended: list[str] = []
    web.answers = [status]
    mine = office(sqlite_engine, web.base, ended)
    mine.queue("anna", "jan", channel=queue.SMS)
    assert await mine.post.step() == 1
    assert mine.states() == {"anna": "failed", "jan": "sent"}
    assert mine.rows()["anna"]["error"] == f"HTTP {status}"
    assert ended == ["anna", "jan"]


@pytest.mark.parametrize("status", [302, 401, 429, 500, 503])
async def test_what_may_pass_is_tried_again_with_the_pauses_of_the_post(
    sqlite_engine: Engine, web: WebServer, status: int
) -> None:
    ended: list[str] = []
    web.answers = [status, status]
    mine = office(sqlite_engine, web.base, ended)
    mine.queue("anna", channel=queue.SMS)
    for minutes in (1, 2):
        assert await mine.post.step() == 0
        assert mine.states() == {"anna": "queued"}
        mine.wait(minutes=minutes, seconds=-1)
        assert await mine.post.step() == 0
        mine.wait(seconds=1)
    assert ended == []
    assert await mine.post.step() == 1
    assert ended == ["anna"]


async def test_a_gateway_that_cannot_be_reached_costs_no_message(sqlite_engine: Engine) -> None:
    port = free_port()
    mine = office(sqlite_engine, f"http://127.0.0.1:{port}")
    mine.queue("anna", "jan", channel=queue.SMS)
    assert await mine.post.step() == 0
    rows = mine.rows()
    assert rows["anna"]["error"] == "ConnectError"
    assert rows["jan"]["attempts"] == 0, "the others are given back untried"


async def test_a_message_that_is_given_up_is_at_its_end(
    sqlite_engine: Engine, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ATTEMPTS", 2)
    ended: list[str] = []
    web.answers = [503, 503]
    mine = office(sqlite_engine, web.base, ended)
    mine.queue("anna", channel=queue.SMS)
    await mine.post.step()
    mine.wait(hours=1)
    await mine.post.step()
    assert mine.states() == {"anna": "failed"}
    assert ended == ["anna"]

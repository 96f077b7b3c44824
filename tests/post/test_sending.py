"""Messages against a real mail server that refuses, dawdles, drops connections, and is away."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from qms.ledger.orders import LedgerUnavailable
from qms.post import queue, sending
from qms.post.mail import Mail
from qms.post.queue import Row
from tests.post.make import NOW, Office, compose
from tests.post.server import MailServer, free_port, mail_server, silent_server


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MARKS", (0.0, 0.0))


async def test_several_are_sent_over_one_connection_and_logged(engine: Engine, server: MailServer) -> None:
    office = Office(engine, server.relay())
    office.queue("anna", "jan", "olga")
    assert await office.post.step() == 3
    assert server.connections == 1
    assert sorted(server.recipients) == [f"{name}@people.example" for name in ("anna", "jan", "olga")]
    rows = office.rows()
    assert office.states() == {"anna": "sent", "jan": "sent", "olga": "sent"}
    assert sorted(server.ids) == sorted(row["message_id"] for row in rows.values())
    assert all(row["attempts"] == 1 and not row["error"] for row in rows.values())
    assert await office.post.step() == 0


async def test_what_is_due_later_waits(sqlite_engine: Engine, server: MailServer) -> None:
    office = Office(sqlite_engine, server.relay())
    office.queue("anna", due=NOW + timedelta(hours=2))
    assert await office.post.step() == 0
    office.wait(hours=2)
    assert await office.post.step() == 1


async def test_the_same_message_is_queued_once(engine: Engine, server: MailServer) -> None:
    office = Office(engine, server.relay())
    office.queue("anna")
    office.queue("anna")
    assert await office.post.step() == 1
    office.queue("anna")
    assert await office.post.step() == 0
    assert len(server.taken) == 1


async def test_a_refusal_for_good_is_final_and_stops_nobody_else(
    sqlite_engine: Engine, server: MailServer
) -> None:
    server.refused["anna@people.example"] = "550 5.1.1 <anna@people.example> is not known here"
    office = Office(sqlite_engine, server.relay())
    office.queue("anna", "jan")
    assert await office.post.step() == 1
    rows = office.rows()
    assert office.states() == {"anna": "failed", "jan": "sent"}
    assert rows["anna"]["error"] == "SMTPRecipientRefused 550 5.1.1"


async def test_a_refusal_for_now_is_tried_again_with_longer_and_longer_pauses(
    sqlite_engine: Engine, server: MailServer
) -> None:
    server.answers = ["451 4.7.1 try later"] * 3
    office = Office(sqlite_engine, server.relay())
    office.queue("anna")
    for minutes in (1, 2, 4):
        assert await office.post.step() == 0
        assert office.states() == {"anna": "queued"}
        office.wait(minutes=minutes, seconds=-1)
        assert await office.post.step() == 0
        assert office.rows()["anna"]["error"] == "SMTPDataError 451 4.7.1"
        office.wait(seconds=1)
    assert await office.post.step() == 1
    assert office.rows()["anna"]["attempts"] == 4
    assert len(server.taken) == 1


async def test_a_message_is_given_up_in_the_end(sqlite_engine: Engine, server: MailServer) -> None:
    server.answers = ["451 try later"] * queue.ATTEMPTS
    office = Office(sqlite_engine, server.relay())
    office.queue("anna")
    for _ in range(queue.ATTEMPTS):
        await office.post.step()
        office.wait(hours=4)
    assert office.states() == {"anna": "failed"}
    assert await office.post.step() == 0
    assert office.at - NOW > timedelta(days=2)


async def test_a_dropped_connection_costs_one_message_a_pause_and_the_others_nothing(
    sqlite_engine: Engine, server: MailServer
) -> None:
    server.answers = ["250 OK", "drop"]
    office = Office(sqlite_engine, server.relay())
    office.queue("a", "b", "c")
    assert await office.post.step() == 1
    assert sorted(office.states().values()) == ["queued", "queued", "sent"]
    assert await office.post.step() == 1
    assert sorted(row["attempts"] for row in office.rows().values()) == [1, 1, 1]
    office.wait(minutes=1)
    assert await office.post.step() == 1
    assert set(office.states().values()) == {"sent"}
    assert len(server.taken) == 3


async def test_one_that_was_accepted_as_the_connection_broke_comes_again_under_the_same_id(
    sqlite_engine: Engine, server: MailServer
) -> None:
    server.answers = ["accept and drop"]
    office = Office(sqlite_engine, server.relay())
    office.queue("anna")
    assert await office.post.step() == 0
    office.wait(minutes=1)
    assert await office.post.step() == 1
    assert len(server.ids) == 2
    assert len(set(server.ids)) == 1


async def test_a_crash_between_acceptance_and_mark_sends_again_under_the_same_id(
    engine: Engine, server: MailServer
) -> None:
    office = Office(engine, server.relay())
    office.queue("anna")

    def crash() -> None:
        office.fail = 1000

    server.accepted = crash
    with pytest.raises(LedgerUnavailable):
        await office.post.step()
    assert office.states() == {"anna": "sending"}
    again = Office(engine, server.relay())
    server.accepted = lambda: None
    again.wait(minutes=9)
    assert await again.post.step() == 0, "its sender may yet be at work"
    again.wait(minutes=1)
    assert await again.post.step() == 1
    assert len(server.ids) == 2
    assert len(set(server.ids)) == 1
    assert again.states() == {"anna": "sent"}


async def test_a_mark_is_insisted_on(sqlite_engine: Engine, server: MailServer) -> None:
    office = Office(sqlite_engine, server.relay())
    office.queue("anna")

    def stumble() -> None:
        office.fail = 2

    server.accepted = stumble
    assert await office.post.step() == 1
    assert office.states() == {"anna": "sent"}


async def test_two_senders_at_once_send_each_message_once(engine: Engine, server: MailServer) -> None:
    offices = [Office(engine, server.relay()) for _ in range(2)]
    names = [f"p{n}" for n in range(30)]
    offices[0].queue(*names)
    sent = 0
    for _ in range(6):
        sent += sum(await asyncio.gather(*(office.post.step() for office in offices)))
    assert sent == 30
    assert sorted(server.recipients) == sorted(f"{name}@people.example" for name in names)


async def test_a_sender_that_was_given_up_for_lost_marks_nothing(engine: Engine) -> None:
    office = Office(engine, None)
    office.queue("anna")
    at = office.at
    found = await office.read(lambda conn: queue.due(conn, at, at, 9))
    [first] = await office.aside(lambda conn: queue.claim(conn, found, "x.example", at))
    assert await office.aside(lambda conn: queue.claim(conn, found, "x.example", at)) == []
    later = at + queue.LEASE
    found = await office.read(lambda conn: queue.due(conn, later, later, 9))
    [second] = await office.aside(lambda conn: queue.claim(conn, found, "y.example", later))
    assert second["message_id"] == first["message_id"]
    assert not await office.aside(lambda conn: queue.settle(conn, first, "failed", "x", later))
    assert await office.aside(lambda conn: queue.settle(conn, second, "sent", "", later))
    assert office.states() == {"anna": "sent"}


async def test_a_server_that_is_away_costs_no_message_an_attempt(sqlite_engine: Engine) -> None:
    server = MailServer()
    port = free_port()
    server.start(port)
    relay = server.relay()
    server.stop()
    office = Office(sqlite_engine, relay)
    office.queue("anna")
    for _ in range(3):
        assert await office.post.step() == 0
        assert office.rows()["anna"]["attempts"] == 0
        assert office.states() == {"anna": "queued"}
        office.wait(minutes=5)
    server.start(port)
    try:
        assert await office.post.step() == 1
    finally:
        server.stop()


async def test_a_server_that_is_away_is_left_alone_for_a_while(sqlite_engine: Engine) -> None:
    office = Office(sqlite_engine, None)
    with mail_server() as server:
        relay = server.relay()
    office = Office(sqlite_engine, relay)
    office.queue("anna")
    await office.post.step()
    claims = 0

    async def claimed(*_args: object) -> None:
        nonlocal claims
        claims += 1

    office.post._aside = claimed
    assert await office.post.step() == 0
    assert claims == 0


async def test_a_silent_server_is_given_up_after_the_time_set_and_holds_nothing_up(
    sqlite_engine: Engine,
) -> None:
    with silent_server() as port, mail_server() as other:
        office = Office(sqlite_engine, other.relay(port=port, timeout=0.3))
        office.queue("anna")
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.02)
                ticks += 1

        ticking = asyncio.create_task(tick())
        assert await office.post.step() == 0
        ticking.cancel()
        assert ticks > 5, "others go on meanwhile"
        assert office.states() == {"anna": "queued"}


async def test_a_slow_server_is_waited_for(sqlite_engine: Engine, server: MailServer) -> None:
    server.slow = 0.3
    office = Office(sqlite_engine, server.relay())
    office.queue("anna", "jan")
    assert await office.post.step() == 2


async def test_one_that_is_too_slow_is_tried_again(sqlite_engine: Engine, server: MailServer) -> None:
    server.slow = 0.5
    office = Office(sqlite_engine, server.relay(timeout=0.2))
    office.queue("anna")
    assert await office.post.step() == 0
    assert office.states() == {"anna": "queued"}
    server.slow = 0
    office.wait(minutes=1)
    assert await office.post.step() == 1


async def test_a_step_that_is_woken_while_another_is_at_work_has_nothing_to_do(
    sqlite_engine: Engine, server: MailServer
) -> None:
    server.slow = 0.2
    office = Office(sqlite_engine, server.relay())
    office.queue("anna", "jan")
    first = asyncio.create_task(office.post.step())
    await asyncio.sleep(0.1)
    office.queue("anna", "jan", "olga")
    assert await office.post.step() == 0
    assert await first == 2
    assert await office.post.step() == 1


async def test_a_server_that_stops_gives_back_what_was_not_tried(
    sqlite_engine: Engine, server: MailServer
) -> None:
    server.slow = 0.5
    office = Office(sqlite_engine, server.relay())
    office.queue("a", "b", "c")
    step = asyncio.create_task(office.post.step())
    await asyncio.sleep(0.3)
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    assert sorted(office.states().values()) == ["queued", "queued", "sending"]
    server.slow = 0
    office.wait(minutes=10)
    assert await office.post.step() == 3
    assert len(set(server.ids)) == 3


async def test_what_has_become_pointless_is_dropped_and_says_why(
    sqlite_engine: Engine, server: MailServer
) -> None:
    def words(conn: Connection, row: Row) -> Mail | str:
        return "moved" if row["person"] == "anna" else compose(conn, row)

    office = Office(sqlite_engine, server.relay(), words)
    office.queue("anna", "jan")
    assert await office.post.step() == 1
    assert office.states() == {"anna": "dropped", "jan": "sent"}
    assert office.rows()["anna"]["error"] == "moved"


async def test_one_that_cannot_be_put_into_words_stops_nobody_and_tells_nothing(
    sqlite_engine: Engine, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def words(conn: Connection, row: Row) -> Mail | str:
        if row["person"] == "anna":
            raise ValueError("anna@secret.example")
        return compose(conn, row)

    office = Office(sqlite_engine, server.relay(), words)
    office.queue("anna", "jan")
    assert await office.post.step() == 1
    assert office.states() == {"anna": "queued", "jan": "sent"}
    assert office.rows()["anna"]["error"] == "ValueError"
    said = "".join(capsys.readouterr())
    assert "could not be written" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "address", ["", "anna", "@x.example", "anna@", "a b@x.example", "a@x.example\nBcc: b@y.example"]
)
async def test_what_is_no_address_fails(address: str, sqlite_engine: Engine, server: MailServer) -> None:
    office = Office(sqlite_engine, server.relay(), lambda _c, _r: Mail(address, "U", "s", "b", "pl"))
    office.queue("anna")
    assert await office.post.step() == 0
    assert office.states() == {"anna": "failed"}
    assert server.taken == []


async def test_without_a_server_messages_stay_queued_and_the_log_says_so_once(
    sqlite_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(sqlite_engine, None)
    assert await office.post.step() == 0
    assert "mail_host" not in "".join(capsys.readouterr())
    office.queue("anna", "jan")
    for _ in range(3):
        assert await office.post.step() == 0
    assert "".join(capsys.readouterr()).count("mail_host") == 1
    assert set(office.states().values()) == {"queued"}


async def test_no_address_stands_in_a_log_line_or_a_row(
    sqlite_engine: Engine, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.refused = {
        "a@people.example": "550 a@people.example unknown",
        "b@people.example": "450 b@people.example is busy",
    }
    office = Office(sqlite_engine, server.relay())
    office.queue("a", "b", "c")
    await office.post.step()
    said = "".join(capsys.readouterr())
    assert said.count("message") >= 3
    assert "people.example" not in said
    assert "people.example" not in str(office.rows())

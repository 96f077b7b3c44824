"""What became of messages, counted, listed and tried again, on both databases."""

from datetime import timedelta

from sqlalchemy import Engine

from qms.ledger.engine import writing
from qms.post import queue
from qms.post.log import counts, failed_last, listed
from tests.post.make import NOW, Office
from tests.post.server import mail_server

DAY = (NOW.replace(hour=0), NOW.replace(hour=0) + timedelta(days=1))


async def test_outcomes_are_counted_and_what_failed_is_tried_again(engine: Engine) -> None:
    with mail_server() as server:
        server.refused["anna@people.example"] = "550 5.1.1 unknown"
        office = Office(engine, server.relay())
        office.queue("anna", "jan")
        await office.post.step()
        with engine.connect() as conn:
            hall = office.rows()["anna"]["hall"]
            assert counts(conn, hall, *DAY) == {"sent": 1, "waiting": 0, "failed": 1, "dropped": 0}
            assert counts(conn, "elsewhere", *DAY)["sent"] == 0
            [row] = listed(conn, hall, *DAY, (queue.FAILED,))
            assert row["person"] == "anna"
            assert len(listed(conn, hall, *DAY)) == 2
            assert len(listed(conn, hall, *DAY, offset=1)) == 1
            assert listed(conn, hall, DAY[1], DAY[1] + timedelta(days=1)) == []
            assert failed_last(conn, hall, DAY[1]) == row["due"]
            assert failed_last(conn, hall, row["due"]) is None
        with writing(engine).begin() as conn:
            assert queue.try_again(conn, "elsewhere", *DAY, office.at) == 0
            assert queue.try_again(conn, hall, *DAY, office.at, "unknown") == 0
            assert queue.try_again(conn, hall, *DAY, office.at, row["id"]) == 1
            assert queue.try_again(conn, hall, *DAY, office.at) == 0
        server.refused = {}
        assert await office.post.step() == 1
        assert office.states() == {"anna": "sent", "jan": "sent"}
        assert office.rows()["anna"]["attempts"] == 2


async def test_a_sender_that_was_lost_cannot_mark_what_is_tried_again(engine: Engine) -> None:
    office = Office(engine, None)
    office.queue("anna")
    with writing(engine).begin() as conn:
        [lost] = queue.claim(conn, queue.due(conn, NOW, NOW, 1), "people.example", NOW)
        later = NOW + 2 * queue.LEASE
        [held] = queue.claim(conn, queue.due(conn, NOW, later, 1), "people.example", later)
        assert queue.settle(conn, held, queue.FAILED, "NoAddress", later)
        assert queue.try_again(conn, held["hall"], *DAY, later) == 1
        [again] = queue.claim(conn, queue.due(conn, NOW, later, 1), "people.example", later)
        assert not queue.settle(conn, lost, queue.SENT, "", later)
        assert queue.settle(conn, again, queue.SENT, "", later)

"""A retry gets what the first try got, and takes nothing twice."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, text

from qms.kernel.refusal import Refusal
from qms.ledger.answers import prune_answers
from qms.ledger.orders import Answer
from tests.ledger.make import (
    HALL,
    buy,
    faults,
    make_writer,
    mirrored,
    new_key,
    open_hall,
    order,
    sales,
    serving,
    until,
)
from tests.ledger.toy import Break, Buy


async def test_the_same_key_gets_the_same_answer_and_takes_one_apple(engine: Engine) -> None:
    async with serving(engine) as writer:
        first = await buy(writer, "eve", "k1")
        await buy(writer, "adam")
        again = await buy(writer, "eve", "k1")
        assert (again.body, again.seq, again.replayed) == (first.body, first.seq, True)
        assert again.state is writer.state(HALL)
        assert sales(engine) == [(1, "eve"), (2, "adam")]


async def test_the_same_key_still_answers_after_a_restart(engine: Engine) -> None:
    async with serving(engine) as writer:
        first = await buy(writer, "eve", "k1")
    async with serving(engine, stock=None) as writer:
        again = await buy(writer, "eve", "k1")
        assert (again.body, again.replayed) == (first.body, True)


async def test_a_key_used_for_another_body_or_hall_is_refused(engine: Engine) -> None:
    async with serving(engine) as writer:
        await open_hall(writer, hall="garden")
        await buy(writer, "eve", "k1")
        assert await writer.execute(order(Buy("eve"), "k1", digest="other")) == Refusal("key_reused")
        assert await writer.execute(order(Buy("eve"), "k1", hall="garden")) == Refusal("key_reused")
        assert len(sales(engine)) == 1


async def test_many_at_once_with_one_key_take_one_apple(engine: Engine) -> None:
    async with serving(engine) as writer:
        for round in range(20):
            answers = await asyncio.gather(*(buy(writer, "eve", f"k{round}") for _ in range(8)))
            assert len({a.body["apple"] for a in answers}) == 1
            assert sum(not a.replayed for a in answers) == 1
        assert len(sales(engine)) == 20


async def test_two_processes_at_once_with_one_key_take_one_apple(postgresql_engine: Engine) -> None:
    async with serving(postgresql_engine) as one:
        two = make_writer(postgresql_engine)
        await two.start()
        try:
            await open_hall(one, hall="garden")
            await until(lambda: "garden" in two.halls())
            for round in range(30):
                key = new_key()
                answers = await asyncio.gather(buy(one, "eve", key), buy(two, "eve", key))
                assert answers[0].body == answers[1].body
                assert len(sales(postgresql_engine)) == round + 1
                across = await asyncio.gather(
                    one.execute(order(Buy("eve"), f"x{round}", hall="garden")),
                    two.execute(order(Buy("eve"), f"x{round}", hall="garden", digest="other")),
                )
                assert sum(isinstance(o, Answer) for o in across) == 1
                assert Refusal("key_reused") in across
        finally:
            await two.stop()
        assert faults(postgresql_engine) == []


async def test_one_key_for_two_halls_at_once_is_settled_though_they_do_not_share_a_lock(
    postgresql_engine: Engine,
) -> None:
    async with serving(postgresql_engine) as writer:
        await open_hall(writer, hall="garden")
        for round in range(20):
            both = await asyncio.gather(
                *(writer.execute(order(Buy("eve"), f"k{round}", hall=hall)) for hall in (HALL, "garden"))
            )
            assert sorted(type(o).__name__ for o in both) == ["Answer", "Refusal"]


async def test_neither_refusals_nor_exceptions_are_kept(engine: Engine) -> None:
    async with serving(engine, stock=1) as writer:
        await buy(writer)
        assert await writer.execute(order(Buy("eve"), "k1")) == Refusal("sold_out")
        broken = await asyncio.gather(writer.execute(order(Break("apply"), "k2")), return_exceptions=True)
        assert isinstance(broken[0], RuntimeError)
        with engine.connect() as conn:
            assert conn.execute(text("SELECT count(*) FROM answer")).scalar_one() == 0


async def test_kept_answers_are_forgotten_after_a_day(engine: Engine) -> None:
    async with serving(engine) as writer:
        await buy(writer, "eve", "k1")
        now = datetime.now(UTC)
        assert await writer.aside(lambda conn: prune_answers(conn, now + timedelta(hours=23))) == 0
        assert await writer.aside(lambda conn: prune_answers(conn, now + timedelta(hours=25))) == 1
        await buy(writer, "eve", "k1")
        assert mirrored(engine) == [(1, "eve"), (2, "eve")]


async def test_a_started_writer_forgets_old_answers_by_itself(engine: Engine) -> None:
    async with serving(engine) as writer:
        await buy(writer, "eve", "k1")
        await writer.aside(lambda conn: conn.execute(text("UPDATE answer SET at = '2020'")).close())
    async with serving(engine, stock=None) as writer:

        def gone() -> bool:
            with engine.connect() as conn:
                return bool(conn.execute(text("SELECT count(*) FROM answer")).scalar_one() == 0)

        await until(gone)


async def test_a_guard_looks_at_rows_first_and_is_not_asked_again_for_an_answer_that_is_kept(
    engine: Engine,
) -> None:
    def one_only(conn: Connection) -> Refusal | None:
        sold = conn.execute(text("select count(*) from toy_apple")).scalar_one()
        return Refusal("sold_out") if sold else None

    async with serving(engine) as writer:
        guarded = replace(order(Buy("eve"), "k1"), guard=one_only)
        first, again = await writer.execute(guarded), await writer.execute(guarded)
        assert isinstance(again, Answer)
        assert (again.replayed, again.body) == (True, first.body)  # type: ignore[union-attr]
        assert await writer.execute(replace(order(Buy("adam"), "k2"), guard=one_only)) == Refusal(
            "sold_out"
        )
        assert sales(engine) == [(1, "eve")]

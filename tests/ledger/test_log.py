"""The log on record: hashes, versions, and what a process does that cannot read it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from json import dumps
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine, text

from qms.kernel.event import Event, Recorded
from qms.ledger.aggregate import Aggregate
from qms.ledger.chain import check
from qms.ledger.codec import GENESIS, Codec
from qms.ledger.orders import Answer, ChainBroken, HallStopped, UnknownEvent
from qms.ledger.reader import events_after, events_of_day, heads
from tests.ledger import toy
from tests.ledger.make import (
    HALL,
    SetClock,
    buy,
    faults,
    log_of,
    make_writer,
    open_hall,
    order,
    serving,
    until,
)
from tests.ledger.toy import Apples, Buy, DayBegan, Returned, Sold, aggregate


def sold_v2() -> type[Event]:
    """The toy's sale as a later release has it: with a price."""

    @dataclass(frozen=True, slots=True)
    class Sold(Event):
        VERSION: ClassVar[int] = 2

        apple: int
        buyer: str
        price: int

    return Sold


def later_release(upcasters: bool = True) -> Aggregate[Apples]:
    newer = sold_v2()

    def apply(state: Apples, recorded: Recorded) -> None:
        if isinstance(recorded.body, newer):
            body: Any = recorded.body
            state.stock, state.sold = state.stock - 1, body.apple
            state.buyers[body.apple] = f"{body.buyer} for {body.price}"
        else:
            toy.apply(state, recorded)

    def decide(state: Apples, command: Any, now: datetime) -> Any:
        return [newer(state.sold + 1, command.buyer, 7)]  # type: ignore[call-arg]

    lift = {("Sold", 1): lambda body: body | {"price": 5}} if upcasters else {}
    events = (DayBegan, toy.DayEnded, newer, Returned, toy.Broken)
    return aggregate(apply=apply, decide=decide, project=lambda s, r: (), events=events, upcasters=lift)


def tamper(engine: Engine, statement: str) -> None:
    with engine.begin() as conn:
        conn.exec_driver_sql(statement)


async def sell(engine: Engine, days: int = 1, each: int = 3) -> None:
    clock = SetClock()
    async with serving(engine, clock) as writer:
        for _ in range(days):
            for n in range(each):
                await buy(writer, f"b{n}")
            clock.pass_by(days=1)


async def test_the_hash_can_be_computed_by_anyone_from_the_row(engine: Engine) -> None:
    """The recipe, without any of the product's code."""
    await sell(engine)
    prev = GENESIS
    with engine.connect() as conn:
        for row in conn.execute(text("SELECT * FROM event ORDER BY seq")).mappings():
            names = ("hall", "seq", "at", "day", "type", "version", "actor", "correlation", "body", "prev")
            array = dumps([row[name] for name in names], ensure_ascii=False, separators=(",", ":"))
            assert row["hash"] == sha256(array.encode()).hexdigest()
            assert row["prev"] == prev
            prev = row["hash"]


def test_an_event_hashes_alike_for_ever() -> None:
    event = Recorded(
        HALL, 7, datetime(2026, 11, 24, 9, tzinfo=UTC), date(2026, 11, 24), "a", "c", Sold(1, "Żak")
    )
    row = Codec(aggregate().events, {}).row(event, GENESIS)
    assert (row["at"], row["body"]) == ("2026-11-24T09:00:00.000Z", '{"apple":1,"buyer":"Żak"}')
    assert row["hash"] == "56bf82e8a119cfafe89c06a5ded96b1e73615e913ea3996550ca09e4ee63ac0b"


@pytest.mark.parametrize(
    ("statement", "code", "seq"),
    [
        ('UPDATE event SET body = \'{"apple":1,"buyer":"thief"}\' WHERE seq = 2', "hash", 2),
        ("UPDATE event SET actor = 'nobody' WHERE seq = 3", "hash", 3),
        ("UPDATE event SET at = '2026-11-24T10:00:00.000Z' WHERE seq = 3", "hash", 3),
        ("UPDATE event SET hall = 'garden' WHERE seq = 3", "gap", 4),
        ("DELETE FROM event WHERE seq = 3", "gap", 4),
        ("DELETE FROM event WHERE seq = 4", "gap", 4),
        ("DELETE FROM event WHERE seq = 1", "gap", 2),
        ("UPDATE head SET hash = 'other'", "head", 4),
        ("UPDATE day_head SET hash = 'other'", "day_head", 4),
        ("UPDATE event SET prev = 'other' WHERE seq = 2", "link", 2),
    ],
)
async def test_tampering_is_found(engine: Engine, statement: str, code: str, seq: int) -> None:
    await sell(engine)
    assert faults(engine) == []
    tamper(engine, statement)
    assert (seq, code) in [(fault.seq, fault.code) for fault in faults(engine)]


async def test_a_day_is_checked_by_itself_and_against_the_day_before(engine: Engine) -> None:
    await sell(engine, days=3)
    tamper(engine, "UPDATE event SET actor = 'nobody' WHERE seq = 8")
    with engine.connect() as conn:
        assert check(conn, HALL, date(2026, 11, 24)) == []
        assert [f.code for f in check(conn, HALL, date(2026, 11, 25))] == ["hash"]
        assert check(conn, HALL, date(2026, 11, 26)) == []
        assert [f.code for f in check(conn, HALL, date(2026, 11, 30))] == ["gap"]
        assert [f.code for f in check(conn, "nowhere")] == ["gap"]


async def test_pruned_days_are_vouched_for_by_their_heads(engine: Engine) -> None:
    await sell(engine, days=3)
    tamper(engine, "DELETE FROM event WHERE day <= '2026-11-24'")
    assert faults(engine) == []
    tamper(engine, "UPDATE day_head SET hash = 'other' WHERE day = '2026-11-24'")
    assert "link" in [fault.code for fault in faults(engine)]
    tamper(engine, "DELETE FROM event WHERE seq = 6")
    assert "gap" in [fault.code for fault in faults(engine)]


async def test_events_are_read_after_a_number_and_by_day(engine: Engine) -> None:
    await sell(engine, days=2)
    codec = Codec(aggregate().events, {})
    with engine.connect() as conn:
        assert [r.seq for r in events_after(conn, codec, HALL, 3, limit=2)] == [4, 5]
        first = events_of_day(conn, codec, HALL, date(2026, 11, 24))
        assert [r.seq for r in first] == [1, 2, 3, 4, 5]
        assert [r.seq for r in events_of_day(conn, codec, HALL, date(2026, 11, 25))] == [6, 7, 8, 9]
        assert events_of_day(conn, codec, HALL, date(2026, 12, 1)) == []
        assert heads(conn)[HALL].fold_from == 6


async def test_a_later_release_reads_old_versions_through_an_upcaster_and_leaves_them_as_they_are(
    engine: Engine,
) -> None:
    await sell(engine, each=2)
    async with serving(engine, toy=later_release(), stock=None) as writer:
        answer = await writer.execute(order(Buy("eve"), reply=lambda s, e: {}))
        assert isinstance(answer, Answer)
        assert answer.state.buyers == {1: "b0 for 5", 2: "b1 for 5", 3: "eve for 7"}
    assert faults(engine) == []


async def test_a_changed_row_is_refused_before_any_upcaster_sees_it(engine: Engine) -> None:
    await sell(engine, each=2)
    tamper(engine, "UPDATE event SET body = '{\"apple\":1}' WHERE seq = 2")
    async with serving(engine, toy=later_release(), stock=None) as writer:
        assert "not the one that was written" in writer.health().stopped[HALL]


def test_an_old_version_without_its_upcaster_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="no upcaster from version 1"):
        Codec(later_release(upcasters=False).events, {})
    with pytest.raises(ValueError, match="share a name"):
        Codec([Sold, sold_v2()], {("Sold", 1): dict})


async def test_an_unknown_version_stops_the_hall_and_readiness_but_not_other_halls(engine: Engine) -> None:
    async with serving(engine, toy=later_release()) as writer:
        await writer.execute(order(Buy("eve"), reply=lambda s, e: {}))
        await open_hall(writer, hall="garden")
    async with serving(engine, stock=None) as older:
        assert older.halls() == ["garden"]
        assert older.state(HALL) is None
        assert not older.health().ready
        assert "Sold version 2 is not known here" in older.health().stopped[HALL]
        with pytest.raises(HallStopped):
            await buy(older)
        assert isinstance(await older.execute(order(Buy("eve"), hall="garden")), Answer)


async def test_a_process_that_meets_a_newer_version_while_it_runs_stops_the_hall(
    postgresql_engine: Engine,
) -> None:
    async with serving(postgresql_engine) as older:
        await buy(older)
        newer = make_writer(postgresql_engine, toy=later_release())
        await newer.start()
        await newer.execute(order(Buy("eve"), reply=lambda s, e: {}))
        await until(lambda: HALL in older.health().stopped, 5)
        with pytest.raises(HallStopped):
            await buy(older)
        assert isinstance(await newer.execute(order(Buy("eve"), reply=lambda s, e: {})), Answer)
        await newer.stop()


async def test_a_log_that_cannot_be_folded_is_not_served(engine: Engine) -> None:
    await sell(engine)

    def fail(state: Apples, recorded: Recorded) -> None:
        raise KeyError("apple")

    async with serving(engine, toy=aggregate(apply=fail), stock=None) as writer:
        assert writer.health().stopped == {HALL: "KeyError('apple')"}


async def test_rows_lost_before_the_head_stop_the_hall(engine: Engine) -> None:
    await sell(engine)
    tamper(engine, "DELETE FROM event WHERE seq = 4")
    async with serving(engine, stock=None) as writer:
        assert "its head says 4" in writer.health().stopped[HALL]


async def test_a_log_put_back_to_an_earlier_time_is_read_anew(engine: Engine) -> None:
    """As after a restore under a running server: what is on record counts, not what is in memory."""
    async with serving(engine) as writer:
        await asyncio.gather(*(buy(writer, f"b{n}") for n in range(3)))
        tamper(engine, "DELETE FROM event WHERE seq > 2")
        hash = "(SELECT hash FROM event WHERE event.hall = head.hall AND event.seq = 2)"
        tamper(engine, f"UPDATE head SET seq = 2, hash = {hash}")
        tamper(engine, "DELETE FROM day_head")
        assert (await buy(writer, "eve")).state.buyers == {1: "b0", 2: "eve"}
        assert [r.seq for r in log_of(engine)] == [1, 2, 3]


def test_a_body_that_is_not_what_its_class_says_is_refused() -> None:
    codec = Codec(aggregate().events, {})
    for name, version, body in [
        ("Sold", 1, '{"apple":1}'),
        ("Sold", 1, "not json"),
        ("Sold", 0, "{}"),
        ("Sold", 9, "{}"),
        ("Lent", 1, "{}"),
    ]:
        with pytest.raises(UnknownEvent):
            codec.event(name, version, body)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    for strange in (Sold("one", "eve"), sold_v2()(1, "eve", 5)):  # type: ignore[call-arg, arg-type]
        recorded = Recorded(HALL, 1, at, at.date(), "a", "c", strange)
        with pytest.raises(Exception, match=r"not an event|[Ee]xpected"):
            codec.row(recorded, GENESIS)


def test_a_row_moved_to_another_place_is_refused() -> None:
    codec = Codec(aggregate().events, {})
    at = datetime(2026, 11, 24, tzinfo=UTC)
    row = codec.row(Recorded(HALL, 1, at, at.date(), "a", "c", Sold(1, "eve")), GENESIS)
    assert codec.recorded(row).body == Sold(1, "eve")
    with pytest.raises(ChainBroken):
        codec.recorded(row | {"seq": 2})

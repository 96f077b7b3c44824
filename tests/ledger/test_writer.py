"""What the writer promises when nothing is wrong with the database."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from qms.kernel.refusal import Refusal
from qms.ledger.orders import Answer, LedgerUnavailable, Private, Published
from qms.ledger.persons import read_person
from tests.ledger.make import (
    HALL,
    VAULT,
    SetClock,
    buy,
    faults,
    log_of,
    make_writer,
    mirrored,
    new_key,
    open_hall,
    order,
    sales,
    serving,
    told,
    until,
)
from tests.ledger.toy import Apples, Break, Buy, DayBegan, DayEnded, GiveBack, Sold, aggregate


async def test_an_answer_is_in_the_log_and_in_the_mirror_when_it_is_given(engine: Engine) -> None:
    async with serving(engine) as writer:
        answer = await buy(writer, "eve")
        assert (answer.body, answer.seq, answer.replayed) == ({"apple": 1, "left": 99}, 2, False)
        assert sales(engine) == mirrored(engine) == [(1, "eve")]
        assert writer.state(HALL) is answer.state
        assert faults(engine) == []


async def test_a_crowd_is_committed_together_and_each_gets_an_apple_of_their_own(engine: Engine) -> None:
    commits: list[int] = []
    async with serving(engine, stock=500) as writer:
        writer.watch(lambda published: commits.append(len(published.events)))
        answers = await asyncio.gather(*(buy(writer, f"b{n}") for n in range(400)))
        assert sorted(a.body["apple"] for a in answers) == list(range(1, 401))
        assert max(commits) > 50
        assert mirrored(engine) == sales(engine)
        assert faults(engine) == []


async def test_a_refusal_costs_the_others_nothing(engine: Engine) -> None:
    async with serving(engine, stock=3) as writer:
        outcomes = await asyncio.gather(*(writer.execute(order(Buy(f"b{n}"))) for n in range(5)))
        assert [isinstance(o, Answer) for o in outcomes] == [True] * 3 + [False] * 2
        assert outcomes[4] == Refusal("sold_out")
        assert len(sales(engine)) == 3


@pytest.mark.parametrize("where", ["decide", "apply", "project"])
async def test_an_exception_in_the_rules_fails_only_its_caller(engine: Engine, where: str) -> None:
    async with serving(engine) as writer:
        before, broken, after = await asyncio.gather(
            buy(writer, "adam"),
            writer.execute(order(Break(where))),
            buy(writer, "eve"),
            return_exceptions=True,
        )
        assert isinstance(broken, RuntimeError)
        assert isinstance(before, Answer)
        assert isinstance(after, Answer)
        assert after.state.stock == 98
        assert sales(engine) == mirrored(engine) == [(1, "adam"), (2, "eve")]
        assert faults(engine) == []


async def test_an_exception_in_the_reply_fails_only_its_caller_and_leaves_no_trace(engine: Engine) -> None:
    def fail(state: Apples, events: object) -> dict[str, object]:
        raise RuntimeError("reply")

    async with serving(engine) as writer:
        outcomes = await asyncio.gather(
            buy(writer, "adam"),
            writer.execute(order(Buy("nobody"), reply=fail)),
            writer.execute(order(Buy("nobody"), new_key(), reply=lambda s, e: {"at": datetime.now(UTC)})),
            buy(writer, "eve"),
            return_exceptions=True,
        )
        assert [type(o) for o in outcomes] == [Answer, RuntimeError, TypeError, Answer]
        assert sales(engine) == [(1, "adam"), (2, "eve")]


async def test_one_culprit_refused_by_the_database_fails_alone(engine: Engine) -> None:
    async with serving(engine) as writer:
        await buy(writer, "adam")
        outcomes = await asyncio.gather(
            buy(writer, "b1"),
            writer.execute(order(Buy("snake"), private=Private("p1", {"name": "Snake"}))),
            buy(writer, "b2"),
            return_exceptions=True,
        )
        assert [isinstance(o, Answer) for o in outcomes] == [True, False, True]
        assert isinstance(outcomes[1], IntegrityError)
        assert [buyer for _, buyer in sales(engine)] == ["adam", "b1", "b2"]
        with engine.connect() as conn:
            assert read_person(conn, VAULT, "p1") is None
        assert faults(engine) == []
        assert writer.health().ready


async def test_a_batch_that_is_rolled_back_leaves_no_trace_in_memory(engine: Engine) -> None:
    async with serving(engine) as writer:
        state = (await buy(writer, "adam")).state
        with pytest.raises(IntegrityError):
            await buy(writer, "snake")
        assert writer.state(HALL) is state
        assert (state.stock, state.buyers) == (99, {1: "adam"})
        assert (await buy(writer, "b1")).body["apple"] == 2


async def test_a_published_state_never_changes(engine: Engine) -> None:
    async with serving(engine) as writer:
        first = (await buy(writer, "adam")).state
        kept = replace(first, buyers=dict(first.buyers))
        await buy(writer, "eve")
        await writer.execute(order(GiveBack(1)))
        assert first == kept


async def test_the_last_word_on_a_mirror_row_counts(engine: Engine) -> None:
    async with serving(engine) as writer:
        await asyncio.gather(buy(writer, "adam"), writer.execute(order(GiveBack(1))), buy(writer, "eve"))
        assert mirrored(engine) == [(2, "eve")]


async def test_watchers_see_every_event_once_and_in_order(engine: Engine) -> None:
    seen: list[int] = []

    def watch(published: Published[Apples]) -> None:
        seen.extend(recorded.seq for recorded in published.events)
        assert writer.state(published.hall) is published.state

    async with serving(engine, stock=300) as writer:
        writer.watch(watch)
        await asyncio.gather(*(buy(writer) for _ in range(200)))
        assert seen == list(range(1, 202))


async def test_a_watcher_that_fails_disturbs_nobody(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(engine) as writer:
        writer.watch(lambda published: 1 / 0)  # type: ignore[arg-type]
        assert (await buy(writer)).body["apple"] == 1
    assert "a watcher failed" in caplog.text


async def test_a_restart_folds_the_log_to_the_same_state(engine: Engine) -> None:
    clock = SetClock()
    async with serving(engine, clock) as writer:
        for n in range(5):
            await buy(writer, f"b{n}")
        clock.pass_by(days=1)
        state = (await buy(writer, "next day")).state
    async with serving(engine, clock, stock=None) as writer:
        assert writer.state(HALL) == state
        assert writer.halls() == [HALL]


async def test_time_never_goes_back_and_is_cut_to_milliseconds(engine: Engine) -> None:
    clock = SetClock(datetime(2026, 11, 24, 11, 0, 0, 123_999, tzinfo=UTC))
    async with serving(engine, clock) as writer:
        await buy(writer)
        clock.pass_by(hours=-2)
        await buy(writer)
    assert [r.at for r in log_of(engine)] == [datetime(2026, 11, 24, 11, 0, 0, 123_000, tzinfo=UTC)] * 3


async def test_the_first_command_after_midnight_ends_the_day_and_begins_a_new_one(engine: Engine) -> None:
    clock = SetClock()
    async with serving(engine, clock) as writer:
        await buy(writer)
        clock.pass_by(days=3)
        await buy(writer)
    events = log_of(engine)
    assert [type(r.body) for r in events] == [DayBegan, Sold, DayEnded, DayBegan, Sold]
    assert [r.day for r in events] == [date(2026, 11, 24)] * 3 + [date(2026, 11, 27)] * 2
    assert events[2].at == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert {r.actor for r in events} == {"clock", "tester"}


async def test_a_tick_that_slept_for_three_days_ends_the_day_once_and_opens_none(engine: Engine) -> None:
    clock = SetClock()
    async with serving(engine, clock) as writer:
        await writer.tick(HALL)
        assert log_of(engine) == []
        await buy(writer)
        clock.pass_by(days=3)
        await asyncio.gather(*(writer.tick(HALL) for _ in range(5)))
        await writer.tick("nowhere")
    assert [type(r.body) for r in log_of(engine)] == [DayBegan, Sold, DayEnded]


async def test_events_due_stay_when_the_command_that_met_them_is_refused(engine: Engine) -> None:
    clock = SetClock()
    async with serving(engine, clock, stock=0) as writer:
        assert await writer.execute(order(Buy("eve"))) == Refusal("sold_out")
        assert [type(r.body) for r in log_of(engine)] == [DayBegan]


async def test_a_time_that_brings_about_ever_more_fails_the_caller_only(engine: Engine) -> None:
    toy = aggregate(due=lambda state, now, pending: [(now, DayBegan(1, 1))])
    async with serving(engine, toy=toy) as writer:
        with pytest.raises(RuntimeError, match="ever more"):
            await writer.execute(order(Buy("eve")))
        assert log_of(engine) == []


async def test_an_unknown_hall_is_refused(engine: Engine) -> None:
    async with serving(engine) as writer:
        assert await writer.execute(order(Buy("eve"), hall="nowhere")) == Refusal("not_found")
        assert writer.state("nowhere") is None


async def test_adding_a_hall_twice_keeps_its_log(engine: Engine) -> None:
    async with serving(engine) as writer:
        await buy(writer)
        await open_hall(writer)
        assert (await buy(writer)).body["apple"] == 2


async def test_halls_are_independent_and_each_has_its_own_chain(engine: Engine) -> None:
    async with serving(engine) as writer:
        await open_hall(writer, hall="garden", stock=5)
        await asyncio.gather(*(writer.execute(order(Buy("eve"), hall=h)) for h in [HALL, "garden"] * 5))
        assert [state.stock for h in writer.halls() if (state := writer.state(h))] == [0, 95]
    for hall in (HALL, "garden"):
        assert [r.seq for r in log_of(engine, hall)] == list(range(1, 7))


async def test_a_side_write_has_its_own_transaction(engine: Engine) -> None:
    async with serving(engine) as writer:

        def fail(conn: object) -> None:
            conn.execute(text("DELETE FROM setup"))  # type: ignore[attr-defined]
            raise RuntimeError("no")

        with pytest.raises(RuntimeError, match="no"):
            await writer.aside(fail)
        assert (
            await writer.aside(lambda conn: conn.execute(text("SELECT count(*) FROM setup")).scalar_one())
            == 1
        )


async def test_stopping_answers_everyone_who_was_let_in_and_nobody_after(engine: Engine) -> None:
    async with serving(engine, stock=500) as writer:
        tasks = [asyncio.create_task(buy(writer)) for _ in range(300)]
        await asyncio.sleep(0)
        await writer.stop()
        assert len({(await task).body["apple"] for task in tasks}) == 300
        with pytest.raises(LedgerUnavailable):
            await buy(writer)
        assert len(sales(engine)) == 300


async def test_a_caller_who_goes_away_changes_nothing_for_the_others(engine: Engine) -> None:
    async with serving(engine) as writer:
        gone = asyncio.create_task(buy(writer, "gone"))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await buy(writer, "eve")).body["apple"] == 2
        await until(lambda: len(sales(engine)) == 2)


async def test_a_writer_that_has_not_started_says_so(engine: Engine) -> None:
    with pytest.raises(LedgerUnavailable):
        await make_writer(engine).execute(order(Buy("eve"), reply=told))


async def test_clocks_of_database_and_server_are_compared(engine: Engine) -> None:
    async with serving(engine) as writer:
        await asyncio.sleep(0.1)
        assert abs(writer.health().skew) < timedelta(seconds=1).total_seconds()

"""A state that holds only a part: what is wanted is brought from rows, and kept true from then on."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from qms.kernel.event import Command, Event
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Answer, Published
from qms.ledger.reader import heads
from qms.ledger.writer import Writer
from tests.ledger.make import HALL, SetClock, faults, until
from tests.ledger.shelves import (
    Bring,
    Clear,
    Moved,
    PutAway,
    See,
    Shelves,
    Stumble,
    Take,
    ask,
    at_hand,
    in_rows,
    read,
    shelves,
    storing,
)


async def bring(writer: Writer[Shelves], *names: str, apples: int = 5) -> None:
    for name in names:
        assert isinstance(await writer.execute(ask(Bring(name, apples))), Answer)


async def test_what_a_refused_command_needed_is_kept_and_published_without_events(engine: Engine) -> None:
    fetched: list[str] = []
    seen: list[Published[Shelves]] = []
    async with storing(engine, shelves(fetched)) as writer:
        await bring(writer, "a")
        assert at_hand(writer) == {}
        writer.watch(seen.append)
        assert await writer.execute(ask(Take("a", 6))) == Refusal("too_few")
        assert [(p.state.apples, p.events) for p in seen] == [({"a": 5}, ())]
        assert isinstance(await writer.execute(ask(Take("a", 5))), Answer)
        assert at_hand(writer) == {"a": 0}
        assert fetched == ["a"]


async def test_an_order_that_only_wants_something_at_hand_commits_nothing(engine: Engine) -> None:
    async with storing(engine) as writer:
        await bring(writer, "a", "b")
        before = heads_of(engine)
        answer = await writer.execute(ask(See(("a", "b", "c"))))
        assert isinstance(answer, Answer)
        assert answer.state.apples == at_hand(writer) == {"a": 5, "b": 5, "c": 0}
        held = writer.state(HALL)
        await writer.execute(ask(See(("a", "c"))))
        assert writer.state(HALL) is held
        assert heads_of(engine) == before


async def test_a_published_state_is_not_changed_by_what_is_brought_later(engine: Engine) -> None:
    async with storing(engine) as writer:
        await bring(writer, "a")
        first = await writer.execute(ask(See(("a",))))
        await writer.execute(ask(See(("b",))))
        assert isinstance(first, Answer)
        assert first.state.apples == {"a": 5}


async def test_what_two_commands_of_a_batch_need_is_brought_once(engine: Engine) -> None:
    fetched: list[str] = []
    async with storing(engine, shelves(fetched)) as writer:
        await bring(writer, "a")
        outcomes = await asyncio.gather(*(writer.execute(ask(Take("a", 2))) for _ in range(4)))
        assert [isinstance(o, Answer) for o in outcomes] == [True, True, False, False]
        assert fetched == ["a"]
        assert at_hand(writer) == in_rows(engine, "a") == {"a": 1}


async def test_what_is_brought_late_in_a_batch_knows_of_the_events_before_it(engine: Engine) -> None:
    """Else it would not: rows are written at the end of a batch, if nobody asks for them before."""
    async with storing(engine) as writer:
        await bring(writer, "a", "b")
        commands: list[Command] = [Bring("a", 10), Take("b", 5), Take("a", 15), Bring("c", 1), Take("c", 1)]
        outcomes = await asyncio.gather(*(writer.execute(ask(command)) for command in commands))
        assert all(isinstance(o, Answer) for o in outcomes)
        assert at_hand(writer) == in_rows(engine, "abc") == {"a": 0, "b": 0, "c": 0}


@pytest.mark.parametrize("alone", [True, False], ids=["rows untouched", "rows written"])
async def test_an_order_that_goes_wrong_after_loading_leaves_the_others_right(
    engine: Engine, alone: bool
) -> None:
    """Where rows were written before it loaded, only a rollback takes them back: all are run again."""
    fetched: list[str] = []
    async with storing(engine, shelves(fetched)) as writer:
        await bring(writer, "a", "b")
        commands: list[Command] = [Take("a", 1), Bring("b", 1), Stumble("b"), Take("a", 1), Take("b", 6)]
        if alone:
            commands.insert(0, commands.pop(2))
        outcomes = await asyncio.gather(
            *(writer.execute(ask(command)) for command in commands), return_exceptions=True
        )
        expected = [Answer] * 4
        assert [type(o) for o in outcomes if not isinstance(o, RuntimeError)] == expected
        assert isinstance(outcomes[0 if alone else 2], RuntimeError)
        assert at_hand(writer) == in_rows(engine, "ab") == {"a": 3, "b": 0}
        assert "".join(fetched) == ("bab" if alone else "ababb")
        assert faults(engine) == []


async def test_undoing_an_order_keeps_what_was_brought_and_put_away_before_it(engine: Engine) -> None:
    """The state is made anew from what was held: loads and events again in the order in which they came."""

    def reply(state: Shelves, events: object) -> dict[str, object]:
        raise RuntimeError("reply")

    fetched: list[str] = []
    async with storing(engine, shelves(fetched)) as writer:
        await bring(writer, "a", "b")
        orders = [
            ask(See(("a", "b"))),
            ask(Take("a")),
            ask(Clear("a")),
            replace(ask(Take("b", 4)), reply=reply),
            ask(See(("a",))),
            ask(Clear("b")),
            replace(ask(Take("a", 4)), reply=reply),
            ask(Take("a", 4)),
        ]
        outcomes = await asyncio.gather(*map(writer.execute, orders), return_exceptions=True)
        assert [n for n, o in enumerate(outcomes) if not isinstance(o, Answer)] == [3, 6]
        assert at_hand(writer) == {"a": 0}
        assert in_rows(engine, "ab") == {"a": 0, "b": 5}
        assert "".join(fetched) == "aba"


async def test_what_time_puts_away_is_brought_again_for_a_command_that_needs_it(engine: Engine) -> None:
    def due(state: Shelves, now: datetime, pending: bool) -> Sequence[tuple[datetime, Event]]:
        return [] if state.cleared else [(now, PutAway("a")), (now, Moved("a", 1))]

    async with storing(engine) as writer:
        await bring(writer, "a")
    fetched: list[str] = []
    async with storing(engine, shelves(fetched, due=due)) as writer:
        await writer.execute(ask(Take("a", 6)))
        assert at_hand(writer) == in_rows(engine, "a") == {"a": 0}
        assert fetched == ["a", "a"]


async def test_an_order_alone_that_goes_wrong_after_loading_publishes_nothing(engine: Engine) -> None:
    async with storing(engine) as writer:
        await bring(writer, "a")
        held = writer.state(HALL)
        with pytest.raises(RuntimeError, match="stumbled"):
            await writer.execute(ask(Stumble("a")))
        assert writer.state(HALL) is held


@pytest.mark.parametrize("culprit", [1, 4], ids=["found when something is brought", "found at the end"])
async def test_a_batch_that_is_run_one_by_one_loads_again_and_only_the_culprit_fails(
    engine: Engine, culprit: int
) -> None:
    async with storing(engine) as writer:
        await bring(writer, "a")
        commands: list[Command] = [Take("a", 1), Take("a", 1), Take("b", 1), Bring("a", 4)]
        commands.insert(culprit, Bring("b", 2**63))
        outcomes = await asyncio.gather(
            *(writer.execute(ask(command)) for command in commands), return_exceptions=True
        )
        assert [n for n, o in enumerate(outcomes) if isinstance(o, Exception)] == [culprit]
        assert [o for o in outcomes if isinstance(o, Refusal)] == [Refusal("too_few")]
        assert at_hand(writer) == in_rows(engine, "ab") == {"a": 7, "b": 0}
        assert faults(engine) == []
        assert writer.health().ready


async def test_a_question_to_the_database_that_fails_fails_its_caller_only(engine: Engine) -> None:
    def fetch(conn: Connection, hall: str, wanted: set[str]) -> Any:
        if "bad" in wanted:
            conn.exec_driver_sql("SELECT nothing FROM nowhere")
        return read(conn, hall, wanted)

    async with storing(engine, shelves(fetch=fetch)) as writer:
        await bring(writer, "a")
        outcomes = await asyncio.gather(
            *(writer.execute(ask(Take(name))) for name in ("a", "bad", "a")), return_exceptions=True
        )
        assert [isinstance(o, Answer) for o in outcomes] == [True, False, True]
        assert writer.health().ready
        assert at_hand(writer) == {"a": 3}


async def test_what_is_never_enough_fails_its_caller_only(engine: Engine) -> None:
    async with storing(engine, shelves(fetch=lambda conn, hall, wanted: {})) as writer:
        with pytest.raises(RuntimeError, match="never enough"):
            await writer.execute(ask(Take("a")))
        await bring(writer, "a")


async def test_a_tick_brings_what_it_needs_before_it_asks_what_is_due(engine: Engine) -> None:
    clock = SetClock()
    evening = clock.now().replace(hour=18)

    def needs(state: Shelves, command: Command | None, now: datetime) -> set[str]:
        return {"a"} - state.apples.keys() if command is None and now >= evening else set()

    def due(state: Shelves, now: datetime, pending: bool) -> Sequence[tuple[datetime, Event]]:
        left = state.apples.get("a", 0)
        return [(evening, Moved("a", -left))] if now >= evening and left else []

    async with storing(engine, shelves(needs=needs, due=due), clock) as writer:
        await bring(writer, "a")
        await writer.tick(HALL)
        assert at_hand(writer) == {}
        clock.pass_by(hours=9)
        await writer.tick(HALL)
        assert at_hand(writer) == in_rows(engine, "a") == {"a": 0}


async def test_what_time_brings_about_may_ask_for_more(engine: Engine) -> None:
    """Asked again after every step of time: what opens may have to be at hand as well."""

    def needs(state: Shelves, command: Command | None, now: datetime) -> set[str]:
        return {"b"} - state.apples.keys() if state.apples.get("a") == 0 else {"a"} - state.apples.keys()

    def due(state: Shelves, now: datetime, pending: bool) -> Sequence[tuple[datetime, Event]]:
        return [(now, Moved("a", -state.apples["a"]))] if state.apples["a"] else []

    async with storing(engine) as writer:
        await bring(writer, "a", "b")
    async with storing(engine, shelves(needs=needs, due=due)) as writer:
        await writer.execute(ask(See(())))
        assert at_hand(writer) == {"a": 0, "b": 5}


async def test_a_restart_begins_with_nothing_brought(engine: Engine) -> None:
    async with storing(engine) as writer:
        await bring(writer, "a")
        await writer.execute(ask(Take("a", 2)))
    async with storing(engine) as writer:
        assert at_hand(writer) == {}
        await writer.execute(ask(See(("a",))))
        assert at_hand(writer) == {"a": 3}


async def test_what_one_process_has_brought_follows_what_another_writes(postgresql_engine: Engine) -> None:
    async with storing(postgresql_engine) as one, storing(postgresql_engine) as two:
        await bring(one, "a", "b")
        await one.execute(ask(See(("a",))))
        await bring(two, "a", "b")
        await two.execute(ask(Take("a", 3)))
        assert isinstance(await one.execute(ask(Take("a", 7))), Answer)
        assert at_hand(one) == {"a": 0}
        assert await two.execute(ask(Take("a"))) == Refusal("too_few")
        await until(lambda: at_hand(two) == {"a": 0})
        assert isinstance(await one.execute(ask(Take("b", 10))), Answer)


@pytest.mark.slow
async def test_two_processes_that_bring_and_write_at_random_agree_with_the_rows(
    postgresql_engine: Engine,
) -> None:
    chance, names = Random(7), "abcdef"

    def command() -> Command:
        name = chance.choice(names)
        return chance.choice([Bring(name, 2), Take(name, 3), Take(name, 1), Clear(name), Stumble(name)])

    async with storing(postgresql_engine) as one, storing(postgresql_engine) as two:
        for _ in range(12):
            await asyncio.gather(
                *(chance.choice([one, two]).execute(ask(command())) for _ in range(25)),
                return_exceptions=True,
            )
        for writer in (one, two):
            await writer.execute(ask(See(tuple(names))))
            assert at_hand(writer) == in_rows(postgresql_engine, names)
            assert min(at_hand(writer).values()) >= 0
        assert faults(postgresql_engine) == []


def heads_of(engine: Engine) -> object:
    with engine.connect() as conn:
        return heads(conn)

"""`qms replay`: drive a real hall's log through the rules and the ledger, and read what they wrote.

Every print, call, transfer and end happens at its own business time in an embedded database of
its own, which is thrown away afterwards. The figures come from the `spell` rows.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, select

from qms.halls.rules.model import Hall
from qms.kernel.clock import ScaledClock
from qms.kernel.event import Command
from qms.kernel.refusal import Refusal
from qms.ledger import chain, reader, setups
from qms.ledger.codec import Codec
from qms.ledger.engine import connect
from qms.ledger.orders import Order
from qms.ledger.schema import upgrade
from qms.ledger.setups import Setups
from qms.ledger.tables import table_of
from qms.ledger.vault import Vault
from qms.ledger.writer import Writer
from qms.queue.project import QUEUE
from qms.queue.reads import compare
from qms.queue.rules.commands import ConfigureHall
from qms.queue.rules.state import Queue
from qms.queue.tables import Spell
from qms.twin.files import read_table
from qms.twin.report import Report
from qms.twin.rules import derived, figures, legs, timeline, visits

ACTOR = "replay"
SPELL = table_of(Spell)
Progress = Callable[[int, int], None]
"""Told after each day how many of how many have been driven."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be driven: the visits by day, in the hall made for them."""

    hall: Hall
    rooms: Mapping[str, str]
    days: Mapping[date, Sequence[visits.Visit]]


async def replay(path: Path, progress: Progress | None = None) -> Report:
    """Replay a log file; raises LogError for a file that is none, OSError for one that cannot be read."""
    found = read_log(path)
    taken, aside = legs.sort_out(found)
    if not taken:
        raise legs.LogError(f"{path.name}: none of its {len(found)} legs can be taken")
    stays, kinds = visits.join(taken)
    plan = _plan(stays)
    with TemporaryDirectory(prefix="qms-replay-") as folder:
        engine = connect(f"sqlite:///{folder}/replay.db")
        try:
            upgrade(engine)
            refused = await _drive(engine, plan, progress)
            served = _served(engine, plan, {visit.id: visit.ticket for visit in stays})
            events, faults = _audit(engine, plan)
        finally:
            engine.dispose()
    return Report(
        file=path.name,
        legs=len(found),
        taken={kind: kinds[kind] for kind in visits.KINDS},
        reasons=_by_reason(aside.values()),
        together=dict(Counter(aside.values()).most_common()),
        refused=refused,
        figures=figures.table(served),
        events=events,
        faults=faults,
    )


def read_log(path: Path) -> list[legs.Leg]:
    """The legs of a log file; raises LogError for a file that is none, OSError for one that cannot be read."""
    return read_table(path, legs.COLUMNS, legs.read)


def _plan(stays: Sequence[visits.Visit]) -> Plan:
    rooms = derived.slugs(sorted({spell.room for visit in stays for spell in visit.spells}))
    in_order = sorted(stays, key=lambda visit: visit.day)
    days = {day: list(mine) for day, mine in groupby(in_order, key=lambda visit: visit.day)}
    return Plan(derived.hall_of(stays, rooms, "UTC"), rooms, days)


def _by_reason(aside: Iterable[tuple[str, ...]]) -> dict[str, int]:
    counts = Counter(code for codes in aside for code in codes)
    return {code: counts[code] for code in (*legs.REASONS, legs.ROOM_BUSY) if counts[code]}


async def _drive(engine: Engine, plan: Plan, progress: Progress | None) -> dict[str, int]:
    """Put every act to the writer at its time; returns the refusals by code."""
    clock = ScaledClock(_midnight(min(plan.days)), 1, lambda: 0.0)  # it stands until it is set
    setup = Setups(engine, Hall.model_validate_json)
    writer: Writer[Queue] = Writer(engine, QUEUE, clock, Vault([token_bytes(32)]), setup)
    refused: Counter[str] = Counter()
    await writer.start()
    try:
        body = plan.hall.model_dump_json()
        version = await writer.aside(lambda conn: setups.store(conn, plan.hall.id, body, ACTOR))
        await writer.add_hall(plan.hall.id)
        refused.update(await _together(writer, plan, [ConfigureHall(version, None)]))
        for done, (day, stays) in enumerate(plan.days.items(), 1):
            for at, acts in groupby(timeline.acts(stays, plan.rooms), key=lambda act: act[0]):
                clock.set_forward(_midnight(day) + timedelta(seconds=at))
                refused.update(await _together(writer, plan, [command for _, command in acts]))
            if progress is not None:
                progress(done, len(plan.days))
        clock.set_forward(_midnight(max(plan.days)) + timedelta(days=1))
        await writer.tick(plan.hall.id)
    finally:
        await writer.stop()
    return dict(refused)


async def _together(writer: Writer[Queue], plan: Plan, commands: Sequence[Command]) -> list[str]:
    """Carry out what happens at one instant, in its order; returns the codes of refusals."""
    outcomes = await asyncio.gather(
        *(
            writer.execute(Order(hall=plan.hall.id, command=command, actor=ACTOR, reply=lambda *_: {}))
            for command in commands
        )
    )
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refusal)]


def _served(engine: Engine, plan: Plan, tickets: Mapping[str, str]) -> list[figures.Served]:
    """Every spell that the ledger has as started and ended."""
    names = {slug: room for room, slug in plan.rooms.items()}
    chosen = select(SPELL).where(SPELL.c.started.is_not(None), SPELL.c.ended.is_not(None))
    with engine.connect() as conn:
        return [
            figures.Served(
                day=row.day,
                room=names[row.counter],
                ticket=tickets[row.visit],
                wait=(row.called - row.since).total_seconds(),
            )
            for row in conn.execute(chosen)
        ]


def _audit(engine: Engine, plan: Plan) -> tuple[int, list[str]]:
    """How many events there are, and what is wrong with them or with the rows beside them."""
    hall = plan.hall.id
    codec = Codec(QUEUE.events, QUEUE.upcasters)
    with engine.connect() as conn:
        found = [str(fault) for fault in chain.check(conn, hall)]
        for day in plan.days:
            events = reader.events_of_day(conn, codec, hall, day)
            found += compare(conn, hall, day, events, lambda _: plan.hall)
        return reader.heads(conn, [hall])[hall].seq, found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

"""A hall under random commands and random time, for the gate in short and for the soak for hours."""

import inspect
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from qms.kernel.event import Recorded
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.roll import Rolled, roll
from qms.queue.rules.routing import choose
from qms.queue.rules.state import Queue, draft
from qms.queue.tables import Spell, Visit
from tests.queue import acts
from tests.queue.auditor import Auditor
from tests.queue.make import Room, refolded
from tests.queue.shapes import check_all

STEPS = [0, 1, 5, 9, 20, 60, 61, 240, 600]
"""Seconds that may pass between two acts."""
LEAPS = [0.001, 1, 30, 900, -1, -3600, 3600, 15 * 3600, 75 * 3600]
"""Seconds by which time passes with nobody acting; or goes back, where clocks are wrong."""
CHANCE = st.integers(0, 2**32 - 1)
"""One number decides all of a command: drawn one by one its parts would mostly be the first or the last."""


class QueueMachine(RuleBasedStateMachine):
    """Puts commands to a hall in memory and holds the outcome against the auditor's own reading."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(acts.setups()[0], "08:00")
        self.room.versions += acts.setups()[1:]
        self.auditor = Auditor(self.room.state.id, self.room.version_of)
        self.published: list[tuple[Queue, Queue]] = []
        self.heard = 0
        self.named = 0
        self._hear()

    # -- what happens

    @initialize(people=st.integers(0, 8))
    def morning(self, people: int) -> None:
        for counter in "123":
            self.room.open(counter, f"clerk-{counter}")
        for n in range(people):
            self.room.do(self.room.wish(["id-card", "vehicle", "passport"][n % 3], ticket=self._name()))
        self._hear()

    @rule(chance=CHANCE, wait=st.sampled_from(STEPS))
    def somebody_comes(self, chance: int, wait: int) -> None:
        self._put("issue", chance, wait)

    @rule(chance=CHANCE, wait=st.sampled_from(STEPS))
    def a_clerk_calls(self, chance: int, wait: int) -> None:
        self._put("call", chance, wait)

    @rule(chance=CHANCE, wait=st.sampled_from(STEPS))
    def a_clerk_acts(self, chance: int, wait: int) -> None:
        self._put("act", chance, wait)

    @rule(chance=CHANCE, kind=st.sampled_from(sorted(acts.KINDS)), wait=st.sampled_from(STEPS))
    def anything(self, chance: int, kind: str, wait: int) -> None:
        self._put(kind, chance, wait)

    @rule(seconds=st.sampled_from(LEAPS))
    def time_passes(self, seconds: float) -> None:
        self.room.after(seconds=seconds).tick()
        self._hear()

    def _put(self, kind: str, chance: int, wait: int) -> None:
        self.room.after(seconds=1 if kind == "undo" else wait)
        whim = acts.Whim(Random(f"{chance} {len(self.room.log)}").choice, self._name)
        wish = acts.KINDS[kind][0](self.room.state, whim, self.room.now)
        before = self.room.state
        verdict = self.room.ask(wish, "staff-1")
        self._hear()
        if isinstance(verdict, Refusal):
            assert verdict.code
        elif isinstance(wish, c.Undo):
            self._check_undone(before, wish)

    def _name(self) -> str:
        self.named += 1
        return f"t{self.named}"

    def _hear(self) -> None:
        """Have the auditor read what is new, and compare the rows that it touched."""
        fresh: Sequence[Recorded] = self.room.log[self.heard :]
        self.heard = len(self.room.log)
        self.auditor.read(fresh)
        self.published.append((self.room.state, draft(self.room.state)))
        if fresh:
            self.check_rows(self.auditor.today)

    # -- what must hold

    def check_rows(self, names: Sequence[str]) -> None:
        visits, spells = self.room.rows.get(Visit, {}), self.room.rows.get(Spell, {})
        for name in names:
            assert visits[name,] == self.auditor.visit(name)
            told = self.auditor.spells(name)
            kept = [spells[name, n + 1] for n in range(len(told))]
            assert kept == told
            assert (name, len(told) + 1) not in spells

    def _check_undone(self, before: Queue, wish: c.Undo) -> None:
        last = before.desk(wish.counter).last
        assert last is not None
        now = self.room.state
        assert now.tickets[wish.ticket].state == last.ticket.state
        assert now.desk(wish.counter) == last.desk

    @invariant()
    def holds_nobody_passed(self) -> None:
        assert self.auditor.faults == []

    @invariant()
    def holds_at_one_counter_at_most(self) -> None:
        state = self.room.state
        held = {desk.counter: desk.ticket for desk in state.desks.values() if desk.ticket is not None}
        assert len(set(held.values())) == len(held)
        busy = {t.counter: t.id for t in state.tickets.values() if t.state in ("called", "serving")}
        assert held == busy
        assert all(state.desk(counter).state == "open" for counter in held)
        clerks = [desk.clerk for desk in state.desks.values() if desk.state != "closed"]
        assert len(set(clerks)) == len(clerks)

    @invariant()
    def holds_one_number_is_borne_by_one(self) -> None:
        state = self.room.state
        live = {t.id: t.number for t in state.tickets.values() if t.live}
        assert len(set(live.values())) == len(live)
        assert state.bearers == {number: id for id, number in live.items()}
        aside = [pair[1] for numbers in state.set_aside.values() for pair in numbers]
        assert len(set(aside)) == len(aside), "no number is set aside for two devices"
        for key, left in state.leases.items():
            assert set(left) <= set(state.set_aside.get(key, ()))
        leased = {written for numbers in state.leases.values() for _, written in numbers}
        assert not leased & set(live.values())

    @invariant()
    def holds_lines_hold_who_waits_in_order(self) -> None:
        state = self.room.state
        lines: dict[tuple[str, str, str], list[tuple[Any, int, str]]] = {}
        for t in state.tickets.values():
            if t.state == "waiting":
                lines.setdefault((t.service, t.segment, t.only or ""), []).append((t.ref, t.seq, t.id))
        assert state.lines == {line: tuple(sorted(places)) for line, places in lines.items()}
        for t in state.tickets.values():
            story = self.auditor.story(t.id)
            assert (t.state, t.only if t.live else None) == (
                story.state,
                story.only if t.live else None,
            )
            assert (
                t.only is None or not t.live or state.desk(t.only).state != "closed" or t.state != "waiting"
            )

    @invariant()
    def holds_the_day_folds_to_the_state(self) -> None:
        opened = [r.seq for r in self.room.log if isinstance(r.body, e.DayOpened)]
        if opened:
            assert refolded(self.room, lambda r: r.seq == opened[-1]) == self.room.state

    @invariant()
    def holds_everybody_who_waits_can_be_told_something(self) -> None:
        state, now = self.room.state, self.room.now
        if state.day is None:
            return
        rolled = roll(state, now)
        outlooks = Outlooks(state, now, rolled=rolled if len(self.published) % 2 else None)
        for t in state.waiting():
            told = outlooks.for_ticket(t)
            assert 0 <= told.ahead < len(state.tickets)
            if (wait := told.expected) is not None:
                assert 0 <= wait.low <= wait.mid <= wait.high
        self._check_rolled(rolled)

    def _check_rolled(self, rolled: Rolled) -> None:
        """Whom a free counter would call now is rolled to be called now."""
        state, now = self.room.state, self.room.now
        assert rolled.tickets.keys() <= {t.id for t in state.waiting()}
        for desk in state.desks.values():
            chosen = choose(state, desk, now) if desk.idle_since is not None else None
            if chosen is not None and state.suspended is None:
                assert rolled.tickets[chosen[0].ticket.id] == 0

    @invariant()
    def holds_every_view_can_be_drawn(self) -> None:
        if len(self.published) % 10 == 0 and self.room.state.day is not None:
            check_all(self.room.state, self.room.now)

    def teardown(self) -> None:
        assert refolded(self.room) == self.room.state
        for state, copy in self.published:
            assert state == copy, "a published state was changed"
        visits = self.room.rows.get(Visit, {})
        assert {name for (name,) in visits} == set(self.auditor.everybody)
        self.check_rows(self.auditor.everybody)


def walk(number: int, steps: int) -> dict[str, int]:
    """One long way without Hypothesis, through many full days; returns how often each event occurred."""
    rng, machine = Random(number), QueueMachine()
    checks = [
        one for name, one in inspect.getmembers(machine, inspect.ismethod) if name.startswith("holds_")
    ]
    machine.morning(8)
    for _ in range(steps):
        if rng.random() < 0.01:
            machine.time_passes(rng.choice(LEAPS))
        else:
            machine.anything(rng.getrandbits(32), rng.choice(acts.WEIGHTED), rng.choice(STEPS))
        for check in checks:
            check()
    machine.teardown()
    return Counter(type(recorded.body).__name__ for recorded in machine.room.log)


def hunt(number: int, examples: int, steps: int = 50) -> None:
    """Let the machine look for a fault; one seed number always runs the same."""
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    machine = type("QueueMachine", (QueueMachine,), {})
    run_state_machine_as_test(seed(number)(machine), settings=profile)

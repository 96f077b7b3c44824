"""Commands at random: mostly such as make sense now, some that come too late, too early or out of nowhere."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from qms.halls.rules.model import Hall, Overflow
from qms.kernel.event import Command
from qms.queue.rules import commands as c
from qms.queue.rules.fit import ELAPSED, Fit, Times
from qms.queue.rules.model import Expected
from qms.queue.rules.state import Queue
from tests.halls.make import group, service
from tests.queue.make import always_open, changed, office

T = TypeVar("T")
CLERKS = ("ann", "bob", "eve")
DEVICES = ("kiosk-7", "kiosk-8")


@dataclass(frozen=True)
class Whim:
    """Where chance comes from: one of several things, and ids that nothing else bears."""

    pick: Callable[[Sequence[Any]], Any]
    fresh: Callable[[], str]

    def one(self, things: Sequence[T]) -> T:
        chosen: T = self.pick(things)
        return chosen

    def mostly(self, wanted: T | None, others: Sequence[T]) -> T:
        """What makes sense, if there is any; sometimes another."""
        return self.one([wanted] * 9 + list(others[:3])) if wanted is not None else self.one(others)


def seeded(rng: Random) -> Whim:
    return Whim(rng.choice, lambda: f"{rng.getrandbits(128):032x}")


def setups() -> tuple[Hall, ...]:
    """Versions of one hall that differ in whatever may change while people wait."""
    hours = always_open()
    one = office(hours=hours, offline_numbers=2, let_pass=6)
    few = (group("documents", "A", last=9, booked_letter="U"), group("vehicles", "V", last=6))
    two = office(
        {"1": {"id-card": 2, "vehicle": 1}, "3": {"id-card": 1, "vehicle": 2}},
        hours=hours,
        max_calls=2,
        hand_pick="supervisor",
        requeue_after=2,
        guard=20,
        offline_numbers=1,
        let_pass=2,
        auto_call=True,
        overflow=Overflow(above=20, below=5, least=2),
    )
    three = office(
        {"1": {"passport": 1}, "2": {"id-card": 1, "vehicle": 1}}, hours=hours, day_begins=time(3)
    )
    capped = service("vehicle", "vehicles", daily_cap=5, minutes=14)
    return (
        changed(one, groups=few),
        changed(
            two,
            groups=few,
            counters=(*two.counters, one.counters[1].model_copy(update={"retired": True})),
        ),
        changed(
            three,
            groups=(group("documents", "D", first=3, last=14, digits=2), few[1]),
            services=(*three.services[:2], capped),
            counters=(*three.counters, one.counters[2].model_copy(update={"retired": True})),
        ),
    )


def counters(state: Queue) -> list[str]:
    return [part.id for part in state.setup.counters]


def tickets(state: Queue, *states: str) -> list[str]:
    """Tickets in these states, the newest first; at the end one that there is not."""
    found = [t.id for t in state.tickets.values() if t.state in states]
    return [*reversed(found), "nobody"]


def issue(state: Queue, whim: Whim, now: datetime) -> Command:
    wait = whim.one([None] * 9 + [5.0, 90.0, 1200.0])
    ticket = whim.fresh()
    booked = whim.one([None] * 6 + [now + timedelta(minutes=n) for n in (-30, -5, 0, 5, 30)])
    return c.IssueTicket(
        ticket=ticket,
        service=whim.one(["id-card", "passport", "vehicle"] * 6 + ["haircut"]),
        segment="booked" if booked else whim.one(["walk-in", "walk-in", "disabled"]),
        language=whim.one(["pl", "uk"]),
        channel=whim.one(["kiosk", "reception"]),
        holder=f"holder of {ticket}",
        expected=Expected(wait / 2, wait, wait * 2) if wait is not None else None,
        booked=booked,
    )


def hand_in(state: Queue, whim: Whim, now: datetime) -> Command:
    """A number printed while away: one's own, now and then one that is not, or of a ticket that is known."""
    offers = [(place, pair) for place, pairs in state.leases.items() for pair in pairs]
    (part, device), (number, written) = whim.one(offers or [(("documents", "kiosk-7"), (1, "A001"))])
    today = state.ends is not None and now < state.ends  # the edge knows tickets of earlier days
    ticket = whim.one([whim.fresh()] * 4 + (list(state.tickets)[-1:] if today else []))
    return c.HandInTicket(
        ticket=ticket,
        service="vehicle" if part == "vehicles" else "id-card",
        segment=whim.one(["walk-in", "disabled", "unheard-of"]),
        language="pl",
        holder=f"holder of {ticket}",
        running=number,
        written=written,
        taken=now - timedelta(minutes=whim.one([-5, 0, 1, 20, 20, 2000])),
        device=device,
    )


def set_aside(state: Queue, whim: Whim, now: datetime) -> Command:
    return c.SetNumbersAside(whim.one(DEVICES))


def release(state: Queue, whim: Whim, now: datetime) -> Command:
    return c.ReleaseNumbers(whim.one(DEVICES))


def let_pass(state: Queue, whim: Whim, now: datetime) -> Command:
    return c.LetPass(whim.one(tickets(state, "waiting", "called", "parked")), whim.one([1, 2, 6, 0]))


def printer(state: Queue, whim: Whim, now: datetime) -> Command:
    return c.ReportPrinter(whim.one(DEVICES), "Kiosk", whim.one(["ok", "paper_low", "paper_out"]))


def cancel(state: Queue, whim: Whim, now: datetime) -> Command:
    any_ticket = tickets(state, "waiting", "parked", "called", "serving", "cancelled", "finished")
    return c.CancelTicket(whim.one(any_ticket), whim.one([True, False]))


def open_counter(state: Queue, whim: Whim, now: datetime) -> Command:
    counter = whim.one([*counters(state), "9"])
    part = state.setup.counter(counter)
    own = sorted(part.services.items()) if part else []
    profile = whim.one([None, None, None, tuple(own[:1]), (("vehicle", 1),)])
    return c.OpenCounter(counter, whim.mostly(state.desk(counter).clerk, CLERKS), profile)


def pause(state: Queue, whim: Whim, now: datetime) -> Command:
    counter, by = _at(state, whim)
    return c.PauseCounter(counter, by, "lunch", whim.one([None, now, now + timedelta(minutes=20)]))


def close(state: Queue, whim: Whim, now: datetime) -> Command:
    return c.CloseCounter(*_at(state, whim))


def call(state: Queue, whim: Whim, now: datetime) -> Command:
    if state.suspended is not None and _likely(whim):
        return c.ResumeHall()
    counter, by = _at(state, whim)
    if state.desk(counter).state != "open" and _likely(whim):
        return c.OpenCounter(counter, by or whim.one(CLERKS))
    current = whim.mostly(state.desk(counter).ticket, [None, *tickets(state, "finished", "serving")])
    return c.CallNext(counter, by, current)


def pick(state: Queue, whim: Whim, now: datetime) -> Command:
    counter, by = _at(state, whim)
    wanted = whim.one(tickets(state, "waiting", "parked"))
    return c.CallNext(counter, by, state.desk(counter).ticket, wanted, whim.one([True, False]))


def act(state: Queue, whim: Whim, now: datetime) -> Command:
    """Any of the acts upon the ticket at a counter; with nobody there, most likely a call."""
    busy = [desk for desk in state.desks.values() if desk.ticket is not None]
    if not busy and _likely(whim):
        return call(state, whim, now)
    counter, by = _at(state, whim)
    if busy and _likely(whim):
        desk = whim.one(busy)
        counter, by = desk.counter, whim.mostly(desk.clerk, CLERKS)
    held = state.desk(counter).ticket
    ticket = whim.mostly(held, tickets(state, "waiting", "called", "parked"))
    called = held is not None and state.tickets[held].state == "called"
    sensible = (
        [c.Start, c.Start, c.Recall, c.NoShow, c.Requeue] if called else [c.Finish, c.Park, c.Transfer]
    )
    kind = whim.one(sensible * 4 + [c.Start, c.Finish, c.Recall, c.NoShow, c.Requeue, c.Park, c.Transfer])
    if kind is not c.Transfer:
        made: Command = kind(counter, by, ticket)
        return made
    service = whim.one([None, "id-card", "passport", "vehicle"])
    return c.Transfer(counter, by, ticket, service, whim.one([None, *counters(state)]))


def comes_back(state: Queue, whim: Whim, now: datetime) -> Command:
    """One who was missed, or set aside; with nobody such, most likely another act."""
    missed, parked = tickets(state, "missed"), tickets(state, "parked")
    if len(missed) + len(parked) == 2 and _likely(whim):
        return act(state, whim, now)
    counter, by = _at(state, whim)
    if len(parked) == 1 or whim.one([True, False]):
        return c.Requeue(counter, by, whim.one(missed))
    return c.Resume(counter, by, whim.one(parked))


def undo(state: Queue, whim: Whim, now: datetime) -> Command:
    recent = [desk.counter for desk in state.desks.values() if desk.last is not None]
    counter, by = _at(state, whim)
    if recent and _likely(whim):
        counter, by = whim.one(recent), None
    last = state.desk(counter).last
    return c.Undo(counter, by, whim.mostly(last.ticket.id if last else None, tickets(state, "waiting")))


def level(state: Queue, whim: Whim, now: datetime) -> Command:
    """A counter is lent or helps out, or no longer does."""
    opened = [(desk.counter, one.service) for desk in state.desks.values() for one in desk.opened]
    if opened and whim.pick([1, 0]):
        counter, service = whim.one(opened)
        return c.CloseLevel(counter, service, bool(whim.pick([1, 0])), wait=3.0, own=2.0)
    counter, by_rule = whim.one([*counters(state), "9"]), bool(whim.pick([1, 0]))
    service = whim.one(["id-card", "passport", "vehicle", "haircut"])
    minutes = whim.one([None, 1.0, 5.0, 5.0, 40.0])
    return c.OpenLevel(counter, service, by_rule, minutes, whim.one([None, 19.0, 30.0, 30.0]), 2.0)


def fit(state: Queue, whim: Whim, now: datetime) -> Command:
    times = Times("vehicle", 40, whim.one([12.5, 15.0]), tuple(9.0 for _ in ELAPSED), 0.05)
    return c.AdoptFit(Fit(now.date(), 500, (times,)))


def hall(state: Queue, whim: Whim, now: datetime) -> Command:
    return whim.one([c.SuspendHall("fire alarm"), c.ResumeHall(), c.ResumeHall(), c.ResumeHall()])


def configure(state: Queue, whim: Whim, now: datetime) -> Command:
    return c.ConfigureHall(whim.one([1, 2, 3]), whim.one([None, None, state.version, 1]))


Maker = Callable[[Queue, Whim, datetime], Command]
KINDS: dict[str, tuple[Maker, int]] = {
    "issue": (issue, 14),
    "hand in": (hand_in, 2),
    "set aside": (set_aside, 1),
    "release": (release, 1),
    "let pass": (let_pass, 1),
    "printer": (printer, 1),
    "cancel": (cancel, 1),
    "open": (open_counter, 4),
    "pause": (pause, 1),
    "close": (close, 1),
    "call": (call, 8),
    "pick": (pick, 2),
    "act": (act, 24),
    "comes back": (comes_back, 2),
    "undo": (undo, 3),
    "level": (level, 3),
    "fit": (fit, 1),
    "hall": (hall, 1),
    "configure": (configure, 1),
}
"""Every kind of command, with its weight."""
WEIGHTED = [kind for kind, (_, weight) in KINDS.items() for _ in range(weight)]


def commands(rng: Random, state: Callable[[], Queue], now: Callable[[], datetime]) -> Iterator[Command]:
    """Commands without end, each such as the hall's present state suggests."""
    whim = seeded(rng)
    while True:
        yield KINDS[rng.choice(WEIGHTED)][0](state(), whim, now())


def _likely(whim: Whim) -> bool:
    likely: bool = whim.pick([True] * 7 + [False])
    return likely


def _at(state: Queue, whim: Whim) -> tuple[str, str | None]:
    """A counter, more likely one that is manned, and mostly its own clerk."""
    manned = [name for name, desk in state.desks.items() if desk.state != "closed"]
    counter = whim.one(manned * 12 + counters(state))
    return counter, whim.one([state.desk(counter).clerk] * 12 + [None, "ann"])

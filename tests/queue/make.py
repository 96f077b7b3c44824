"""A hall in memory for tests: the real rules, fold, codec and projection, without a database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from qms.halls.rules.model import Conduct, Counter, Hall, Hours, Segment, Service, Standard
from qms.halls.rules.parts import WEEKDAYS
from qms.kernel.event import Command, Event, Recorded
from qms.kernel.refusal import Refusal
from qms.ledger.aggregate import Put
from qms.ledger.codec import Codec
from qms.ledger.fold import Fold, Head, Held
from qms.ledger.tables import table_of
from qms.queue.project import QUEUE
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.model import Desk, Expected, Ticket
from qms.queue.rules.state import Queue, draft, join, new
from tests.halls.make import group, hall, segment, service, span

E = TypeVar("E", bound=Event)
P = TypeVar("P", Service, Segment)
CODEC = Codec(QUEUE.events, QUEUE.upcasters)
WARSAW = ZoneInfo("Europe/Warsaw")
TUESDAY = date(2026, 11, 24)
SERVICES = {"1": {"id-card": 1, "passport": 1}, "2": {"id-card": 1, "vehicle": 2}, "3": {"vehicle": 1}}
Rows = dict[tuple[Any, ...], dict[str, Any]]


def office(services: Mapping[str, Mapping[str, int]] | None = None, **changes: Any) -> Hall:
    """Two groups (A: id-card, passport; V: vehicle), three counters, three segments, open 8 to 16.

    `services` replaces what each counter serves, by level; `changes` are fields of the hall or of
    its conduct.
    """
    conduct = {name: changes.pop(name) for name in list(changes) if name in Conduct.model_fields}
    counters = tuple(
        Counter(id=id, names={"pl": f"Stanowisko {id}"}, services=dict(levels), order=n)
        for n, (id, levels) in enumerate((services or SERVICES).items())
    )
    fields: dict[str, Any] = {
        "groups": (group("documents", "A"), group("vehicles", "V")),
        "services": (
            service("id-card", minutes=9),
            service("passport", minutes=9),
            service("vehicle", "vehicles", minutes=14),
        ),
        "counters": counters,
        "segments": (
            segment("walk-in", target=30, head=0),
            segment("booked", target=10, head=0.5),
            segment("disabled", target=10, head=0.5),
        ),
        "conduct": Conduct(**conduct),
    }
    return hall(**(fields | changes))


def always_open() -> Hours:
    """From midnight to a minute before the next, every day."""
    return Hours(week={day: (span("00:00", "23:59"),) for day in WEEKDAYS})


def changed(setup: Hall, **fields: Any) -> Hall:
    """The set-up with some fields replaced, checked as a whole."""
    return Hall.model_validate(setup.model_copy(update=fields).model_dump())


def promising(setup: Hall, standards: Mapping[str, Standard]) -> Hall:
    """The set-up with these standards, by the id of the service or segment, and no others."""

    def kept(parts: Sequence[P]) -> tuple[P, ...]:
        return tuple(part.model_copy(update={"standard": standards.get(part.id)}) for part in parts)

    return changed(setup, services=kept(setup.services), segments=kept(setup.segments))


class Room:
    """One hall whose log, state and rows are kept as the ledger keeps them; time stands where it is set.

    `on` is the date that times of day refer to. Every draft is checked against the state it was
    taken from, which must not change.
    """

    def __init__(
        self, setup: Hall | None = None, now: str | datetime = "09:00", on: date = TUESDAY
    ) -> None:
        self.versions: list[Hall] = []
        first = setup or office()
        self.on, self.zone = on, ZoneInfo(first.zone)
        self.now = now if isinstance(now, datetime) else self._instant(now)
        self.held: Held[Queue] = Held(Head(), new(first.id, self.version_of))
        self.log: list[Recorded] = []
        self.rows: dict[type[SQLModel], Rows] = {}
        self._named = 0
        self.configure(first)

    # -- time

    def _instant(self, at: str) -> datetime:
        return datetime.fromisoformat(f"{self.on}T{at}").replace(tzinfo=self.zone).astimezone(UTC)

    def at(self, at: str, on: date | None = None) -> "Room":
        """Set the clock to a local time of day."""
        self.on = on or self.on
        self.now = self._instant(at)
        return self

    def after(self, **span: float) -> "Room":
        """Let time pass."""
        self.now += timedelta(**span)
        return self

    # -- commands

    @property
    def state(self) -> Queue:
        return self.held.state

    def version_of(self, version: int) -> Hall:
        return self.versions[version - 1]

    def ask(self, command: Command, actor: str = "tester") -> Sequence[Event] | Refusal:
        """Put a command to the hall: its own events, or the refusal."""
        published, copy = self.state, draft(self.state)
        fold = Fold(QUEUE, CODEC, self.state.id, self.held)
        now = max(self.now, self.held.head.at)
        fold.advance(now, pending=True)
        verdict = QUEUE.decide(fold.state, command, now)
        facts = verdict.facts if isinstance(verdict, Refusal) else verdict
        for event in facts:
            fold.append(event, now, actor, "")
        assert published == copy, "a published state was changed"
        self._adopt(fold)
        return verdict

    def tick(self) -> None:
        """Let the hall see what time alone has brought about."""
        fold = Fold(QUEUE, CODEC, self.state.id, self.held)
        fold.advance(max(self.now, self.held.head.at), pending=False)
        self._adopt(fold)

    def _adopt(self, fold: Fold[Queue]) -> None:
        self.held = fold.held
        self.log += fold.events
        for change in fold.puts:
            table = self.rows.setdefault(change.table, {})
            names = [column.name for column in table_of(change.table).primary_key]
            if isinstance(change, Put):
                table[tuple(change.row[name] for name in names)] = dict(change.row)
            else:
                table.pop(tuple(change.key[name] for name in names), None)

    def do(self, command: Command, actor: str = "tester") -> Sequence[Event]:
        """Put a command that must not be refused."""
        verdict = self.ask(command, actor)
        assert not isinstance(verdict, Refusal), verdict
        return verdict

    def code(self, command: Command) -> str:
        """Put a command that must be refused and change nothing of the day; returns the code."""
        self.tick()
        before = len(self.log)
        verdict = self.ask(command)
        assert isinstance(verdict, Refusal), verdict
        own = [r.body for r in self.log[before:] if not isinstance(r.body, e.DayOpened | e.DayClosed)]
        assert own == list(verdict.facts)
        return verdict.code

    # -- acts by name

    def configure(self, setup: Hall) -> int:
        """Store a set-up as the next version and make it act."""
        self.versions.append(setup)
        self.do(c.ConfigureHall(len(self.versions), None))
        return len(self.versions)

    def open(self, counter: str = "1", by: str = "ann", profile: Mapping[str, int] | None = None) -> None:
        self.do(c.OpenCounter(counter, by, None if profile is None else tuple(profile.items())))

    def wish(self, service: str = "id-card", segment: str = "walk-in", **more: Any) -> c.IssueTicket:
        """A wish for a ticket under a new id."""
        self._named += 1
        fields: dict[str, Any] = {
            "ticket": f"t{self._named}",
            "service": service,
            "segment": segment,
            "language": "pl",
            "channel": "kiosk",
            "holder": f"hash{self._named}",
        }
        return c.IssueTicket(**(fields | more))

    def printed(
        self, written: str, service: str = "id-card", ago: float = 0, **more: Any
    ) -> c.HandInTicket:
        """A number that a kiosk printed so many minutes ago, to be handed in."""
        self._named += 1
        fields: dict[str, Any] = {
            "ticket": f"t{self._named}",
            "service": service,
            "segment": "walk-in",
            "language": "pl",
            "holder": f"hash{self._named}",
            "running": int(written[1:]),
            "written": written,
            "taken": self.now - timedelta(minutes=ago),
            "device": "kiosk-7",
        }
        return c.HandInTicket(**(fields | more))

    def issue(self, service: str = "id-card", segment: str = "walk-in", **more: Any) -> str:
        """A new ticket's id."""
        wish = self.wish(service, segment, **more)
        self.do(wish)
        return wish.ticket

    def call(self, counter: str = "1", **more: Any) -> str:
        """Call the next: the ticket's id."""
        self.do(c.CallNext(counter, None, **more))
        ticket = self.desk(counter).ticket
        assert ticket is not None
        return ticket

    def serve(self, counter: str = "1", minutes: float = 5) -> str:
        """Call, start and finish the next one."""
        ticket = self.call(counter)
        self.do(c.Start(counter, None, ticket))
        self.after(minutes=minutes)
        self.do(c.Finish(counter, None, ticket))
        return ticket

    def ticket(self, id: str) -> Ticket:
        return self.state.tickets[id]

    def number(self, id: str) -> str:
        return self.ticket(id).number

    def desk(self, counter: str = "1") -> Desk:
        return self.state.desk(counter)

    def last(self, kind: type[E]) -> E:
        """The body of the newest event of a kind."""
        found = self.all(kind)
        assert found, f"no {kind.__name__}"
        return found[-1]

    def all(self, kind: type[E]) -> list[E]:
        return [recorded.body for recorded in self.log if isinstance(recorded.body, kind)]

    def row(self, model: type[SQLModel], *key: Any) -> dict[str, Any]:
        return self.rows[model][key]


def expecting(mid: float) -> Expected:
    return Expected(mid / 2, mid, mid * 2)


def refolded(room: Room, since: Callable[[Recorded], bool] = lambda _: True) -> Queue:
    """The state folded afresh from the log, from the first event that `since` names."""
    state = new(room.state.id, room.version_of)
    started = False
    for recorded in room.log:
        started = started or since(recorded)
        if started:
            QUEUE.apply(state, recorded)
    return state


START = datetime(2026, 11, 24, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A waiting person in minutes from `START`; `away` is when an absent one may be called again."""

    service: str
    segment: str
    ref: int
    seq: int
    only: str = ""
    away: int = 0

    @property
    def id(self) -> str:
        return f"p{self.seq}"


def hall_with(people: Sequence[Person], hall: Hall) -> Queue:
    """A state in which exactly these people wait, with every counter open and idle since `START`."""
    state = draft(new(hall.id, lambda version: hall))
    state.hall = hall
    for p in people:
        away = START + timedelta(minutes=p.away) if p.away else None
        ref = START + timedelta(minutes=p.ref)
        ticket = Ticket(
            id=p.id,
            number=p.id,
            group="documents",
            service=p.service,
            segment=p.segment,
            language="pl",
            channel="kiosk",
            issued=ref,
            ref=ref,
            seq=p.seq,
            since=ref,
            holder=p.id,
            only=p.only or None,
            not_before=away,
        )
        state.tickets[ticket.id] = ticket
        join(state, ticket)
    for counter in hall.counters:
        state.desks[counter.id] = Desk(
            counter.id, "open", counter.id, tuple(counter.services.items()), START, START
        )
    return state

"""A second reading of a hall's log: what must be so, worked out without the project's rules, fold or rows.

The auditor keeps the events of each ticket, leaves out those that were undone, and reads a
ticket's history from the beginning whenever it is asked about it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qms.booking.rules.events import BookingCheckedIn
from qms.halls.rules.model import Hall
from qms.kernel.event import Recorded
from qms.queue.rules import events as e

Row = dict[str, Any]


@dataclass
class Freed:
    """The counter that alone might call this ticket has closed: any may."""


@dataclass
class Story:
    """What a ticket's events tell, in order."""

    issued: Recorded
    state: str = "waiting"
    service: str = ""
    group: str = ""
    only: str | None = None
    away: datetime | None = None
    since: datetime | None = None
    counter: str | None = None
    calls: int = 0
    ended: datetime | None = None
    removed: bool = False
    spells: list[Row] = field(default_factory=list)
    number: str = ""
    ref: datetime | None = None

    @property
    def place(self) -> tuple[datetime, int]:
        assert self.ref is not None
        return self.ref, self.issued.seq

    @property
    def line(self) -> tuple[str, str]:
        assert isinstance(self.issued.body, e.TicketIssued)
        return self.service, self.issued.body.segment

    @property
    def taken(self) -> datetime:
        """When the person got the number: a device that was away says so."""
        body = self.issued.body
        assert isinstance(body, e.TicketIssued | e.TicketHandedInLate)
        return body.taken or self.issued.at


LIVE = ("waiting", "called", "serving", "parked")


class Auditor:
    """Reads events one by one; `faults` are calls that passed somebody without an act on record."""

    def __init__(self, hall: str, version_of: Callable[[int], Hall]) -> None:
        self.hall = hall
        self.faults: list[str] = []
        self._version_of = version_of
        self._setup: Hall | None = None
        self._histories: dict[str, list[Recorded | Freed]] = {}
        self._undone: set[int] = set()
        self._today: list[str] = []
        self._clerks: dict[str, str] = {}
        self._exceptions: dict[str, set[str]] = defaultdict(set)
        self._told: dict[str, Story] = {}
        self._lapsed: dict[str, datetime] = {}
        """When tickets of closed days had lapsed, by the day's boundary as it was then."""
        self._notes: dict[int, str] = {}
        """The clerk of a call, and the group of the service of a transfer, as they were then."""

    # -- reading

    def read(self, events: Sequence[Recorded]) -> None:
        for event in events:
            self._read(event)

    def _read(self, event: Recorded) -> None:
        body = event.body
        if isinstance(body, e.TicketCalled):
            self._notes[event.seq] = self._clerks.get(body.counter, "")
            self._check_call(event, body)
        elif isinstance(body, e.TicketHandedInLate):
            self._lapsed[body.ticket] = self._midnight_after(body.taken)
        elif isinstance(body, e.TicketTransferred):
            part = self._setup.service(body.service) if self._setup else None
            self._notes[event.seq] = part.group if part else ""
        name = getattr(body, "ticket", None)
        if name is not None:
            self._histories.setdefault(name, []).append(event)
            self._told.pop(name, None)
            if isinstance(body, e.TicketIssued):
                self._today.append(name)
            if isinstance(body, e.TicketTransferred | e.TicketRequeued):
                self._exceptions[name].add(event.actor)
            if isinstance(body, e.ActUndone):
                self._undone.add(body.undone)
            if isinstance(body, e.TicketRequeued):
                story = self.story(name)
                if story.only is not None and story.only not in self._clerks:
                    self._free(name)
        elif isinstance(body, e.HallConfigured):
            self._setup = self._version_of(body.version)
            for counter in self._setup.counters:
                if counter.retired:
                    self._free_all(counter.id)
        elif isinstance(body, e.DayOpened):
            self._setup = self._version_of(body.version)
            self._today = []
        elif isinstance(body, e.CounterOpened):
            self._clerks[body.counter] = body.clerk
        elif isinstance(body, e.CounterClosed):
            self._clerks.pop(body.counter, None)
            self._free_all(body.counter)
        elif isinstance(body, e.DayClosed):
            for name in self._today:
                if self.story(name).state in LIVE:
                    self._histories[name].append(event)
                    self._told.pop(name, None)
            self._clerks = {}

    def _free_all(self, counter: str) -> None:
        for name in self._today:
            story = self.story(name)
            if story.only == counter and story.state in LIVE:
                self._free(name)

    def _free(self, name: str) -> None:
        self._histories[name].append(Freed())
        self._told.pop(name, None)

    # -- telling

    @property
    def today(self) -> list[str]:
        """Tickets of the newest day."""
        return self._today

    @property
    def everybody(self) -> list[str]:
        """Tickets of all days."""
        return list(self._histories)

    def story(self, name: str) -> Story:
        """What became of a ticket."""
        if name not in self._told:
            self._told[name] = self._tell(name)
        return self._told[name]

    def _tell(self, name: str) -> Story:
        first, *rest = self._histories[name]
        assert isinstance(first, Recorded)
        body = first.body
        if isinstance(body, e.TicketHandedInLate):
            ended = self._lapsed[name]
            return Story(first, "lapsed", body.service, body.group, ended=ended, number=body.number)
        assert isinstance(body, e.TicketIssued)
        story = Story(first, service=body.service, group=body.group, number=body.number, ref=body.ref)
        story.since = story.taken
        for event in rest:
            if isinstance(event, Freed):
                story.only = None
            elif event.seq not in self._undone and not isinstance(event.body, e.ActUndone):
                self._carry(story, event)
        return story

    def _carry(self, story: Story, event: Recorded) -> None:
        body, at = event.body, event.at
        match body:
            case e.TicketCalled():
                story.spells.append(
                    {
                        "counter": body.counter,
                        "clerk": self._notes[event.seq],
                        "service": story.service,
                        "given": None,
                        "since": story.since,
                        "called": at,
                        "started": None,
                        "ended": None,
                        "outcome": None,
                        "accurate": True,
                    }
                )
                story.state, story.counter, story.away = "called", body.counter, None
                story.calls += 1
            case e.TicketRecalled():
                story.calls += 1
            case e.TicketStarted():
                story.state = "serving"
                story.spells[-1]["started"] = at
            case e.TicketFinished():
                self._end(story, at, body.outcome)
                story.spells[-1]["given"] = body.service
                story.state, story.ended = "finished", at
            case e.TicketMissed():
                self._end(story, at, "missed")
                story.state, story.ended = "missed", at
            case e.TicketRequeued():
                if story.state == "called":
                    self._end(story, at, "requeued")
                else:
                    story.calls = 0
                story.state, story.since, story.ended = "waiting", at, None
                story.away = body.not_before
            case e.TicketParked():
                self._end(story, at, "parked")
                story.state, story.since, story.calls = "parked", at, 0
            case e.TicketTransferred():
                self._end(story, at, "transferred")
                story.state, story.since, story.calls = "waiting", at, 0
                story.service, story.only = body.service, body.only
                story.group = self._notes[event.seq]
            case e.TicketCancelled():
                story.state, story.ended, story.removed = "cancelled", at, body.by_staff
            case e.DayClosed():
                if story.state == "serving":
                    self._end(story, body.ended, "served", accurate=False)
                elif story.state == "called":
                    self._end(story, body.ended, "lapsed", accurate=False)
                story.state = "finished" if story.state == "serving" else "lapsed"
                story.ended = body.ended
            case e.TicketRenumbered():
                story.number = body.number
            case e.TicketDeferred():
                story.ref = body.ref
            case BookingCheckedIn():
                pass  # on record for the calendar; the ticket is what its issue says
            case _:
                raise AssertionError(body)

    def _midnight_after(self, at: datetime) -> datetime:
        """The end of the day of an instant; days here begin at a full hour that no clock change touches."""
        assert self._setup is not None
        begins = timedelta(hours=self._setup.conduct.day_begins.hour)
        zone = ZoneInfo(self._setup.zone)
        day = (at.astimezone(zone).replace(tzinfo=None) - begins).date() + timedelta(days=1)
        return (datetime(day.year, day.month, day.day, tzinfo=zone) + begins).astimezone(UTC)

    @staticmethod
    def _end(story: Story, at: datetime, outcome: str, accurate: bool = True) -> None:
        story.spells[-1] |= {"ended": at, "outcome": outcome, "accurate": accurate}

    # -- judging

    def _check_call(self, event: Recorded, body: e.TicketCalled) -> None:
        """By the rule nobody of the same line is passed; whoever is, was set aside by an act on record."""
        if not event.actor or event.actor == "clock":
            self._fault(event, "a call has its actor")
        if body.by != "rule":
            return
        called = self.story(body.ticket)
        for name in self._today:
            other = self.story(name)
            if other.state != "waiting" or other.line != called.line or other.place >= called.place:
                continue
            if called.only == body.counter:
                excuse = self._exceptions[body.ticket]
            elif other.only not in (None, body.counter) or (other.away and other.away > event.at):
                excuse = self._exceptions[name]
            else:
                excuse = set()
            if not excuse or excuse & {"", "clock"}:
                self._fault(event, f"{body.ticket} was called before {name}")

    def _fault(self, event: Recorded, words: str) -> None:
        self.faults.append(f"{event.seq}: {words}")

    def visit(self, name: str) -> Row:
        """The visit row that a ticket must have."""
        story = self.story(name)
        issued = story.issued
        body = issued.body
        assert isinstance(body, e.TicketIssued | e.TicketHandedInLate)
        there = body if isinstance(body, e.TicketIssued) else None
        told = there.expected if there else None
        waits = [(spell["called"] - spell["since"]).total_seconds() for spell in story.spells]
        served = [
            (s["ended"] - s["started"]).total_seconds() for s in story.spells if s["started"] and s["ended"]
        ]
        starts = [spell["started"] for spell in story.spells if spell["started"]]
        assert self._setup is not None
        return {
            "id": name,
            "hall": self.hall,
            "day": issued.day,
            "hour": story.taken.astimezone(ZoneInfo(self._setup.zone)).hour,
            "holder": body.holder,
            "number": story.number,
            "service": story.service,
            "service_group": story.group,
            "segment": body.segment,
            "channel": there.channel if there else "kiosk",
            "language": body.language,
            "state": story.state,
            "booked": there.booked if there else None,
            "issued": story.taken,
            "reference": story.ref or story.taken,
            "first_called": story.spells[0]["called"] if story.spells else None,
            "first_started": starts[0] if starts else None,
            "ended": story.ended,
            "calls": story.calls,
            "wait": waits[0] if waits else None,
            "total_wait": sum(waits),
            "served": sum(served),
            "accurate": all(spell["accurate"] for spell in story.spells),
            "counter": story.counter,
            "removed_by_staff": story.removed,
            "person": there.person if there else None,
            "expected_low": told.low if told else None,
            "expected_mid": told.mid if told else None,
            "expected_high": told.high if told else None,
        }

    def spells(self, name: str) -> list[Row]:
        """The spell rows that a ticket must have."""
        story = self.story(name)
        place = {"visit": name, "hall": self.hall, "day": story.issued.day}
        return [place | {"n": n + 1} | spell for n, spell in enumerate(story.spells)]

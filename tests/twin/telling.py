"""Days of a hall, played by its own rules with people drawn from its habits, in which all are told what to expect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from random import Random
from statistics import fmean

from qms.booking.rules.model import Booking, DayBook, Wanted
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.kernel.event import Command
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules.estimate import Outlook, Outlooks
from qms.queue.rules.fit import Fit, Trail
from qms.queue.rules.model import Expected
from qms.queue.rules.roll import Rolled, roll
from qms.queue.rules.state import Queue, draft
from qms.twin.rules.sim.habits import Habits, scene
from qms.twin.rules.sim.model import Outcome, Scene
from qms.twin.rules.sim.run import Play
from tests.booking.make import booking


@dataclass(frozen=True)
class Told:
    """What somebody was told on coming, the guesses of other methods (minutes), and how long they waited.

    `ql`: people ahead and oneself times the mean service over the counters; `les`: the wait of the
    last one called of the same line.
    """

    expected: Expected
    qlc: float
    ql: float
    les: float
    waited: float


class Telling(Play):
    """A day on which everybody is told a range on coming, from which the hall learns as people are called."""

    def __init__(self, scene: Scene, trails: Mapping[str, Trail], fit: Fit | None = None) -> None:
        super().__init__(scene)
        self.state.trails.update(trails)
        self.state.fit = fit
        self._day = hours.day_of(self.hall, scene.opens)
        self._due = {one.id: one for one in self._bookings()}
        self._guesses: list[tuple[Outcome, float, tuple[Expected, float, float, float]]] = []
        self._waiting: list[tuple[Outcome, int, float, float]] = []

    def _bookings(self) -> Iterator[Booking]:
        """All of the day's, also of those who will not come."""
        for one in self.scene.arrivals:
            if one.booked is not None:
                start = self.scene.opens + timedelta(minutes=one.booked)
                wanted = (Wanted(one.service),)
                yield booking(start, id=one.id, services=wanted, segment=one.segment, day=self._day)

    def told(self) -> Iterator[Told]:
        """What everybody was told who was called in the end."""
        for outcome, minute, guesses in self._guesses:
            if outcome.called is not None:
                yield Told(*guesses, outcome.called - minute)

    def while_waiting(self) -> Iterator[tuple[int, float]]:
        """Of those who waited over half an hour: how wrong the roll was when they came, and about 10, 20 and
        30 minutes later, with those minutes."""
        come = [(outcome, 0, minute, told[0].mid) for outcome, minute, told in self._guesses]
        for outcome, waited, minute, wait in come + self._waiting:
            if outcome.called is not None and outcome.called - (outcome.arrival.arrives or 0.0) > 31:
                yield waited, wait - (outcome.called - minute)

    def _joins(self, outcome: Outcome, ref: float, command: Command) -> Refusal | None:
        one = self._due.get(outcome.arrival.id) if isinstance(command, c.CheckIn) else None
        guesses = self._guess(outcome, one)
        if guesses is not None and isinstance(command, c.CheckIn | c.IssueTicket):
            command = replace(command, expected=guesses[0])
        no = super()._joins(outcome, ref, command)
        self._due.pop(outcome.arrival.id, None)
        if no is None and guesses is not None:
            self._guesses.append((outcome, self.minute, guesses))
        return no

    def _guess(self, outcome: Outcome, one: Booking | None) -> tuple[Expected, float, float, float] | None:
        state = self._seen()
        rolled = roll(state, self.now)
        self._waiting += self._about(rolled)
        line = (outcome.arrival.service, outcome.segment)

        def outlook(outlooks: Outlooks) -> Outlook:
            return outlooks.for_booking(one) if one is not None else outlooks.for_arrival(*line)

        best, plain = outlook(Outlooks(state, self.now, rolled=rolled)), outlook(Outlooks(state, self.now))
        if best.expected is None or plain.expected is None:
            return None
        return best.expected, plain.expected.mid, self._ql(state, line, plain.ahead), self._les(line)

    def _about(self, rolled: Rolled) -> Iterator[tuple[Outcome, int, float, float]]:
        """What the roll says of those who have waited about 10, 20 or 30 minutes."""
        for id, wait in rolled.tickets.items():
            outcome = self.outcomes[id]
            waited = self.minute - (outcome.arrival.arrives or 0.0)
            tens = round(waited, -1)
            if tens in (10, 20, 30) and abs(waited - tens) <= 0.5:
                yield outcome, int(tens), self.minute, wait

    def _seen(self) -> Queue:
        """The state with all of the day's bookings whose people have not checked in."""
        state = draft(self.state)
        state.calendar.days[self._day] = DayBook(self._day, dict(self._due))
        return state

    def _ql(self, state: Queue, line: tuple[str, str], ahead: int) -> float:
        part = self.hall.service(line[0])
        able = [d for d in state.desks.values() if d.state == "open" and line[0] in dict(d.profile)]
        minutes = part.minutes if part is not None else 0.0
        return (ahead + 1) * minutes / max(1, len(able))

    def _les(self, line: tuple[str, str]) -> float:
        called = [
            (o.called, o.called - (o.arrival.arrives or 0.0))
            for o in self.outcomes.values()
            if o.called is not None and (o.arrival.service, o.segment) == line
        ]
        return max(called)[1] if called else 0.0


def days(hall: Hall, habits: Habits, first: date, count: int, seed: int) -> list[Telling]:
    """So many days on which the hall is open, played; what is learnt of ranges is taken over."""
    open_hall = hall.model_copy(
        update={"conduct": hall.conduct.model_copy(update={"stop_at_closing": False})}
    )
    found: list[Telling] = []
    trails: dict[str, Trail] = {}
    on = first
    while len(found) < count:
        if hours.business_openings(hall, on):
            play = Telling(scene(habits, open_hall, on, Random(f"{seed} {on}")), trails)
            play.all()
            found.append(play)
            trails = play.state.trails
        on += timedelta(days=1)
    return found


def rmse(errors: list[float]) -> float:
    """The root of the mean squared error."""
    return sqrt(fmean(error * error for error in errors))

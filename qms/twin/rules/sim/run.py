"""Play a day: the hall's own `decide` and `apply` on a virtual clock.

One state is changed in place, act by act; nothing is stored. At one instant everything that was
bound to happen happens first (services end, counters open, people come), then free counters call,
the one that has been free for longest first, then those leave whose patience is at an end. Nothing
that lies ahead is looked at: how long somebody will take is not known to any rule.

Where the hall's rule has counters help other lines, the hall is rolled forward every minute, which
makes a day some fifty times as long to play.
"""

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

from qms.halls.rules.model import WALK_IN
from qms.kernel.event import Command, Event, Recorded
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.decide import decide
from qms.queue.rules.fold import apply
from qms.queue.rules.overflow import step
from qms.queue.rules.roll import roll
from qms.twin.rules.sim.model import End, Outcome, Scene, Stand
from qms.twin.rules.sim.morning import MINUTE, opened

HAPPENS, LEAVES = 0, 1
"""In which order things of one instant are done."""
Step = Callable[[Any], None]


@dataclass(slots=True)
class Post:
    """A staffed counter as it stands; the breaks still to come."""

    stand: Stand
    by: str
    serves: frozenset[str] = frozenset()
    breaks: list[tuple[float, float]] = field(default_factory=list)


def run(scene: Scene) -> tuple[Outcome, ...]:
    """What comes of everybody, in the order of the scene's arrivals; ValueError where ids are not unique."""
    play = Play(scene)
    play.all()
    return tuple(play.outcomes.values())


class Play:
    """A day being played."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.hall = scene, scene.hall
        self.outcomes = {one.id: Outcome(one, one.segment) for one in scene.arrivals}
        if len(self.outcomes) < len(scene.arrivals):
            raise ValueError(f"{scene.day}: two arrivals bear one id")
        self.state = opened(scene)
        self.minute, self.now = 0.0, scene.opens
        self.posts: dict[str, Post] = {}
        self.idle: dict[str, Post] = {}
        """Free counters, the one that has been free for longest first."""
        self.line: list[tuple[float, int, Outcome]] = []
        """All who wait, by reference time."""
        self.news = False
        """Whether somebody joined a line, or a counter became free, since free counters last called."""
        self.order = count()
        self.agenda: list[tuple[float, int, int, Step, Any]] = []
        for outcome in self.outcomes.values():
            if outcome.arrival.arrives is None:
                outcome.outcome = "never_came"
            else:
                self._later(outcome.arrival.arrives, self._comes, outcome)
        for stand in scene.roster:
            self._later(stand.opens, self._opens, stand)
        if scene.hall.conduct.overflow is not None and scene.roster:
            self._later(min(stand.opens for stand in scene.roster), self._balances, None)

    def all(self) -> None:
        """Play until nothing is left to happen."""
        agenda = self.agenda
        while agenda:
            minute, kind = agenda[0][:2]
            if minute != self.minute:
                self.minute, self.now = minute, self.scene.opens + minute * MINUTE
            while agenda and agenda[0][0] == minute and agenda[0][1] == kind:
                _, _, _, step, what = heappop(agenda)
                step(what)
            if self.news:
                self._call()

    def _later(self, minute: float, step: Step, what: Any, kind: int = HAPPENS) -> None:
        heappush(self.agenda, (minute, kind, next(self.order), step, what))

    def _do(self, command: Command) -> Refusal | None:
        """Put a command to the hall, and carry out what follows from it."""
        state = self.state
        decided = decide(state, command, self.now)
        if isinstance(decided, Refusal):
            return decided
        for body in decided:
            self._record(body)
        return None

    def _record(self, body: Event) -> None:
        state = self.state
        assert state.day is not None
        apply(state, Recorded(state.id, state.seq + 1, self.now, state.day, "", "", body))
        if type(body) is e.TicketCalled:
            self._called(body)

    def _must(self, command: Command) -> None:
        """Put a command that the hall cannot refuse, as things stand."""
        if (no := self._do(command)) is not None:
            raise RuntimeError(f"{command} was refused: {no.code}")

    # People

    def _comes(self, outcome: Outcome) -> None:
        one = outcome.arrival
        if (no := self._takes_number(outcome)) is not None:
            outcome.outcome, outcome.code = "refused", no.code
        elif one.patience is not None and outcome.outcome == "waiting":
            self._later(self.minute + one.patience, self._leaves, outcome, LEAVES)

    def _takes_number(self, outcome: Outcome) -> Refusal | None:
        """Somebody booked checks in; where that is too late, they take a number as if they had not booked."""
        one = outcome.arrival
        if one.booked is not None and self.state.day is not None:
            command = c.CheckIn(one.id, self.state.day, one.id, "", early=True)
            no = self._joins(outcome, max(self.minute, one.booked), command)
            if no is None or no.code != "check_in_late":
                return no
            outcome.segment = WALK_IN
        language = self.hall.languages[0]
        return self._joins(
            outcome, self.minute, c.IssueTicket(one.id, one.service, outcome.segment, language, "kiosk", "")
        )

    def _joins(self, outcome: Outcome, ref: float, command: Command) -> Refusal | None:
        outcome.ref = ref
        place = (ref, self.state.seq, outcome)
        insort(self.line, place)
        no = self._do(command)
        if no is None:
            self.news = True
        else:
            outcome.ref = None
            self.line.remove(place)
        return no

    def _leaves(self, outcome: Outcome) -> None:
        if outcome.called is None:
            self._must(c.CancelTicket(outcome.arrival.id, by_staff=False))
            outcome.outcome, outcome.finished = "left", self.minute
            self.line.remove(next(place for place in self.line if place[2] is outcome))

    # Counters

    def _opens(self, stand: Stand) -> None:
        """A shift begins; whoever is still at the counter from the one before goes on with it."""
        post = self.posts.get(stand.counter)
        if post is None:
            post = self.posts[stand.counter] = Post(stand, f"clerk-{stand.counter}")
            self._sits(post)
            self._free(post)
        else:
            post.stand = stand
            if self.state.desk(stand.counter).state == "open":
                self._sits(post)
        post.breaks = sorted(stand.breaks)
        self._later(stand.closes, self._rests, post)
        for begins, _ in stand.breaks:
            self._later(max(begins, stand.opens), self._rests, post)

    def _sits(self, post: Post) -> None:
        """A clerk signs on, or comes back."""
        part, wanted = self.hall.counter(post.stand.counter), post.stand.services
        own = part.services if part is not None else {}
        profile = tuple((id, level) for id, level in own.items() if id in wanted) if wanted else None
        self._must(c.OpenCounter(post.stand.counter, post.by, profile))
        post.serves = frozenset(service for service, _ in self.state.desk(post.stand.counter).profile)

    def _free(self, post: Post) -> None:
        self.idle[post.stand.counter] = post
        self.news = True
        self._rests(post)

    def _rests(self, post: Post) -> None:
        """A free counter whose break has come takes it; one whose time is over goes, or looks once more."""
        counter = post.stand.counter
        if counter not in self.idle:
            return
        if self.minute >= post.stand.closes:
            self.news = True
            if post.stand.closes < self.scene.closes:
                self._goes(post)
        elif post.breaks and post.breaks[0][0] <= self.minute:
            del self.idle[counter]
            _, minutes = post.breaks.pop(0)
            self._must(c.PauseCounter(counter, post.by, "break"))
            self._later(self.minute + minutes, self._returns, post)

    def _returns(self, post: Post) -> None:
        self._sits(post)
        self._free(post)

    def _goes(self, post: Post) -> None:
        del self.idle[post.stand.counter], self.posts[post.stand.counter]
        self._must(c.CloseCounter(post.stand.counter, post.by))

    def _call(self) -> None:
        """Free counters call, the one that has been free for longest first; past their time they go."""
        self.news = False
        for counter, post in list(self.idle.items()):
            if self.state.lines:
                self._do(c.CallNext(counter, post.by))
            if counter in self.idle and self.minute >= post.stand.closes:
                self._goes(post)

    def _called(self, body: e.TicketCalled) -> None:
        """Somebody was called: they walk to the counter, or, being gone, cost it a while."""
        outcome, post = self.outcomes[body.ticket], self.idle.pop(body.counter)
        outcome.called, outcome.counter = self.minute, body.counter
        self._passes(outcome, post)
        if outcome.arrival.comes:
            self._later(self.minute + self.hall.conduct.walk, self._starts, outcome)
        else:
            self._later(self.minute + self.scene.absent, self._missed, outcome)

    def _passes(self, called: Outcome, post: Post) -> None:
        """Count it for all who came before the one called, and wait for a service of that counter."""
        for n, (_, _, other) in enumerate(self.line):
            if other is called:
                del self.line[n]
                return
            other.passed += other.arrival.service in post.serves

    def _starts(self, outcome: Outcome) -> None:
        counter = outcome.counter or ""
        self._must(c.Start(counter, self.posts[counter].by, outcome.arrival.id))
        self._later(self.minute + outcome.arrival.minutes, self._finished, outcome)

    def _finished(self, outcome: Outcome) -> None:
        counter = outcome.counter or ""
        self._ended(outcome, "served", c.Finish(counter, self.posts[counter].by, outcome.arrival.id))

    def _missed(self, outcome: Outcome) -> None:
        counter = outcome.counter or ""
        self._ended(outcome, "missed", c.NoShow(counter, self.posts[counter].by, outcome.arrival.id))

    def _ended(self, outcome: Outcome, end: End, command: c.Finish | c.NoShow) -> None:
        self._must(command)
        outcome.outcome, outcome.finished = end, self.minute
        self._free(self.posts[command.counter])

    def _balances(self, _: None) -> None:
        """Every minute that counters are staffed the hall's rule sees which of them should help which line."""
        if self.state.lines or any(desk.opened for desk in self.state.desks.values()):
            one = step(self.state, roll(self.state, self.now), self.now)
            if one is not None:
                self._must(one)
                self.news = True
        if self.posts or self.minute < max(stand.closes for stand in self.scene.roster):
            self._later(self.minute + 1, self._balances, None)

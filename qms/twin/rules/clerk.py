"""What a clerk does next, seen from the terminal: the live view `clerk`, the clock, and who stands there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qms.kernel.clock import instant
from qms.queue.rules.shown import ClerkView
from qms.twin.rules import service
from qms.twin.rules.chance import Chance
from qms.twin.rules.day import LINGER, Day
from qms.twin.rules.persons import Person

SETTLE = timedelta(minutes=1)
"""After a refusal, or where there is nothing to do, the clerk looks again so much later."""
MEAL = timedelta(minutes=20)
SHORT = timedelta(minutes=10)
"""How long a break lasts of which nobody said how long, or a counter stays shut that somebody else shut."""
AT_ONCE = 0.4
"""Share of services after which the clerk ends one and calls the next with a single act."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act at the counter, as the interface names it."""

    name: str
    body: Mapping[str, Any] = field(default_factory=dict)


Step = Act | datetime
"""Do something, or wait until then or until the view changes."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One clerk's day: when they sit down, when they eat (None: not in the hall's hours), how fast they are."""

    day: Day
    sits: datetime
    meal: datetime | None
    pace: float


@dataclass(slots=True)
class Mind:
    """What a clerk remembers through the day. `me` is the account at the counter, once it was opened."""

    counter: str
    me: str | None = None
    ready: datetime | None = None
    ate: bool = False
    case: service.Case | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the screen. `find` tells who bears a ticket: None for somebody who is not simulated."""

    view: ClerkView
    shift: Shift
    mind: Mind
    find: Callable[[str], Person | None]
    now: datetime
    random: Chance

    @property
    def waiting(self) -> bool:
        """Whether the rule would call somebody to this counter."""
        return any("rank" in ticket for ticket in self.view["tickets"].values())

    @property
    def hungry(self) -> bool:
        """Whether it is time for the meal; one missed by an hour is left out."""
        meal = self.shift.meal
        return not self.mind.ate and meal is not None and meal <= self.now < meal + timedelta(hours=1)


def shift(day: Day, place: int, of: int, random: Chance) -> Shift:
    """The day of the clerk who is number `place` of `of` in the hall: meals are taken in turn.

    Nobody leaves a counter alone for a meal; a hall with a break of its own has its meal then.
    """
    length = day.closes - day.opens
    meal = None
    if of > 1 and len(day.spans) == 1 and length > timedelta(hours=5):
        meal = day.opens + length * (0.4 + 0.3 * place / of)
    sits = day.opens - timedelta(minutes=random.uniform(1, 6))
    return Shift(day, sits, meal, random.uniform(0.9, 1.1))


def step(look: Look) -> Step:
    """The next step; remembers in the look's mind what it is about."""
    desk, mind, day, now = look.view["counter"], look.mind, look.shift.day, look.now
    if now < look.shift.sits:
        return look.shift.sits
    if desk["state"] == "closed" and now >= day.closes:
        return day.closes + LINGER
    if mind.me is None:
        return Act("open", _profile(look.view["offered"]))
    if desk["state"] == "closed":  # by somebody else: the clerk was open before
        back = moment(desk["since"]) + SHORT if "since" in desk else now
        return Act("open", _profile(look.view["offered"])) if now >= back else back
    if desk.get("clerk") != mind.me:
        return now + SETTLE  # somebody else sits here
    held = desk.get("ticket")
    if held is not None and held in look.view["tickets"]:
        return _with(look, held)
    mind.case = None
    if desk["state"] == "paused":
        back = moment(desk["until"]) if "until" in desk else moment(desk["since"]) + SHORT
        return Act("open", _profile(desk["profile"])) if now >= back else back
    return _free(look)


def _profile(services: Mapping[str, int]) -> Mapping[str, Any]:
    return {"profile": dict(services)} if services else {}


def _with(look: Look, held: str) -> Step:
    """With somebody called or at the counter."""
    mind, ticket, person = look.mind, look.view["tickets"][held], look.find(held)
    serving = ticket["state"] == "serving"
    key = (held, serving, ticket["calls"])
    if mind.case is None or mind.case.key != key:
        if serving:
            minutes = look.view["services"][ticket["service"]]["minutes"] * look.shift.pace
            mind.case = service.serving(key, person, ticket, minutes, look.now, look.random)
        else:
            mind.case = service.called(key, person, look.now, look.random)
    case = mind.case
    if look.now < case.due:
        return case.due
    if not serving:
        spent = case.ending != "start" and ticket["calls"] >= look.view["hall"]["max_calls"]
        return Act("no-show" if spent else case.ending, {"ticket": held})
    mind.ready = look.now + timedelta(seconds=look.random.uniform(10, 45))
    return _end(look, held, case, person)


def _end(look: Look, held: str, case: service.Case, person: Person | None) -> Act:
    """The end of a service, as it was to be; a person acts out what it means for them."""
    body: dict[str, Any] = {"ticket": held}
    if person is not None and case.ending == "park":
        person.lacks_paper = False
        person.back = look.now + timedelta(minutes=look.random.uniform(6, 20))
        return Act("park", body)
    if person is not None and person.other is not None:
        other, person.other = person.other, None
        if case.ending == "transfer" and other != look.view["tickets"][held]["service"]:
            return Act("transfer", body | {"service": other})
    if case.ending == "not_provided":
        return Act("finish", body | {"outcome": "not_provided"})
    goes_on = look.shift.day.open_at(look.now) and not look.hungry and look.waiting
    if goes_on and look.random.random() < AT_ONCE:
        return Act("next", {"current": held})
    return Act("finish", body)


def _free(look: Look) -> Step:
    """At an open counter with nobody there."""
    view, mind, day, now = look.view, look.mind, look.shift.day, look.now
    away = _away(look)
    if now >= day.closes and (now >= day.closes + LINGER or not (away or _owed(look))):
        return Act("close")
    reopens = day.reopens(now)
    if reopens is not None and not look.waiting:
        return Act("pause", {"reason": "meal", "until": instant(reopens)})
    if look.hungry:
        mind.ate = True
        return Act("pause", {"reason": "meal", "until": instant(now + MEAL)})
    if now < day.opens:
        return day.opens
    if view["hall"]["state"] == "suspended":
        return now + SETTLE
    if mind.ready is not None and now < mind.ready:
        return mind.ready
    back = next((id for id, person in away if person.back and person.back <= now), None)
    if back is not None:
        return Act("resume", {"ticket": back})
    return Act("next") if look.waiting else now + SETTLE


def _owed(look: Look) -> bool:
    """Whether somebody who waits may be served here, now or a little later."""
    profile = look.view["counter"]["profile"]
    return any(
        "rank" in ticket
        or ("not_before" in ticket and ticket["service"] in profile)
        or ticket.get("only") == look.mind.counter
        for ticket in look.view["tickets"].values()
        if ticket["state"] == "waiting"
    )


def _away(look: Look) -> list[tuple[str, Person]]:
    """Those who went from this counter for a paper."""
    parked = (
        (id, look.find(id))
        for id, ticket in look.view["tickets"].items()
        if ticket["state"] == "parked" and ticket.get("counter") == look.mind.counter
    )
    return [(id, person) for id, person in parked if person is not None and person.back is not None]


def moment(text: str) -> datetime:
    """A moment of the live protocol."""
    return datetime.fromisoformat(text)

"""A day to be played by a hall's own rules, who comes, who staffs it, and what came of everybody.

Times are minutes from the moment `Scene.opens`; None where there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from qms.halls.rules.model import Hall

End = Literal["served", "missed", "left", "waiting", "refused", "never_came"]
"""How it ended: `missed` was called and absent, `left` gave the number back, `waiting` was never called."""
ABSENT = 1.5
"""Minutes that a counter spends on somebody who does not come."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who comes. All that chance decides about them is theirs, whatever rule is played.

    `arrives` None: booked, and never came. `minutes`: how long the service takes. `patience`: how
    long they wait from their arrival before they give the number back. `comes` False: takes a
    number and goes away without a word.
    """

    id: str
    service: str
    segment: str
    booked: float | None
    arrives: float | None
    minutes: float
    patience: float | None = None
    comes: bool = True


@dataclass(frozen=True, slots=True)
class Stand:
    """A counter that is staffed from `opens` to `closes`, with breaks as (begins, minutes).

    `services`: those that it takes (none named: all that it may). A break begins when the counter
    is free. One that closes when the hall does stays until nobody waits whom it serves.
    """

    counter: str
    opens: float
    closes: float
    breaks: tuple[tuple[float, float], ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """One day in one hall. `closes`: when the hall closes; `absent`: minutes lost on an absent person."""

    hall: Hall
    day: str
    opens: datetime
    closes: float
    arrivals: tuple[Arrival, ...]
    roster: tuple[Stand, ...]
    absent: float = ABSENT


@dataclass(slots=True)
class Outcome:
    """What came of an arrival. `segment` is the one of its ticket, `ref` its reference time.

    `passed`: how many who came later, by reference time, were called before it at a counter that
    serves it. `code`: why no number was given. (Filled in while the day is played, then left alone.)
    """

    arrival: Arrival
    segment: str
    outcome: End = "waiting"
    ref: float | None = None
    called: float | None = None
    finished: float | None = None
    counter: str | None = None
    passed: int = 0
    code: str | None = None

    @property
    def wait(self) -> float | None:
        """Minutes from the reference time to the call; none for somebody called before their hour."""
        if self.called is None or self.ref is None:
            return None
        return max(0.0, self.called - self.ref)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the same days are played: by which set-up, with which roster (None: that of the scene).

    `rosters` gives that of single days, by `Scene.day`.
    """

    name: str
    hall: Hall | None = None
    roster: tuple[Stand, ...] | None = None
    rosters: Mapping[str, tuple[Stand, ...]] = field(default_factory=dict)

    def of(self, scene: Scene) -> Scene:
        """The scene as this plan has it."""
        roster = self.rosters.get(scene.day, scene.roster if self.roster is None else self.roster)
        return replace(scene, hall=self.hall or scene.hall, roster=roster)


@dataclass(frozen=True, slots=True)
class Played:
    """A plan with its scenes, and what came of everybody in each of them."""

    plan: str
    scenes: Sequence[Scene]
    outcomes: Sequence[tuple[Outcome, ...]]

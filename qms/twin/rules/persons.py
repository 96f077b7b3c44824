"""Who comes to a hall: what they want, and how they will behave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qms.twin.rules.chance import Chance, around, pick

FIRST_LANGUAGE = 0.72
"""Share of people who choose the hall's first language; the others share the rest."""
SEGMENTS = 0.1
"""Share of people who belong to one of the groups offered at the kiosk."""
WEIGHTS: Mapping[str, float] = {"75-plus": 5, "small-child": 3}
"""How common a group is among them; 1 where nothing is said."""
FROM_HOME = 0.25
"""Share of people who take their number on the phone, where the hall lets them."""
LONGEST = 2.5
"""No matter takes longer than so many times the service's minutes."""
ABSENT, LACKS_PAPER, OTHER_MATTER = 0.03, 0.035, 0.04


@dataclass(slots=True)
class Person:
    """One citizen. Minutes unless said otherwise; what changes later is below the line."""

    service: str
    language: str
    segment: str | None
    from_home: bool
    work: float
    """How long the matter takes, as a multiple of the service's minutes."""
    walk: float
    """Seconds from the call to the counter."""
    patience: float
    comes: bool
    """False: takes a number and goes away without a word."""
    gives_back: bool
    """Whether the number is given back when patience ends."""
    lacks_paper: bool
    other: str | None
    """A further service for which the counter will hand the person over."""
    arrives: datetime
    """When the person is in the hall."""
    served: bool = False
    gone: bool = False
    back: datetime | None = None
    """When a person who went for a paper is back."""

    def here(self, now: datetime) -> bool:
        return self.comes and not self.gone and self.arrives <= now


def person(
    random: Chance, card: Mapping[str, Any], weights: Mapping[str, float], now: datetime, *, home: bool
) -> Person:
    """Somebody who comes now; `weights` says how common each service is, `home` whether phones may join."""
    service = pick(random, weights)
    segment = _segment(random, card["segments"])
    slow = segment in WEIGHTS
    others = [id for id in weights if id != service] if random.random() < OTHER_MATTER else []
    return Person(
        service=service,
        language=_language(random, card["languages"]),
        segment=segment,
        from_home=home and random.random() < FROM_HOME,
        work=min(LONGEST, around(random, 1.15 if slow else 1.0, 0.55)),
        walk=around(random, 40 if slow else 25, 0.4),
        patience=around(random, 80, 0.5),
        comes=random.random() >= ABSENT,
        gives_back=random.random() < 0.6,
        lacks_paper=random.random() < LACKS_PAPER,
        other=random.choice(others) if others else None,
        arrives=now,
    )


def puts_off(random: Chance, expected: float) -> bool:
    """Whether somebody who reads that the wait will be `expected` minutes goes away at once."""
    return random.random() < min(0.9, max(0.0, (expected - 20) / 40))


def _language(random: Chance, languages: Sequence[str]) -> str:
    if len(languages) == 1 or random.random() < FIRST_LANGUAGE:
        return languages[0]
    return random.choice(list(languages[1:]))


def _segment(random: Chance, segments: Sequence[Mapping[str, Any]]) -> str | None:
    offered = {s["id"]: WEIGHTS.get(s["id"], 1) for s in segments if s["offered"] == "kiosk"}
    return pick(random, offered) if offered and random.random() < SEGMENTS else None

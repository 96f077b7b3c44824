"""The grid of appointments from the times that services really take.

    grid = service mean / target use

18 minutes at a use of 90 % make a time every 20 minutes. The mean is shrunk towards what the
office configured, (30 c0 + sum) / (30 + n), so that a few odd visits do not move the grid, and
spells that were left open over lunch are cut at the 99 % quantile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from qms.planning.rules.inputs import number

PRIOR = 30
"""The configured minutes weigh as much as so many measured visits."""
USE = 0.9
_CUT = 0.99
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a service takes: `mean` as to be planned with, spread `cv`, from so many visits."""

    mean: float
    cv: float
    visits: int


def measured(minutes: Sequence[float], configured: float) -> Measured:
    """The time of a service from its visits and from what is configured; raises ValueError."""
    number("the configured minutes", configured, 0, above=True)
    for each in minutes:
        number("minutes of service", each, 0)
    cut = _cut(minutes)
    mean = (PRIOR * configured + sum(cut)) / (PRIOR + len(cut))
    if len(cut) < 2:
        return Measured(mean, 1.0, len(cut))
    middle = sum(cut) / len(cut)
    spread = sqrt(sum((each - middle) ** 2 for each in cut) / (len(cut) - 1)) / middle if middle else 1.0
    weight = len(cut) / (PRIOR + len(cut))
    return Measured(mean, weight * spread + (1 - weight), len(cut))


def _cut(minutes: Sequence[float]) -> list[float]:
    if not minutes:
        return []
    ordered = sorted(minutes)
    longest = ordered[ceil(_CUT * len(ordered)) - 1]
    return [min(each, longest) for each in minutes]


def grid(mean: float, use: float = USE, step: int = 5) -> int:
    """Minutes from one appointment to the next: at most `use` of them are work, in whole `step`s. Raises ValueError."""
    number("minutes of service", mean, 0, above=True)
    number("target use", use, 0.1, 1)
    number("the step", step, 1, 60)
    return max(step, step * ceil(mean / use / step - _ROUNDING))

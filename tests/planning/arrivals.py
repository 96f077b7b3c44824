"""A hall's arrivals as drawn: weekdays, a day's course, starts of months, days after days off, days of their own level.

The generator knows nothing of how they are forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp

import numpy as np

from qms.planning.rules.forecast import Day, Marks

WEEKDAYS = (1.3, 1.0, 0.9, 0.9, 0.7)


@dataclass(frozen=True)
class World:
    """What is so. `level` is a middle day's people; `spread` the deviation of a day's own level."""

    level: float = 220.0
    month_start: float = 1.25
    after_off: float = 1.15
    spread: float = 0.08

    def profile(self) -> list[float]:
        """Shares of a day's people by half hour, from eight to four; two humps."""
        course = [
            exp(-(((n - 19) / 3) ** 2)) + 0.5 * exp(-(((n - 27) / 3) ** 2)) if 16 <= n < 32 else 0.0
            for n in range(48)
        ]
        return [each / sum(course) for each in course]

    def mean(self, day: date, marks: Marks) -> float:
        """The people who come on a day of usual level."""
        usual = self.level * WEEKDAYS[day.weekday()]
        usual *= self.month_start if marks.starts_month(day) else 1.0
        return usual * (self.after_off if marks.follows_off(day) else 1.0)

    def days(self, working: Sequence[date], seed: int) -> list[Day]:
        """Drawn days."""
        draw, marks = np.random.default_rng(seed), Marks(working)
        shape = 1 / self.spread**2 if self.spread else 0.0
        found = []
        for day in working:
            level = draw.gamma(shape, 1 / shape) if shape else 1.0
            means = [self.mean(day, marks) * level * share for share in self.profile()]
            found.append(Day(day, tuple(int(draw.poisson(mean)) for mean in means)))
        return found


def working_days(first: date, count: int, off: Sequence[date] = ()) -> list[date]:
    """So many days from Monday to Friday, without the days off."""
    found: list[date] = []
    day = first
    while len(found) < count:
        if day.weekday() < 5 and day not in off:
            found.append(day)
        day += timedelta(days=1)
    return found

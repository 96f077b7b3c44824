"""When people come: a Poisson process whose rate follows the day, with a peak in the morning."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from qms.twin.rules.chance import Chance
from qms.twin.rules.day import Day

SHAPE = ((0.0, 0.9), (0.1, 1.35), (0.3, 1.25), (0.5, 0.85), (0.7, 1.0), (0.85, 0.75), (1.0, 0.3))
"""How busy it is, by the share of the day that has passed; between these points in a straight line."""
_AREA = sum((b - a) * (low + high) / 2 for (a, low), (b, high) in pairwise(SHAPE))
PEAK = max(height for _, height in SHAPE) / _AREA
EARLY = timedelta(minutes=10)
"""The first people stand at the kiosk before the counters open."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Arrivals of one hall on one day: `per_hour` is the mean over the day."""

    day: Day
    per_hour: float

    @property
    def begins(self) -> datetime:
        return self.day.opens - EARLY

    @property
    def ends(self) -> datetime:
        return self.day.last_ticket

    def rate(self, at: datetime) -> float:
        """People an hour at a moment."""
        if not self.begins <= at < self.ends:
            return 0.0
        passed = (at - self.begins) / (self.ends - self.begins)
        (x, low), (y, high) = next(pair for pair in pairwise(SHAPE) if passed <= pair[1][0])
        return self.per_hour * (low + (high - low) * (passed - x) / (y - x)) / _AREA

    def next(self, after: datetime, random: Chance) -> datetime | None:
        """The next arrival, None when nobody comes any more that day.

        By thinning: candidates at the peak's rate, each kept with the share that its moment has of it
        (Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", 1979).
        """
        peak, at = self.per_hour * PEAK, max(after, self.begins)
        if peak <= 0:
            return None
        while at < self.ends:
            at += timedelta(hours=random.expovariate(peak))
            if random.random() * peak < self.rate(at):
                return at
        return None

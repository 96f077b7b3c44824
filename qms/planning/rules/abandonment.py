"""Waits where people leave again: Erlang A.

As Erlang C, and whoever waits loses patience after an exponential time of mean `patience`
(C. Palm 1946; Garnett, Mandelbaum and Reiman 2002). The number in the hall is a birth-death
chain with deaths at min(n, c)/m + max(0, n - c)/patience; of those who come the share
E[queue] / (rate x patience) leaves. It always settles.

The wait of one who would stay and finds k people waiting is a sum of exponential times with
rates (c/m + j/patience), j = 0..k, so exp(-wait/patience) is Beta(s, k + 1) distributed with
s = c patience / m; its tail is the finite sum of `tails`.
"""

from dataclasses import dataclass
from functools import cached_property
from math import exp, expm1, log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from qms.planning.rules.inputs import clerks_of, load_of, number

Vector = NDArray[np.float64]
_LONGEST = 2_000_000
"""States of the chain that are looked at."""
_TAIL = 40.0
"""The chain is cut where what is left out is about exp(-40) of it."""


@dataclass(frozen=True, eq=False)
class Leaving:
    """What people meet at a line that some leave. `waiting[k]` is the chance to find all clerks busy and k waiting."""

    clerks: int
    rate: float
    minutes: float
    patience: float
    waiting: Vector
    settles = True

    @property
    def load(self) -> float:
        """The work that comes in, in clerks, if nobody left."""
        return self.rate * self.minutes

    @property
    def p_wait(self) -> float:
        """The share that finds every clerk busy."""
        return min(1.0, float(self.waiting.sum()))

    @cached_property
    def queue(self) -> float:
        """People waiting, on average."""
        return float(self.waiting @ np.arange(len(self.waiting)))

    @property
    def leave_share(self) -> float:
        """The share of those who come that leaves without having been called."""
        return min(1.0, self.queue / (self.rate * self.patience))

    @property
    def mean_wait(self) -> float:
        """Minutes spent waiting on average, by those who leave as well (Little)."""
        return self.queue / self.rate

    @property
    def occupancy(self) -> float:
        """The share of their time for which clerks are busy."""
        return self.rate * (1 - self.leave_share) * self.minutes / self.clerks

    def level(self, within: float) -> float:
        """The share of those who come that is called within so many minutes; who leaves is not."""
        stay, people = self._stay, np.arange(len(self.waiting))
        later = tails(stay + 1, within / self.patience, len(people))
        return float(1 - self.waiting @ (1 - stay / (stay + people + 1) * (1 - later)))

    def still_waiting(self, minutes: float) -> float:
        """The share that is neither called nor gone after so many minutes."""
        patiences = minutes / self.patience
        return exp(-patiences) * float(self.waiting @ tails(self._stay, patiences, len(self.waiting)))

    def quantile(self, share: float) -> float:
        """Minutes after which that share has been called or has left."""
        low, high = 0.0, -log(1 - share) * self.patience
        if self.p_wait <= 1 - share:
            return 0.0
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if self.still_waiting(middle) > 1 - share else (low, middle)
        return high

    @property
    def _stay(self) -> float:
        return self.clerks * self.patience / self.minutes


def line(rate: float, minutes: float, clerks: int, patience: float) -> Leaving:
    """The line of `clerks` for so many arrivals a minute who wait `patience` minutes on average; raises ValueError."""
    load = load_of(rate, minutes)
    clerks_of(clerks)
    number("patience", patience, 0, above=True)
    # Logarithms of the chances, beside that of "all busy, nobody waiting".
    below = np.cumsum(np.log(np.arange(clerks, 0, -1) / load))
    people = np.arange(1, _longest(rate, minutes, clerks, patience))
    above = np.concatenate([[0.0], np.cumsum(log(rate) - np.log(clerks / minutes + people / patience))])
    top = max(float(below.max()), float(above.max()))
    whole = np.exp(below - top).sum() + np.exp(above - top).sum()
    return Leaving(clerks, rate, minutes, patience, np.exp(above - top) / whole)


def _longest(rate: float, minutes: float, clerks: int, patience: float) -> int:
    """So many waiting are never exceeded, near enough: where each further one is much less likely."""
    peak = max(0.0, (rate - clerks / minutes) * patience)
    by_leaving = peak + _TAIL + sqrt(2 * _TAIL * rate * patience)
    slack = clerks / (rate * minutes) - 1
    by_serving = _TAIL / log1p(slack) if slack > 0 else by_leaving
    most = min(by_leaving, by_serving) + 2
    if most > _LONGEST:
        raise ValueError("more people would wait than can be reckoned with; less patience or more clerks")
    return int(most)


def tails(stay: float, patiences: float, people: int) -> Vector:
    """For k = 0, 1, … people ahead: the chance that one who stays is not called within so many `patiences`.

    e^(-s t) sum over j <= k of (s)_j / j! (1 - e^-t)^j, with t in patiences.
    """
    if patiences <= 0:
        return np.ones(people)
    ahead = np.arange(people - 1)
    steps = np.log((stay + ahead) / (ahead + 1)) + log(-expm1(-patiences))
    terms = np.concatenate([[0.0], np.cumsum(steps)])[:people] - stay * patiences
    found: Vector = np.minimum(1.0, np.cumsum(np.exp(terms)))
    return found

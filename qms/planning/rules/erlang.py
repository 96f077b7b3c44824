"""Waits where everybody stays: Erlang B and C.

People come at random, are served by `clerks` who can all serve them, and wait in one line
(M/M/c). A. K. Erlang 1917; the recursion for B is stable for any number of clerks:

    B_0 = 1,  B_k = a B_{k-1} / (k + a B_{k-1}),  C = B / (1 - (a/c)(1 - B))
    Wq = C m / (c - a),  P(W <= t) = 1 - C exp(-(c - a) t / m)

with a = rate x m the offered load in clerks. `m` is the whole cycle of a clerk (service, walk,
calls that nobody answers), not the service alone. Service times that spread otherwise than
exponentially (coefficient of variation `cv`) stretch the wait by (1 + cv^2)/2 (Allen and
Cunneen's approximation for M/G/c; exact for one clerk). Times are minutes, rates per minute.
"""

from dataclasses import dataclass
from math import exp, inf, log

from qms.planning.rules.inputs import clerks_of, load_of, number


def blocking(load: float, clerks: int) -> float:
    """Erlang B: the share that finds all clerks busy and goes at once."""
    lost = 1.0
    for k in range(1, clerks + 1):
        lost = load * lost / (k + load * lost)
    return lost


def delayed(load: float, clerks: int) -> float:
    """Erlang C: the share that has to wait; everybody where the load is beyond the clerks."""
    if load >= clerks:
        return 1.0
    lost = blocking(load, clerks)
    return lost / (1 - load / clerks * (1 - lost))


@dataclass(frozen=True, slots=True)
class Line:
    """What people meet at a line that has settled; one that never settles (`settles`) grows without end:
    then everybody waits and no time is long enough."""

    clerks: int
    load: float
    p_wait: float
    pace: float
    """Minutes between two calls while all are busy, on average, stretched by the spread of service times."""
    leave_share: float = 0.0

    @property
    def settles(self) -> bool:
        """Whether the clerks keep up."""
        return self.load < self.clerks

    @property
    def occupancy(self) -> float:
        """The share of their time for which clerks are busy."""
        return min(1.0, self.load / self.clerks)

    @property
    def mean_wait(self) -> float:
        """Minutes that people wait on average, those who do not wait among them."""
        return self.p_wait * self.pace

    def level(self, within: float) -> float:
        """The share that is called within so many minutes."""
        return 1 - self.p_wait * exp(-within / self.pace) if self.settles else 0.0

    def quantile(self, share: float) -> float:
        """Minutes within which that share is called."""
        if not self.settles:
            return inf
        return self.pace * max(0.0, log(self.p_wait / (1 - share))) if self.p_wait > 0 else 0.0


def line(rate: float, minutes: float, clerks: int, cv: float = 1.0) -> Line:
    """The line of `clerks` for so many arrivals a minute, each `minutes` of a clerk; raises ValueError."""
    load = load_of(rate, minutes)
    clerks_of(clerks)
    number("the spread of service times", cv, 0, 100)
    pace = minutes / (clerks - load) * (1 + cv * cv) / 2 if load < clerks else inf
    return Line(clerks, load, delayed(load, clerks), pace)

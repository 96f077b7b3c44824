"""The square root rule: clerks for the work and some for its chance variation.

    c = ceil(a + beta sqrt(a)),  P(wait) = 1 / (1 + beta Phi(beta) / phi(beta))

Halfin and Whitt 1981: near enough to Erlang C for halls of any size, and it shows why large
halls need less reserve for each clerk than small ones.
"""

from math import ceil, sqrt
from statistics import NormalDist

from qms.planning.rules.inputs import MOST, number

_NORMAL = NormalDist()


def p_wait(beta: float) -> float:
    """The share that waits, with a reserve of `beta` square roots of the load."""
    number("beta", beta, 0, 30)
    return 1 / (1 + beta * _NORMAL.cdf(beta) / _NORMAL.pdf(beta))


def beta(share: float) -> float:
    """The reserve with which that share waits; raises ValueError outside of 0 to 1."""
    number("the share that waits", share, 1e-12, 1)
    low, high = 0.0, 8.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if p_wait(middle) > share else (low, middle)
    return (low + high) / 2


def clerks(load: float, share: float) -> int:
    """How many clerks it takes so that about that share waits; raises ValueError."""
    number("the work that comes in, in clerks,", load, 0, MOST, above=True)
    return ceil(load + beta(share) * sqrt(load))

"""Mean waits of classes of people under a rule of calling, all with the same service times.

Kleinrock 1964 (a delay dependent queue discipline) and Stanford, Taylor and Ziedins 2014: people
of class i gather points at `rates[i]` a minute, the most points are called. With W the mean wait
of first come, first served, rho_i the class's share of the clerks' time and classes in falling
order of rates,

    W_p = (W - sum over i below p of rho_i W_i (1 - b_i/b_p)) / (1 - sum over i above p of rho_i (1 - b_p/b_i))

Strict priority is its limit (b_i/b_p = 0), equal rates are first come, first served. For one
clerk and for c clerks with exponential service of one mean the formula is exact. Whatever the
rule, sum of rho_i W_i is the same (Kleinrock's conservation law): who gains takes it from others.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import inf

from qms.planning.rules import erlang
from qms.planning.rules.inputs import number


def accumulating(
    arrivals: Sequence[float], minutes: float, clerks: int, rates: Sequence[float]
) -> tuple[float, ...]:
    """Mean wait of each class; `arrivals` a minute, classes in falling order of `rates`. Raises ValueError."""
    if len(arrivals) != len(rates) or not arrivals:
        raise ValueError("every class has arrivals and a rate")
    for rate in rates:
        number("a rate", rate, 0, above=True)
    if any(first < second for first, second in pairwise(rates)):
        raise ValueError("classes must stand in falling order of their rates")
    return _waits(arrivals, minutes, clerks, lambda low, high: rates[low] / rates[high])


def strict(arrivals: Sequence[float], minutes: float, clerks: int) -> tuple[float, ...]:
    """Mean wait of each class, where an earlier class always goes first."""
    return _waits(arrivals, minutes, clerks, lambda _low, _high: 0.0)


def fcfs(arrivals: Sequence[float], minutes: float, clerks: int) -> tuple[float, ...]:
    """Mean wait of each class, first come, first served."""
    return _waits(arrivals, minutes, clerks, lambda _low, _high: 1.0)


def _waits(
    arrivals: Sequence[float], minutes: float, clerks: int, ratio: Callable[[int, int], float]
) -> tuple[float, ...]:
    """`ratio(low, high)`: how fast a lower class gathers points beside a higher one, 0 to 1."""
    for each in arrivals:
        number("arrivals of a class", each, 0)
    all_alike = erlang.line(sum(arrivals), minutes, clerks)
    if not all_alike.settles:
        return (inf,) * len(arrivals)
    busy = [each * minutes / clerks for each in arrivals]
    waits = [0.0] * len(arrivals)
    for p in reversed(range(len(arrivals))):
        gained = sum(busy[i] * waits[i] * (1 - ratio(i, p)) for i in range(p + 1, len(arrivals)))
        passed = sum(busy[i] * (1 - ratio(p, i)) for i in range(p))
        waits[p] = (all_alike.mean_wait - gained) / (1 - passed)
    return tuple(waits)

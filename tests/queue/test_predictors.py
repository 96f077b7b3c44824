"""Known figures of simple predictors of a wait, from the literature: why the estimate counts people."""

from heapq import heapreplace

import numpy as np
import pytest

from qms.queue.rules.queue_length import drained


def waits(arrivals: np.ndarray, services: np.ndarray, servers: int) -> np.ndarray:
    """When each is called who comes to so many servers, first come, first served."""
    free, called = [0.0] * servers, []
    for comes, takes in zip(arrivals.tolist(), services.tolist(), strict=True):
        at = max(comes, free[0])
        heapreplace(free, at + takes)
        called.append(at)
    return np.array(called)


def test_the_last_delays_err_twice_as_much_as_counting_people() -> None:
    """SCIENCE A4: in M/M/10 at load 0.95, of those who wait, MSE(LES) is 2.11 and MSE(HOL) 2.02 times MSE(QL).

    LES: the wait of the last one called; HOL: how long the first in line has waited so far. Source:
    Ibrahim and Whitt, "Real-time delay estimation based on delay history", M&SOM 11, 2009.
    """
    rng, people, servers = np.random.default_rng(2026), 1_000_000, 10
    arrivals = np.cumsum(rng.exponential(1 / (0.95 * servers), people))
    called = waits(arrivals, rng.exponential(1, people), servers)
    waited, order = called - arrivals, np.arange(people)
    first = np.searchsorted(called, arrivals, "right")
    last = np.searchsorted(called, arrivals, "left") - 1
    counted = (waited > 1e-9) & (order > 20_000)

    def mse(guess: np.ndarray) -> float:
        return float(np.mean((guess - waited)[counted] ** 2))

    ahead = order - first
    by_people = np.array([drained(n, servers, 1.0) for n in range(int(ahead.max()) + 1)])
    ql = mse(by_people[ahead])
    assert mse(waited[last]) / ql == pytest.approx(2.11, rel=0.05)
    hol = np.where(first < order, arrivals - arrivals[np.minimum(first, people - 1)], 0)
    assert mse(hol) / ql == pytest.approx(2.02, rel=0.05)

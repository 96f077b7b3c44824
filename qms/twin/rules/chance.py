"""Chance, as the rules know it: a source that is passed in, and draws that several of them share."""

from collections.abc import Mapping, Sequence
from math import exp, log, sqrt
from typing import Protocol, TypeVar

T = TypeVar("T")


class Chance(Protocol):
    """What is asked of `random.Random`."""

    def random(self) -> float: ...
    def uniform(self, a: float, b: float) -> float: ...
    def gauss(self, mu: float, sigma: float) -> float: ...
    def expovariate(self, lambd: float) -> float: ...
    def choice(self, seq: Sequence[T]) -> T: ...
    def choices(self, population: Sequence[T], weights: Sequence[float]) -> list[T]: ...


def around(random: Chance, mean: float, spread: float) -> float:
    """A log-normal draw with this mean; `spread` is its standard deviation over the mean."""
    sigma = sqrt(log(1 + spread * spread))
    return mean * exp(random.gauss(-sigma * sigma / 2, sigma))


def pick(random: Chance, weights: Mapping[T, float]) -> T:
    """One of the keys, each as likely as its weight."""
    return random.choices(list(weights), list(weights.values()))[0]

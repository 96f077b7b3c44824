"""Quantiles of the gamma distribution, for the range of an estimate that nothing has taught yet."""

from functools import lru_cache
from math import exp, lgamma, log, sqrt


def distribution(shape: float, x: float) -> float:
    """P(X <= x) for a gamma variable of scale 1: the regularised lower incomplete gamma function."""
    if x <= 0:
        return 0.0
    return _series(shape, x) if x < shape + 1 else 1 - _fraction(shape, x)


def beyond(shape: float, x: float) -> float:
    """P(X > x) for a gamma variable of scale 1, exact also where it is tiny."""
    if x <= 0:
        return 1.0
    return 1 - _series(shape, x) if x < shape + 1 else _fraction(shape, x)


def _front(shape: float, x: float) -> float:
    return exp(shape * log(x) - x - lgamma(shape))


def _series(shape: float, x: float) -> float:
    """P(X <= x), which converges fast below shape + 1: Abramowitz and Stegun 6.5.29."""
    term = total = 1 / shape
    k = shape
    while abs(term) > abs(total) * 1e-15:
        k += 1
        term *= x / k
        total += term
    return _front(shape, x) * total


def _fraction(shape: float, x: float) -> float:
    """P(X > x) above shape + 1, as a continued fraction (Lentz): Abramowitz and Stegun 6.5.31."""
    tiny = 1e-300
    b = x + 1 - shape
    c, d = 1 / tiny, 1 / b
    h = d
    for i in range(1, 500):
        a = -i * (i - shape)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return _front(shape, x) * h


@lru_cache(maxsize=4096)
def quantile(shape: float, share: float) -> float:
    """The value below which a `share` (0 to 1) of a gamma variable of scale 1 lies, by bisection."""
    low, high = 0.0, shape + 20 * (sqrt(shape) + 1)
    while high - low > 1e-12 * (1 + high):
        middle = (low + high) / 2
        if distribution(shape, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2

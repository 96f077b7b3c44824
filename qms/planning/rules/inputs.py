"""What is asked of every figure that goes into a formula, said in one way."""

from math import isfinite

MOST = 20_000
"""So many clerks, or so much work for clerks, is more than any hall has."""


def number(
    name: str, value: float, low: float, high: float = float("inf"), *, above: bool = False
) -> float:
    """`value` itself; raises ValueError in plain words where it is no number from `low` to `high`.

    With `above` it must be more than `low`.
    """
    sound = isfinite(value) and (value > low if above else value >= low) and value <= high
    if not sound:
        floor = f"above {low:g}" if above else f"of at least {low:g}"
        ceiling = f" and at most {high:g}" if isfinite(high) else ""
        raise ValueError(f"{name} must be a number {floor}{ceiling}, not {value:g}")
    return value


def clerks_of(value: int) -> int:
    """A number of clerks; raises ValueError."""
    number("clerks", value, 1, MOST)
    return value


def load_of(rate: float, minutes: float) -> float:
    """The offered load: how many clerks are busy on average where nobody waits. Raises ValueError."""
    number("arrivals per minute", rate, 0, above=True)
    number("minutes of service", minutes, 0, above=True)
    return number("the work that comes in, in clerks,", rate * minutes, 0, MOST)

"""What a replayed log came to, by day and room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Served:
    """One spell as the ledger has it; `wait` is in seconds, from `since` to the call."""

    day: date
    room: str
    ticket: str
    wait: float


@dataclass(frozen=True, slots=True)
class Figures:
    """`tickets` counts different ones, `served` counts spells; waits in seconds.

    `day` or `room` None: all of them.
    """

    day: date | None
    room: str | None
    tickets: int
    served: int
    mean_wait: float
    p90_wait: float


def percentile(values: Sequence[float], share: float) -> float:
    """The value at `share` (0 to 1) of the way through at least one value, put in order.

    Linear interpolation between the closest ranks: the values stand at 0, 1, … n-1, and the answer
    is read at share * (n-1) (Hyndman and Fan, "Sample quantiles in statistical packages", type 7).
    """
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def table(spells: Iterable[Served]) -> list[Figures]:
    """Figures of each day, room by room and then in all, and of all days likewise."""
    everything = list(spells)
    seen = sorted({(s.day, s.room) for s in everything})
    cells: list[tuple[date | None, str | None]] = []
    for day in sorted({day for day, _ in seen}):
        cells += [(day, room) for own, room in seen if own == day]
        cells.append((day, None))
    cells += [(None, room) for room in sorted({room for _, room in seen})]
    return [_figures(day, room, everything) for day, room in [*cells, (None, None)] if everything]


def _figures(day: date | None, room: str | None, spells: Sequence[Served]) -> Figures:
    mine = [s for s in spells if day in (None, s.day) and room in (None, s.room)]
    waits = [s.wait for s in mine]
    tickets = {(s.day, s.ticket) for s in mine}
    return Figures(day, room, len(tickets), len(mine), sum(waits) / len(waits), percentile(waits, 0.9))

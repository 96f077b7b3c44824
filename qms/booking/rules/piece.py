"""What is matched to lanes: stretches of bookings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A stretch of a booking at one counter, from minute `start` until `end` (`minutes` as bits).

    `lanes`: those that can serve it, as bits. `counts` says which pool counts it and when: (pool,
    first minute, end). `rank` orders pieces; only those that are alike may have the same.
    """

    start: int
    end: int
    lanes: int
    minutes: int
    counts: tuple[tuple[int, int, int], ...]
    rank: int


Rows = list[list[Piece]]
"""The pieces on each lane, in no order; bookings alike share a piece, which then is there several times."""

"""The exact search for room: every way to lay bookings upon lanes, within bounds.

It looks near the new piece first, all else staying where it is, and then farther. Only what was
searched to the end, with all that could matter, is known not to fit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qms.booking.rules.minutes import each
from qms.booking.rules.piece import Piece, Rows

LIMIT = 2000
"""Effort of one look: lanes times pieces laid, of about a microsecond each. More, and it is given up."""
FAR = (1, 2, 1_000_000)
"""How far each look goes: over how many overlaps in time from the new piece."""
Lying = tuple[Piece, int]
"""A piece, and the lane that it lies on; -1: none yet."""


@dataclass(slots=True)
class Tally:
    """How often something came about since the process began."""

    count: int = 0


GIVEN_UP = Tally()
"""Searches that were given up, and so perhaps times not offered that were free."""


def search(rows: Rows, piece: Piece, kinds: Sequence[int]) -> tuple[Rows | None, bool]:
    """Rows that have the piece as well; None if there are none or, as the second says, it was given up."""
    for far in FAR:
        near, apart, whole = _split(rows, piece, far)
        chosen, gave_up = _look([*near, (piece, -1)], _Sweep(apart, kinds))
        if chosen is not None:
            for other, lane in chosen:
                apart[lane].append(other)
            return apart, False
        if whole:
            GIVEN_UP.count += gave_up
            return None, gave_up
    raise AssertionError("the last look is at everything")


def _split(rows: Rows, piece: Piece, far: int) -> tuple[list[Lying], Rows, bool]:
    """Part what is near a piece, through overlaps in time and shared lanes, from all the rest.

    The third says whether nothing of the rest could matter.
    """
    start, end, lanes = piece.start, piece.end, piece.lanes
    rest = [(other, lane) for lane, row in enumerate(rows) for other in row]
    near: list[Lying] = []
    whole = False
    while far and not whole:
        found = [x for x in rest if x[0].lanes & lanes and x[0].start < end and start < x[0].end]
        far, whole = far - 1, not found
        if found:
            rest = [x for x in rest if not (x[0].lanes & lanes and x[0].start < end and start < x[0].end)]
            near += found
            start = min(start, min(other.start for other, _ in found))
            end = max(end, max(other.end for other, _ in found))
            for other, _ in found:
                lanes |= other.lanes
    apart: Rows = [[] for _ in rows]
    for other, lane in rest:
        apart[lane].append(other)
    return near, apart, whole


class _Sweep:
    """Lays pieces upon lanes in order of time; `apart` stays where it is."""

    def __init__(self, apart: Rows, kinds: Sequence[int]) -> None:
        self.kept = [0] * len(apart)
        for lane, row in enumerate(apart):
            for piece in row:
                self.kept[lane] |= piece.minutes
        alike: dict[tuple[int, int], int] = {}
        self.kinds = [alike.setdefault(x, len(alike)) for x in zip(kinds, self.kept, strict=True)]
        self.ends = [0] * len(apart)
        self.pieces: list[Lying] = []

    def options(self, at: int) -> Iterator[int]:
        """The lanes that are free for a piece, its present one first; of those that are alike, one."""
        piece, now = self.pieces[at]
        known = set()
        free = [
            lane
            for lane in each(piece.lanes)
            if self.ends[lane] <= piece.start and not self.kept[lane] & piece.minutes
        ]
        for lane in sorted(free, key=lambda lane: lane != now):
            if self.kinds[lane] not in known:
                known.add(self.kinds[lane])
                yield lane

    def state(self, at: int) -> tuple[int, tuple[tuple[int, int], ...]]:
        """What the rest depends on: how long lanes, of each kind, are taken."""
        start = self.pieces[at][0].start
        ends = zip(self.kinds, self.ends, strict=True)
        return at, tuple(sorted((kind, end) for kind, end in ends if end > start))


def _look(pieces: list[Lying], sweep: _Sweep) -> tuple[list[Lying] | None, bool]:
    """A lane for every piece; None, if there is no way or, as the second says, it was given up."""
    sweep.pieces = sorted(pieces, key=lambda lying: (lying[0].rank, lying[1]))
    chosen: list[tuple[int, int]] = []
    paths = [(sweep.state(0), sweep.options(0))]
    dead, effort = set(), 0
    while paths:
        at = len(paths) - 1
        if len(chosen) > at:
            lane, sweep.ends[lane] = chosen.pop()
        option = next(paths[at][1], None)
        if option is None:
            dead.add(paths.pop()[0])
            continue
        effort += len(sweep.ends)
        if effort > LIMIT:
            return None, True
        chosen.append((option, sweep.ends[option]))
        sweep.ends[option] = sweep.pieces[at][0].end
        if at + 1 == len(pieces):
            return [(p, lane) for (p, _), (lane, _) in zip(sweep.pieces, chosen, strict=True)], False
        state = sweep.state(at + 1)
        if state not in dead:
            paths.append((state, sweep.options(at + 1)))
    return None, False

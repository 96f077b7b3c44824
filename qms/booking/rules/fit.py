"""Whether one more booking fits: bookings, with their lengths and services, are matched to lanes.

Which lane a booking lies on is nobody's business but this module's, so it may change at will. A free
lane is taken at once; else others make room along chains of moves, which is exact where all that
overlap begin and end together; else all possibilities are searched, up to `LIMIT` steps.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from qms.booking.rules.minutes import each

LIMIT = 1500
"""Steps of the exact search, of some microseconds each; what is not decided by then does not fit."""


@dataclass(slots=True)
class Tally:
    """How often something came about since the process began."""

    count: int = 0


GIVEN_UP = Tally()
"""Searches that were given up, and so perhaps times not offered that were free."""


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
Lying = tuple[Piece, int]
"""A piece, and the lane that it lies on; -1: none yet."""


@dataclass(slots=True, eq=False)
class Placed:
    """Pieces on lanes. `busy`: the minutes taken of each lane; `over`: pieces that found no lane.

    `undecided` counts those of them of which the search did not find out in time.
    """

    rows: Rows
    busy: list[int]
    kinds: Sequence[int]
    over: list[Piece]
    undecided: int
    loose: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something fits, and whether the search gave up before it knew."""

    fits: bool
    gave_up: bool = False


_RANK = attrgetter("rank")
YES, NO, UNKNOWN = Verdict(True), Verdict(False), Verdict(False, True)


def place(pieces: Iterable[Piece], kinds: Sequence[int]) -> Placed:
    """Put pieces on lanes, as far as they fit; the outcome does not depend on their order.

    `kinds` has a number for each lane, the same for lanes of the same skills and hours.
    """
    rows: Rows = [[] for _ in kinds]
    over, undecided, now = [], 0, -1
    free, until = (1 << len(kinds)) - 1, dict[int, int]()
    for piece in sorted(pieces, key=_RANK):
        if piece.start != now:
            now = piece.start
            for end in [end for end in until if end <= now]:
                free |= until.pop(end)
        able = piece.lanes & free
        if able:
            lane = able & -able
            rows[lane.bit_length() - 1].append(piece)
            free ^= lane
            until[piece.end] = until.get(piece.end, 0) | lane
            continue
        verdict, found = _make_room(rows, piece, kinds)
        if found is None:
            over.append(piece)
            undecided += verdict.gave_up
            continue
        rows = [list(row) for row in found]
        free, until = _busy_at(rows, now)
    return Placed(rows, [_busy(row) for row in rows], kinds, over, undecided)


def _busy(row: Iterable[Piece]) -> int:
    busy = 0
    for piece in row:
        busy |= piece.minutes
    return busy


def one_more(placed: Placed, pieces: Sequence[Piece]) -> Verdict:
    """Whether all these pieces fit besides what is placed, which may change its lanes.

    Where something found no lane before, nothing more fits on the lanes that it could use.
    """
    for piece in pieces:
        if any(over.minutes & piece.minutes and over.lanes & piece.lanes for over in placed.over):
            return NO
    if all(any(not placed.busy[n] & piece.minutes for n in each(piece.lanes)) for piece in pieces):
        return YES
    rows = placed.rows
    for piece in pieces:
        verdict, found = _make_room(rows, piece, placed.kinds)
        if found is None:
            return verdict
        rows = found
    return YES


def loose(placed: Placed, lane: int) -> int:
    """The minutes of a lane whose pieces could each lie on another lane, all else staying where it is."""
    found = placed.loose.get(lane)
    if found is None:
        found, busy = 0, placed.busy
        for piece in placed.rows[lane]:
            others = piece.lanes & ~(1 << lane)
            while others:
                other = others & -others
                if not busy[other.bit_length() - 1] & piece.minutes:
                    found |= piece.minutes
                    break
                others ^= other
        placed.loose[lane] = found
    return found


def _busy_at(rows: Rows, minute: int) -> tuple[int, dict[int, int]]:
    free, until = 0, dict[int, int]()
    for n, row in enumerate(rows):
        end = max((piece.end for piece in row), default=0)
        if end > minute:
            until[end] = until.get(end, 0) | 1 << n
        else:
            free |= 1 << n
    return free, until


def _make_room(rows: Rows, piece: Piece, kinds: Sequence[int]) -> tuple[Verdict, Rows | None]:
    """The rows with a piece among them, or that there are none, or that it is not known."""
    if not piece.lanes or not _reachable(rows, piece):
        return NO, None
    changed = list(rows)
    if _settle(changed, piece, [0]):
        return YES, changed
    near, apart = _split(rows, piece)
    chosen, gave_up = _search([*near, (piece, -1)], kinds)
    if chosen is None:
        return (UNKNOWN if gave_up else NO), None
    for other, lane in chosen:
        apart[lane].append(other)
    return YES, apart


def _reachable(rows: Rows, piece: Piece) -> bool:
    """Whether at every minute of a piece, taken alone, moves can free a lane; else it cannot fit."""
    moments = {piece.start}
    for row in rows:
        moments |= {other.start for other in row if piece.start < other.start < piece.end}
    return all(_free_lane(rows, piece, moment) for moment in moments)


def _free_lane(rows: Rows, piece: Piece, moment: int) -> bool:
    seen = fresh = piece.lanes
    while fresh:
        found = 0
        for lane in each(fresh):
            there = next((p for p in rows[lane] if p.start <= moment < p.end), None)
            if there is None:
                return True
            found |= there.lanes
        fresh = found & ~seen
        seen |= found
    return False


def _settle(rows: Rows, piece: Piece, tried: list[int]) -> bool:
    """Put a piece on a lane, moving what is in its way; each lane is tried once.

    Rows are never changed, only replaced in the list; without success the list is as before.
    """
    for lane in each(piece.lanes & ~tried[0]):
        if not any(other.minutes & piece.minutes for other in rows[lane]):
            rows[lane] = [*rows[lane], piece]
            return True
    for lane in each(piece.lanes):
        if tried[0] >> lane & 1:
            continue
        tried[0] |= 1 << lane
        before = list(rows)
        out = [other for other in rows[lane] if other.minutes & piece.minutes]
        rows[lane] = [*(other for other in rows[lane] if not other.minutes & piece.minutes), piece]
        if all(_settle(rows, other, tried) for other in out):
            return True
        rows[:] = before
    return False


def _split(rows: Rows, piece: Piece) -> tuple[list[Lying], Rows]:
    """Part what a piece could depend on, through overlaps in time and shared lanes, from all the rest."""
    start, end, lanes = piece.start, piece.end, piece.lanes
    rest = [(other, lane) for lane, row in enumerate(rows) for other in row]
    near: list[Lying] = []
    while True:
        apart = []
        for other, lane in rest:
            if other.lanes & lanes and other.start < end and start < other.end:
                near.append((other, lane))
                start, end, lanes = min(start, other.start), max(end, other.end), lanes | other.lanes
            else:
                apart.append((other, lane))
        if len(apart) == len(rest):
            break
        rest = apart
    kept: Rows = [[] for _ in rows]
    for other, lane in rest:
        kept[lane].append(other)
    return near, kept


class _Sweep:
    """Chooses lanes for pieces in order of time, and goes back where none is left."""

    def __init__(self, pieces: list[Lying], kinds: Sequence[int]) -> None:
        self.pieces = sorted(pieces, key=lambda lying: (lying[0].rank, lying[1]))
        self.kinds = kinds
        self.ends = [0] * len(kinds)

    def options(self, at: int) -> Iterator[int]:
        """The lanes that are free for a piece, its present one first; one for each kind."""
        piece, now = self.pieces[at]
        known = set()
        free = [lane for lane in each(piece.lanes) if self.ends[lane] <= piece.start]
        for lane in sorted(free, key=lambda lane: lane != now):
            if self.kinds[lane] not in known:
                known.add(self.kinds[lane])
                yield lane

    def state(self, at: int) -> tuple[int, tuple[tuple[int, int], ...]]:
        """What the rest depends on: how long lanes of each kind are taken."""
        start = self.pieces[at][0].start
        ends = zip(self.kinds, self.ends, strict=True)
        return at, tuple(sorted((kind, end) for kind, end in ends if end > start))


def _search(pieces: list[Lying], kinds: Sequence[int]) -> tuple[list[Lying] | None, bool]:
    """A lane for every piece; None, if there is no way or, as the second says, the search was given up."""
    sweep = _Sweep(pieces, kinds)
    chosen: list[tuple[int, int]] = []
    paths = [(sweep.state(0), sweep.options(0))]
    dead, steps = set(), 0
    while paths:
        at = len(paths) - 1
        if len(chosen) > at:
            lane, sweep.ends[lane] = chosen.pop()
        option = next(paths[at][1], None)
        if option is None:
            dead.add(paths.pop()[0])
            continue
        steps += 1
        if steps > LIMIT:
            GIVEN_UP.count += 1
            return None, True
        chosen.append((option, sweep.ends[option]))
        sweep.ends[option] = sweep.pieces[at][0].end
        if at + 1 == len(pieces):
            return [(p, lane) for (p, _), (lane, _) in zip(sweep.pieces, chosen, strict=True)], False
        state = sweep.state(at + 1)
        if state not in dead:
            paths.append((state, sweep.options(at + 1)))
    return None, False

"""Whether one more booking fits: bookings, with their lengths and services, are matched to lanes.

Which lane a booking lies on is nobody's business but this module's, so it may change at will. A free
lane is taken at once; else others make room along chains of moves, which is exact where all that
overlap begin and end together; else all possibilities are searched, as far as `search` goes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from qms.booking.rules.minutes import each
from qms.booking.rules.piece import Piece, Rows
from qms.booking.rules.search import search


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
    found, gave_up = search(rows, piece, kinds)
    if found is None:
        return (UNKNOWN if gave_up else NO), None
    return YES, found


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

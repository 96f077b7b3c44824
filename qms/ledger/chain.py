"""Verification: a hall's log is a journal that an auditor can check."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from qms.ledger.codec import GENESIS, row_hash
from qms.ledger.reader import DAY_HEAD, EVENT, heads, rows_after, span_of_day


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a log: `gap`, `hash`, `link`, `time`, `day_head` or `head`."""

    seq: int
    code: str
    words: str


def check(conn: Connection, hall: str, day: date | None = None) -> list[Fault]:
    """Faults in a hall's log (of one business day, or all that is kept); none: every row is as written.

    Checked are the hash of each row, its link to the one before, the numbers without a gap, time that
    never goes back, and the heads kept of days and of the hall. Pruned days are vouched for by theirs.
    """
    span = _span(conn, hall, day)
    if span is None:
        return [Fault(0, "gap", f"{hall} has no events" + (f" on {day}" if day else ""))]
    before, last = span
    seq, prev = before, _hash_at(conn, hall, before)
    ends = _day_ends(conn, hall)
    faults: list[Fault] = []
    at = ""
    for row in rows_after(conn, hall, before, None if day is None else last):
        if row["seq"] != seq + 1:
            faults.append(Fault(row["seq"], "gap", f"{seq} is followed by {row['seq']}"))
        elif prev is not None and row["prev"] != prev:
            faults.append(Fault(row["seq"], "link", "does not name the hash of the event before"))
        if row_hash(row) != row["hash"]:
            faults.append(Fault(row["seq"], "hash", "is not the row that was written"))
        if row["at"] < at:
            faults.append(Fault(row["seq"], "time", f"{row['at']} is before {at}"))
        if ends.get(row["seq"], row["hash"]) != row["hash"]:
            faults.append(Fault(row["seq"], "day_head", "is not the last event kept of its day"))
        seq, prev, at = row["seq"], row["hash"], row["at"]
    if seq < last:
        faults.append(Fault(last, "gap", f"the log ends at {seq} and should reach {last}"))
    if day is None:
        faults += _check_head(conn, hall, seq, prev)
    return faults


def _span(conn: Connection, hall: str, day: date | None) -> tuple[int, int] | None:
    if day is not None:
        return span_of_day(conn, hall, day)
    head = heads(conn, [hall]).get(hall)
    if head is None:
        return None
    first = conn.execute(
        select(EVENT.c.seq).where(EVENT.c.hall == hall).order_by(EVENT.c.seq).limit(1)
    ).scalar()
    if first is None:
        return head.seq, head.seq
    # All before the first kept event may be pruned, but only up to the end of a day.
    return first - 1 if first - 1 in _day_ends(conn, hall) else 0, head.seq


def _day_ends(conn: Connection, hall: str) -> dict[int, str]:
    ends = select(DAY_HEAD.c.seq, DAY_HEAD.c.hash).where(DAY_HEAD.c.hall == hall)
    return {row.seq: row.hash for row in conn.execute(ends)}


def _hash_at(conn: Connection, hall: str, seq: int) -> str | None:
    """The hash of an event, or of a pruned day's last one; None where nobody knows."""
    if seq == 0:
        return GENESIS
    kept = select(EVENT.c.hash).where(EVENT.c.hall == hall, EVENT.c.seq == seq)
    own: str | None = conn.execute(kept).scalar_one_or_none()
    return own if own is not None else _day_ends(conn, hall).get(seq)


def _check_head(conn: Connection, hall: str, seq: int, hash: str | None) -> list[Fault]:
    head = heads(conn, [hall])[hall]
    if head.seq == seq and head.hash == hash:
        return []
    return [Fault(head.seq, "head", f"the head does not stand at the last event, {seq}")]

"""Reading the log: what came after a number, what belongs to a day, where each hall stands."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from qms.kernel.event import Recorded
from qms.ledger.codec import Codec, Row
from qms.ledger.fold import Head
from qms.ledger.tables import DayHeadRow, EventRow, HeadRow, table_of

EVENT, HEAD, DAY_HEAD = table_of(EventRow), table_of(HeadRow), table_of(DayHeadRow)
_ALL = select(HEAD)
_SOME = _ALL.where(HEAD.c.hall.in_(bindparam("halls", expanding=True)))
_LOCKED = _SOME.with_for_update()


def heads(conn: Connection, halls: Sequence[str] | None = None, lock: bool = False) -> dict[str, Head]:
    """Where the logs of these halls (None: of all) end; `lock` keeps them there until the transaction ends."""
    statement = _ALL if halls is None else _LOCKED if lock else _SOME
    rows = conn.execute(statement, {} if halls is None else {"halls": list(halls)}).mappings()
    return {row["hall"]: Head.of(dict(row)) for row in rows}


def rows_after(conn: Connection, hall: str, seq: int, upto: int | None = None) -> Iterator[Row]:
    """Rows of a hall's log after `seq`, up to and with `upto`, as they are stored."""
    chosen = select(EVENT).where(EVENT.c.hall == hall, EVENT.c.seq > seq).order_by(EVENT.c.seq)
    if upto is not None:
        chosen = chosen.where(EVENT.c.seq <= upto)
    yield from map(dict, conn.execute(chosen).mappings())


def events_after(conn: Connection, codec: Codec, hall: str, seq: int, limit: int = 1000) -> list[Recorded]:
    """At most `limit` events after `seq`; raises LogUnreadable."""
    chosen = select(EVENT).where(EVENT.c.hall == hall, EVENT.c.seq > seq).order_by(EVENT.c.seq).limit(limit)
    return [codec.recorded(dict(row)) for row in conn.execute(chosen).mappings()]


def span_of_day(conn: Connection, hall: str, day: date) -> tuple[int, int] | None:
    """The number before a day's first event and that of its last; None for a day without events."""
    own = DAY_HEAD.c.hall == hall
    last = conn.execute(
        select(DAY_HEAD.c.seq).where(own, DAY_HEAD.c.day == day.isoformat())
    ).scalar_one_or_none()
    if last is None:
        return None
    earlier = select(func.max(DAY_HEAD.c.seq)).where(own, DAY_HEAD.c.day < day.isoformat())
    return conn.execute(earlier).scalar_one() or 0, last


def events_of_day(conn: Connection, codec: Codec, hall: str, day: date) -> list[Recorded]:
    """All events of a business day; raises LogUnreadable."""
    span = span_of_day(conn, hall, day)
    return [] if span is None else [codec.recorded(row) for row in rows_after(conn, hall, *span)]

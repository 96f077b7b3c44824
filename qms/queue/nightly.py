"""What days past teach, worked out in a process of its own: `python -m qms.queue.nightly`.

It reads a question from its standard input (`Question` as JSON) and writes the fit, or `null` where
there is too little to learn from, to its standard output. The database is only read.
"""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, pairwise

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, select

from qms.halls.rules.model import Hall
from qms.kernel.event import Recorded
from qms.ledger.codec import Codec
from qms.ledger.engine import connect
from qms.ledger.orders import LogUnreadable
from qms.ledger.reader import events_of_day
from qms.ledger.setups import Setups
from qms.ledger.tables import table_of
from qms.queue.project import QUEUE
from qms.queue.rules import events as e
from qms.queue.rules import past
from qms.queue.rules.fit import Fit
from qms.queue.rules.learn import correction, times
from qms.queue.tables import Visit

VISIT = table_of(Visit)
DAYS, LEAST_DAYS = 20, 3
"""At most and at least so many days are learnt from."""
LEAST_SPELLS = 30
"""A service that was given less often keeps the minutes of the set-up."""
NICE = 10
"""The server comes first."""


@dataclass(frozen=True, slots=True)
class Question:
    """Days of a hall that are over, and the database that holds them."""

    database: str
    hall: str
    days: tuple[date, ...]


QUESTION, ANSWER = TypeAdapter(Question), TypeAdapter(Fit | None)


def closed_days(conn: Connection, hall: str, open_day: date | None) -> list[date]:
    """The last days on which somebody was called, newest first, without the one that is still open."""
    found = select(VISIT.c.day).where(VISIT.c.hall == hall, VISIT.c.wait.is_not(None)).distinct()
    if open_day is not None:
        found = found.where(VISIT.c.day < open_day)
    return list(conn.execute(found.order_by(VISIT.c.day.desc()).limit(DAYS)).scalars())


def lesson(engine: Engine, hall: str, days: Sequence[date]) -> Fit | None:
    """What these days teach; None where that is nothing, or too few are whole on record."""
    codec = Codec(QUEUE.events, QUEUE.upcasters)
    version_of = Setups(engine, Hall.model_validate_json).of(hall)
    with engine.connect() as conn:
        read = [_whole(conn, codec, hall, day) for day in sorted(days)]
    known = [events for events in read if events]
    if len(known) < LEAST_DAYS:
        return None
    learnt = past.learnt_until(known)
    found = tuple(one for one in times(past.calls(hall, known, version_of)) if one.spells >= LEAST_SPELLS)
    seen = list(past.samples(hall, known, version_of, Fit(learnt, 0, found)))
    kept, gain = correction(seen)
    if not found and kept is None:
        return None
    return Fit(learnt, len(seen), found, kept, gain)


def _whole(conn: Connection, codec: Codec, hall: str, day: date) -> Sequence[Recorded]:
    """A day from its opening on; nothing where it is not closed, was pruned, or is damaged (`qms doctor` says so)."""
    try:
        events = events_of_day(conn, codec, hall, day)
    except LogUnreadable:
        return ()
    gaps = any(later.seq != event.seq + 1 for event, later in pairwise(events))
    if gaps or not any(isinstance(event.body, e.DayClosed) for event in events):
        return ()
    return tuple(dropwhile(lambda event: not isinstance(event.body, e.DayOpened), events))


def main() -> None:
    """Answer one question."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    question = QUESTION.validate_json(sys.stdin.buffer.read())
    engine = connect(question.database)
    try:
        fit = lesson(engine, question.hall, question.days)
    finally:
        engine.dispose()
    sys.stdout.buffer.write(ANSWER.dump_json(fit))


if __name__ == "__main__":
    main()

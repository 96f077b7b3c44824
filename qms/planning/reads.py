"""Questions to the rows of visits: who came on past days. No name or id of anybody leaves them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, func, select

from qms.twin.history import VISIT, not_shown, stays
from qms.twin.rules.sim.past import Stay

__all__ = ["days_of", "not_shown", "stays_between"]


def days_of(conn: Connection, hall: str, before: date, most: int) -> Sequence[tuple[date, int]]:
    """The last days before one on which people came, newest first, and how many visits they had."""
    chosen = (
        select(VISIT.c.day, func.count())
        .where(VISIT.c.hall == hall, VISIT.c.day < before)
        .group_by(VISIT.c.day)
        .order_by(VISIT.c.day.desc())
        .limit(most)
    )
    return [(day, int(people)) for day, people in conn.execute(chosen)]


def stays_between(conn: Connection, hall: str, first: date, last: date) -> Sequence[Stay]:
    """Every wait of past days, in the order in which the visits began.

    Ids are made up for the answer: `17` is a person's first wait, `17-2` the second.
    """
    numbers: dict[str, int] = {}
    seen: dict[int, int] = {}
    found = []
    for stay in stays(conn, hall, first, last):
        # A wait that was called bears the number of its spell behind the id of its visit.
        visit = stay.id if stay.called is None else stay.id.rpartition("-")[0]
        number = numbers.setdefault(visit, len(numbers) + 1)
        seen[number] = nth = seen.get(number, 0) + 1
        found.append(replace(stay, id=f"{number}" if nth == 1 else f"{number}-{nth}"))
    return found

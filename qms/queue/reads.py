"""Questions to the rows: whose token is this, and do the rows still say what the log says?"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from qms.halls.rules.model import Hall
from qms.kernel.event import Recorded
from qms.ledger.aggregate import Drop, Put
from qms.ledger.tables import table_of
from qms.queue.project import project
from qms.queue.rules.fold import apply
from qms.queue.rules.state import new
from qms.queue.tables import Spell, Visit

VISIT, SPELL = table_of(Visit), table_of(Spell)


def visit_of(conn: Connection, holder: str) -> dict[str, Any] | None:
    """The visit whose token has this hash."""
    row = conn.execute(select(VISIT).where(VISIT.c.holder == holder)).mappings().first()
    return dict(row) if row else None


def compare(
    conn: Connection, hall: str, day: date, events: Sequence[Recorded], version_of: Callable[[int], Hall]
) -> list[str]:
    """Fold a day's events again and compare: what differs between log and rows, in words; none is well.

    The events are those of one whole business day, from its `DayOpened` on; set-ups that came
    before it are read by number.
    """
    expected = _refold(hall, events, version_of)
    faults: list[str] = []
    for model in (Visit, Spell):
        table = table_of(model)
        rows = conn.execute(select(table).where(table.c.hall == hall, table.c.day == day)).mappings()
        keys = [column.name for column in table.primary_key]
        found = {tuple(row[k] for k in keys): dict(row) for row in rows}
        told = expected[model]
        for key in sorted(told.keys() | found.keys(), key=str):
            if key not in found:
                faults.append(f"{table.name} {_name(key)}: in the log, not in the rows")
            elif key not in told:
                faults.append(f"{table.name} {_name(key)}: in the rows, not in the log")
            else:
                faults += [
                    f"{table.name} {_name(key)}: {column} is {found[key][column]!r}, the log says {value!r}"
                    for column, value in told[key].items()
                    if found[key][column] != value
                ]
    return faults


Rows = dict[type[SQLModel], dict[tuple[Any, ...], dict[str, Any]]]


def _refold(hall: str, events: Sequence[Recorded], version_of: Callable[[int], Hall]) -> Rows:
    state = new(hall, version_of)
    rows: Rows = {Visit: {}, Spell: {}}
    for event in events:
        apply(state, event)
        for change in project(state, event):
            keys = [column.name for column in table_of(change.table).primary_key]
            if isinstance(change, Put):
                rows[change.table][tuple(change.row[k] for k in keys)] = dict(change.row)
            elif isinstance(change, Drop):
                rows[change.table].pop(tuple(change.key[k] for k in keys), None)
    return rows


def _name(key: tuple[Any, ...]) -> str:
    return "/".join(str(part) for part in key)

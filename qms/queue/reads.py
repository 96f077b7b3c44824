"""Questions to the rows: whose token is this, and do the rows still say what the log says?"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select
from sqlmodel import SQLModel

from qms.booking import project as calendar
from qms.booking import tables as booked
from qms.booking.rules.calendar import Calendar
from qms.halls.rules.model import Hall
from qms.kernel.event import Recorded
from qms.ledger.aggregate import Drop, Put
from qms.ledger.tables import table_of
from qms.queue.project import CALENDAR, visits
from qms.queue.rules.fold import apply
from qms.queue.rules.state import new
from qms.queue.tables import Spell, Visit

VISIT, SPELL = table_of(Visit), table_of(Spell)
CALENDAR_ROWS: tuple[type[SQLModel], ...] = (booked.Booking, booked.Freed, booked.Wish)
Told = Mapping[tuple[Any, ...], Mapping[str, Any]]
Rows = dict[type[SQLModel], dict[tuple[Any, ...], dict[str, Any]]]


def visit_of(conn: Connection, holder: str) -> dict[str, Any] | None:
    """The visit whose token has this hash."""
    row = conn.execute(select(VISIT).where(VISIT.c.holder == holder)).mappings().first()
    return dict(row) if row else None


def visits_named(conn: Connection, ticket: str, holder: str) -> list[dict[str, Any]]:
    """The visits, of whatever hall and day, that have this id or this hash of a token."""
    those = (VISIT.c.id == ticket) | (VISIT.c.holder == holder)
    return [dict(row) for row in conn.execute(select(VISIT).where(those)).mappings()]


def visits_by_id(conn: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The visits of these tickets, as far as there are any."""
    if not ids:
        return {}
    rows = conn.execute(select(VISIT).where(VISIT.c.id.in_(ids))).mappings()
    return {row["id"]: dict(row) for row in rows}


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
        faults += _differing(conn, table, expected[model], table.c.hall == hall, table.c.day == day)
    return faults


def compare_calendar(
    conn: Connection, hall: str, events: Sequence[Recorded], version_of: Callable[[int], Hall]
) -> list[str]:
    """Fold a hall's whole log and compare bookings, freed times and the waiting list with their rows.

    `person` is left out: it is emptied when contact data are erased.
    """
    state = new(hall, version_of)
    state.calendar = Calendar(wishes={}, whole=True)
    expected: Rows = {model: {} for model in CALENDAR_ROWS}
    for event in events:
        apply(state, event)
        if type(event.body) in CALENDAR:
            _keep(expected, calendar.project(state, event))
    faults: list[str] = []
    for model in CALENDAR_ROWS:
        table = table_of(model)
        faults += _differing(conn, table, expected[model], table.c.hall == hall)
    return faults


def _differing(conn: Connection, table: Table, told: Told, *mine: ColumnElement[bool]) -> list[str]:
    keys = [column.name for column in table.primary_key]
    rows = conn.execute(select(table).where(*mine)).mappings()
    found = {tuple(row[k] for k in keys): dict(row) for row in rows}
    faults: list[str] = []
    for key in sorted(told.keys() | found.keys(), key=str):
        if key not in found:
            faults.append(f"{table.name} {_name(key)}: in the log, not in the rows")
        elif key not in told:
            faults.append(f"{table.name} {_name(key)}: in the rows, not in the log")
        else:
            faults += [
                f"{table.name} {_name(key)}: {column} is {found[key][column]!r}, the log says {value!r}"
                for column, value in told[key].items()
                if found[key][column] != value and (table.name, column) != ("booking", "person")
            ]
    return faults


def _refold(hall: str, events: Sequence[Recorded], version_of: Callable[[int], Hall]) -> Rows:
    state = new(hall, version_of)
    rows: Rows = {Visit: {}, Spell: {}}
    for event in events:
        apply(state, event)
        _keep(rows, visits(state, event))
    return rows


def _keep(rows: Rows, changes: Iterable[Put | Drop]) -> None:
    for change in changes:
        keys = [column.name for column in table_of(change.table).primary_key]
        if isinstance(change, Put):
            rows[change.table][tuple(change.row[k] for k in keys)] = dict(change.row)
        else:
            rows[change.table].pop(tuple(change.key[k] for k in keys), None)


def _name(key: tuple[Any, ...]) -> str:
    return "/".join(str(part) for part in key)

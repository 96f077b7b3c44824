"""Mirror rows: many puts and drops become one statement for each table."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Table, bindparam, delete
from sqlmodel import SQLModel

from qms.ledger.aggregate import Drop, Put
from qms.ledger.engine import put_rows
from qms.ledger.tables import table_of


@cache
def _shape(model: type[SQLModel]) -> tuple[tuple[str, ...], frozenset[str]]:
    table = table_of(model)
    return tuple(c.name for c in table.primary_key), frozenset(c.name for c in table.columns)


@cache
def _delete(table: Table) -> Delete:
    return delete(table).where(*(c == bindparam(f"k_{c.name}") for c in table.primary_key))


def check_put(put: Put | Drop) -> None:
    """Raises ValueError where a put does not name every column, or a drop not exactly the key."""
    key, columns = _shape(put.table)
    if isinstance(put, Put):
        if put.row.keys() != columns:
            raise ValueError(f"{put.table.__name__}: a put names every column of its table")
    elif put.key.keys() != set(key):
        raise ValueError(f"{put.table.__name__}: a drop names the primary key")


def write_mirror(conn: Connection, puts: Iterable[Put | Drop]) -> None:
    """Carry out the puts and drops; the last one for a row counts.

    Tables that others point to are written first and cleared last.
    """
    last: dict[type[SQLModel], dict[tuple[Any, ...], Put | Drop]] = defaultdict(dict)
    for put in puts:
        row = put.row if isinstance(put, Put) else put.key
        last[put.table][tuple(row[name] for name in _shape(put.table)[0])] = put
    if not last:
        return
    rank = {table: i for i, table in enumerate(SQLModel.metadata.sorted_tables)} if len(last) > 1 else {}
    models = sorted(last, key=lambda model: rank.get(table_of(model), 0))
    for model in reversed(models):
        gone = [p.key for p in last[model].values() if isinstance(p, Drop)]
        if gone:
            conn.execute(_delete(table_of(model)), [{f"k_{n}": v for n, v in key.items()} for key in gone])
    for model in models:
        rows = [p.row for p in last[model].values() if isinstance(p, Put)]
        if rows:
            put_rows(conn, table_of(model), rows, replace=True)

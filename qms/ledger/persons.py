"""The person store: one encrypted row for each visit or booking that left private data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from qms.ledger.engine import put_rows, upsert
from qms.ledger.orders import Private
from qms.ledger.tables import PersonKeyRow, PersonRow, table_of
from qms.ledger.vault import Vault

PERSON, PERSON_KEY = table_of(PersonRow), table_of(PersonKeyRow)
_OLD_KEYS = delete(PERSON_KEY).where(PERSON_KEY.c.person.in_(bindparam("persons", expanding=True)))
_FIND = (
    select(PERSON.c.id)
    .join(PERSON_KEY, PERSON_KEY.c.person == PERSON.c.id)
    .where(PERSON_KEY.c.hash == bindparam("hash"), PERSON.c.hall == bindparam("hall"))
    .order_by(PERSON.c.at.desc(), PERSON.c.id)
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A person's row, and the hashes under which it is to be found."""

    row: dict[str, Any]
    keys: Sequence[str]


def seal_person(vault: Vault, hall: str, private: Private, at: str) -> Stored:
    """What is to be kept of private data; the id is bound into the ciphertext."""
    sealed = vault.seal(f"person:{private.id}", private.fields)
    return Stored({"id": private.id, "hall": hall, "cipher": sealed, "at": at}, private.keys)


def write_persons(conn: Connection, stored: Sequence[Stored]) -> None:
    """Store persons in place of what lay under their ids; the last one for an id counts."""
    last = {one.row["id"]: one for one in stored}
    conn.execute(upsert(conn.dialect.name, PERSON), [one.row for one in last.values()])
    conn.execute(_OLD_KEYS, {"persons": list(last)})
    keys = [{"hash": key, "person": id} for id, one in last.items() for key in dict.fromkeys(one.keys)]
    if keys:
        put_rows(conn, PERSON_KEY, keys, replace=False)


def read_person(conn: Connection, vault: Vault, id: str) -> dict[str, str] | None:
    """Private data by id, None where there are none (any more); raises CannotOpen."""
    sealed = conn.execute(select(PERSON.c.cipher).where(PERSON.c.id == id)).scalar_one_or_none()
    return None if sealed is None else vault.open(f"person:{id}", bytes(sealed))


def find_persons(conn: Connection, hall: str, hash: str) -> list[str]:
    """Ids of a hall's persons who are found under a keyed hash, newest first."""
    return list(conn.execute(_FIND, {"hall": hall, "hash": hash}).scalars())


def forget_person(conn: Connection, id: str) -> bool:
    """Erase, with all keys; says whether there was something."""
    conn.execute(_OLD_KEYS, {"persons": [id]})
    return conn.execute(delete(PERSON).where(PERSON.c.id == id)).rowcount > 0


def forget_field(conn: Connection, vault: Vault, id: str, name: str) -> bool:
    """Erase one thing that is known of a person, and the person where nothing else is; says whether it was there.

    Raises CannotOpen.
    """
    fields = read_person(conn, vault, id) or {}
    if fields.pop(name, None) is None:
        return False
    if not fields:
        return forget_person(conn, id)
    sealed = vault.seal(f"person:{id}", fields)
    conn.execute(update(PERSON).where(PERSON.c.id == id).values(cipher=sealed))
    return True

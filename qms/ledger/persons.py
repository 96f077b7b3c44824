"""The person store: one encrypted row for each visit that left private data."""

from typing import Any

from sqlalchemy import Connection, delete, select

from qms.ledger.orders import Private
from qms.ledger.tables import PersonRow, table_of
from qms.ledger.vault import Vault

PERSON = table_of(PersonRow)


def person_row(vault: Vault, hall: str, private: Private, at: str) -> dict[str, Any]:
    """The row to insert; the id is bound into the ciphertext."""
    sealed = vault.seal(f"person:{private.id}", private.fields)
    return {"id": private.id, "hall": hall, "cipher": sealed, "at": at}


def read_person(conn: Connection, vault: Vault, id: str) -> dict[str, str] | None:
    """Private data by id, None where there are none (any more); raises CannotOpen."""
    sealed = conn.execute(select(PERSON.c.cipher).where(PERSON.c.id == id)).scalar_one_or_none()
    return None if sealed is None else vault.open(f"person:{id}", bytes(sealed))


def forget_person(conn: Connection, id: str) -> bool:
    """Erase; says whether there was something."""
    return conn.execute(delete(PERSON).where(PERSON.c.id == id)).rowcount > 0

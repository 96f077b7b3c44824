"""Browsers that want to be told of a turn: kept sealed, one for a ticket, and forgotten."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from qms.ledger.engine import upsert
from qms.ledger.tables import table_of
from qms.ledger.vault import Vault
from qms.notices.tables import Push
from qms.post.push import Browser

PUSH = table_of(Push)


@dataclass(frozen=True, slots=True)
class Asked:
    """A browser, and the secret of the ticket's page, which it is led back to."""

    browser: Browser
    token: str


def keep(conn: Connection, vault: Vault, hall: str, ticket: str, asked: Asked) -> None:
    """Keep the browser of a ticket in place of the one before; a small write."""
    fields = {**asdict(asked.browser), "token": asked.token}
    row = {"ticket": ticket, "hall": hall, "cipher": vault.seal(f"push:{ticket}", fields)}
    conn.execute(upsert(conn.dialect.name, PUSH), [{**row, "at": datetime.now(UTC)}])


def of_ticket(conn: Connection, vault: Vault, ticket: str) -> Asked | None:
    """The browser of a ticket; raises CannotOpen."""
    sealed = conn.execute(select(PUSH.c.cipher).where(PUSH.c.ticket == ticket)).scalar_one_or_none()
    if sealed is None:
        return None
    fields = vault.open(f"push:{ticket}", bytes(sealed))
    token = fields.pop("token")
    return Asked(Browser(**fields), token)


def waiting(conn: Connection) -> dict[str, set[str]]:
    """The tickets that have one, by hall."""
    found: dict[str, set[str]] = {}
    for hall, ticket in conn.execute(select(PUSH.c.hall, PUSH.c.ticket)):
        found.setdefault(hall, set()).add(ticket)
    return found


def forget(conn: Connection, tickets: Collection[str]) -> None:
    """Forget those of these tickets."""
    if tickets:
        conn.execute(delete(PUSH).where(PUSH.c.ticket.in_(tickets)))

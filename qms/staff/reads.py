"""Questions to accounts and sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from qms.ledger.tables import table_of
from qms.ledger.vault import token_hash
from qms.staff.rules.roles import Grant, Role
from qms.staff.tables import Account, GrantRow, Reset, Session

ACCOUNT, GRANT, SESSION, RESET = (table_of(m) for m in (Account, GrantRow, Session, Reset))


@dataclass(frozen=True, slots=True)
class Known:
    """An account with its grants."""

    id: str
    name: str
    shown: str
    password: str | None
    must_change: bool
    disabled: bool
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A session as it stands."""

    id: str
    account: Known
    csrf: str
    agent: str
    begun: datetime
    used: datetime


def account_named(conn: Connection, name: str) -> Known | None:
    return _known(conn, ACCOUNT.c.name == name.strip().casefold())


def account(conn: Connection, id: str) -> Known | None:
    return _known(conn, ACCOUNT.c.id == id)


def _known(conn: Connection, condition: object) -> Known | None:
    row = conn.execute(select(ACCOUNT).where(condition)).mappings().first()  # type: ignore[arg-type]
    if row is None:
        return None
    grants = conn.execute(select(GRANT.c.role, GRANT.c.scope).where(GRANT.c.account == row["id"]))
    return _told(row, [Grant(_role(role), scope) for role, scope in grants])


def _told(row: RowMapping, grants: list[Grant]) -> Known:
    held = tuple(sorted(grants, key=lambda grant: (grant.scope, grant.role)))
    return Known(
        row["id"], row["name"], row["shown"], row["password"], row["must_change"], row["disabled"], held
    )


def _role(text: str) -> Role:
    if text not in ("clerk", "supervisor", "admin"):
        raise ValueError(f"unknown role {text}")
    return text  # type: ignore[return-value]


def session(conn: Connection, id: str) -> Open | None:
    """The session whose cookie has this hash."""
    row = conn.execute(select(SESSION).where(SESSION.c.id == id)).mappings().first()
    if row is None:
        return None
    owner = account(conn, row["account"])
    if owner is None:
        return None
    return Open(row["id"], owner, row["csrf"], row["agent"], row["begun"], row["used"])


def reset_for(conn: Connection, code: str, now: datetime) -> Known | None:
    """The account whose password may be set anew by this code."""
    chosen = select(RESET.c.account).where(RESET.c.id == token_hash(code), RESET.c.expires > now)
    found: str | None = conn.execute(chosen).scalar_one_or_none()
    return account(conn, found) if found is not None else None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A browser in which an account is signed in."""

    id: str
    agent: str
    begun: datetime
    used: datetime


def sessions_of(conn: Connection, account_id: str) -> list[Whereabouts]:
    """Where an account is signed in, newest first."""
    rows = conn.execute(
        select(SESSION.c.id, SESSION.c.agent, SESSION.c.begun, SESSION.c.used)
        .where(SESSION.c.account == account_id)
        .order_by(SESSION.c.begun.desc())
    )
    return [Whereabouts(*row) for row in rows]


def accounts(conn: Connection) -> list[Known]:
    """All accounts, by name."""
    grants: dict[str, list[Grant]] = {}
    for held, role, scope in conn.execute(select(GRANT.c.account, GRANT.c.role, GRANT.c.scope)):
        grants.setdefault(held, []).append(Grant(_role(role), scope))
    rows = conn.execute(select(ACCOUNT).order_by(ACCOUNT.c.name)).mappings()
    return [_told(row, grants.get(row["id"], [])) for row in rows]

"""Changes of accounts and sessions: small side-writes, each in a transaction of its caller's."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, update

from qms.kernel.refusal import Refusal
from qms.ledger.engine import insert_missing
from qms.ledger.vault import token_hash
from qms.staff.reads import ACCOUNT, GRANT, RESET, SESSION, account_named
from qms.staff.rules.roles import Grant

RESET_FOR = timedelta(hours=24)


def add_account(
    conn: Connection,
    name: str,
    shown: str,
    password: str | None,
    grant: Grant,
    now: datetime,
    *,
    must_change: bool,
) -> str | Refusal:
    """Open an account, or give one that is there a further grant; returns its id.

    `password` is a hash. Refuses `name_taken` for a name that has a password already, where one is given.
    """
    known = account_named(conn, name)
    if known is not None:
        if password is not None:
            return Refusal("name_taken")
        if grant not in known.grants:
            _grant(conn, known.id, grant)
        return known.id
    id = f"staff:{secrets.token_hex(6)}"
    row = {"id": id, "name": name.strip().casefold(), "shown": shown, "password": password, "created": now}
    conn.execute(insert(ACCOUNT), row | {"must_change": must_change, "disabled": False})
    _grant(conn, id, grant)
    return id


def open_account(
    conn: Connection, name: str, shown: str, grant: Grant, now: datetime
) -> tuple[str, str] | Refusal:
    """Open an account whose password its owner sets by a one-time code: its id, and the code.

    Refuses `name_taken`.
    """
    if account_named(conn, name) is not None:
        return Refusal("name_taken")
    id = add_account(conn, name, shown, None, grant, now, must_change=False)
    return id if isinstance(id, Refusal) else (id, begin_reset(conn, id, now))


def _grant(conn: Connection, account: str, grant: Grant) -> None:
    conn.execute(insert(GRANT), {"account": account, "role": grant.role, "scope": grant.scope})


def give(conn: Connection, account: str, grant: Grant) -> None:
    """Give a role at a scope; one that is held already stays."""
    row = {"account": account, "role": grant.role, "scope": grant.scope}
    conn.execute(insert_missing(conn.dialect.name, GRANT), row)


def withdraw(conn: Connection, account: str, grant: Grant) -> bool:
    """Take a role at a scope away; False where it was not held."""
    held = (GRANT.c.account == account, GRANT.c.role == grant.role, GRANT.c.scope == grant.scope)
    return conn.execute(delete(GRANT).where(*held)).rowcount == 1


def set_password(
    conn: Connection, account: str, password: str, keep: str | None, *, must_change: bool
) -> None:
    """Set a password hash; every session but `keep` ends, and open resets are void."""
    conn.execute(
        update(ACCOUNT).where(ACCOUNT.c.id == account).values(password=password, must_change=must_change)
    )
    end_sessions(conn, account, keep)
    conn.execute(delete(RESET).where(RESET.c.account == account))


def set_disabled(conn: Connection, account: str, disabled: bool) -> None:
    """Shut an account, which ends its sessions and voids its codes, or open it again."""
    conn.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(disabled=disabled))
    if disabled:
        end_sessions(conn, account, None)
        conn.execute(delete(RESET).where(RESET.c.account == account))


def begin_session(
    conn: Connection, account: str, agent: str, now: datetime, replaces: str | None = None
) -> tuple[str, str]:
    """A fresh session: what the cookie holds, and the form token. `replaces` ends, whoever's it was."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    conn.execute(delete(SESSION).where(SESSION.c.id == replaces))
    row = {"id": token_hash(token), "account": account, "csrf": csrf, "agent": agent[:120]}
    conn.execute(insert(SESSION), row | {"begun": now, "used": now})
    return token, csrf


def touch_session(conn: Connection, id: str, now: datetime) -> None:
    conn.execute(update(SESSION).where(SESSION.c.id == id).values(used=now))


def end_session(conn: Connection, account: str, id: str) -> None:
    conn.execute(delete(SESSION).where(SESSION.c.id == id, SESSION.c.account == account))


def end_sessions(conn: Connection, account: str, keep: str | None) -> None:
    """End all sessions of an account but `keep`."""
    chosen = delete(SESSION).where(SESSION.c.account == account)
    conn.execute(chosen if keep is None else chosen.where(SESSION.c.id != keep))


def prune_sessions(conn: Connection, begun_before: datetime, used_before: datetime) -> None:
    """Forget sessions that have run out."""
    conn.execute(delete(SESSION).where((SESSION.c.begun < begun_before) | (SESSION.c.used < used_before)))


def begin_reset(conn: Connection, account: str, now: datetime) -> str:
    """A one-time code for a new password; earlier ones are void."""
    conn.execute(delete(RESET).where(RESET.c.account == account))
    code = secrets.token_urlsafe(18)
    conn.execute(insert(RESET), {"id": token_hash(code), "account": account, "expires": now + RESET_FOR})
    return code


def reset_password(conn: Connection, code: str, password: str, now: datetime) -> str | None:
    """Spend a code on a password hash; the account, or None for an unknown, spent or old code."""
    chosen = delete(RESET).where(RESET.c.id == token_hash(code), RESET.c.expires > now)
    found: str | None = conn.execute(chosen.returning(RESET.c.account)).scalar_one_or_none()
    if found is not None:
        set_password(conn, found, password, None, must_change=False)
    return found

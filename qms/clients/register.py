"""The register of key clients: small reads and side-writes, each in a transaction of its caller's."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from uuid_utils import uuid7

from qms.clients.tables import KeyClient
from qms.kernel.refusal import Refusal
from qms.ledger.tables import table_of
from qms.ledger.vault import Vault

CLIENT = table_of(KeyClient)
DIGITS = 12
"""A code must be typed on the kiosk's keypad and hold for years: 40 bits, behind a throttle."""
MOST = 2000
"""So many key clients may a hall have: more of them, and a guess would be worth trying."""


@dataclass(frozen=True, slots=True)
class Known:
    """A key client as the office knows them."""

    id: str
    name: str
    note: str
    until: date | None
    at: datetime


def plain_code(text: str) -> str | None:
    """A code as it was written or typed, without what separates its digits; None for what can be none."""
    digits = re.sub(r"[\s-]", "", text)
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else None


def grouped(code: str) -> str:
    """A code as it is read out: four digits at a time."""
    return " ".join(re.findall(r".{4}", code))


def recognised(conn: Connection, vault: Vault, hall: str, text: str, today: date) -> bool:
    """Whether a text is the code of a key client of a hall. Only hashes are compared."""
    code = plain_code(text)
    if code is None:
        return False
    query = select(CLIENT.c.until).where(CLIENT.c.hall == hall, CLIENT.c.code == _hash(vault, hall, code))
    row = conn.execute(query).one_or_none()
    return row is not None and (row.until is None or row.until >= today)


def listed(conn: Connection, vault: Vault, hall: str) -> list[Known]:
    """The key clients of a hall by name; raises CannotOpen."""
    rows = conn.execute(select(CLIENT).where(CLIENT.c.hall == hall)).mappings()
    opened = [(row, vault.open(_sealed(row["id"]), bytes(row["cipher"]))) for row in rows]
    known = [Known(row["id"], f["name"], f.get("note", ""), row["until"], row["at"]) for row, f in opened]
    return sorted(known, key=lambda one: (one.name.casefold(), one.id))


def add(
    conn: Connection,
    vault: Vault,
    hall: str,
    fields: Mapping[str, str],
    until: date | None,
    by: str,
    at: datetime,
    id: str = "",
) -> str | Refusal:
    """Enter a key client (`name`, `note`); returns the code, which is not kept.

    Refuses `too_many_clients`, and `client_entered` for an `id` that is on the register already.
    """
    id = id or uuid7().hex
    if conn.execute(select(CLIENT.c.id).where(CLIENT.c.id == id)).first() is not None:
        return Refusal("client_entered")
    entered = select(func.count()).select_from(CLIENT).where(CLIENT.c.hall == hall)
    if conn.execute(entered).scalar_one() >= MOST:
        return Refusal("too_many_clients", {"limit": MOST})
    code = _fresh(conn, vault, hall)
    row = {"id": id, "hall": hall, "code": _hash(vault, hall, code), "until": until, "by": by, "at": at}
    conn.execute(insert(CLIENT), row | {"cipher": vault.seal(_sealed(id), fields)})
    return code


def renew(conn: Connection, vault: Vault, hall: str, id: str) -> str | Refusal:
    """Give a key client another code, in place of the one they had. Refuses `unknown_client`."""
    code = _fresh(conn, vault, hall)
    mine = (CLIENT.c.hall == hall) & (CLIENT.c.id == id)
    changed = conn.execute(update(CLIENT).where(mine).values(code=_hash(vault, hall, code)))
    return code if changed.rowcount else Refusal("unknown_client")


def remove(conn: Connection, hall: str, id: str) -> None:
    """Forget a key client; one that is gone is gone."""
    conn.execute(delete(CLIENT).where(CLIENT.c.hall == hall, CLIENT.c.id == id))


def _fresh(conn: Connection, vault: Vault, hall: str) -> str:
    """A code that nobody else of the hall has."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        taken = select(CLIENT.c.id).where(CLIENT.c.hall == hall, CLIENT.c.code == _hash(vault, hall, code))
        if conn.execute(taken).first() is None:
            return code


def _hash(vault: Vault, hall: str, code: str) -> str:
    return vault.keyed_hash("key-client", f"{hall}:{code}")


def _sealed(id: str) -> str:
    return f"key_client:{id}"

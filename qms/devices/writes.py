"""Changes of devices: small side-writes."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, insert, select, update

from qms.devices.rules.kinds import ALPHABET, LENGTH, Kind, tidy
from qms.devices.tables import Device
from qms.ledger.tables import table_of
from qms.ledger.vault import token_hash

DEVICE = table_of(Device)


def add_device(
    conn: Connection,
    kind: Kind,
    hall: str,
    counter: str | None,
    name: str,
    now: datetime,
    good_for: timedelta,
    board: str | None = None,
) -> tuple[str, str]:
    """A new device of a hall: its id, and the code by which it is paired once."""
    id, code = f"device:{secrets.token_hex(6)}", _code()
    row = {
        "id": id,
        "kind": kind,
        "hall": hall,
        "counter": counter,
        "name": name,
        "pairing": token_hash(code),
        "pairing_expires": now + good_for,
        "token": None,
        "paired": None,
        "revoked": False,
        "created": now,
        "board": board,
    }
    conn.execute(insert(DEVICE), row)
    return id, code


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def renew_code(conn: Connection, id: str, now: datetime, good_for: timedelta) -> str:
    """A fresh pairing code for a device that is there: its old token is void once it is used."""
    code = _code()
    values = {"pairing": token_hash(code), "pairing_expires": now + good_for}
    conn.execute(update(DEVICE).where(DEVICE.c.id == id).values(values))
    return code


def pair(
    conn: Connection, code: str, now: datetime, token: str | None = None
) -> tuple[str, RowMapping] | None:
    """Spend a code: the device's token (a fresh one, or that which is given) and row; None for an unknown or old code."""
    token = token or secrets.token_urlsafe(32)
    spent = (
        update(DEVICE)
        .where(
            DEVICE.c.pairing == token_hash(tidy(code)),
            DEVICE.c.pairing_expires > now,
            DEVICE.c.revoked.is_(False),
        )
        .values(pairing=None, pairing_expires=None, token=token_hash(token), paired=now)
        .returning(*DEVICE.c)
    )
    row = conn.execute(spent).mappings().first()
    return (token, row) if row is not None else None


def revoke(conn: Connection, id: str) -> str | None:
    """Shut a device out for good: the hall that it was of; None for an unknown one."""
    done = update(DEVICE).where(DEVICE.c.id == id).values(revoked=True, token=None, pairing=None)
    hall: str | None = conn.execute(done.returning(DEVICE.c.hall)).scalar()
    return hall


def show(conn: Connection, id: str, board: str | None) -> None:
    """Let a screen show a board of the set-up, or all calls."""
    conn.execute(update(DEVICE).where(DEVICE.c.id == id).values(board=board))


def heard(conn: Connection, id: str, printer: str | None, unsent: int, refused: int, now: datetime) -> None:
    """What a kiosk told of itself."""
    values = {"printer": printer, "unsent": unsent, "refused": refused, "seen": now}
    conn.execute(update(DEVICE).where(DEVICE.c.id == id).values(values))


def device_of(conn: Connection, token: str) -> RowMapping | None:
    """The device that holds this token."""
    chosen = select(DEVICE).where(DEVICE.c.token == token_hash(token), DEVICE.c.revoked.is_(False))
    return conn.execute(chosen).mappings().first()


def devices_of(conn: Connection, hall: str) -> list[RowMapping]:
    """A hall's devices."""
    chosen = select(DEVICE).where(DEVICE.c.hall == hall).order_by(DEVICE.c.kind, DEVICE.c.name)
    return list(conn.execute(chosen).mappings())

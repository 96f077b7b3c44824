"""The codes and tokens of bookings: made from secrets, kept as hashes, never stored."""

from datetime import date

from qms.ledger.vault import Vault

BOOKING, PROOF, WISH = "booking", "proof", "wish"
"""Kinds of tokens."""
CODES = 12
"""Codes that a booking may have; nearly always the first is free."""


def code_hash(vault: Vault, hall: str, day: date, code: str) -> str:
    """By which a code is known on record: it means something only at its hall on its day."""
    return vault.keyed_hash("code", f"{hall}:{day.isoformat()}:{code}")[:32]


def codes(vault: Vault, hall: str, booking: str, day: date) -> tuple[str, ...]:
    """Keyed hashes of the codes that a booking may have on a day."""
    return tuple(code_hash(vault, hall, day, vault.code(BOOKING, booking, n)) for n in range(CODES))

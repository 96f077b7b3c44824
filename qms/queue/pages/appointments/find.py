"""Whose appointment is it: by the beginning of a name, a code, an e-mail address, a telephone or ID number."""

import re
from collections.abc import Sequence
from datetime import timedelta

from qms.booking import reads
from qms.booking.acts import Acts
from qms.booking.codes import code_hash
from qms.booking.http.staff import AROUND
from qms.booking.reads import Row
from qms.booking.rules import contact
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.web.edge import Call

CODE = re.compile(r"\d{3}[ -]?\d{3}")
NUMBER = re.compile(r"[+\d][\d ()/.-]{6,}")
MOST = 500
"""At most so many persons of a name are looked at, those known last."""


async def find(acts: Acts, call: Call, hall: Hall, wish: str) -> Sequence[Row]:
    """The bookings that a search means, over all days; a code for the days on which it may be asked for."""
    if CODE.fullmatch(wish):
        today = hours.day_of(hall, call.site.clock.now())
        code = re.sub(r"\D", "", wish)
        days = [today + timedelta(days=n) for n in range(-AROUND, 2 * AROUND)]
        hashes = [code_hash(call.site.vault, hall.id, day, code) for day in days]
        coded: Sequence[Row] = await call.site.read(lambda c: reads.bookings_by_code(c, hall.id, hashes))
        return coded
    persons: set[str] | None = None
    for key in keys(wish):
        found = set(await acts.found_by(call, hall.id, key))
        persons = found if persons is None else persons & found
    if not persons:
        return ()
    last = sorted(persons)[-MOST:]
    rows: Sequence[Row] = await call.site.read(lambda c: reads.bookings_of_persons(c, hall.id, last))
    return rows


def keys(wish: str) -> list[str]:
    """Everything that the person must be known under; of a name the beginning of every part."""
    if "@" in wish:
        return [contact.email_key(wish)]
    if NUMBER.fullmatch(wish):
        return [contact.phone_key(wish)]
    if contact.DOCUMENT.fullmatch(wish) and any(map(str.isdigit, wish)):
        return [contact.document_key(wish)]
    parts = [list(contact.name_keys(word)) for word in wish.split()]
    return [found[-1] for found in parts if found]

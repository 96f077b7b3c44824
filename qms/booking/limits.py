"""How much one contact may hold: asked once the hall is locked, so that it holds for several processes too."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from qms.booking import reads
from qms.booking.reads import Row
from qms.booking.rules import contact
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Guard
from qms.ledger.persons import find_persons
from qms.web.edge import Call


def within_limits(
    call: Call, setup: Hall, day: date, fields: Mapping[str, str], booking: str, *, moved: bool = False
) -> Guard | None:
    """Whether a contact has enough besides a booking; one that is `moved` to a day was made before."""
    limits = setup.bookings.limits if setup.bookings else None
    email = contact.email_key(fields.get("email", ""))
    if limits is None or not fields or email in map(contact.email_key, limits.exempt):
        return None
    hashes, now = _hashes(call, fields), call.site.clock.now()
    today, since = hours.day_of(setup, now), now - timedelta(days=1)

    def guard(conn: Connection) -> Refusal | None:
        persons = _same(conn, setup.id, hashes)
        on_day, open_, made = reads.counts(conn, setup.id, persons, day, today, since, booking)
        counted = [(on_day, limits.visits_per_day, "limit_day")]
        if not moved:
            counted += [
                (open_, limits.per_contact, "limit_contact"),
                (made, limits.made_per_day, "limit_made"),
            ]
        reached = ((limit, code) for found, limit, code in counted if limit and found >= limit)
        return next((Refusal(code, {"limit": limit}) for limit, code in reached), None)

    return guard


def few_wishes(call: Call, setup: Hall, fields: Mapping[str, str], instead_of: Row | None) -> Guard:
    """Whether a contact, or a booking, is on the waiting list often enough."""
    limit = setup.bookings.limits.per_contact if setup.bookings else 0
    hashes = _hashes(call, fields)

    def guard(conn: Connection) -> Refusal | None:
        if instead_of is not None:
            persons, most = [str(instead_of["person"])], 1
        else:
            persons, most = _same(conn, setup.id, hashes), limit
        full = most and reads.wishes_of(conn, setup.id, persons) >= most
        return Refusal("limit_contact", {"limit": most}) if full else None

    return guard


def _hashes(call: Call, fields: Mapping[str, str]) -> list[str]:
    return [keyed(call, key) for key in contact.reached_by(fields)]


def _same(conn: Connection, hall: str, hashes: Sequence[str]) -> list[str]:
    """Persons who gave the same address, number, or document."""
    return [person for hash in hashes for person in find_persons(conn, hall, hash)]


def keyed(call: Call, key: str) -> str:
    """By which a person is found without being readable."""
    kind, _, text = key.partition(":")
    return call.site.vault.keyed_hash(kind, text)

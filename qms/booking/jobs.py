"""Work that time or a freed place brings about; the scheduler wakes it, the writer decides."""

from collections.abc import Sequence
from datetime import date, datetime

from uuid_utils import uuid7

from qms.booking import reads
from qms.booking.codes import BOOKING, codes
from qms.booking.rules import commands as c
from qms.booking.rules.calendar import Room
from qms.booking.rules.decide import first_wish
from qms.kernel.event import Command
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Order
from qms.ledger.vault import token_hash
from qms.web.edge import nothing
from qms.web.site import Site

ACTOR = "clock"


async def wake(site: Site) -> None:
    """Bring days to hand on which something has run out, also long ago, so that it is recorded."""
    found: Sequence[tuple[str, date]] = await site.read(lambda conn: reads.overdue(conn, site.clock.now()))
    for hall, day in found:
        room: Room | None = site.writer.state(hall)
        if room is not None:
            await _put(site, hall, c.LoadDays((day,)))


async def offer(site: Site) -> int:
    """Offer freed times to the waiting list, each to the first whom it suits; returns how many."""
    offered = 0
    for hall, day in await site.read(reads.freed_days):
        room: Room | None = site.writer.state(hall)
        if room is None:
            continue
        if not room.calendar.has(day) or room.calendar.wishes is None:
            await _put(site, hall, c.LoadDays((day,)))
            room = site.writer.state(hall)
        if room is not None and room.calendar.has(day):
            offered += await _offer_day(site, room, day, site.clock.now())
    return offered


async def _offer_day(site: Site, room: Room, day: date, now: datetime) -> int:
    offered = 0
    for freed in sorted(room.calendar.book(day).freed):
        fresh: Room = site.writer.state(room.id) or room
        wish = first_wish(fresh, freed, day, now)
        if wish is None:
            continue
        booking = uuid7().hex
        command = c.OfferTime(
            freed=freed,
            day=day,
            wish=wish.id,
            booking=booking,
            holder=token_hash(site.vault.token(BOOKING, booking)),
            codes=codes(site.vault, room.id, booking, day),
        )
        offered += await _put(site, room.id, command)
    return offered


async def _put(site: Site, hall: str, command: Command) -> bool:
    outcome = await site.writer.execute(Order(hall=hall, command=command, actor=ACTOR, reply=nothing))
    return not isinstance(outcome, Refusal)

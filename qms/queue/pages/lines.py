"""What the pages of a hall and of its office tell alike: its lines, what is promised, what is offered."""

from datetime import datetime
from typing import Any

from qms.booking.firsts import Firsts
from qms.halls.rules.model import Hall
from qms.ledger.orders import LedgerUnavailable
from qms.queue.forecasts import Glance
from qms.queue.history import History
from qms.queue.offers import offers
from qms.queue.rules.offer import offer_from
from qms.queue.rules.state import Queue
from qms.queue.views import status
from qms.web.edge import Call


async def told(
    call: Call, state: Queue, firsts: Firsts, history: History, glance: Glance
) -> dict[str, Any]:
    """A hall as it stands now, ready for its templates."""
    setup, now = state.setup, call.site.clock.now()
    view = status.queue(state, now, glance.of)
    return {
        "hall": state.id,
        "office": setup.office.id,
        "view": view,
        "at": now,
        "bookable": takes_bookings(setup),
        "joinable": setup.conduct.join_from_home and any(s.from_home for s in setup.services),
        "offers": await offers(call, firsts, setup, view),
        "offer_when": {s.id: when for s in setup.services if (when := offer_from(setup, s))},
    } | await _past(history, setup, now)


async def _past(history: History, setup: Hall, now: datetime) -> dict[str, Any]:
    """What was before now; nothing while the rows cannot be read, for the queues are told from memory."""
    try:
        published, best = await history.published(setup, now), await history.best(setup, now)
    except LedgerUnavailable:
        published, best = {}, None
    kinds = [s for s in setup.segments if ("segments", s.id) in published]
    apart = any(told.promise.segment is None for told in published.values())
    return {"standards": published, "kinds": kinds, "apart": apart, "best": best}


def takes_bookings(hall: Hall) -> bool:
    """Whether people may book a visit there."""
    return hall.bookings is not None and hall.bookings.open

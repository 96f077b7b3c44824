"""Where the wait is long: the first free time, offered beside the number."""

from qms.booking.firsts import Firsts, offered_at
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.ledger.orders import LedgerUnavailable
from qms.queue.rules.offer import Offer, offer_from
from qms.queue.rules.shown import QueueView
from qms.web.edge import Call
from qms.web.problems import Problem


async def offers(call: Call, firsts: Firsts, setup: Hall, view: QueueView) -> dict[str, Offer]:
    """What is offered now, by service. Where the calendar has no answer, nothing is."""
    found = {}
    for id, line in view["services"].items():
        service, estimate = setup.service(id), line.get("estimate")
        when = offer_from(setup, service) if service is not None else 0
        if not when or estimate is None or estimate["mid"] < when:
            continue
        try:
            start = await firsts.first(call, setup.id, id)
        except (Problem, LedgerUnavailable):
            continue
        if start is not None:
            days = hours.day_of(setup, start) - hours.day_of(setup, call.site.clock.now())
            found[id] = Offer(start, days.days, offered_at(setup.id, id))
    return found

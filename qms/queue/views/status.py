"""The public status of a hall, and one person's own page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qms.halls.rules.model import WALK_IN
from qms.kernel.clock import instant
from qms.queue.rules import shown
from qms.queue.rules.away import behind_of
from qms.queue.rules.before import before
from qms.queue.rules.decide import refusal_of_issue
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.model import Ticket, TicketState
from qms.queue.rules.state import Queue
from qms.queue.rules.terms import guard_of
from qms.queue.views.hall import OutlooksOf, board_hall, hall_state, open_counters, wait_range, where_is


def queue(state: Queue, now: datetime, outlooks_of: OutlooksOf = Outlooks) -> shown.QueueView:
    """The public status of a hall, by service."""
    outlooks = outlooks_of(state, now)
    services: dict[str, shown.ServiceQueue] = {}
    for n, service in enumerate(s for s in state.setup.services if not s.retired):
        group = state.setup.group(service.group)
        waiting = [
            t for (name, _, _), places in state.lines.items() if name == service.id for _, _, t in places
        ]
        outlook = outlooks.for_arrival(service.id, WALK_IN)
        refusal = refusal_of_issue(state, service.id, WALK_IN, now)
        one: shown.ServiceQueue = {
            "order": n,
            "group": service.group,
            "letter": group.letter if group else "",
            "names": service.names,
            "waiting": len(waiting),
            "open": len(open_counters(state, outlooks, service.id)),
            "serving": _serving(state, service.id),
            "accepting": refusal is None,
        }
        if waiting:
            one["longest_since"] = instant(min(state.tickets[t].since for t in waiting))
        if (estimate := wait_range(outlook)) is not None:
            one["estimate"] = estimate
        if refusal is not None:
            one["closed_code"] = refusal.code
        services[service.id] = one
    return {"hall": board_hall(state, now), "services": services}


def _serving(state: Queue, service: str) -> dict[str, str]:
    return {
        desk.counter: state.tickets[desk.ticket].number
        for desk in state.desks.values()
        if desk.ticket is not None and state.tickets[desk.ticket].service == service
    }


def ticket(
    state: Queue, ticket_id: str, now: datetime, outlooks_of: OutlooksOf = Outlooks
) -> shown.TicketView:
    """One person's own page."""
    held = state.tickets[ticket_id]
    view = _ticket(state, held.number, held.service, held.state, held.issued, now)
    if held.state == "waiting":
        outlooks = outlooks_of(state, now)
        outlook = outlooks.for_ticket(held)
        view["ahead"] = outlook.ahead
        view["before"] = _before(state, held, outlooks, now)
        if (estimate := wait_range(outlook)) is not None:
            view["estimate"] = estimate
        left = state.setup.conduct.let_pass - held.let_pass
        if left > 0 and behind_of(state, held.id):
            view["let_pass"] = left
    if held.state in ("called", "serving") and held.counter is not None:
        view["counter"] = where_is(state, held.counter)
        view["called_at"] = instant(held.spells[-1].called)
        view["calls"] = held.calls
    return view


def _before(state: Queue, held: Ticket, outlooks: Outlooks, now: datetime) -> shown.Before:
    told = before(state, held, outlooks.ahead_of(held), now)
    view: shown.Before = {"causes": told.causes, "bound": told.bound}
    if "guard" in told.causes:
        view["guard"] = guard_of(state.setup)
    if told.latest is not None and told.until is not None:
        view["latest"], view["until"] = instant(told.latest), instant(told.until)
    return view


def past_ticket(state: Queue, row: Mapping[str, Any], now: datetime) -> shown.TicketView:
    """A ticket of an earlier day, from its row; what the hall is called comes from its present set-up."""
    return _ticket(state, row["number"], row["service"], row["state"], row["issued"], now)


def _ticket(
    state: Queue, number: str, service: str, stands: TicketState, issued: datetime, now: datetime
) -> shown.TicketView:
    setup = state.setup
    part = setup.service(service)
    return {
        "number": number,
        "service": service,
        "names": part.names if part else {},
        "state": stands,
        "issued_at": instant(issued),
        "hall": {
            "id": setup.id,
            "names": setup.names,
            "office": setup.office.names,
            "zone": setup.zone,
            "languages": list(setup.languages),
            "state": hall_state(state, now),
        },
        "documents": list(part.documents) if part else [],
    }

"""What all views say of a hall alike."""

from collections.abc import Callable
from datetime import datetime

from qms.halls.rules import hours
from qms.queue.rules import shown
from qms.queue.rules.estimate import Outlook, Outlooks
from qms.queue.rules.state import Queue

OutlooksOf = Callable[[Queue, datetime], Outlooks]
"""What is expected in a hall's state at a moment; `Outlooks` itself goes by the formula alone."""


def hall_state(state: Queue, now: datetime) -> shown.HallState:
    """Suspended, open or closed; a hall in which counters still work is open past its hours."""
    if state.suspended is not None:
        return "suspended"
    working = any(desk.state != "closed" for desk in state.desks.values())
    return "open" if working or hours.is_open(state.setup, now) else "closed"


def wait_range(outlook: Outlook) -> shown.Range | None:
    """An expected wait; None where it cannot be told."""
    if outlook.expected is None:
        return None
    told = outlook.expected
    view: shown.Range = {"low": told.low, "mid": told.mid, "high": told.high}
    if outlook.about:
        view["about"] = True
    return view


def board_hall(state: Queue, now: datetime) -> shown.BoardHall:
    """A hall as boards and status pages name it."""
    setup = state.setup
    view: shown.BoardHall = {
        "names": setup.names,
        "office": setup.office.names,
        "zone": setup.zone,
        "languages": list(setup.languages),
        "state": hall_state(state, now),
    }
    if setup.notice:
        view["notice"] = setup.notice
    if setup.office.accent is not None:
        view["accent"] = setup.office.accent
    if setup.office.logo is not None:
        view["logo"] = setup.office.logo
    return view


def where_is(state: Queue, counter: str) -> shown.TicketCounter:
    part = state.setup.counter(counter)
    found: shown.TicketCounter = {"id": counter, "names": part.names if part else {}}
    if part and part.place:
        found["place"] = part.place
    if part and part.direction:
        found["direction"] = part.direction
    return found


def open_counters(state: Queue, outlooks: Outlooks, service: str) -> frozenset[str]:
    """The counters that are open for a service now."""
    counters, _ = outlooks.able(service)
    return frozenset(c for c in counters if state.desk(c).state == "open")

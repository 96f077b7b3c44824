"""When somebody's turn is near, so that they are told."""

from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.model import Ticket
from qms.queue.rules.state import Queue


def is_near(state: Queue, ticket: Ticket, outlooks: Outlooks) -> bool:
    """Called; or so few people are ahead, or so few minutes, as the hall says.

    Nobody is near while no counter serves them: who comes first before opening would be told an hour early.
    """
    if ticket.state == "called":
        return True
    if ticket.state != "waiting" or state.suspended is not None:
        return False
    _, opens = outlooks.able(ticket.service, ticket.only or "")
    if opens != 0.0:
        return False
    outlook, conduct = outlooks.for_ticket(ticket), state.setup.conduct
    soon = outlook.expected is not None and outlook.expected.mid <= conduct.near_minutes
    return soon or outlook.ahead <= conduct.near_people


def is_over(ticket: Ticket | None) -> bool:
    """Whether there is nothing to be told: the person is being served or set aside, or the visit is over."""
    return ticket is None or ticket.state not in ("waiting", "called")

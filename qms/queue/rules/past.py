"""Days that are over, read again for what they teach: the calls, and each ticket as it was at its issue.

A day is folded from its `DayOpened` on, as it was then, but for what was learnt: rolls are made with the
service times that are to be used from now on, for a correction that was fitted on others would count
twice what those times already mend.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from qms.booking.rules.events import BookingCheckedIn
from qms.halls.rules.model import Hall
from qms.kernel.clock import minutes
from qms.kernel.event import Recorded
from qms.queue.rules import events as e
from qms.queue.rules import features
from qms.queue.rules.fit import Fit
from qms.queue.rules.fold import apply
from qms.queue.rules.learn import Call, Sample
from qms.queue.rules.model import Ticket
from qms.queue.rules.queue_length import QueueLength
from qms.queue.rules.roll import roll
from qms.queue.rules.state import Queue, line_of, new

Days = Sequence[Sequence[Recorded]]
"""The events of several business days, each from its `DayOpened` on."""
VersionOf = Callable[[int], Hall]
AWAY = frozenset({"missed", "requeued"})
"""How a spell ends to which nobody came."""


def calls(hall: str, days: Days, version_of: VersionOf) -> Iterator[Call]:
    """Every call of these days whose end is on record as it was."""
    for events in days:
        for ticket in _over(hall, events, version_of).tickets.values():
            for spell in ticket.spells:
                if spell.ended is not None and spell.accurate:
                    started = None if spell.end in AWAY else spell.started
                    yield Call(
                        events[0].day, spell.service, spell.counter, spell.called, started, spell.ended
                    )


def samples(hall: str, days: Days, version_of: VersionOf, fit: Fit) -> Iterator[Sample]:
    """Every ticket of these days that had to wait, was called and let nobody go first."""
    for events in days:
        waited = _waited(hall, events, version_of)
        state = new(hall, version_of)
        for event in events:
            apply(state, event)
            state.fit = fit
            ticket = state.tickets.get(_came(event))
            if ticket is not None and ticket.id in waited:
                found = _features(state, ticket)
                if found is not None:
                    yield Sample(event.day, found, waited[ticket.id])


def _waited(hall: str, events: Sequence[Recorded], version_of: VersionOf) -> Mapping[str, float]:
    """Minutes from issue to first call, as the day turned out."""
    return {
        ticket.id: minutes(ticket.spells[0].called - ticket.issued)
        for ticket in _over(hall, events, version_of).tickets.values()
        if ticket.spells and not ticket.let_pass
    }


def _over(hall: str, events: Sequence[Recorded], version_of: VersionOf) -> Queue:
    """The state once a day was over."""
    state = new(hall, version_of)
    for event in events:
        apply(state, event)
    return state


def _came(event: Recorded) -> str:
    """Whose number was given with this event, all of it; a number that a device gave alone was told no wait."""
    body = event.body
    if isinstance(body, e.TicketIssued) and body.channel != "booking" and body.taken is None:
        return body.ticket
    return body.ticket if isinstance(body, BookingCheckedIn) else ""


def _features(state: Queue, ticket: Ticket) -> Mapping[str, float] | None:
    """What was known when the ticket was issued; None where there was no wait, or nothing to roll by."""
    now, line = ticket.issued, line_of(ticket)
    length = QueueLength(state, now)
    ahead = length.ahead(line, (ticket.ref, ticket.seq, ticket.id))
    rolled = roll(state, now, arrivals=()).tickets.get(ticket.id)
    if rolled is None or (not any(before for _, before in ahead) and length.idle(line)):
        return None
    qlc = length.wait(line, ahead)
    until = minutes(ticket.booked - now) if ticket.booked is not None else 0.0
    delay = features.delays(state).get((ticket.service, ticket.segment))
    return features.features(
        rolled, rolled if qlc is None else qlc, delay, until, ticket.service, ticket.segment
    )


def learnt_until(days: Days) -> date:
    """The last of the days."""
    return max(events[0].day for events in days)

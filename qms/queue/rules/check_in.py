"""A booking becomes a ticket: the window is the calendar's to say, the number is the queue's."""

from collections.abc import Sequence
from datetime import datetime

from qms.booking.rules import window
from qms.booking.rules.events import BookingCheckedIn
from qms.booking.rules.model import Booking
from qms.halls.rules.model import BOOKED, KEY_CLIENT
from qms.kernel.event import Event
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.numbering import following, run_of
from qms.queue.rules.state import Queue


def check_in(state: Queue, command: c.CheckIn, now: datetime) -> Sequence[Event] | Refusal:
    """The events by which somebody who has booked joins the queue, or the reason why not.

    Hours, caps and the last ticket do not matter here: the office promised the time. A person
    before their hour waits with it as reference, so that routing calls them when they are due.
    """
    if state.suspended is not None:
        return Refusal("hall_suspended")
    if command.day != state.day:
        return Refusal("unknown_booking")
    booking = state.calendar.book(command.day).bookings.get(command.booking)
    if booking is None:
        return Refusal("unknown_booking")
    no = window.refusal(state.setup, booking, now)
    if no is not None and not (command.early and no.code == "check_in_early"):
        return no
    return _issued(state, command, booking, now)


def _issued(state: Queue, command: c.CheckIn, booking: Booking, now: datetime) -> Sequence[Event] | Refusal:
    first, *more = (wanted.service for wanted in booking.services)
    service = state.setup.service(first)
    group = state.setup.group(service.group) if service is not None else None
    if service is None or group is None:
        return Refusal("unknown_service")
    segment = KEY_CLIENT if command.key_client else booking.segment
    run = run_of(group, segment, booking.start)
    free = following(state, run)
    if not free:
        return Refusal("numbers_exhausted")
    issued = e.TicketIssued(
        ticket=command.ticket,
        number=run.number(free[0]),
        running=free[0],
        group=group.id,
        service=first,
        segment=segment if state.setup.segment(segment) else BOOKED,
        language=booking.language,
        channel="booking",
        ref=max(now, booking.start),
        holder=command.holder,
        booked=booking.start,
        expected=command.expected,
        device=command.device,
        person=booking.person,
    )
    return (issued, BookingCheckedIn(booking.id, booking.day, command.ticket, tuple(more)))

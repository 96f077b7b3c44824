"""A hall in the morning of a day that is played, before anybody came."""

from datetime import date, timedelta

from qms.booking.rules.model import Booking, DayBook, Wanted
from qms.halls.rules import hours
from qms.kernel.event import Recorded
from qms.queue.rules import events as e
from qms.queue.rules.fold import apply
from qms.queue.rules.state import Queue, new
from qms.twin.rules.sim.model import Arrival, Scene

MINUTE = timedelta(minutes=1)


def opened(scene: Scene) -> Queue:
    """The state to be changed in place; it knows who is booked."""
    hall, at, day = scene.hall, scene.opens, hours.day_of(scene.hall, scene.opens)
    state = new(hall.id, lambda _: hall)
    for seq, body in enumerate((e.HallConfigured(1), e.DayOpened(1)), 1):
        apply(state, Recorded(hall.id, seq, at, day, "", "", body))
    booked = (_booking(scene, day, one, one.booked) for one in scene.arrivals if one.booked is not None)
    state.calendar.days[day] = DayBook(day, {booking.id: booking for booking in booked})
    return state


def _booking(scene: Scene, day: date, one: Arrival, booked: float) -> Booking:
    """The booking of somebody, as the calendar has it: as long as its service is expected to take."""
    start, part = scene.opens + booked * MINUTE, scene.hall.service(one.service)
    return Booking(
        id=one.id,
        day=day,
        start=start,
        end=start + (part.minutes if part is not None else 0) * MINUTE,
        services=(Wanted(one.service),),
        state="confirmed",
        via="web",
        segment=one.segment,
        language=scene.hall.languages[0],
        holder="",
        code="",
        code_n=0,
        made=scene.opens,
    )

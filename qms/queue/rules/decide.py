"""`decide`: may this be done, and what happens then? Pure; every 'no' is a `Refusal` with a code."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from qms.booking.rules import decide as booking
from qms.booking.rules import due as calendar
from qms.halls.rules import hours
from qms.halls.rules.model import BOOKED, KEY_CLIENT, Service
from qms.kernel.event import Command, Event
from qms.kernel.refusal import Refusal
from qms.queue.rules import auto_call, away, check_in, counter_acts, levels
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.model import SetAside
from qms.queue.rules.numbering import following, run_of
from qms.queue.rules.state import Queue, day_of

Decision = Sequence[Event] | Refusal

KEPT = 1 - 1 / 60
"""Share of the measured pace that each new day takes over: a memory of some 60 days (SCIENCE A2)."""


def decide(state: Queue, command: Command, now: datetime) -> Decision:
    """What follows from a command at `now`: events, or the reason why not."""
    if state.hall is None and not isinstance(command, c.ConfigureHall):
        return Refusal("not_found")
    decision = _RULES[type(command)](state, command, now)
    if state.hall is None or not state.hall.conduct.auto_call or isinstance(decision, Refusal):
        return decision
    return (*decision, *auto_call.calls(state, decision, now))


def due(state: Queue, now: datetime, pending: bool) -> Sequence[tuple[datetime, Event]]:
    """What time alone brought about, with its instant: the day's end past its boundary, and its start.

    A day is opened only when a command is `pending`: a hall that nobody uses stays closed, and
    one that slept for three days closes the one day that was open.
    """
    if state.hall is None:
        return ()
    if (state.hall.bookings is not None or state.calendar.days) and (
        ran_out := calendar.due(state, now if state.ends is None else min(now, state.ends))
    ):
        return ran_out
    if lent := levels.ran_out(state, now):
        return lent
    if state.ends is not None:
        return _closing(state, state.ends, now) if now >= state.ends else ()
    if not pending:
        return ()
    paces = tuple(
        replace(pace, minutes=round(pace.minutes * KEPT, 4), gaps=round(pace.gaps * KEPT, 4))
        for _, pace in sorted(state.paces.items())
    )
    held = tuple(
        SetAside.of(group, device, pairs) for (group, device), pairs in sorted(state.set_aside.items())
    )
    trails = tuple(trail for _, trail in sorted(state.trails.items()))
    opened = e.DayOpened(state.version, state.suspended, paces, held, state.fit, trails)
    return tuple((now, event) for event in (opened, *calendar.opening(state, day_of(state, now))))


def _closing(state: Queue, ends: datetime, now: datetime) -> Sequence[tuple[datetime, Event]]:
    absent = calendar.missed(state, state.day, ends) if state.day is not None else ()
    return (*absent, (now, e.DayClosed(ends)))


def needs(state: Queue, command: Command | None, now: datetime) -> booking.Needs | None:
    """What of the calendar must be at hand before a command is decided; None: nothing."""
    if command is None or state.hall is None:
        return None
    if state.hall.bookings is None and type(command) not in CALENDAR:
        return None
    open_still = state.day is not None and state.ends is not None and now < state.ends
    today = state.day if open_still else hours.day_of(state.hall, now)
    assert today is not None
    return booking.needs(state.calendar, command, today)


def _configure(state: Queue, command: c.ConfigureHall, now: datetime) -> Decision:
    if command.version == state.version:
        return ()
    if command.based_on is not None and command.based_on != state.version:
        return Refusal("version_changed", {"version": state.version})
    return (e.HallConfigured(command.version),)


def _suspend(state: Queue, command: c.SuspendHall, now: datetime) -> Decision:
    return () if state.suspended == command.reason else (e.HallSuspended(command.reason),)


def _resume(state: Queue, command: c.ResumeHall, now: datetime) -> Decision:
    return (e.HallResumed(),) if state.suspended is not None else ()


def _issue(state: Queue, command: c.IssueTicket, now: datetime) -> Decision:
    if no := refusal_of_issue(state, command.service, command.segment, now):
        return no
    service = state.setup.service(command.service)
    group = state.setup.group(service.group) if service else None
    if service is None or group is None:
        return Refusal("unknown_service")
    if command.ticket in state.tickets:
        return Refusal("wrong_state")
    further = [state.setup.service(id) for id in command.also]
    if any(one is None or one.retired for one in further) or service.id in command.also:
        return Refusal("unknown_service")
    if command.channel == "web" and (far := refusal_from_home(state, service)):
        return far
    if late := _past_closing(state, command, now):
        return late
    run = run_of(group, command.segment, command.booked)
    free = following(state, run)
    if not free:
        return Refusal("numbers_exhausted")
    return (
        e.TicketIssued(
            ticket=command.ticket,
            number=run.number(free[0]),
            running=free[0],
            group=group.id,
            service=service.id,
            segment=command.segment,
            language=command.language,
            channel=command.channel,
            ref=now if command.booked is None else max(now, command.booked),
            holder=command.holder,
            booked=command.booked,
            expected=command.expected,
            device=command.device,
            person=command.person,
            also=command.also,
        ),
    )


def refusal_from_home(state: Queue, service: Service) -> Refusal | None:
    """Why nobody may join from home for this service now; None where one may."""
    if not service.from_home:
        return Refusal("not_from_home")
    cap = state.setup.conduct.home_per_day
    taken = sum(t.channel == "web" and t.service == service.id for t in state.tickets.values())
    return Refusal("home_cap", {"cap": cap}) if cap is not None and taken >= cap else None


def refusal_of_issue(state: Queue, service: str, segment: str, now: datetime) -> Refusal | None:
    """Why no ticket is given for a service now, apart from the expected wait; None when one is."""
    setup = state.setup
    part, kind = setup.service(service), setup.segment(segment)
    if part is None or part.retired:
        return Refusal("unknown_service")
    if kind is None or kind.retired:
        return Refusal("unknown_segment")
    if state.suspended is not None:
        return Refusal("hall_suspended")
    if not part.open:
        return Refusal("service_closed")
    if part.booking.only and segment not in (BOOKED, KEY_CLIENT):
        return Refusal("by_appointment")
    if (code := hours.issuing(setup, now, part)) is not None:
        return Refusal(code)
    if part.daily_cap is not None and state.issued.get(service, 0) >= part.daily_cap:
        return Refusal("daily_cap", {"cap": part.daily_cap})
    return None


def _past_closing(state: Queue, command: c.IssueTicket, now: datetime) -> Refusal | None:
    setup, expected = state.setup, command.expected
    if expected is None or not setup.conduct.stop_at_closing:
        return None
    closing = hours.closing(setup, now)
    if closing is None or now + timedelta(minutes=expected.mid) <= closing:
        return None
    fact = e.TicketRefused(command.service, command.segment, expected, closing)
    return Refusal("wait_past_closing", facts=(fact,))


def _adopt(state: Queue, command: c.AdoptFit, now: datetime) -> Decision:
    return () if command.fit == state.fit else (e.EstimateFitted(command.fit),)


def _cancel(state: Queue, command: c.CancelTicket, now: datetime) -> Decision:
    ticket = state.tickets.get(command.ticket)
    if ticket is None:
        return Refusal("unknown_ticket")
    if ticket.state == "cancelled":
        return ()
    if ticket.state not in ("waiting", "parked"):
        return Refusal("wrong_state", {"state": ticket.state})
    return (e.TicketCancelled(ticket.id, command.by_staff),)


CALENDAR = frozenset({*booking.RULES, c.CheckIn})
"""Commands about bookings, of which some may be left where a hall no longer takes any."""
_RULES: dict[type, Callable[[Queue, Any, datetime], Decision]] = {
    c.ConfigureHall: _configure,
    c.SuspendHall: _suspend,
    c.ResumeHall: _resume,
    c.SetNumbersAside: away.set_numbers_aside,
    c.ReleaseNumbers: away.release_numbers,
    c.ReportPrinter: away.report_printer,
    c.IssueTicket: _issue,
    c.HandInTicket: away.hand_in,
    c.LetPass: away.let_pass,
    c.CancelTicket: _cancel,
    c.CheckIn: check_in.check_in,
    c.AdoptFit: _adopt,
    c.OpenLevel: levels.open_level,
    c.CloseLevel: levels.close_level,
    **dict.fromkeys(booking.RULES, booking.decide),
    **counter_acts.RULES,
}

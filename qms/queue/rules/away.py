"""Devices that must be able to go on alone: numbers set aside for them, and tickets handed in afterwards.

The rules: whoever holds a printed number is in the queue. Hours, caps, closing and a suspension, which
a kiosk could not know of, do not take the number away; it counts for the caps of the day. The place in
line is that of the moment at which it was printed. One wish is one ticket: where the server had given
another number before the line broke, the printed one replaces it. What was printed on a day that is
closed by now lapsed with that day, and is on record as such.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from qms.halls.rules import hours
from qms.halls.rules.model import WALK_IN, Group
from qms.kernel.event import Event
from qms.kernel.refusal import Refusal
from qms.queue.rules import commands as c
from qms.queue.rules import events as e
from qms.queue.rules.model import SetAside
from qms.queue.rules.numbering import fits, run_of, set_aside
from qms.queue.rules.state import Queue, line_of

Decision = Sequence[Event] | Refusal
SHARE = 2
"""Devices together may hold so large a part of a run: one in so many."""


def set_numbers_aside(state: Queue, command: c.SetNumbersAside, now: datetime) -> Decision:
    """Fill up what the device holds of every group, from the end of each run."""
    had = {group: pairs for (group, device), pairs in state.set_aside.items() if device == command.device}
    taken = set(set_aside(state))
    sets: dict[str, tuple[tuple[int, str], ...]] = {}
    for group in state.setup.groups:
        if not group.retired and (pairs := _filled_up(state, group, had.get(group.id, ()), taken)):
            sets[group.id] = pairs
    if sets == had:
        return ()
    return (
        e.NumbersSetAside(
            command.device,
            tuple(SetAside.of(group, command.device, pairs) for group, pairs in sets.items()),
        ),
    )


def _filled_up(
    state: Queue, group: Group, had: tuple[tuple[int, str], ...], taken: set[str]
) -> tuple[tuple[int, str], ...]:
    """The numbers that the device is to hold of a group: its own, and others, which are `taken` from then on."""
    run, wanted = run_of(group), state.setup.conduct.offline_numbers
    held = [pair for pair in had if fits(group, *pair)][:wanted]
    for running in range(run.last, run.last - (run.last - run.first + 1) // SHARE, -1):
        if len(held) >= wanted:
            break
        if (written := run.number(running)) not in taken:
            held.append((running, written))
            taken.add(written)
    return tuple(sorted(held))


def release_numbers(state: Queue, command: c.ReleaseNumbers, now: datetime) -> Decision:
    """What was set aside for a device is free again."""
    if all(device != command.device for _, device in state.set_aside):
        return ()
    return (e.NumbersSetAside(command.device, ()),)


def hand_in(state: Queue, command: c.HandInTicket, now: datetime) -> Decision:
    """Put a number that is in somebody's hands into the queue. Refusal: `unknown_service`."""
    service = state.setup.service(command.service)
    group = state.setup.group(service.group) if service is not None else None
    if service is None or group is None:
        return Refusal("unknown_service")
    known = state.tickets.get(command.ticket)
    if known is not None:
        return _renumber(state, command) if _printed_otherwise(known.number, command.written) else ()
    taken = min(command.taken, now)
    segment = state.setup.segment(command.segment)
    kind = segment.id if segment is not None and not segment.retired else WALK_IN
    if state.day is not None and hours.day_of(state.setup, taken) < state.day:
        if command.ticket in state.late:
            return ()
        return (
            e.TicketHandedInLate(
                ticket=command.ticket,
                number=command.written,
                group=group.id,
                service=service.id,
                segment=kind,
                language=command.language,
                holder=command.holder,
                device=command.device,
                taken=taken,
            ),
        )
    return (
        e.TicketIssued(
            ticket=command.ticket,
            number=_bearable(state, command),
            running=command.running,
            group=group.id,
            service=service.id,
            segment=kind,
            language=command.language,
            channel="kiosk",
            ref=taken,
            holder=command.holder,
            device=command.device,
            taken=taken,
        ),
    )


def _renumber(state: Queue, command: c.HandInTicket) -> Decision:
    number = _bearable(state, command)
    return (e.TicketRenumbered(command.ticket, number, command.running, command.device),)


def _printed_otherwise(number: str, written: str) -> bool:
    return number.partition("/")[0] != written


def _bearable(state: Queue, command: c.HandInTicket) -> str:
    """The printed number; with a stroke and a digit in the one case that another bears it.

    That can be only where the set-up of the numbers was changed while the device was away.
    """
    number, n = command.written, 1
    while state.bearers.get(number, command.ticket) != command.ticket:
        n += 1
        number = f"{command.written}/{n}"
    return number


def let_pass(state: Queue, command: c.LetPass, now: datetime) -> Decision:
    """Go behind the next so many people of one's line.

    Refusals: `unknown_ticket`; `let_pass_not_offered`; `wrong_state`; `let_pass_spent` (`left`): more than
    the hall allows; `nobody_behind`.
    """
    ticket, most = state.tickets.get(command.ticket), state.setup.conduct.let_pass
    if ticket is None:
        return Refusal("unknown_ticket")
    if not most:
        return Refusal("let_pass_not_offered")
    if ticket.state != "waiting":
        return Refusal("wrong_state", {"state": ticket.state})
    if command.people < 1:
        return Refusal("invalid", {"field": "people"})
    if ticket.let_pass + command.people > most:
        return Refusal("let_pass_spent", {"left": most - ticket.let_pass})
    behind = behind_of(state, command.ticket)
    if not behind:
        return Refusal("nobody_behind")
    passed = min(command.people, len(behind))
    return (e.TicketDeferred(ticket.id, behind[passed - 1] + timedelta(milliseconds=1), passed),)


def behind_of(state: Queue, ticket: str) -> Sequence[datetime]:
    """The reference times of those who stand behind a waiting ticket in its line, in order."""
    places = state.lines.get(line_of(state.tickets[ticket]), ())
    mine = next((n for n, place in enumerate(places) if place[2] == ticket), len(places))
    return [ref for ref, _, _ in places[mine + 1 :]]


def report_printer(state: Queue, command: c.ReportPrinter, now: datetime) -> Decision:
    """Put on record how a printer stands, once for each change."""
    known = state.printers.get(command.device)
    if (known.state if known is not None else "ok") == command.printer:
        return ()
    return (e.PrinterReported(command.device, command.name, command.printer),)

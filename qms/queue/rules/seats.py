"""Who can call, from when on and until when, as far as it can be foreseen from a hall's present state.

Minutes count from now. A counter that has somebody is free once that person is expected to be
done; one on a break once it ends; a closed one when its duty begins, or when the hall opens.
Who opens or goes on a break unannounced cannot be foreseen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import inf

from qms.halls.rules import hours
from qms.halls.rules.model import Counter
from qms.kernel.clock import minutes
from qms.queue.rules.durations import Durations
from qms.queue.rules.duty import Span, rostered
from qms.queue.rules.model import Desk, Opened
from qms.queue.rules.state import Queue

OPENS_SOON = timedelta(hours=12)
"""What opens later than this is not counted on."""
Phase = tuple[float, Desk]
"""A counter as it stands until so many minutes from now."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A counter that will call: `free` from then on, idle since `idle`; `breaks` as (start, end) still to come.

    `phases`: how it stands as services that are opened there for a while go back to their level.
    """

    free: float
    idle: float
    phases: tuple[Phase, ...]
    breaks: tuple[tuple[float, float], ...] = ()
    leaves: float = inf


def seats(state: Queue, now: datetime, opened: Mapping[str, tuple[Opened, ...]]) -> Iterator[Seat]:
    """Every counter of which it can be said when it calls next. `opened` stands in place of what desks have."""
    durations, opening = Durations(state), _opening(state, now)
    closing = hours.closing(state.setup, opening or now)
    duty = rostered(state.setup, hours.day_of(state.setup, opening or now)) if state.setup.roster else {}
    for part in state.setup.counters:
        if part.retired:
            continue
        desk = state.desk(part.id)
        if part.id in opened:
            desk = replace(desk, opened=opened[part.id])
        spans = duty.get(part.id)
        seat = _closed(part, spans, opening, now)
        if desk.state != "closed":
            seat = _manned(state, desk, durations, spans or (), now)
        if seat is not None:
            yield _planned(seat, spans or (), closing, now)


def _opening(state: Queue, now: datetime) -> datetime | None:
    """When the hall opens next; None while it is open, or where that is far off."""
    if hours.is_open(state.setup, now):
        return None
    opening = hours.next_opening(state.setup, now)
    return opening if opening is not None and opening - now < OPENS_SOON else None


def _closed(
    part: Counter, spans: tuple[Span, ...] | None, opening: datetime | None, now: datetime
) -> Seat | None:
    """A counter where nobody sits: as the roster has it, else all open with the hall."""
    comes = opening
    if spans is not None:
        comes = min((start for start, _ in spans if start > now), default=None)
    if comes is None or comes - now >= OPENS_SOON:
        return None
    free = minutes(comes - now)
    return Seat(free, free, ((inf, as_planned(part)),))


def as_planned(part: Counter) -> Desk:
    """A closed counter as it would open."""
    return Desk(part.id, profile=tuple(part.services.items()))


def _manned(
    state: Queue, desk: Desk, durations: Durations, spans: tuple[Span, ...], now: datetime
) -> Seat | None:
    free = idle = 0.0
    if desk.state == "paused":
        back = desk.until or _planned_back(desk, spans, now)
        if back is None:
            return None
        free = idle = max(0.0, minutes(back - now))
    elif desk.ticket is not None:
        free = idle = durations.left(state.tickets[desk.ticket], now)
    elif desk.idle_since is not None:
        idle = minutes(desk.idle_since - now)
    return Seat(free, idle, tuple(_phases(desk, now)))


def _planned_back(desk: Desk, spans: tuple[Span, ...], now: datetime) -> datetime | None:
    """When a break without a set end is over that the roster has for about now; None: nobody can say."""
    lengths = [start - end for (_, end), (start, _) in pairwise(spans) if end <= now]
    back = desk.since + lengths[-1] if desk.since is not None and lengths else now
    return back if back > now else None


def _planned(seat: Seat, spans: tuple[Span, ...], closing: datetime | None, now: datetime) -> Seat:
    """With the breaks that begin once the counter is free, and the end of duty where it is before closing.

    Whoever still sits there after all that was planned stays.
    """
    later = [(minutes(start - now), minutes(end - now)) for start, end in spans]
    later = [span for span in later if span[1] > seat.free]
    if not later:
        return seat
    breaks = tuple((end, start) for (_, end), (start, _) in pairwise(later))
    early = closing is not None and later[-1][1] < minutes(closing - now)
    return replace(seat, breaks=breaks, leaves=later[-1][1] if early else inf)


def _phases(desk: Desk, now: datetime) -> Iterator[Phase]:
    """What is opened at a counter runs out one after the other."""
    ends = sorted({each.until for each in desk.opened if each.until is not None and each.until > now})
    for end in ends:
        yield minutes(end - now), desk
        desk = replace(
            desk, opened=tuple(each for each in desk.opened if each.until is None or each.until > end)
        )
    yield inf, desk

"""How long a person will wait: the roll, corrected by what was learnt, with a range (SCIENCE A2).

    L0  queue length times cycle (`queue_length`), where the hall was not rolled or the roll cannot say
    L1  the hall rolled forward (`roll`)
    L2  corrected by a ridge regression where the fit has one (`features`)
    L3  the range by how wrong the group's estimates were (`conformal`); assumed until that is measured

All that it goes by is in the log, so that all who read it tell the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qms.booking.rules.model import Booking
from qms.kernel.clock import minutes
from qms.queue.rules import conformal, features
from qms.queue.rules.model import Expected, Ticket
from qms.queue.rules.queue_length import QueueLength
from qms.queue.rules.roll import Arrival, Rolled
from qms.queue.rules.state import Line, Place, Queue, line_of

NOW = Expected(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies before a person: people ahead, and the expected wait where it can be told.

    `about`: the range is assumed, since too few people of the group were called to measure it.
    """

    ahead: int
    expected: Expected | None
    about: bool = False


class Outlooks:
    """The outlooks of one published state at one moment; what they share is worked out once."""

    def __init__(
        self,
        state: Queue,
        now: datetime,
        before: "Outlooks | None" = None,
        rolled: Rolled | None = None,
    ) -> None:
        """`before` may be those of an earlier state, from which is taken over who serves what (for a second).

        `rolled` is the latest roll of the hall, of this state or one shortly before it.
        """
        self._state, self._now, self._rolled = state, now, rolled
        self._length: QueueLength = QueueLength(state, now, before._length if before is not None else None)
        self._correction = state.fit.correction if state.fit is not None else None
        self._arrivals: dict[Arrival, Outlook] = {}
        self._ends: dict[str, tuple[float, float] | None] = {}
        self._delays: Mapping[Arrival, float] | None = None
        self._asked: tuple[Line, Place, Sequence[tuple[Line, int]]] | None = None

    def able(self, service: str, only: str = "") -> tuple[frozenset[str], float | None]:
        """The counters that serve a line, and minutes until the first of them opens; see `QueueLength`."""
        return self._length.able(service, only)

    def for_ticket(self, ticket: Ticket) -> Outlook:
        """The outlook of one who waits."""
        place = (ticket.ref, ticket.seq, ticket.id)
        return self._outlook(line_of(ticket), place, self._rolled_ticket(ticket), ticket.booked)

    def ahead_of(self, ticket: Ticket) -> Sequence[tuple[Line, int]]:
        """How many of each line the rule would call before one who waits; their sum is `Outlook.ahead`."""
        return self._ahead(line_of(ticket), (ticket.ref, ticket.seq, ticket.id))

    def for_arrival(self, service: str, segment: str) -> Outlook:
        """The outlook of somebody who would take a ticket now."""
        key = (service, segment)
        if key not in self._arrivals:
            rolled = self._left(self._rolled.lines.get(key)) if self._rolled is not None else None
            self._arrivals[key] = self._outlook(
                (service, segment, ""), self._place(self._now), rolled, None
            )
        return self._arrivals[key]

    def for_booking(self, booking: Booking) -> Outlook:
        """The outlook of somebody who would check in now."""
        late = self._rolled.bookings.get(booking.id) if self._rolled is not None else None
        rolled = None if late is None else max(0.0, minutes(booking.start - self._now) + late)
        line = (booking.services[0].service, booking.segment, "")
        return self._outlook(line, self._place(max(self._now, booking.start)), rolled, booking.start)

    def _place(self, ref: datetime) -> Place:
        return (ref, self._state.seq + 1, "")

    def _rolled_ticket(self, ticket: Ticket) -> float | None:
        """What the roll says of a ticket; of one that came after it, what it says of those who come."""
        if self._rolled is None:
            return None
        if ticket.seq > self._rolled.seq and ticket.ref >= self._rolled.at and not ticket.only:
            return self._left(self._rolled.lines.get((ticket.service, ticket.segment)))
        return self._left(self._rolled.tickets.get(ticket.id))

    def _left(self, wait: float | None) -> float | None:
        """What is left now of a wait that the roll told."""
        if wait is None or self._rolled is None:
            return None
        return max(0.0, wait - minutes(self._now - self._rolled.at))

    def _outlook(self, mine: Line, place: Place, rolled: float | None, booked: datetime | None) -> Outlook:
        parts = self._ahead(mine, place)
        ahead = sum(before for _, before in parts)
        if ahead == 0 and self._length.idle(mine):
            return Outlook(0, NOW)
        wait = rolled
        if rolled is None or self._correction is not None:
            wait = self._length.wait(mine, parts)
        if rolled is not None and self._correction is not None:
            wait = self._corrected(mine, rolled, rolled if wait is None else wait, booked)
        if wait is None:
            return Outlook(ahead, None)
        return self._ranged(mine, wait, ahead)

    def _ahead(self, mine: Line, place: Place) -> Sequence[tuple[Line, int]]:
        """The people ahead by line; the latest answer is kept, since a view asks twice."""
        asked = self._asked
        if asked is None or asked[:2] != (mine, place):
            asked = self._asked = (mine, place, self._length.ahead(mine, place))
        return asked[2]

    def _corrected(self, mine: Line, rolled: float, qlc: float, booked: datetime | None) -> float:
        assert self._correction is not None
        if self._delays is None:
            self._delays = features.delays(self._state)
        until = minutes(booked - self._now) if booked is not None else 0.0
        delay = self._delays.get(mine[:2])
        return features.corrected(
            self._correction, features.features(rolled, qlc, delay, until, mine[0], mine[1])
        )

    def _ranged(self, mine: Line, wait: float, ahead: int) -> Outlook:
        ends = self._measured(mine[0])
        if ends is not None:
            low, high = conformal.around(wait, ends)
            return Outlook(ahead, _rounded(low, wait, high))
        opens = min(self.able(mine[0], mine[2])[1] or 0.0, wait)
        low, high = conformal.assumed(wait - opens, ahead)
        return Outlook(ahead, _rounded(opens + low, wait, opens + high), about=True)

    def _measured(self, service: str) -> tuple[float, float] | None:
        """The ends of the range of a service's group, as scores; None while they are not measured."""
        part = self._state.setup.service(service)
        group = part.group if part is not None else ""
        if group not in self._ends:
            trail = self._state.trails.get(group)
            known = trail is not None and conformal.measured(trail)
            self._ends[group] = conformal.ends(trail) if trail is not None and known else None
        return self._ends[group]


def _rounded(low: float, wait: float, high: float) -> Expected:
    return Expected(round(low, 2), round(wait, 2), round(high, 2))

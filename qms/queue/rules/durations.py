"""How long one person keeps a counter: measured where a fit has it, else as the set-up says.

Where nothing is measured, a service is taken as gamma distributed with coefficient of variation 0.8
about its minutes; then E[S - e | S > e] = m Q(k + 1, e / s) / Q(k, e / s) - e, with mean m, shape k,
scale s and the upper tail Q.
"""

from collections.abc import Mapping
from datetime import datetime

from qms.halls.rules.model import Hall
from qms.kernel.clock import minutes
from qms.queue.rules.conformal import SPREAD
from qms.queue.rules.fit import ELAPSED, Times
from qms.queue.rules.gamma import beyond
from qms.queue.rules.model import Ticket
from qms.queue.rules.state import Queue

SHAPE = 1 / SPREAD**2


class Durations:
    """The durations that hold in one state, in minutes."""

    def __init__(self, state: Queue) -> None:
        self._hall = state.setup
        self._times: Mapping[str, Times] = {t.service: t for t in state.fit.times} if state.fit else {}

    def mean(self, service: str) -> float:
        """At the counter, from the start to the end."""
        if service in self._times:
            return self._times[service].mean
        part = self._hall.service(service)
        return part.minutes if part is not None else 0.0

    def comes(self, service: str) -> float:
        """The share of people who come when they are called."""
        times = self._times.get(service)
        return 1.0 if times is None else 1 - times.no_show

    def called(self, service: str) -> float:
        """From the call of somebody who may have gone until the counter is free again."""
        return self._hall.conduct.walk + self.mean(service) * self.comes(service)

    def booked(self, service: str) -> float:
        """What a booking takes of a counter; one whose person does not come is never called."""
        return (self._hall.conduct.walk + self.mean(service)) * self.comes(service)

    def left(self, ticket: Ticket, now: datetime) -> float:
        """Until the counter is free to which a ticket was called, or where it is served, at `now`."""
        spell = ticket.spells[-1]
        if spell.started is not None:
            return self.remaining(ticket.service, minutes(now - spell.started))
        on_the_way = self._hall.conduct.walk - minutes(now - spell.called)
        return max(0.0, on_the_way) + self.mean(ticket.service) * self.comes(ticket.service)

    def remaining(self, service: str, elapsed: float) -> float:
        """E[S - e | S > e] for a service that began so many minutes ago: between two of the table, in proportion."""
        times = self._times.get(service)
        table = times.remaining if times is not None else _assumed(self._hall, service)
        for n in range(1, len(ELAPSED)):
            if elapsed < ELAPSED[n]:
                share = max(0.0, elapsed - ELAPSED[n - 1]) / (ELAPSED[n] - ELAPSED[n - 1])
                return table[n - 1] + share * (table[n] - table[n - 1])
        return table[-1]


def _assumed(hall: Hall, service: str) -> tuple[float, ...]:
    key = ("remaining", service)
    found: tuple[float, ...] | None = hall.memo.get(key)
    if found is None:
        part = hall.service(service)
        mean = part.minutes if part is not None else 0.0
        found = hall.memo[key] = tuple(_tail_mean(mean, elapsed) for elapsed in ELAPSED)
    return found


def _tail_mean(mean: float, elapsed: float) -> float:
    if not mean:
        return 0.0
    scale = mean / SHAPE
    above = beyond(SHAPE, elapsed / scale)
    # Far out in the tail what is left is as long as one exponential phase of the gamma law.
    return mean * beyond(SHAPE + 1, elapsed / scale) / above - elapsed if above > 1e-280 else scale

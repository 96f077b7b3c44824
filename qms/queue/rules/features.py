"""What the correction of a rolled wait goes by: a ridge regression on these features (SCIENCE A2, L2).

roll      the rolled wait                        qlc      queue length times cycle
delays    mean wait of the last 5 called of the same line today; none yet: the rolled wait
booking   minutes until the booked time; 0 without one, or once it has passed
service:ID, segment:ID      1 for those, 0 for others
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from qms.kernel.clock import minutes
from qms.queue.rules.fit import Correction
from qms.queue.rules.state import Queue

LAST = 5
"""Delays of a line that are averaged."""
LEAST, MOST = 0.5, 2.0
"""A corrected wait stays within these multiples of the rolled one."""
Arrival = tuple[str, str]


def features(
    roll: float, qlc: float, delays: float | None, booking: float, service: str, segment: str
) -> Mapping[str, float]:
    """The features of one person by name; those that are 0 may be left out."""
    return {
        "roll": roll,
        "qlc": qlc,
        "delays": roll if delays is None else delays,
        "booking": max(0.0, booking),
        f"service:{service}": 1.0,
        f"segment:{segment}": 1.0,
    }


def corrected(correction: Correction, of: Mapping[str, float]) -> float:
    """The wait that the regression expects, in minutes, within half and twice the rolled one."""
    terms = zip(correction.names, correction.means, correction.scales, correction.weights, strict=True)
    wait = correction.bias + sum(
        weight * (of.get(name, 0.0) - mean) / scale for name, mean, scale, weight in terms
    )
    return min(max(wait, LEAST * of["roll"]), MOST * of["roll"])


def delays(state: Queue) -> Mapping[Arrival, float]:
    """The mean wait of the last people called of each line today, in minutes from issue to first call."""
    called: dict[Arrival, list[tuple[datetime, float]]] = defaultdict(list)
    for ticket in state.tickets.values():
        if ticket.spells:
            at = ticket.spells[0].called
            called[ticket.service, ticket.segment].append((at, minutes(at - ticket.issued)))
    return {line: _mean([wait for _, wait in sorted(ones)[-LAST:]]) for line, ones in called.items()}


def _mean(waits: list[float]) -> float:
    return sum(waits) / len(waits)

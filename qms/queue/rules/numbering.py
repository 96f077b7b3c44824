"""Numbers on tickets: a letter and a running number, restarted daily, never borne twice at once."""

from dataclasses import dataclass
from datetime import datetime

from qms.halls.rules.model import BOOKED, Group
from qms.queue.rules.state import Queue


@dataclass(frozen=True, slots=True)
class Run:
    """One run of numbers; a group keeps its run when its last number or digits change."""

    letter: str
    first: int
    last: int
    digits: int

    @property
    def key(self) -> str:
        return f"{self.letter}{self.first}"

    def number(self, running: int) -> str:
        return f"{self.letter}{running:0{self.digits}d}"


def run_of(group: Group, segment: str = "", booked: datetime | None = None) -> Run:
    """The run from which a group's ticket is numbered; booked visits may have a letter of their own.

    A visit is booked by its segment, or by its `booked` time whatever its segment.
    """
    own = group.booked_letter if booked is not None or segment == BOOKED else None
    letter = own or group.letter
    return Run(letter, group.first, group.last, group.digits)


def leased(state: Queue) -> frozenset[str]:
    """Numbers that are set aside for devices and not used up today, as they are written."""
    return frozenset(written for numbers in state.leases.values() for _, written in numbers)


def set_aside(state: Queue) -> frozenset[str]:
    """Numbers that are set aside for devices, used up today or not, as they are written."""
    return frozenset(written for numbers in state.set_aside.values() for _, written in numbers)


def fits(group: Group | None, running: int, written: str) -> bool:
    """Whether the group's run has this number, written so."""
    if group is None or group.retired:
        return False
    run = run_of(group)
    return run.first <= running <= run.last and run.number(running) == written


def following(state: Queue, run: Run, count: int = 1) -> tuple[int, ...]:
    """The next `count` free running numbers; fewer when the run is exhausted.

    The count wraps from `last` to `first` and skips numbers that live tickets bear or devices hold.
    """
    held = leased(state) | set_aside(state) if state.leases or state.set_aside else frozenset()
    free: list[int] = []
    size = run.last - run.first + 1
    position = state.running.get(run.key, run.first - 1)
    for _ in range(size):
        position = position + 1 if run.first <= position < run.last else run.first
        number = run.number(position)
        if number not in held and number not in state.bearers:
            free.append(position)
            if len(free) == count:
                break
    return tuple(free)

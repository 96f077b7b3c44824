"""What all shapes of the open data tell alike: the lines of a hall, and the last number that was called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qms.halls.rules.model import Hall
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.model import Ticket
from qms.queue.rules.promise import Published, Whom
from qms.queue.rules.shown import QueueView, ServiceQueue
from qms.queue.rules.state import Queue
from qms.queue.views import status


@dataclass(frozen=True, slots=True)
class HallFacts:
    """A hall at one moment; `standards` is what it promises to whom, where it publishes that."""

    state: Queue
    outlooks: Outlooks
    view: QueueView
    standards: Mapping[Whom, Published]

    @property
    def setup(self) -> Hall:
        return self.state.setup


def facts_of(
    state: Queue, standards: Mapping[Whom, Published], now: datetime, outlooks: Outlooks
) -> HallFacts:
    """A hall now."""
    return HallFacts(state, outlooks, status.queue(state, now, lambda *_: outlooks), standards)


def last_called(tickets: Iterable[Ticket]) -> Ticket | None:
    """Of these, the one that was called last; None where nobody has been today."""
    called = [ticket for ticket in tickets if ticket.spells]
    return max(called, key=lambda ticket: ticket.spells[-1].called, default=None)


def ordered(view: QueueView) -> list[tuple[str, ServiceQueue]]:
    """The lines of a hall in the office's order, each with its service's id."""
    return sorted(view["services"].items(), key=lambda line: line[1]["order"])


class Since:
    """Remembers since when a thing has been as it is, so that what has not changed reads the same again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Any, datetime]] = {}

    def of(self, name: str, content: Any, now: datetime) -> datetime:
        """Since when the thing of this name has had this content."""
        known = self._known.get(name)
        if known is None or known[0] != content:
            known = self._known[name] = (content, now)
        return known[1]

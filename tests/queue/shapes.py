"""Every view of a hall, held against the shape that is promised on the wire."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter

from qms.queue.rules import shown
from qms.queue.rules.roll import roll
from qms.queue.rules.state import Queue
from qms.queue.views import board, desk, manager, status

SHAPES: Mapping[str, TypeAdapter[Any]] = {
    "board": TypeAdapter(shown.BoardView),
    "counter": TypeAdapter(shown.CounterView),
    "queue": TypeAdapter(shown.QueueView),
    "ticket": TypeAdapter(shown.TicketView),
    "clerk": TypeAdapter(shown.ClerkView),
    "answer": TypeAdapter(shown.DeskAnswer),
    "manager": TypeAdapter(shown.ManagerView),
}
PUBLIC = ("board", "counter", "queue", "ticket")


def views(state: Queue, now: datetime) -> Iterator[tuple[str, str, Any]]:
    """All views of a hall: kind, whose (a ticket's, a counter's), and the view itself."""
    yield "board", "", board.board({state.id: state}, now)
    yield "queue", "", status.queue(state, now)
    yield "manager", "", manager.manager(state, None, None, now)
    yield "manager", "", manager.manager(state, roll(state, now), (), now)
    for ticket in state.tickets:
        yield "ticket", ticket, status.ticket(state, ticket, now)
    for part in state.setup.counters:
        yield "counter", part.id, board.counter(state, part.id)
        yield "clerk", part.id, desk.clerk(state, part.id, now)
        yield "answer", part.id, desk.desk_answer(state, part.id)


def check(kind: str, view: Any) -> str:
    """Fails where a view is not of its shape; returns it as it goes over the wire."""
    text = orjson.dumps(view)
    sent = orjson.loads(text)
    # What a shape does not know is dropped when it is read, so equality says that nothing was.
    assert SHAPES[kind].validate_python(sent, strict=True) == sent, kind
    assert not list(_nothings(sent)), f"{kind} says null at {list(_nothings(sent))}"
    return text.decode()


def check_all(state: Queue, now: datetime) -> None:
    """Draw and check every view."""
    for kind, _, view in views(state, now):
        check(kind, view)


def _nothings(value: Any, path: str = "") -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _nothings(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _nothings(inner, f"{path}/{n}")

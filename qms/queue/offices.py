"""The halls of one office, as far as this server serves them."""

from typing import Any

from qms.ledger.writer import Writer
from qms.queue.rules.state import Queue


def halls_of(writer: Writer[Any], office: str) -> list[Queue]:
    """The published states of an office's halls, in the server's order; none for an office that is not known."""
    states = (writer.state(hall) for hall in writer.halls())
    return [s for s in states if s is not None and s.hall is not None and s.setup.office.id == office]

"""What every command works with: halls by their id, and a way to say in plain words that something cannot be."""

from qms.app import Server
from qms.queue.rules.state import Queue

ACTOR = "operator"
"""Who does what the command line does."""


class Refused(Exception):  # noqa: N818
    """Why the command line cannot do it, in plain words."""


def state_of(server: Server, hall: str) -> Queue:
    """The state of a hall that is served and set up; raises Refused."""
    state: Queue | None = server.site.writer.state(hall)
    if state is None or state.hall is None:
        known = ", ".join(server.site.writer.halls()) or "none"
        raise Refused(f"{hall}: there is no such hall (known: {known})")
    return state

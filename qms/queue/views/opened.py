"""What is opened at a counter for a while, as clerks and those who run the hall see it."""

from qms.kernel.clock import instant
from qms.queue.rules import shown
from qms.queue.rules.model import Desk


def opened_at(desk: Desk) -> dict[str, shown.OpenedShown]:
    """By service; empty where the counter stands as its clerk opened it."""
    found: dict[str, shown.OpenedShown] = {}
    for each in desk.opened:
        found[each.service] = {"by": each.by, "since": instant(each.since)}
        if each.until is not None:
            found[each.service]["until"] = instant(each.until)
    return found

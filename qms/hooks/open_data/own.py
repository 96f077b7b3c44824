"""Our own shape of the open data: all halls of an office, line by line."""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, cast

from typing_extensions import TypedDict

from qms.hooks.open_data.facts import HallFacts, Since, ordered
from qms.kernel.clock import instant
from qms.queue.http.standards import StandardShown, standard_shown
from qms.queue.rules.shown import HallState, Instant, Range, Words


class OpenLine(TypedDict):
    """The line of one service. `estimate` is what somebody would wait, in minutes, who took a number now."""

    id: str
    names: Words
    letter: str
    accepting: bool
    closed_code: NotRequired[str]
    waiting: int
    longest_since: NotRequired[Instant]
    open_counters: int
    serving: list[str]
    estimate: NotRequired[Range]
    standard: NotRequired[StandardShown]


class OpenHall(TypedDict):
    """A hall and its lines, in the office's order."""

    id: str
    names: Words
    zone: str
    state: HallState
    notice: NotRequired[Words]
    services: list[OpenLine]


class OpenOffice(TypedDict):
    """An office; `changed_at` is when anything of this last changed."""

    office: str
    names: Words
    changed_at: Instant
    halls: list[OpenHall]


def told(office: str, halls: Sequence[HallFacts], since: Since, now: datetime) -> OpenOffice:
    """The office as it stands now."""
    shown = [_hall(facts) for facts in halls]
    return {
        "office": office,
        "names": halls[0].setup.office.names,
        "changed_at": instant(since.of(office, shown, now)),
        "halls": shown,
    }


def _hall(facts: HallFacts) -> OpenHall:
    view = facts.view
    hall: OpenHall = {
        "id": facts.setup.id,
        "names": view["hall"]["names"],
        "zone": view["hall"]["zone"],
        "state": view["hall"]["state"],
        "services": [_line(facts, id) for id, _ in ordered(view)],
    }
    if "notice" in view["hall"]:
        hall["notice"] = view["hall"]["notice"]
    return hall


def _line(facts: HallFacts, id: str) -> OpenLine:
    line = facts.view["services"][id]
    shown: OpenLine = {
        "id": id,
        "names": line["names"],
        "letter": line["letter"],
        "accepting": line["accepting"],
        "waiting": line["waiting"],
        "open_counters": line["open"],
        "serving": sorted(line["serving"].values()),
    }
    for name in ("closed_code", "longest_since", "estimate"):
        if name in line:
            shown[name] = line[name]
    published = facts.standards.get(("services", id))
    if published is not None:
        shown["standard"] = cast(StandardShown, standard_shown(published))
    return shown

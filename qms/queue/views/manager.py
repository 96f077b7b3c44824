"""How a hall stands, for those who run it: its lines, its counters, and what could be done."""

from collections.abc import Sequence
from datetime import datetime

from qms.halls.rules.model import Counter
from qms.kernel.clock import instant
from qms.queue.rules import shown
from qms.queue.rules.pressure import Pressure, pressures
from qms.queue.rules.proposals import Change, Proposal
from qms.queue.rules.roll import Rolled
from qms.queue.rules.routing import levels_of
from qms.queue.rules.state import Queue
from qms.queue.views.hall import hall_state
from qms.queue.views.opened import opened_at

NEAR = 0.75
"""From this part of what people may expect on, a line is said to be near it."""


def manager(
    state: Queue, rolled: Rolled | None, advice: Sequence[Proposal] | None, now: datetime
) -> shown.ManagerView:
    """The view. `rolled` is the latest roll, `advice` what was found to be proposed; None: not yet.

    What helps a line that is well again meanwhile is not proposed any more.
    """
    setup = state.setup
    ranked = pressures(state, rolled or Rolled(now, -1, {}, {}, {}))
    needy = {one.service for one in ranked if one.degree > 1}
    proposed = [one for one in advice or () if one.line.service in needy]
    return {
        "hall": {
            "id": setup.id,
            "names": setup.names,
            "zone": setup.zone,
            "languages": list(setup.languages),
            "state": hall_state(state, now),
            "forecast": rolled is not None,
            "helping": setup.conduct.overflow is not None,
        },
        "lines": {one.service: _line(state, one, n, rolled is not None) for n, one in enumerate(ranked)},
        "counters": {
            part.id: _counter(state, part, n) for n, part in enumerate(setup.counters) if not part.retired
        },
        "segments": {part.id: {"names": part.names, "target": part.target} for part in setup.segments},
        "services": {part.id: part.names for part in setup.services},
        "proposals": {
            f"{one.kind}:{one.counter}:{one.service}": _proposal(one, n) for n, one in enumerate(proposed)
        },
        "weighed": advice is not None,
    }


def _line(state: Queue, one: Pressure, order: int, forecast: bool) -> shown.LineShown:
    part = state.setup.service(one.service)
    group = state.setup.group(part.group) if part is not None else None
    view: shown.LineShown = {
        "order": order,
        "names": part.names if part is not None else {},
        "letter": group.letter if group is not None else "",
        "state": _stands(one) if forecast else "unknown",
        "waiting": one.waiting,
        "open": len(one.open),
    }
    if one.opened:
        view["opened"] = len(one.opened)
    if one.untold:
        view["unserved"] = one.untold
    if one.worst is not None:
        view["segment"] = one.worst.segment
        view["wait"], view["target"] = round(one.worst.wait), round(one.worst.target)
    return view


def _stands(one: Pressure) -> shown.LineState:
    if one.untold:
        return "unserved"
    if one.worst is None:
        return "closed"
    if one.degree > 1:
        return "over"
    return "near" if one.degree > NEAR else "well"


def _counter(state: Queue, part: Counter, order: int) -> shown.CounterShown:
    desk = state.desk(part.id)
    view: shown.CounterShown = {
        "order": order,
        "names": part.names,
        "state": desk.state,
        "serves": dict(levels_of(state.setup, desk)),
    }
    if desk.state == "paused" and desk.until is not None:
        view["until"] = instant(desk.until)
    if desk.ticket is not None:
        view["number"] = state.tickets[desk.ticket].number
    if desk.opened:
        view["opened"] = opened_at(desk)
    return view


def _proposal(one: Proposal, order: int) -> shown.ProposalShown:
    view: shown.ProposalShown = {
        "order": order,
        "kind": one.kind,
        "counter": one.counter,
        "service": one.service,
        "line": one.line.service,
        "after": _whole(one.line.after),
        "hall_before": round(one.longest[0]),
        "hall_after": round(one.longest[1]),
        "longer": {change.service: _longer(change, n) for n, change in enumerate(one.longer)},
    }
    if one.minutes:
        view["minutes"] = one.minutes
    if one.line.before is not None:
        view["before"] = _whole(one.line.before)
    return view


def _longer(change: Change, order: int) -> shown.Longer:
    return {"order": order, "before": _whole(change.before), "after": _whole(change.after)}


def _whole(minutes: float | None) -> int:
    return round(minutes or 0.0)

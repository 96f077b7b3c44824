"""The hall board, and the sign over a counter."""

from collections import Counter as Count
from collections.abc import Mapping
from datetime import datetime, timedelta

from qms.halls.rules.model import WALK_IN
from qms.kernel.clock import instant
from qms.queue.rules import shown
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.model import Call, Desk
from qms.queue.rules.state import Queue
from qms.queue.views.chosen import Choice, next_in_line, set_up
from qms.queue.views.hall import OutlooksOf, board_hall, open_counters, wait_range, where_is

ANNOUNCED_FOR = timedelta(minutes=1)
"""A call older than this is announced no more."""
RECENT = 8


def board(
    states: Mapping[str, Queue], now: datetime, chosen: str = "", outlooks_of: OutlooksOf = Outlooks
) -> shown.BoardView:
    """The hall board: one or more halls; `chosen` is a board that the first of them has set up."""
    first = next(iter(states.values()))
    part = first.setup.board(chosen) if chosen else None
    view: shown.BoardView = {"halls": {}, "calls": {}, "recent": {}, "queues": {}}
    if part is not None:
        view["board"] = set_up(first.setup, part)
    if part is not None and part.kind == "next":
        view["next"] = {}
    recent: list[tuple[datetime, str, shown.RecentCall]] = []
    for hall, state in states.items():
        choice = Choice(state, part)
        view["halls"][hall] = board_hall(state, now)
        if part is None or part.queues:
            view["queues"].update(_group_queues(state, outlooks_of(state, now), choice))
        for call in state.calls:
            if now - call.at <= ANNOUNCED_FOR and choice.has_call(call):
                view["calls"][f"{hall}:{call.seq}"] = _announcement(state, call)
        recent.extend((c.at, c.ticket, _recent(state, c)) for c in _last_calls(state) if choice.has_call(c))
        if "next" in view:
            view["next"].update(next_in_line(state, now, choice))
    recent.sort(key=lambda entry: entry[0], reverse=True)
    most = RECENT if part is None else part.recent
    view["recent"] = {ticket: call for _, ticket, call in recent[:most]}
    return view


def _last_calls(state: Queue) -> list[Call]:
    """The last call of each ticket that is still at, or on its way to, a counter."""
    latest = {call.ticket: call for call in state.calls}
    return [call for name, call in latest.items() if state.tickets[name].state in ("called", "serving")]


def _announcement(state: Queue, call: Call) -> shown.Announcement:
    where = where_is(state, call.counter)
    view: shown.Announcement = {
        "order": call.seq,
        "hall": state.id,
        "number": call.number,
        "counter": call.counter,
        "counter_names": where["names"],
        "at": instant(call.at),
        "again": call.again,
    }
    if "place" in where:
        view["place"] = where["place"]
    if "direction" in where:
        view["direction"] = where["direction"]
    stands = state.setup.counter(call.counter)
    if stands is not None and stands.zone is not None:
        view["zone"] = stands.zone
    return view


def _recent(state: Queue, call: Call) -> shown.RecentCall:
    called = _announcement(state, call)
    view: shown.RecentCall = {
        "order": called["order"],
        "hall": called["hall"],
        "number": called["number"],
        "counter": called["counter"],
        "counter_names": called["counter_names"],
        "at": called["at"],
        "state": "serving" if state.tickets[call.ticket].state == "serving" else "called",
    }
    if "place" in called:
        view["place"] = called["place"]
    if "direction" in called:
        view["direction"] = called["direction"]
    if "zone" in called:
        view["zone"] = called["zone"]
    return view


def _group_queues(state: Queue, outlooks: Outlooks, choice: Choice) -> dict[str, shown.GroupQueue]:
    waiting = Count(ticket.service for ticket in state.waiting())
    view: dict[str, shown.GroupQueue] = {}
    for n, group in enumerate(g for g in state.setup.groups if not g.retired):
        members = [s for s in state.setup.services if s.group == group.id and choice.has(s.id)]
        if not members:
            continue
        services = [s.id for s in members if not s.retired]
        queue: shown.GroupQueue = {
            "order": n,
            "hall": state.id,
            "names": group.names,
            "letter": group.letter,
            "waiting": sum(waiting[s.id] for s in members),
            "open": len(frozenset[str]().union(*(open_counters(state, outlooks, s) for s in services))),
        }
        told = [one for s in services if (one := wait_range(outlooks.for_arrival(s, WALK_IN))) is not None]
        if told:
            queue["estimate"] = max(told, key=lambda one: one["mid"])
        view[f"{state.id}:{group.id}"] = queue
    return view


def counter(state: Queue, counter_id: str) -> shown.CounterView:
    """The sign over one counter."""
    setup, desk = state.setup, state.desk(counter_id)
    where = where_is(state, counter_id)
    sign: shown.SignCounter = {"id": counter_id, "names": where["names"], "state": _sign_state(state, desk)}
    if "place" in where:
        sign["place"] = where["place"]
    if "direction" in where:
        sign["direction"] = where["direction"]
    if desk.state == "paused" and desk.until is not None:
        sign["until"] = instant(desk.until)
    if desk.ticket is not None:
        sign["number"] = state.tickets[desk.ticket].number
        call = next((c for c in reversed(state.calls) if c.ticket == desk.ticket), None)
        if call is not None:
            sign["call"] = {"key": f"{state.id}:{call.seq}", "at": instant(call.at), "again": call.again}
    hall: shown.SignHall = {"names": setup.names, "zone": setup.zone, "languages": list(setup.languages)}
    return {"hall": hall, "counter": sign}


def _sign_state(state: Queue, desk: Desk) -> shown.SignState:
    if desk.state != "open":
        return desk.state
    if desk.ticket is None:
        return "free"
    return "serving" if state.tickets[desk.ticket].state == "serving" else "called"

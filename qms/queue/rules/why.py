"""Why a person was called, and what a waiting person stands at: as codes and numbers for a catalogue.

The words are in the catalogue `desk`, one sentence a reason. `params["n"]` chooses the plural.
The terms shown are whole minutes, so that the sum can be checked by hand; where rounding hides
who was ahead, a further sentence says so.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Literal
from zoneinfo import ZoneInfo

from qms.halls.rules.model import Rule
from qms.kernel.clock import instant
from qms.queue.rules.events import TicketCalled
from qms.queue.rules.model import Score

WALK_IN_MINUTES = 30.0
"""Points are minutes of a walk-in, whose target is 30 minutes (the affine rule's unit)."""
TIE = 1e-9
SCORED = frozenset({"accumulating", "cmu"})
"""Rules whose points decide, so that they are set side by side; in the others minutes are enough."""
How = Literal["auto", "helps", "lent"]
"""What else there is to a call: it was made at once, or at a counter that helps out or is lent."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence: its catalogue key, and what fills it."""

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    def view(self) -> dict[str, object]:
        """The shape on the wire."""
        return {"code": self.code, "params": dict(self.params)}


def why_called(
    called: TicketCalled,
    zone: ZoneInfo,
    guard: float,
    rule: Rule = "accumulating",
    how: Collection[How] = (),
) -> tuple[Reason, ...]:
    """The reasons of a call, most telling first; `guard` (minutes) and `rule` are the hall's at the time."""
    who = {"number": called.number}
    if called.by == "resume":
        return (Reason("desk.why.resumed", who),)
    if called.by == "hand":
        if not called.passed:
            return (Reason("desk.why.picked_first", who),)
        return (Reason("desk.why.picked", {**who, "n": called.passed}),)
    further = tuple(Reason(f"desk.why.{each}", who) for each in how)
    first = _sentence(called.score, zone, guard, rule)
    if called.runner_up is None:
        return (first, Reason("desk.why.only", who), *further)
    other = _sentence(called.runner_up, zone, guard, rule)
    return (first, other, *_between(called.score, called.runner_up, rule), *further)


def why_waiting(
    number: str,
    ref: datetime,
    rate: float,
    head: float,
    guard: float,
    booked: datetime | None = None,
    not_before: datetime | None = None,
) -> Reason:
    """What a waiting ticket stands at, free of the present moment, so that it never grows stale.

    `rate` and `head` (points) are the rule's terms; an infinite guard is left out. The screen fills in
    the minutes since `ref` and the points: `head + rate * minutes`.
    """
    params: dict[str, str | int | float] = {
        "number": number,
        "ref": instant(ref),
        "rate": _whole(rate),
        "head": _whole(head),
    }
    if guard != inf:
        params["guard"] = _whole(guard)
    if booked is not None:
        params["booked"] = instant(booked)
    if not_before is not None:
        params["not_before"] = instant(not_before)
    return Reason("desk.why.standing", params)


def _sentence(score: Score, zone: ZoneInfo, guard: float, rule: Rule) -> Reason:
    """What the rule made of one ticket."""
    waited = int(score.waited)
    if score.guarded:
        return Reason(
            "desk.why.guarded", {"number": score.number, "waited": waited, "guard": _whole(guard)}
        )
    params: dict[str, str | int | float] = {"number": score.number, "waited": waited}
    if score.booked is not None:
        params["time"] = score.booked.astimezone(zone).strftime("%H:%M")
    if score.waited < 0:
        return Reason("desk.why.early", params)
    since = "booked" if score.booked is not None else "waited"
    if rule not in SCORED:
        return Reason(f"desk.why.{since}_only", params)
    rate, head = _rate(score.target), _whole(WALK_IN_MINUTES * score.head if rule != "cmu" else 0)
    params["n"] = round(head + rate * waited)
    unweighted = WALK_IN_MINUTES * score.waited / score.target + head
    weight = score.points / unweighted if unweighted else 1
    if abs(weight - 1) > 0.01:
        params |= {"head": head, "rate": rate, "weight": round(weight, 2), "n": round(score.points)}
        form = "weighted" if head else "product"
    elif not head and rate == 1:
        form = "plain"
    else:
        params |= {"head": head, "rate": rate}
        form = "sum" if head else "rate"
    return Reason(f"desk.why.{since}_{form}", params)


def _between(first: Score, other: Score, rule: Rule) -> tuple[Reason, ...]:
    """Further sentences on what decided between the two."""
    if other.waited < 0 or first.guarded or rule in SCORED:
        return _close(first, other)
    return (_DECIDED[rule](first, other),)


def _by_arrival(first: Score, other: Score) -> Reason:
    if first.waited < other.waited:
        return Reason("desk.why.level", {"number": first.number, "other": other.number})
    return Reason("desk.why.first_come", {"number": first.number})


def _by_target(first: Score, other: Score) -> Reason:
    if first.target == other.target:
        return _by_arrival(first, other)
    both: dict[str, str | int | float] = {"number": first.number, "other": other.number}
    if first.target > other.target:
        return Reason("desk.why.level", both)
    targets = {"target": _whole(first.target), "other_target": _whole(other.target)}
    return Reason("desk.why.urgent", both | targets)


def _by_queue(first: Score, _: Score) -> Reason:
    return Reason("desk.why.queue", {"number": first.number})


_DECIDED: Mapping[Rule, Callable[[Score, Score], Reason]] = {
    "fcfs": _by_arrival,
    "strict": _by_target,
    "strict_ageing": _by_target,
    "longest_queue": _by_queue,
}


def _close(first: Score, other: Score) -> tuple[Reason, ...]:
    """A further sentence where the two scores, as shown, do not tell who was ahead."""
    tie = (Reason("desk.why.tie", {"number": first.number}),)
    if other.waited < 0:
        return tie if first.waited == other.waited else ()
    if first.guarded:
        return (Reason("desk.why.longest", {"number": first.number}),) if other.guarded else ()
    if first.points < other.points - TIE:
        return (Reason("desk.why.level", {"number": first.number, "other": other.number}),)
    if first.points <= other.points + TIE:
        return tie
    if _shown(first) <= _shown(other):
        return (Reason("desk.why.close", {"number": first.number}),)
    return ()


def _shown(score: Score) -> int:
    return round(_whole(WALK_IN_MINUTES * score.head) + _rate(score.target) * int(score.waited))


def _rate(target: float) -> int | float:
    return _whole(WALK_IN_MINUTES / target)


def _whole(value: float) -> int | float:
    """An integer where the value is one, else two decimals."""
    return int(value) if value == int(value) else round(value, 2)

"""Why a person was called, and what a waiting person stands at: as codes and numbers for a catalogue.

The words are in the catalogue `desk`, one sentence a reason. `params["n"]` chooses the plural.
The terms shown are whole minutes, so that the sum can be checked by hand; where rounding hides
who was ahead, a further sentence says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from qms.kernel.clock import instant
from qms.queue.rules.events import TicketCalled
from qms.queue.rules.model import Score

WALK_IN_MINUTES = 30.0
"""Points are minutes of a walk-in, whose target is 30 minutes (the affine rule's unit)."""
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence: its catalogue key, and what fills it."""

    code: str
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    def view(self) -> dict[str, object]:
        """The shape on the wire."""
        return {"code": self.code, "params": dict(self.params)}


def why_called(called: TicketCalled, zone: ZoneInfo, guard: float) -> tuple[Reason, ...]:
    """The reasons of a call, most telling first; `guard` (minutes) is that of the hall at the time."""
    who = {"number": called.number}
    if called.by == "resume":
        return (Reason("desk.why.resumed", who),)
    if called.by == "hand":
        if not called.passed:
            return (Reason("desk.why.picked_first", who),)
        return (Reason("desk.why.picked", {**who, "n": called.passed}),)
    first = _sentence(called.score, zone, guard)
    if called.runner_up is None:
        return (first, Reason("desk.why.only", who))
    other = _sentence(called.runner_up, zone, guard)
    return (first, other, *_close(called.score, called.runner_up))


def why_waiting(
    number: str,
    ref: datetime,
    target: float,
    head: float,
    guard: float,
    booked: datetime | None = None,
    not_before: datetime | None = None,
) -> Reason:
    """What a waiting ticket stands at, free of the present moment, so that it never grows stale.

    The screen fills in the minutes since `ref` and the points: `head + rate * minutes`.
    """
    params: dict[str, str | int | float] = {
        "number": number,
        "ref": instant(ref),
        "rate": _rate(target),
        "head": _whole(WALK_IN_MINUTES * head),
        "guard": _whole(guard),
    }
    if booked is not None:
        params["booked"] = instant(booked)
    if not_before is not None:
        params["not_before"] = instant(not_before)
    return Reason("desk.why.standing", params)


def _sentence(score: Score, zone: ZoneInfo, guard: float) -> Reason:
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
    rate, head = _rate(score.target), _whole(WALK_IN_MINUTES * score.head)
    params["n"] = round(head + rate * waited)
    unweighted = WALK_IN_MINUTES * (score.waited / score.target + score.head)
    weight = score.points / unweighted if unweighted else 1
    if abs(weight - 1) > 0.01:
        params |= {"head": head, "rate": rate, "weight": round(weight, 2), "n": round(score.points)}
        form = "weighted"
    elif not head and rate == 1:
        form = "plain"
    else:
        params |= {"head": head, "rate": rate}
        form = "sum" if head else "rate"
    return Reason(f"desk.why.{'booked' if score.booked else 'waited'}_{form}", params)


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

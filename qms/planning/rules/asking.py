"""What a manager asks of the policy lab, read from the address of the page: days, rules, values, counters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from qms.halls.rules.model import Hall, Segment
from qms.planning.rules.lab import OWN, Move, Variant
from qms.queue.rules.terms import UNIT
from qms.twin.rules.sim.tuning import RULES

DAYS, LISTED, USUAL = 20, 30, 5
"""Days that may be played at once, that are offered, and that are ticked at first."""
FIRST_RULES = ("fcfs", "strict")
MOVES = (1, 2)
SHARES = (0, 25, 50, 75)
"""Of a hundred people without an appointment, so many may be tried as booked."""
MOST = 3
"""Counters that one line of the roster adds or takes."""
GUARD, TARGET, HEAD = (1.0, 1440.0), (0.1, 480.0), (0.0, 10.0 * UNIT)
"""What the values may be, as in a hall's set-up; a head start is typed as the minutes of waiting that it is worth."""
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; with `faults` (what is wrong, by field) it cannot be put."""

    days: tuple[date, ...]
    variants: tuple[Variant, ...]
    typed: Mapping[str, str]
    rules: tuple[str, ...]
    faults: Mapping[str, str] = field(default_factory=dict)


def segments_of(hall: Hall) -> tuple[Segment, ...]:
    """The segments whose values can be tried."""
    return tuple(segment for segment in hall.segments if not segment.retired)


def first(known: Sequence[date]) -> Asked:
    """What is asked before anybody has asked anything."""
    return Asked(tuple(known[:USUAL]), (), {}, FIRST_RULES)


def asked(
    hall: Hall, known: Collection[date], halves: Sequence[int], given: Sequence[tuple[str, str]]
) -> Asked:
    """A question as the fields of the form say; `known` are the days offered, `halves` those of the hall's hours."""
    typed = {name: value.strip()[:LONGEST] for name, value in given}
    rules = tuple(rule for rule in RULES if ("rule", rule) in given)
    wanted = {value for name, value in given if name == "day"}
    days = tuple(sorted((day for day in known if day.isoformat() in wanted), reverse=True))
    read = _Read(typed)
    if not days:
        read.faults["day"] = "no_day"
    elif len(days) > DAYS:
        read.faults["day"] = "too_many_days"
    own = _own(hall, halves, read)
    variants = [Variant(rule, rule=rule) for rule in RULES if rule in rules]
    if own is not None:
        variants.append(own)
    return Asked(days, tuple(variants), typed, rules, read.faults)


class _Read:
    """Reads fields and notes what cannot be read."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.faults: dict[str, str] = {}

    def number(self, name: str, now: float, bounds: tuple[float, float]) -> float | None:
        """A value that differs from the present one; None where it does not, or nothing was typed."""
        text = self.typed.get(name, "")
        if not text:
            return None
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not isfinite(value) or not bounds[0] <= value <= bounds[1]:
            self.faults[name] = "number"
            return None
        return None if value == now else value

    def move(self, n: int, halves: Sequence[int]) -> Move | None:
        """The n-th change of the roster; None where it changes nothing."""
        more, since, until = (self.typed.get(f"{part}-{n}", "") for part in ("more", "from", "to"))
        if more in ("", "0"):
            return None
        offered = {str(half) for half in (*halves, halves[-1] + 1)} if halves else set()
        signed = {str(value) for value in range(-MOST, MOST + 1)}
        if more not in signed or since not in offered or until not in offered or int(since) >= int(until):
            self.faults[f"more-{n}"] = "hours"
            return None
        return Move(int(more), int(since), int(until))


def _own(hall: Hall, halves: Sequence[int], read: _Read) -> Variant | None:
    """The manager's own plan; None where it changes nothing."""
    conduct = hall.conduct
    targets, heads = dict[str, float](), dict[str, float]()
    for segment in segments_of(hall):
        if (target := read.number(f"target-{segment.id}", segment.target, TARGET)) is not None:
            targets[segment.id] = target
        if (head := read.number(f"head-{segment.id}", UNIT * segment.head, HEAD)) is not None:
            heads[segment.id] = head / UNIT
    rule = next((r for r in RULES if r == read.typed.get("own_rule") and r != conduct.rule), None)
    guard = read.number("guard", conduct.guard, GUARD)
    moves = tuple(move for n in MOVES if (move := read.move(n, halves)) is not None)
    booked = next((share / 100 for share in SHARES if read.typed.get("booked") == str(share)), 0.0)
    own = Variant(OWN, rule, guard, targets, heads, moves, booked, read.typed.get("pooled") == "on")
    return None if own == Variant(OWN) else own

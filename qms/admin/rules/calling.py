"""The forms about calling: the hall's rule with its numbers, and what holds for one category of clients.

People read the head start of a category as minutes of a walk-in's wait: `SCALE` times that of the model.
"""

from collections.abc import Mapping
from typing import get_args

from qms.admin.rules.fields import Fields, unless_same
from qms.admin.rules.outcome import whole, with_part
from qms.admin.rules.settings import ON
from qms.halls.rules.model import Hall, Overflow, Rule, Segment, Standard
from qms.queue.rules.terms import UNIT

SCALE = UNIT
CALLING, SEGMENT = "rules", "segment"
"""The two changes, as addresses name them."""
RULES: tuple[Rule, ...] = get_args(Rule)
CONDUCT = ("rule", "guard", "alpha", "auto_call", "let_pass", "overflow")
"""The fields of a hall's conduct that the form changes."""
OF_SEGMENT = ("target", "head", "standard")
BOUNDS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    CALLING: {
        "guard": (1, 1440),
        "alpha": (0, 100),
        "let_pass": (0, 20),
        "overflow_above": (1, 480),
        "overflow_below": (0, 480),
        "overflow_least": (1, 480),
    },
    SEGMENT: {
        "target": (1, 480),
        "head": (0, 300),
        "standard_minutes": (1, 480),
        "standard_share": (1, 100),
    },
}
"""The least and the greatest number of each field."""


def change_calling(hall: Hall, form: Fields) -> Hall:
    """The rule by which people are called, and what goes with it."""
    old = hall.conduct
    changes = {
        "rule": form.choice("rule", RULES),
        "guard": _number(form, CALLING, "guard", old.guard),
        "alpha": _number(form, CALLING, "alpha", old.alpha, 100),
        "auto_call": form.has("auto_call"),
        "let_pass": round(_number(form, CALLING, "let_pass", old.let_pass)),
        "overflow": _overflow(form, old.overflow) if form.has("overflow") else None,
    }
    form.sound()
    return whole(hall, conduct=with_part(old, changes, ("conduct",)))


def shown_calling(hall: Hall) -> dict[str, str]:
    """The fields of the form, filled with what is so at present; those of helping with what is usual."""
    now, helping = hall.conduct, hall.conduct.overflow or Overflow()
    return {
        "rule": now.rule,
        "guard": f"{now.guard:.0f}",
        "alpha": f"{now.alpha * 100:.0f}",
        "auto_call": ON if now.auto_call else "",
        "let_pass": str(now.let_pass),
        "overflow": ON if now.overflow is not None else "",
        **{f"overflow_{name}": f"{getattr(helping, name):.0f}" for name in Overflow.model_fields},
    }


def change_segment(hall: Hall, form: Fields) -> Hall:
    """What holds for one category: its target, its head start, and what the office promises it."""
    id = form.choice("id", [each.id for each in hall.segments if not each.retired])
    form.sound()
    old = hall.segment(id)
    assert old is not None
    changes = {
        "target": _number(form, SEGMENT, "target", old.target),
        "head": _number(form, SEGMENT, "head", old.head, SCALE),
        "standard": _standard(form, old.standard) if form.has("standard") else None,
    }
    form.sound()
    new = with_part(old, changes, ("segments", id))
    return whole(hall, segments=tuple(new if each is old else each for each in hall.segments))


def shown_segment(hall: Hall, id: str) -> dict[str, str]:
    """The fields of its form; nothing for a category that there is not."""
    now: Segment | None = hall.segment(id)
    if now is None:
        return {}
    promised = now.standard or Standard()
    return {
        "target": f"{now.target:.0f}",
        "head": f"{now.head * SCALE:.0f}",
        "standard": ON if now.standard is not None else "",
        "standard_minutes": f"{promised.minutes:.0f}",
        "standard_share": f"{promised.share * 100:.0f}",
    }


def _overflow(form: Fields, old: Overflow | None) -> Overflow | None:
    was = old or Overflow()
    names = ("above", "below", "least")
    values = {name: _number(form, CALLING, f"overflow_{name}", getattr(was, name)) for name in names}
    return None if form.faults else with_part(was, values, ("conduct", "overflow"))


def _standard(form: Fields, old: Standard | None) -> Standard:
    was = old or Standard()
    minutes = _number(form, SEGMENT, "standard_minutes", was.minutes)
    share = _number(form, SEGMENT, "standard_share", was.share, 100)
    return with_part(was, {"minutes": minutes, "share": share}, ("segments", "standard"))


def _number(form: Fields, what: str, name: str, old: float, times: int = 1) -> float:
    """A whole number within its bounds, in parts of `times`; the old value where nothing was typed anew."""
    return unless_same(old, form.whole(name, *BOUNDS[what][name]), times)

"""A hall with other rules of calling, for comparison: nothing of it is stored."""

from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from qms.halls.rules.model import Hall, Rule
from qms.twin.rules.sim.cases import CaseError

P = TypeVar("P", bound=BaseModel)
CONDUCT = ("guard", "alpha", "walk", "check_in_closes")
SEGMENT = ("head", "target")
RULES: tuple[Rule, ...] = get_args(Rule)


def ruled(hall: Hall, rule: str) -> Hall:
    """The hall with another rule of calling; raises CaseError for one that there is not."""
    if rule not in RULES:
        raise CaseError(f"{rule}: there is no such rule; one of {', '.join(RULES)}")
    return _conducted(hall, {"rule": rule})


def tuned(hall: Hall, text: str) -> Hall:
    """The hall with other values, such as `head=.25 walk-in.target=20 guard=45`; raises CaseError.

    Of the whole hall: guard, alpha, walk, check_in_closes. Of a segment: head and target; without
    the segment's name they are those of every segment with a head start.
    """
    for part in text.replace(",", " ").split():
        name, equals, value = part.partition("=")
        if not equals:
            raise CaseError(f"{part}: a value is set as in head=.25")
        hall = _set(hall, name, value)
    return hall


def _set(hall: Hall, name: str, value: str) -> Hall:
    segment, _, field = name.rpartition(".")
    try:
        if field == "check_in_closes" and not segment and hall.bookings is not None:
            return hall.model_copy(update={"bookings": _with(hall.bookings, {field: value})})
        if field in CONDUCT and not segment:
            return _conducted(hall, {field: value})
        if field not in SEGMENT:
            raise CaseError(f"{name}: what can be set is {', '.join((*CONDUCT, *SEGMENT))}")
        chosen = {s.id for s in hall.segments if (s.id == segment if segment else s.head > 0)}
        if not chosen:
            raise CaseError(f"{name}: the hall has no such segment")
        segments = tuple(_with(s, {field: value}) if s.id in chosen else s for s in hall.segments)
        return hall.model_copy(update={"segments": segments})
    except ValidationError as error:
        raise CaseError(f"{name}={value}: {error.errors()[0]['msg']}") from None


def _conducted(hall: Hall, values: dict[str, Any]) -> Hall:
    return hall.model_copy(update={"conduct": _with(hall.conduct, values)})


def _with(part: P, values: dict[str, Any]) -> P:
    """The part with other values, each of them checked."""
    return type(part).model_validate(part.model_dump() | values, strict=False)

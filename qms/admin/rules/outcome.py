"""From what a form was read as to a hall: what may be named, and how a refusal is told at its field."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from qms.admin.rules.fields import Unfit
from qms.halls.rules.booking import Bookings
from qms.halls.rules.fault import Path
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import Part
from qms.kernel.refusal import Refusal

P = TypeVar("P", bound=Part)
FAULTS: Mapping[str, tuple[str, str]] = {
    "bookings": ("freed_until", "freed_order"),
    "bookings.contact": ("contact_email", "nobody_to_write_to"),
    "conduct.overflow": ("overflow_below", "overflow_order"),
    "holidays.country": ("country", "unknown_country"),
    "holidays.subdivision": ("subdivision", "unknown_region"),
    "country": ("country", "unknown_country"),
    "subdivision": ("subdivision", "unknown_region"),
}
"""By the path of a fault that the model may find: the field of a form that it is told at, and as what."""
REFUSED_AT = {
    "series_over": "from",
    "ends_too_soon": "until",
    "outside_series": "day",
    "unknown_series": "id",
    "unknown_closure": "id",
    "unknown_time_off": "id",
}
"""Which field a refusal is about."""


def in_use(hall: Hall) -> tuple[str, ...]:
    """The services that are in use, by id."""
    return tuple(each.id for each in hall.services if not each.retired)


def counters(hall: Hall) -> tuple[str, ...]:
    """The counters that are in use, by id."""
    return tuple(each.id for each in hall.counters if not each.retired)


def free_id(stem: str, taken: set[str]) -> str:
    """The stem with the first number that is free."""
    return next(id for n in range(1, len(taken) + 2) if (id := f"{stem}-{n}") not in taken)


def whole(hall: Hall, **changes: Any) -> Hall:
    """The hall with some fields changed; raises Unfit, at the fields that the model's faults are about."""
    before = {name: getattr(hall, name) for name in type(hall).model_fields}
    after = before | changes
    if after == before:
        raise Unfit({"": "nothing_changed"})
    try:
        return Hall.model_validate(after)
    except ValidationError as error:
        raise _unfit(error, ()) from None


def with_part(part: P, changes: Mapping[str, Any], path: Path = ()) -> P:
    """A part of a hall, which lies at `path`, with some fields changed and checked; raises Unfit."""
    fields = {name: getattr(part, name) for name in type(part).model_fields}
    try:
        return type(part).model_validate({**fields, **changes})
    except ValidationError as error:
        raise _unfit(error, path) from None


def with_bookings(hall: Hall, values: Mapping[str, Any]) -> Hall:
    """The hall with settings of its bookings changed, by their paths (`hold`, `limits.exempt`); raises Unfit.

    A hall that takes no bookings yet gets the usual ones, still switched off.
    """
    now = hall.bookings or Bookings(open=False)
    changes: dict[str, Any] = {}
    for path, value in values.items():
        above, _, name = path.rpartition(".")
        if above:
            part = changes.get(above, getattr(now, above))
            changes[above] = part.model_copy(update={name: value})
        else:
            changes[name] = value
    return whole(hall, bookings=with_part(now, changes, ("bookings",)))


def _unfit(error: ValidationError, above: Path) -> Unfit:
    """What the model found, each fault at the field of a form that it is about."""
    faults: dict[str, str] = {}
    for each in error.errors(include_url=False):
        path = ".".join(str(part) for part in (*above, *each["loc"]) if isinstance(part, str))
        field, code = FAULTS.get(path, (path.removeprefix("bookings.").replace(".", "_"), "set_up_invalid"))
        faults.setdefault(field, code)
    return Unfit(faults)


def done(outcome: Hall | Refusal, at: str | None = None) -> Hall:
    """The hall that a change makes; raises Unfit, at the field that a refusal is about."""
    if isinstance(outcome, Hall):
        return outcome
    field = at or REFUSED_AT.get(outcome.code, "")
    raise Unfit({field: outcome.code}, **outcome.params)

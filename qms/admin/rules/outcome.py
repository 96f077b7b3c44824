"""From what a form was read as to a hall: what may be named, and how a refusal is told at its field."""

from typing import Any

from pydantic import ValidationError

from qms.admin.rules.fields import Unfit
from qms.halls.rules.model import Hall
from qms.kernel.refusal import Refusal

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
    """The hall with some fields changed; raises Unfit."""
    before = {name: getattr(hall, name) for name in type(hall).model_fields}
    after = before | changes
    if after == before:
        raise Unfit({"": "nothing_changed"})
    try:
        return Hall.model_validate(after)
    except ValidationError as error:
        raise Unfit({"": "set_up_invalid"}, fault=str(error.errors()[0]["msg"])) from None


def done(outcome: Hall | Refusal, at: str | None = None) -> Hall:
    """The hall that a change makes; raises Unfit, at the field that a refusal is about."""
    if isinstance(outcome, Hall):
        return outcome
    field = at or REFUSED_AT.get(outcome.code, "")
    raise Unfit({field: outcome.code}, **outcome.params)

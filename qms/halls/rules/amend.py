"""Changes to what an office set up for bookings, each as a new set-up: series, closures, time off.

A *series* is an opening rule or a shift: it holds on many days. Every function gives the hall with
the change made, checked as a whole, or a refusal. None of them knows what is booked.

Refusals common to all: `nothing_changed`; `set_up_invalid` (`field`, `fault`): the change
contradicts the rest of the set-up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Literal, TypeAlias

from pydantic import ValidationError

from qms.halls.rules.booking import Closure, OpeningRule, Shift, TimeOff
from qms.halls.rules.fault import Path
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import Part, Span
from qms.kernel.refusal import Refusal

Kind: TypeAlias = Literal["opening", "roster"]
_DAY = timedelta(days=1)


def begin(hall: Hall, new: OpeningRule | Shift) -> Hall | Refusal:
    """A new series. Refusals: `id_taken`; `booking_closed`: the hall takes no bookings."""
    kind = _kind(new)
    if kind == "opening" and hall.bookings is None:
        return Refusal("booking_closed")
    there = _all(hall, kind)
    if any(each.id == new.id for each in there):
        return Refusal("id_taken", {"id": new.id})
    return _with(hall, kind, (*there, new))


def change_from(hall: Hall, new: OpeningRule | Shift, day: date) -> Hall | Refusal:
    """The series of `new.id` is as `new` says from `day` on, and as it was before.

    The old one ends before the new one begins, which gets an id of its own; a series that has not
    begun by `day` is changed as a whole. `new` counts in its first day and exceptions for nothing:
    exceptions stay, and 'every second week' stays in step. Where the rhythm itself changes, it
    counts from the week of `day`. Refusals: `unknown_series`; `series_over`: it ended before `day`;
    `ends_too_soon`: the last day of `new` lies before its beginning.
    """
    kind = _kind(new)
    old = series(hall, kind, new.id)
    if old is None:
        return Refusal("unknown_series", {"series": new.id})
    if old.last_day is not None and day > old.last_day:
        return _over(old)
    first = old.first_day if day <= old.first_day else _in_step(old, new, day)
    if old.last_day is not None and first > old.last_day:
        return _over(old)
    if new.last_day is not None and new.last_day < first:
        return Refusal("ends_too_soon", {"series": new.id, "first_day": first.isoformat()})
    same = {"first_day": old.first_day, "exceptions": old.exceptions, "order": old.order}
    if new.model_copy(update=same) == old:
        return Refusal("nothing_changed")
    later = {on: spans for on, spans in old.exceptions.items() if on >= first}
    begun = {"first_day": first, "exceptions": later, "order": old.order}
    if first == old.first_day:
        return _replaced(hall, kind, old, (new.model_copy(update=begun),))
    after = new.model_copy(update={**begun, "id": _free_id(hall, kind, old.id)})
    return _replaced(hall, kind, old, (_until(old, first), after))


def change_on(hall: Hall, kind: Kind, id: str, day: date, spans: Sequence[Span] | None) -> Hall | Refusal:
    """The series has other times on one day: none, if there are no spans; None: as always again.

    Refusals: `unknown_series`; `outside_series`: it does not hold on that day.
    """
    old = series(hall, kind, id)
    if old is None:
        return Refusal("unknown_series", {"series": id})
    if day < old.first_day or (old.last_day is not None and day > old.last_day):
        return Refusal("outside_series", {"series": id, "day": day.isoformat()})
    exceptions = {on: times for on, times in old.exceptions.items() if on != day}
    if spans is not None:
        exceptions[day] = tuple(spans)
    return _replaced(hall, kind, old, (old.model_copy(update={"exceptions": exceptions}),))


def end(hall: Hall, kind: Kind, id: str, day: date) -> Hall | Refusal:
    """The series holds no more from `day` on; one that has not begun by then is gone.

    Refusals: `unknown_series`; `series_over`: it ended before.
    """
    old = series(hall, kind, id)
    if old is None:
        return Refusal("unknown_series", {"series": id})
    if old.last_day is not None and day > old.last_day:
        return _over(old)
    return _replaced(hall, kind, old, () if day <= old.first_day else (_until(old, day),))


def close(hall: Hall, closure: Closure) -> Hall | Refusal:
    """One more closure. Refusal: `id_taken`."""
    if any(each.id == closure.id for each in hall.closures):
        return Refusal("id_taken", {"id": closure.id})
    return _checked(hall, closures=(*hall.closures, closure))


def reopen(hall: Hall, id: str) -> Hall | Refusal:
    """Without the closure of that id. Refusal: `unknown_closure`."""
    left = tuple(each for each in hall.closures if each.id != id)
    if left == hall.closures:
        return Refusal("unknown_closure", {"closure": id})
    return _checked(hall, closures=left)


def take_off(hall: Hall, off: TimeOff) -> Hall | Refusal:
    """A counter is not on duty for a time."""
    return (
        Refusal("nothing_changed")
        if off in hall.time_off
        else _checked(hall, time_off=(*hall.time_off, off))
    )


def put_back(hall: Hall, off: TimeOff) -> Hall | Refusal:
    """A counter's time off is taken back. Refusal: `unknown_time_off`."""
    left = tuple(each for each in hall.time_off if each != off)
    if left == hall.time_off:
        return Refusal("unknown_time_off", {"counter": off.counter})
    return _checked(hall, time_off=left)


def series(hall: Hall, kind: Kind, id: str) -> OpeningRule | Shift | None:
    """The opening rule or shift of that id."""
    return next((each for each in _all(hall, kind) if each.id == id), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two set-ups say differently, at `path` (field names and ids from the hall down).

    `before` and `after` are plain values as JSON has them; None: it is not there.
    """

    path: Path
    before: Any
    after: Any


def difference(before: Hall, after: Hall) -> tuple[Difference, ...]:
    """What changed from one set-up to the other, in the order of the model; parts go by their ids.

    A part that came or went is one difference; of one that stayed each field is.
    """
    return tuple(_differences((), _plain(before), _plain(after)))


def _differences(path: Path, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    parts = [{} if each == [] else each for each in (before, after)]
    if not all(isinstance(each, Mapping) for each in parts):
        yield Difference(path, before, after)
        return
    for key in dict.fromkeys((*parts[0], *parts[1])):
        yield from _differences((*path, key), parts[0].get(key), parts[1].get(key))


def _plain(value: Any) -> Any:
    """A part as JSON has it, except that parts with ids are a map by id."""
    if isinstance(value, Part):
        if isinstance(value, Span):
            return f"{value.opens:%H:%M}-{value.closes:%H:%M}"
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, tuple):
        if value and all(hasattr(each, "id") for each in value):
            return {each.id: _plain(each) for each in value}
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _in_step(old: OpeningRule | Shift, new: OpeningRule | Shift, day: date) -> date:
    """`day`, or where it lies in a week that the series leaves out, the Monday of its next one."""
    if new.every != old.every:
        return day
    weeks = (_monday(day) - _monday(old.first_day)).days // 7
    return day if weeks % old.every == 0 else _monday(day) + (old.every - weeks % old.every) * 7 * _DAY


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _until(old: OpeningRule | Shift, day: date) -> OpeningRule | Shift:
    """The series up to the day before `day`."""
    kept = {on: spans for on, spans in old.exceptions.items() if on < day}
    return old.model_copy(update={"last_day": day - _DAY, "exceptions": kept})


def _over(old: OpeningRule | Shift) -> Refusal:
    return Refusal("series_over", {"series": old.id, "last_day": str(old.last_day)})


def _free_id(hall: Hall, kind: Kind, id: str) -> str:
    """The id with the next number that is free: `mornings-2`."""
    stem, _, number = id.rpartition("-")
    stem = stem if stem and number.isdigit() else id
    taken = {each.id for each in _all(hall, kind)}
    numbers = range(2, len(taken) + 3)
    return next(name for n in numbers if (name := f"{stem[:36].rstrip('-')}-{n}") not in taken)


def _kind(one: OpeningRule | Shift) -> Kind:
    return "opening" if isinstance(one, OpeningRule) else "roster"


def _all(hall: Hall, kind: Kind) -> tuple[OpeningRule | Shift, ...]:
    if kind == "roster":
        return hall.roster
    return hall.bookings.opening if hall.bookings is not None else ()


def _replaced(
    hall: Hall, kind: Kind, old: OpeningRule | Shift, new: Sequence[OpeningRule | Shift]
) -> Hall | Refusal:
    pieces = [(each,) if each is not old else new for each in _all(hall, kind)]
    return _with(hall, kind, tuple(each for piece in pieces for each in piece))


def _with(hall: Hall, kind: Kind, parts: Sequence[OpeningRule | Shift]) -> Hall | Refusal:
    if kind == "roster":
        return _checked(hall, roster=parts)
    assert hall.bookings is not None
    return _checked(hall, bookings=hall.bookings.model_copy(update={"opening": parts}))


def _checked(hall: Hall, **changes: Any) -> Hall | Refusal:
    fields = {name: getattr(hall, name) for name in type(hall).model_fields} | changes
    if fields == {name: getattr(hall, name) for name in type(hall).model_fields}:
        return Refusal("nothing_changed")
    try:
        return Hall.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return Refusal("set_up_invalid", {"field": ".".join(map(str, first["loc"])), "fault": first["msg"]})

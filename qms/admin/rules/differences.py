"""What two set-ups say differently, sorted by what a person would name: a series, a closure, a setting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from qms.admin.rules.calling import CONDUCT, OF_SEGMENT
from qms.admin.rules.settings import NESTED, PROSE
from qms.halls.rules.amend import difference
from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import Hall

About = Literal["opening", "roster", "closure", "off", "hours", "setting", "service", "segment", "part"]
PARTS: Mapping[str, About] = {"roster": "roster", "closures": "closure"}
OF_SERVICE = ("minutes", "documents", "last_ticket", "paper")
"""Fields of a service that these pages change, besides those of its booking."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that differs. `before` and `after` are the parts or values; None: it is not there.

    `id` names a series, a closure, a setting (`hold`, `contact_email`, `holidays`, `paper_head`), a service and
    its field (`id-card.open`), a category and its field (`walk-in.target`), the hours of a weekday (`mon`) or a single day (`2026-12-24`), or a
    part of the hall that these pages do not change (`counters`). Of a text those languages are told
    that differ.
    """

    about: About
    id: str
    before: Any
    after: Any


def entries(before: Hall, after: Hall) -> tuple[Entry, ...]:
    """What differs, each thing once, in the order of the model."""
    found: dict[tuple[About, str], Entry] = {}
    for one in difference(before, after):
        for entry in _sorted(one.path, before, after):
            found.setdefault((entry.about, entry.id), entry)
    return tuple(found.values())


def _sorted(path: Sequence[Any], before: Hall, after: Hall) -> Iterable[Entry]:
    area = str(path[0])
    if area == "bookings":
        old, new = before.bookings, after.bookings
        if old is None or new is None:
            return chain(
                _settings(old or Bookings(open=False), new or Bookings(open=False)),
                _listed("opening", _opening(old), _opening(new)),
            )
        if path[1] == "opening":
            return _listed("opening", old.opening, new.opening)
        return _settings(old, new, (str(path[1]),))
    if area in PARTS:
        return _listed(PARTS[area], getattr(before, area), getattr(after, area))
    if area == "time_off":
        gone = [each for each in before.time_off if each not in after.time_off]
        come = [each for each in after.time_off if each not in before.time_off]
        return chain(
            (Entry("off", f"-{n}", each, None) for n, each in enumerate(gone)),
            (Entry("off", f"+{n}", None, each) for n, each in enumerate(come)),
        )
    if area == "hours" and path[1] in ("week", "dates"):
        return _hours(getattr(before.hours, path[1]), getattr(after.hours, path[1]))
    if area == "hours":
        return [_setting(str(path[1]), before.hours, after.hours)]
    if area == "paper":
        return [_setting(str(path[1]), before.paper, after.paper, f"paper_{path[1]}")]
    if area == "holidays":
        return [_setting("holidays", before, after)]
    if area == "conduct" and path[1] in CONDUCT:
        return [_setting(str(path[1]), before.conduct, after.conduct)]
    if area == "segments" and len(path) > 2 and path[2] in OF_SEGMENT:
        return [_segment(str(path[1]), str(path[2]), before, after)]
    if area == "services" and len(path) > 2 and path[2] in ("booking", *OF_SERVICE):
        return [_service(str(path[1]), str(path[3] if path[2] == "booking" else path[2]), before, after)]
    return [Entry("part", area, None, None)]


def _opening(bookings: Bookings | None) -> Sequence[Any]:
    return bookings.opening if bookings is not None else ()


def _settings(
    old: Bookings, new: Bookings, names: Iterable[str] = Bookings.model_fields
) -> Iterable[Entry]:
    """Settings that differ; of those that have parts, each part that does."""
    for name in names:
        was, now = getattr(old, name), getattr(new, name)
        if name in NESTED:
            parts = [_setting(part, was, now, f"{name}_{part}") for part in NESTED[name].model_fields]
            yield from (each for each in parts if each.before != each.after)
        elif name in PROSE and was != now:
            differ = [lang for lang in dict.fromkeys((*was, *now)) if was.get(lang) != now.get(lang)]
            told = [{lang: text[lang] for lang in differ if lang in text} for text in (was, now)]
            yield Entry("setting", name, *told)
        elif name != "opening" and was != now:
            yield Entry("setting", name, was, now)


def _setting(name: str, before: Any, after: Any, id: str = "") -> Entry:
    return Entry("setting", id or name, getattr(before, name), getattr(after, name))


def _hours(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterable[Entry]:
    for day in dict.fromkeys((*old, *new)):
        if old.get(day) != new.get(day):
            yield Entry("hours", str(day), old.get(day), new.get(day))


def _listed(about: About, before: Sequence[Any], after: Sequence[Any]) -> Iterable[Entry]:
    """Parts with ids that came, went or are different."""
    old, new = {each.id: each for each in before}, {each.id: each for each in after}
    for id in dict.fromkeys((*old, *new)):
        if old.get(id) != new.get(id):
            yield Entry(about, id, old.get(id), new.get(id))


def _segment(id: str, field: str, before: Hall, after: Hall) -> Entry:
    old, new = (getattr(hall.segment(id), field, None) for hall in (before, after))
    return Entry("segment", f"{id}.{field}", old, new)


def _service(id: str, field: str, before: Hall, after: Hall) -> Entry:
    values = []
    for service in (before.service(id), after.service(id)):
        part: Any = service if field in OF_SERVICE or service is None else service.booking
        values.append(getattr(part, field, None))
    return Entry("service", f"{id}.{field}", *values)

"""What the parts of a hall say of each other: contradictions are refused, oddities are named."""

from collections import Counter as Tally
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from qms.halls.rules import check_dated, check_equipment
from qms.halls.rules.fault import Fault, Path

if TYPE_CHECKING:
    from qms.halls.rules.model import Group, Hall

KINDS = ("groups", "services", "counters", "segments")
"""The parts of a hall that have an id and can be retired."""
_NEEDED = ("walk-in", "booked")


def faults(hall: "Hall", broken: Mapping[str, Collection[str]] | None = None) -> list[Fault]:
    """Everything that forbids this set-up.

    `broken` names, by kind, parts that exist but could not be read: they count as known, so
    that one mistake is not reported again wherever the part is named.
    """
    known = {kind: set((broken or {}).get(kind, ())) for kind in KINDS}
    return [
        *_zone(hall),
        *_languages(hall),
        *_ids(hall),
        *_services(hall, known["groups"]),
        *_counters(hall, known["services"]),
        *_segments(hall, known["segments"]),
        *_letters([group for group in hall.groups if not group.retired]),
        *check_dated.faults(hall, known["services"], known["counters"]),
        *check_equipment.faults(hall, known["groups"], known["services"]),
    ]


def warnings(hall: "Hall") -> list[Fault]:
    """What is allowed and yet looks like an oversight."""
    return [
        *_unserved(hall),
        *_untranslated(hall),
        *_self_chosen(hall),
        *_late_tickets(hall),
        *check_dated.warnings(hall),
        *check_equipment.warnings(hall),
    ]


def _zone(hall: "Hall") -> Iterator[Fault]:
    try:
        ZoneInfo(hall.zone)
    except (ValueError, OSError, LookupError):
        yield Fault(("zone",), "is not a time zone; one is named such as Europe/Warsaw")


def _languages(hall: "Hall") -> Iterator[Fault]:
    for language, count in Tally(hall.languages).items():
        if count > 1:
            yield Fault(("languages",), f"names {language} twice")
    if not hall.languages:
        return
    first = hall.languages[0]
    for path, text in texts(hall):
        if first not in text and (text or path[-1] == "names"):
            yield Fault(path, f"must have {first}, the hall's first language")


def _ids(hall: "Hall") -> Iterator[Fault]:
    for kind in KINDS:
        for id, count in Tally(part.id for part in getattr(hall, kind)).items():
            if count > 1:
                yield Fault((kind, id), "is there twice; an id names one thing only")


def _services(hall: "Hall", known: set[str]) -> Iterator[Fault]:
    for service in _in_use(hall.services):
        said = check_dated.missing(service.group, hall.groups, known, "group")
        if said:
            yield Fault(("services", service.id, "group"), said)


def _counters(hall: "Hall", known: set[str]) -> Iterator[Fault]:
    for counter in _in_use(hall.counters):
        for id in counter.services:
            said = check_dated.missing(id, hall.services, known, "service")
            if said:
                yield Fault(("counters", counter.id, "services", id), said)


def _segments(hall: "Hall", known: set[str]) -> Iterator[Fault]:
    for id in _NEEDED:
        said = check_dated.missing(id, hall.segments, known, "segment")
        if said:
            yield Fault(("segments", id), f"every hall needs this segment: {said}")


def _letters(groups: "Sequence[Group]") -> Iterator[Fault]:
    """No number is given twice, and a booked letter says 'booked' to everybody.

    Groups with one letter and the very same range draw from one run of numbers; ranges that
    overlap only in part would be two runs, and give a number twice.
    """
    plain = {group.letter: group.id for group in groups}
    for group in groups:
        if group.booked_letter in plain:
            owner = plain[group.booked_letter]
            yield Fault(("groups", group.id, "booked_letter"), f"is already the letter of {owner}")
    for a, b in combinations(groups, 2):
        if a.first > b.last or b.first > a.last or (a.first, a.last) == (b.first, b.last):
            continue
        for field in ("letter", "booked_letter"):
            letter = getattr(b, field)
            if letter is not None and letter == getattr(a, field):
                text = f"numbers {b.first}-{b.last} overlap with those of {a.id} ({a.first}-{a.last}), which has {letter} too"
                yield Fault(("groups", b.id, field), text)


def _unserved(hall: "Hall") -> Iterator[Fault]:
    for kind in ("services", "counters"):
        if not any(_in_use(getattr(hall, kind))):
            yield Fault((kind,), "the hall has none")
    served = {id for counter in _in_use(hall.counters) for id in counter.services}
    for service in _in_use(hall.services):
        if service.open and service.id not in served:
            yield Fault(("services", service.id), "no counter serves it")
    filled = {service.group for service in _in_use(hall.services)}
    for group in _in_use(hall.groups):
        if group.id not in filled:
            yield Fault(("groups", group.id), "has no services")


def _untranslated(hall: "Hall") -> Iterator[Fault]:
    for path, text in texts(hall):
        missing = [language for language in hall.languages if text and language not in text]
        other = [language for language in text if language not in hall.languages]
        if missing:
            yield Fault(path, f"has no {', '.join(missing)}")
        if other:
            yield Fault(path, f"has {', '.join(other)}, which the hall does not list among its languages")


def _self_chosen(hall: "Hall") -> Iterator[Fault]:
    for segment in _in_use(hall.segments):
        if segment.id in ("booked", "key-client") and segment.offered == "kiosk":
            yield Fault(("segments", segment.id, "offered"), "anybody at the kiosk can choose this segment")


def _late_tickets(hall: "Hall") -> Iterator[Fault]:
    rules: list[tuple[Path, Mapping[Any, Any]]] = [(("hours", "last_ticket"), hall.hours.last_ticket)]
    rules += [(("services", s.id, "last_ticket"), s.last_ticket) for s in _in_use(hall.services)]
    for path, last in rules:
        for day, at in last.items():
            spans = hall.hours.week.get(day, ())
            if not spans:
                yield Fault((*path, day), "the hall is closed on that day")
            elif not spans[0].opens <= at <= spans[-1].closes:
                yield Fault((*path, day), "lies outside the opening hours")


def texts(hall: "Hall") -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Every text of the parts in use, with its path."""
    yield ("names",), hall.names
    yield ("notice",), hall.notice
    yield ("office", "names"), hall.office.names
    for kind in KINDS:
        for part in _in_use(getattr(hall, kind)):
            for field in ("names", "hint", "notice", "place"):
                if hasattr(part, field):
                    yield (kind, part.id, field), getattr(part, field)
            for n, document in enumerate(getattr(part, "documents", ())):
                yield (kind, part.id, "documents", n), document
    yield from check_dated.texts(hall)
    yield from check_equipment.texts(hall)


def _in_use(parts: Sequence[Any]) -> Iterator[Any]:
    return (part for part in parts if not part.retired)

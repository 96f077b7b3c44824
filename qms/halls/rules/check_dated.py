"""What opening rules, roster, closures and holidays say of the rest of a hall, and of each other."""

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qms.halls.rules import holiday
from qms.halls.rules.booking import OpeningRule, Shift, TimeOff
from qms.halls.rules.fault import Fault, Path
from qms.halls.rules.parts import Span

if TYPE_CHECKING:
    from qms.halls.rules.model import Hall

OPENING: Path = ("bookings", "opening")
PROSE = ("rules", "privacy", "consent", "nothing_free", "rebook")


def faults(hall: "Hall", services: Collection[str], counters: Collection[str]) -> list[Fault]:
    """What forbids the set-up; `services` and `counters` are ids that count as known besides."""
    return [
        *_ids(hall),
        *_services(hall, services),
        *_duty(hall, services, counters),
        *_times(hall),
        *_country(hall),
        *_contact(hall),
    ]


def warnings(hall: "Hall") -> list[Fault]:
    """What is allowed and yet looks like an oversight."""
    return [*_unused(hall), *_rules(hall), *_bookable(hall), *_asked(hall)]


def texts(hall: "Hall") -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Every text that has to do with bookings and closures, with its path."""
    for name in PROSE if hall.bookings is not None else ():
        yield ("bookings", name), getattr(hall.bookings, name)
    for service in hall.services:
        if not service.retired:
            path: Path = ("services", service.id, "booking")
            yield (*path, "question"), service.booking.question
            yield from (
                ((*path, "fields", each.id, "names"), each.names) for each in service.booking.fields
            )
    for closure in hall.closures:
        yield ("closures", closure.id, "reason"), closure.reason
    for n, off in enumerate(hall.time_off):
        yield ("time_off", n, "reason"), off.reason


def series(hall: "Hall") -> Iterator[tuple[Path, OpeningRule | Shift]]:
    """Every opening rule and shift, with its path."""
    for rule in hall.bookings.opening if hall.bookings is not None else ():
        yield (*OPENING, rule.id), rule
    for shift in hall.roster:
        yield ("roster", shift.id), shift


def _ids(hall: "Hall") -> Iterator[Fault]:
    lists: list[tuple[Path, Sequence[Any]]] = [
        (OPENING, hall.bookings.opening if hall.bookings is not None else ()),
        (("roster",), hall.roster),
        (("closures",), hall.closures),
        *((("services", each.id, "booking", "fields"), each.booking.fields) for each in hall.services),
    ]
    for path, parts in lists:
        for id, count in Tally(part.id for part in parts).items():
            if count > 1:
                yield Fault((*path, id), "is there twice; an id names one thing only")


def _services(hall: "Hall", known: Collection[str]) -> Iterator[Fault]:
    """Rules, closures and shifts name services that exist and are in use."""
    naming = [*series(hall), *((("closures", each.id), each) for each in hall.closures)]
    for path, part in naming:
        for n, id in enumerate(part.services):
            said = missing(id, hall.services, known, "service")
            if said:
                yield Fault((*path, "services", n), said)


def _duty(hall: "Hall", services: Collection[str], counters: Collection[str]) -> Iterator[Fault]:
    """Shifts and time off name counters that exist, and services that these have."""
    profiles = {each.id: each.services for each in hall.counters}
    on_duty: list[tuple[Path, Shift]] = [(("roster", each.id), each) for each in hall.roster]
    off: list[tuple[Path, TimeOff]] = [(("time_off", n), each) for n, each in enumerate(hall.time_off)]
    named = [(path, part.counter) for path, part in on_duty] + [(path, part.counter) for path, part in off]
    for path, counter in named:
        said = missing(counter, hall.counters, counters, "counter")
        if said:
            yield Fault((*path, "counter"), said)
    for path, shift in on_duty:
        has = profiles.get(shift.counter)
        for n, id in enumerate(shift.services):
            there = missing(id, hall.services, services, "service") is None
            if there and has is not None and id not in has:
                yield Fault((*path, "services", n), f"counter {shift.counter} does not serve {id}")


def _times(hall: "Hall") -> Iterator[Fault]:
    for path, rule in series(hall):
        for name, spans in (("spans", rule.spans), ("breaks", rule.breaks)):
            if not _follow(spans):
                yield Fault((*path, name), "times must follow each other")
        for day, spans in rule.exceptions.items():
            if not _follow(spans):
                yield Fault((*path, "exceptions", day.isoformat()), "times must follow each other")
        if not rule.days:
            yield Fault((*path, "days"), "must not be empty")
        if not rule.spans:
            yield Fault((*path, "spans"), "must not be empty")
        if isinstance(rule, OpeningRule) and rule.first and rule.last and rule.last < rule.first:
            yield Fault((*path, "last"), "must not be before first")


def _country(hall: "Hall") -> Iterator[Fault]:
    if hall.holidays is None:
        return
    country, subdivision = hall.holidays.country, hall.holidays.subdivision
    known = holiday.known(country)
    if known is None:
        yield Fault(("holidays", "country"), f"the public holidays of {country} are not known")
    elif subdivision is not None and subdivision not in known:
        yield Fault(
            ("holidays", "subdivision"), f"{country} has no subdivision {subdivision} with its own holidays"
        )


def _contact(hall: "Hall") -> Iterator[Fault]:
    if hall.bookings is not None:
        contact = hall.bookings.contact
        if contact.email == contact.phone == "off":
            yield Fault(
                ("bookings", "contact"), "must ask for e-mail or phone, or nobody can be written to"
            )


def _unused(hall: "Hall") -> Iterator[Fault]:
    if hall.bookings is not None and hall.bookings.open and not hall.bookings.opening:
        yield Fault(("bookings",), "there are no opening rules, so no times can be booked")
    if hall.bookings is not None and hall.bookings.open and not hall.bookings.privacy:
        yield Fault(("bookings", "privacy"), "people are not told who keeps their data, and what for")
    for day in hall.holidays.open_on if hall.holidays is not None else ():
        kept = hall.holidays
        if kept and day not in holiday.of_year(kept.country, kept.subdivision, day.year, "en"):
            yield Fault(("holidays", "open_on"), f"{day} is not a public holiday")


def _rules(hall: "Hall") -> Iterator[Fault]:
    for path, rule in series(hall):
        for day in rule.exceptions:
            if not _within(rule, day):
                yield Fault(
                    (*path, "exceptions", day.isoformat()),
                    "lies outside the days from which to which it holds",
                )
        for n, each in enumerate(rule.breaks):
            if not any(span.opens < each.closes and each.opens < span.closes for span in rule.spans):
                yield Fault((*path, "breaks", n), "lies outside the times")
        if isinstance(rule, OpeningRule):
            yield from _bounds(path, rule)


def _bounds(path: Path, rule: OpeningRule) -> Iterator[Fault]:
    for name, at in (("first", rule.first), ("last", rule.last)):
        if at is not None and not any(span.opens <= at < span.closes for span in rule.spans):
            yield Fault((*path, name), "lies outside the times")
    if rule.lanes is not None and rule.public_lanes is not None and rule.public_lanes > rule.lanes:
        yield Fault((*path, "public_lanes"), f"is more than lanes ({rule.lanes})")


def _bookable(hall: "Hall") -> Iterator[Fault]:
    rules = hall.bookings.opening if hall.bookings is not None else ()
    for service in hall.services:
        if service.retired or not service.open or not service.booking.only:
            continue
        path: Path = ("services", service.id, "booking", "only")
        if service.booking.open == "none":
            yield Fault(path, "nobody can come: it takes no walk-ins and cannot be booked")
        elif not any(not rule.services or service.id in rule.services for rule in rules):
            yield Fault(
                path, "nobody can come: it takes no walk-ins and no opening rule gives times for it"
            )


def _asked(hall: "Hall") -> Iterator[Fault]:
    if hall.bookings is None:
        return
    contact = hall.bookings.contact
    if "phone" in hall.bookings.check_in_by and contact.phone == "off" and not contact.either:
        yield Fault(("bookings", "check_in_by"), "names phone, and no phone number is asked for")
    if "document" in hall.bookings.check_in_by and contact.document == "off":
        yield Fault(("bookings", "check_in_by"), "names document, and no ID number is asked for")
    if hall.bookings.arrive_before > hall.bookings.check_in_opens:
        yield Fault(("bookings", "arrive_before"), "is before check-in opens")
    if not hall.bookings.check_in_opens and not hall.bookings.check_in_closes:
        yield Fault(("bookings", "check_in_closes"), "leaves no time to check in")
    if contact.either and "off" in (contact.email, contact.phone):
        yield Fault(("bookings", "contact", "either"), "one of e-mail and phone is not asked for at all")


def _follow(spans: Sequence[Span]) -> bool:
    return all(a.closes <= b.opens for a, b in pairwise(spans))


def _within(rule: OpeningRule | Shift, day: date) -> bool:
    return rule.first_day <= day and (rule.last_day is None or day <= rule.last_day)


def missing(id: str, parts: Iterable[Any], known: Collection[str], what: str) -> str | None:
    """Why a part `id` cannot be named; None where it can. Ids in `known` always can."""
    found = [part for part in parts if part.id == id]
    if id in known or any(not part.retired for part in found):
        return None
    return f"{id} is retired" if found else f"there is no {what} {id}"

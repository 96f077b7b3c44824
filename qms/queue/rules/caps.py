"""How many people can come in a stretch of time, where bookings and numbers are capped.

Bookings last at least m minutes and a calendar gives at most C at once, so at most C ceil(W / m) of
them begin in a stretch of W minutes: cut it into pieces of m; all that begin in one piece are under way
together at its end. Their reference time is the booked one, or that of a check-in that is late by
less than the grace: for the references in a stretch, W is the stretch and the grace together.
Numbers are as many as the daily caps of their services.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import time
from math import ceil, inf

from qms.booking.rules.opening import each_minutes
from qms.booking.rules.window import grace
from qms.halls.rules.booking import OpeningRule
from qms.halls.rules.model import BOOKED, KEY_CLIENT, Hall
from qms.halls.rules.parts import WEEKDAYS

DAY = 1440


def most(hall: Hall, segments: Collection[str], services: Collection[str], within: float) -> int | None:
    """The most people of some segments (none named: of any) who may come for these services with a
    reference time in a stretch of `within` minutes; None: there is no limit."""
    booked = most_booked(hall, services, within)
    kinds = segments or [each.id for each in hall.segments if not each.retired]
    numbers = [max((_numbers(hall, kind, service) for kind in kinds), default=0) for service in services]
    return None if booked is None or inf in numbers else booked + int(sum(numbers))


def most_booked(hall: Hall, services: Collection[str], within: float) -> int | None:
    """The most bookings for these services with a reference time in a stretch of `within` minutes.

    None: there is no limit, since the hall has no calendar that would set one.
    """
    if hall.bookings is None:
        return None
    lasts = each_minutes(hall)
    kinds = {id for id in services if (part := hall.service(id)) and part.booking.open != "none"}
    rules = [rule for rule in hall.bookings.opening if not rule.services or kinds & {*rule.services}]
    counters = [each for each in hall.counters if not each.retired and kinds & each.services.keys()]
    at_once = max((_at_once(rules, day, len(counters)) for day in WEEKDAYS), default=0)
    shortest = min((lasts[id] for id in kinds if lasts.get(id)), default=0)
    if not at_once or not shortest:
        return 0
    stretch = min(within + grace(hall).total_seconds() / 60, _whole(hall, rules))
    return at_once * ceil(round(stretch / shortest, 9))


def _numbers(hall: Hall, segment: str, service: str) -> float:
    """The most numbers of a day for a service, to people of a segment who have not booked."""
    part, kind = hall.service(service), hall.segment(segment)
    if part is None or part.retired or (segment == BOOKED and kind and kind.offered == "never"):
        return 0
    if part.booking.only and segment not in (BOOKED, KEY_CLIENT):
        return 0
    return inf if part.daily_cap is None else part.daily_cap


def _at_once(rules: Sequence[OpeningRule], day: str, counters: int) -> int:
    """The most appointments that are under way at once on a weekday."""
    found = 0
    for minute in {at for rule in rules for at, _ in _spans(rule, day)}:
        running = [rule for rule in rules if any(at <= minute < end for at, end in _spans(rule, day))]
        found = max(found, sum(counters if rule.lanes is None else rule.lanes for rule in running))
    return min(found, counters)


def _whole(hall: Hall, rules: Sequence[OpeningRule]) -> int:
    """The minutes from the first to the last of a day's appointments; those of a day that begins at night: all."""
    if hall.conduct.day_begins > time(0):
        return DAY
    spans = [span for rule in rules for day in WEEKDAYS for span in _spans(rule, day)]
    return max(end for _, end in spans) - min(at for at, _ in spans)


def _spans(rule: OpeningRule, day: str) -> Iterator[tuple[int, int]]:
    """When a rule may give appointments on a weekday, in minutes; its single days are counted in."""
    spans = [*rule.spans] if day in rule.days else []
    for on, own in rule.exceptions.items():
        spans += own if WEEKDAYS[on.weekday()] == day else ()
    for each in spans:
        yield each.opens.hour * 60 + each.opens.minute, each.closes.hour * 60 + each.closes.minute

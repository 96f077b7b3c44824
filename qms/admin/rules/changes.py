"""What each form makes of a hall: a set-up and a filled form in, the set-up with the change out.

`CHANGES` names them all. Each raises Unfit; none of them knows what is booked.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from qms.admin.rules.calling import CALLING, SEGMENT, change_calling, change_segment
from qms.admin.rules.fields import Fields, Unfit
from qms.admin.rules.holidays import change_holidays, change_last_ticket
from qms.admin.rules.outcome import counters, done, free_id, in_use, whole
from qms.admin.rules.paper import PAPER, TEXT, change_paper, change_text
from qms.admin.rules.series import MOST, change_series, end_series, fewer, new_series, one_day
from qms.admin.rules.services import OPEN, change_service
from qms.admin.rules.settings import GROUPS, change_group, change_words
from qms.halls.rules import amend
from qms.halls.rules.booking import Bookings, Closure, TimeOff
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS


def close(hall: Hall, form: Fields) -> Hall:
    """The hall, or some of its services, are closed: whole days, or a part of each."""
    first, last, span = _period(form)
    services = form.ticked("service", in_use(hall))
    if form.choice("what", ("hall", "services")) == "services" and not services:
        form.wrong("what", "services_needed")
    reason = form.words("reason", hall.languages)
    form.sound()
    shut = services if form.text("what") == "services" else ()
    id = free_id("closure", {each.id for each in hall.closures})
    return done(
        amend.close(
            hall,
            Closure(id=id, first_day=first, last_day=last, span=span, services=shut, reason=reason),
        )
    )


def reopen(hall: Hall, form: Fields) -> Hall:
    """A closure is taken back."""
    return done(amend.reopen(hall, form.text("id")))


def take_off(hall: Hall, form: Fields) -> Hall:
    """A counter is not on duty for some days, or for a part of each."""
    first, last, span = _period(form)
    counter = form.choice("counter", counters(hall))
    reason = form.words("reason", hall.languages)
    form.sound()
    return done(
        amend.take_off(
            hall, TimeOff(counter=counter, first_day=first, last_day=last, span=span, reason=reason)
        )
    )


def put_back(hall: Hall, form: Fields) -> Hall:
    """A counter's time off is taken back; `id` says which one in the list."""
    n = form.maybe_whole("id", 0, MOST)
    if n is None or n >= len(hall.time_off):
        raise Unfit({"id": "unknown_time_off"})
    return done(amend.put_back(hall, hall.time_off[n]))


def week(hall: Hall, form: Fields) -> Hall:
    """The hours at which the hall opens, by day of the week; a day without any is closed."""
    found = {day: form.spans(f"hours-{day}") for day in WEEKDAYS}
    form.sound()
    kept = {day: spans for day, spans in found.items() if spans or day in hall.hours.week}
    return whole(hall, hours=_part(hall.hours, week=kept))


def hours_of_day(hall: Hall, form: Fields) -> Hall:
    """The hall opens at other hours, or not at all, on one day; or again as always."""
    day, how = form.day("day"), form.choice("how", ("times", "none", "usual"))
    spans = form.spans("times", needed=True) if how == "times" else ()
    form.sound()
    dates = {on: times for on, times in hall.hours.dates.items() if on != day}
    if how != "usual":
        dates[day] = spans
    return whole(hall, hours=_part(hall.hours, dates=dict(sorted(dates.items()))))


def online(hall: Hall, form: Fields) -> Hall:
    """Booking is switched on or off for the whole hall, and for each service: all, staff only, nobody."""
    choices = {id: form.choice(f"service-{id}", OPEN) for id in in_use(hall)}
    form.sound()
    services = tuple(
        _part(each, booking=_part(each.booking, open=choices[each.id])) if each.id in choices else each
        for each in hall.services
    )
    bookings = _part(hall.bookings or Bookings(), open=form.has("open"))
    return whole(hall, services=services, bookings=bookings)


Change = Callable[[Hall, Fields], Hall]
CHANGES: Mapping[str, Change] = {
    "series": new_series,
    "from": change_series,
    "day": one_day,
    "end": end_series,
    "fewer": fewer,
    "closure": close,
    "reopen": reopen,
    "off": take_off,
    "back": put_back,
    "hours": week,
    "hours-day": hours_of_day,
    "online": online,
    **{group: change_group(group) for group in GROUPS},
    "words": change_words,
    "service": change_service,
    "holidays": change_holidays,
    "last-ticket": change_last_ticket,
    PAPER: change_paper,
    TEXT: change_text,
    CALLING: change_calling,
    SEGMENT: change_segment,
}
"""Every change by its name in addresses."""
SHORT = frozenset({"reopen", "back"})
"""Those that need no form: a button leads to the preview."""


def changed(hall: Hall, what: str, given: Mapping[str, str]) -> Hall:
    """The hall with a change made; raises Unfit, KeyError for a change that there is not."""
    form = Fields(given)
    made = CHANGES[what](hall, form)
    form.sound()
    return made


def _period(form: Fields) -> tuple[date, date, Any]:
    """From a day to a day (left out: the same one), and which part of each."""
    first = form.day("from")
    last = form.maybe_day("until") or first
    if last < first:
        form.wrong("until", "before_first")
    return first, max(first, last), form.between("opens", "closes")


def _part(part: Any, **changes: Any) -> Any:
    """A part with some fields changed; what is allowed is checked with the whole."""
    return part.model_copy(update=changes)

"""What each form makes of a hall: a set-up and a filled form in, the set-up with the change out.

`CHANGES` names them all. Each raises Unfit; none of them knows what is booked.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from qms.admin.rules.fields import Fields, Unfit
from qms.halls.rules import amend
from qms.halls.rules.booking import Bookings, Closure, Lead, OpeningRule, Shift, TimeOff
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS
from qms.kernel.refusal import Refusal

WEEKS = (1, 2, 3, 4, 5, -1)
OPEN = ("all", "staff", "none")
MOST = 999
DAY = timedelta(days=1)
REFUSED_AT = {
    "series_over": "from",
    "ends_too_soon": "until",
    "outside_series": "day",
    "unknown_series": "id",
    "unknown_closure": "id",
    "unknown_time_off": "id",
}
"""Which field a refusal is about."""


def new_series(hall: Hall, form: Fields) -> Hall:
    """A new opening rule, or a new shift."""
    kind = _kind(form)
    taken = {each.id for each in _series(hall, kind)}
    stem = "times" if kind == "opening" else f"shift-{form.text('counter')}"[:30].rstrip("-")
    new = _read_series(hall, form, kind, _free(stem, taken), form.day("from"))
    return _done(amend.begin(hall, new))


def change_series(hall: Hall, form: Fields) -> Hall:
    """A series is different from a day on; before, it stays as it was."""
    kind = _kind(form)
    old = _known(hall, kind, form)
    day = form.day("from")
    return _done(amend.change_from(hall, _read_series(hall, form, kind, old.id, day), day))


def one_day(hall: Hall, form: Fields) -> Hall:
    """A series has other times, or none, on one day; or again those it always has."""
    kind = _kind(form)
    old, day = _known(hall, kind, form), form.day("day")
    how = form.choice("how", ("times", "none", "usual"))
    spans = form.spans("times", needed=True) if how == "times" else ()
    form.sound()
    return _done(amend.change_on(hall, kind, old.id, day, None if how == "usual" else spans))


def end_series(hall: Hall, form: Fields) -> Hall:
    """A series holds until a day, and no longer."""
    kind = _kind(form)
    old, last = _known(hall, kind, form), form.day("until")
    form.sound()
    return _done(amend.end(hall, kind, old.id, last + DAY), "until")


def fewer(hall: Hall, form: Fields) -> Hall:
    """Fewer (or more) counters take bookings: from a day on, or from a day to a day."""
    old = _known(hall, "opening", form)
    first, last = form.day("from"), form.maybe_day("until")
    lanes, public = form.maybe_whole("lanes", 0, MOST), form.maybe_whole("public_lanes", 0, MOST)
    _no_more(form, lanes, public)
    if last is not None and last < first:
        form.wrong("until", "before_first")
    form.sound()
    assert isinstance(old, OpeningRule)
    less = old.model_copy(update={"lanes": lanes, "public_lanes": public})
    changed = _done(amend.change_from(hall, less, first))
    if last is None or (old.last_day is not None and old.last_day <= last):
        return changed
    pieces = _series(changed, "opening")
    now = next((each for each in pieces if _holds(each, last) and _same(each, less)), None)
    if now is None:
        raise Unfit({"until": "outside_series"})
    return _done(amend.change_from(changed, old.model_copy(update={"id": now.id}), last + DAY))


def close(hall: Hall, form: Fields) -> Hall:
    """The hall, or some of its services, are closed: whole days, or a part of each."""
    first, last, span = _period(form)
    services = form.ticked("service", _in_use(hall))
    if form.choice("what", ("hall", "services")) == "services" and not services:
        form.wrong("what", "services_needed")
    reason = form.words("reason", hall.languages)
    form.sound()
    shut = services if form.text("what") == "services" else ()
    id = _free("closure", {each.id for each in hall.closures})
    return _done(
        amend.close(
            hall,
            Closure(id=id, first_day=first, last_day=last, span=span, services=shut, reason=reason),
        )
    )


def reopen(hall: Hall, form: Fields) -> Hall:
    """A closure is taken back."""
    return _done(amend.reopen(hall, form.text("id")))


def take_off(hall: Hall, form: Fields) -> Hall:
    """A counter is not on duty for some days, or for a part of each."""
    first, last, span = _period(form)
    counter = form.choice("counter", _counters(hall))
    reason = form.words("reason", hall.languages)
    form.sound()
    return _done(
        amend.take_off(
            hall, TimeOff(counter=counter, first_day=first, last_day=last, span=span, reason=reason)
        )
    )


def put_back(hall: Hall, form: Fields) -> Hall:
    """A counter's time off is taken back; `id` says which one in the list."""
    n = form.maybe_whole("id", 0, MOST)
    if n is None or n >= len(hall.time_off):
        raise Unfit({"id": "unknown_time_off"})
    return _done(amend.put_back(hall, hall.time_off[n]))


def week(hall: Hall, form: Fields) -> Hall:
    """The hours at which the hall opens, by day of the week; a day without any is closed."""
    found = {day: form.spans(f"hours-{day}") for day in WEEKDAYS}
    form.sound()
    kept = {day: spans for day, spans in found.items() if spans or day in hall.hours.week}
    return _whole(hall, hours=_part(hall.hours, week=kept))


def hours_of_day(hall: Hall, form: Fields) -> Hall:
    """The hall opens at other hours, or not at all, on one day; or again as always."""
    day, how = form.day("day"), form.choice("how", ("times", "none", "usual"))
    spans = form.spans("times", needed=True) if how == "times" else ()
    form.sound()
    dates = {on: times for on, times in hall.hours.dates.items() if on != day}
    if how != "usual":
        dates[day] = spans
    return _whole(hall, hours=_part(hall.hours, dates=dict(sorted(dates.items()))))


def online(hall: Hall, form: Fields) -> Hall:
    """Booking is switched on or off for the whole hall, and for each service: all, staff only, nobody."""
    choices = {id: form.choice(f"service-{id}", OPEN) for id in _in_use(hall)}
    form.sound()
    services = tuple(
        _part(each, booking=_part(each.booking, open=choices[each.id])) if each.id in choices else each
        for each in hall.services
    )
    bookings = _part(hall.bookings or Bookings(), open=form.has("open"))
    return _whole(hall, services=services, bookings=bookings)


def settings(hall: Hall, form: Fields) -> Hall:
    """How bookings are taken: slot, lead, horizon, share for walk-ins, hold, check-in, confirmation."""
    changes: dict[str, Any] = {
        "slot": form.whole("slot", 5, 240),
        "lead": _lead(form),
        "horizon_days": form.whole("horizon_days", 0, 730),
        "horizon_opens": form.choice("horizon_opens", ("opening", "midnight")),
        "walk_in_share": form.whole("walk_in_share", 0, 100) / 100,
        "hold": form.whole("hold", 1, 240),
        "check_in_opens": float(form.whole("check_in_opens", 0, 1440)),
        "check_in_closes": float(form.whole("check_in_closes", 0, 1440)),
        "confirm_by_link": form.has("confirm_by_link"),
        "confirm_within": form.whole("confirm_within", 5, 1440),
    }
    form.sound()
    return _whole(hall, bookings=_part(hall.bookings or Bookings(open=False), **changes))


def one_service(hall: Hall, form: Fields) -> Hall:
    """What differs for one service: length in slots, lead, horizon, appointments only."""
    id = form.choice("id", _in_use(hall))
    changes: dict[str, Any] = {
        "only": form.has("only"),
        "slots": form.maybe_whole("slots", 1, 96),
        "horizon_days": form.maybe_whole("horizon_days", 0, 730),
        "lead": _lead(form) if form.has("own_lead") else None,
    }
    form.sound()
    services = tuple(
        _part(each, booking=_part(each.booking, **changes)) if each.id == id else each
        for each in hall.services
    )
    return _whole(hall, services=services)


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
    "settings": settings,
    "service": one_service,
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


def _kind(form: Fields) -> amend.Kind:
    return "roster" if form.text("kind") == "roster" else "opening"


def _series(hall: Hall, kind: amend.Kind) -> tuple[OpeningRule | Shift, ...]:
    if kind == "roster":
        return hall.roster
    return hall.bookings.opening if hall.bookings is not None else ()


def _known(hall: Hall, kind: amend.Kind, form: Fields) -> OpeningRule | Shift:
    found = amend.series(hall, kind, form.text("id"))
    if found is None:
        raise Unfit({"id": "unknown_series"})
    return found


def _read_series(hall: Hall, form: Fields, kind: amend.Kind, id: str, first: date) -> OpeningRule | Shift:
    """A series as the form describes it; raises Unfit."""
    days = form.ticked("on", WEEKDAYS)
    if not days:
        form.wrong("days", "days_needed")
    last = form.maybe_day("until")
    if last is not None and last < first:
        form.wrong("until", "before_first")
    common: dict[str, Any] = {
        "id": id,
        "days": days,
        "first_day": first,
        "last_day": last,
        "every": form.maybe_whole("every", 1, 52) or 1,
        "month_weeks": tuple(each for each in WEEKS if form.has(f"week-{each}")),
        "spans": form.spans("times", needed=True),
        "breaks": form.spans("breaks"),
        "services": form.ticked("service", _in_use(hall)),
    }
    if kind == "roster":
        return _read_shift(hall, form, common)
    begins, ends = form.clock("first"), form.clock("last")
    if begins is not None and ends is not None and ends < begins:
        form.wrong("last", "not_after")
    lanes, public = form.maybe_whole("lanes", 0, MOST), form.maybe_whole("public_lanes", 0, MOST)
    _no_more(form, lanes, public)
    form.sound()
    return OpeningRule(**common, first=begins, last=ends, lanes=lanes, public_lanes=public)


def _read_shift(hall: Hall, form: Fields, common: dict[str, Any]) -> Shift:
    id = form.choice("counter", _counters(hall))
    counter = hall.counter(id)
    if counter is not None and any(each not in counter.services for each in common["services"]):
        form.wrong("services", "not_served")
    form.sound()
    return Shift(**common, counter=id)


def _no_more(form: Fields, lanes: int | None, public: int | None) -> None:
    if lanes is not None and public is not None and public > lanes:
        form.wrong("public_lanes", "more_than_lanes")


def _period(form: Fields) -> tuple[date, date, Any]:
    """From a day to a day (left out: the same one), and which part of each."""
    first = form.day("from")
    last = form.maybe_day("until") or first
    if last < first:
        form.wrong("until", "before_first")
    return first, max(first, last), form.between("opens", "closes")


def _lead(form: Fields) -> Lead:
    return Lead(
        minutes=form.maybe_whole("lead_minutes", 0, 525_600) or 0,
        days=form.maybe_whole("lead_days", 0, 730) or 0,
        working_days=form.maybe_whole("lead_working", 0, 730) or 0,
    )


def _in_use(hall: Hall) -> tuple[str, ...]:
    return tuple(each.id for each in hall.services if not each.retired)


def _counters(hall: Hall) -> tuple[str, ...]:
    return tuple(each.id for each in hall.counters if not each.retired)


def _free(stem: str, taken: set[str]) -> str:
    return next(id for n in range(1, len(taken) + 2) if (id := f"{stem}-{n}") not in taken)


def _holds(rule: OpeningRule | Shift, day: date) -> bool:
    return rule.first_day <= day and (rule.last_day is None or day <= rule.last_day)


def _same(one: OpeningRule | Shift, other: OpeningRule | Shift) -> bool:
    """Whether two series differ only in what a cut in time makes differ."""
    apart = {"id": "", "first_day": date.min, "last_day": None, "exceptions": {}}
    return one.model_copy(update=apart) == other.model_copy(update=apart)


def _part(part: Any, **changes: Any) -> Any:
    """A part with some fields changed; what is allowed is checked with the whole."""
    return part.model_copy(update=changes)


def _whole(hall: Hall, **changes: Any) -> Hall:
    """The hall with some fields changed; raises Unfit."""
    before = {name: getattr(hall, name) for name in type(hall).model_fields}
    after = before | changes
    if after == before:
        raise Unfit({"": "nothing_changed"})
    try:
        return Hall.model_validate(after)
    except ValidationError as error:
        raise Unfit({"": "set_up_invalid"}, fault=str(error.errors()[0]["msg"])) from None


def _done(outcome: Hall | Refusal, at: str | None = None) -> Hall:
    if isinstance(outcome, Hall):
        return outcome
    field = at or REFUSED_AT.get(outcome.code, "")
    raise Unfit({field: outcome.code}, **outcome.params)

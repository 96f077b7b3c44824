"""Forms about series: opening rules and shifts begin, change from a day on or for one day, and end."""

from datetime import date, timedelta
from typing import Any

from qms.admin.rules.fields import Fields, Unfit
from qms.admin.rules.outcome import counters, done, free_id, in_use
from qms.halls.rules import amend
from qms.halls.rules.booking import OpeningRule, Shift
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS

WEEKS = (1, 2, 3, 4, 5, -1)
MOST = 999
DAY = timedelta(days=1)


def new_series(hall: Hall, form: Fields) -> Hall:
    """A new opening rule, or a new shift."""
    kind = _kind(form)
    taken = {each.id for each in _series(hall, kind)}
    stem = "times" if kind == "opening" else f"shift-{form.text('counter')}"[:30].rstrip("-")
    new = _read_series(hall, form, kind, free_id(stem, taken), form.day("from"))
    return done(amend.begin(hall, new))


def change_series(hall: Hall, form: Fields) -> Hall:
    """A series is different from a day on; before, it stays as it was."""
    kind = _kind(form)
    old = _known(hall, kind, form)
    day = form.day("from")
    return done(amend.change_from(hall, _read_series(hall, form, kind, old.id, day), day))


def one_day(hall: Hall, form: Fields) -> Hall:
    """A series has other times, or none, on one day; or again those it always has."""
    kind = _kind(form)
    old, day = _known(hall, kind, form), form.day("day")
    how = form.choice("how", ("times", "none", "usual"))
    spans = form.spans("times", needed=True) if how == "times" else ()
    form.sound()
    return done(amend.change_on(hall, kind, old.id, day, None if how == "usual" else spans))


def end_series(hall: Hall, form: Fields) -> Hall:
    """A series holds until a day, and no longer."""
    kind = _kind(form)
    old, last = _known(hall, kind, form), form.day("until")
    form.sound()
    return done(amend.end(hall, kind, old.id, last + DAY), "until")


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
    changed = done(amend.change_from(hall, less, first))
    if last is None or (old.last_day is not None and old.last_day <= last):
        return changed
    pieces = _series(changed, "opening")
    now = next((each for each in pieces if _holds(each, last) and _same(each, less)), None)
    if now is None:
        raise Unfit({"until": "outside_series"})
    return done(amend.change_from(changed, old.model_copy(update={"id": now.id}), last + DAY))


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
        "services": form.ticked("service", in_use(hall)),
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
    id = form.choice("counter", counters(hall))
    counter = hall.counter(id)
    if counter is not None and any(each not in counter.services for each in common["services"]):
        form.wrong("services", "not_served")
    form.sound()
    return Shift(**common, counter=id)


def _no_more(form: Fields, lanes: int | None, public: int | None) -> None:
    if lanes is not None and public is not None and public > lanes:
        form.wrong("public_lanes", "more_than_lanes")


def _holds(rule: OpeningRule | Shift, day: date) -> bool:
    return rule.first_day <= day and (rule.last_day is None or day <= rule.last_day)


def _same(one: OpeningRule | Shift, other: OpeningRule | Shift) -> bool:
    """Whether two series differ only in what a cut in time makes differ."""
    apart = {"id": "", "first_day": date.min, "last_day": None, "exceptions": {}}
    return one.model_copy(update=apart) == other.model_copy(update=apart)

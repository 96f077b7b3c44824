"""Series, closures, settings and what differs of them, in words; pure functions of a language and a set-up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date, get_day_names
from babel.numbers import format_percent

from qms.admin.rules.differences import Entry
from qms.booking.pages.say import LOCALES, Say
from qms.halls.rules.booking import Closure, Lead, OpeningRule, Period, Shift, TimeOff
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS, Span
from qms.web.catalogue import text

DATE = {"de": "d. MMMM y"}
SETTINGS = frozenset(
    [
        "open",
        "slot",
        "lead",
        "horizon_days",
        "horizon_opens",
        "walk_in_share",
        "hold",
        "check_in_opens",
        "check_in_closes",
        "confirm_by_link",
        "confirm_within",
    ]
)
OF_SERVICES = frozenset({"open", "only", "slots", "lead", "horizon_days"})
PARTS = frozenset({"hours", "services", "counters", "holidays"})
MINUTES = frozenset({"slot", "hold", "check_in_opens", "check_in_closes", "confirm_within"})


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that differs: what it is, and what it was and is (empty: nothing to be said)."""

    title: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Tell:
    """A voice that knows a set-up: names of counters and services are its own."""

    say: Say
    hall: Hall

    def t(self, key: str, n: int | None = None, **params: object) -> str:
        """A text of these pages."""
        return text(self.say.lang, "opening", f"opening.{key}", n, **params)

    def on_day(self, day: date) -> str:
        """'24 listopada 2026'."""
        pattern = DATE.get(self.say.lang, "d MMMM y")
        return str(format_date(day, pattern, LOCALES.get(self.say.lang, self.say.lang)))

    def weekday(self, n: int, width: str = "wide") -> str:
        """'poniedziałek' for 0."""
        names = get_day_names(width, "stand-alone", LOCALES.get(self.say.lang, self.say.lang))  # type: ignore[arg-type]
        return str(names[n])

    def series(self, part: OpeningRule | Shift) -> list[str]:
        """An opening rule or a shift: when, how often, for what, how many, from when to when."""
        told = [f"{self._days(part.days)}, {self.spans(part.spans)}"]
        if part.every > 1:
            told.append(self.t("every", part.every))
        if part.month_weeks:
            weeks = ", ".join(self.t(f"week_{'last' if n == -1 else n}") for n in part.month_weeks)
            told.append(self.t("month_weeks", which=weeks))
        if part.breaks:
            told.append(self.t("break", times=self.spans(part.breaks)))
        told.append(self.services(part.services))
        if isinstance(part, OpeningRule):
            told += self._bounds(part)
        told.append(self.period(part.first_day, part.last_day))
        return told

    def exceptions(self, part: OpeningRule | Shift, today: date) -> list[tuple[date, str]]:
        """The single days to come on which it is different."""
        days = sorted(day for day in part.exceptions if day >= today)
        return [(day, self.spans(part.exceptions[day]) or self.t("no_times")) for day in days]

    def counter(self, id: str) -> str:
        """'Stanowisko 4', 'Kasa'."""
        known = self.hall.counter(id)
        name = self.say.name(known.names) if known is not None else id
        return self.t("counter_numbered", counter=name) if name[:1].isdigit() else name

    def service(self, id: str) -> str:
        """A service by its name."""
        known = self.hall.service(id)
        return self.say.name(known.names) if known is not None else id

    def services(self, ids: Sequence[str]) -> str:
        """Services by name; none: all of them."""
        return ", ".join(self.service(id) for id in ids) if ids else self.t("all_services")

    def spans(self, spans: Sequence[Span]) -> str:
        """'08:00–12:00, 13:00–16:00'."""
        return ", ".join(f"{each.opens:%H:%M}–{each.closes:%H:%M}" for each in spans)

    def period(self, first: date, last: date | None) -> str:
        """'od 1 stycznia 2026', also with its end."""
        if last is None:
            return self.t("from_on", day=self.on_day(first))
        return self.t("from_until", first=self.on_day(first), last=self.on_day(last))

    def closure(self, part: Closure) -> str:
        """When, what, why."""
        what = self.t("whole_hall") if not part.services else self.services(part.services)
        return " · ".join([self.when(part), what, *self._reason(part)])

    def off(self, part: TimeOff) -> str:
        """Who is away, when, why."""
        return " · ".join([self.counter(part.counter), self.when(part), *self._reason(part)])

    def when(self, part: Period) -> str:
        """A day or several, all day or a part of each."""
        one = part.first_day == part.last_day
        days = self.on_day(part.first_day) if one else self.period(part.first_day, part.last_day)
        return days if part.span is None else f"{days}, {self.spans((part.span,))}"

    def entry(self, entry: Entry) -> Told:
        """One thing that differs between two set-ups."""
        if entry.about in PLACED:
            how = "new" if entry.before is None else "gone" if entry.after is None else "changed"
            title = self.t(f"diff.{entry.about}.{how}")
            said = [PLACED[entry.about](self, part) if part is not None else "" for part in _both(entry)]
            return Told(title, *said)
        if entry.about == "hours":
            said = [self._opening(entry.id, spans) for spans in _both(entry)]
            return Told(f"{self.t('part.hours')}: {self._day_named(entry.id)}", *said)
        if entry.about == "setting":
            if entry.id not in SETTINGS:
                return Told(self.t("set.other"))
            return Told(self.t(f"set.{entry.id}"), *(self.value(entry.id, value) for value in _both(entry)))
        if entry.about == "service":
            id, _, field = entry.id.partition(".")
            if field not in OF_SERVICES:
                return Told(f"{self.service(id)}: {self.t('svc.other')}")
            said = [self.value(f"svc_{field}", value) for value in _both(entry)]
            return Told(f"{self.service(id)}: {self.t(f'svc.{field}')}", *said)
        return Told(self.t(f"part.{entry.id if entry.id in PARTS else 'other'}"))

    def value(self, name: str, value: Any) -> str:
        """A setting's value."""
        if name == "svc_open":
            return self.t(f"open.{value}")
        if value is None:
            return self.t("as_hall") if name != "svc_slots" else self.t("as_minutes")
        if isinstance(value, bool):
            return self.t("yes" if value else "no")
        if isinstance(value, Lead):
            return self.lead(value)
        if name in MINUTES:
            return self.say.duration(value)
        if name in ("horizon_days", "svc_horizon_days"):
            return self.t("days", value)
        if name == "horizon_opens":
            return self.t(f"horizon_opens.{value}")
        if name == "walk_in_share":
            return str(format_percent(value, locale=LOCALES.get(self.say.lang, self.say.lang)))
        return str(value)

    def lead(self, lead: Lead) -> str:
        """How long before a visit it must be booked."""
        told = [self.say.duration(lead.minutes)] if lead.minutes else []
        told += [self.t("lead.days", lead.days)] if lead.days else []
        told += [self.t("lead.working", lead.working_days)] if lead.working_days else []
        return ", ".join(told) or self.t("lead.none")

    def settings(self) -> list[tuple[str, str]]:
        """How bookings are taken, as a list of facts."""
        now = self.hall.bookings
        if now is None:
            return []
        shown = [
            *("slot", "lead", "horizon_days", "horizon_opens", "walk_in_share", "hold"),
            *("check_in_opens", "check_in_closes", "confirm_by_link"),
            *(("confirm_within",) if now.confirm_by_link else ()),
        ]
        return [(self.t(f"set.{name}"), self.value(name, getattr(now, name))) for name in shown]

    def hours(self) -> list[tuple[str, str]]:
        """The hall's hours by day of the week."""
        week = self.hall.hours.week
        return [(self.weekday(n), self._opening(day, week.get(day))) for n, day in enumerate(WEEKDAYS)]

    def days_of_their_own(self, today: date) -> list[tuple[str, str]]:
        """The single days to come on which the hall opens otherwise."""
        found = sorted((day, spans) for day, spans in self.hall.hours.dates.items() if day >= today)
        return [(self.on_day(day), self._opening("", spans)) for day, spans in found]

    def _opening(self, day: str, spans: Sequence[Span] | None) -> str:
        """Hours; a single day without any of its own is as always, a weekday closed."""
        if spans is None and day not in WEEKDAYS:
            return self.t("as_always")
        return self.spans(spans or ()) or self.t("shut")

    def _day_named(self, day: str) -> str:
        return (
            self.weekday(WEEKDAYS.index(day)) if day in WEEKDAYS else self.on_day(date.fromisoformat(day))
        )

    def _days(self, days: Sequence[str]) -> str:
        """'poniedziałek–piątek', 'wtorek, czwartek'."""
        places = [n for n, day in enumerate(WEEKDAYS) if day in days]
        if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
            return f"{self.weekday(places[0])}–{self.weekday(places[-1])}"
        return ", ".join(self.weekday(n) for n in places)

    def _bounds(self, part: OpeningRule) -> list[str]:
        told = []
        if part.first is not None:
            told.append(self.t("first_visit", at=f"{part.first:%H:%M}"))
        if part.last is not None:
            told.append(self.t("last_visit", at=f"{part.last:%H:%M}"))
        if part.lanes is not None:
            told.append(self.t("lanes", part.lanes))
        if part.public_lanes is not None:
            told.append(self.t("public_lanes", part.public_lanes))
        return told

    def _reason(self, part: Period) -> list[str]:
        return [self.say.name(part.reason)] if part.reason else []


def _both(entry: Entry) -> tuple[Any, Any]:
    return entry.before, entry.after


def _told_series(tell: Tell, part: OpeningRule | Shift) -> str:
    """A series in a line, with the single days on which it is different."""
    who = [tell.counter(part.counter)] if isinstance(part, Shift) else []
    days = [
        f"{tell.on_day(day)}: {tell.spans(spans) or tell.t('no_times')}"
        for day, spans in sorted(part.exceptions.items())
    ]
    other = [tell.t("only_on", days="; ".join(days))] if days else []
    return " · ".join([*who, *tell.series(part), *other])


PLACED: Mapping[str, Callable[[Tell, Any], str]] = {
    "opening": _told_series,
    "roster": _told_series,
    "closure": Tell.closure,
    "off": Tell.off,
}
"""What is said of the parts that come, go and change."""

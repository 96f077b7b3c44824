"""Series, closures, settings and what differs of them, in words; pure functions of a language and a set-up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qms.admin.pages.values import Values
from qms.admin.rules.differences import Entry
from qms.admin.rules.settings import GROUPS, PROSE, SETTINGS
from qms.halls.rules.booking import Closure, OpeningRule, Period, Shift, TimeOff
from qms.halls.rules.fault import Path
from qms.halls.rules.model import Hall, Service
from qms.halls.rules.parts import WEEKDAYS, Span

OF_HALL = frozenset({*SETTINGS, *PROSE, "open", "last_ticket", "tickets_before", "holidays"})
WARNINGS = frozenset(
    {
        "arrive_before",
        "check_in_by",
        "check_in_closes",
        "either",
        "privacy",
        "only",
        "open_on",
        "last_ticket",
    }
)
TEXTS = frozenset({*PROSE, "question", "names", "documents"})
PARTS = frozenset({"hours", "services", "counters"})


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that differs: what it is, and what it was and is (empty: nothing to be said)."""

    title: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Tell(Values):
    """A voice that knows a set-up: names of counters and services are its own."""

    hall: Hall

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

    def segment(self, id: str) -> str:
        """A category of clients by its name."""
        known = self.hall.segment(id)
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
            return Told(self.t(f"set.{entry.id}"), *(self.setting(entry.id, each) for each in _both(entry)))
        if entry.about == "service":
            id, _, field = entry.id.partition(".")
            said = [self.of_service(field, value) for value in _both(entry)]
            return Told(f"{self.service(id)}: {self.t(f'svc.{field}')}", *said)
        if entry.about == "segment":
            id, _, field = entry.id.partition(".")
            said = [self.of_segment(field, value) for value in _both(entry)]
            return Told(f"{self.segment(id)}: {self.t(f'set.{field}')}", *said)
        return Told(self.t(f"part.{entry.id if entry.id in PARTS else 'other'}"))

    def settings(self, group: str) -> list[tuple[str, str]]:
        """A group of settings as a list of facts."""
        now = self.hall.bookings
        if now is None:
            return []
        return [(self.t(f"set.{one.name}"), self.setting(one.name, one.of(now))) for one in GROUPS[group]]

    def service_settings(self, service: Service) -> list[tuple[str, str]]:
        """What is set for one service, as far as it is not as usual; of long texts only how many."""
        own = service.booking
        values: dict[str, Any] = {"minutes": service.minutes, "slots": own.slots, "lead": own.lead}
        values |= {"horizon_days": own.horizon_days, "last_ticket": service.last_ticket or None}
        told = [(name, self.of_service(name, value)) for name, value in values.items() if value is not None]
        told += [(name, "") for name in ("only", "question") if getattr(own, name)]
        lists = {"fields": own.fields, "documents": service.documents}
        told += [(name, str(len(each))) for name, each in lists.items() if each]
        return [(self.t(f"svc.{name}"), value) for name, value in told]

    def warning(self, path: Path) -> str:
        """What looks like an oversight, by where it lies; nothing for what these pages do not change."""
        names = [each for each in path if isinstance(each, str)]
        at = next((f"set.{each}" for each in names if each in OF_HALL), "")
        about = self.service(names[1]) if names[0] == "services" else self.t(at) if at else ""
        if path == ("bookings",):
            return self.t("warn.no_rules")
        known = next((each for each in reversed(names) if each in WARNINGS), "")
        if known == "privacy" and self.hall.bookings is not None and self.hall.bookings.privacy:
            known = ""
        if known:
            return f"{about}: {self.t(f'warn.{known}')}" if about else self.t(f"warn.{known}")
        return f"{about}: {self.t('warn.untranslated')}" if about and names[-1] in TEXTS else ""

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

"""The values of settings in words: pure functions of a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from unicodedata import normalize

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal, format_percent

from qms.admin.rules.calling import CONDUCT, SCALE
from qms.admin.rules.settings import PROSE, SETTINGS, Setting
from qms.booking.pages.say import LOCALES, Say
from qms.halls.rules import holiday
from qms.halls.rules.booking import ExtraField, Holidays, Lead, Reconfirm, Reminder
from qms.halls.rules.parts import WEEKDAYS
from qms.web.catalogue import text

DATE = {"de": "d. MMMM y"}
ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźżабвгґдеєжзиіїйклмнопрстуфхцчшщьюя"


@dataclass(frozen=True, slots=True)
class Values:
    """A voice for values."""

    say: Say

    def t(self, key: str, n: int | None = None, **params: object) -> str:
        """A text of these pages."""
        return text(self.say.lang, "opening", f"opening.{key}", n, **params)

    def on_day(self, day: date) -> str:
        """'24 listopada 2026'."""
        return str(format_date(day, DATE.get(self.say.lang, "d MMMM y"), self.locale))

    def weekday(self, n: int, width: str = "wide") -> str:
        """'poniedziałek' for 0."""
        return str(get_day_names(width, "stand-alone", self.locale)[n])  # type: ignore[arg-type]

    def country(self, code: str) -> str:
        """'Polska' for PL."""
        return Locale.parse(self.locale).territories.get(code) or code

    def countries(self) -> list[tuple[str, str]]:
        """The countries whose holidays are known: code and name, in the order of the alphabet."""
        return sorted(
            ((code, self.country(code)) for code in holiday.countries()), key=lambda one: _order(one[1])
        )

    def setting(self, name: str, value: Any) -> str:
        """The value of a setting of the hall, by the setting's name."""
        if name in PROSE:
            return self.texts(value)
        if name == "paper_parts":
            return ", ".join(text(self.say.lang, "paper", f"paper.part_{part}") for part in value)
        if name in CONDUCT:
            return self.of_conduct(name, value)
        if name.startswith("paper_"):
            return self.texts(value)
        known = SETTINGS.get(name)
        return self._of_kind(known, value) if known is not None else self.part(value)

    def of_service(self, field: str, value: Any) -> str:
        """The value of a setting of one service."""
        if field == "open":
            return self.t(f"open.{value}")
        if value is None:
            return self.t("as_minutes" if field == "slots" else "as_hall")
        if field == "horizon_days":
            return self.t("days", value)
        if field == "minutes":
            return self.minutes(value)
        if field == "slots":
            return str(value)
        return self.texts(value) if field in ("question", "paper") else self.part(value)

    def of_conduct(self, name: str, value: Any) -> str:
        """The value of one of the numbers of calling, by its name."""
        if name == "rule":
            return self.t(f"rule.{value}")
        if name == "alpha":
            return str(format_percent(value, locale=self.locale))
        if name == "let_pass":
            return self.t("people", value) if value else self.t("not_offered")
        if name != "overflow" or value is None:
            return self.t("overflow_none") if name == "overflow" else self.part(value)
        above, below, least = (self.minutes(each) for each in (value.above, value.below, value.least))
        return self.t("overflow_told", above=above, below=below, least=least)

    def of_segment(self, field: str, value: Any) -> str:
        """The value of a field of a category of clients, by its name."""
        if field == "head":
            return self.minutes(value * SCALE) if value else self.t("none")
        if field != "standard" or value is None:
            return self.t("standard_none") if field == "standard" else self.minutes(value)
        share = str(format_percent(value.share, locale=self.locale))
        return self.t("standard_told", share=share, minutes=self.minutes(value.minutes))

    def part(self, value: Any) -> str:
        """A value that says by itself what it is."""
        if isinstance(value, bool):
            return self.t("yes" if value else "no")
        if isinstance(value, Lead):
            return self.lead(value)
        if isinstance(value, Holidays):
            return self.holidays(value)
        if isinstance(value, Mapping):
            return self.by_weekday(value)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self.list(value)
        return self.t("none") if value is None else self.minutes(value)

    def minutes(self, value: float) -> str:
        """'1 h 30 min', '7,5 min'."""
        if value == round(value):
            return self.say.duration(value)
        return text(
            self.say.lang, "common", "common.minutes_short", m=format_decimal(value, locale=self.locale)
        )

    def lead(self, lead: Lead) -> str:
        """How long before a visit it must be booked."""
        told = [self.say.duration(lead.minutes)] if lead.minutes else []
        told += [self.t("lead.days", lead.days)] if lead.days else []
        told += [self.t("lead.working", lead.working_days)] if lead.working_days else []
        return ", ".join(told) or self.t("lead.none")

    def holidays(self, kept: Holidays) -> str:
        """'Niemcy, Bayern'; and the holidays on which it is open."""
        region = holiday.region_name(kept.country, kept.subdivision or "")
        where = ", ".join(filter(None, (self.country(kept.country), region)))
        if not kept.open_on:
            return where
        days = ", ".join(self.on_day(day) for day in kept.open_on)
        return f"{where}; {self.t('open_on_days', days=days)}"

    def by_weekday(self, hours: Mapping[str, Any]) -> str:
        """'poniedziałek 15:00, wtorek 17:30'."""
        told = [f"{self.weekday(n)} {hours[day]:%H:%M}" for n, day in enumerate(WEEKDAYS) if day in hours]
        return ", ".join(told) or self.t("none")

    def list(self, values: Sequence[Any]) -> str:
        """Reminders, further questions, documents, addresses: one after the other."""
        return "; ".join(map(self._item, values)) or self.t("none")

    def texts(self, words: Mapping[str, str]) -> str:
        """A text in each of its languages."""
        if len(words) == 1:
            return next(iter(words.values()))
        told = [f"{self.say.language_name(lang)}: {words[lang]}" for lang in words]
        return " · ".join(told) or self.t("none")

    @property
    def locale(self) -> str:
        """The name under which the library knows the language."""
        return LOCALES.get(self.say.lang, self.say.lang)

    def _of_kind(self, one: Setting, value: Any) -> str:
        if one.zero and value == 0:
            return self.t(one.zero)
        if one.kind == "number" and one.unit == "minutes":
            return self.minutes(value)
        if one.kind == "number":
            return self.t("days", value) if one.unit == "days" else str(value)
        if one.kind == "share":
            return str(format_percent(value, locale=self.locale))
        if one.kind == "choice":
            return self.t(f"{one.words}.{value}")
        if one.kind == "ticks":
            return ", ".join(self.t(f"{one.words}.{each}") for each in value) or self.t("none")
        if isinstance(value, Reconfirm):
            return self.t(
                "reconfirm_told", days=self.t("days", value.days), hours=self.t("hours", value.hours)
            )
        return self.part(value)

    def _item(self, value: Any) -> str:
        if isinstance(value, Reminder):
            return self._reminder(value)
        if isinstance(value, ExtraField):
            return self.say.name(value.names) + (f" ({self.t('must_answer')})" if value.required else "")
        return self.say.name(value) if isinstance(value, Mapping) else str(value)

    def _reminder(self, one: Reminder) -> str:
        if one.minutes:
            return self.t("reminder_before", time=self.say.duration(one.minutes))
        days = self.t("lead.days", one.days) if one.days else self.t("same_day")
        return f"{days}, {one.at:%H:%M}" if one.at is not None else days


def _order(name: str) -> list[int]:
    """By which names are sorted; a letter of another alphabet counts as the one that it is made of."""
    plain = (each if each in ALPHABET else normalize("NFKD", each)[0] for each in name.casefold())
    return [ALPHABET.find(each) for each in plain]

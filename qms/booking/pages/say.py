"""Days, hours and names as the pages of booking say them; pure functions of a language and a zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from qms.web.catalogue import text

LOCALES = {"en": "en_GB"}
DAY = {"de": "EEEE, d. MMMM"}
NOON, EVENING = 12, 17
"""Local hours at which a new part of the day begins."""


@dataclass(frozen=True, slots=True)
class Say:
    """A voice: one language, one hall's zone."""

    lang: str
    zone: str = "UTC"

    def name(self, words: Mapping[str, str]) -> str:
        """A text of the office, else in the first language it was given in."""
        return words.get(self.lang) or next(iter(words.values()), "")

    def clock(self, at: datetime | str) -> str:
        """10:20."""
        return self.local(at).strftime("%H:%M")

    def hour(self, at: datetime) -> str:
        """10:20, and by which clock in the hour that a clock change repeats."""
        local = self.local(at)
        twice = local.replace(fold=1).utcoffset() != local.replace(fold=0).utcoffset()
        return f"{local:%H:%M} {local:%Z}" if twice else f"{local:%H:%M}"

    def day(self, at: date | datetime | str) -> str:
        """'wtorek, 24 listopada'."""
        return str(format_date(self.date(at), DAY.get(self.lang, "EEEE, d MMMM"), self._locale))

    def full_day(self, at: date | datetime | str) -> str:
        """'wtorek, 24 listopada 2026'."""
        pattern = DAY.get(self.lang, "EEEE, d MMMM") + " y"
        return str(format_date(self.date(at), pattern, self._locale))

    def month(self, day: date) -> str:
        """'listopad 2026'."""
        return str(format_date(day, "LLLL y", self._locale))

    def moment(self, at: datetime | str) -> str:
        """'wtorek, 24 listopada, 10:20'."""
        return f"{self.day(at)}, {self.clock(at)}"

    def moment_in(self, at: datetime, zone: str) -> str:
        """The same, by the clock of another hall."""
        return Say(self.lang, zone).moment(at)

    def date(self, at: date | datetime | str) -> date:
        """The local date."""
        if isinstance(at, date) and not isinstance(at, datetime):
            return at
        return self.local(at).date()

    def duration(self, minutes: float) -> str:
        """'1 h 35 min'."""
        hours, rest = divmod(round(minutes), 60)
        if not hours:
            return text(self.lang, "common", "common.minutes_short", m=rest)
        if not rest:
            return text(self.lang, "common", "common.hours_short", h=hours)
        return text(self.lang, "common", "common.hours_minutes_short", h=hours, m=rest)

    def part(self, at: datetime) -> str:
        """The part of the day: morning, afternoon or evening."""
        hour = self.local(at).hour
        return "morning" if hour < NOON else "afternoon" if hour < EVENING else "evening"

    def local(self, at: datetime | str) -> datetime:
        """A moment by the hall's clock."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return moment.astimezone(ZoneInfo(self.zone))

    def language_name(self, lang: str) -> str:
        """A language in its own words."""
        return text(lang, "common", "common.language_name")

    @property
    def _locale(self) -> str:
        return LOCALES.get(self.lang, self.lang)

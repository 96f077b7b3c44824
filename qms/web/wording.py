"""Names, times, numbers and waits as a person reads them: on pages, on paper, in messages.

Pure functions of a value, a language and a zone; no server is needed for them.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from typing_extensions import TypedDict

from qms.web.catalogue import text

STEP = 5
"""Waits are said in steps of so many minutes: more would be a false exactness."""
HOURS_FROM = 120
"""From so many minutes a wait is said in hours."""
LOCALES = {"en": "en_GB"}


class Between(TypedDict):
    """A wait as far as it is said, in minutes; `about` while nothing is measured yet."""

    low: float
    high: float
    about: NotRequired[bool]


def name(words: Mapping[str, str], lang: str) -> str:
    """A text of the office in a language, else in the first one it was given in."""
    return words.get(lang) or next(iter(words.values()), "")


def clock(at: datetime | str, zone: str) -> str:
    """10:20, in the hall's zone."""
    return _local(at, zone).strftime("%H:%M")


def day(at: datetime | str, zone: str, lang: str) -> str:
    """'wtorek, 24 listopada', in the hall's zone."""
    patterns = {"de": "EEEE, d. MMMM"}
    return format_date(_local(at, zone).date(), patterns.get(lang, "EEEE, d MMMM"), LOCALES.get(lang, lang))


def full_day(at: datetime | str, zone: str, lang: str) -> str:
    """'24 listopada 2026', in the hall's zone."""
    return format_date(_local(at, zone).date(), "long", LOCALES.get(lang, lang))


def number(value: float, lang: str) -> str:
    """A number as the language writes it."""
    return str(format_decimal(value, locale=LOCALES.get(lang, lang)))


def duration(minutes: int, lang: str) -> str:
    """'1 h 35 min'."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return text(lang, "common", "common.minutes_short", m=rest)
    if not rest:
        return text(lang, "common", "common.hours_short", h=hours)
    return text(lang, "common", "common.hours_minutes_short", h=hours, m=rest)


def wait(estimate: Between | None, lang: str, ahead: int | None = None) -> str:
    """An expected wait: a range in steps of five minutes, rounded outwards, 'in a moment' with nobody ahead."""
    if estimate is None:
        return text(lang, "common", "common.wait_soon" if ahead == 0 else "common.wait_unknown")
    if ahead == 0 and estimate["low"] < STEP:
        return text(lang, "common", "common.wait_soon")
    low = math.floor(estimate["low"] / STEP) * STEP
    high = max(math.ceil(estimate["high"] / STEP) * STEP, low + STEP)
    about = "_about" if estimate.get("about") else ""
    if high >= HOURS_FROM:
        shortest, longest = duration(low, lang), duration(high, lang)
        return text(lang, "common", f"common.wait_long{about}", low=shortest, high=longest)
    if low < STEP:
        return text(lang, "common", f"common.wait_up_to{about}", high=number(high, lang))
    return text(lang, "common", f"common.wait_range{about}", low=number(low, lang), high=number(high, lang))


def _local(at: datetime | str, zone: str) -> datetime:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(ZoneInfo(zone))

"""What people type into the forms of an office's settings, read as days, hours, numbers and choices."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, time
from itertools import pairwise

from qms.halls.rules.parts import Span

CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
SPAN = re.compile(r"\s*(\d{1,2}[:.]\d{2})\s*[-–—]\s*(\d{1,2}[:.]\d{2})\s*")
AMOUNT = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
PRINTED = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")
LONGEST = 400
"""Letters of a short text."""


class Unfit(Exception):  # noqa: N818
    """Why a form cannot be taken: what is wrong (a code) by field; `params` fill its sentence."""

    def __init__(self, faults: Mapping[str, str], **params: object) -> None:
        super().__init__(dict(faults))
        self.faults, self.params = dict(faults), params


class Fields:
    """A filled form. Whatever cannot be read is noted, and `sound` raises it all at once."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self.faults: dict[str, str] = {}

    def sound(self) -> None:
        """Raises Unfit if anything was wrong so far."""
        if self.faults:
            raise Unfit(self.faults)

    def wrong(self, name: str, code: str) -> None:
        """Note a fault; the first of a field stays."""
        self.faults.setdefault(name, code)

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self._given.get(name, "").strip()

    def has(self, name: str) -> bool:
        """Whether a box is ticked."""
        return bool(self._given.get(name))

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """One of these."""
        value = self.text(name)
        if value not in allowed:
            self.wrong(name, "choose")
        return value

    def ticked(self, prefix: str, allowed: Iterable[str]) -> tuple[str, ...]:
        """Those whose box `prefix-…` is ticked, in the order of `allowed`."""
        return tuple(each for each in allowed if self.has(f"{prefix}-{each}"))

    def day(self, name: str) -> date:
        """A day that must be given; a stand-in where it is not."""
        found = self.maybe_day(name)
        if found is None:
            self.wrong(name, "day")
        return found or date.min

    def maybe_day(self, name: str) -> date | None:
        """A day, or nothing."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            found = date.fromisoformat(typed)
        except ValueError:
            found = date.min
        if not 2000 <= found.year < 2200:
            self.wrong(name, "day")
            return None
        return found

    def clock(self, name: str) -> time | None:
        """A time of day such as 8:30, or nothing."""
        typed = self.text(name)
        found = CLOCK.fullmatch(typed)
        if typed and found is None:
            self.wrong(name, "clock")
        return time(int(found[1]), int(found[2])) if found else None

    def between(self, first: str, second: str) -> Span | None:
        """From one time to another; nothing where both are left out."""
        opens, closes = self.clock(first), self.clock(second)
        if (opens is None) != (closes is None):
            self.wrong(first if opens is None else second, "both_clocks")
        if opens is None or closes is None:
            return None
        if closes <= opens:
            self.wrong(second, "not_after")
            return None
        return Span(opens=opens, closes=closes)

    def spans(self, name: str, *, needed: bool = False) -> tuple[Span, ...]:
        """Times such as 8:00-12:00, 13:00-16:00."""
        typed = self.text(name)
        if not typed:
            if needed:
                self.wrong(name, "spans_needed")
            return ()
        found = [self._span(each) for each in re.split(r"[,;\n]", typed) if each.strip()]
        spans = sorted((each for each in found if each is not None), key=lambda each: each.opens)
        if len(spans) < len(found) or not found:
            self.wrong(name, "spans")
        elif any(a.closes > b.opens for a, b in pairwise(spans)):
            self.wrong(name, "spans_overlap")
        return tuple(spans)

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number that must be given; a stand-in where it is not."""
        found = self.maybe_whole(name, least, most)
        if found is None:
            self.wrong(name, "number")
        return least if found is None else found

    def maybe_whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number, or nothing."""
        typed = self.text(name)
        if not typed:
            return None
        if not typed.isascii() or not typed.isdigit() or len(typed) > 9 or not least <= int(typed) <= most:
            self.wrong(name, "number")
            return None
        return int(typed)

    def amount(self, name: str, most: int) -> float:
        """A number above 0, perhaps with a decimal part; a stand-in where it is not given."""
        typed = self.text(name).replace(",", ".")
        if not AMOUNT.fullmatch(typed) or not 0 < float(typed) <= most:
            self.wrong(name, "number")
            return 1
        return float(typed)

    def emails(self, name: str) -> tuple[str, ...]:
        """E-mail addresses, parted by lines, commas or blanks."""
        found = tuple(each for each in re.split(r"[\s,;]+", self.text(name)) if each)
        if not all(EMAIL.fullmatch(each) and len(each) <= 254 for each in found):
            self.wrong(name, "email")
        return tuple(dict.fromkeys(found))

    def beginning(self, prefix: str) -> list[str]:
        """How the names of the fields that begin so go on, where they hold anything."""
        return [
            name.removeprefix(prefix) for name in self._given if name.startswith(prefix) and self.has(name)
        ]

    def words(self, prefix: str, languages: Iterable[str], most: int = LONGEST) -> dict[str, str]:
        """A text in several languages; the first of them is needed as soon as there is any."""
        known = tuple(languages)
        typed = {each: self.text(f"{prefix}-{each}").replace("\r\n", "\n") for each in known}
        found = {each: words for each, words in typed.items() if words}
        for each, words in found.items():
            if len(words) > most or not PRINTED.fullmatch(words):
                self.wrong(f"{prefix}-{each}", "text")
        if found and known[0] not in found:
            self.wrong(f"{prefix}-{known[0]}", "first_language")
        return found

    def words_again(
        self, old: Mapping[str, str], prefix: str, languages: Iterable[str], most: int = LONGEST
    ) -> dict[str, str]:
        """The same for a text that may be there in more languages than the form has: those stay."""
        known = tuple(languages)
        found = self.words(prefix, known, most)
        return {**found, **{each: old[each] for each in old if found and each not in known}}

    def _span(self, typed: str) -> Span | None:
        found = SPAN.fullmatch(typed)
        both = [CLOCK.fullmatch(each) for each in found.groups()] if found else []
        ends = [time(int(each[1]), int(each[2])) for each in both if each]
        return Span(opens=ends[0], closes=ends[1]) if len(ends) == 2 and ends[0] < ends[1] else None


def unless_same(old: float, typed: int, times: int = 1) -> float:
    """What was typed, in parts of `times`; the old value where that was shown rounded and left as it was."""
    if f"{old * times:.0f}" == str(typed):
        return old
    return typed / times if times > 1 else typed

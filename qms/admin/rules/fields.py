"""What people type into the forms of an office's settings, read as days, hours, numbers and choices."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, time
from itertools import pairwise

from qms.halls.rules.parts import Span

CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
SPAN = re.compile(r"\s*(\d{1,2}[:.]\d{2})\s*[-–—]\s*(\d{1,2}[:.]\d{2})\s*")
LONGEST = 400
"""Letters of a reason."""


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

    def words(self, prefix: str, languages: Iterable[str]) -> dict[str, str]:
        """A text in several languages; the first of them is needed as soon as there is any."""
        known = tuple(languages)
        found = {each: typed for each in known if (typed := self.text(f"{prefix}-{each}"))}
        for each, typed in found.items():
            if len(typed) > LONGEST or not typed.isprintable():
                self.wrong(f"{prefix}-{each}", "text")
        if found and known[0] not in found:
            self.wrong(f"{prefix}-{known[0]}", "first_language")
        return found

    def _span(self, typed: str) -> Span | None:
        found = SPAN.fullmatch(typed)
        both = [CLOCK.fullmatch(each) for each in found.groups()] if found else []
        ends = [time(int(each[1]), int(each[2])) for each in both if each]
        return Span(opens=ends[0], closes=ends[1]) if len(ends) == 2 and ends[0] < ends[1] else None

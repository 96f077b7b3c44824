"""A hall's log of another system, as legs: one row for each stretch from waiting to the end of service.

Columns: `day` (ISO date), `ticket`, `counter` (the room, may be empty), `arrive`, `start` and `end`
(seconds after midnight: printed or transferred, called, ended; negative: never), `valid` (N: void).
Other columns are not needed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

COLUMNS = ("day", "ticket", "counter", "arrive", "start", "end", "valid")
DAY_SECONDS = 86_400
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
"""Days that a log may have: beyond them calendars and time zones end."""


class LogError(ValueError):
    """The file is not such a log; says where and why."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One row; `line` is its line in the file, the heading being line 1."""

    line: int
    day: date
    ticket: str
    room: str
    arrive: int
    start: int
    end: int
    valid: bool


def read(rows: Iterable[Mapping[str, str | None]]) -> list[Leg]:
    """The legs of a log, in the order of the file; raises LogError."""
    return [_leg(row, line) for line, row in enumerate(rows, 2)]


def _leg(row: Mapping[str, str | None], line: int) -> Leg:
    def text(column: str) -> str:
        value = row.get(column)
        if value is None:
            raise LogError(f"line {line}: there is no column {column}")
        return value.strip()

    def seconds(column: str) -> int:
        try:
            value = int(text(column))
        except ValueError:
            raise LogError(f"line {line}: {column} is not a whole number of seconds") from None
        if value >= DAY_SECONDS:
            raise LogError(f"line {line}: {column} lies past midnight")
        return value

    try:
        day = date.fromisoformat(text("day"))
    except ValueError:
        raise LogError(f"line {line}: day is not a date such as 2019-08-01") from None
    if not EARLIEST <= day <= LATEST:
        raise LogError(f"line {line}: day {day} does not lie from {EARLIEST} to {LATEST}")
    times = (seconds("arrive"), seconds("start"), seconds("end"))
    return Leg(line, day, text("ticket"), text("counter"), *times, valid=text("valid") != "N")


REASONS: Mapping[str, Callable[[Leg], bool]] = {
    "no_counter": lambda leg: not leg.room,
    "void": lambda leg: not leg.valid,
    "never_called": lambda leg: leg.start < 0,
    "never_arrived": lambda leg: leg.arrive < 0,
    "called_before_arrival": lambda leg: 0 <= leg.start < leg.arrive,
    "never_ended": lambda leg: leg.start >= 0 > leg.end,
    "no_service_time": lambda leg: bool(leg.room) and 0 <= leg.end <= leg.start,
}
"""Why a leg cannot be driven through a hall; several may hold of one leg."""
ROOM_BUSY = "room_busy"
"""The room was still serving somebody else: a counter serves one person at a time."""


def sort_out(legs: Iterable[Leg]) -> tuple[list[Leg], dict[Leg, tuple[str, ...]]]:
    """The legs that a hall can take, in their order, and those set aside with all their reasons."""
    aside: dict[Leg, tuple[str, ...]] = {}
    able: list[Leg] = []
    for leg in legs:
        reasons = tuple(code for code, holds in REASONS.items() if holds(leg))
        if reasons:
            aside[leg] = reasons
        else:
            able.append(leg)
    busy: dict[tuple[date, str], int] = {}
    for leg in sorted(able, key=lambda leg: (leg.start, leg.line)):
        if leg.start < busy.get((leg.day, leg.room), 0):
            aside[leg] = (ROOM_BUSY,)
        else:
            busy[leg.day, leg.room] = leg.end
    return [leg for leg in able if leg not in aside], aside

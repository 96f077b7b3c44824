"""A hall as TOML text that a person can read and change: the way back from `files.parse`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from qms.halls.rules.booking import Period
from qms.halls.rules.check import KINDS
from qms.halls.rules.model import Counter, Hall, Segment
from qms.halls.rules.parts import Part, Span

_WIDTH = 100
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_INTRODUCTION = {
    "groups": "Groups of services: one button of the kiosk and one run of numbers each.",
    "services": "Services: what people come for.",
    "counters": "Counters; level_1 lists what each serves first, level_2 what it takes when that is done.",
    "segments": "Kinds of clients; target and head are those of the calling rule.",
    "bookings": "Booked visits: how they are taken, and the opening rules that give their times.",
    "roster": "Roster: which counter is on duty when. A counter without a shift is, whenever the hall is open.",
    "time_off": "Days and hours on which single counters are not on duty.",
    "closures": "Closures: they win over all opening hours and rules.",
    "zones": "Zones of the hall: how loud its screens are there, and when they may be heard.",
    "boards": "Boards: what each screen for those who wait shows, and how it is heard.",
    "kiosk": "Kiosks: what they offer, and how they behave.",
    "paper": "What a printed number says.",
    "holidays": "Public holidays, on which the hall is closed.",
}


def dump(hall: Hall, version: int | None = None) -> str:
    """The hall as a file; `version` is the stored version that it is exported from.

    Values that equal their defaults are left out. `files.parse` of the text gives an equal hall.
    """
    lines = ["# This hall as a file. What each key means: docs/hall-file.md", ""]
    if version is not None:
        lines += [
            "# The version this was exported from; a hall that was changed since is not overwritten.",
            f"version = {version}",
        ]
    lines += [_pair("id", hall.id), *_text("names", hall.names)]
    lines += [_pair("zone", hall.zone), _pair("languages", hall.languages), *_text("notice", hall.notice)]
    lines += ["", "[office]", *_fields(hall.office, ())]
    lines += ["", "[hours]", *_hours(hall)]
    conduct = list(_fields(hall.conduct, ()))
    lines += ["", "[conduct]", *conduct] if conduct else []
    for kind in KINDS:
        lines += ["", "", f"# {_INTRODUCTION[kind]}"]
        for n, part in enumerate(getattr(hall, kind)):
            lines += ["", f"[{kind}.{part.id}]", *_part(part, n, kind)]
    lines += [*_equipment(hall), *_dated(hall)]
    return "\n".join(lines) + "\n"


def _part(part: Any, n: int, kind: str) -> Iterator[str]:
    if part.retired:
        yield "# No longer used; kept so that old tickets keep their names."
        yield "retired = true"
    yield from _fields(
        part,
        ("id", "order", "retired", "documents", "services", "booking"),
        always=isinstance(part, Segment),
    )
    if isinstance(part, Counter):
        yield from _levels(part)
    if part.order != n:
        yield _pair("order", part.order)
    for document in getattr(part, "documents", ()):
        yield f"[[{kind}.{part.id}.documents]]"
        yield from (_pair(language, words) for language, words in document.items())
    booking = getattr(part, "booking", None)
    if booking is not None and booking != type(part).model_fields["booking"].default:
        yield f"[{kind}.{part.id}.booking]"
        yield from _fields(booking, ("fields",))
        for each in booking.fields:
            yield f"[{kind}.{part.id}.booking.fields.{each.id}]"
            yield from _fields(each, ("id",))


def _dated(hall: Hall) -> Iterator[str]:
    """Bookings, roster, time off, closures and holidays: what of them there is."""
    if hall.bookings is not None:
        yield from ("", "", f"# {_INTRODUCTION['bookings']}", "", "[bookings]")
        yield from _fields(hall.bookings, ("opening",))
        yield from _listed("bookings.opening", hall.bookings.opening)
    for kind in ("roster", "closures"):
        parts = getattr(hall, kind)
        if parts:
            yield from ("", "", f"# {_INTRODUCTION[kind]}", *_listed(kind, parts))
    if hall.time_off:
        yield from ("", "", f"# {_INTRODUCTION['time_off']}")
    for off in hall.time_off:
        yield from ("", "[[time_off]]", *_fields(off, _alone(off)))
    if hall.holidays is not None:
        yield from ("", "", f"# {_INTRODUCTION['holidays']}", "", "[holidays]", *_fields(hall.holidays, ()))


def _equipment(hall: Hall) -> Iterator[str]:
    """Zones, boards, kiosk and paper: what of them there is."""
    if hall.zones:
        yield from ("", "", f"# {_INTRODUCTION['zones']}", *_listed("zones", hall.zones))
    if hall.boards:
        yield from ("", "", f"# {_INTRODUCTION['boards']}")
    for n, board in enumerate(hall.boards):
        yield from ("", f"[boards.{board.id}]", *_fields(board, ("id", "order", "panels")))
        if board.order != n:
            yield _pair("order", board.order)
        for panel in board.panels:
            yield from (f"[[boards.{board.id}.panels]]", *_fields(panel, ()))
    for kind, part in (("kiosk", hall.kiosk), ("paper", hall.paper)):
        if part != type(part)():
            yield from ("", "", f"# {_INTRODUCTION[kind]}", "", f"[{kind}]", *_fields(part, ("buttons",)))
    for button in hall.kiosk.buttons:
        yield from ("[[kiosk.buttons]]", *_fields(button, ()))


def _listed(place: str, parts: Sequence[Any]) -> Iterator[str]:
    for n, part in enumerate(parts):
        yield from ("", f"[{place}.{part.id}]", *_fields(part, ("id", "order", *_alone(part))))
        if getattr(part, "order", n) != n:
            yield _pair("order", part.order)


def _alone(part: Part) -> tuple[str, ...]:
    """What need not be said of a closure or time off of one day."""
    return ("last_day",) if isinstance(part, Period) and part.last_day == part.first_day else ()


def _fields(part: Part, leave_out: Sequence[str], *, always: bool = False) -> Iterator[str]:
    """The fields of a part; with `always` also those that equal their defaults."""
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        usual = not info.is_required() and value == info.default
        if name in leave_out or value is None or (usual and not always):
            continue
        if isinstance(value, Mapping):
            yield from _text(name, value)
        else:
            yield _pair(name, value)


def _levels(counter: Counter) -> Iterator[str]:
    levels = sorted(set(counter.services.values())) or [1]
    for level in levels:
        yield _pair(f"level_{level}", [id for id, at in counter.services.items() if at == level])


def _hours(hall: Hall) -> Iterator[str]:
    for day, spans in hall.hours.week.items():
        yield _pair(day, spans)
    yield from _fields(hall.hours, ("week",))


def _text(name: str, text: Mapping[str, Any]) -> Iterator[str]:
    """One line where it fits, else one for each language (or day)."""
    line = _pair(name, text)
    if len(line) <= _WIDTH and "\\n" not in line:
        yield line
    else:
        yield from (_pair(f"{name}.{_key(key)}", value, lines=True) for key, value in text.items())


def _pair(name: str, value: Any, *, lines: bool = False) -> str:
    """A key and its value; with `lines`, a text of several lines is written as such."""
    if lines and isinstance(value, str) and "\n" in value:
        written = "\n".join(map(_escaped, value.split("\n")))
        return f'{name} = """\n{written}"""'
    return f"{name} = {literal(value)}"


def literal(value: Any) -> str:
    """A value as TOML writes it; whole numbers without a point."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Span):
        return f'"{value.opens:%H:%M}-{value.closes:%H:%M}"'
    if isinstance(value, str):
        return f'"{_escaped(value)}"'
    if isinstance(value, Part):
        return literal(value.model_dump(exclude_none=True))
    if isinstance(value, Mapping):
        inner = ", ".join(_pair(_key(key), each) for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(literal, value)) + "]"
    return str(value)


def _key(key: Any) -> str:
    return f'"{key}"' if isinstance(key, date) else str(key)


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _SHORT.get(found[0], f"\\u{ord(found[0]):04x}"), text)

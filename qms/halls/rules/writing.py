"""A hall as TOML text that a person can read and change: the way back from `files.parse`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Any

from qms.halls.rules.check import KINDS
from qms.halls.rules.model import Counter, Hall, Segment, Standard
from qms.halls.rules.parts import Part

_WIDTH = 100
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_INTRODUCTION = {
    "groups": "Groups of services: one button of the kiosk and one run of numbers each.",
    "services": "Services: what people come for.",
    "counters": "Counters; level_1 lists what each serves first, level_2 what it takes when that is done.",
    "segments": "Kinds of clients; target and head are those of the calling rule.",
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
    return "\n".join(lines) + "\n"


def _part(part: Any, n: int, kind: str) -> Iterator[str]:
    if part.retired:
        yield "# No longer used; kept so that old tickets keep their names."
        yield "retired = true"
    yield from _fields(
        part, ("id", "order", "retired", "documents", "services"), always=isinstance(part, Segment)
    )
    if isinstance(part, Counter):
        yield from _levels(part)
    if part.order != n:
        yield _pair("order", part.order)
    for document in getattr(part, "documents", ()):
        yield f"[[{kind}.{part.id}.documents]]"
        yield from (_pair(language, words) for language, words in document.items())


def _fields(part: Part, leave_out: Sequence[str], *, always: bool = False) -> Iterator[str]:
    """The fields of a part; with `always` also those that equal their defaults."""
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        if name in leave_out or (not always and not info.is_required() and value == info.default):
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
        yield _pair(day, [f"{literal(s.opens)[1:-1]}-{literal(s.closes)[1:-1]}" for s in spans])
    yield from _fields(hall.hours, ("week",))


def _text(name: str, text: Mapping[str, Any]) -> Iterator[str]:
    """One line where it fits, else one for each language (or weekday)."""
    line = _pair(name, text)
    if len(line) <= _WIDTH:
        yield line
    else:
        yield from (_pair(f"{name}.{key}", value) for key, value in text.items())


def _pair(name: str, value: Any) -> str:
    return f"{name} = {literal(value)}"


def literal(value: Any) -> str:
    """A value as TOML writes it; whole numbers without a point."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, str):
        return (
            '"' + _ESCAPED.sub(lambda found: _SHORT.get(found[0], f"\\u{ord(found[0]):04x}"), value) + '"'
        )
    if isinstance(value, Standard):
        return literal(value.model_dump())
    if isinstance(value, Mapping):
        inner = ", ".join(_pair(key, each) for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(literal, value)) + "]"
    return str(value)

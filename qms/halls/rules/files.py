"""A hall as a file: TOML text to a `Hall`, with every mistake named by line and field.

Pure: it is given the text and opens nothing. The way back is `writing.dump`.
"""

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from qms.halls.rules import check, wording
from qms.halls.rules.booking import (
    Bookings,
    Closure,
    Contact,
    ExtraField,
    Holidays,
    Lead,
    Limits,
    OpeningRule,
    Reconfirm,
    Reminder,
    ServiceBooking,
    Shift,
    TimeOff,
)
from qms.halls.rules.equipment import Board, Kiosk, KioskButton, Panel, Paper, Sound, Zone
from qms.halls.rules.fault import Fault, Path
from qms.halls.rules.lines import locate
from qms.halls.rules.model import (
    Conduct,
    Counter,
    Group,
    Hall,
    Hours,
    Office,
    Overflow,
    Segment,
    Service,
    Standard,
)
from qms.halls.rules.parts import WEEKDAYS, Part
from qms.halls.rules.sections import Sections
from qms.halls.rules.shape import assemble

M = TypeVar("M", bound=Part)
_CLASSES: Mapping[str, type[Part]] = {
    "groups": Group,
    "services": Service,
    "counters": Counter,
    "segments": Segment,
}
_LISTS: Mapping[str, type[Part]] = {
    "opening": OpeningRule,
    "roster": Shift,
    "time_off": TimeOff,
    "closures": Closure,
    "reminders": Reminder,
    "fields": ExtraField,
    "zones": Zone,
    "boards": Board,
    "panels": Panel,
    "buttons": KioskButton,
}
_TABLES: Mapping[str, type[Part]] = {
    "standard": Standard,
    "booking": ServiceBooking,
    "lead": Lead,
    "contact": Contact,
    "limits": Limits,
    "reconfirm": Reconfirm,
    "bookings": Bookings,
    "holidays": Holidays,
    "office": Office,
    "conduct": Conduct,
    "overflow": Overflow,
    "sound": Sound,
    "kiosk": Kiosk,
    "paper": Paper,
}
_DATED_AND_EQUIPMENT: Mapping[str, type[Part]] = {
    name: _LISTS[name] for name in ("roster", "time_off", "closures", "zones", "boards")
}
_NEAR_END = re.compile(
    r"(?P<text>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)"
)
_TOO_LONG = re.compile(r"[0-9_]{4300}")
_PLAIN = (
    ("Cannot overwrite", "this key is there twice"),
    ("Duplicate inline", "this key is there twice"),
    ("Cannot", "this section is there twice"),
    ("Invalid value", "the value cannot be read; is a text without quotes?"),
    ("Invalid date", "there is no such date or time"),
    ("Invalid", "a line must be a [section], or a key with = and its value"),
    ("Illegal character '\\n'", "a text is not closed by a quote"),
    ("Illegal character", "a character that is not allowed here"),
    ("Found invalid character", "a character that is not allowed here"),
    ("Unterminated string", "a text is not closed by a quote"),
    ("Unescaped", "a backslash in a text must be written twice"),
    ("Escaped character", "a backslash in a text must be written twice"),
    ("Expected '=' after a key", "a key must be followed by = and its value"),
    ("Expected ']", "the section's name is not closed by ]"),
    ("Expected newline", "after a value a new line must begin"),
    ("Unclosed array", "a list is not closed by ]"),
    ("Unclosed inline table", "a table { … } is not closed in its line"),
    ("Exceeds the limit", "a number is too long"),
    ("Expected", "a text is not closed by a quote"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, or oddity, of a file; `column` is known for errors of syntax only."""

    line: int
    field: str
    text: str
    column: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{place}, {self.field}: {self.text}" if self.field else f"{place}: {self.text}"


@dataclass(frozen=True, slots=True)
class HallFile:
    """What a file says: the hall, and the version that the file was exported from, if any."""

    hall: Hall
    version: int | None = None
    warnings: tuple[Problem, ...] = ()


def parse(source: str | bytes) -> HallFile | tuple[Problem, ...]:
    """Read a hall file; either the hall, or all its mistakes in the order of their lines."""
    text = _text(source)
    if isinstance(text, Problem):
        return (text,)
    data = _toml(text)
    if isinstance(data, Problem):
        return (data,)
    sections = assemble(data)
    hall = _hall(sections)
    if isinstance(hall, Hall) and not sections.faults:
        return HallFile(hall, sections.version, _placed(sections.written(check.warnings(hall)), text))
    faults = [] if isinstance(hall, Hall) else sections.written(hall)
    said = {fault.path[:n] for fault in sections.faults for n in range(len(fault.path) + 1)}
    return _placed([*sections.faults, *(fault for fault in faults if fault.path not in said)], text)


def _text(source: str | bytes) -> str | Problem:
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return Problem(line, "", "the file must be saved as UTF-8")


def _toml(text: str) -> dict[str, Any] | Problem:
    try:
        return tomllib.loads(text)
    except RecursionError:
        return Problem(1, "", "lists or tables lie too deeply in each other")
    except ValueError as error:
        found = _NEAR_END.match(str(error))
        said, line, column = found.group("text", "line", "column") if found else (str(error), None, None)
        plain = next((words for start, words in _PLAIN if said.startswith(start)), said)
        too_long = _TOO_LONG.search(text)
        end = too_long.start() if too_long and not found else len(text.rstrip("\n"))
        return Problem(
            int(line or text.count("\n", 0, end) + 1), "", plain, int(column) if column else None
        )


def _hall(sections: Sections) -> Hall | list[Fault]:
    try:
        return _strict(Hall, sections.fields)
    except ValidationError as error:
        details = error.errors(include_url=False)
    faults = [_fault(each) for each in details]
    if any(each["type"] != "hall" or each["loc"][0] == "hours" for each in details):
        faults += _contradictions(
            sections, {fault.path[:n] for fault in faults for n in range(len(fault.path) + 1)}
        )
    return faults


def _strict(kind: type[M], fields: Mapping[str, Any]) -> M:
    """Validate as JSON: no number is taken for a text or the other way round, and lists are tuples."""
    return kind.model_validate_json(json.dumps(fields, default=str), strict=True)


def _fault(error: ErrorDetails) -> Fault:
    path = tuple(error["loc"])
    key = path[-1] == "[key]"
    path = path[:-1] if key else path
    if error["type"] == "extra_forbidden":
        return Fault(path, wording.unknown(str(path[-1]), _known(path)))
    if key and error["type"] == "literal_error":
        return Fault(path, wording.unknown(str(path[-1]), WEEKDAYS))
    return Fault(path, wording.words(error))


def _known(path: Path) -> Collection[str]:
    """The keys that a file may have where `path` ends."""
    top, above = path[0], path[-2] if len(path) > 1 else None
    if isinstance(above, int) and path[-3] in _LISTS:
        return _LISTS[str(path[-3])].model_fields.keys() - {"id"}
    if above in _TABLES:
        return _TABLES[str(above)].model_fields.keys()
    if top in _CLASSES:
        levels = [f"level_{n}" for n in range(1, 10)] if top == "counters" else []
        return [*_CLASSES[str(top)].model_fields.keys() - {"id", "services" if levels else ""}, *levels]
    if top == "hours":
        return [*WEEKDAYS, *Hours.model_fields.keys() - {"week"}]
    return ["version", *Hall.model_fields]


def _contradictions(sections: Sections, wrong: set[Path]) -> list[Fault]:
    """What the sound parts of a file say of each other, when others cannot be read."""
    fields = sections.fields
    parts: dict[str, tuple[Any, ...]] = {}
    broken = {kind: set(ids) for kind, ids in sections.broken.items()}
    for kind, cls in _CLASSES.items():
        sound = []
        for n, raw in enumerate(fields[kind]):
            if (kind, n) in wrong:
                broken[kind].add(raw["id"])
            else:
                sound.append(_strict(cls, raw))
        parts[kind] = tuple(sound)
    tops = {path[0] for path in wrong if path}
    first = {} if "languages" in tops else dict.fromkeys(fields.get("languages", ())[:1], "…")
    scraps: dict[str, Any] = {
        **parts,
        "zone": "UTC" if "zone" in tops else str(fields.get("zone", "UTC")),
        "languages": () if "languages" in tops else tuple(fields.get("languages", ())),
        "names": first if "names" in tops else fields.get("names", first),
        "notice": {} if "notice" in tops else fields.get("notice", {}),
        "holidays": None if "holidays" in tops else _one(Holidays, fields.get("holidays")),
        "bookings": _bookings(fields.get("bookings"), wrong),
    }
    kiosk, paper = fields.get("kiosk", {}), fields.get("paper", {})
    scraps["kiosk"] = Kiosk() if "kiosk" in tops else _strict(Kiosk, kiosk)
    scraps["paper"] = Paper() if "paper" in tops else _strict(Paper, paper)
    for name, cls in _DATED_AND_EQUIPMENT.items():
        scraps[name] = _sound(cls, fields.get(name, ()), (name,), wrong)
    office = Office.model_construct(names=first) if "office" in tops else _strict(Office, fields["office"])
    return check.faults(Hall.model_construct(office=office, **scraps), broken)


def _bookings(raw: Any, wrong: set[Path]) -> Bookings | None:
    """What can be read of bookings: their sound opening rules, and the rest where all of it is sound."""
    if not isinstance(raw, dict):
        return None
    opening = _sound(OpeningRule, raw.get("opening", ()), ("bookings", "opening"), wrong)
    below = {path[1] for path in wrong if path[:1] == ("bookings",) and len(path) > 1}
    rest = {key: value for key, value in raw.items() if key != "opening"}
    if below - {"opening"} or (("bookings",) in wrong and not below):
        rest = {}
    return _strict(Bookings, rest).model_copy(update={"opening": opening})


def _sound(kind: type[M], raw: Iterable[Any], path: Path, wrong: set[Path]) -> tuple[M, ...]:
    return tuple(_strict(kind, each) for n, each in enumerate(raw) if (*path, n) not in wrong)


def _one(kind: type[M], raw: Any) -> M | None:
    return None if raw is None else _strict(kind, raw)


def _placed(faults: Iterable[Fault], text: str) -> tuple[Problem, ...]:
    lines = locate(text)
    problems = []
    for fault in faults:
        at = path = fault.path
        while at and at not in lines:
            at = at[:-1]
        field = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        problems.append(Problem(lines.get(at, 1), field, fault.text))
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.line))

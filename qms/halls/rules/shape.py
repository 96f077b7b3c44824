"""The shape of a hall file against that of the model: sections by id, spans as text, levels as lists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from qms.halls.rules import ready, wording
from qms.halls.rules.check import KINDS, Fault, Path
from qms.halls.rules.parts import WEEKDAYS

_SPAN = re.compile(r"\s*(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)\s*")
_LEVEL = re.compile(r"level_([1-9])")


@dataclass
class Sections:
    """A file put into the model's shape, and where each piece came from.

    `broken` names parts that could not even be put into shape; `moved` maps paths of the model
    (with ids for indexes) to paths of the file, where the two differ.
    """

    fields: dict[str, Any]
    version: int | None = None
    faults: list[Fault] = field(default_factory=list)
    broken: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    moved: dict[Path, Path] = field(default_factory=dict)

    def written(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults of the model with the paths that they have in the file."""
        return [Fault(self._path(self._named(fault.path)), fault.text) for fault in faults]

    def _named(self, path: Path) -> Path:
        """The path with the id of a part in place of its index."""
        if len(path) > 1 and path[0] in KINDS and isinstance(path[1], int):
            return (path[0], self.fields[str(path[0])][path[1]]["id"], *path[2:])
        return path

    def _path(self, path: Path) -> Path:
        for end in range(len(path), 0, -1):
            if path[:end] in self.moved:
                return self.moved[path[:end]] + path[end:]
        return path


def assemble(data: Mapping[str, Any]) -> Sections:
    """Put what a file says into the model's shape; what cannot be is a fault and is left out."""
    sections = Sections({key: value for key, value in data.items() if key not in ("version", *KINDS)})
    _version(sections, data.get("version"))
    for kind in KINDS:
        sections.fields[kind] = _parts(sections, kind, data.get(kind, {}))
    _add_ready_segments(sections)
    _add_counter_names(sections)
    for kind in KINDS:
        for order, part in enumerate(sections.fields[kind]):
            part.setdefault("order", order)
    if isinstance(data.get("hours"), dict):
        sections.fields["hours"] = _hours(sections, data["hours"])
    return sections


def _version(sections: Sections, version: Any) -> None:
    if version is None:
        return
    if isinstance(version, int) and not isinstance(version, bool) and version > 0:
        sections.version = version
    else:
        text = "must be a whole number above 0, as the export wrote it"
        sections.faults.append(Fault(("version",), text + wording.was(version)))


def _parts(sections: Sections, kind: str, tables: Any) -> list[dict[str, Any]]:
    if not isinstance(tables, dict):
        sections.faults.append(Fault((kind,), f"must be sections, one for each: [{kind}.<id>]"))
        return []
    parts = []
    for id, table in tables.items():
        if not isinstance(table, dict):
            sections.faults.append(Fault((kind, id), f"must be a section [{kind}.{id}]"))
            sections.broken[kind].add(id)
            continue
        part = dict(table)
        if "id" in part:
            del part["id"]
            sections.faults.append(
                Fault((kind, id, "id"), "is not a known key; the section's name is the id")
            )
        sections.moved[(kind, id, "id")] = (kind, id)
        if kind == "counters":
            part = _levels(sections, id, part)
        parts.append({"id": id, **part})
    return parts


def _levels(sections: Sections, id: str, table: dict[str, Any]) -> dict[str, Any]:
    """`level_1 = ["id-card"], level_2 = ["passport"]` as the model's `{id-card: 1, passport: 2}`."""
    part = {key: value for key, value in table.items() if not _LEVEL.fullmatch(key)}
    if "services" in part:
        del part["services"]
        text = "is not a known key; list the services in level_1, level_2, …"
        sections.faults.append(Fault(("counters", id, "services"), text))
    levels = {key: value for key, value in table.items() if key not in part and _LEVEL.fullmatch(key)}
    if not levels and "services" not in table:
        sections.faults.append(Fault(("counters", id, "level_1"), "is missing"))
    services: dict[str, int] = {}
    for key, names in levels.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            sections.faults.append(
                Fault(("counters", id, key), 'must be a list of services such as ["id-card"]')
            )
            continue
        for n, name in enumerate(names):
            place = ("counters", id, key, n)
            if name in services:
                sections.faults.append(Fault(place, f"{name} is there twice"))
            services[name] = int(key[-1])
            sections.moved[("counters", id, "services", name)] = place
    return {**part, "services": services}


def _add_ready_segments(sections: Sections) -> None:
    """Fill in what the file leaves out of ready segments, in the hall's languages."""
    segments: list[dict[str, Any]] = sections.fields["segments"]
    there = {segment["id"] for segment in segments} | sections.broken["segments"]
    segments[:0] = [{"id": id} for id in ready.ALWAYS if id not in there]
    languages = sections.fields.get("languages")
    for n, segment in enumerate(segments):
        filled = dict(ready.SEGMENTS.get(segment["id"], {}))
        for key in ("names", "hint"):
            if key in filled and isinstance(languages, list):
                filled[key] = {code: words for code, words in filled[key].items() if code in languages}
        segments[n] = filled | segment


def _add_counter_names(sections: Sections) -> None:
    """A counter that the file gives no name is called by its id in every language."""
    languages = sections.fields.get("languages")
    if isinstance(languages, list):
        for counter in sections.fields["counters"]:
            counter.setdefault("names", {str(code): counter["id"] for code in languages})


def _hours(sections: Sections, table: dict[str, Any]) -> dict[str, Any]:
    hours = {key: value for key, value in table.items() if key not in WEEKDAYS}
    if "week" in hours:
        del hours["week"]
        sections.faults.append(Fault(("hours", "week"), "is not a known key; write mon, tue, …"))
    week: dict[str, list[dict[str, str]]] = {}
    for day in WEEKDAYS:
        if day in table:
            week[day] = _spans(sections, day, table[day])
            sections.moved[("hours", "week", day)] = ("hours", day)
            for n in range(len(week[day])):
                for end in ("opens", "closes"):
                    sections.moved[("hours", "week", day, n, end)] = ("hours", day, n)
    return {**hours, "week": week}


def _spans(sections: Sections, day: str, spans: Any) -> list[dict[str, str]]:
    if not isinstance(spans, list):
        text = 'must be a list of opening times such as ["08:00-16:00"]'
        sections.faults.append(Fault(("hours", day), text + wording.was(spans)))
        return []
    found = []
    for n, span in enumerate(spans):
        match = _SPAN.fullmatch(span) if isinstance(span, str) else None
        if match:
            found.append({"opens": match[1], "closes": match[2]})
        else:
            text = "must be opening and closing time such as 08:00-16:00"
            sections.faults.append(Fault(("hours", day, n), text + wording.was(span)))
    return found

"""The shape of a hall file against that of the model: sections by id, spans as text, levels as lists."""

import re
from collections.abc import Mapping
from typing import Any

from qms.halls.rules import dated, equipped, ready, wording
from qms.halls.rules.check import KINDS
from qms.halls.rules.fault import Fault
from qms.halls.rules.parts import WEEKDAYS
from qms.halls.rules.sections import Sections

_LEVEL = re.compile(r"level_([1-9])")


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
    dated.put(sections)
    equipped.put(sections)
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
        if kind == "services" and isinstance(part.get("booking"), dict):
            part["booking"] = dated.service(sections, id, part["booking"])
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
            sections.moved[("hours", "week", day)] = ("hours", day)
            week[day] = sections.spans(("hours", "week", day), ("hours", day), table[day])
    if "dates" in hours:
        hours["dates"] = dated.by_date(sections, ("hours", "dates"), ("hours", "dates"), hours["dates"])
    return {**hours, "week": week}

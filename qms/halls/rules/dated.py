"""The dated parts of a hall file in the model's shape: opening rules, roster, time off, closures."""

from collections.abc import Mapping
from typing import Any

from qms.halls.rules.fault import Fault, Path
from qms.halls.rules.sections import Sections


def put(sections: Sections) -> None:
    """Put what the file says of bookings, roster, time off and closures into the model's shape."""
    fields = sections.fields
    if isinstance(fields.get("bookings"), dict):
        fields["bookings"] = _bookings(sections, fields["bookings"])
    if "roster" in fields:
        fields["roster"] = _recurring(sections, ("roster",), fields["roster"])
    if "closures" in fields:
        closures = by_id(sections, ("closures",), fields["closures"])
        fields["closures"] = [_period(sections, ("closures", n), each) for n, each in enumerate(closures)]
    if "time_off" in fields:
        fields["time_off"] = _time_off(sections, fields["time_off"])


def service(sections: Sections, id: str, table: dict[str, Any]) -> dict[str, Any]:
    """How one service is booked; its extra fields are sections by id."""
    if "fields" not in table:
        return table
    return {**table, "fields": by_id(sections, ("services", id, "booking", "fields"), table["fields"])}


def by_date(sections: Sections, model: Path, file: Path, table: Any) -> Any:
    """`{ "2026-12-24" = ["08:00-12:00"] }` as the model has it; what is no table is left as it is."""
    if not isinstance(table, dict):
        return table
    return {day: sections.spans((*model, day), (*file, day), spans) for day, spans in table.items()}


def by_id(sections: Sections, path: Path, tables: Any) -> list[dict[str, Any]]:
    """Sections `[path.<id>]` as the model's list of parts, each with its id."""
    place = ".".join(map(str, path))
    if not isinstance(tables, dict):
        sections.faults.append(Fault(path, f"must be sections, one for each: [{place}.<id>]"))
        return []
    parts: list[dict[str, Any]] = []
    for id, table in tables.items():
        if not isinstance(table, dict):
            sections.faults.append(Fault((*path, id), f"must be a section [{place}.{id}]"))
            continue
        if "id" in table:
            text = "is not a known key; the section's name is the id"
            sections.faults.append(Fault((*path, id, "id"), text))
        for end in ((), ("id",)):
            sections.moved[(*path, len(parts), *end)] = (*path, id)
        parts.append({**table, "id": id})
    return parts


def _bookings(sections: Sections, table: Mapping[str, Any]) -> dict[str, Any]:
    if "opening" not in table:
        return dict(table)
    return {**table, "opening": _recurring(sections, ("bookings", "opening"), table["opening"])}


def _recurring(sections: Sections, path: Path, tables: Any) -> list[dict[str, Any]]:
    """Opening rules or shifts; one without `order` stands where the file has it."""
    parts = by_id(sections, path, tables)
    for n, part in enumerate(parts):
        part.setdefault("order", n)
        model, file = (*path, n), (*path, part["id"])
        for key in ("spans", "breaks"):
            if key in part:
                part[key] = sections.spans((*model, key), (*file, key), part[key])
        if "exceptions" in part:
            exceptions = part["exceptions"]
            part["exceptions"] = by_date(
                sections, (*model, "exceptions"), (*file, "exceptions"), exceptions
            )
    return parts


def _time_off(sections: Sections, tables: Any) -> Any:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        sections.faults.append(Fault(("time_off",), "must be sections, one for each: [[time_off]]"))
        return []
    return [_period(sections, ("time_off", n), table) for n, table in enumerate(tables)]


def _period(sections: Sections, model: Path, table: Mapping[str, Any]) -> dict[str, Any]:
    """A closure or time off; without `last_day` it is the first day alone."""
    part = dict(table)
    if "first_day" in part:
        part.setdefault("last_day", part["first_day"])
    if "span" in part:
        file = sections.moved.get(model, model)
        part["span"] = sections.span((*model, "span"), (*file, "span"), part["span"])
    return part

"""Zones and boards of a hall file in the model's shape."""

from qms.halls.rules.dated import by_id
from qms.halls.rules.sections import Sections


def put(sections: Sections) -> None:
    """Sections by id become lists; the times of a zone become spans."""
    fields = sections.fields
    for kind in ("zones", "boards"):
        if kind not in fields:
            continue
        fields[kind] = parts = by_id(sections, (kind,), fields[kind])
        for n, part in enumerate(parts):
            part.setdefault("order", n)
            if kind == "zones" and "heard" in part:
                model, file = (kind, n, "heard"), (kind, part["id"], "heard")
                part["heard"] = sections.spans(model, file, part["heard"])

"""A hall file on its way into the model's shape: what it says, what is wrong, what stood where."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from qms.halls.rules import wording
from qms.halls.rules.check import KINDS
from qms.halls.rules.fault import Fault, Path

_SPAN = re.compile(r"\s*(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)\s*")


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

    def spans(self, model: Path, file: Path, value: Any) -> Any:
        """`["08:00-12:00"]`, which stands at `file`, as the model has it at `model`."""
        if not isinstance(value, list):
            text = 'must be a list of times from-to such as ["08:00-16:00"]'
            self.faults.append(Fault(file, text + wording.was(value)))
            return []
        found: list[dict[str, str]] = []
        for n, each in enumerate(value):
            span = self.span((*model, len(found)), (*file, n), each)
            if span is not None:
                found.append(span)
        return found

    def span(self, model: Path, file: Path, value: Any) -> dict[str, str] | None:
        """`"08:00-12:00"`, which stands at `file`, as the model has it at `model`; None where it is none."""
        match = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            text = "must be a time from-to such as 08:00-16:00"
            self.faults.append(Fault(file, text + wording.was(value)))
            return None
        for end in ((), ("opens",), ("closes",)):
            self.moved[(*model, *end)] = file
        return {"opens": match[1], "closes": match[2]}

"""What is wrong with a set-up, and where."""

from dataclasses import dataclass
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, or odd, at `path` (field names and ids from the hall down)."""

    path: Path
    text: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.text}"

"""Files that are read and written: tables whose faults are named, and files that are written whole or not at all."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from qms.twin.rules.legs import LogError

T = TypeVar("T")
Row = Mapping[str, str | None]


def read_table(
    path: Path, columns: Sequence[str], read: Callable[[Iterable[Row]], T], encoding: str = "utf-8"
) -> T:
    """What a CSV file with at least these columns says; raises LogError for one that is none, OSError."""
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.DictReader(file)
        try:
            known = rows.fieldnames or ()
            if missing := [column for column in columns if column not in known]:
                raise LogError(f"{path.name}: there is no column {', '.join(missing)}")
            return read(rows)
        except (csv.Error, UnicodeDecodeError) as error:
            raise LogError(f"{path.name}: {error}") from None


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Another file to write, which takes the place of `path` once all of it is there. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

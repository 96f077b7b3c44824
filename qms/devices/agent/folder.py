"""The agent's folder: small files that are written whole or not at all, and read by nobody else."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any


class Folder:
    """A private folder. Nothing that is written there is half there after a fall of power."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the folder cannot be made."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        self.path = path
        for left in path.glob(".*.new"):
            left.unlink(missing_ok=True)  # of a process that was killed as it wrote

    def read(self, name: str) -> bytes | None:
        """A file; None where there is none."""
        with suppress(FileNotFoundError, IsADirectoryError):
            return (self.path / name).read_bytes()
        return None

    def write(self, name: str, body: bytes) -> None:
        """Put a file in the place of the one before; raises OSError, and the one before stays."""
        number, fresh = tempfile.mkstemp(prefix=f".{name}.", suffix=".new", dir=self.path)
        try:
            with open(number, "wb") as file:  # mkstemp gives it to its owner alone
                file.write(body)
                file.flush()
                os.fsync(number)
            Path(fresh).replace(self.path / name)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
        sync(self.path)

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        (self.path / name).unlink(missing_ok=True)
        sync(self.path)

    def read_json(self, name: str) -> Any:
        """A document; None where there is none that can be read."""
        body = self.read(name)
        try:
            return None if body is None else json.loads(body)
        except ValueError:
            return None

    def write_json(self, name: str, document: Any) -> None:
        """Keep a document; raises OSError."""
        self.write(name, json.dumps(document, ensure_ascii=False).encode())


def sync(folder: Path) -> None:
    """See to it that the names in a folder are on disk."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

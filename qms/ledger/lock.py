"""The lock file of an embedded database: one server process, and no second one beside it."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class AlreadyServed(Exception):  # noqa: N818
    """Another process holds the database."""


class ServerLock:
    """Held from `take` to `release`, or until the process dies, however it dies."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._file: int | None = None

    def take(self) -> None:
        """Raises AlreadyServed, naming the other process."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(file, 20).decode(errors="replace").strip() or "unknown"
            os.close(file)
            raise AlreadyServed(f"{self.path.name} is held by process {holder}") from None
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def release(self) -> None:
        """Give it back. The file stays: removing it would let two processes hold two files of one name."""
        if self._file is not None:
            with suppress(OSError):
                os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

"""The bytes that reach a printer, read as commands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from qms.devices.printer.protocol import ASK, FORGET, PICTURE, START, WHEN_DONE

Name = Literal["ask", "forget", "when_done", "start", "picture", "feed", "cut", "unknown"]
CUT, FEED = b"\x1dV", b"\x1bd"
FIXED: dict[bytes, Name] = {
    FORGET: "forget",
    WHEN_DONE: "when_done",
    b"\x1dr1": "when_done",
    START: "start",
}
"""Commands that are always the same bytes."""
HEAD = 8
"""Bytes of a picture's command before its rows: `GS v 0 m xL xH yL yH`."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `data` is what goes with it: a picture's width in bytes and its rows, a question's kind."""

    name: Name
    data: bytes = b""
    wide: int = 0

    def rows(self) -> list[bytes]:
        """A picture row by row."""
        return [self.data[start : start + self.wide] for start in range(0, len(self.data), self.wide)]


class Parser:
    """Makes commands of bytes as they come, in whatever pieces."""

    def __init__(self) -> None:
        self._left = b""

    def feed(self, data: bytes) -> Iterator[Command]:
        """The commands that are whole now; the beginning of another is kept."""
        self._left += data
        while self._left:
            found = _first(self._left)
            if found is None:
                return
            command, length = found
            self._left = self._left[length:]
            yield command


def _first(data: bytes) -> tuple[Command, int] | None:
    """The command at the beginning, and its length; None while it is not whole."""
    for known, name in FIXED.items():
        if data.startswith(known):
            return Command(name), len(known)
    if data.startswith(PICTURE):
        return _picture(data)
    if data.startswith(CUT):
        return _cut(data)
    for known, named in ((ASK, "ask"), (FEED, "feed")):
        if data.startswith(known):
            size = len(known) + 1
            return (Command(named, data[len(known) : size]), size) if len(data) >= size else None  # type: ignore[arg-type]
    if data[:1] == b"\n":
        return Command("feed"), 1
    if any(known.startswith(data) for known in (*FIXED, PICTURE, CUT, ASK, FEED)):
        return None
    return Command("unknown", data[:1]), 1


def _picture(data: bytes) -> tuple[Command, int] | None:
    if len(data) < HEAD:
        return None
    wide, high = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
    size = HEAD + wide * high
    return (Command("picture", data[HEAD:size], max(1, wide)), size) if len(data) >= size else None


def _cut(data: bytes) -> tuple[Command, int] | None:
    """`GS V 0|1` cuts, `GS V 65|66 n` feeds so many rows before."""
    size = 4 if data[2:3] in (b"A", b"B") else 3
    return (Command("cut", data[2:size]), size) if len(data) >= size else None

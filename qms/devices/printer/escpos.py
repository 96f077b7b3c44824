"""A ticket printer that speaks ESC/POS: how it is, and printing a picture so that one knows whether it is on paper.

What is sent to a printer is not yet printed: it may run out of paper in the middle. So the printer is
asked beforehand, and afterwards to answer when all is on paper.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Literal

from PIL.Image import Dither, Image
from PIL.ImageChops import invert

from qms.devices.printer import protocol
from qms.devices.printer.lines import SECONDS, Line, opener

Status = Literal["ok", "paper_low", "paper_out", "cover_open", "no_answer"]
PRINTS: frozenset[Status] = frozenset({"ok", "paper_low"})
"""Those in which a printer prints."""
BAND = 256
"""Rows that are sent as one picture: printers with little memory take no more."""
GLANCE = 0.25
"""Seconds between looks at a printer that has not said yet that it is done."""
SLOWEST = 400
"""Rows that even a slow printer prints in a second (50 mm)."""


class PrinterFailed(Exception):  # noqa: N818
    """Nothing of this print counts as printed; `status` says why."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status: Status = status


class Printer:
    """One printer; `dots` is how wide it prints. Calls block, and wait for one another.

    Raises ValueError for an address that cannot be understood (see `lines`), or whose kind of line
    is not installed.
    """

    def __init__(self, address: str, dots: int) -> None:
        self.address, self.dots = address, dots
        self._open = opener(address)
        self._kept: Line | None = None
        self._lock = Lock()
        self._says_when_done = True

    def status(self) -> Status:
        """How it is now; a printer that cannot be asked is `ok` while it can be reached."""
        try:
            with self._lock, self._line() as line:
                return _Talk(line).status()
        except OSError:
            return "no_answer"

    def print(self, image: Image, copies: int = 1) -> None:
        """Print a picture as wide as the paper, so often, and cut; returns when it is on paper.

        Raises PrinterFailed; then nothing counts as printed, though some of it may be on paper, and
        what the printer had not printed yet it is told to forget. Raises ValueError for a picture that is
        wider than the paper.
        """
        if image.width > self.dots:
            raise ValueError(f"{image.width} dots do not fit on {self.dots}")
        data, rows = commands(image) * copies, image.height * copies
        with self._lock:
            try:
                with self._line() as line:
                    self._print(_Talk(line), data, rows)
            except OSError:
                raise PrinterFailed(self._why()) from None

    def close(self) -> None:
        """Hang up; the next use opens the line anew."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
            self._kept = None

    def _print(self, talk: "_Talk", data: bytes, rows: int) -> None:
        if (status := talk.status()) not in PRINTS:
            raise PrinterFailed(status)
        talk.line.send(data + (protocol.WHEN_DONE if talk.line.answers else b""))
        if talk.line.answers and (status := self._outcome(talk, rows)) not in PRINTS:
            with suppress(OSError):
                talk.line.send(protocol.FORGET)
            raise PrinterFailed(status)

    def _outcome(self, talk: "_Talk", rows: int) -> Status:
        """How the printer was when all was on paper, or when it stopped before.

        One that does not know the question (some cheap ones do not) counts as done when it has had the
        time and is still well; the next time it is given just that.
        """
        until = time.monotonic() + rows / SLOWEST + (SECONDS if self._says_when_done else 0)
        while time.monotonic() < until:
            talk.listen(GLANCE)
            if talk.done is not None:
                out = talk.done & protocol.DONE_OUT == protocol.DONE_OUT
                return "paper_out" if out else "ok"
            if (status := talk.status()) not in PRINTS:
                return status
        self._says_when_done = talk.done is not None
        return talk.status()

    def _why(self) -> Status:
        """Why a print broke off."""
        try:
            with self._line() as line:
                status = _Talk(line).status()
                line.send(protocol.FORGET)
        except OSError:
            return "no_answer"
        return "no_answer" if status in PRINTS else status

    @contextmanager
    def _line(self) -> Iterator[Line]:
        """An open line; one that failed is not used again."""
        line = self._kept or self._open()
        self._kept = None
        try:
            yield line
        except OSError:
            line.close()
            raise
        except BaseException:
            self._put_by(line)
            raise
        self._put_by(line)

    def _put_by(self, line: Line) -> None:
        if line.kept:
            self._kept = line
        else:
            line.close()


class _Talk:
    """Questions and answers on an open line. `done`: what was said when all was on paper, once it was."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.done: int | None = None
        while line.kept and line.receive(0):  # answers that came too late
            pass

    def status(self) -> Status:
        """What the printer says of itself; raises OSError where it says nothing."""
        if not self.line.answers:
            return "ok"
        cause, paper = self._ask(protocol.CAUSE), self._ask(protocol.PAPER)
        if cause & protocol.COVER:
            return "cover_open"
        if paper & protocol.OUT or cause & protocol.STOPPED_FOR_PAPER:
            return "paper_out"
        if self._ask(protocol.STATE) & protocol.OFFLINE:
            return "no_answer"  # it is there, but stands still for a reason of its own, such as its knife
        return "paper_low" if paper & protocol.LOW else "ok"

    def listen(self, seconds: float) -> int | None:
        """Wait for what comes; an answer to the last question, if it was one."""
        answer = None
        for byte in self.line.receive(seconds):
            if protocol.is_answer(byte):
                answer = byte
            elif protocol.is_done(byte):
                self.done = byte
        return answer

    def _ask(self, what: bytes) -> int:
        self.line.send(protocol.ASK + what)
        until = time.monotonic() + SECONDS
        while (left := until - time.monotonic()) > 0:
            if (answer := self.listen(left)) is not None:
                return answer
        raise TimeoutError("the printer does not answer")


def commands(image: Image) -> bytes:
    """What prints a picture in black and white, and cuts the paper behind it."""
    pieces = [protocol.START]
    for top in range(0, image.height, BAND):
        band = image.crop((0, top, image.width, min(top + BAND, image.height)))
        pieces += [
            protocol.picture(band.width, band.height),
            invert(band.convert("L")).convert("1", dither=Dither.NONE).tobytes(),
        ]
    return b"".join([*pieces, protocol.CUT])

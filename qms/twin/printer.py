"""A ticket printer without paper: it speaks ESC/POS on TCP, and what it prints becomes pictures in a folder.

    python -m qms.twin.printer --port 9100 --out var/paper

Each slip that is cut is a PNG, `0001.png`. A roll ends where it ends, also in the middle of a slip:
what was printed by then is `0002-torn.png`, and what of it comes on the next roll `0003-rest.png`;
neither is a printed slip. Lines typed while it runs change it: `paper 300` (a roll of so many
millimetres), `cover` (open or close it), `mute` (it hears and says nothing), `unplug`, `plug`.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Self

import structlog
import typer
from PIL import Image

from qms.devices.printer import protocol
from qms.twin.commands import Command, Parser

DOT = 0.125
"""Millimetres between two rows of dots."""
LINE = 34
"""Rows from one line of text to the next."""
ROLL, NEAR = 80_000.0, 3_000.0
"""Millimetres on a new roll, and how many are left when the end is near."""
STEP = 64
"""Rows that are printed before it looks around."""
log = structlog.get_logger("qms.printer")


class PrinterSimulator:
    """The printer, as an async context manager. `speed`: millimetres a second; 0: at once.

    `paper` (millimetres left), `cover_open` and `mute` may be read and set while it works; `load`
    puts in a new roll.
    """

    def __init__(
        self,
        folder: Path,
        *,
        dots: int = 576,
        port: int = 0,
        host: str = "127.0.0.1",
        speed: float = 0,
        paper: float = ROLL,
        near: float = NEAR,
    ) -> None:
        self.folder, self.dots, self.speed, self.near = folder, dots, speed, near
        self.paper = paper
        self.mute = False
        self._host, self._port = host, port
        self._cover_open = False
        self._todo: asyncio.Queue[tuple[Command, asyncio.StreamWriter]] = asyncio.Queue()
        self._rows: list[bytes] = []
        self._torn = False
        self._epoch = 0
        """Counts how often it was told to forget."""
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._work: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._number = len(list(self.folder.glob("*.png")))
        await self.plug()
        self._work = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.unplug()
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    @property
    def address(self) -> str:
        """For `Printer`."""
        return f"tcp:{self._host}:{self._port}"

    @property
    def slips(self) -> list[Path]:
        """The whole slips that were cut, oldest first."""
        return sorted(path for path in self.folder.glob("*.png") if path.stem.isdigit())

    @property
    def torn(self) -> list[Path]:
        """Slips that the end of the roll cut short, and what of them came afterwards."""
        return sorted(path for path in self.folder.glob("*.png") if not path.stem.isdigit())

    @property
    def cover_open(self) -> bool:
        return self._cover_open

    async def open_cover(self, wide: bool = True) -> None:
        """Open the cover, or close it: while it is open nothing is printed."""
        self._cover_open = wide
        await self._tell()

    async def load(self, millimetres: float = ROLL) -> None:
        """A new roll."""
        self.paper = millimetres
        await self._tell()

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so of this printer."""
        async with self._changed:
            await self._changed.wait_for(so)

    async def plug(self) -> None:
        """Be there: connections are taken."""
        self._server = await asyncio.start_server(self._serve, self._host, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Be gone: open lines are cut, new ones refused."""
        if self._server is not None:
            self._server.close()
            for line in list(self._lines):
                line.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: questions are answered at once, all else is put by in order."""
        parser = Parser()
        self._lines.add(writer)
        try:
            while data := await reader.read(65536):
                for command in parser.feed(data):
                    await self._take(command, writer)
        except OSError:
            pass
        finally:
            self._lines.discard(writer)
            writer.close()

    async def _take(self, command: Command, writer: asyncio.StreamWriter) -> None:
        if self.mute:
            return
        if command.name == "ask":
            await self._answer(writer, self._state(command.data))
        elif command.name == "forget":
            self._forget()
        else:
            await self._todo.put((command, writer))

    async def _answer(self, writer: asyncio.StreamWriter, byte: int) -> None:
        if not self.mute:
            with suppress(OSError):
                writer.write(bytes([byte]))
                await writer.drain()

    def _state(self, what: bytes) -> int:
        out, low = self.paper <= 0, self.paper < self.near
        bits = {
            protocol.STATE: protocol.OFFLINE if out or self._cover_open else 0,
            protocol.CAUSE: (protocol.COVER if self._cover_open else 0)
            | (protocol.STOPPED_FOR_PAPER if out else 0),
            protocol.PAPER: (protocol.LOW if low else 0) | (protocol.OUT if out else 0),
        }
        return 0x12 | bits.get(what, 0)

    def _forget(self) -> None:
        self._epoch += 1
        while not self._todo.empty():
            self._todo.get_nowait()
        self._rows, self._torn = [], False

    async def _run(self) -> None:
        while True:
            command, writer = await self._todo.get()
            epoch = self._epoch
            await self._ready()
            if epoch == self._epoch:
                await self._do(command, writer)

    async def _do(self, command: Command, writer: asyncio.StreamWriter) -> None:
        if command.name == "picture":
            await self._print(command.rows())
        elif command.name == "feed":
            await self._print([b""] * (command.data[0] * LINE if command.data else LINE))
        elif command.name == "cut":
            await self._print([b""] * (command.data[1] if len(command.data) > 1 else 0))
            await self._cut()
        elif command.name == "when_done":
            low, out = self.paper < self.near, self.paper <= 0
            byte = (protocol.DONE_LOW if low else 0) | (protocol.DONE_OUT if out else 0)
            await self._answer(writer, byte)
        elif command.name == "unknown":
            log.warning("not understood", bytes=command.data.hex())

    async def _print(self, rows: list[bytes]) -> None:
        """Rows of dots, as far as the paper goes; on the next roll the others follow."""
        epoch = self._epoch
        for start in range(0, len(rows), STEP):
            for row in rows[start : start + STEP]:
                if self.paper <= 0:
                    await self._tear()
                    await self._ready()
                if epoch != self._epoch:
                    return
                self._rows.append(row)
                self.paper -= DOT
            await self._tell()
            await asyncio.sleep(STEP * DOT / self.speed if self.speed else 0)
        if self.paper <= 0:
            await self._tear()

    async def _ready(self) -> None:
        """Stand still while it cannot print."""
        await self.until(lambda: self.paper > 0 and not self._cover_open)

    async def _tear(self) -> None:
        """The roll is at its end: whatever hangs out is no slip."""
        if self._rows:
            await self._save("-rest" if self._torn else "-torn")
            self._torn = True

    async def _cut(self) -> None:
        if self._rows:
            await self._save("-rest" if self._torn else "")
            self._torn = False

    async def _save(self, ending: str) -> None:
        """What was printed, as a picture; a file that is seen is whole."""
        self._number += 1
        path, rows = self.folder / f"{self._number:04d}{ending}.png", self._rows
        self._rows = []
        await asyncio.to_thread(_write, path, rows, self.dots)
        log.info("slip", file=str(path), rows=len(rows))
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _write(path: Path, rows: list[bytes], dots: int) -> None:
    wide = (dots + 7) // 8
    black = b"".join(row[:wide].ljust(wide, b"\0") for row in rows)
    picture = Image.frombytes("1", (wide * 8, len(rows)), bytes(byte ^ 0xFF for byte in black))
    picture.crop((0, 0, dots, len(rows))).save(path.with_suffix(".part"), "PNG")
    path.with_suffix(".part").replace(path)


async def _typed(printer: PrinterSimulator, line: str) -> None:
    """A line that was typed while it runs."""
    what, _, more = line.strip().partition(" ")
    if what == "paper":
        with suppress(ValueError):
            await printer.load(float(more or ROLL))
    elif what == "cover":
        await printer.open_cover(not printer.cover_open)
    elif what == "mute":
        printer.mute = not printer.mute
    elif what == "unplug":
        await printer.unplug()
    elif what == "plug":
        await printer.plug()


async def _live(**given: Any) -> None:
    """The printer until it is stopped."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Queue[str] = asyncio.Queue()

    def read() -> None:
        if line := sys.stdin.readline():
            typed.put_nowait(line)
        else:
            loop.remove_reader(sys.stdin)

    async with PrinterSimulator(**given) as printer:
        log.info("printer", address=printer.address, folder=str(printer.folder))
        with suppress(OSError, ValueError, NotImplementedError):
            loop.add_reader(sys.stdin, read)
        while True:
            await _typed(printer, await typed.get())


def main(
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("var/paper"),
    port: Annotated[int, typer.Option(help="Where it listens.")] = 9100,
    host: Annotated[str, typer.Option(help="At which of this machine's addresses.")] = "127.0.0.1",
    dots: Annotated[int, typer.Option(help="576: paper of 80 mm; 384: of 58.")] = 576,
    paper: Annotated[float, typer.Option(help="Millimetres on the roll.")] = ROLL,
    near: Annotated[float, typer.Option(help="Millimetres left when its end is near.")] = NEAR,
    speed: Annotated[float, typer.Option(help="Millimetres a second; 0: at once.")] = 200,
) -> None:
    """A ticket printer without paper."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_live(folder=out, port=port, host=host, dots=dots, paper=paper, near=near, speed=speed))


if __name__ == "__main__":
    typer.run(main)

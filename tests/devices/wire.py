"""A line to a server that can be cut: it passes everything, nothing, or what goes up and not what comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

State = Literal["open", "silent", "answerless", "refused"]


class Wire:
    """A proxy before a port of this machine. What is on its way while it is silent is held, as a network would."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self.state: State = "open"
        self._changed = asyncio.Condition()
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def be(self, state: State) -> None:
        """From now on; what an answerless line has swallowed never arrives."""
        before, self.state = self.state, state
        if "answerless" in (before, state) or state == "refused":
            self._hang_up()
        async with self._changed:
            self._changed.notify_all()

    def _hang_up(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.create_task(self._serve(near, back))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def end(self) -> None:
        """Nothing passes any more, and nobody waits for it."""
        await self.be("refused")
        await asyncio.gather(*self._serving)

    async def _serve(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._writers.add(back)
        forth: asyncio.StreamWriter | None = None
        try:
            if self.state == "refused":
                return
            far, forth = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers.add(forth)
            await asyncio.gather(self._pump(near, forth, down=False), self._pump(far, back, down=True))
        except OSError:
            pass
        finally:
            for writer in (back, forth):
                if writer is not None:
                    self._writers.discard(writer)
                    writer.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, down: bool) -> None:
        while data := await source.read(65536):
            async with self._changed:
                await self._changed.wait_for(lambda: self.state != "silent")
            if not (down and self.state == "answerless"):
                sink.write(data)
                await sink.drain()
        with suppress(OSError):
            sink.write_eof()


@asynccontextmanager
async def wire(target: int) -> AsyncIterator[Wire]:
    """A line that is open at first."""
    line = Wire(target)
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.end()
        await server.wait_closed()

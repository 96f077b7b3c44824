"""The agent put together: its parts, and their life from the first line to the last."""

import asyncio
import secrets
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from qms.devices.agent.clock import HeardClock
from qms.devices.agent.copies import Copies
from qms.devices.agent.folder import Folder
from qms.devices.agent.journal import Journal
from qms.devices.agent.keeping import Keeping, logo_path
from qms.devices.agent.line import Line
from qms.devices.agent.live import LiveLines
from qms.devices.agent.own import Own
from qms.devices.agent.pages import Pages
from qms.devices.agent.printing import Device, Papers
from qms.devices.agent.taking import Taking
from qms.devices.agent.upstream import Unreached, Upstream
from qms.devices.agent.web import Web
from qms.devices.page import page_files
from qms.devices.paper.picture import DOTS

log = structlog.get_logger("qms.agent")
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Job:
    """What an agent is to do. `port` 0: a free one. `trusted` is the certificate of the server or its authority."""

    server: str
    hall: str
    data: Path
    port: int = 8100
    printer: Device | None = None
    width: int = 80
    code: str | None = None
    trusted: Path | None = None


class Agent:
    """One kiosk's agent. `port` is known once it is `running`."""

    def __init__(self, job: Job) -> None:
        """Raises OSError, sqlite3.Error where the folder cannot be used."""
        folder = Folder(job.data)
        self.job, self.port = job, job.port
        context = None if job.trusted is None else ssl.create_default_context(cafile=job.trusted)
        self.upstream = Upstream(job.server, folder, context)
        self.journal = Journal(folder.path / "journal.db")
        self.copies = Copies(folder)
        self.clock = HeardClock(lambda: datetime.now(UTC), _moment(self.journal.last_moment()))
        self.clock.resume(self.copies.get("clock") or {})
        self.pages = Pages(folder, page_files())
        self.own = Own(
            job.hall, self.upstream, self.copies, self.journal, self.clock, lambda: self.keeping.wake()
        )
        self.papers = Papers(
            job.printer,
            DOTS[job.width],
            self.journal,
            self._known,
            self.clock.now,
            lambda: self.keeping.wake(),
        )
        self.keeping = Keeping(
            job.hall,
            self.upstream,
            self.copies,
            self.own,
            self.journal,
            self.clock,
            self.pages,
            lambda: self.papers.status,
        )
        self.live = LiveLines(self.upstream, self.pages)
        self.line = Line(self.upstream, job.hall, self.clock, self._look)
        taking = Taking(job.hall, _secret(folder), self.upstream, self.own, self.journal, self.papers)
        self.app = Web(
            job.hall,
            self.upstream,
            self.copies,
            self.own,
            self.journal,
            self.papers,
            taking,
            self.pages,
            self.live,
        ).app()
        self._forget_another_hall()
        self._closing: set[asyncio.Task[None]] = set()
        self.pages.watch(self._close_lines)
        self.upstream.watch(self._changed)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Agent"]:
        """Listen, and keep ready, until left. Raises OSError where the port is taken."""
        listener = socket.create_server((HOST, self.job.port))
        self.port = listener.getsockname()[1]
        web = _Quiet(self._config())
        if self.job.code and not self.upstream.paired:
            await self._pair(self.job.code)
        tasks = [
            asyncio.create_task(work)
            for work in (web.serve([listener]), self.papers.watch(), self.keeping.run(), self.line.run())
        ]
        try:
            yield self
        finally:
            web.should_exit = True
            await self.live.close()
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.papers.close()
            await self.upstream.close()
            self.journal.close()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self.app,
            host=HOST,
            port=self.port,
            loop="asyncio",
            http="httptools",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=4096,
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )

    async def _pair(self, code: str) -> None:
        """By the code of the command line; where that does not fit, the page asks for another."""
        try:
            reply = await self.upstream.pair(code)
        except Unreached as error:
            log.warning("not paired: the server was not reached", why=str(error))
            return
        told = reply.document if reply.ok else {}
        fits = told.get("kind") == "kiosk" and told.get("hall") == self.job.hall
        if not fits or not self.upstream.keep(reply):
            log.warning("not paired: the code is not that of a kiosk of this hall, or was used before")

    def _known(self) -> tuple[Mapping[str, Any], bytes | None] | None:
        card = self.own.card
        if card is None:
            return None
        path = logo_path(card)
        logo = None if path is None else self.copies.kept(path)
        return card, None if logo is None else logo[1]

    async def _look(self) -> None:
        with suppress(Unreached):
            await self.keeping.look()

    def _forget_another_hall(self) -> None:
        """A folder that was used in another hall before: what it owes there is kept, all else is of no use here."""
        me = self.copies.get("me")
        if me is not None and me["device"]["hall"] != self.job.hall:
            self.upstream.shut_out()
            for name in ("me", "card", "away", "lease"):
                self.copies.forget(name)

    def _changed(self) -> None:
        """The server came or went, or this kiosk was paired or shut out: its numbers may then be another's."""
        self.keeping.wake()
        if not self.upstream.paired:
            with suppress(OSError):
                for name in ("me", "lease"):
                    self.copies.forget(name)
        if not self.upstream.online:
            self._close_lines()

    def _close_lines(self) -> None:
        task = asyncio.create_task(self.live.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


class _Quiet(uvicorn.Server):
    """uvicorn in somebody else's loop: signals are theirs."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run(job: Job) -> None:
    """Run an agent until SIGINT or SIGTERM; raises OSError, sqlite3.Error."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    async with Agent(job).running() as agent:
        print(f"http://localhost:{agent.port}/kiosk/", flush=True)  # noqa: T201 - what was asked for
        await stop.wait()


def _secret(folder: Folder) -> bytes:
    """From which the ids of presses are made."""
    kept = folder.read("secret.key")
    if kept is None:
        kept = secrets.token_bytes(32)
        folder.write("secret.key", kept)
    return kept


def _moment(written: str | None) -> datetime | None:
    """None also for what a damaged disk has made of one."""
    with suppress(ValueError):
        return None if written is None else datetime.fromisoformat(written).astimezone(UTC)
    return None

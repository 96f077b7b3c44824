"""Runs a server until it is told to stop."""

import asyncio
import logging
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import structlog
import uvicorn
from starlette.routing import BaseRoute

from qms.app import Server, build, running
from qms.cli.control import listening
from qms.ledger.engine import is_sqlite
from qms.live.server import LiveProtocol
from qms.settings import Settings

TURN = 0.0005
"""Seconds for which a thread that works out a calendar may keep the event loop waiting; Python's own are ten times as many."""
Also = Callable[[Server], AbstractAsyncContextManager[Any]]
"""Something that lives as long as the server."""


async def serve(
    server: Server,
    *,
    more: Sequence[BaseRoute] = (),
    before: Callable[[Server], Awaitable[None]] | None = None,
    also: Also | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. `before` is done once orders are taken and nobody is let in yet."""
    settings = server.site.settings
    async with running(server):
        if before is not None:
            await before(server)
        web = Web(config(settings, build(server, more)))
        async with _control(server), _life(also, server, web):
            await web.serve()


class Web(uvicorn.Server):
    """uvicorn, which says when it is up and ends quietly: whoever started it sees `serve` return."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Raises OSError in place of leaving the process where the address is taken."""
        sys.setswitchinterval(TURN)
        try:
            await super().startup(sockets)
        except SystemExit:
            raise OSError(f"cannot listen on {self.config.host}:{self.config.port}") from None
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The first signal asks to stop, the second does not wait; none is raised again afterwards."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for each in signals:
            loop.add_signal_handler(each, self.handle_exit, each, None)
        try:
            yield
        finally:
            for each in signals:
                loop.remove_signal_handler(each)

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """Sockets are closed by the hub, so that boards hear that the server stops."""
        hub = self.config.app.state.site.hub  # type: ignore[union-attr]
        await hub.stop()
        await super().shutdown(sockets)


def config(settings: Settings, app: Any) -> uvicorn.Config:
    """How uvicorn serves; raises ValueError for a certificate without a key."""
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise ValueError("tls_cert and tls_key belong together")
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws=LiveProtocol,
        ws_per_message_deflate=False,
        ws_max_size=1024,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # the edge reads them itself, and the base path as well
        timeout_graceful_shutdown=5,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        ssl_context_factory=_modern if settings.tls_cert else None,
    )


def _modern(_config: uvicorn.Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@asynccontextmanager
async def _control(server: Server) -> AsyncIterator[None]:
    """An embedded database has one server, which other tools must ask; several share PostgreSQL."""
    if is_sqlite(server.site.engine):
        async with listening(server):
            yield
    else:
        yield


@asynccontextmanager
async def _life(also: Also | None, server: Server, web: Web) -> AsyncIterator[None]:
    if also is None:
        yield
        return
    started = asyncio.create_task(_once_started(also, server, web))
    try:
        yield
    finally:
        started.cancel()
        await asyncio.gather(started, return_exceptions=True)


async def _once_started(also: Also, server: Server, web: Web) -> None:
    await web.up.wait()
    async with also(server):
        await asyncio.Event().wait()


def log_to_stderr(level: str) -> None:
    """One line an event: for people at a terminal, as JSON for machines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    people = sys.stderr.isatty()
    plainly = structlog.dev.plain_traceback  # the other kinds show values, and these may be secret
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=plainly)]
        if people
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for noisy in ("uvicorn.error", "apscheduler"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
    # A turn that finds the one before still at work is left out on purpose.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

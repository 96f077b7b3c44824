"""How a command is carried out: here, or by the server that holds the embedded database; and how it is told."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
import uvloop

from qms import settings as config
from qms.app import assemble, running
from qms.cli.control import ask
from qms.cli.known import Refused
from qms.cli.work import OPERATIONS
from qms.ledger.lock import AlreadyServed
from qms.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AtHall = Annotated[str, typer.Option("--hall", help="Id of the hall.", show_default=False)]


def show(done: dict[str, Any], as_json: bool, lines: list[str]) -> None:
    """Print what was done: as JSON, or in lines."""
    print(json.dumps(done, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))


@contextmanager
def progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, told how many of how many are done; and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=100, file=sys.stderr) as bar:
        yield lambda done, of: bar.update(done * 100 // of - bar.pos)


def work(op: str, **arguments: Any) -> dict[str, Any]:
    """Do it here, or have the server do it that holds the embedded database; raises Refused."""
    settings = config.load()
    with suppress(AlreadyServed):
        done: dict[str, Any] = run(_here(settings, op, arguments))
        return done
    try:
        return ask(settings.data, op, arguments)
    except (ConnectionError, FileNotFoundError):
        raise Refused("another process holds the database and does not listen") from None


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end what waits."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _here(settings: Settings, op: str, arguments: dict[str, Any]) -> dict[str, Any]:
    server = assemble(settings)
    async with running(server, jobs=False):
        return await OPERATIONS[op](server, **arguments)

"""What the command line does with a hall's pictures and videos; see `work.py`."""

import asyncio
from pathlib import Path
from typing import Any

from qms.app import Server
from qms.cli.known import ACTOR, Refused, state_of
from qms.devices.media import shelf
from qms.devices.media.keep import keep, remove
from qms.devices.media.kinds import name_for
from qms.devices.media.shelf import File
from qms.devices.media.uses import Use, uses
from qms.web.problems import Problem, words


async def media_add(
    server: Server, path: str, hall: str, name: str = "", replace: bool = False
) -> dict[str, Any]:
    """Keep a file of this machine; it is read here, for the way to a running server takes no such loads."""
    setup, file = state_of(server, hall).setup, Path(path)
    try:
        with await asyncio.to_thread(file.open, "rb") as content:
            wanted = name or name_for(file.name)
            return _told(await keep(server.site, setup, wanted, content, ACTOR, fresh=not replace), ())
    except Problem as problem:
        raise _refused(file.name, problem) from None
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None


async def media_list(server: Server, hall: str) -> dict[str, Any]:
    """A hall's files, and where the set-up names them."""
    used = uses(state_of(server, hall).setup)
    files: list[File] = await server.site.read(lambda conn: shelf.listed(conn, hall))
    missing = sorted(used.keys() - {file.name for file in files})
    return {"files": [_told(file, used.get(file.name, ())) for file in files], "missing": missing}


async def media_remove(server: Server, name: str, hall: str) -> dict[str, Any]:
    """Forget a file that nothing names."""
    try:
        await remove(server.site, state_of(server, hall).setup, name, ACTOR)
    except Problem as problem:
        raise _refused(name, problem) from None
    return {"name": name}


def _told(file: File, used: Any) -> dict[str, Any]:
    about = {name: getattr(file, name) for name in ("name", "kind", "size", "width", "height")}
    return about | {"uses": [_place(use) for use in used]}


def _place(use: Use) -> str:
    return f"panel {use.panel} of {next(iter(use.board.values()))}" if use.board else "logo"


def _refused(what: str, problem: Problem) -> Refused:
    if problem.code == "not_found":
        return Refused(f"{what}: there is no such file")
    return Refused(f"{what}: {words('en', problem.code, problem.params)}")

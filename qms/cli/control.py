"""The local socket: a command-line tool that finds the database held speaks to the server that holds it.

One line of JSON each way, `{"op": …, "args": {…}}` and `{"ok": …}` or `{"refused": …}`; only the
server's own user may open the socket.
"""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

from qms.app import Server
from qms.cli.known import Refused
from qms.cli.work import OPERATIONS
from qms.ledger.orders import LedgerUnavailable

LONGEST = 4_000_000
"""Bytes of one line: a hall file with room to spare."""
log = structlog.get_logger("qms.control")


def path_of(data: Path) -> Path:
    """Where the socket of a data folder is."""
    return data / "qms.sock"


@asynccontextmanager
async def listening(server: Server) -> AsyncIterator[None]:
    """Take commands on the local socket while the server runs."""
    path = path_of(server.site.settings.data)
    with suppress(FileNotFoundError):
        path.unlink()  # of a server that died; whoever holds the database's lock owns the socket

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            writer.write(json.dumps(await _answer(server, line)).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError):
            log.warning("a command-line tool went away")
        finally:
            writer.close()

    before = os.umask(0o177)
    try:
        listener = await asyncio.start_unix_server(serve, path, limit=LONGEST)
    finally:
        os.umask(before)
    async with listener:
        yield
    with suppress(FileNotFoundError):
        path.unlink()


async def _answer(server: Server, line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        operation = OPERATIONS[asked["op"]]
        arguments = dict(asked["args"])
    except (ValueError, KeyError, TypeError):
        return {"refused": "not understood: are tool and server of the same version?"}
    try:
        return {"ok": await operation(server, **arguments)}
    except Refused as refused:
        return {"refused": str(refused)}
    except LedgerUnavailable as error:
        return {"refused": f"the database does not answer: {error}"}
    except Exception:
        log.exception("a command failed", op=asked["op"])
        return {"refused": "the server failed to do it; its log says why"}


def ask(data: Path, op: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Have the running server do it; raises Refused, OSError where no server listens."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(60)
        line.connect(str(path_of(data)))
        line.sendall(json.dumps({"op": op, "args": arguments}).encode() + b"\n")
        with line.makefile("rb") as answers:
            answer = json.loads(answers.readline())
    if "refused" in answer:
        raise Refused(answer["refused"])
    done: dict[str, Any] = answer["ok"]
    return done

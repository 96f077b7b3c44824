"""What was read from the server, kept so that it can be shown while the server is away."""

import json
from contextlib import suppress
from hashlib import sha256
from typing import Any

import structlog

from qms.devices.agent.folder import Folder
from qms.devices.agent.upstream import Reply, Unreached, Upstream

log = structlog.get_logger("qms.agent")
LARGEST = 2_000_000
"""Bytes of a picture that is kept."""


class Copies:
    """Documents by a short name, and files by their path."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._known: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """The document as it was last read; None where it never was."""
        if name not in self._known:
            self._known[name] = self._folder.read_json(f"{name}.json")
        return self._known[name]

    def keep(self, name: str, document: Any) -> None:
        """Keep a document. A disk that does not take it costs the next start something, and nothing now."""
        if self.get(name) == document:
            return
        self._known[name] = document
        try:
            self._folder.write_json(f"{name}.json", document)
        except OSError:
            log.warning("a copy is not on disk", name=name)

    def forget(self, name: str) -> None:
        """Throw a document away; raises OSError."""
        self._known[name] = None
        self._folder.remove(f"{name}.json")

    async def file(self, upstream: Upstream, path: str) -> tuple[str, bytes] | None:
        """A file of the server as type and bytes, or its copy; None where there is neither."""
        if upstream.online:
            with suppress(Unreached):
                return self._renewed(path, await upstream.ask("GET", path))
        return self.kept(path)

    def kept(self, path: str) -> tuple[str, bytes] | None:
        """The copy of a file, as type and bytes."""
        body = self._folder.read(_name(path))
        return None if body is None else _parted(body)

    def _renewed(self, path: str, reply: Reply) -> tuple[str, bytes] | None:
        name = _name(path)
        if reply.status == 404:
            self._folder.remove(name)
        if reply.status != 200 or reply.kind == "text/html":
            return None
        body = json.dumps(reply.kind).encode() + b"\n" + reply.body
        if len(body) <= LARGEST and body != self._folder.read(name):
            with suppress(OSError):
                self._folder.write(name, body)
        return reply.kind, reply.body


def _name(path: str) -> str:
    return f"file-{sha256(path.encode()).hexdigest()[:32]}"


def _parted(kept: bytes) -> tuple[str, bytes] | None:
    """None for what a damaged disk has made of it."""
    kind, _, body = kept.partition(b"\n")
    with suppress(ValueError):
        return str(json.loads(kind)), body
    return None

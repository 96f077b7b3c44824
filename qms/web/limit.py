"""Bodies are bounded while they come in: nobody makes the server hold what it will not read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from qms.web.problems import Problem

CLOSE = {"Connection": "close"}
"""The rest of a body that is too large is not waited for."""


def announced(scope: Scope, most: int) -> None:
    """Raises Problem `too_large` for a body that says beforehand that it is, `malformed` for nonsense."""
    length = Headers(scope=scope).get("content-length")
    if length is None:
        return
    if not (length.isascii() and length.isdigit()):
        raise Problem("malformed", headers=CLOSE)
    if int(length[:20]) > most:
        raise Problem("too_large", headers=CLOSE)


def limited(receive: Receive, most: int) -> Receive:
    """What comes in, up to `most` bytes; the next one raises Problem `too_large`."""
    taken = 0

    async def receive_some() -> Message:
        nonlocal taken
        message = await receive()
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > most:
                raise Problem("too_large", headers=CLOSE)
        return message

    return receive_some


@dataclass(frozen=True, slots=True)
class Wider:
    """Addresses to which larger bodies may be sent than to others, by whomever; `path` is an expression, `most` in bytes."""

    method: str
    path: str
    most: int


def most_of(scope: Scope, usual: int, wider: Iterable[Wider]) -> int:
    """The largest body that may come to the address of a request."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return next(
        (one.most for one in wider if one.method == scope["method"] and re.fullmatch(one.path, path)), usual
    )

"""The outer layer of the agent: it is there for the browser on this machine, and for pages of its own alone."""

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qms.web.headers import SAFE, headers_of, same_origin
from qms.web.limit import announced, limited
from qms.web.problems import Problem, plain_document

NAMES = ("127.0.0.1", "localhost")
MOST, MOST_PICTURE = 65_536, 4_000_000
"""Bytes of a body; those of a picture from the camera."""
PICTURES = "/agent/scan"
SHUT = 1008


class Local:
    """Refuses other names than the machine's own (a page elsewhere may have its name point here), posts and
    sockets of other sites' pages, and bodies that are too large; adds the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            if _refusal(scope) is not None:
                await receive()
                await send({"type": "websocket.close", "code": SHUT})
                return
            await self._app(scope, receive, send)
            return
        more = [
            (name.lower().encode(), value.encode()) for name, value in headers_of(scope["path"]).items()
        ]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        most = MOST_PICTURE if scope["path"] == PICTURES else MOST
        try:
            if (code := _refusal(scope)) is not None:
                raise Problem(code)
            announced(scope, most)
        except Problem as problem:
            await plain_document(HTTPConnection(scope), problem)(scope, receive, send_with_headers)
            return
        await self._app(scope, limited(receive, most), send_with_headers)


def _refusal(scope: Scope) -> str | None:
    """Why nothing is answered to a request."""
    headers = Headers(scope=scope)
    name, _, port = headers.get("host", "").rpartition(":")
    if (name or port) not in NAMES or (name and port != str(scope["server"][1])):
        return "cross_site"
    if scope["type"] == "http" and scope["method"] in SAFE:
        return None
    return None if same_origin(headers, "http") else "cross_site"

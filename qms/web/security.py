"""The outer layer: who asks, from where, and the headers that every answer bears."""

from collections.abc import Mapping
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qms.web.principal import Principal
from qms.web.problems import Problem, document
from qms.web.site import Site

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}


class Security:
    """Puts the principal into the scope, keeps other sites' pages out, and adds headers.

    Bearer tokens are exempt from the same-origin rule: a browser never sends them by itself.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app, self._site = app, site
        self._headers = [
            (name.lower().encode(), value.encode())
            for name, value in (HEADERS | (HSTS if site.settings.tls else {})).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["correlation"] = uuid4().hex
        connection = HTTPConnection(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        try:
            principal = await self._site.identify(connection)
            scope["principal"] = principal
            if not welcome(scope, principal, self._site.settings.public_url):
                raise Problem("cross_site")
        except Problem as problem:
            await document(connection, problem)(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)


def welcome(scope: Scope, principal: Principal, public_url: str) -> bool:
    """Whether an unsafe request that is known by its cookie comes from one of our own pages."""
    if scope["method"] in SAFE or not principal.by_cookie:
        return True
    return same_origin(Headers(scope=scope), scope["scheme"], public_url)


def same_origin(headers: Mapping[str, str], scheme: str, public_url: str = "") -> bool:
    """What the browser says of where a request comes from; old ones say it by `Origin` alone."""
    said = headers.get("sec-fetch-site")
    if said is not None:
        return said in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin in (f"{scheme}://{headers.get('host')}", public_url.rstrip("/"))

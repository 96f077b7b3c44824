"""The outer layer: who asks, from where, and the headers that every answer bears."""

from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from qms.ledger.orders import LedgerUnavailable
from qms.ledger.runner import is_outage
from qms.web.limit import announced, limited
from qms.web.principal import Principal
from qms.web.problems import Problem, document
from qms.web.proxy import Proxies, named
from qms.web.site import Site

log = structlog.get_logger("qms.request")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}


class Security:
    """Sees through trusted proxies, says who asks, keeps other sites' pages out, and adds headers.

    Bodies are bounded here. Bearer tokens are exempt from the same-origin rule: a browser never
    sends them by itself.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        settings = site.settings
        self._app, self._site, self._most = app, site, settings.max_body
        self._proxies = Proxies(
            settings.trusted_proxies, settings.base_path, behind_tls=settings.behind_tls
        )
        self._headers = [
            (name.lower().encode(), value.encode())
            for name, value in (HEADERS | (HSTS if settings.tls else {})).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope = self._proxies.seen(scope)
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        scope["correlation"] = uuid7().hex
        connection = HTTPConnection(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        try:
            if not named(scope):
                raise Problem("malformed")
            announced(scope, self._most)
            scope["principal"] = principal = await self._identified(connection)
            if not welcome(scope, principal, self._site.settings.public_url):
                raise Problem("cross_site")
        except Problem as problem:
            await document(connection, problem)(scope, receive, send_with_headers)
            return
        await self._app(scope, limited(receive, self._most), send_with_headers)

    async def _identified(self, connection: HTTPConnection) -> Principal:
        """Who asks; raises Problem: `unavailable` while the database cannot say."""
        try:
            return await self._site.identify(connection)
        except Exception as error:
            if isinstance(error, LedgerUnavailable) or is_outage(error):
                raise Problem("unavailable", headers={"Retry-After": "2"}) from None
            log.exception("failed to say who asks")
            raise Problem("internal") from None


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
    if origin is None:
        return True
    own = {f"{scheme}://{headers.get('host')}", origin_of(public_url)} - {""}
    return origin in own


def origin_of(address: str) -> str:
    """Scheme, host and port of an address."""
    return "/".join(address.split("/")[:3])

"""The outer layer: who asks, from where, and the headers that every answer bears."""

from collections.abc import Sequence

import structlog
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from qms.ledger.orders import LedgerUnavailable
from qms.ledger.runner import is_outage
from qms.web.headers import SAFE, headers_of, same_origin
from qms.web.limit import Wider, announced, limited, most_of
from qms.web.principal import Principal
from qms.web.problems import Problem, document
from qms.web.proxy import Proxies, named
from qms.web.site import Site

log = structlog.get_logger("qms.request")
HSTS = {"Strict-Transport-Security": "max-age=31536000"}


class Security:
    """Sees through trusted proxies, says who asks, keeps other sites' pages out, and adds headers.

    A header that a route has set itself stands. Bodies are bounded here. Bearer tokens are exempt
    from the same-origin rule: a browser never sends them by itself.
    """

    def __init__(self, app: ASGIApp, site: Site, wider: Sequence[Wider] = ()) -> None:
        settings = site.settings
        self._app, self._site, self._most, self._wider = app, site, settings.max_body, wider
        self._proxies = Proxies(
            settings.trusted_proxies, settings.base_path, behind_tls=settings.behind_tls
        )
        self._hsts = HSTS if settings.tls else {}

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

        path = scope["path"].removeprefix(scope.get("root_path", ""))
        more = [(n.lower().encode(), v.encode()) for n, v in (headers_of(path) | self._hsts).items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name for name, _ in given}
                message["headers"] = given + [one for one in more if one[0] not in names]
            await send(message)

        most = most_of(scope, self._most, self._wider)
        try:
            if not named(scope):
                raise Problem("malformed")
            announced(scope, most)
            scope["principal"] = principal = await self._identified(connection)
            if not welcome(scope, principal, self._site.settings.public_url):
                raise Problem("cross_site")
        except Problem as problem:
            await document(connection, problem)(scope, receive, send_with_headers)
            return
        await self._app(scope, limited(receive, most), send_with_headers)

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

"""Proxies in front: whom to believe about where a request comes from, and the path under which we are shown."""

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

from qms.web.throttle import plain

HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
SECURE = {"http": "https", "ws": "wss"}
PLAIN = {secure: plain for plain, secure in SECURE.items()}


class Proxies:
    """Reads `X-Forwarded-For`, `-Proto` and `-Host` where a trusted peer sends them, and nowhere else.

    `base_path` is where a proxy shows the server; whether it strips that path or not makes no
    difference. `behind_tls`: people come by HTTPS whatever the proxy says.
    """

    def __init__(self, trusted: Iterable[str], base_path: str, *, behind_tls: bool) -> None:
        self._trusted = [ip_network(one, strict=False) for one in trusted]
        self._base, self._behind_tls = base_path, behind_tls

    def seen(self, scope: Scope) -> Scope:
        """The request as whoever sent it meant it; the given scope is changed in place and returned."""
        client = scope.get("client")
        if self._trusted and client is not None and self._believed(client[0]):
            self._believe(scope, Headers(scope=scope))
        if self._behind_tls:
            scope["scheme"] = SECURE.get(scope["scheme"], scope["scheme"])
        if self._base:
            path = scope["path"]
            if path != self._base and not path.startswith(f"{self._base}/"):
                scope["path"] = self._base + path
            scope["root_path"] = self._base
        return scope

    def _believe(self, scope: Scope, headers: Headers) -> None:
        client = self._client(headers.getlist("x-forwarded-for"))
        if client is not None:
            scope["client"] = (client, 0)
        said = _last(headers.getlist("x-forwarded-proto")).lower()
        if said in ("https", "wss"):
            scope["scheme"] = SECURE.get(scope["scheme"], scope["scheme"])
        elif said in ("http", "ws"):
            scope["scheme"] = PLAIN.get(scope["scheme"], scope["scheme"])
        host = _last(headers.getlist("x-forwarded-host"))
        if HOST.fullmatch(host):
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [(b"host", host.encode()), *others]

    def _client(self, lines: list[str]) -> str | None:
        """The last address that no trusted proxy has; what stands before it may be made up."""
        found = None
        for part in reversed(",".join(lines).split(",")):
            found = _address(part.strip())
            if found is None or not self._believed(found):
                break
        return found

    def _believed(self, host: str) -> bool:
        try:
            address = plain(ip_address(host))
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


def named(scope: Scope) -> bool:
    """Whether the request names us as hosts are named, if at all: links are made of it."""
    host = Headers(scope=scope).get("host", "")
    return not host or HOST.fullmatch(host) is not None


def _last(lines: list[str]) -> str:
    """What the nearest proxy said."""
    return ",".join(lines).rpartition(",")[2].strip()


def _address(text: str) -> str | None:
    """An address, without the port that some proxies add."""
    for shape in (text, text.strip("[]"), text.rpartition(":")[0].strip("[]")):
        try:
            return str(plain(ip_address(shape)))
        except ValueError:
            continue
    return None

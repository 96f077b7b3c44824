"""Who is let in at all, before anything is looked up: pages of ours, and so many from one network."""

from collections import Counter
from collections.abc import Callable, Collection

from starlette.requests import HTTPConnection

OURSELVES = frozenset({"127.0.0.1", "::1"})
"""The machine itself is not counted: it is where a proxy stands that nobody told to be trusted."""


class Door:
    """`origins` are other origins than our own from which a browser may come; `limit` holds for each network."""

    def __init__(self, origins: Collection[str], limit: int, network: Callable[[str], str]) -> None:
        self._origins = frozenset(origins) - {""}
        self._limit = limit
        self._network = network
        self._inside: Counter[str] = Counter()

    def welcomes(self, connection: HTTPConnection) -> bool:
        """Whether a browser comes from one of our pages; others send no Origin, and no cookie by accident."""
        origin = connection.headers.get("origin")
        if origin is None or origin in self._origins:
            return True
        return origin.partition("://")[2] == connection.headers.get("host")

    def enter(self, connection: HTTPConnection) -> str | None:
        """Take a place; gives the network to name in `leave`, or None where it has no place left."""
        address = connection.client.host if connection.client is not None else ""
        if not address or address in OURSELVES:
            return ""
        network = self._network(address)
        if self._inside[network] >= self._limit:
            return None
        self._inside[network] += 1
        return network

    def leave(self, network: str) -> None:
        """Give the place back."""
        if network:
            self._inside[network] -= 1
            if not self._inside[network]:
                del self._inside[network]

"""Throttles: so many attempts in so long, by network and by name. Each process counts for itself."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from qms.web.problems import Problem


class Throttle:
    """Counts attempts; `rules` gives each kind its limit, such as `10/minute`."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        self._limits: dict[str, RateLimitItem] = {kind: parse(rule) for kind, rule in rules.items()}
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, kind: str, *who: str) -> None:
        """Count one attempt; raises Problem `throttled` past the limit."""
        limit = self._limits[kind]
        if self._limiter.hit(limit, kind, *who):
            return
        wait = max(1, round(self._limiter.get_window_stats(limit, kind, *who).reset_time - time()))
        raise Problem("throttled", {"seconds": wait}, {"Retry-After": str(wait)})


def plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address as such, also where a socket for both kinds wraps it."""
    return getattr(address, "ipv4_mapped", None) or address


def network(host: str | None) -> str:
    """The network of a client: its address, or the /64 in which an IPv6 host may choose at will."""
    try:
        address = plain(ip_address(host or ""))
    except ValueError:
        return host or "unknown"
    return str(address if address.version == 4 else ip_network((address, 64), strict=False))

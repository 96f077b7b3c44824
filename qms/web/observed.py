"""What is seen of requests from outside: figures, and a line for what was refused or failed.

By route pattern, never by address: addresses hold tokens.
"""

from collections.abc import Callable, Mapping
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("qms.request")
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class Figures:
    """Prometheus figures of one server. `gauges` are read when asked for: name -> (help, value)."""

    def __init__(self, gauges: Mapping[str, tuple[str, Callable[[], float]]]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "qms_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "qms_request_seconds", "Time to answer.", ("route",), buckets=SECONDS, registry=self._registry
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        for name, (text, value) in gauges.items():
            Gauge(name, text, registry=self._registry).set_function(value)

    def count(self, route: str, status: int, seconds: float) -> None:
        """Take one answered request into account."""
        pair = self._known.get((route, status))
        if pair is None:
            pair = self._requests.labels(route, str(status)), self._seconds.labels(route)
            self._known[route, status] = pair
        pair[0].inc()
        pair[1].observe(seconds)

    def page(self) -> bytes:
        """All figures, as Prometheus reads them."""
        return generate_latest(self._registry)


class Observed:
    """Counts every request, and logs those that were not served."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app, self._figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            seconds, route = perf_counter() - started, pattern(scope)
            self._figures.count(route, status, seconds)
            if status >= 400:
                level = log.error if status >= 500 else log.info
                level(
                    "answered",
                    route=route,
                    status=status,
                    ms=round(seconds * 1000, 1),
                    correlation=scope.get("correlation", ""),
                )


def pattern(scope: Scope) -> str:
    """The route that answered a request, by the name under which it was declared; folders go by their path."""
    route = scope.get("route")
    name: str = getattr(route, "name", None) or getattr(route, "path", None) or "none"
    return name

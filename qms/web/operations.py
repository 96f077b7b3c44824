"""For those who run the server: is it alive, is it ready, how does it fare; and the texts for browsers."""

from collections.abc import Awaitable, Callable
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from qms.web.catalogue import LANGUAGES, as_json, domains
from qms.web.edge import reply
from qms.web.etag import lists
from qms.web.observed import Figures
from qms.web.problems import Problem
from qms.web.site import site

LOOPBACK = ("127.0.0.1", "::1")


def routes(figures: Figures, is_current: Callable[[Any], bool]) -> list[BaseRoute]:
    """Health, figures and texts. `is_current` asks the database whether all migrations have run."""

    async def healthz(_request: Request) -> Response:
        return reply({"status": "alive"})

    async def readyz(request: Request) -> Response:
        here = site(request)
        health = here.writer.health()
        migrated = health.database and await _try(lambda: here.read(is_current))
        ready = health.ready and migrated
        body: dict[str, Any] = {
            "status": "ready" if ready else "not_ready",
            "database": health.database,
            "migrations": migrated,
            "stopped": sorted(health.stopped),
        }
        if abs(health.skew) > 2:
            body["clock_skew_seconds"] = round(health.skew, 1)
        return reply(body, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        token = site(request).settings.metrics_token
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        near = request.client is not None and request.client.host in LOOPBACK
        if not (compare_digest(given.encode(), token.encode()) if token else near):
            raise Problem("not_allowed")
        return PlainTextResponse(figures.page(), headers={"Cache-Control": "no-store"})

    async def words(request: Request) -> Response:
        language, domain = request.path_params["language"], request.path_params["domain"]
        if language not in LANGUAGES or domain not in domains(language):
            raise Problem("not_found")
        body, tag = as_json(language, domain)
        headers = {"ETag": tag, "Cache-Control": "max-age=60"}
        if lists(request.headers.get("if-none-match", ""), tag):
            return Response(None, 304, headers)
        return Response(body, 200, headers, "application/json")

    return [
        Route("/healthz", healthz, name="GET /healthz"),
        Route("/readyz", readyz, name="GET /readyz"),
        Route("/metrics", metrics, name="GET /metrics"),
        Route("/i18n/{language}/{domain}.json", words, name="GET /i18n/{language}/{domain}.json"),
    ]


async def _try(question: Callable[[], Awaitable[Any]]) -> bool:
    """A question that fails is a 'no': whoever asks for readiness wants to hear that."""
    try:
        return bool(await question())
    except Exception:
        return False

"""Whatever goes wrong becomes a problem document; no traceback leaves the server."""

from collections.abc import Mapping

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qms.ledger.orders import LedgerUnavailable
from qms.ledger.runner import is_outage
from qms.web.observed import pattern
from qms.web.problems import Problem, document

log = structlog.get_logger("qms.request")
CODES = {
    400: "malformed",
    401: "sign_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


def problem_of(error: Exception) -> Problem:
    """The problem by which an error is told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, LedgerUnavailable) or is_outage(error):
        return Problem("unavailable", headers={"Retry-After": "2"})
    if isinstance(error, HTTPException):
        return Problem(CODES.get(error.status_code, "malformed"), headers=error.headers)
    return Problem("internal")


async def told(request: Request, error: Exception) -> Response:
    """Starlette's handler of the errors that are part of the plan."""
    problem = problem_of(error)
    if problem.code == "method_not_allowed":
        problem.headers = {"Allow": ", ".join(sorted(_methods(request, problem.headers or {})))}
    return document(request, problem)


def _methods(request: Request, known: Mapping[str, str]) -> set[str]:
    """All that may be done at an address: each of several routes knows only its own."""
    found = {method.strip() for method in known.get("Allow", "").split(",")}
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found


class Caught:
    """The last net: an error that nobody foresaw is logged with its traceback and answered as 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            """Nobody is there to be answered."""
        except Exception as error:
            problem = problem_of(error)
            if problem.code == "internal":
                log.exception("failed", route=pattern(scope))
            if begun:
                raise
            await document(Request(scope), problem)(scope, receive, send)

"""Problem documents (RFC 9457): every refusal and error, with a stable code and words for people."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from babel.dates import format_timedelta
from jinja2 import Environment
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from qms.kernel.refusal import Refusal
from qms.web.catalogue import choose, entries, text
from qms.web.language import language_of, translator

STATUS: Mapping[str, int] = {
    "invalid": 422,
    "malformed": 400,
    "media_type": 415,
    "too_large": 413,
    "not_found": 404,
    "method_not_allowed": 405,
    "sign_in": 401,
    "wrong_credentials": 401,
    "not_allowed": 403,
    "cross_site": 403,
    "throttled": 429,
    "unavailable": 503,
    "internal": 500,
    "key_reused": 422,
    "unknown_counter": 404,
    "unknown_service": 422,
    "unknown_segment": 422,
    "unknown_board": 422,
    "unknown_client": 422,
    "unknown_ticket": 404,
    "unknown_booking": 404,
    "pick_not_allowed": 403,
    "must_change_password": 403,
    "own_account": 403,
    "no_such_scope": 422,
    "weak_password": 422,
    "code_unknown": 422,
    "contact": 422,
    "rules_not_accepted": 422,
    "not_eligible": 422,
    "challenge": 422,
    "service_not_bookable": 422,
    "together_not_allowed": 422,
    "not_a_time": 422,
    "set_up_invalid": 422,
    "no_voice": 404,
    "media_broken": 422,
    "media_coding": 422,
    "media_empty": 422,
    "media_huge": 422,
    "media_kind": 415,
    "media_name": 422,
    "media_too_large": 413,
    "unknown_closure": 404,
    "unknown_series": 404,
    "unknown_time_off": 404,
}
CONFLICT = 409
"""Every other refusal: the request is sound, the state of the hall is against it."""


class Problem(Exception):  # noqa: N818
    """Raised in a handler, answered as a problem document."""

    def __init__(
        self,
        code: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(code)
        self.code, self.params, self.headers, self.more = code, dict(params or {}), headers, more


def refused(refusal: Refusal, **more: Any) -> Problem:
    """A rule's refusal as a problem; `more` are further members, such as the fresh state."""
    return Problem(refusal.code, refusal.params, **more)


def status_of(code: str) -> int:
    return STATUS.get(code, CONFLICT)


def document(request: HTTPConnection, problem: Problem) -> Response:
    """The answer to a request that met a problem, worded in the language that the request asks for.

    A person who looks at a page gets a page.
    """
    return _page(request, problem) if _is_page(request) else plain_document(request, problem)


def plain_document(request: HTTPConnection, problem: Problem) -> Response:
    """The same, whoever asks: as JSON."""
    language = choose(request.headers.get("accept-language"), ("en", "pl", "uk", "de"))
    status = status_of(problem.code)
    body: dict[str, Any] = {
        "type": f"urn:qms:problem:{problem.code}",
        "title": words(language, problem.code, problem.params),
        "status": status,
        "code": problem.code,
    }
    if (detail := reason(language, problem.code, problem.params)) is not None:
        body["detail"] = detail
    if problem.params:
        body["params"] = problem.params
    body |= problem.more
    return Response(
        orjson.dumps(body),
        status,
        {"Cache-Control": "no-store", "Content-Language": language, **(problem.headers or {})},
        "application/problem+json",
    )


def words(language: str, code: str, params: Mapping[str, Any]) -> str:
    """A code in plain words."""
    key = f"problems.{code}"
    if key not in entries(language, "problems"):
        key = "problems.internal"
    if "seconds" in params:  # for people: 56 minutes, not 3361 seconds
        params = {**params, "seconds": _when(language, params["seconds"])}
    return text(language, "problems", key, **params)


def _when(language: str, seconds: int) -> str:
    wait = timedelta(seconds=seconds)
    return format_timedelta(wait, "second", threshold=1.5, add_direction=True, locale=language)


def reason(language: str, code: str, params: Mapping[str, Any]) -> str | None:
    """What more there is to say where `params` give a reason; None where there is nothing."""
    key = f"problems.{code}.{params.get('reason', '')}"
    return text(language, "problems", key, **params) if key in entries(language, "problems") else None


def _is_page(request: HTTPConnection) -> bool:
    """Whether a browser asks for something to show, and not a program for data."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return "text/html" in request.headers.get("accept", "") and not path.startswith("/api/")


def _page(request: HTTPConnection, problem: Problem) -> Response:
    templates: Environment = request.app.state.site.templates
    language = language_of(request)
    html = templates.get_template("problem.html").render(
        t=translator(language, "common"),
        lang=language,
        base=request.scope.get("root_path", ""),
        title=words(language, problem.code, problem.params),
        detail=reason(language, problem.code, problem.params),
        sign_in=problem.code in ("sign_in", "not_allowed", "must_change_password"),
    )
    headers = {"Cache-Control": "no-store", "Content-Language": language, **(problem.headers or {})}
    return HTMLResponse(html, status_of(problem.code), headers)

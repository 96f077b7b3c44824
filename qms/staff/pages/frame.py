"""What the pages of staff have in common: who is let in, where one goes next, how a refusal is said."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from qms.web.language import language_of
from qms.web.principal import Principal
from qms.web.problems import Problem, reason, status_of, words
from qms.web.site import HallNames, Words, site
from qms.web.wire import Wire

W = TypeVar("W", bound=Wire)
Page = Callable[[Request], Awaitable[Response]]
StaffPage = Callable[[Request, Principal], Awaitable[Response]]
OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,300}")
"""A path on this server: no other host, no backslash, nothing that a header could not hold."""


def route(method: str, path: str, endpoint: Page) -> Route:
    """A page; logs know it by method and pattern."""
    return Route(path, endpoint, methods=[method], name=f"{method} {path}")


def for_staff(page: StaffPage, *, unready: bool = False) -> Page:
    """A page for people who are signed in; others are asked to, and come back.

    Whoever must change the password first is sent there, unless the page is for the `unready`.
    """

    async def admit(request: Request) -> Response:
        who: Principal = request.scope["principal"]
        if who.kind != "staff":
            return go(request, "/sign-in", next=_here(request))
        if who.must_change and not unready:
            return go(request, "/password", next=_here(request))
        return await page(request, who)

    return admit


def _here(request: Request) -> str:
    """Where to come back to; a form that was not let in is not sent again."""
    if request.method != "GET":
        return ""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def go(request: Request, path: str, **query: str) -> Response:
    """Off to another of our pages."""
    asked = "&".join(f"{name}={quote(value, safe='/')}" for name, value in query.items() if value)
    base = request.scope.get("root_path", "")
    return RedirectResponse(base + path + (f"?{asked}" if asked else ""), 303)


def onward(request: Request, wish: str, said: str = "") -> Response:
    """To where somebody wanted to go, if that is a path of ours; else to the start page."""
    if OWN_PATH.fullmatch(wish):
        return RedirectResponse(wish, 303)
    return go(request, "/staff", said=said)


def sentence(request: Request, problem: Problem) -> str:
    """A problem in words of the page's language: the reason, where one is known."""
    language = language_of(request)
    more = reason(language, problem.code, problem.params)
    return more or words(language, problem.code, problem.params)


def refusal(request: Request, problem: Problem) -> dict[str, Any]:
    """What a page that shows its form again needs: status and sentence."""
    return {"status": status_of(problem.code), "fault": sentence(request, problem)}


def read_as(model: type[W], fields: Mapping[str, str]) -> W:
    """A form's fields as a model; raises Problem `invalid`."""
    try:
        return model.model_validate(dict(fields))
    except ValidationError:
        raise Problem("invalid") from None


def named(text: Words, language: str, otherwise: str = "") -> str:
    """A text of the office in a language, else in the first one that there is."""
    return text.get(language) or next(iter(text.values()), otherwise)


def names(request: Request, hall: str) -> HallNames:
    """The names of a hall; its id where nobody knows any."""
    known = site(request).names_of(hall)
    return known if known is not None else HallNames({"": hall}, {}, {})

"""What the pages about messages have in common: who is let in, and how a page is made."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.pages.say import Say
from qms.halls.rules.model import Hall
from qms.queue.rules.state import Queue
from qms.staff.pages.frame import for_staff, go, route
from qms.web.edge import Call
from qms.web.language import language_of
from qms.web.principal import Principal, Right
from qms.web.problems import Problem
from qms.web.site import site
from qms.web.templates import page

OVERVIEW = "/messages/{hall}"
LOG = OVERVIEW + "/log"
TEXT = OVERVIEW + "/text/{message}/{language}"
Handler = Callable[[Call, Hall], Awaitable[Response]]


def at_hall(method: str, path: str, handler: Handler, right: Right) -> BaseRoute:
    """A page about a hall's messages, for those who have the right there."""

    async def endpoint(request: Request, who: Principal) -> Response:
        hall, here = str(request.path_params["hall"]), site(request)
        place = here.place_of(hall)
        state: Queue | None = here.writer.state(hall)
        if place is None or state is None:
            raise Problem("not_found")
        call = Call(request, here, who, place, "", f"{method} {path}")
        call.require(right)
        return await handler(call, state.setup)

    return route(method, path, for_staff(endpoint))


def show(call: Call, hall: Hall, template: str, *, path: str, status: int = 200, **values: Any) -> Response:
    """A page; `path` is where it is seen again in another language."""
    base = call.request.scope.get("root_path", "")
    given = {
        "hall": hall,
        "say": Say(language_of(call.request), hall.zone),
        "root": base + OVERVIEW.format(hall=hall.id),
        "address": base + path,
        "may_change": call.place is not None and call.principal.may("hall.configure", call.place),
        "unsent": not call.site.settings.mail_host,
        "said": "",
    }
    return page(call.request, template, "messages", status=status, **(given | values))


def to(call: Call, path: str, **query: str) -> Response:
    """Off to another of these pages."""
    return go(call.request, path, **query)


def said(call: Call, known: frozenset[str]) -> str:
    """What has just been done, where the address says so."""
    given = call.request.query_params.get("said", "")
    return given if given in known else ""

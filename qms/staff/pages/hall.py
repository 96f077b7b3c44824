"""Pages of staff about a hall: who is let in, and what they are handed."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.halls.rules.model import Hall
from qms.staff.pages.frame import for_staff, route
from qms.web.edge import Call
from qms.web.principal import Principal, Right
from qms.web.problems import Problem
from qms.web.site import site


def at_state(
    method: str, path: str, handler: Callable[[Call, Any], Awaitable[Response]], right: Right
) -> BaseRoute:
    """A page about the state of the hall that the path names, for those who have the right there."""

    async def endpoint(request: Request, who: Principal) -> Response:
        hall, here = str(request.path_params["hall"]), site(request)
        place, state = here.place_of(hall), here.writer.state(hall)
        if place is None or state is None:
            raise Problem("not_found")
        call = Call(request, here, who, place, "", f"{method} {path}")
        call.require(right)
        return await handler(call, state)

    return route(method, path, for_staff(endpoint))


def at_hall(
    method: str, path: str, handler: Callable[[Call, Hall], Awaitable[Response]], right: Right
) -> BaseRoute:
    """The same for a page that needs no more of the hall than its set-up."""

    async def about(call: Call, state: Any) -> Response:
        return await handler(call, state.setup)

    return at_state(method, path, about, right)

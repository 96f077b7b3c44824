"""What the pages about appointments have in common: who is let in, and how a page is made."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.pages.frame import address
from qms.booking.pages.say import Say
from qms.booking.reads import Row, booking_by_id
from qms.halls.rules.model import Hall
from qms.staff.pages.frame import go, sentence
from qms.staff.pages.hall import at_hall as about_hall
from qms.web.edge import Call
from qms.web.language import language_of
from qms.web.problems import Problem, status_of
from qms.web.templates import page

Handler = Callable[[Call, Hall], Awaitable[Response]]
RowHandler = Callable[[Call, Hall, Row], Awaitable[Response]]
LIST = "/appointments/{hall}"
ONE = "/appointments/{hall}/{booking}"


def at_hall(method: str, path: str, handler: Handler) -> BaseRoute:
    """A page for staff who keep the appointments of the hall that its path names."""
    return about_hall(method, path, handler, "bookings.manage")


def at_booking(method: str, path: str, handler: RowHandler) -> BaseRoute:
    """The same, about one booking of the hall; raises Problem `unknown_booking`."""

    async def found(call: Call, hall: Hall) -> Response:
        id = call.param("booking")
        row: Row | None = await call.site.read(lambda conn: booking_by_id(conn, hall.id, id))
        if row is None:
            raise Problem("unknown_booking")
        return await handler(call, hall, row)

    return at_hall(method, path, found)


def show(
    call: Call,
    template: str,
    hall: Hall,
    *,
    status: int = 200,
    here: str = "",
    fault: Problem | None = None,
    **values: Any,
) -> Response:
    """A page. `here` is the path under which it is seen again in another language."""
    request = call.request
    base = request.scope.get("root_path", "")
    query = address(request, "", without=("lang",)).removeprefix("?")
    given: dict[str, Any] = {
        "say": Say(language_of(request), hall.zone),
        "hall": hall,
        "home": base + LIST.format(hall=hall.id),
        "address": base + here if here else request.url.path,
        "kept": "" if here else query,
        "fault": sentence(request, fault) if fault is not None else "",
        "now": now(call),
    }
    if fault is not None:
        status = status_of(fault.code)
    return page(request, f"appointments/{template}", "appointments", status=status, **given, **values)


def now(call: Call) -> datetime:
    """The business time."""
    moment: datetime = call.site.clock.now()
    return moment


def to_one(call: Call, hall: Hall, booking: str, said: str) -> Response:
    """Off to the page of an appointment, which says what was done."""
    return go(call.request, ONE.format(hall=hall.id, booking=quote(booking)), said=said)

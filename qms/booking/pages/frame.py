"""What the pages of booking have in common: who calls, what was chosen so far, how a refusal is said."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from qms.booking.http.asked import wanted_asked
from qms.booking.pages.say import Say
from qms.booking.rules.model import Wanted
from qms.booking.rules.window import USUAL
from qms.halls.rules.booking import Bookings
from qms.halls.rules.model import Hall, Service
from qms.ledger.orders import Key
from qms.web.edge import Call
from qms.web.language import language_of
from qms.web.principal import Place, Principal
from qms.web.problems import Problem, reason, status_of, words
from qms.web.site import site
from qms.web.templates import page
from qms.web.throttle import network

Page = Callable[[Call], Awaitable[Response]]
ELSEWHERE = frozenset({"cross_site", "media_type", "malformed", "throttled", "not_found", "too_large"})
"""Problems with the request as such: they are answered as everywhere else."""
UNGUESSED = 16


@dataclass(frozen=True, slots=True)
class Once(Call):
    """A form that is carried out once, however often it is sent."""

    once: Key | None = None

    @property
    def key(self) -> Key | None:
        return self.once


@dataclass(frozen=True, slots=True)
class Ask:
    """What was chosen so far. It travels in the address, so that every page can be gone back to."""

    wanted: tuple[Wanted, ...]
    eligible: bool = False

    def query(self, **more: str) -> str:
        """The query of the next address."""
        pairs = [pair for one in self.wanted for pair in (("service", one.service), ("count", one.count))]
        if self.eligible:
            pairs.append(("eligible", "yes"))
        return urlencode([*pairs, *more.items()])


def asked(call: Call) -> Ask:
    """What the address says was chosen; raises Problem."""
    return Ask(wanted_asked(call), call.request.query_params.get("eligible") == "yes")


def route(method: str, path: str, endpoint: Page) -> Route:
    """A page that anybody may open, so many times a minute; a refusal is a page with a way on."""

    async def shown(request: Request) -> Response:
        try:
            return await endpoint(called(request))
        except Problem as problem:
            if problem.code in ELSEWHERE:
                raise
            return stop(called(request, counted=False), problem)

    return Route(path, shown, methods=[method], name=f"{method} {path}")


def called(request: Request, *, counted: bool = True) -> Call:
    """A page's request in the shape that acts work with; raises Problem."""
    here = site(request)
    if counted:
        here.throttle.check("public", network(request.client.host if request.client else None))
    principal: Principal = request.scope["principal"]
    hall = request.path_params.get("hall")
    place: Place | None = here.place_of(hall) if hall is not None else None
    if hall is not None and place is None:
        raise Problem("not_found")
    return Call(request, here, principal, place, "", "")


def once(call: Call, given: str, *content: str) -> Call:
    """The same call, done once for one showing of a form and what was chosen on it."""
    digest = sha256("\0".join(content).encode()).hexdigest()
    if len(given) < UNGUESSED:
        return call
    key = Key("page", sha256(f"{given}\0{digest}".encode()).hexdigest(), digest)
    return Once(call.request, call.site, call.principal, call.place, digest, "", key)


def showing() -> str:
    """The mark of one showing of a form; see `once`."""
    return token_urlsafe(18)


def show(
    call: Call,
    template: str,
    hall: Hall | None = None,
    *,
    status: int = 200,
    here: str = "",
    fault: Problem | None = None,
    **values: Any,
) -> Response:
    """A page. `here` is the address under which it is seen again in another language."""
    say = Say(language_of(call.request), hall.zone if hall is not None else "UTC")
    given = {
        "say": say,
        "hall": hall,
        "here": here or address(call.request, call.request.url.path, without=("lang",)),
        "fault": sentence(call, fault) if fault is not None else "",
        "settings": (hall.bookings or USUAL) if hall is not None else None,
        "now": call.site.clock.now(),
    }
    if fault is not None:
        status = status_of(fault.code)
    response = page(call.request, template, "booking", status=status, form=True, **given, **values)
    response.headers.update((fault.headers if fault is not None else None) or {})
    return response


def address(request: Request, path: str, without: Sequence[str] = ()) -> str:
    """A path with the query of this request, ready for one more pair."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in without]
    return f"{path}?{urlencode(kept)}&" if kept else f"{path}?"


def go(call: Call, path: str, query: str = "") -> Response:
    """Off to another of our pages."""
    base = call.request.scope.get("root_path", "")
    return RedirectResponse(base + path + (f"?{query}" if query else ""), 303)


def stop(call: Call, problem: Problem, hall: Hall | None = None) -> Response:
    """Where it does not go on as wished: why, and what can be done instead."""
    base = call.request.scope.get("root_path", "")
    return show(call, "book_stop.html", hall, here=f"{base}/book?", fault=problem)


def sentence(call: Call, problem: Problem) -> str:
    """A problem in the page's language: the reason, where one is known."""
    language = language_of(call.request)
    more = reason(language, problem.code, problem.params)
    return more or words(language, problem.code, problem.params)


def settings_of(hall: Hall) -> Bookings:
    """How a hall takes bookings; raises Problem where it takes none from people."""
    if hall.bookings is None or not hall.bookings.open:
        raise Problem("booking_closed")
    return hall.bookings


def bookable(hall: Hall) -> list[Service]:
    """The services of a hall that people may book for themselves, in the order of their groups."""
    if hall.bookings is None or not hall.bookings.open:
        return []
    places = {group.id: (group.order, n) for n, group in enumerate(hall.groups) if not group.retired}
    found = [s for s in hall.services if s.group in places and s.booking.open == "all" and not s.retired]
    return sorted(found, key=lambda service: (places[service.group], service.order))


def chosen(hall: Hall, wanted: Sequence[Wanted]) -> list[tuple[Service, int]]:
    """The services wanted; raises Problem for one that people cannot book here."""
    known = {service.id: service for service in bookable(hall)}
    if any(one.service not in known for one in wanted):
        raise Problem("service_not_bookable")
    return [(known[one.service], one.count) for one in wanted]

"""Pages of the queue: clerk terminal, ticket page, public status."""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qms.booking.firsts import Firsts
from qms.halls.rules.model import Hall
from qms.ledger.orders import LedgerUnavailable
from qms.queue.forecasts import Glance
from qms.queue.history import History
from qms.queue.http.desk import hall_of, order
from qms.queue.http.holders import Held, Holders
from qms.queue.http.tickets import cancel, shown, ticket_address
from qms.queue.pages.format import best_words
from qms.queue.pages.lines import takes_bookings, told
from qms.queue.rules.commands import LetPass
from qms.queue.views.card import name_card
from qms.web.edge import Call, nothing
from qms.web.principal import Place, Principal
from qms.web.problems import Problem
from qms.web.qr import qr_picture
from qms.web.site import site
from qms.web.templates import page
from qms.web.throttle import network

WORKER = Path(__file__).parent / "assets" / "push.js"
PASSED = "passed"
SAID = frozenset({"invalid", "let_pass_not_offered", "let_pass_spent", "nobody_behind", "wrong_state"})
"""What may be against letting others go first, as the ticket's page says it."""
MOST_PASSED = 20


class Pages:
    """The HTML of the queue; every page also works without JavaScript, but for the terminal."""

    def __init__(self, holders: Holders, firsts: Firsts, history: History, glance: Glance) -> None:
        self._holders, self._firsts, self._history, self._glance = holders, firsts, history, glance

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.home, name="GET /"),
            Route("/desk/{hall}", self.desk, name="GET /desk/{hall}"),
            Route("/queues/{hall}", self.queues, name="GET /queues/{hall}"),
            Route("/push.js", self.worker, name="GET /push.js"),
            Route("/t/{token}", self.ticket, name="GET /t/{token}"),
            Route("/t/{token}/qr.svg", self.qr, name="GET /t/{token}/qr.svg"),
            Route("/t/{token}/leave", self.leave, methods=["POST"], name="POST /t/{token}/leave"),
            Route("/t/{token}/let-pass", self.let_pass, methods=["POST"], name="POST /t/{token}/let-pass"),
        ]

    async def home(self, request: Request) -> Response:
        """The halls of this server."""
        writer = site(request).writer
        states = [state for hall in writer.halls() if (state := writer.state(hall)) and state.hall]
        cards, bookable = [name_card(s.setup) for s in states], any(takes_bookings(s.setup) for s in states)
        return page(request, "home.html", "citizen", halls=cards, bookable=bookable)

    async def desk(self, request: Request) -> Response:
        """The clerk terminal."""
        call = _call(request, request.path_params["hall"])
        if call.principal.kind == "anonymous" or call.principal.must_change:
            here = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
            first = "password" if call.principal.must_change else "sign-in"
            return RedirectResponse(f"{request.scope.get('root_path', '')}/{first}?next={here}", 303)
        call.require("counter.work")
        bar = request.query_params.get("bar") == "1"
        return page(request, "desk.html", "desk", hall=request.path_params["hall"], bar=bar)

    async def queues(self, request: Request) -> Response:
        """The hall's queues for everybody."""
        call = _call(request, request.path_params["hall"])
        state = hall_of(call, request.path_params["hall"])
        values = await told(call, state, self._firsts, self._history, self._glance)
        return page(request, "queues.html", "citizen", **values)

    async def best_said(self, setup: Hall, now: datetime, lang: str) -> str:
        """When it is best to come without an appointment, in a sentence; empty where nothing can be said."""
        try:
            best = await self._history.best(setup, now)
        except LedgerUnavailable:
            best = None
        return best_words(best, lang) if best is not None else ""

    async def ticket(self, request: Request) -> Response:
        """A person's own number."""
        call, token = looked_up(request)
        view = await shown(call, self._holders, self._glance, token)
        said = request.query_params.get("said", "")
        values: dict[str, Any] = {"ticket": view, "token": token, "at": call.site.clock.now()}
        values["said"] = said if said in SAID or said == PASSED else ""
        return page(request, "ticket.html", "citizen", status=200 if view else 404, **values)

    async def worker(self, _request: Request) -> Response:
        """The service worker of citizens' browsers; it answers for every page, so it lies above them all."""
        return FileResponse(WORKER, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    async def leave(self, request: Request) -> Response:
        """The form on the ticket page: whoever holds the token may leave, for the address is the proof."""
        call, held, _ = await self._sent(request)
        try:
            await cancel(call, held.hall, held.ticket, by_staff=False)
        except Problem as problem:
            if problem.code not in ("wrong_state", "unknown_ticket"):
                raise
        return _back(request)

    async def let_pass(self, request: Request) -> Response:
        """The same for letting others go first; what is against it is said on the page."""
        call, held, form = await self._sent(request)
        people = str(form.get("people", ""))
        if not people.isdecimal() or not 1 <= int(people[:3]) <= MOST_PASSED:
            return _back(request, "invalid")
        try:
            await order(call, held.hall, LetPass(held.ticket, int(people)), nothing)
        except Problem as problem:
            if problem.code not in SAID:
                raise
            return _back(request, problem.code)
        return _back(request, PASSED)

    async def _sent(self, request: Request) -> tuple[Call, Held, Mapping[str, Any]]:
        """A form of the ticket page, and whose it is; raises Problem."""
        call, token = looked_up(request)
        form = await request.form(max_files=0, max_fields=4)
        csrf = call.principal.csrf
        if csrf is not None and not compare_digest(str(form.get("csrf", "")).encode(), csrf.encode()):
            raise Problem("cross_site")  # a member of staff, whose browser says so by itself
        held = await self._holders.find(token)
        if held is None:
            raise Problem("unknown_ticket")
        return call, held, form

    async def qr(self, request: Request) -> Response:
        """The address of a ticket's page as a QR code."""
        call, token = looked_up(request)
        held = await self._holders.find(token)
        if held is None:
            raise Problem("unknown_ticket")
        return qr_picture(ticket_address(call, token))


def _back(request: Request, said: str = "") -> Response:
    """To the ticket's page in the same language, which says what was done."""
    given = {"lang": request.query_params.get("lang", ""), "said": said}
    query = urlencode({name: value for name, value in given.items() if value})
    where = f"{request.scope.get('root_path', '')}/t/{request.path_params['token']}"
    return RedirectResponse(where + (f"?{query}" if query else ""), 303)


def looked_up(request: Request) -> tuple[Call, str]:
    """A request for a ticket by its token; raises Problem where too many were asked for, as by one who guesses."""
    call = _call(request, None)
    if call.principal.kind != "device":  # a kiosk shows many people's
        call.site.throttle.check("public", network(request.client.host if request.client else None))
    return call, request.path_params["token"]


def _call(request: Request, hall: str | None) -> Call:
    """A page's request in the shape that the JSON routes work with; raises Problem for an unknown hall."""
    here = site(request)
    principal: Principal = request.scope["principal"]
    place: Place | None = here.place_of(hall) if hall is not None else None
    if hall is not None and place is None:
        raise Problem("not_found")
    return Call(request, here, principal, place, "", "")

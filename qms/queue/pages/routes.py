"""Pages of the queue: clerk terminal, ticket page, public status."""

from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qms.booking.firsts import Firsts
from qms.halls.rules.model import Hall
from qms.ledger.orders import LedgerUnavailable
from qms.queue.history import History
from qms.queue.http.desk import hall_of
from qms.queue.http.holders import Holders
from qms.queue.http.tickets import cancel, shown, ticket_address
from qms.queue.offers import offers
from qms.queue.pages.format import best_words
from qms.queue.rules.offer import offer_from
from qms.queue.views import status
from qms.queue.views.card import name_card
from qms.web.edge import Call
from qms.web.principal import Place, Principal
from qms.web.problems import Problem
from qms.web.qr import qr_picture
from qms.web.site import site
from qms.web.templates import page
from qms.web.throttle import network


class Pages:
    """The HTML of the queue; every page also works without JavaScript, but for the terminal."""

    def __init__(self, holders: Holders, firsts: Firsts, history: History) -> None:
        self._holders, self._firsts, self._history = holders, firsts, history

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.home, name="GET /"),
            Route("/desk/{hall}", self.desk, name="GET /desk/{hall}"),
            Route("/queues/{hall}", self.queues, name="GET /queues/{hall}"),
            Route("/t/{token}", self.ticket, name="GET /t/{token}"),
            Route("/t/{token}/qr.svg", self.qr, name="GET /t/{token}/qr.svg"),
            Route("/t/{token}/leave", self.leave, methods=["POST"], name="POST /t/{token}/leave"),
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
        state, now = hall_of(call, request.path_params["hall"]), call.site.clock.now()
        values: dict[str, Any] = {"hall": state.id, "view": status.queue(state, now), "at": now}
        values["bookable"] = takes_bookings(state.setup)
        values["offers"] = await offers(call, self._firsts, state.setup, values["view"])
        values |= await self._past(state.setup, now)
        values["offer_when"] = {
            s.id: when for s in state.setup.services if (when := offer_from(state.setup, s))
        }
        return page(request, "queues.html", "citizen", **values)

    async def best_said(self, setup: Hall, now: datetime, lang: str) -> str:
        """When it is best to come without an appointment, in a sentence; empty where nothing can be said."""
        try:
            best = await self._history.best(setup, now)
        except LedgerUnavailable:
            best = None
        return best_words(best, lang) if best is not None else ""

    async def _past(self, setup: Hall, now: datetime) -> dict[str, Any]:
        """What was before now; nothing while the rows cannot be read, for the queues are told from memory."""
        try:
            published, best = (
                await self._history.published(setup, now),
                await self._history.best(setup, now),
            )
        except LedgerUnavailable:
            published, best = {}, None
        kinds = [s for s in setup.segments if ("segments", s.id) in published]
        apart = any(told.promise.segment is None for told in published.values())
        return {"standards": published, "kinds": kinds, "apart": apart, "best": best}

    async def ticket(self, request: Request) -> Response:
        """A person's own number."""
        call, token = looked_up(request)
        view = await shown(call, self._holders, token)
        values: dict[str, Any] = {"ticket": view, "token": token, "at": call.site.clock.now()}
        return page(request, "ticket.html", "citizen", status=200 if view else 404, **values)

    async def leave(self, request: Request) -> Response:
        """The form on the ticket page: whoever holds the token may leave, for the address is the proof."""
        call, token = looked_up(request)
        if call.principal.csrf is not None:  # a member of staff, whose browser says so by itself
            form = await request.form(max_files=0, max_fields=4)
            if not compare_digest(str(form.get("csrf", "")).encode(), call.principal.csrf.encode()):
                raise Problem("cross_site")
        held = await self._holders.find(token)
        if held is None:
            raise Problem("unknown_ticket")
        try:
            await cancel(call, held.hall, held.ticket, by_staff=False)
        except Problem as problem:
            if problem.code not in ("wrong_state", "unknown_ticket"):
                raise
        language = quote(request.query_params.get("lang", ""))
        where = f"{request.scope.get('root_path', '')}/t/{token}"
        return RedirectResponse(where + (f"?lang={language}" if language else ""), 303)

    async def qr(self, request: Request) -> Response:
        """The address of a ticket's page as a QR code."""
        call, token = looked_up(request)
        held = await self._holders.find(token)
        if held is None:
            raise Problem("unknown_ticket")
        return qr_picture(ticket_address(call, token))


def takes_bookings(hall: Hall) -> bool:
    """Whether people may book a visit there."""
    return hall.bookings is not None and hall.bookings.open


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

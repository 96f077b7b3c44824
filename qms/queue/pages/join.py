"""Joining the queue from home: for what, what to bring, and the number; every step works without JavaScript."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking.firsts import Firsts
from qms.booking.pages.frame import go, once, route, show, showing
from qms.halls.rules.model import WALK_IN, Group, Service
from qms.queue.forecasts import Glance
from qms.queue.http.desk import hall_of
from qms.queue.http.holders import Holders
from qms.queue.http.models import NewTicket, TicketTaken
from qms.queue.offers import offers
from qms.queue.pages.lines import takes_bookings
from qms.queue.rules.decide import refusal_from_home, refusal_of_issue
from qms.queue.rules.shown import QueueView, ServiceQueue
from qms.queue.rules.state import Queue
from qms.queue.views import status
from qms.web.edge import Call
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.principal import ANYBODY
from qms.web.problems import Problem

JOIN = "/queues/{hall}/join"
COOKIE = "qms_ticket"
DAY = 86_400
Issue = Callable[[Call, NewTicket], Awaitable[TicketTaken]]
"""Gives a number; raises Problem."""


class JoinPages:
    """The pages; `holders` finds a browser's open ticket, `issue` gives a number, `firsts` knows free times."""

    def __init__(self, holders: Holders, issue: Issue, firsts: Firsts, glance: Glance) -> None:
        self._holders, self._issue, self._firsts, self._glance = holders, issue, firsts, glance

    def routes(self) -> list[BaseRoute]:
        return [route("GET", JOIN, self.ask), route("POST", JOIN, self.take)]

    async def ask(self, call: Call) -> Response:
        """For what; or, for whoever has a number here already, that one."""
        state = _open_to_homes(call)
        if mine := await self._mine(call, state):
            return go(call, f"/t/{mine}")
        wanted = call.request.query_params.get("service")
        if wanted is None or wanted not in dict(_taking(call, state)):
            return self._choice(call, state, Problem("not_from_home") if wanted else None)
        return await self._one(call, state, wanted)

    async def take(self, call: Call) -> Response:
        """The number; a form that is sent again is answered with the same."""
        state = _open_to_homes(call)
        sent = await filled(call.request)
        if mine := await self._mine(call, state):
            return go(call, f"/t/{mine}")
        service = sent.get("service", "")
        try:
            keyed = once(call, sent.get("once", ""), "join", state.id, service)
            wish = _wish(call, state, service, sent.get("challenge", ""))
            taken = await self._issue(replace(keyed, principal=ANYBODY), wish)
        except Problem as problem:
            if service in dict(_taking(call, state)):
                return await self._one(call, state, service, problem)
            return self._choice(call, state, problem)
        answer = go(call, f"/t/{taken['token']}", f"lang={language_of(call.request)}")
        self._remember(call, answer, taken["token"])
        return answer

    async def _one(self, call: Call, state: Queue, service: str, fault: Problem | None = None) -> Response:
        setup, view = state.setup, self._view(call, state)
        return show(
            call,
            "join_one.html",
            setup,
            fault=fault,
            service=setup.service(service),
            line=view["services"][service],
            offer=(await offers(call, self._firsts, setup, view)).get(service),
            once=showing(),
            challenge=setup.bookings is not None and setup.bookings.challenge,
        )

    def _choice(self, call: Call, state: Queue, fault: Problem | None = None) -> Response:
        setup, taking, view = state.setup, _taking(call, state), self._view(call, state)["services"]
        found: list[tuple[Group, list[tuple[Service, ServiceQueue]]]] = [
            (group, [(service, view[id]) for id, service in taking if service.group == group.id])
            for group in sorted(setup.groups, key=lambda one: one.order)
        ]
        values: dict[str, Any] = {
            "groups": [one for one in found if one[1]],
            "bookable": takes_bookings(setup),
        }
        return show(call, "join.html", setup, fault=fault, **values)

    def _view(self, call: Call, state: Queue) -> QueueView:
        return status.queue(state, call.site.clock.now(), self._glance.of)

    async def _mine(self, call: Call, state: Queue) -> str:
        """The token of the open ticket that this browser took here; empty where it has none."""
        token = call.request.cookies.get(COOKIE, "")
        held = await self._holders.find(token) if token else None
        ticket = state.tickets.get(held.ticket) if held is not None and held.hall == state.id else None
        return token if ticket is not None and ticket.live else ""

    def _remember(self, call: Call, answer: Response, token: str) -> None:
        path = f"{call.request.scope.get('root_path', '')}/queues"
        tls = call.site.settings.tls
        answer.set_cookie(COOKIE, token, max_age=DAY, path=path, httponly=True, samesite="lax", secure=tls)


def _open_to_homes(call: Call) -> Queue:
    """The hall; raises Problem where nobody may join from home."""
    state = hall_of(call, call.param("hall"))
    if not state.setup.conduct.join_from_home:
        raise Problem("not_from_home")
    return state


def _taking(call: Call, state: Queue) -> list[tuple[str, Service]]:
    """The services for which a number is given to people at home now."""
    now = call.site.clock.now()
    return [
        (service.id, service)
        for service in sorted(state.setup.services, key=lambda one: one.order)
        if refusal_of_issue(state, service.id, WALK_IN, now) is None
        and refusal_from_home(state, service) is None
    ]


def _wish(call: Call, state: Queue, service: str, challenge: str) -> NewTicket:
    language = language_of(call.request)
    languages = state.setup.languages
    given = {"service": service, "language": language if language in languages else languages[0]}
    try:
        return NewTicket.model_validate(given | ({"challenge": challenge} if challenge else {}))
    except ValidationError:
        raise Problem("unknown_service") from None

"""Tickets: taking one, following it by its token, leaving the queue."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.routing import BaseRoute
from uuid_utils import uuid7

from qms.booking.challenge import spending
from qms.booking.http.citizens import Proved
from qms.booking.rules import contact
from qms.clients.http import recognise
from qms.halls.rules.model import KEY_CLIENT, WALK_IN, Hall
from qms.kernel.clock import instant
from qms.kernel.event import Recorded
from qms.ledger.orders import Guard, Private
from qms.ledger.persons import read_person
from qms.ledger.vault import token_hash
from qms.queue.forecasts import Glance
from qms.queue.http.away import AwayTickets
from qms.queue.http.desk import hall_of, order
from qms.queue.http.holders import Holders
from qms.queue.http.models import LetPassIn, NewTicket, Passed, PersonCard, TicketLeft, TicketTaken
from qms.queue.rules.commands import CancelTicket, IssueTicket, LetPass
from qms.queue.rules.model import Channel
from qms.queue.rules.phone import TURN_PHONE, country_of, written
from qms.queue.rules.shown import TicketView
from qms.queue.rules.state import Queue
from qms.queue.views import status
from qms.queue.views.hall import wait_range
from qms.web.edge import Call, address, json_route, nothing
from qms.web.principal import Principal
from qms.web.problems import Problem

ISSUE_REFUSALS = (
    "unknown_service",
    "unknown_client",
    "unknown_segment",
    "hall_suspended",
    "service_closed",
    "before_opening",
    "hall_closed",
    "after_last_ticket",
    "daily_cap",
    "wait_past_closing",
    "numbers_exhausted",
    "not_from_home",
    "home_cap",
    "challenge",
    "key_reused",
    "sign_in",
    "not_allowed",
    "cross_site",
)


BY_TOKEN = {"parameters": {"token": "$response.body#/token"}}


class Tickets:
    """The routes of tickets. `proved` judges solutions of the task against robots, `glance` tells waits."""

    def __init__(self, holders: Holders, proved: Proved, glance: Glance) -> None:
        self._holders, self._proved, self._glance = holders, proved, glance
        self._away = AwayTickets(holders)

    def routes(self) -> list[BaseRoute]:
        token, hall = "/api/v1/tickets/{token}", "/api/v1/halls/{hall}/tickets"
        return [
            *self._away.routes(),
            json_route(
                "POST",
                hall,
                self.issue,
                body=NewTicket,
                answer=TicketTaken,
                status=201,
                public=True,
                summary="Take a number",
                refusals=ISSUE_REFUSALS,
                links={
                    "get_tickets_token": BY_TOKEN,
                    "delete_tickets_token": BY_TOKEN,
                    "delete_halls_hall_tickets_ticket": {
                        "parameters": {"hall": "$request.path.hall", "ticket": "$response.body#/id"}
                    },
                },
            ),
            json_route(
                "DELETE",
                hall + "/{ticket}",
                self.remove,
                answer=TicketLeft,
                right="tickets.manage",
                summary="Remove somebody from the queue",
                refusals=("unknown_ticket", "wrong_state"),
            ),
            json_route(
                "GET",
                token,
                self.show,
                answer=TicketView,
                public=True,
                throttle="public",
                summary="Follow a number by its token",
                refusals=("unknown_ticket",),
            ),
            json_route(
                "GET",
                hall + "/{ticket}/person",
                self.person,
                answer=PersonCard,
                right="counter.work",
                summary="Who somebody in the queue is, and what they or the reception noted",
                refusals=("unknown_ticket",),
            ),
            json_route(
                "DELETE",
                token,
                self.leave,
                answer=TicketLeft,
                public=True,
                throttle="public",
                summary="Leave the queue",
                refusals=("unknown_ticket", "wrong_state", "key_reused"),
            ),
            json_route(
                "POST",
                token + "/let-pass",
                self.let_pass,
                body=LetPassIn,
                answer=Passed,
                public=True,
                throttle="public",
                summary="Let people go first",
                refusals=(
                    "unknown_ticket",
                    "wrong_state",
                    "let_pass_not_offered",
                    "let_pass_spent",
                    "nobody_behind",
                    "key_reused",
                ),
            ),
        ]

    async def issue(self, call: Call, body: NewTicket) -> TicketTaken:
        """Give a number."""
        hall = call.param("hall")
        state = hall_of(call, hall)
        channel = _channel(call, state.setup, body)
        segment = _segment(call.principal, state.setup, body.segment)
        if body.client is not None:
            await recognise(call, state.setup, body.client)
            segment = KEY_CLIENT
        language = body.language or state.setup.languages[0]
        if language not in state.setup.languages:
            raise Problem("invalid", {"field": "language"})
        ticket, token, given = _named(call, body)
        if given and (again := await self._again(call, state, ticket, token)) is not None:
            return again
        private = _private(call, state.setup, body)
        guard = self._proved_at_home(call, state.setup, body) if channel == "web" else None
        now, known = call.site.clock.now(), state.setup.service(body.service)
        outlook = self._glance.of(state, now).for_arrival(body.service, segment) if known else None
        command = IssueTicket(
            ticket=ticket,
            service=body.service,
            segment=segment,
            language=language,
            channel=channel,
            holder=token_hash(token),
            expected=outlook.expected if outlook is not None else None,
            device=call.principal.id if call.principal.kind == "device" else None,
            person=private.id if private is not None else None,
            also=tuple(dict.fromkeys(body.also)),
        )

        answer = await order(call, hall, command, on_record(ticket), private=private, guard=guard)
        if answer.replayed and not given:
            token = call.site.vault.token("ticket", answer.body["id"])
        return self.taken(call, answer.body, answer.state, token)

    def taken(self, call: Call, given: dict[str, Any], state: Queue, token: str) -> TicketTaken:
        """What the holder is told: on record is only what is no secret and does not change."""
        taken: TicketTaken = {**given, "token": token, "ahead": 0, "url": ticket_address(call, token)}  # type: ignore[typeddict-item]
        ticket = state.tickets.get(given["id"])
        if ticket is not None and ticket.state == "waiting":
            outlook = self._glance.of(state, call.site.clock.now()).for_ticket(ticket)
            taken["ahead"] = outlook.ahead
            if (estimate := wait_range(outlook)) is not None:
                taken["estimate"] = estimate
        return taken

    def _proved_at_home(self, call: Call, setup: Hall, body: NewTicket) -> Guard | None:
        """Keeps robots away where the hall does so from bookings; raises Problem.

        A browser that can solve no task may still join, but few from one network.
        """
        if setup.bookings is None or not setup.bookings.challenge:
            return None
        if not body.challenge:
            call.slow_down("join")
            return None
        task = self._proved(call, setup.id, body.challenge)
        if task is None:
            raise Problem("challenge")
        return spending(task)

    async def _again(self, call: Call, state: Queue, ticket: str, token: str) -> TicketTaken | None:
        """A ticket that a device asks for a second time; None for a new one.

        Raises Problem where another visit has its id or token, or it is of a day that is over.
        """
        known = state.tickets.get(ticket)
        if known is not None and state.ends is not None and call.site.clock.now() < state.ends:
            if known.holder != token_hash(token):
                raise Problem("key_reused")
            return self.taken(call, on_record(ticket)(state, ()), state, token)
        if await self._holders.named(ticket, token):
            raise Problem("key_reused")
        return None

    async def let_pass(self, call: Call, body: LetPassIn) -> Passed:
        """The holder lets others go first."""
        held = await self._holders.find(call.param("token"))
        if held is None:
            raise Problem("unknown_ticket")
        answer = await order(call, held.hall, LetPass(held.ticket, body.people), nothing)
        state = answer.state
        ticket = state.tickets.get(held.ticket)
        if ticket is None or ticket.state != "waiting":
            return {"ahead": 0, "let_pass": 0}
        ahead = self._glance.of(state, call.site.clock.now()).for_ticket(ticket).ahead
        return {"ahead": ahead, "let_pass": max(0, state.setup.conduct.let_pass - ticket.let_pass)}

    async def show(self, call: Call, _body: None) -> TicketView:
        """A ticket as its holder sees it, also long after it ended."""
        view = await shown(call, self._holders, self._glance, call.param("token"))
        if view is None:
            raise Problem("unknown_ticket")
        return view

    async def person(self, call: Call, _body: None) -> PersonCard:
        """Whoever has been erased is not known any more."""
        ticket = hall_of(call, call.param("hall")).tickets.get(call.param("ticket"))
        if ticket is None:
            raise Problem("unknown_ticket")
        id, vault = ticket.person, call.site.vault
        if id is None:
            return {}
        known: Mapping[str, str] | None = await call.site.read(lambda conn: read_person(conn, vault, id))
        return person_card(known or {})

    async def leave(self, call: Call, _body: None) -> dict[str, Any]:
        """The holder leaves the queue."""
        held = await self._holders.find(call.param("token"))
        if held is None:
            raise Problem("unknown_ticket")
        return await cancel(call, held.hall, held.ticket, by_staff=False)

    async def remove(self, call: Call, _body: None) -> dict[str, Any]:
        """Staff take somebody out of the queue."""
        return await cancel(call, call.param("hall"), call.param("ticket"), by_staff=True)


def _named(call: Call, body: NewTicket) -> tuple[str, str, bool]:
    """Id and token of a ticket to be, and whether a device gave them; raises Problem for others who do."""
    if body.id is None and body.token is None:
        ticket = uuid7().hex
        return ticket, call.site.vault.token("ticket", ticket), False
    if call.principal.kind != "device":
        raise Problem("sign_in" if call.principal.kind == "anonymous" else "not_allowed")
    if body.id is None or body.token is None:
        raise Problem("invalid", {"field": "token" if body.token is None else "id"})
    return body.id, body.token, True


def on_record(ticket: str) -> Callable[[Queue, Sequence[Recorded]], dict[str, Any]]:
    """What an answer says of a ticket just given that is no secret and does not change."""

    def reply(after: Queue, _events: Sequence[Recorded]) -> dict[str, Any]:
        given = after.tickets[ticket]
        return {
            "id": ticket,
            "number": given.number,
            "service": given.service,
            "issued_at": instant(given.issued),
        }

    return reply


async def cancel(call: Call, hall: str, ticket: str, *, by_staff: bool) -> dict[str, Any]:
    """Cancel a ticket; raises Problem."""
    answer = await order(call, hall, CancelTicket(ticket, by_staff), nothing)
    kept = answer.state.tickets.get(ticket)
    return {"state": kept.state if kept is not None else "cancelled"}


async def shown(call: Call, holders: Holders, glance: Glance, token: str) -> TicketView | None:
    """The view of a ticket: from the state while its day lasts, from its row afterwards."""
    held = await holders.find(token)
    if held is None:
        return None
    state = hall_of(call, held.hall)
    now = call.site.clock.now()
    if held.ticket in state.tickets:
        return status.ticket(state, held.ticket, now, glance.of)
    row = await holders.row(token)
    return None if row is None else status.past_ticket(state, row, now)


def ticket_address(call: Call, token: str) -> str:
    """The address of a ticket's page, as people reach the server."""
    return address(call, f"/t/{token}")


def _channel(call: Call, setup: Hall, body: NewTicket) -> Channel:
    """How the person came; raises Problem for somebody who may take no number this way."""
    who = call.principal
    if who.kind == "anonymous":
        if body.channel is not None:
            raise Problem("sign_in")
        if not setup.conduct.join_from_home:
            raise Problem("sign_in")
        call.slow_down("public")
        return "web"
    call.require("tickets.issue")
    if who.kind == "device":
        if body.channel is not None:
            raise Problem("not_allowed")
        return "kiosk"
    return body.channel or "reception"


def person_card(known: Mapping[str, str]) -> PersonCard:
    """What those at a counter must know of somebody: no address, no number."""
    card: PersonCard = {}
    if known.get("name"):
        card["name"] = known["name"]
    if known.get("note"):
        card["note"] = known["note"]
    if known.get("need"):
        card["needs"] = known["need"].split(",")
    return card


def _private(call: Call, setup: Hall, body: NewTicket) -> Private | None:
    """The phone of the person, and what staff say of them; raises Problem for others, who may not."""
    who = call.principal
    if who.kind != "staff" and (body.name or body.note or body.also):
        raise Problem("not_allowed" if who.kind == "device" else "sign_in")
    fields = contact.kept({"name": body.name, "note": body.note})
    if body.phone:
        number = written(body.phone, country_of(setup)) if call.site.settings.sms_url else None
        if number is None:
            raise Problem("invalid", {"field": "phone"})
        fields[TURN_PHONE] = number
    return Private(uuid7().hex, fields) if fields else None


def _segment(who: Principal, setup: Hall, asked: str | None) -> str:
    """The segment of a person; one that the caller may not give counts as unknown."""
    if asked is None or asked == WALK_IN:
        return WALK_IN
    segment = setup.segment(asked)
    given = ("kiosk", "staff") if who.kind == "staff" else ("kiosk",)
    if segment is None or segment.offered not in given:
        raise Problem("unknown_segment")
    return asked

"""Bookings over JSON: what everybody may do, by the token of a booking or without any."""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from hmac import compare_digest
from typing import Any

from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.codes import PROOF
from qms.booking.firsts import Firsts, offered_at
from qms.booking.http import models as m
from qms.booking.http.asked import days_asked, wanted_asked
from qms.booking.rules import free
from qms.booking.rules.period import barred
from qms.booking.views import BookingView
from qms.halls.rules import hours
from qms.kernel.clock import instant
from qms.web.edge import Call, address, json_route
from qms.web.problems import Problem
from qms.web.throttle import network

TIMES = ("unknown_service", "service_not_bookable", "together_not_allowed", "booking_closed")
TAKING = (
    *TIMES,
    "not_eligible",
    "too_soon",
    "too_far",
    "not_a_time",
    "hall_closed",
    "time_taken",
    "share_taken",
    "challenge",
    "key_reused",
)
ENDED = ("unknown_booking", "wrong_state", "key_reused")
BY_TOKEN = {"parameters": {"token": "$response.body#/token"}}
MOST_DAYS = 62
"""Days in one answer."""
_text = lru_cache(maxsize=16_384)(instant)
"""The hours of a calendar are told again and again, each hall's alike."""
Proved = Callable[[Call, str, str | None], str | None]
"""The task given out for a hall whose solution came with a request; none where it is no solution."""


class Bookings:
    """The routes of people who book. `proved` judges solutions of the challenge, `firsts` knows first free times."""

    def __init__(self, acts: Acts, proved: Proved, firsts: Firsts) -> None:
        self._acts, self._proved, self._firsts = acts, proved, firsts

    def routes(self) -> list[BaseRoute]:
        hall, token = "/api/v1/halls/{hall}", "/api/v1/bookings/{token}"
        throttled: dict[str, Any] = {"public": True, "throttle": "public"}
        return [
            json_route(
                "GET",
                hall + "/slots",
                self.slots,
                answer=m.Slots,
                summary="Free times by day",
                query={"service": "string", "count": "string", "from": "string", "to": "string"},
                refusals=("invalid", *TIMES),
                **throttled,
            ),
            json_route(
                "GET",
                hall + "/first-free",
                self.first_free,
                answer=m.FirstFree,
                summary="The first free time, at most a minute old",
                query={"service": "string"},
                refusals=("invalid", *TIMES),
                **throttled,
            ),
            json_route(
                "POST",
                hall + "/bookings",
                self.hold,
                body=m.NewBooking,
                answer=m.BookingHeld,
                status=201,
                summary="Set a time aside",
                refusals=TAKING,
                links={
                    "get_bookings_token": BY_TOKEN,
                    "post_bookings_token_confirm": BY_TOKEN,
                    "delete_bookings_token": BY_TOKEN,
                },
                **throttled,
            ),
            json_route(
                "POST",
                hall + "/wishes",
                self.wish,
                body=m.WishIn,
                answer=m.WishMade,
                status=201,
                summary="Be told of an earlier time",
                refusals=(
                    "no_waiting_list",
                    "service_not_bookable",
                    "contact",
                    "limit_contact",
                    "invalid",
                    *ENDED,
                ),
                links={"delete_wishes_token": BY_TOKEN},
                **throttled,
            ),
            json_route(
                "DELETE",
                "/api/v1/wishes/{token}",
                self.unwish,
                answer=m.Gone,
                summary="Leave the waiting list",
                **throttled,
            ),
            json_route(
                "GET",
                token,
                self.show,
                answer=BookingView,
                summary="A booking by its token",
                refusals=("unknown_booking",),
                **throttled,
            ),
            json_route(
                "POST",
                token + "/confirm",
                self.confirm,
                body=m.ConfirmIn,
                answer=BookingView,
                summary="Give contact data for a held time",
                refusals=(
                    "contact",
                    "rules_not_accepted",
                    "hold_over",
                    "limit_day",
                    "limit_contact",
                    "limit_made",
                    *ENDED,
                ),
                **throttled,
            ),
            json_route(
                "POST",
                token + "/prove",
                self.prove,
                body=m.ProofIn,
                answer=BookingView,
                summary="Confirm by the link in the message",
                refusals=("hold_over", *ENDED),
                **throttled,
            ),
            json_route(
                "PATCH",
                token,
                self.move,
                body=m.MoveIn,
                answer=BookingView,
                summary="Move a booking",
                refusals=("too_late", "invalid", "limit_day", "limit_moves", *TAKING, *ENDED),
                **throttled,
            ),
            json_route(
                "DELETE",
                token,
                self.cancel,
                answer=BookingView,
                summary="Cancel a booking",
                refusals=("too_late", *ENDED),
                **throttled,
            ),
        ]

    async def slots(self, call: Call, _body: None) -> dict[str, Any]:
        """Free times."""
        hall, wanted = call.param("hall"), wanted_asked(call)
        room, now = self._acts.room(hall), call.site.clock.now()
        if code := barred(room.setup, wanted, public=True):
            raise Problem(code)
        today = hours.day_of(room.setup, now)
        first, last = days_asked(call, today, today + timedelta(days=MOST_DAYS - 1))
        days = await self._acts.days.free(
            call, hall, wanted, first, min(last, first + timedelta(days=MOST_DAYS - 1))
        )
        found = {day.isoformat(): [_text(at) for at in times] for day, times in days.items()}
        answer: dict[str, Any] = {"days": found, "minutes": free.length(room.setup, wanted)}
        if not found:
            answer["why"] = "nothing_free"
        return answer

    async def first_free(self, call: Call, _body: None) -> dict[str, Any]:
        """The first free time of one service."""
        hall, wanted = call.param("hall"), wanted_asked(call)
        if len(wanted) > 1 or wanted[0].count > 1:
            raise Problem("invalid", {"field": "service"})
        start = await self._firsts.first(call, hall, wanted[0].service)
        answer: dict[str, Any] = {"url": address(call, offered_at(hall, wanted[0].service))}
        if start is not None:
            setup = self._acts.room(hall).setup
            days = hours.day_of(setup, start) - hours.day_of(setup, call.site.clock.now())
            answer |= {"start": instant(start), "in_days": days.days}
        return answer

    async def hold(self, call: Call, body: m.NewBooking) -> dict[str, Any]:
        """Set a time aside."""
        hall = call.param("hall")
        settings = self._acts.room(hall).setup.bookings
        if settings is None:
            raise Problem("booking_closed")
        task = self._proved(call, hall, body.challenge) if settings.challenge else None
        if settings.challenge and body.challenge is not None and task is None:
            raise Problem("challenge")
        held = await self._acts.hold(
            call,
            hall,
            m.wanted(body.services),
            body.start,
            language=body.language or "",
            proved=task is not None or not settings.challenge,
            task=task,
            eligible=body.eligible,
        )
        return {**held.view, "token": held.token}

    async def wish(self, call: Call, body: m.WishIn) -> dict[str, Any]:
        """Join the waiting list."""
        instead = None if body.booking is None else await self._acts.row(call, body.booking)
        token = await self._acts.wish(
            call,
            call.param("hall"),
            m.wanted(body.services),
            body.first,
            body.last,
            language=body.language or "",
            fields=body.fields,
            instead_of=instead,
        )
        return {"token": token}

    async def unwish(self, call: Call, _body: None) -> dict[str, Any]:
        """Leave the waiting list."""
        await self._acts.unwish(call, call.param("token"))
        return {}

    async def show(self, call: Call, _body: None) -> BookingView:
        """A booking."""
        return await self._acts.view(call, await self._acts.row(call, call.param("token")))

    async def confirm(self, call: Call, body: m.ConfirmIn) -> BookingView:
        """Contact data."""
        row = await self._acts.row(call, call.param("token"))
        return await self._acts.confirm(call, row, body.fields, body.accepted)

    async def prove(self, call: Call, body: m.ProofIn) -> BookingView:
        """The proof that a message was read."""
        row = await self._acts.row(call, call.param("token"))
        expected = call.site.vault.token(PROOF, row["id"])
        if not compare_digest(expected, body.proof):
            client = call.request.client
            call.site.throttle.check("code", network(client.host if client else None))
            raise Problem("unknown_booking")
        return await self._acts.prove(call, row)

    async def move(self, call: Call, body: m.MoveIn) -> BookingView:
        """Another time."""
        row = await self._acts.row(call, call.param("token"))
        return await self._acts.move(call, row, body.start)

    async def cancel(self, call: Call, _body: None) -> BookingView:
        """Give it up."""
        return await self._acts.cancel(call, await self._acts.row(call, call.param("token")))

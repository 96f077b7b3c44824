"""Halls: the list, one hall, its queues, its log, closing it suddenly."""

from itertools import islice
from typing import Any

import orjson
from starlette.routing import BaseRoute

from qms.ledger.reader import rows_after
from qms.queue.forecasts import Glance
from qms.queue.http import models as m
from qms.queue.http.desk import hall_of, order
from qms.queue.rules.commands import ResumeHall, SuspendHall
from qms.queue.rules.shown import QueueView
from qms.queue.views import card, status
from qms.queue.views.hall import hall_state
from qms.web.edge import Call, json_route, nothing
from qms.web.problems import Problem
from qms.web.wire import Nothing

PAGE = 500
"""Events in one answer."""

FIRST = {"parameters": {"hall": "$response.body#/halls/0/id"}}
SAME = {"parameters": {"hall": "$request.path.hall"}}
COUNTER = {"parameters": {"counter": "{$request.path.hall}.{$response.body#/counters/0/id}"}}
"""How the first hall of the list, the hall in the path, and that hall's first counter are addressed."""


def routes(glance: Glance) -> list[BaseRoute]:
    """The routes of halls; `glance` tells waits."""
    hall = "/api/v1/halls/{hall}"

    async def queues(call: Call, _body: None) -> QueueView:
        """What the live view `queue` shows."""
        state, now = hall_of(call, call.param("hall")), call.site.clock.now()
        return status.queue(state, now, glance.of)

    return [
        json_route(
            "GET",
            "/api/v1/halls",
            halls,
            answer=m.HallList,
            public=True,
            summary="All halls",
            links=dict.fromkeys(("get_halls_hall", "get_halls_hall_queues"), FIRST),
        ),
        json_route(
            "GET",
            hall,
            one,
            answer=m.HallCard,
            public=True,
            summary="One hall",
            links={"post_halls_hall_tickets": SAME, "post_counters_counter_open": COUNTER},
        ),
        json_route(
            "GET", hall + "/queues", queues, answer=QueueView, public=True, summary="A hall's queues now"
        ),
        json_route(
            "POST",
            hall + "/suspend",
            suspend,
            body=m.SuspendIn,
            answer=m.HallStands,
            right="hall.run",
            summary="Close the hall suddenly; tickets stay",
            refusals=("key_reused",),
        ),
        json_route(
            "POST",
            hall + "/resume",
            resume,
            body=Nothing,
            answer=m.HallStands,
            right="hall.run",
            summary="Reopen the hall",
            refusals=("key_reused",),
        ),
        json_route(
            "GET",
            hall + "/events",
            events,
            answer=m.Log,
            right="hall.watch",
            query={"after": "integer"},
            summary="The hall's log",
        ),
    ]


async def halls(call: Call, _body: None) -> dict[str, Any]:
    """All halls that are served."""
    states = (call.site.writer.state(hall) for hall in call.site.writer.halls())
    return {"halls": [card.name_card(s.setup) for s in states if s is not None and s.hall is not None]}


async def one(call: Call, _body: None) -> dict[str, Any]:
    """One hall's set-up."""
    sms = bool(call.site.settings.sms_url)
    return card.hall_card(hall_of(call, call.param("hall")), call.site.clock.now(), sms=sms)


async def suspend(call: Call, body: m.SuspendIn) -> dict[str, Any]:
    """No new tickets, no calls; those who wait keep their places."""
    hall = call.param("hall")
    answer = await order(call, hall, SuspendHall(body.reason), nothing)
    return {"state": hall_state(answer.state, call.site.clock.now())}


async def resume(call: Call, _body: Nothing) -> dict[str, Any]:
    """As before."""
    hall = call.param("hall")
    answer = await order(call, hall, ResumeHall(), nothing)
    return {"state": hall_state(answer.state, call.site.clock.now())}


async def events(call: Call, _body: None) -> dict[str, Any]:
    """The log after a number, as it is on record."""
    hall, asked = call.param("hall"), call.request.query_params.get("after", "0")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 15:
        raise Problem("invalid", {"field": "after"})
    after = int(asked)
    rows = await call.site.read(
        lambda conn: list(islice(rows_after(conn, hall, after, after + PAGE), PAGE))
    )
    shown = ("seq", "at", "day", "type", "version", "actor", "correlation")
    found = [{name: row[name] for name in shown} | {"body": orjson.Fragment(row["body"])} for row in rows]
    return {"events": found, "next": rows[-1]["seq"] if rows else after}

"""Acts at a counter: one route each, `POST /api/v1/counters/{hall}.{counter}/{act}`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute

from qms.kernel.event import Command, Recorded
from qms.queue.http import models as m
from qms.queue.http.desk import hall_of, order
from qms.queue.rules import commands as c
from qms.queue.rules.shown import DeskAnswer
from qms.queue.rules.state import Queue
from qms.queue.views.desk import desk_answer
from qms.web.edge import Call, Handler, json_route
from qms.web.wire import Nothing, Wire


@dataclass(frozen=True, slots=True)
class Seat:
    """Who acts at which counter. `by` is None for those who may act for others."""

    counter: str
    me: str
    by: str | None
    may_pick: bool


@dataclass(frozen=True, slots=True)
class Act:
    """One act: what it is given, which command it makes, which refusals belong to it."""

    summary: str
    body: type[Wire]
    command: Callable[[Seat, Any], Command]
    refusals: Sequence[str] = ()


MANNED = ("counter_not_open", "counter_taken")
HELD = ("not_at_counter", "unknown_ticket", *MANNED)
CALLS = ("hall_suspended", "counter_busy", "counter_retired", "not_served_here")

ACTS: Mapping[str, Act] = {
    "open": Act(
        "Sign on, come back from a break, or change the services taken",
        m.OpenIn,
        lambda s, b: c.OpenCounter(
            s.counter, s.me, None if b.profile is None else tuple(b.profile.items())
        ),
        ("counter_retired", "counter_taken", "counter_busy", "not_served_here"),
    ),
    "pause": Act(
        "Take a break",
        m.PauseIn,
        lambda s, b: c.PauseCounter(s.counter, s.by, b.reason, b.until),
        ("counter_busy", *MANNED),
    ),
    "close": Act(
        "Sign off",
        Nothing,
        lambda s, _: c.CloseCounter(s.counter, s.by),
        ("counter_busy", "counter_taken"),
    ),
    "next": Act(
        "Call the next person, or a chosen one",
        m.NextIn,
        lambda s, b: c.CallNext(s.counter, s.by, b.current, b.ticket, s.may_pick),
        ("nobody_waiting", "pick_not_allowed", "not_waiting", "not_started", *HELD, *CALLS),
    ),
    "recall": Act(
        "Call the same person again",
        m.TicketIn,
        lambda s, b: c.Recall(s.counter, s.by, b.ticket),
        ("already_started", "calls_spent", *HELD),
    ),
    "start": Act(
        "The person has come",
        m.TicketIn,
        lambda s, b: c.Start(s.counter, s.by, b.ticket),
        ("already_started", *HELD),
    ),
    "finish": Act(
        "Service ends",
        m.FinishIn,
        lambda s, b: c.Finish(s.counter, s.by, b.ticket, b.outcome, b.service),
        ("not_started", "unknown_service", *HELD),
    ),
    "no-show": Act(
        "The person did not come",
        m.TicketIn,
        lambda s, b: c.NoShow(s.counter, s.by, b.ticket),
        ("already_started", *HELD),
    ),
    "requeue": Act(
        "Send an absent person back to waiting",
        m.TicketIn,
        lambda s, b: c.Requeue(s.counter, s.by, b.ticket),
        ("already_started", "wrong_state", "calls_spent", *HELD),
    ),
    "park": Act(
        "Set the person aside for later",
        m.ParkIn,
        lambda s, b: c.Park(s.counter, s.by, b.ticket, b.reason),
        ("not_started", *HELD),
    ),
    "resume": Act(
        "Call a parked person",
        m.TicketIn,
        lambda s, b: c.Resume(s.counter, s.by, b.ticket),
        ("not_parked", "hall_suspended", "counter_busy", "counter_retired", "unknown_ticket", *MANNED),
    ),
    "transfer": Act(
        "Hand the person over",
        m.TransferIn,
        lambda s, b: c.Transfer(s.counter, s.by, b.ticket, b.service, b.counter),
        ("same_place", "not_started", "unknown_service", "not_served_here", *HELD),
    ),
    "undo": Act(
        "Take back the last act",
        m.TicketIn,
        lambda s, b: c.Undo(s.counter, s.by, b.ticket),
        ("cannot_undo", *MANNED),
    ),
}


HERE = {"parameters": {"counter": "$request.path.counter"}}
UPON = HERE | {"requestBody": {"ticket": "$response.body#/counter/ticket"}}
AFTER: Mapping[str, Sequence[str]] = {
    "open": ("next", "pause", "close"),
    "next": ("recall", "start", "no-show", "requeue", "park", "undo"),
    "resume": ("start", "no-show"),
    "start": ("finish", "park", "undo"),
    "finish": ("next",),
    "no-show": ("next",),
}
"""What may be done next: at the counter, or to the ticket that an act brought there."""


def routes() -> list[BaseRoute]:
    """All acts."""
    return [
        json_route(
            "POST",
            "/api/v1/counters/{counter}/" + name,
            _handler(act),
            body=act.body,
            answer=DeskAnswer,
            right="counter.work",
            summary=act.summary,
            refusals=("unknown_counter", "key_reused", *act.refusals),
            links={
                f"post_counters_counter_{then.replace('-', '_')}": UPON
                if "ticket" in _fields(then)
                else HERE
                for then in AFTER.get(name, ())
            },
        )
        for name, act in ACTS.items()
    ]


def _fields(act: str) -> set[str]:
    """What an act must be told."""
    return {name for name, field in ACTS[act].body.model_fields.items() if field.is_required()}


def _handler(act: Act) -> Handler:
    async def handle(call: Call, body: Any) -> dict[str, Any]:
        hall, _, counter = call.param("counter").partition(".")
        hall_of(call, hall)
        command = act.command(_seat(call, counter), body)

        def reply(state: Queue, _events: Sequence[Recorded]) -> dict[str, Any]:
            return dict(desk_answer(state, counter))

        return (await order(call, hall, command, reply, fresh=counter)).body

    return handle


def _seat(call: Call, counter: str) -> Seat:
    who = call.principal
    assert call.place is not None  # the route asks for a right at the hall
    by = None if who.may("hall.run", call.place) else who.id
    return Seat(counter, who.id, by, who.may("counter.pick", call.place))

"""The queue's views as the hub offers them: who may watch, and what concerns whom."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from qms.kernel.event import Recorded
from qms.live.protocol import NOT_ALLOWED, SIGN_IN, UNKNOWN
from qms.live.view import Concern, Query, States, Subject, View
from qms.queue.advice import AdviceOf, unadvised
from qms.queue.forecasts import RolledOf, never
from qms.queue.rules.estimate import Outlooks
from qms.queue.rules.events import TicketCalled, TicketRecalled
from qms.queue.rules.state import Queue
from qms.queue.views import board, desk, manager, status
from qms.queue.views.hall import OutlooksOf
from qms.web.principal import Place, Principal, Right

FindTicket = Callable[[str], Awaitable[tuple[str, str] | None]]
"""A ticket's token to its hall and id."""

CALLS = (TicketCalled, TicketRecalled)
FORECAST = frozenset({"board", "queue", "ticket", "manager"})
"""Views that tell waits, which change with each roll of the hall."""
MOST_HALLS = 12
"""A board may show so many halls."""


def place_of(state: Queue) -> Place:
    """Where rights at a hall are looked for."""
    office = state.setup.office
    return Place(hall=state.id, office=office.id, organisation=office.organisation)


def offered(
    state_of: Callable[[str], Queue | None],
    find_ticket: FindTicket,
    outlooks_of: OutlooksOf = Outlooks,
    rolled_of: RolledOf = never,
    advice_of: AdviceOf = unadvised,
) -> Sequence[View]:
    """The six views of the queue; `outlooks_of` is what is expected in a hall's state at a moment.

    `rolled_of` and `advice_of` are the latest roll of a hall, and what is proposed there.
    """

    async def halls(query: Query, name: str) -> Subject | int:
        asked = tuple(dict.fromkeys(query.get("hall", ())))
        known = all(_configured(state_of(hall)) for hall in asked)
        return Subject(name, asked) if asked and known and len(asked) <= MOST_HALLS else UNKNOWN

    async def screen(query: Query) -> Subject | int:
        """A board: halls that the address names, or one that a hall has set up, with the halls it adds."""
        chosen, asked = query.get("board", ()), query.get("hall", ())
        if not chosen:
            return await halls(query, "board")
        state = state_of(asked[0]) if len(asked) == 1 and len(chosen) == 1 else None
        part = state.setup.board(chosen[0]) if state is not None and state.hall is not None else None
        if state is None or part is None:
            return UNKNOWN
        others = [other for hall in part.halls if _beside(state, other := state_of(hall))]
        return Subject("board", (state.id, *(o.id for o in others if o is not None))[:MOST_HALLS], part.id)

    async def one_counter(query: Query, name: str) -> Subject | int:
        hall, counter = _single(query, "hall"), _single(query, "counter")
        state = state_of(hall)
        if state is None or state.hall is None or state.hall.counter(counter) is None:
            return UNKNOWN
        return Subject(name, (hall,), counter)

    async def one_hall(query: Query) -> Subject | int:
        hall = _single(query, "hall")
        return Subject("manager", (hall,)) if _configured(state_of(hall)) else UNKNOWN

    def managed(states: States, subject: Subject, now: datetime) -> Mapping[str, Any]:
        (hall,) = subject.halls
        return manager.manager(_only(states), rolled_of(hall), advice_of(hall), now)

    async def one_ticket(query: Query) -> Subject | int:
        found = await find_ticket(_single(query, "token"))
        if found is None:
            return UNKNOWN
        state = state_of(found[0])
        return Subject("ticket", (found[0],), found[1]) if state and found[1] in state.tickets else UNKNOWN

    def with_right(*rights: Right) -> Callable[[Any, Subject], int | None]:
        def allow(principal: Principal, subject: Subject) -> int | None:
            for hall in subject.halls:
                state = state_of(hall)
                if state is None or not any(principal.may(right, place_of(state)) for right in rights):
                    return SIGN_IN if principal.kind == "anonymous" else NOT_ALLOWED
            return None

        return allow

    def for_board(principal: Principal, subject: Subject) -> int | None:
        """A set-up board shows what its own hall chose: a right at that one is enough."""
        first = Subject(subject.view, subject.halls[:1]) if subject.key else subject
        return with_right("view.board", "hall.watch", "counter.work")(principal, first)

    def queue(states: States, _subject: Subject, now: datetime) -> Mapping[str, Any]:
        return status.queue(_only(states), now, outlooks_of)

    def ticket(states: States, subject: Subject, now: datetime) -> Mapping[str, Any] | None:
        """None once a new day has begun: the phone keeps what it saw last."""
        state = _only(states)
        if subject.key not in state.tickets:
            return None
        return status.ticket(state, subject.key, now, outlooks_of)

    def everybody(_principal: Principal, _subject: Subject) -> int | None:
        return None

    return (
        View(
            "board",
            lambda states, subject, now: board.board(states, now, subject.key, outlooks_of),
            for_board,
            screen,
        ),
        View(
            "counter",
            lambda states, subject, _: board.counter(_only(states), subject.key),
            with_right("view.board", "hall.watch", "counter.work"),
            lambda query: one_counter(query, "counter"),
            concerns=_counter_concerns,
        ),
        View(
            "queue",
            queue,
            everybody,
            lambda query: halls(query, "queue"),
            concerns=lambda _, __: Concern.SOON,
            pace=0.5,
            renew=5,
        ),
        View(
            "ticket",
            ticket,
            everybody,
            one_ticket,
            concerns=_ticket_concerns,
            pace=1.0,
            renew=15,
        ),
        View(
            "clerk",
            lambda states, subject, now: desk.clerk(_only(states), subject.key, now),
            with_right("counter.work"),
            lambda query: one_counter(query, "clerk"),
            concerns=_counter_concerns,
            pace=0.2,
            renew=5,
        ),
        View(
            "manager",
            managed,
            with_right("hall.run"),
            one_hall,
            concerns=lambda _, __: Concern.SOON,
            pace=0.5,
            renew=15,
        ),
    )


def is_urgent(events: Sequence[Recorded]) -> bool:
    """Whether somebody was called: boards learn of it at once."""
    return any(isinstance(event.body, CALLS) for event in events)


def _ticket_concerns(subject: Subject, events: Sequence[Recorded]) -> Concern:
    mine = any(getattr(event.body, "ticket", None) == subject.key for event in events)
    return Concern.NOW if mine else Concern.SOON


def _counter_concerns(subject: Subject, events: Sequence[Recorded]) -> Concern:
    mine = any(getattr(event.body, "counter", None) == subject.key for event in events)
    return Concern.NOW if mine else Concern.SOON


def _only(states: States) -> Queue:
    state: Queue = next(iter(states.values()))
    return state


def _beside(state: Queue, other: Queue | None) -> bool:
    """Whether a board of a hall may show another: both belong to one organisation."""
    if other is None or other.hall is None or other.id == state.id:
        return False
    return other.setup.office.organisation == state.setup.office.organisation


def _configured(state: Queue | None) -> bool:
    return state is not None and state.hall is not None


def _single(query: Query, name: str) -> str:
    values = query.get(name, ())
    return values[0] if len(values) == 1 else ""

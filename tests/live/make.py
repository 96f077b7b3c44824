"""Hubs, views that show what they are told, and watchers that note what they are sent."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson
from starlette.requests import HTTPConnection

from qms.kernel.event import Event, Recorded
from qms.live.hub import Hub
from qms.live.pace import Rhythm
from qms.live.protocol import NOT_ALLOWED, SIGN_IN, UNKNOWN
from qms.live.topic import Message, Topic
from qms.live.view import Query, States, Subject, View

HALL = "hall"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class StoppedClock:
    """Business time that stands still unless it is set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Happened(Event):
    """Something happened in a hall."""


def happened(seq: int, hall: str = HALL) -> Recorded:
    return Recorded(hall, seq, NOON, date(2026, 11, 23), "tester", "", Happened())


class Shelf:
    """A view of one hall that shows the hall's state as it is, and counts how often it is computed.

    A state that is an exception is raised. `concern` is what events mean to it. `?who=` in an
    address does not matter; who may watch is told by `let`.
    """

    def __init__(self, name: str = "shelf", pace: float = 0.1, renew: float = 1.0, **more: Any) -> None:
        self.computed: list[float] = []
        self.let: int | None = None
        """The code with which everybody is refused."""
        self.view = View(name, self._compute, self._allow, self._keys, pace=pace, renew=renew, **more)
        self.subject = Subject(name, (HALL,))

    def _compute(self, states: States, subject: Subject, _now: datetime) -> Mapping[str, Any] | None:
        self.computed.append(asyncio.get_running_loop().time())
        state = states[subject.halls[0]]
        if isinstance(state, Exception):
            raise type(state)(*state.args)
        shown: Mapping[str, Any] | None = state
        return shown

    def _allow(self, principal: Any, _subject: Subject) -> int | None:
        refused = {"nobody": SIGN_IN, "somebody else": NOT_ALLOWED}
        return self.let or refused.get(principal)

    async def _keys(self, query: Query) -> Subject | int:
        halls = tuple(query.get("hall", ()))
        return Subject(self.view.name, halls, "".join(query.get("key", ()))) if halls else UNKNOWN


async def who(connection: HTTPConnection) -> str:
    """Whoever the connection says it is."""
    return connection.headers.get("x-who", "somebody")


def hub(*shelves: Shelf, **rhythm: Any) -> Hub:
    """A hub of these views whose one hall is empty."""
    made = Hub(StoppedClock(), speed=20, version="7", rhythm=Rhythm(**rhythm))
    for shelf in shelves:
        made.register(shelf.view)
    made.publish(HALL, {}, seq=0)
    return made


class Noting:
    """A watcher that takes everything at once and notes when."""

    def __init__(self, hub: Hub, subject: Subject, principal: str = "somebody") -> None:
        self.principal: Any = principal
        self.checked = asyncio.get_running_loop().time()
        self.woken: list[float] = []
        self.beaten: list[float] = []
        self.closed: list[int] = []
        self.checks: list[float] = []
        self.revs: list[int] = []
        topic = hub.subscribe(self, subject)
        assert isinstance(topic, Topic)
        self.topic = topic

    def wake(self) -> None:
        self.woken.append(asyncio.get_running_loop().time())
        self.revs.append(self.topic.rev)

    def beat(self) -> None:
        self.beaten.append(asyncio.get_running_loop().time())

    def close(self, code: int) -> None:
        self.closed.append(code)

    async def check(self) -> None:
        self.checked = asyncio.get_running_loop().time()
        self.checks.append(self.checked)


def read(message: Message | None) -> dict[str, Any]:
    """What an ASGI message of ours says."""
    assert message is not None
    said: dict[str, Any] = orjson.loads(message["text"])
    return said

"""One subject that somebody watches: its last state, its revision, and its latest patches."""

from collections import deque
from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol

import orjson

from qms.live.patch import diff, refuse_null
from qms.live.view import Subject, View

Message = MutableMapping[str, Any]
"""An ASGI message. One is shared by all sockets that get it, and never changed."""

KEPT = 8
"""Patches kept for sockets that lag; one further behind is given the full state."""


class Watcher(Protocol):
    """A socket, as far as topics and hub know it."""

    principal: Any
    checked: float
    """Machine time at which its rights were last looked up."""

    def wake(self) -> None:
        """There is something to send."""

    def beat(self) -> None:
        """Send a heartbeat."""

    def close(self, code: int) -> None:
        """Close as soon as may be."""

    async def check(self) -> None:
        """Look up whether its principal may still watch, and close it if not."""


class Topic:
    """What the sockets of one subject have in common. Each change is encoded once for all of them."""

    __slots__ = (
        "at",
        "body",
        "due",
        "patches",
        "phase",
        "rev",
        "state",
        "stream",
        "subject",
        "view",
        "watchers",
    )

    def __init__(
        self, view: View, subject: Subject, stream: str, state: Mapping[str, Any], at: float, phase: float
    ) -> None:
        refuse_null(state, subject.view)
        self.view = view
        self.subject = subject
        self.stream = stream
        self.state = state
        self.rev = 1
        self.at = at
        """Machine time of the last computation."""
        self.phase = phase
        """Where in its pace this topic is published, so that many do not fall on one moment."""
        self.due: float | None = None
        self.body: orjson.Fragment | None = None
        self.patches: deque[Message] = deque(maxlen=KEPT)
        self.watchers: dict[Watcher, None] = {}

    def advance(self, state: Mapping[str, Any], halls: dict[str, int], now: str) -> bool:
        """Take the next state; False where it equals the last one, and nothing is to be sent.

        Raises NullInViewError, and stays as it is, where the view holds None.
        """
        patch = diff(self.state, state)
        if not patch:
            return False
        self.state = state
        self.body = None
        self.rev += 1
        self.patches.append(
            encoded(
                {
                    "type": "patch",
                    "stream": self.stream,
                    "rev": self.rev,
                    "halls": halls,
                    "at": now,
                    "patch": patch,
                }
            )
        )
        return True

    def patch_after(self, rev: int) -> Message | None:
        """The patch that leads on from `rev`; None where it is no longer kept."""
        back = self.rev - rev
        return self.patches[-back] if 0 < back <= len(self.patches) else None

    def full(self, halls: dict[str, int], now: str, speed: float, version: str) -> Message:
        """The state message; the state itself is encoded once a revision."""
        if self.body is None:
            self.body = orjson.Fragment(orjson.dumps(self.state))
        return encoded(
            {
                "type": "state",
                "stream": self.stream,
                "rev": self.rev,
                "halls": halls,
                "at": now,
                "speed": speed,
                "version": version,
                "state": self.body,
            }
        )

    def beat(self, now: str, speed: float) -> Message:
        """The heartbeat."""
        return encoded({"type": "beat", "stream": self.stream, "rev": self.rev, "at": now, "speed": speed})


def encoded(message: Mapping[str, Any]) -> Message:
    """A message of the protocol as the ASGI message that sends it."""
    return {"type": "websocket.send", "text": orjson.dumps(message).decode()}

"""One subject that somebody watches: its last state, its revision, and its latest patches."""

import logging
from collections import deque
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Protocol

import orjson

from qms.kernel.event import Recorded
from qms.live.patch import diff, refuse_null
from qms.live.view import Concern, Subject, View

log = logging.getLogger(__name__)

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
        "failing",
        "halls",
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
        self,
        view: View,
        subject: Subject,
        stream: str,
        state: Mapping[str, Any],
        halls: dict[str, int],
        at: float,
        phase: float,
    ) -> None:
        refuse_null(state, subject.view)
        self.view = view
        self.subject = subject
        self.stream = stream
        self.state = state
        self.halls = halls
        """The sequence number of each hall upon which the state rests."""
        self.rev = 1
        self.at = at
        """Machine time of the last computation."""
        self.phase = phase
        """Where in its pace this topic is published, so that many do not fall on one moment."""
        self.due: float | None = None
        """Machine time at which it is to be computed; None where nothing is known to have happened."""
        self.failing = False
        """Whether the last computation failed, which is logged once and not at each renewal."""
        self.body: orjson.Fragment | None = orjson.Fragment(orjson.dumps(state))
        self.patches: deque[Message] = deque(maxlen=KEPT)
        self.watchers: dict[Watcher, None] = {}

    def concern(self, events: Sequence[Recorded], otherwise: Concern) -> Concern:
        """How far events concern this topic; `otherwise` where its view does not say."""
        if self.view.concerns is None:
            return otherwise
        try:
            return self.view.concerns(self.subject, events)
        except Exception:
            log.exception("view %s cannot say what concerns it", self.subject.view)
            return otherwise

    def advance(self, state: Mapping[str, Any] | None, halls: dict[str, int], now: str) -> bool:
        """Take the next state; False where nothing is to be sent: it equals the last one, or is None.

        Raises what makes a state unfit to be sent (NullInViewError, orjson.JSONEncodeError), and
        then stays as it is.
        """
        if state is None:
            return False
        patch = diff(self.state, state)
        if patch:
            message = {
                "type": "patch",
                "stream": self.stream,
                "rev": self.rev + 1,
                "halls": halls,
                "at": now,
                "patch": patch,
            }
            self.patches.append(encoded(message))
            self.rev += 1
            self.body = None
        self.state = state
        self.halls = halls
        return bool(patch)

    def patch_after(self, rev: int) -> Message | None:
        """The patch that leads on from `rev`; None where it is no longer kept."""
        back = self.rev - rev
        return self.patches[-back] if 0 < back <= len(self.patches) else None

    def full(self, now: str, speed: float, version: str) -> Message:
        """The state message; the state itself is encoded once a revision."""
        if self.body is None:
            self.body = orjson.Fragment(orjson.dumps(self.state))
        return encoded(
            {
                "type": "state",
                "stream": self.stream,
                "rev": self.rev,
                "halls": self.halls,
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
    """A message of the protocol as the ASGI message that sends it, with the frame ready made."""
    payload = orjson.dumps(message)
    return {"type": "websocket.send", "text": payload.decode(), "frame": frame(payload)}


def frame(payload: bytes) -> bytes:
    """A whole text frame from server to client (RFC 6455, section 5.2)."""
    length = len(payload)
    if length < 126:
        return b"\x81" + length.to_bytes(1, "big") + payload
    if length < 65536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload

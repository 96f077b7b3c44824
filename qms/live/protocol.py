"""What travels over a live socket, and the codes with which it closes."""

from typing import Any, Literal, TypedDict

AGAIN = {"type": "again"}
"""All that a client may say: give me the full state."""

SERVER_STOPS = 1012
MALFORMED = 1008
FAILED = 1011
CROWDED = 1013
SIGN_IN = 4401
NOT_ALLOWED = 4403
UNKNOWN = 4404


class StateMessage(TypedDict):
    """The full state: the first message, and the remedy for every doubt.

    `version` is that of the running program: a screen that sees another one than at first
    loads itself anew. `speed` is business seconds per machine second.
    """

    type: Literal["state"]
    stream: str
    rev: int
    halls: dict[str, int]
    at: str
    speed: float
    version: str
    state: dict[str, Any]


class PatchMessage(TypedDict):
    """The change from revision `rev - 1` of the same stream."""

    type: Literal["patch"]
    stream: str
    rev: int
    halls: dict[str, int]
    at: str
    patch: dict[str, Any]


class BeatMessage(TypedDict):
    """A sign of life with business time."""

    type: Literal["beat"]
    stream: str
    rev: int
    at: str
    speed: float


class AgainMessage(TypedDict):
    """A client's wish for the full state."""

    type: Literal["again"]

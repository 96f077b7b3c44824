"""What slices register: a view, who may watch it, and how far an event concerns it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from qms.kernel.event import Recorded


@dataclass(frozen=True, slots=True)
class Subject:
    """What a socket watches: a view of one or more halls, and within them one counter or ticket."""

    view: str
    halls: tuple[str, ...]
    key: str = ""


class Concern(IntEnum):
    """How far events change what a subject shows: not at all, at its own pace, at once."""

    NONE = 0
    SOON = 1
    NOW = 2


Query = Mapping[str, Sequence[str]]
"""Query parameters of the socket's address; a name may stand more than once."""

States = Mapping[str, Any]
"""The latest state of each hall of a subject, by hall."""


@dataclass(frozen=True, slots=True)
class View:
    """One kind of screen.

    `compute` is pure: states of the subject's halls, the subject and business now, to a map
    that holds no None. None in its place means: keep what was shown last (a ticket of yesterday
    on a phone), and at subscription that there is no such subject. `keys` resolves an address to a subject, or to the code with which to close.
    `allow` gives the code with which to close on a principal who may not watch, or None; it is
    asked at subscription and again when rights change. `concerns` lets a view be skipped:
    without it each event counts as SOON, and as NOW where the publisher says that it is urgent.
    """

    name: str
    compute: Callable[[States, Subject, datetime], Mapping[str, Any] | None]
    allow: Callable[[Any, Subject], int | None]
    keys: Callable[[Query], Awaitable[Subject | int]]
    concerns: Callable[[Subject, Sequence[Recorded]], Concern] | None = None
    pace: float = 0.1
    """Machine seconds from one publication to the next; only NOW goes before."""
    renew: float = 1.0
    """Machine seconds after which the view is computed again though nothing happened."""

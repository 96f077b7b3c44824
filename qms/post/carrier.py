"""What every way by which messages go is able to do, and how it says no."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from qms.post.queue import Row

P_contra = TypeVar("P_contra", contravariant=True)


class Unreachable(Exception):  # noqa: N818
    """Nothing was handed over: the other end cannot be reached, or does not let this one in."""


class Refused(Exception):  # noqa: N818
    """The other end will not take this message, now (`lasting` False) or ever."""

    def __init__(self, error: str, lasting: bool) -> None:
        super().__init__(error)
        self.lasting = lasting


class Line(Protocol[P_contra]):
    """An open way, for several messages one after the other."""

    @property
    def is_open(self) -> bool:
        """Whether another message may be tried on it."""
        ...

    async def hand_over(self, message: P_contra, row: Row, at: datetime) -> None:
        """Returns once a message was taken; `row` is its place in the queue, `at` machine time.

        Raises NoAddress, Refused, Unreachable; the last may also mean that it was taken and nobody
        could say so any more.
        """
        ...


class Carrier(Protocol[P_contra]):
    """A way; `channel` is its name in the queue, `name` that in the log, `domain` a part of messages' ids.

    So many messages may be under way `at_once`: where each goes to an end of its own, a slow one is no reason
    for the others to wait.
    """

    @property
    def channel(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def domain(self) -> str: ...

    @property
    def at_once(self) -> int: ...

    def line(self) -> AbstractAsyncContextManager[Line[P_contra]]:
        """Opened for some messages and closed in order at the end. Raises Unreachable."""
        ...

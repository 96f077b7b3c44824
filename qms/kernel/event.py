"""What an event is: a fact of one hall, and its place in that hall's log."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar


class Event:
    """Base of every fact that a slice records; its subclasses are frozen dataclasses.

    The class name is the type on record, `VERSION` the version of its body. A released
    version never changes: a change is a new version with an upcaster beside it.
    """

    __slots__ = ()

    VERSION: ClassVar[int] = 1
    STARTS_FOLD: ClassVar[bool] = False
    """True where the body says all that went before: a fold may begin at it."""


class Command:
    """Base of every wish put to a hall; its subclasses are frozen dataclasses."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the log."""

    hall: str
    seq: int
    at: datetime
    day: date
    actor: str
    correlation: str
    body: Event

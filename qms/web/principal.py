"""Who asks, and what they may do where."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["staff", "device", "anonymous"]
Right = Literal[
    "view.board",
    "tickets.issue",
    "tickets.manage",
    "bookings.manage",
    "counter.work",
    "counter.pick",
    "hall.watch",
    "hall.run",
    "hall.configure",
    "devices.manage",
    "staff.manage",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a right is asked for: a hall, within its office and organisation."""

    hall: str
    office: str
    organisation: str

    @property
    def scopes(self) -> tuple[str, str, str]:
        return (f"hall:{self.hall}", f"office:{self.office}", f"organisation:{self.organisation}")


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in member of staff, a paired device, or anybody.

    `id` is pseudonymous and goes on record. `scopes` gives rights by `hall:…`, `office:…` or
    `organisation:…`. `by_cookie`: known by a cookie, so that other sites' pages must be kept out.
    """

    kind: Kind
    id: str
    scopes: Mapping[str, frozenset[Right]] = field(default_factory=dict)
    name: str = ""
    language: str | None = None
    by_cookie: bool = False
    csrf: str | None = None
    session: str | None = None
    must_change: bool = False
    device_kind: str | None = None
    counter: str | None = None
    board: str | None = None

    def may(self, right: Right, place: Place) -> bool:
        """Whether a grant on the hall, its office or its organisation gives the right."""
        return any(right in self.scopes.get(scope, ()) for scope in place.scopes)

    def may_anywhere(self, right: Right) -> bool:
        """Whether some grant gives the right, wherever it is."""
        return any(right in rights for rights in self.scopes.values())


ANYBODY = Principal("anonymous", "citizen")

"""What every request may use, put together once by `app.py`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from jinja2 import Environment
from sqlalchemy import Connection, Engine
from starlette.requests import HTTPConnection

from qms.kernel.clock import Clock
from qms.ledger.vault import Vault
from qms.ledger.writer import Writer
from qms.live.hub import Hub
from qms.settings import Settings
from qms.web.principal import ANYBODY, Place, Principal
from qms.web.throttle import Throttle

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

Authenticator = Callable[[HTTPConnection], Awaitable[Principal | None]]
"""Says who a connection is by one kind of credential; None where it bears none of that kind."""


Words = Mapping[str, str]
"""One text in several languages."""


@dataclass(frozen=True, slots=True)
class HallNames:
    """What a hall and its parts are called, for pages that know nothing of queues."""

    hall: Words
    office: Words
    counters: Mapping[str, Words]
    """Those in use, in the hall's order."""
    zone: str = "UTC"
    boards: Mapping[str, Words] = field(default_factory=dict)
    """The boards that it has set up."""


def no_names(_hall: str) -> HallNames | None:
    """A server that has not been told any names."""
    return None


@dataclass(frozen=True, slots=True)
class Site:
    """One running server. `place_of` finds the office and organisation of a hall, `names_of` its names."""

    settings: Settings
    clock: Clock
    engine: Engine
    writer: Writer[Any]
    vault: Vault
    hub: Hub
    templates: Environment
    throttle: Throttle
    place_of: Callable[[str], Place | None]
    authenticators: Sequence[Authenticator]
    read: Callable[[Callable[[Connection], Any]], Awaitable[Any]]
    """Runs a question to the database in a thread of its own."""
    names_of: Callable[[str], HallNames | None] = no_names

    async def identify(self, connection: HTTPConnection) -> Principal:
        """Who a connection is, now."""
        for authenticator in self.authenticators:
            principal = await authenticator(connection)
            if principal is not None:
                return principal
        return ANYBODY


def site(connection: HTTPConnection) -> Site:
    """The server that a request came to."""
    return cast(Site, connection.app.state.site)

"""A server of the edge, staff and devices alone: real databases, a toy for the halls behind it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, TypeVar

import pytest
from argon2 import PasswordHasher
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import Connection, Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from qms.devices.http import Devices
from qms.devices.pages.routes import DevicePages
from qms.ledger.orders import LedgerUnavailable
from qms.live.hub import Hub
from qms.settings import ROOT, Settings
from qms.staff import http as staff_http
from qms.staff import writes
from qms.staff.pages.routes import pages
from qms.staff.passwords import Passwords
from qms.staff.rules.roles import Grant
from qms.staff.sessions import Sessions
from qms.staff.sign_in import SignIn
from qms.web.errors import Caught, told
from qms.web.principal import Place
from qms.web.problems import Problem
from qms.web.security import Security
from qms.web.site import HallNames, Site
from qms.web.templates import environment
from qms.web.throttle import Throttle
from tests.ledger.make import VAULT, SetClock, open_hall, serving

T = TypeVar("T")
ORIGIN = "http://hall.test"
PLACES = {
    "ratusz": Place("ratusz", "centrum", "miasto"),
    "wydzial": Place("wydzial", "centrum", "miasto"),
    "gmina": Place("gmina", "lipowo", "miasto"),
    "powiat": Place("powiat", "starostwo", "powiat"),
}
NAMES = {
    "ratusz": HallNames(
        {"pl": "Sala obsługi", "en": "Service hall"},
        {"pl": "Urząd Miasta", "en": "City Hall"},
        {"1": {"pl": "1"}, "kasa": {"pl": "Kasa"}},
        "Europe/Warsaw",
    )
}
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LIMITS = {
    "sign_in_limit": "1000/minute",
    "sign_in_account_limit": "1000/minute",
    "code_limit": "1000/minute",
    "public_limit": "1000/minute",
}


async def keep_numbers(_here: Site, _hall: str, _device: str, _by: str) -> None:
    """Halls of this house know nothing of numbers."""


@dataclass(frozen=True, slots=True)
class House:
    """One running server, and what it is made of."""

    site: Site
    sign_in: SignIn
    devices: Devices
    app: Starlette

    def client(self, host: str = "203.0.113.5", base_url: str = ORIGIN, **more: Any) -> AsyncClient:
        """A browser of its own, on our pages unless it says otherwise."""
        transport = ASGITransport(app=self.app, client=(host, 40_000), raise_app_exceptions=False)
        headers = {"Origin": base_url} | more.pop("headers", {})
        return AsyncClient(transport=transport, base_url=base_url, headers=headers, **more)


@asynccontextmanager
async def house(
    engine: Engine,
    routes: Sequence[BaseRoute] = (),
    hasher: PasswordHasher | None = CHEAP,
    halls: Iterable[str] = PLACES,
    **given: Any,
) -> AsyncIterator[House]:
    """A server of these halls with these settings; `routes` come before its own."""
    settings = Settings(**{**LIMITS, **given})
    async with serving(engine, stock=None) as writer:
        for hall in halls:
            await open_hall(writer, hall=hall)

        def read(question: Callable[[Connection], T]) -> Awaitable[T]:
            def ask() -> T:
                with engine.connect() as conn:
                    return question(conn)

            return asyncio.to_thread(ask)

        sessions, devices = Sessions(settings), Devices(settings, keep_numbers)
        site = Site(
            settings=settings,
            clock=SetClock(),
            engine=engine,
            writer=writer,
            vault=VAULT,
            hub=Hub(SetClock()),
            templates=environment(
                [ROOT / "qms" / "staff" / "pages", ROOT / "qms" / "devices" / "pages"], {}
            ),
            throttle=Throttle(
                {
                    "sign_in": settings.sign_in_limit,
                    "sign_in_account": settings.sign_in_account_limit,
                    "code": settings.code_limit,
                    "public": settings.public_limit,
                }
            ),
            place_of=PLACES.get,
            authenticators=(sessions.authenticate, devices.authenticate),
            read=read,
            names_of=NAMES.get,
        )
        sign_in = SignIn(Passwords(hasher), sessions)
        app = Starlette(
            routes=[
                *routes,
                *staff_http.routes(sign_in),
                *devices.routes(),
                *pages(sign_in),
                *DevicePages(devices).routes(),
            ],
            middleware=[Middleware(Security, site=site), Middleware(Caught)],
            exception_handlers={HTTPException: told, Problem: told, LedgerUnavailable: told},
        )
        app.state.site = site
        yield House(site, sign_in, devices, app)


PASSWORD = "correct horse battery"


async def add_account(
    server: House, name: str, *grants: Grant, password: str = PASSWORD, must_change: bool = False
) -> str:
    """An account with these roles; its id."""
    hashed = await server.sign_in.passwords.hash(password)

    def add(conn: Connection) -> str:
        first, *others = grants
        id = writes.add_account(
            conn, name, name.title(), hashed, first, datetime.now(UTC), must_change=must_change
        )
        assert isinstance(id, str), id
        for grant in others:
            writes.give(conn, id, grant)
        return id

    id: str = await server.site.writer.aside(add)
    return id


async def enter(client: AsyncClient, name: str, password: str = PASSWORD) -> Response:
    """Sign in by JSON."""
    return await client.post("/api/v1/session", json={"name": name, "password": password})


@asynccontextmanager
async def signed_in(
    server: House, *grants: Grant, name: str = "anna", must_change: bool = False
) -> AsyncIterator[AsyncClient]:
    """A browser in which somebody with these roles has signed in."""
    await add_account(server, name, *grants, must_change=must_change)
    async with server.client() as client:
        answer = await enter(client, name)
        assert answer.status_code == 200, answer.text
        yield client


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, module: ModuleType, span: timedelta) -> Iterator[None]:
    """The machine's clock as a module sees it, so much later."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + span

    with monkeypatch.context() as patch:
        patch.setattr(module, "datetime", Later)
        yield

"""The whole server in the test's own loop: a small hall to vary, the shipped ones, and people of every role."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from qms.app import build, running
from qms.cli.work import hall_apply
from qms.devices.rules.kinds import Kind
from qms.halls.rules.model import Conduct, Counter, Hall, Office
from qms.halls.rules.writing import dump
from qms.ledger.chain import check
from qms.queue.rules.state import Queue
from qms.settings import load
from qms.staff.rules.roles import Grant, Role
from tests.app.make import LIMITS, SAME, House, SetClock, device, furnish, put_together, session
from tests.halls.make import segment, service
from tests.queue.make import changed, office

ADDRESS = "http://hall.test"
SMALL = "mala"
PEOPLE: tuple[tuple[str, Role], ...] = (("ann", "clerk"), ("bob", "clerk"), ("sue", "supervisor"))
"""Who works in the small hall."""
DEVICES: tuple[tuple[str, Kind], ...] = (("press", "kiosk"), ("wall", "board"))
"""What stands there."""
NOBODY = "0" * 32
"""The id of no ticket."""


def small(**changes: Any) -> Hall:
    """A hall of the town hall's office, with a service that is shut and a segment of every kind.

    `changes` are fields of the hall or of its conduct.
    """
    conduct = {name: changes.pop(name) for name in list(changes) if name in Conduct.model_fields}
    setup = office(
        id=SMALL,
        office=Office(id="zalesie", names={"pl": "Urząd", "en": "Town hall"}, organisation="zalesie"),
        segments=(
            segment("walk-in", target=30),
            segment("booked", target=10, head=0.5),
            segment("pregnant", offered="kiosk", target=10, head=0.5),
            segment("disabled", offered="staff", target=10, head=0.5),
            segment("guest", offered="never"),
        ),
        **conduct,
    )
    parts: dict[str, Any] = {
        "services": (*setup.services, service("parking", "vehicles", open=False)),
        "counters": (*setup.counters, Counter(id="4", names={"pl": "4"}, services={"parking": 1}, order=9)),
    }
    return changed(setup, **(parts | changes))


@dataclass
class Inside(House):
    """A server that runs here."""

    app: Starlette | None = None

    def client(self, who: str = "anonymous", host: str = "203.0.113.5", **more: Any) -> AsyncClient:
        """A browser, script or device of its own, already somebody's."""
        assert self.app is not None
        transport = ASGITransport(app=self.app, client=(host, 40_000), raise_app_exceptions=False)
        headers = self.headers[who] | more.pop("headers", {})
        return AsyncClient(transport=transport, **({"base_url": ADDRESS} | more), headers=headers)

    async def ask(self, who: str, method: str, path: str, **more: Any) -> Response:
        """One request of somebody."""
        async with self.client(who) as client:
            return await client.request(method, path, **more)

    async def act(self, who: str, act: str, at: str = "1", key: str = "", **body: Any) -> Response:
        """What a clerk does at a counter of the small hall."""
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/api/v1/counters/{SMALL}.{at}/{act}"
        return await self.ask(who, "POST", path, json=body, headers=headers)

    async def done(self, who: str, act: str, at: str = "1", **body: Any) -> dict[str, Any]:
        """The answer to an act that must not be refused."""
        answer = await self.act(who, act, at, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def wish(
        self, who: str = "press", service: str = "id-card", hall: str = SMALL, key: str = "", **body: Any
    ) -> Response:
        """A wish for a number."""
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/api/v1/halls/{hall}/tickets"
        return await self.ask(who, "POST", path, json={"service": service, **body}, headers=headers)

    async def take(self, who: str = "press", service: str = "id-card", **more: Any) -> dict[str, Any]:
        """A number that must be given."""
        answer = await self.wish(who, service, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def called(self, who: str = "ann", counter: str = "1", service: str = "id-card") -> str:
        """A fresh ticket that is called to the counter of a clerk who is there: its id."""
        ticket = await self.take(service=service)
        desk = self.state().desk(counter)
        if desk.state != "open":
            await self.done(who, "open", counter)
        await self.done(who, "next", counter)
        id: str = ticket["id"]
        return id

    async def apply(self, hall: Hall) -> None:
        """Another version of a hall."""
        await hall_apply(self.server, dump(hall))

    def state(self, hall: str = SMALL) -> Queue:
        state: Queue | None = self.server.site.writer.state(hall)
        assert state is not None
        return state

    async def faults(self, hall: str = SMALL) -> list[Any]:
        """What an auditor would find wrong with the log."""
        found: list[Any] = await self.server.site.read(lambda conn: check(conn, hall))
        return found


@asynccontextmanager
async def inside(
    folder: Path,
    *routes: BaseRoute,
    setup: Hall | None = None,
    jobs: bool = False,
    known: Mapping[str, dict[str, str]] | None = None,
    **settings: Any,
) -> AsyncIterator[Inside]:
    """A server that runs; `routes` come before its own. Without `jobs` time alone wakes nothing.

    `known` says that the folder holds halls and people already, and who they are.
    """
    chosen = load(**{**LIMITS, "data": folder, **settings})
    clock = SetClock()
    house = Inside(put_together(chosen, clock), clock)
    async with running(house.server, jobs=jobs):
        house.app = build(house.server, routes)
        if known is None:
            await furnish(house)
            await house.apply(setup or small())
            await people(house)
        else:
            house.headers |= {who: dict(headers) for who, headers in known.items()}
        yield house


async def people(house: Inside) -> None:
    """Sessions and tokens of those who work and stand in the small hall."""
    aside = house.server.site.writer.aside
    for name, role in PEOPLE:
        token = await aside(partial(session, name=name, grant=Grant(role, f"hall:{SMALL}")))
        house.headers[name] = {"Cookie": f"qms_session={token}", **SAME}
    for name, kind in DEVICES:
        token = await aside(partial(device, kind=kind, hall=SMALL))
        house.headers[name] = {"Authorization": f"Bearer {token}"}

"""The whole server over a database of its own: on a free port in a thread, with somebody of every role."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from argon2 import PasswordHasher

from qms.app import Server, assemble, build, running
from qms.cli.serving import config
from qms.cli.work import hall_apply
from qms.devices import writes as devices
from qms.devices.rules.kinds import Kind
from qms.settings import ROOT, Settings, load
from qms.staff import writes as staff
from qms.staff.passwords import Passwords
from qms.staff.rules.roles import Grant, Role
from qms.staff.sign_in import SignIn

TEN = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Warsaw."""
ROLES: Mapping[str, tuple[Role, str]] = {
    "clerk": ("clerk", "hall:ratusz"),
    "supervisor": ("supervisor", "hall:ratusz"),
    "admin": ("admin", "office:zalesie"),
    "stranger": ("admin", "hall:gmina"),
}
"""Members of staff by name; the stranger is an administrator of another hall.

There is an administrator besides who has yet to change the password: `unready`.
"""
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LIMITS = dict.fromkeys(
    ("sign_in_limit", "sign_in_account_limit", "code_limit", "public_limit", "hold_limit", "join_limit"),
    "1000000/minute",
)
SAME = {"Sec-Fetch-Site": "same-origin"}


class SetClock:
    """Business time that stands until it is moved."""

    def __init__(self, at: datetime = TEN) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """A server that is served. `headers` make a request somebody's; nobody's are empty."""

    server: Server
    clock: SetClock
    base: str = ""
    headers: dict[str, dict[str, str]] = field(default_factory=lambda: {"anonymous": {}})


def put_together(settings: Settings, clock: SetClock) -> Server:
    """A server whose passwords cost nothing to check."""
    server = assemble(settings, clock)
    return replace(server, sign_in=SignIn(Passwords(CHEAP), server.sign_in.sessions))


async def furnish(house: House) -> None:
    """Both shipped halls, a session for each role, and a kiosk and a board of the town hall."""
    for name in ("ratusz", "gmina"):
        await hall_apply(house.server, (ROOT / "config" / "halls" / f"{name}.toml").read_text())
    writer = house.server.site.writer
    for name, (role, scope) in ROLES.items():
        token = await writer.aside(partial(session, name=name, grant=Grant(role, scope)))
        house.headers[name] = {"Cookie": f"qms_session={token}", **SAME}
    admin = Grant("admin", "office:zalesie")
    token = await writer.aside(partial(session, name="unready", grant=admin, must_change=True))
    house.headers["unready"] = {"Cookie": f"qms_session={token}", **SAME}
    kinds: tuple[Kind, ...] = ("kiosk", "board")
    for kind in kinds:
        token = await writer.aside(partial(device, kind=kind))
        house.headers[kind] = {"Authorization": f"Bearer {token}"}


def session(conn: Any, name: str, grant: Grant, must_change: bool = False) -> str:
    """The token of a fresh session of somebody with this role."""
    now = datetime.now(UTC)
    id = staff.add_account(conn, name, name, None, grant, now, must_change=must_change)
    assert isinstance(id, str)
    return staff.begin_session(conn, id, "test", now)[0]


def device(conn: Any, kind: Kind, hall: str = "ratusz") -> str:
    """The token of a fresh device."""
    now = datetime.now(UTC)
    _, code = devices.add_device(conn, kind, hall, None, kind, now, timedelta(minutes=1))
    paired = devices.pair(conn, code, now)
    assert paired is not None
    return paired[0]


@contextmanager
def served(folder: Path, **settings: Any) -> Iterator[House]:
    """A house on a free port of this machine."""
    chosen = load(**{**LIMITS, "data": folder, "host": "127.0.0.1", "port": 0, **settings})
    clock = SetClock()
    house = House(put_together(chosen, clock), clock)
    ready, stop = threading.Event(), threading.Event()
    faults: list[BaseException] = []

    async def live() -> None:
        async with running(house.server):
            await furnish(house)
            web = uvicorn.Server(config(chosen, build(house.server)))
            serving = asyncio.create_task(web.serve())
            while not web.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
            house.base = f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}"
            ready.set()
            await asyncio.to_thread(stop.wait)
            web.should_exit = True
            await house.server.site.hub.stop()
            await serving

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as fault:  # told to the test, whose thread this is not
            faults.append(fault)
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(120)
    try:
        if not faults:
            yield house
    finally:
        stop.set()
        thread.join(60)
    if faults:
        raise faults[0]

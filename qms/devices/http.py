"""Pairing: a device shows a short code that an administrator was given, and holds a token from then on."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import structlog
from pydantic import StringConstraints
from sqlalchemy import RowMapping
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.devices import writes
from qms.devices.rules.kinds import RIGHTS, Kind
from qms.devices.rules.kinds import shown as shown_code
from qms.ledger.vault import token_hash
from qms.settings import Settings
from qms.web.edge import Call, json_route, reply
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.site import HallNames, Site, site
from qms.web.wire import Answer, Clean, Label, Name, Wire

log = structlog.get_logger("qms.devices")
REMEMBERED = timedelta(seconds=5)
"""So long a device is trusted without a look at the database: the most by which a revocation is late."""
LONGEST, MANY = 100, 10_000
"""Characters of a token that may be one of ours; devices remembered at a time."""
YEAR = 31_536_000


class Code(Wire):
    """A pairing code as it was typed."""

    code: Annotated[Clean, StringConstraints(min_length=1, max_length=40)]


class NewDevice(Wire):
    """A device to add."""

    kind: Kind
    counter: Name | None = None
    board: Name | None = None
    name: Label


class Paired(Answer):
    """What a device learns of itself."""

    kind: str
    hall: str
    counter: str | None = None
    board: str | None = None


class DeviceAdded(Answer):
    """A new device and the code by which it is paired."""

    id: str
    code: str


class DeviceListed(Answer):
    """A device of the hall."""

    id: str
    kind: str
    name: str
    counter: str | None = None
    board: str | None = None
    paired: bool
    revoked: bool


class DeviceList(Answer):
    """The hall's devices."""

    devices: list[DeviceListed]


Gone = Callable[[Site, str, str, str], Awaitable[None]]
"""What else is to be done once a device of a hall was shut out by somebody."""


class Devices:
    """Resolves device cookies and bearer tokens to principals, and keeps each hall's devices."""

    def __init__(self, settings: Settings, gone: Gone) -> None:
        self._gone = gone
        self._tls = settings.tls
        self.good_for = timedelta(minutes=settings.pairing_minutes)
        self._seen: dict[tuple[str, bool], tuple[Principal | None, datetime]] = {}
        self._forgotten = 0
        self.cookie = "__Host-qms_device" if settings.tls else "qms_device"

    async def authenticate(self, connection: HTTPConnection) -> Principal | None:
        """The paired device behind a connection; a bearer token goes before a cookie."""
        kind, _, bearer = connection.headers.get("authorization", "").partition(" ")
        by_cookie = kind.lower() != "bearer"
        token = connection.cookies.get(self.cookie, "") if by_cookie else bearer.strip()
        if not token or len(token) > LONGEST:
            return None
        key, now = (token_hash(token), by_cookie), datetime.now(UTC)
        known = self._seen.get(key)
        if known is not None and known[1] >= now:
            return known[0]
        forgotten = self._forgotten
        row = await site(connection).read(lambda conn: writes.device_of(conn, token))
        principal = _principal(row, by_cookie=by_cookie) if row else None
        if forgotten == self._forgotten:  # else what was just read may be no longer true
            if len(self._seen) >= MANY:
                self._seen.clear()
            self._seen[key] = (principal, now + REMEMBERED)
        return principal

    def forget(self) -> None:
        """Look every device up anew, after one was shut out."""
        self._forgotten += 1
        self._seen.clear()

    async def add(
        self,
        here: Site,
        who: Principal,
        hall: str,
        kind: Kind,
        name: str,
        counter: str | None,
        board: str | None = None,
    ) -> tuple[str, str]:
        """A new device: its id, and the code by which it is paired once; raises Problem."""
        if (kind == "sign") != (counter is not None):  # a sign hangs over a counter, others do not
            raise Problem("invalid", {"field": "counter"})
        names = here.names_of(hall)
        if counter is not None and names is not None and counter not in names.counters:
            raise Problem("unknown_counter")
        check_board(names, kind, board)
        now = datetime.now(UTC)
        id, code = await here.writer.aside(
            lambda conn: writes.add_device(conn, kind, hall, counter, name, now, self.good_for, board)
        )
        log.info("device added", device=id, hall=hall, kind=kind, by=who.id)
        return id, shown_code(code)

    async def show(self, here: Site, who: Principal, hall: str, id: str, board: str | None) -> RowMapping:
        """Let a screen show another board of the set-up, from its next connection on; raises Problem."""
        row = await self.device(here, hall, id)
        check_board(here.names_of(hall), row["kind"], board)
        await here.writer.aside(lambda conn: writes.show(conn, id, board))
        log.info("board chosen", device=id, hall=hall, by=who.id)
        await self._changed(here, id)
        return row

    async def renew(self, here: Site, who: Principal, hall: str, id: str) -> tuple[RowMapping, str]:
        """A fresh code for a device that is there: whoever holds its token keeps it until it is used."""
        row, now = await self.device(here, hall, id), datetime.now(UTC)
        if row["revoked"]:
            raise Problem("not_found")
        code = await here.writer.aside(lambda conn: writes.renew_code(conn, id, now, self.good_for))
        log.info("device code issued", device=id, hall=hall, by=who.id)
        return row, shown_code(code)

    async def revoke(self, here: Site, who: Principal, hall: str, id: str) -> RowMapping:
        """Shut a device out for good: its sockets are closed."""
        row = await self.device(here, hall, id)
        await here.writer.aside(lambda conn: writes.revoke(conn, id))
        log.info("device shut out", device=id, hall=hall, by=who.id)
        await self._changed(here, id)
        await self._gone(here, hall, id, who.id)
        return row

    async def device(self, here: Site, hall: str, id: str) -> RowMapping:
        """One of a hall's devices; raises Problem `not_found`."""
        rows = await here.read(lambda conn: writes.devices_of(conn, hall))
        row: RowMapping | None = next((row for row in rows if row["id"] == id), None)
        if row is None:
            raise Problem("not_found")
        return row

    async def _changed(self, here: Site, id: str) -> None:
        self.forget()
        await here.hub.recheck(lambda principal: principal.id == id)

    def routes(self) -> list[BaseRoute]:
        return [
            json_route(
                "POST",
                "/api/v1/devices/pair",
                self._pair,
                body=Code,
                answer=Paired,
                public=True,
                throttle="code",
                summary="Pair this device by its code",
                refusals=("code_unknown",),
            ),
            json_route(
                "GET",
                "/api/v1/halls/{hall}/devices",
                self._list,
                answer=DeviceList,
                right="devices.manage",
                summary="The hall's devices",
            ),
            json_route(
                "POST",
                "/api/v1/halls/{hall}/devices",
                self._add,
                body=NewDevice,
                answer=DeviceAdded,
                status=201,
                right="devices.manage",
                summary="Add a device",
                refusals=("unknown_counter", "unknown_board"),
            ),
            json_route(
                "DELETE",
                "/api/v1/halls/{hall}/devices/{device}",
                self._revoke,
                answer=Paired,
                right="devices.manage",
                summary="Shut a device out",
            ),
        ]

    async def _pair(self, call: Call, body: Code) -> Response:
        now = datetime.now(UTC)
        found = await call.site.writer.aside(lambda conn: writes.pair(conn, body.code, now))
        if found is None:
            raise Problem("code_unknown")
        token, row = found
        log.info("device paired", device=row["id"], hall=row["hall"])
        await self._changed(call.site, row["id"])
        response = reply(_told(row))
        response.set_cookie(
            self.cookie, token, max_age=YEAR, httponly=True, secure=self._tls, samesite="lax", path="/"
        )
        return response

    async def _list(self, call: Call, _body: None) -> dict[str, Any]:
        rows = await call.site.read(lambda conn: writes.devices_of(conn, call.param("hall")))
        return {
            "devices": [
                {"id": row["id"], "name": row["name"], "paired": row["paired"] is not None}
                | {"revoked": row["revoked"], **_told(row, hall=False)}
                for row in rows
            ]
        }

    async def _add(self, call: Call, body: NewDevice) -> dict[str, Any]:
        hall, who = call.param("hall"), call.principal
        id, code = await self.add(call.site, who, hall, body.kind, body.name, body.counter, body.board)
        return {"id": id, "code": code}

    async def _revoke(self, call: Call, _body: None) -> dict[str, Any]:
        row = await self.revoke(call.site, call.principal, call.param("hall"), call.param("device"))
        return _told(row)


def check_board(names: HallNames | None, kind: str, board: str | None) -> None:
    """Raises Problem unless a device of that kind may show the board."""
    if board is not None and kind != "board":
        raise Problem("invalid", {"field": "board"})
    if board is not None and names is not None and board not in names.boards:
        raise Problem("unknown_board")


def _principal(row: RowMapping, *, by_cookie: bool) -> Principal:
    kind: Kind = row["kind"]
    return Principal(
        "device",
        row["id"],
        {f"hall:{row['hall']}": RIGHTS[kind]},
        name=row["name"],
        by_cookie=by_cookie,
        device_kind=kind,
        counter=row["counter"],
        board=row["board"],
    )


def _told(row: RowMapping, *, hall: bool = True) -> dict[str, Any]:
    told = {"kind": row["kind"]} | ({"hall": row["hall"]} if hall else {})
    return told | {name: row[name] for name in ("counter", "board") if row[name] is not None}

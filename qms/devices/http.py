"""Pairing: a device shows a short code that an administrator was given, and holds a token from then on."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

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
from qms.web.site import site
from qms.web.wire import Answer, Clean, Name, Wire

REMEMBERED = timedelta(seconds=5)
YEAR = 31_536_000


class Code(Wire):
    """A pairing code as it was typed."""

    code: Annotated[Clean, StringConstraints(min_length=1, max_length=40)]


class NewDevice(Wire):
    """A device to add."""

    kind: Kind
    counter: Name | None = None
    name: Annotated[Clean, StringConstraints(min_length=1, max_length=100)]


class Paired(Answer):
    """What a device learns of itself."""

    kind: str
    hall: str
    counter: str | None = None


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
    paired: bool
    revoked: bool


class DeviceList(Answer):
    """The hall's devices."""

    devices: list[DeviceListed]


class Devices:
    """Resolves device cookies and bearer tokens to principals."""

    def __init__(self, settings: Settings) -> None:
        self._tls = settings.tls
        self._good_for = timedelta(minutes=settings.pairing_minutes)
        self._seen: dict[str, tuple[Principal | None, datetime]] = {}
        self.cookie = "__Host-qms_device" if settings.tls else "qms_device"

    async def authenticate(self, connection: HTTPConnection) -> Principal | None:
        """The paired device behind a connection."""
        bearer = connection.headers.get("authorization", "")
        token = bearer[7:] if bearer.startswith("Bearer ") else connection.cookies.get(self.cookie, "")
        if not token or len(token) > 100:
            return None
        id, now = token_hash(token), datetime.now(UTC)
        known = self._seen.get(id)
        if known is None or known[1] < now:
            row = await site(connection).read(lambda conn: writes.device_of(conn, token))
            if len(self._seen) > 10_000:
                self._seen.clear()
            known = (_principal(row, by_cookie=not bearer) if row else None, now + REMEMBERED)
            self._seen[id] = known
        return known[0]

    def forget(self) -> None:
        """Look every device up anew, after one was shut out."""
        self._seen.clear()

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
        hall, now = call.param("hall"), datetime.now(UTC)
        id, code = await call.site.writer.aside(
            lambda conn: writes.add_device(
                conn, body.kind, hall, body.counter, body.name, now, self._good_for
            )
        )
        return {"id": id, "code": shown_code(code)}

    async def _revoke(self, call: Call, _body: None) -> dict[str, Any]:
        hall, id = call.param("hall"), call.param("device")
        rows = await call.site.read(lambda conn: writes.devices_of(conn, hall))
        row = next((row for row in rows if row["id"] == id), None)
        if row is None:
            raise Problem("not_found")
        await call.site.writer.aside(lambda conn: writes.revoke(conn, id))
        self.forget()
        await call.site.hub.recheck(lambda principal: principal.id == id)
        return _told(row)


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
    )


def _told(row: RowMapping, *, hall: bool = True) -> dict[str, Any]:
    told = {"kind": row["kind"]} | ({"hall": row["hall"]} if hall else {})
    return told if row["counter"] is None else told | {"counter": row["counter"]}

"""The page by which administrators keep a hall's devices."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_time
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.devices import writes
from qms.devices.http import Devices, NewDevice
from qms.devices.pages.told import told
from qms.devices.rules.kinds import RIGHTS
from qms.staff.pages.frame import for_staff, go, named, names, read_as, refusal, route
from qms.web.forms import filled
from qms.web.language import language_of
from qms.web.principal import Principal
from qms.web.problems import Problem
from qms.web.site import site
from qms.web.templates import page

LIST, ONE = "/staff/devices/{hall}", "/staff/devices/{hall}/{device}"


class DevicePages:
    """The pages, about one keeper of devices."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices

    def routes(self) -> list[BaseRoute]:
        return [
            route("GET", LIST, for_staff(self.overview)),
            route("POST", LIST, for_staff(self.add)),
            route("POST", ONE + "/board", for_staff(self.show)),
            route("POST", ONE + "/renew", for_staff(self.renew)),
            route("POST", ONE + "/revoke", for_staff(self.revoke)),
        ]

    async def overview(self, request: Request, who: Principal) -> Response:
        """A hall's devices."""
        return await self._list(request, who)

    async def add(self, request: Request, who: Principal) -> Response:
        """Add a device, and show the code for its screen, this once."""
        hall = _hall(request, who)
        fields = await filled(request)
        typed = {name: value for name, value in fields.items() if value or name not in ("counter", "board")}
        try:
            given = read_as(NewDevice, typed)
            _, code = await self._devices.add(
                site(request), who, hall, given.kind, given.name, given.counter, given.board
            )
        except Problem as problem:
            return await self._list(request, who, typed=fields, **refusal(request, problem))
        return await self._list(request, who, code=code, code_for=given.name)

    async def show(self, request: Request, who: Principal) -> Response:
        """Let a screen show another board."""
        hall = _hall(request, who)
        board = (await filled(request)).get("board") or None
        await self._devices.show(site(request), who, hall, request.path_params["device"], board)
        return go(request, LIST.replace("{hall}", hall))

    async def renew(self, request: Request, who: Principal) -> Response:
        """Show a fresh code for a device, this once."""
        hall = _hall(request, who)
        await filled(request)
        row, code = await self._devices.renew(site(request), who, hall, request.path_params["device"])
        return await self._list(request, who, code=code, code_for=row["name"])

    async def revoke(self, request: Request, who: Principal) -> Response:
        """Shut a device out."""
        hall = _hall(request, who)
        await filled(request)
        await self._devices.revoke(site(request), who, hall, request.path_params["device"])
        return go(request, LIST.replace("{hall}", hall))

    async def _list(self, request: Request, who: Principal, status: int = 200, **values: Any) -> Response:
        hall, language = _hall(request, who), language_of(request)
        rows = await site(request).read(lambda conn: writes.devices_of(conn, hall))
        known = names(request, hall)
        now = datetime.now(UTC)
        shown: dict[str, Any] = {
            "hall": hall,
            "hall_name": named(known.hall, language, hall),
            "address": request.scope.get("root_path", "") + LIST.replace("{hall}", hall),
            "devices": [told(row, known, language, now) for row in rows],
            "as_of": format_time(now, "medium", ZoneInfo(known.zone), language),
            "boards": [(id, named(text, language, id)) for id, text in known.boards.items()],
            "counters": [(id, named(text, language, id)) for id, text in known.counters.items()],
            "kinds": list(RIGHTS),
            "minutes": int(self._devices.good_for.total_seconds() // 60),
            "code": "",
            "code_for": "",
            "fault": "",
            "typed": {},
        }
        return page(request, "devices.html", "staff", status=status, **(shown | values))


def _hall(request: Request, who: Principal) -> str:
    """The hall that the path names; raises Problem for one where the caller keeps no devices."""
    hall: str = request.path_params["hall"]
    place = site(request).place_of(hall)
    if place is None:
        raise Problem("not_found")
    if not who.may("devices.manage", place):
        raise Problem("not_allowed")
    return hall

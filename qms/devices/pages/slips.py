"""A ticket as a picture to be printed from a browser, where a kiosk has no printer of its own; and samples of one."""

import asyncio
from datetime import datetime
from io import BytesIO
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qms.devices.logo import logo_of
from qms.devices.paper.picture import DOTS, draw
from qms.devices.paper.slip import Slip, slip_of
from qms.halls.rules.model import Hall
from qms.kernel.clock import instant
from qms.queue.forecasts import Glance
from qms.queue.http.desk import hall_of
from qms.queue.http.holders import Holders
from qms.queue.http.tickets import ticket_address
from qms.queue.pages.routes import looked_up
from qms.queue.views import status
from qms.web.problems import Problem

PATH = "/t/{token}/slip.png"
WIDTHS = {str(width): dots for width, dots in DOTS.items()}
"""Dots of a paper, by its width in millimetres as addresses have it."""
INCH = 203
"""Dots of one, as ticket printers have them."""
AT_ONCE = 2
"""So many pictures are drawn at the same time: nobody else waits for them."""
SAMPLE = {"ahead": 6, "estimate": {"low": 25, "mid": 31, "high": 40}}
SAMPLE_TOKEN = "abcdefghijklmnopqrstuvwxyz"  # noqa: S105


class Slips:
    """Pictures of tickets, for whoever holds one; `glance` tells waits."""

    def __init__(self, holders: Holders, glance: Glance) -> None:
        self._holders, self._glance = holders, glance
        self._gate = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self.slip, methods=["GET"], name=f"GET {PATH}")]

    async def slip(self, request: Request) -> Response:
        """The holder's ticket of today, in their language; raises Problem."""
        call, token = looked_up(request)
        dots = WIDTHS.get(request.query_params.get("width", "80"))
        if dots is None:
            raise Problem("invalid", {"field": "width"})
        held = await self._holders.find(token)
        state = hall_of(call, held.hall) if held is not None else None
        if held is None or state is None or held.ticket not in state.tickets:
            raise Problem("unknown_ticket")
        now, language = call.site.clock.now(), state.tickets[held.ticket].language
        view = status.ticket(state, held.ticket, now, self._glance.of)
        ticket = {**view, "url": ticket_address(call, token)}
        logo = await logo_of(call.site, state.setup)
        made = slip_of(card_of(state.setup), ticket, language, logo, now=now)
        async with self._gate:
            picture = await drawn(made, dots)
        return Response(picture, headers={"Cache-Control": "private, no-store"}, media_type="image/png")


def card_of(setup: Hall) -> dict[str, Any]:
    """As much of a hall's public card as paper needs."""
    return {
        "names": setup.names,
        "office": {"names": setup.office.names},
        "zone": setup.zone,
        "languages": list(setup.languages),
        "paper": {"parts": setup.paper.parts, "head": setup.paper.head, "foot": setup.paper.foot},
        "counters": [{"names": c.names, "place": c.place} for c in setup.counters if not c.retired],
        "services": {
            s.id: {"names": s.names, "documents": list(s.documents), "paper": s.paper}
            for s in setup.services
        },
    }


def sample(setup: Hall, service: str, language: str, link: str, logo: bytes | None, now: datetime) -> Slip:
    """A slip as somebody would get it now, with figures that are made up; `link` as of `SAMPLE_TOKEN`."""
    chosen = setup.service(service)
    group = setup.group(chosen.group) if chosen is not None else None
    number = min(max(12, group.first), group.last) if group is not None else 12
    shown = f"{group.letter}{number:0{group.digits}d}" if group is not None else str(number)
    ticket = {**SAMPLE, "number": shown, "service": service, "issued_at": instant(now), "url": link}
    return slip_of(card_of(setup), ticket, language, logo, now=now)


def png(slip: Slip, dots: int) -> bytes:
    """A slip as a PNG file."""
    file = BytesIO()
    draw(slip, dots).save(file, "PNG", dpi=(INCH, INCH))
    return file.getvalue()


async def drawn(slip: Slip, dots: int) -> bytes:
    """The same in a thread of its own."""
    return await asyncio.to_thread(png, slip, dots)

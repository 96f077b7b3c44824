"""For kiosks that go on alone: numbers set aside for them, and the tickets that they hand in afterwards."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute

from qms.halls.rules import hours
from qms.kernel.clock import instant
from qms.kernel.event import Recorded
from qms.ledger.orders import Order
from qms.ledger.vault import token_hash
from qms.queue.http.desk import hall_of, order
from qms.queue.http.holders import Holders
from qms.queue.http.models import NumbersHeld, PrintedTicket, TicketHandedIn
from qms.queue.rules.commands import HandInTicket, ReleaseNumbers, SetNumbersAside
from qms.queue.rules.model import LIVE, TicketState
from qms.queue.rules.state import Queue
from qms.web.edge import Call, json_route, nothing
from qms.web.problems import Problem
from qms.web.site import Site
from qms.web.wire import Nothing


class AwayTickets:
    """The routes, which only paired devices may use."""

    def __init__(self, holders: Holders) -> None:
        self._holders = holders

    def routes(self) -> list[BaseRoute]:
        hall = "/api/v1/halls/{hall}"
        return [
            json_route(
                "POST",
                hall + "/numbers",
                self.numbers,
                body=Nothing,
                answer=NumbersHeld,
                right="tickets.issue",
                summary="The numbers that this kiosk may give by itself",
                refusals=("not_allowed",),
            ),
            json_route(
                "POST",
                hall + "/handed-in",
                self.hand_in,
                body=PrintedTicket,
                answer=TicketHandedIn,
                status=201,
                right="tickets.issue",
                summary="Hand in a number that this kiosk printed while it could not ask",
                refusals=("unknown_service", "key_reused", "not_allowed"),
            ),
        ]

    async def numbers(self, call: Call, _body: Nothing) -> dict[str, Any]:
        """See to it that the device has numbers, and tell which of them it may still use today."""
        device = _device(call)

        def held(after: Queue, _events: Sequence[Recorded]) -> dict[str, Any]:
            assert after.day is not None  # a command opens the day
            assert after.ends is not None
            numbers = {
                group: [{"number": n, "written": written} for n, written in pairs]
                for (group, owner), pairs in sorted(after.leases.items())
                if owner == device
            }
            return {"day": after.day.isoformat(), "ends": instant(after.ends), "numbers": numbers}

        answer = await order(call, call.param("hall"), SetNumbersAside(device), held)
        return answer.body

    async def hand_in(self, call: Call, body: PrintedTicket) -> TicketHandedIn:
        """Put a printed number into the queue, once, however often it is handed in."""
        device, hall = _device(call), call.param("hall")
        setup, holder = hall_of(call, hall).setup, token_hash(body.token)
        for row in await self._holders.named(body.id, body.token):
            if (row["hall"], row["id"], row["holder"]) != (hall, body.id, holder):
                raise Problem("key_reused")
            if row["day"] < hours.day_of(setup, call.site.clock.now()):  # it is on record since that day
                ended: TicketState = "lapsed" if row["state"] in LIVE else row["state"]
                return {"id": body.id, "number": row["number"], "state": ended}
        command = HandInTicket(
            ticket=body.id,
            service=body.service,
            segment=body.segment or "",
            language=body.language if body.language in setup.languages else setup.languages[0],
            holder=holder,
            running=body.number,
            written=body.written,
            taken=body.taken_at,
            device=device,
        )

        def stands(after: Queue, _events: Sequence[Recorded]) -> dict[str, Any]:
            ticket = after.tickets.get(body.id)
            state: TicketState = ticket.state if ticket is not None else "lapsed"
            return {"id": body.id, "number": ticket.number if ticket else body.written, "state": state}

        answer = await order(call, hall, command, stands)
        return {"id": answer.body["id"], "number": answer.body["number"], "state": answer.body["state"]}


async def release_numbers(here: Site, hall: str, device: str, by: str) -> None:
    """Let anybody have the numbers that were set aside for a device that is no more."""
    state: Queue | None = here.writer.state(hall)
    if state is not None and any(owner == device for _, owner in state.set_aside):
        await here.writer.execute(Order(hall=hall, command=ReleaseNumbers(device), actor=by, reply=nothing))


def _device(call: Call) -> str:
    """The kiosk that asks; raises Problem for members of staff, who have no numbers of their own."""
    if call.principal.kind != "device":
        raise Problem("not_allowed")
    return call.principal.id

"""What a kiosk's agent reads and says: its page, what it may do while the server is away, and how it is."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, NotRequired
from zoneinfo import ZoneInfo

from pydantic import Field
from starlette.routing import BaseRoute
from typing_extensions import TypedDict

from qms.devices import writes
from qms.devices.page import Files, listing, page_files
from qms.halls.rules import hours
from qms.halls.rules.model import WALK_IN, Hall, Service
from qms.kernel.clock import day_start, instant
from qms.queue.http.desk import hall_of
from qms.queue.http.printers import report
from qms.queue.http.tickets import ticket_address
from qms.queue.rules.decide import refusal_of_issue
from qms.queue.rules.model import Printing
from qms.queue.rules.state import Queue
from qms.web.edge import Call, json_route
from qms.web.problems import Problem
from qms.web.wire import Wire

AHEAD = 14
"""Business days for which an agent is told when numbers are given."""
STANDING = frozenset({"hall_suspended", "service_closed", "by_appointment"})
"""Reasons against a number that stay until somebody does something."""


class KioskState(Wire):
    """How a kiosk is: its printer, where it has one; numbers it has still to hand in, and those that were refused."""

    printer: Printing | None = None
    unsent: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    refused: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Heard(TypedDict):
    """When the server heard it."""

    at: str


class PageListing(TypedDict):
    """The kiosk's page as one set: paths with their SHA-256."""

    version: str
    files: dict[str, str]


Span = TypedDict("Span", {"day": str, "from": str, "until": str})
"""When numbers are given, within one business day."""


class ServiceAway(TypedDict):
    """One service: its group, when it gives numbers, why it gives none, and its cap with what was given today."""

    group: str
    spans: list[Span]
    closed: NotRequired[str]
    cap: NotRequired[int]
    issued: NotRequired[int]


class Away(TypedDict):
    """What a kiosk must know to go on alone. `tickets` is the address of a ticket's page without its token."""

    at: str
    day: str
    tickets: str
    services: dict[str, ServiceAway]


class Kiosks:
    """The routes. `changed` stands in place of files of the page that this server shows otherwise."""

    def __init__(self, changed: Files | None = None) -> None:
        self.changed = dict(changed or {})

    def routes(self) -> list[BaseRoute]:
        return [
            json_route(
                "GET",
                "/api/v1/devices/page",
                self._page,
                answer=PageListing,
                public=True,
                summary="The kiosk's page as one set of files, with their hashes",
            ),
            json_route(
                "GET",
                "/api/v1/devices/me/away",
                away,
                answer=Away,
                summary="What this kiosk may do while the server is away",
            ),
            json_route(
                "POST",
                "/api/v1/devices/me/state",
                hear,
                body=KioskState,
                answer=Heard,
                summary="How this kiosk and its printer are",
            ),
        ]

    async def _page(self, _call: Call, _body: None) -> dict[str, Any]:
        """As it lies in the folders now."""
        return await asyncio.to_thread(lambda: listing({**page_files(), **self.changed}))


def kiosk_hall(call: Call) -> str:
    """The hall of the kiosk that asks; raises Problem for anybody else."""
    who = call.principal
    if who.kind != "device" or who.device_kind != "kiosk":
        raise Problem("must_change_password" if who.must_change else "not_allowed")
    return next(iter(who.scopes)).removeprefix("hall:")


async def hear(call: Call, body: KioskState) -> dict[str, Any]:
    """Keep what a kiosk tells of itself, and tell staff where its printer changed."""
    hall, who, now = kiosk_hall(call), call.principal, datetime.now(UTC)
    await call.site.writer.aside(
        lambda conn: writes.heard(conn, who.id, body.printer, body.unsent, body.refused, now)
    )
    if body.printer is not None:
        await report(call, hall, who.id, who.name, body.printer)
    return {"at": instant(now)}


async def away(call: Call, _body: None) -> dict[str, Any]:
    """The rules of giving numbers, worked out for a kiosk that will know nothing else."""
    state, now = hall_of(call, kiosk_hall(call)), call.site.clock.now()
    setup, today = state.setup, hours.day_of(state.setup, now)
    return {
        "at": instant(now),
        "day": today.isoformat(),
        "tickets": ticket_address(call, ""),
        "services": {s.id: _service(state, s, today, now) for s in setup.services if not s.retired},
    }


def _service(state: Queue, service: Service, today: date, now: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "group": service.group,
        "spans": [
            span for n in range(AHEAD) for span in _spans(state.setup, service, today + timedelta(days=n))
        ],
    }
    refusal = refusal_of_issue(state, service.id, WALK_IN, now)
    if refusal is not None and refusal.code in STANDING:
        told["closed"] = refusal.code
    if service.daily_cap is not None:
        same = state.day == today
        told |= {"cap": service.daily_cap, "issued": state.issued.get(service.id, 0) if same else 0}
    return told


def _spans(setup: Hall, service: Service, day: date) -> Iterator[dict[str, str]]:
    for begins, ends in issuing_spans(setup, service, day):
        yield {"day": day.isoformat(), "from": instant(begins), "until": instant(ends)}


def issuing_spans(setup: Hall, service: Service, day: date) -> Iterator[tuple[datetime, datetime]]:
    """When numbers for a service are given on a business day: what `hours.issuing` says of each of its instants."""
    last = hours.last_ticket(setup, day, service)
    lead = timedelta(minutes=setup.hours.tickets_before)
    start = day_start(day, ZoneInfo(setup.zone), setup.conduct.day_begins)
    for opening in hours.business_openings(setup, day):
        begins = max(opening.opens - lead, start)  # the evening before belongs to another day
        ends = opening.closes if last is None else min(opening.closes, last)
        if begins < ends:
            yield begins, ends

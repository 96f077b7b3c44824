"""Bookings that a set-up does not hold: looked for before it is saved, cancelled together afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.admin.pages.frame import CANCELLED, HIT, OVERVIEW, said, show, to
from qms.admin.reads import booked_days
from qms.booking.acts import Acts
from qms.booking.project import fetch
from qms.booking.reads import booking_by_id
from qms.booking.rules import conflicts
from qms.booking.rules.decide import Needs
from qms.booking.rules.model import OPEN
from qms.booking.views import BookingView, booking_view
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.ledger.persons import read_person
from qms.queue.rules.state import Queue
from qms.staff.pages.hall import at_state
from qms.web.edge import Call
from qms.web.forms import filled

MOST = 1000
"""So many bookings are listed at once; the rest comes when those are dealt with."""
FIELDS = MOST + 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking that a set-up does not hold."""

    day: date
    id: str
    why: str


class Hits:
    """Looks bookings up for a set-up, whether it acts or not."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    async def of(self, call: Call, setup: Hall) -> Sequence[Hit]:
        """Bookings still to come that the set-up does not hold, by day and hour.

        Read from the rows in a thread of its own, so that nobody waits for it.
        """
        found: Sequence[Hit] = await call.site.read(partial(_found, setup=setup, now=call.site.clock.now()))
        return found

    async def shown(self, call: Call, hits: Sequence[Hit], most: int) -> list[tuple[Hit, BookingView]]:
        """The first so many of them, with names and times."""
        setup, vault, now = (
            self._acts.room(call.param("hall")).setup,
            call.site.vault,
            call.site.clock.now(),
        )

        def look(conn: Connection) -> list[tuple[Hit, BookingView]]:
            found = []
            for hit in hits[:most]:
                row = booking_by_id(conn, setup.id, hit.id)
                if row is not None:
                    person = read_person(conn, vault, row["person"]) if row["person"] else None
                    found.append((hit, booking_view(setup, row, now, code="", url="", person=person)))
            return found

        found: list[tuple[Hit, BookingView]] = await call.site.read(look)
        return found


def _found(conn: Connection, setup: Hall, now: datetime) -> Sequence[Hit]:
    days = tuple(booked_days(conn, setup.id, hours.day_of(setup, now)))
    books = fetch(conn, setup.id, Needs(days=days)).days
    found = []
    for day in days:
        book = books[day]
        if setup.bookings is None:
            hit: Mapping[str, str] = {each.id: "outside" for each in book.occupying() if each.state in OPEN}
        else:
            hit = dict(conflicts.hit(setup, book))
        ahead = sorted((book.bookings[id].start, id) for id in hit if book.bookings[id].start >= now)
        found += [Hit(day, id, hit[id]) for _, id in ahead]
    return found


class HitPages:
    """The list of bookings that the acting set-up no longer holds."""

    def __init__(self, acts: Acts, hits: Hits) -> None:
        self._acts, self._hits = acts, hits

    def routes(self) -> list[BaseRoute]:
        return [
            at_state("GET", HIT, self.list, "hall.run"),
            at_state("POST", HIT, self.cancel, "hall.run"),
        ]

    async def list(self, call: Call, state: Queue) -> Response:
        """The bookings, to be cancelled together or left."""
        return await self._list(call, state.setup)

    async def cancel(self, call: Call, state: Queue) -> Response:
        """Cancel the chosen ones, as far as they are still hit; their people are told how to rebook."""
        fields = await filled(call.request, FIELDS)
        if not any(name.startswith("booking-") for name in fields):
            return await self._list(call, state.setup, fault="none_chosen")
        chosen: dict[date, list[str]] = {}
        for hit in await self._hits.of(call, state.setup):
            if fields.get(f"booking-{hit.id}"):
                chosen.setdefault(hit.day, []).append(hit.id)
        for day, ids in sorted(chosen.items()):
            await self._acts.cancel_many(call, state.setup.id, day, ids)
        left = await self._hits.of(call, state.setup)
        return to(call, state.setup.id, HIT if left else OVERVIEW, said=CANCELLED)

    async def _list(self, call: Call, setup: Hall, fault: str = "") -> Response:
        hits = await self._hits.of(call, setup)
        by_day: dict[date, list[tuple[Hit, BookingView]]] = {}
        for hit, view in await self._hits.shown(call, hits, MOST):
            by_day.setdefault(hit.day, []).append((hit, view))
        rebook = setup.bookings.rebook if setup.bookings is not None else {}
        return show(
            call,
            setup,
            "opening_hit.html",
            status=422 if fault else 200,
            address=call.request.scope.get("root_path", "") + HIT.replace("{hall}", setup.id),
            days=by_day,
            more=max(0, len(hits) - MOST),
            rebook=rebook,
            fault_code=fault,
            said=said(call),
        )

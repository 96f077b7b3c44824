"""The appointments of a day, as a page and as a file, and the search over all days."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.booking import reads
from qms.booking.acts import Acts
from qms.booking.http.asked import day_asked
from qms.booking.pages.say import Say
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.queue.pages.appointments.cards import COUNTED, Card, cards
from qms.queue.pages.appointments.find import find
from qms.queue.pages.appointments.frame import LIST, at_hall, now, show
from qms.web.edge import Call
from qms.web.language import language_of, translator
from qms.web.problems import Problem

DAY = timedelta(days=1)
COLUMNS = ("time", "name", "phone", "email", "matter", "state", "needs", "note", "via", "language")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With these a spreadsheet begins to reckon."""
LONGEST = 100


class DayPages:
    """The pages."""

    def __init__(self, acts: Acts) -> None:
        self._acts = acts

    def routes(self) -> list[BaseRoute]:
        return [
            at_hall("GET", LIST, self.list),
            at_hall("GET", LIST + "/day.csv", self.file),
            at_hall("GET", LIST + "/search", self.search),
        ]

    async def list(self, call: Call, hall: Hall) -> Response:
        """A day's appointments by time."""
        fault = None
        try:
            day = _day(call, hall)
        except Problem as problem:
            day, fault = hours.day_of(hall, now(call)), problem
        found = await self._of(call, hall, day)
        count = Counter(card.counted for card in found)
        return show(
            call,
            "day.html",
            hall,
            fault=fault,
            day=day,
            today=hours.day_of(hall, now(call)),
            before=day - DAY,
            after=day + DAY,
            cards=found,
            counts=[(name, count[name]) for name in COUNTED],
        )

    async def file(self, call: Call, hall: Hall) -> Response:
        """The same as a file for a spreadsheet, for those who telephone."""
        day = _day(call, hall)
        text = table(await self._of(call, hall, day), language_of(call.request), hall.zone)
        name = f"appointments-{hall.id}-{day.isoformat()}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(text.encode("utf-8-sig"), 200, headers, "text/csv; charset=utf-8")

    async def search(self, call: Call, hall: Hall) -> Response:
        """Those found by name, code, e-mail or phone: what is to come first, then what was, newest first."""
        wish = call.request.query_params.get("q", "").strip()[:LONGEST]
        found = await cards(call, hall, await find(self._acts, call, hall, wish)) if wish else []
        found.sort(key=lambda card: card.view["start"])
        today = hours.day_of(hall, now(call)).isoformat()
        say = Say(language_of(call.request), hall.zone)
        ahead = [card for card in found if say.date(card.view["start"]).isoformat() >= today]
        past = [card for card in found if card not in ahead][::-1]
        return show(call, "search.html", hall, wish=wish, lists=[("ahead", ahead), ("past", past)])

    async def _of(self, call: Call, hall: Hall, day: date) -> Sequence[Card]:
        rows = await call.site.read(lambda conn: reads.bookings_of_day(conn, hall.id, day))
        return await cards(call, hall, rows)


def _day(call: Call, hall: Hall) -> date:
    """The day asked for, else today; raises Problem for what is none."""
    return day_asked(call, "day") or hours.day_of(hall, now(call))


def table(found: Sequence[Card], language: str, zone: str) -> str:
    """A day as a table that spreadsheets open: where they write decimal commas, semicolons part the columns."""
    t, say = translator(language, "appointments"), Say(language, zone)
    out = io.StringIO()
    writer = csv.writer(out, delimiter="," if language == "en" else ";")
    writer.writerow([t(f"appointments.column.{name}") for name in COLUMNS])
    for card in found:
        view, person = card.view, card.person
        cells = (
            say.clock(view["start"]),
            person.get("name", ""),
            person.get("phone", ""),
            person.get("email", ""),
            ", ".join(
                say.name(s["names"]) + (f" × {s['count']}" if s["count"] > 1 else "")
                for s in view["services"]
            ),
            t(f"appointments.state.{card.phase}"),
            ", ".join(t(f"appointments.need.{need}") for need in card.needs),
            person.get("note", ""),
            t(f"appointments.via.{view['via']}"),
            say.language_name(view["language"]),
        )
        writer.writerow([plain(cell) for cell in cells])
    return out.getvalue()


def plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULAS) else cell

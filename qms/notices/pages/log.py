"""The log of an office's messages, day by day: what became of each and why, never to which address."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.halls.rules.model import Hall
from qms.kernel.clock import local_instant
from qms.notices.pages.frame import LOG, said, show, to
from qms.notices.pages.reasons import outcome_of, reason_of
from qms.post.log import OUTCOMES, STATES, counts, failed_last, listed
from qms.post.queue import Row, try_again
from qms.post.sending import machine_now
from qms.staff.pages.hall import at_hall
from qms.web.edge import Call
from qms.web.forms import filled

PAGE = 100
"""So many messages are listed at once."""
AGAIN, NONE = "again", "none"
DONE = frozenset({AGAIN, NONE})


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is listed: `reason` is a key of the texts, empty where there is nothing to say."""

    row: Row
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the log."""

    day: date
    outcome: str
    page: int

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """The day in a hall, from midnight to midnight."""
        days = (self.day, self.day + timedelta(days=1))
        start, end = (local_instant(day, time(), ZoneInfo(zone)) for day in days)
        return start, end


class LogPages:
    """The pages."""

    def routes(self) -> list[BaseRoute]:
        return [
            at_hall("GET", LOG, self.list, "hall.run"),
            at_hall("POST", LOG, self.again, "hall.run"),
        ]

    async def list(self, call: Call, hall: Hall) -> Response:
        """A day's messages, all or those of one outcome."""
        query = call.request.query_params
        asked = _asked(call, hall, query.get("day", ""), query.get("outcome", ""), query.get("page", ""))
        start, end = asked.span(hall.zone)
        states = OUTCOMES.get(asked.outcome, STATES)

        def look(conn: Connection) -> tuple[dict[str, int], list[Row], datetime | None]:
            found = dict(counts(conn, hall.id, start, end))
            rows = listed(conn, hall.id, start, end, states, (asked.page - 1) * PAGE, PAGE)
            return found, rows, failed_last(conn, hall.id, start)

        numbers, rows, failed = await call.site.read(look)
        many = numbers[asked.outcome] if asked.outcome else sum(numbers.values())
        kept = f"day={asked.day}&" + (f"outcome={asked.outcome}&" if asked.outcome else "")
        return show(
            call,
            hall,
            "messages_log.html",
            path=LOG.format(hall=hall.id),
            asked=asked,
            lines=[Line(row, outcome_of(row), reason_of(row)) for row in rows],
            counts=numbers,
            many=many,
            pages=max(1, ceil(many / PAGE)),
            earlier=asked.day - timedelta(days=1),
            later=asked.day + timedelta(days=1),
            failed=failed,
            kept=kept,
            said=said(call, DONE),
        )

    async def again(self, call: Call, hall: Hall) -> Response:
        """Queue a message that failed once more; without one named, all of the day."""
        fields = await filled(call.request)
        asked = _asked(call, hall, fields.get("day", ""), fields.get("outcome", ""), "")
        start, end = asked.span(hall.zone)
        message = fields.get("message") or None
        work = partial(try_again, hall=hall.id, start=start, end=end, message=message, now=machine_now())
        done = await call.site.writer.aside(work)
        return to(
            call,
            LOG.format(hall=hall.id),
            day=asked.day.isoformat(),
            outcome=asked.outcome,
            said=AGAIN if done else NONE,
        )


def _asked(call: Call, hall: Hall, day: str, outcome: str, number: str) -> Asked:
    """What was asked for; today and everything where that is nothing one could show."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        found = date.min
    if not 2000 <= found.year < 2200:
        found = call.site.clock.now().astimezone(ZoneInfo(hall.zone)).date()
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    return Asked(found, outcome if outcome in OUTCOMES else "", max(1, page))

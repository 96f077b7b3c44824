"""What the query of an address asks for."""

import re
from datetime import date

from qms.booking.rules.model import Wanted
from qms.web.edge import Call
from qms.web.problems import Problem

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST = 8
"""Services in one booking."""


def wanted_asked(call: Call) -> tuple[Wanted, ...]:
    """`service=`, once or several times, and `count=` for as many people; raises Problem."""
    query = call.request.query_params
    services, counts = query.getlist("service"), query.getlist("count") or ["1"]
    if not 1 <= len(services) <= MOST or not all(len(s) <= 40 and SLUG.fullmatch(s) for s in services):
        raise Problem("invalid", {"field": "service"})
    if not all(count in "123456789" and len(count) == 1 for count in counts):
        raise Problem("invalid", {"field": "count"})
    counts = counts if len(counts) == len(services) else [counts[0]] * len(services)
    return tuple(Wanted(service, int(count)) for service, count in zip(services, counts, strict=True))


def day_asked(call: Call, name: str) -> date | None:
    """A day of the query; raises Problem for what is none."""
    text = call.request.query_params.get(name)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year < 3000:
        raise Problem("invalid", {"field": name})
    return day


def days_asked(call: Call, first: date, last: date) -> tuple[date, date]:
    """`from=` and `to=`, by default the days given; raises Problem."""
    asked = day_asked(call, "from") or first, day_asked(call, "to")
    until = asked[1] or max(last, asked[0])
    if until < asked[0]:
        raise Problem("invalid", {"field": "to"})
    return asked[0], until

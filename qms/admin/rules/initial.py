"""What a form shows before anybody has typed: what a series, the settings or a service are at present."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from qms.admin.rules.calling import CALLING, SEGMENT, shown_calling, shown_segment
from qms.admin.rules.holidays import shown_holidays, shown_last_ticket
from qms.admin.rules.paper import PAPER, TEXT, shown_paper, shown_text
from qms.admin.rules.services import shown_service
from qms.admin.rules.settings import GROUPS, ON, shown_group, shown_words
from qms.halls.rules import amend
from qms.halls.rules.booking import Bookings, OpeningRule, Shift
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS, Span

Given = Mapping[str, str]


def initial(hall: Hall, what: str, asked: Given, today: date) -> dict[str, str]:
    """The fields of a form; `asked` is what the address says: `kind`, `id`, `day`."""
    kind: amend.Kind = "roster" if asked.get("kind") == "roster" else "opening"
    named = {name: asked[name] for name in ("kind", "id", "counter") if name in asked}
    part = amend.series(hall, kind, asked.get("id", ""))
    tomorrow = (today + timedelta(days=1)).isoformat()
    if what == "series":
        return named | _fresh(today)
    if what == "from" and part is not None:
        begins = max(part.first_day.isoformat(), tomorrow)
        return _series(part) | named | {"from": begins}
    if what == "day":
        return named | {
            "day": asked.get("day", ""),
            "how": "times",
            "times": spans(part.spans if part else ()),
        }
    if what == "fewer" and isinstance(part, OpeningRule):
        lanes = {"lanes": _number(part.lanes), "public_lanes": _number(part.public_lanes)}
        return named | lanes | {"from": tomorrow}
    if what == "closure":
        return {"what": "hall", "from": asked.get("day", "")}
    if what == "hours":
        return {f"hours-{day}": spans(hall.hours.week.get(day, ())) for day in WEEKDAYS}
    if what == "hours-day":
        return {"day": asked.get("day", ""), "how": "times"}
    if what in GROUPS:
        return shown_group(what, hall.bookings or Bookings(open=False))
    if what == "online":
        return _online(hall)
    if what == "service":
        return named | shown_service(hall, asked.get("id", ""))
    if what == "words":
        return named | shown_words(hall, asked.get("id", ""))
    if what == PAPER:
        return shown_paper(hall)
    if what == TEXT:
        return named | shown_text(hall, asked.get("id", ""))
    if what == CALLING:
        return shown_calling(hall)
    if what == SEGMENT:
        return named | shown_segment(hall, asked.get("id", ""))
    if what == "holidays":
        return shown_holidays(hall.holidays, today)
    return shown_last_ticket(hall) if what == "last-ticket" else named


def spans(times: Sequence[Span]) -> str:
    """08:00-12:00, 13:00-16:00."""
    return ", ".join(f"{each.opens:%H:%M}-{each.closes:%H:%M}" for each in times)


def _fresh(today: date) -> dict[str, str]:
    weekdays = {f"on-{day}": ON for day in ("mon", "tue", "wed", "thu", "fri")}
    return weekdays | {"from": today.isoformat(), "every": "1"}


def _series(part: OpeningRule | Shift) -> dict[str, str]:
    found = {
        "until": part.last_day.isoformat() if part.last_day else "",
        "every": str(part.every),
        "times": spans(part.spans),
        "breaks": spans(part.breaks),
        **{f"on-{day}": ON for day in part.days},
        **{f"week-{week}": ON for week in part.month_weeks},
        **{f"service-{id}": ON for id in part.services},
    }
    if isinstance(part, Shift):
        return found | {"counter": part.counter}
    return found | {
        "first": f"{part.first:%H:%M}" if part.first else "",
        "last": f"{part.last:%H:%M}" if part.last else "",
        "lanes": _number(part.lanes),
        "public_lanes": _number(part.public_lanes),
    }


def _online(hall: Hall) -> dict[str, str]:
    found = {f"service-{each.id}": each.booking.open for each in hall.services if not each.retired}
    return found | {"open": ON if hall.bookings is not None and hall.bookings.open else ""}


def _number(value: int | None) -> str:
    return "" if value is None else str(value)

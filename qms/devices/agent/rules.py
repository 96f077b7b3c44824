"""Which numbers a kiosk may give while the server is away. Pure.

`away` is what the server said for that case (`GET /api/v1/devices/me/away`):
`{"at", "day", "tickets", "services": {id: {"group", "spans": [{"day", "from", "until"}…], "closed"?, "cap"?, "issued"?}}}`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from qms.kernel.refusal import Refusal

Document = Mapping[str, Any]


def refusal(away: Document, service: str, day: date, now: datetime, given: int) -> Refusal | None:
    """Why no number is given for a service, as the server would say it; None when one is.

    `given` are numbers of that service and day of which the server does not know yet.
    """
    line = away["services"].get(service)
    if line is None:
        return Refusal("unknown_service")
    if "closed" in line:
        return Refusal(line["closed"])
    if (shut := _shut(line["spans"], day, now)) is not None:
        return shut
    issued = line.get("issued", 0) if away["day"] == day.isoformat() else 0
    if "cap" in line and issued + given >= line["cap"]:
        return Refusal("daily_cap", {"cap": line["cap"]})
    return None


def _shut(spans: list[Mapping[str, str]], day: date, now: datetime) -> Refusal | None:
    today = [
        (datetime.fromisoformat(span["from"]), datetime.fromisoformat(span["until"]))
        for span in spans
        if span["day"] == day.isoformat()
    ]
    if any(begins <= now < ends for begins, ends in today):
        return None
    return Refusal("before_opening" if any(now < begins for begins, _ in today) else "hall_closed")


def card_of(card: Document, closed: Mapping[str, str]) -> dict[str, Any]:
    """The hall's document as it stands without the server; `closed` tells why a service gives no numbers."""
    services = {}
    for id, service in card["services"].items():
        left = {name: value for name, value in service.items() if name != "closed_code"}
        said = {"closed_code": closed[id]} if id in closed else {}
        services[id] = left | {"accepting": id not in closed} | said
    shut = services.keys() <= {
        id for id, code in closed.items() if code in ("before_opening", "hall_closed")
    }
    return {**card, "services": services, "accepting": services.keys() > closed.keys(), "open": not shut}

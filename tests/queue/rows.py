"""Rows of visits, as many as a test of figures needs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def visit(n: int, **more: Any) -> dict[str, Any]:
    """A row of somebody who took a number and was called after ten minutes."""
    issued = more.pop("issued", NOW - timedelta(hours=2))
    base = {
        "id": f"v{n}",
        "hall": "town",
        "day": TODAY,
        "hour": 10,
        "holder": f"h{n}",
        "number": f"A{n:03}",
        "service": "id-card",
        "service_group": "documents",
        "segment": "walk-in",
        "channel": "kiosk",
        "language": "pl",
        "state": "finished",
        "booked": None,
        "issued": issued,
        "reference": issued,
        "calls": 1,
        "wait": 600.0,
        "total_wait": 600.0,
        "served": 60.0,
        "accurate": True,
        "removed_by_staff": False,
    }
    return base | more

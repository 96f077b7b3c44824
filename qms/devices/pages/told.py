"""A device as its page shows it: what it is for, and how it was when it was last heard from."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from babel.dates import format_timedelta
from sqlalchemy import RowMapping

from qms.staff.pages.frame import named
from qms.web.catalogue import text
from qms.web.site import HallNames

QUIET: Final = timedelta(minutes=3)
"""A kiosk that tells nothing for so long has lost its way to us; it speaks every minute or so."""
PRINTER: Final[Mapping[str, str]] = {"ok": "ok", "paper_low": "warn"}
"""How grave a printer's state is; what is not named here keeps paper from people."""
STATE: Final = {"paired": "ok", "unpaired": "warn", "revoked": "late"}


def told(row: RowMapping, known: HallNames, language: str, now: datetime) -> dict[str, Any]:
    """What the page says of a device; `badges` are pairs of how grave something is (ok, warn, late) and words."""
    state = state_of(row)
    board = row["board"]
    return {
        "id": row["id"],
        "name": row["name"],
        "kind": row["kind"],
        "counter": named(known.counters.get(row["counter"], {}), language, row["counter"] or ""),
        "board": board or "",
        "lost": board if board is not None and board not in known.boards else "",
        "gone": state == "revoked",
        "badges": [
            (STATE[state], text(language, "staff", f"staff.is_{state}")),
            *(_of_kiosk(row, language, now) if state == "paired" and row["seen"] is not None else ()),
        ],
        "heard": _heard(row, language, now) if state == "paired" else "",
    }


def state_of(row: RowMapping) -> str:
    """Whether a device is paired, not yet, or shut out."""
    if row["revoked"]:
        return "revoked"
    return "unpaired" if row["paired"] is None else "paired"


def _of_kiosk(row: RowMapping, language: str, now: datetime) -> list[tuple[str, str]]:
    """What a kiosk told of itself, or that it tells nothing any more."""
    badges = []
    if now - row["seen"] > QUIET:
        badges.append(("late", text(language, "staff", "staff.quiet")))
    if (printer := row["printer"]) is not None:
        badges.append((PRINTER.get(printer, "late"), text(language, "staff", f"staff.printer_{printer}")))
    if row["unsent"]:
        badges.append(("warn", text(language, "staff", "staff.unsent", row["unsent"])))
    if row["refused"]:
        badges.append(("late", text(language, "staff", "staff.refused", row["refused"])))
    return badges


def _heard(row: RowMapping, language: str, now: datetime) -> str:
    if row["seen"] is None:
        return ""
    since = min(row["seen"] - now, timedelta(0))
    return text(
        language,
        "staff",
        "staff.heard",
        ago=format_timedelta(since, granularity="second", add_direction=True, locale=language),
    )

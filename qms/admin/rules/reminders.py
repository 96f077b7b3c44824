"""Forms about what people are reminded of and asked before a visit."""

from collections.abc import Sequence
from datetime import time

from qms.admin.rules.fields import Fields
from qms.halls.rules.booking import Reconfirm, Reminder

MOST = 8
"""So many reminders are read."""


def rows(now: Sequence[Reminder]) -> int:
    """How many rows a form has: one is free."""
    return min(MOST, len(now) + 1)


def read(form: Fields, old: Sequence[Reminder]) -> tuple[Reminder, ...]:
    """The reminders of a form, row by row; a row that is left as it was says what it said."""
    found = []
    for n in range(MOST):
        name = f"reminders-{n}"
        days, at = form.maybe_whole(f"{name}-days", 0, 730), form.clock(f"{name}-at")
        minutes = form.maybe_whole(f"{name}-minutes", 1, 525_600)
        if minutes is not None and (days is not None or at is not None):
            form.wrong(f"{name}-minutes", "days_or_minutes")
        if days is None and at is not None and minutes is None:
            form.wrong(f"{name}-days", "number")
        if days == 0 and at is None and minutes is None:
            form.wrong(f"{name}-at", "clock")  # at the hour of the visit itself nobody needs it any more
        if n < len(old) and (days, at, minutes) == _row(old[n]):
            found.append(old[n])
        elif minutes is not None:
            found.append(Reminder(days=0, minutes=minutes))
        elif days is not None:
            found.append(Reminder(days=days, at=at))
    return tuple(found)


def shown(now: Sequence[Reminder]) -> dict[str, str]:
    """The rows of a form."""
    fields = {}
    for n, one in enumerate(now):
        days, at, minutes = _row(one)
        fields[f"reminders-{n}-days"] = "" if days is None else str(days)
        fields[f"reminders-{n}-at"] = f"{at:%H:%M}" if at is not None else ""
        fields[f"reminders-{n}-minutes"] = str(minutes) if minutes else ""
    return fields


def read_reconfirm(form: Fields) -> Reconfirm | None:
    """Whether people are asked again, and when."""
    if not form.has("reconfirm"):
        return None
    return Reconfirm(days=form.whole("reconfirm_days", 1, 60), hours=form.whole("reconfirm_hours", 1, 240))


def shown_reconfirm(now: Reconfirm | None) -> dict[str, str]:
    """Its fields; where nobody is asked, the usual numbers stand ready."""
    usual = now or Reconfirm()
    return {
        "reconfirm": "on" if now is not None else "",
        "reconfirm_days": str(usual.days),
        "reconfirm_hours": str(usual.hours),
    }


def _row(one: Reminder) -> tuple[int | None, time | None, int | None]:
    """Days, hour and minutes as a row shows them: where there are minutes, they alone count."""
    return (None, None, one.minutes) if one.minutes else (one.days, one.at, None)

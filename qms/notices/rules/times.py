"""When reminders and requests are due: on the hall's own clock, also around its changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qms.booking.rules import contact
from qms.halls.rules.booking import Reminder
from qms.halls.rules.model import Hall
from qms.kernel.clock import local_instant


def reminders(hall: Hall, start: datetime, now: datetime, wish: str = "") -> list[tuple[int, datetime]]:
    """The reminders of a visit that are still to come at `now`: their place in the set-up, and when.

    `wish` is what the person chose in the office's place, see `contact.MESSAGES`.
    """
    wanted = hall.bookings.reminders if hall.bookings else ()
    if wish:
        wanted = (Reminder(minutes=int(wish)),) if wish in contact.REMINDED else ()
    times = ((n, reminder_time(hall, reminder, start)) for n, reminder in enumerate(wanted))
    return [(n, at) for n, at in times if now < at < start]


def reminder_time(hall: Hall, reminder: Reminder, start: datetime) -> datetime:
    """So many minutes before; else so many calendar days before, at the hour named or that of the visit."""
    if reminder.minutes:
        return start - timedelta(minutes=reminder.minutes)
    zone = ZoneInfo(hall.zone)
    local = start.astimezone(zone)
    at = reminder.at or local.time().replace(second=0, microsecond=0)
    return local_instant(local.date() - timedelta(days=reminder.days), at, zone)


def ask_again(hall: Hall, answer_by: datetime) -> datetime:
    """When a person is asked whether they will come, who must have answered by `answer_by`."""
    asked = hall.bookings.reconfirm if hall.bookings else None
    return answer_by - timedelta(hours=asked.hours if asked else 0)

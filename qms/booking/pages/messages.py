"""Which messages a person may choose from, in words."""

from collections.abc import Sequence

from qms.booking.pages.say import Say
from qms.booking.rules.contact import REMINDED, SILENT, UNREMINDED
from qms.halls.rules.booking import Reminder
from qms.halls.rules.model import Hall
from qms.web.catalogue import text

DAY = 24 * 60


def choices(hall: Hall, lang: str) -> list[tuple[str, str]]:
    """The values of the field `messages`, each with what it brings; the office's own way is first."""
    usual = _reminded(hall.bookings.reminders if hall.bookings else (), lang)
    offered = [(value, _reminded((Reminder(minutes=int(value)),), lang)) for value in REMINDED]
    offered.append((UNREMINDED, _reminded((), lang)))
    others = [(value, words) for value, words in offered if words != usual]
    return [("", usual), *others, (SILENT, text(lang, "booking", "booking.messages.none"))]


def said(hall: Hall, lang: str, value: str) -> str:
    """One of them in words."""
    return dict(choices(hall, lang)).get(value, "")


def _reminded(reminders: Sequence[Reminder], lang: str) -> str:
    if not reminders:
        return text(lang, "booking", "booking.messages.confirm")
    return "; ".join(_time(reminder, lang) for reminder in reminders)


def _time(reminder: Reminder, lang: str) -> str:
    days, rest = divmod(reminder.minutes, DAY) if reminder.minutes else (reminder.days, 0)
    if rest or not (days or reminder.at):
        return text(lang, "booking", "booking.messages.before", time=Say(lang).duration(reminder.minutes))
    day = text(lang, "booking", "booking.messages.days", days)
    return f"{day}, {reminder.at:%H:%M}" if reminder.at else day

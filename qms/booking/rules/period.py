"""Whether one can book at all, from when and until when: lead and horizon, at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qms.booking.rules import opening
from qms.booking.rules.model import Wanted
from qms.halls.rules import hours
from qms.halls.rules.booking import Bookings, Lead
from qms.halls.rules.model import Hall
from qms.kernel.clock import local_instant

_DAY = timedelta(days=1)
_AHEAD = 730
"""Days that staff may look ahead."""
_CLOSED = 60
"""Days on end that a hall may stay closed and still have working days to count."""


@dataclass(frozen=True, slots=True)
class Period:
    """The first instant for a booking (None: there is none), and the last business day."""

    earliest: datetime | None
    last: date


def period(hall: Hall, wanted: Sequence[Wanted], now: datetime, *, public: bool) -> Period:
    """What lead and horizon allow at `now`: of several services the longest lead and the nearest horizon.

    For staff neither holds. Raises LookupError where the hall takes no bookings.
    """
    setting = opening.setting(hall)
    key = (now, public, tuple(one.service for one in wanted))
    known, found = setting.window
    if known == key and isinstance(found, Period):
        return found
    found = _period(hall, setting.bookings, wanted, now) if public else _staff(hall, now)
    setting.window = (key, found)
    return found


def barred(hall: Hall, wanted: Sequence[Wanted], *, public: bool) -> str | None:
    """Why these services cannot be booked on any day; None when they can."""
    settings = hall.bookings
    if settings is None or (public and not settings.open):
        return "booking_closed"
    if not wanted:
        return "unknown_service"
    for one in wanted:
        service = hall.service(one.service)
        if service is None:
            return "unknown_service"
        bars = ("staff", "none") if public else ("none",)
        if service.retired or service.booking.open in bars:
            return "service_not_bookable"
    if any(not 1 <= one.count <= settings.several_people for one in wanted):
        return "together_not_allowed"
    names = {one.service for one in wanted}
    if len(names) < len(wanted) or (len(wanted) > 1 and not settings.several_services):
        return "together_not_allowed"
    return None


def bookable(
    hall: Hall, wanted: Sequence[Wanted], now: datetime, *, public: bool
) -> tuple[date, date] | None:
    """The first and the last business day that may be offered at `now`; None where nothing may."""
    if barred(hall, wanted, public=public):
        return None
    found = period(hall, wanted, now, public=public)
    if found.earliest is None:
        return None
    first = hours.day_of(hall, found.earliest)
    return (first, found.last) if first <= found.last else None


def _staff(hall: Hall, now: datetime) -> Period:
    return Period(now, hours.day_of(hall, now) + _AHEAD * _DAY)


def _period(hall: Hall, settings: Bookings, wanted: Sequence[Wanted], now: datetime) -> Period:
    leads, horizons = [], []
    for one in wanted:
        service = hall.service(one.service)
        own = service.booking if service is not None else None
        leads.append(own.lead if own is not None and own.lead is not None else settings.lead)
        days = (
            own.horizon_days if own is not None and own.horizon_days is not None else settings.horizon_days
        )
        horizons.append(days)
    firsts = [_earliest(hall, lead, now) for lead in leads]
    known = [first for first in firsts if first is not None]
    earliest = max(known, default=now) if len(known) == len(firsts) else None
    today = hours.day_of(hall, now)
    released = settings.horizon_opens == "midnight" or now >= _opening_hour(hall, today)
    ahead = min(horizons, default=0) - (0 if released else 1)
    return Period(earliest, today + ahead * _DAY)


def _earliest(hall: Hall, lead: Lead, now: datetime) -> datetime | None:
    """The first instant that a lead allows; None where the hall does not open on so many days."""
    setting, today = opening.setting(hall), hours.day_of(hall, now)
    found = [now + timedelta(minutes=lead.minutes)]
    if lead.days:
        found.append(setting.start(today + lead.days * _DAY))
    if lead.working_days:
        day = _working_day(hall, today, lead.working_days)
        if day is None:
            return None
        found.append(setting.start(day))
    return max(found)


def _working_day(hall: Hall, today: date, count: int) -> date | None:
    """The so-many-th day after today on which the hall opens."""
    for ahead in range(1, 7 * count + _CLOSED):
        day = today + ahead * _DAY
        count -= bool(hours.business_openings(hall, day))
        if not count:
            return day
    return None


def _opening_hour(hall: Hall, today: date) -> datetime:
    """When the horizon moves on: as the hall opens; where it stays closed, at the hour of its next day."""
    setting = opening.setting(hall)
    for ahead in range(_CLOSED):
        day = today + ahead * _DAY
        if spans := hours.business_openings(hall, day):
            local = spans[0].opens.astimezone(setting.zone)
            on = today if local.time() >= hall.conduct.day_begins else today + _DAY
            return local_instant(on, local.time(), setting.zone)
    return setting.start(today)

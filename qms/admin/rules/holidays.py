"""Forms about the days on which a hall is open otherwise: public holidays, and the hours of the last tickets."""

from collections.abc import Mapping
from datetime import date, time

from qms.admin.rules.fields import Fields, unless_same
from qms.admin.rules.outcome import whole, with_part
from qms.halls.rules import holiday
from qms.halls.rules.booking import Holidays
from qms.halls.rules.model import Hall
from qms.halls.rules.parts import WEEKDAYS, Weekday

OPEN = "open-"
YEARS = 2
"""So many years of holidays are shown, this one first."""


def change_holidays(hall: Hall, form: Fields) -> Hall:
    """The country whose holidays are kept, its region, and the holidays on which the hall opens all the same."""
    country, region = form.text("country"), form.text("subdivision")
    if not country:
        return whole(hall, holidays=None)
    shown = {day for day in map(_day, form.beginning(OPEN)) if day is not None}
    listed = {day for day in map(_day, form.beginning("listed-")) if day is not None}
    old = set(hall.holidays.open_on) if hall.holidays is not None else set()
    kept = Holidays(country="PL") if hall.holidays is None else hall.holidays
    changes = {"country": country, "subdivision": region or None, "open_on": sorted((old - listed) | shown)}
    return whole(hall, holidays=with_part(kept, changes))


def shown_holidays(now: Holidays | None, today: date) -> dict[str, str]:
    """The fields of the form."""
    if now is None:
        return {"country": "", "subdivision": ""}
    opened = {f"{OPEN}{day.isoformat()}": "on" for day in now.open_on if day.year >= today.year}
    return {"country": now.country, "subdivision": now.subdivision or "", **opened}


def listed(typed: Mapping[str, str], today: date, language: str) -> list[tuple[date, str]]:
    """The public holidays of this year and the next where a form says so, with their names."""
    country, region = typed.get("country", ""), typed.get("subdivision") or None
    years = range(today.year, today.year + YEARS)
    found: dict[date, str] = {}
    for year in years:
        found |= holiday.of_year(country, region, year, language)
    return sorted((day, name) for day, name in found.items() if day >= today)


def regions(typed: Mapping[str, str], today: date) -> dict[str, str]:
    """The regions to choose from, code and name: those with holidays of their own, and the one that is chosen."""
    country, chosen = typed.get("country", ""), typed.get("subdivision", "")
    kept = (
        {chosen: holiday.region_name(country, chosen)} if chosen in (holiday.known(country) or ()) else {}
    )
    return {**holiday.regions(country, today.year), **kept}


def change_last_ticket(hall: Hall, form: Fields) -> Hall:
    """From which hour no more numbers are given, by day of the week, and how long before opening they are."""
    changes = {
        "last_ticket": read_last(form),
        "tickets_before": unless_same(hall.hours.tickets_before, form.whole("tickets_before", 0, 1440)),
    }
    form.sound()
    return whole(hall, hours=with_part(hall.hours, changes))


def shown_last_ticket(hall: Hall) -> dict[str, str]:
    """The fields of that form."""
    return {**shown_last(hall.hours.last_ticket), "tickets_before": f"{hall.hours.tickets_before:.0f}"}


def read_last(form: Fields) -> dict[Weekday, time]:
    """The last hour of each day of the week; a day without any has none."""
    return {day: at for day in WEEKDAYS if (at := form.clock(f"last-{day}")) is not None}


def shown_last(now: Mapping[Weekday, time]) -> dict[str, str]:
    """The fields of these."""
    return {f"last-{day}": f"{at:%H:%M}" for day, at in now.items()}


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None

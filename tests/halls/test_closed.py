"""Single days, closures and public holidays: what they leave of the week's opening hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.halls.rules import holiday, hours
from qms.halls.rules.booking import Closure, Holidays
from qms.halls.rules.model import Conduct, Hall, Hours
from qms.halls.rules.parts import WEEKDAYS, Span, Weekday
from tests.halls.make import hall, span
from tests.halls.test_hours import AUTUMN, MONDAY, SPRING, at, open_daily

Week = dict[Weekday, tuple[Span, ...]]
EVE = date(2026, 12, 24)
WEEK: Week = {day: (span("08:00", "16:00"),) for day in WEEKDAYS[:5]}


def dated(dates: dict[date, tuple[Span, ...]] | None = None, **more: Any) -> Hall:
    return hall(hours=Hours(week=WEEK, dates=dates or {}), **more)


def closure(first: date, last: date | None = None, **more: Any) -> Closure:
    return Closure(id="closed", first_day=first, last_day=last or first, **more)


def local(one: Hall, day: date) -> list[str]:
    return [f"{s.opens:%H:%M}-{s.closes:%H:%M}" for s in hours.spans(one, day)]


def test_hours_of_a_single_day_stand_in_place_of_the_weeks() -> None:
    saturday = date(2026, 3, 7)
    one = dated({MONDAY: (span("10:00", "12:00"),), saturday: (span("09:00", "13:00"),)})
    assert local(one, MONDAY) == ["10:00-12:00"]
    assert local(one, saturday) == ["09:00-13:00"]
    assert local(one, date(2026, 3, 3)) == ["08:00-16:00"]


def test_a_single_day_without_hours_is_closed() -> None:
    one = dated({MONDAY: ()})
    assert hours.openings(one, MONDAY) == ()
    assert hours.issuing(one, at("10:00")) == "hall_closed"


def test_a_single_day_keeps_the_weekdays_last_ticket_where_it_can() -> None:
    evening = date(2026, 3, 9)
    one = hall(
        hours=Hours(
            week=WEEK,
            last_ticket={"mon": time(15)},
            dates={MONDAY: (span("08:00", "18:00"),), evening: (span("16:00", "20:00"),)},
        )
    )
    assert hours.last_ticket(one, MONDAY) == at("15:00")
    assert hours.last_ticket(one, evening) == at("20:00", evening)


def test_opening_times_of_a_single_day_must_follow_each_other() -> None:
    with pytest.raises(ValueError, match="must follow each other"):
        dated({MONDAY: (span("08:00", "12:00"), span("11:00", "13:00"))})


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        (None, []),
        (("08:00", "16:00"), []),
        (("07:00", "10:00"), ["10:00-16:00"]),
        (("12:00", "13:00"), ["08:00-12:00", "13:00-16:00"]),
        (("15:00", "23:00"), ["08:00-15:00"]),
        (("16:00", "18:00"), ["08:00-16:00"]),
    ],
)
def test_a_closure_takes_the_day_or_a_part_of_it(cut: tuple[str, str] | None, left: list[str]) -> None:
    one = dated(closures=(closure(MONDAY, span=span(*cut) if cut else None),))
    assert local(one, MONDAY) == left


def test_a_closure_takes_its_part_of_each_of_its_days() -> None:
    one = dated(closures=(closure(MONDAY, date(2026, 3, 4), span=span("08:00", "09:00")),))
    opens = [local(one, MONDAY + timedelta(days=n)) for n in range(-3, 4)]
    assert opens == [["08:00-16:00"], [], [], *[["09:00-16:00"]] * 3, ["08:00-16:00"]]


def test_a_closure_wins_over_hours_of_the_day_and_over_a_holiday_kept_open() -> None:
    one = dated(
        {EVE: (span("08:00", "12:00"),)},
        closures=(closure(EVE),),
        holidays=Holidays(country="PL", open_on=(EVE,)),
    )
    assert local(one, EVE) == []


def test_a_closure_of_single_services_leaves_the_hall_open() -> None:
    one = dated(closures=(closure(MONDAY, services=("passport",)),))
    assert local(one, MONDAY) == ["08:00-16:00"]
    assert [each.id for each in hours.closures(one, MONDAY)] == ["closed"]


def test_two_closures_of_one_day_both_count() -> None:
    one = dated(
        closures=(
            closure(MONDAY, span=span("08:00", "10:00")),
            closure(MONDAY, span=span("12:00", "13:00")).model_copy(update={"id": "again"}),
        )
    )
    assert local(one, MONDAY) == ["10:00-12:00", "13:00-16:00"]


def test_the_24th_of_december_is_a_holiday_in_poland_from_2025_on() -> None:
    one = dated(holidays=Holidays(country="PL"))
    assert local(one, date(2024, 12, 24)) == ["08:00-16:00"]
    assert local(one, date(2025, 12, 24)) == []
    assert local(one, EVE) == []
    assert local(one, date(2026, 12, 23)) == ["08:00-16:00"]
    assert [hours.holiday_name(one, EVE, language) for language in ("pl", "en", "uk", "de", "fr")] == [
        "Wigilia Bożego Narodzenia",
        "Christmas Eve",
        "Святий вечір",
        "Heiligabend",
        "Christmas Eve",
    ]


def test_a_hall_opens_on_a_holiday_that_it_names_or_gives_hours() -> None:
    named = dated(holidays=Holidays(country="PL", open_on=(EVE,)))
    timed = dated({EVE: (span("08:00", "12:00"),)}, holidays=Holidays(country="PL"))
    assert local(named, EVE) == ["08:00-16:00"]
    assert local(timed, EVE) == ["08:00-12:00"]
    assert hours.holiday_name(timed, EVE, "pl") == "Wigilia Bożego Narodzenia"
    assert not hours.is_holiday(named, EVE)


def test_a_hall_without_holidays_knows_none() -> None:
    assert local(dated(), EVE) == ["08:00-16:00"]
    assert hours.holiday_name(dated(), EVE, "pl") is None


def test_a_subdivision_has_holidays_of_its_own() -> None:
    epiphany = date(2026, 1, 6)
    bavaria = dated(holidays=Holidays(country="DE", subdivision="BY"))
    berlin = dated(holidays=Holidays(country="DE", subdivision="BE"))
    assert hours.holiday_name(bavaria, epiphany, "de") == "Heilige Drei Könige"
    assert local(bavaria, epiphany) == []
    assert local(berlin, epiphany) == ["08:00-16:00"]


def test_where_a_language_is_not_known_a_holiday_has_its_english_name() -> None:
    assert holiday.of_year("UA", None, 2020, "pl")[date(2020, 12, 25)] == "Christmas Day"
    assert holiday.of_year("US", None, 2026, "pl")[date(2026, 7, 4)] == "Independence Day"


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("PL", "ZZ")])
def test_a_country_or_subdivision_that_is_not_known_has_no_holidays(
    country: str, subdivision: str | None
) -> None:
    assert holiday.of_year(country, subdivision, 2026, "pl") == {}


def test_the_next_opening_is_found_past_a_long_closure() -> None:
    one = dated(closures=(closure(MONDAY, date(2026, 8, 31)),))
    assert hours.next_opening(one, at("10:00")) == at("08:00", date(2026, 9, 1))
    assert hours.issuing(one, at("10:00")) == "hall_closed"


def test_a_hall_open_on_single_days_only_names_the_next_of_them() -> None:
    one = hall(hours=Hours(dates={date(2026, 6, 1): (span("10:00", "12:00"),)}))
    assert hours.next_opening(one, at("10:00")) == at("10:00", date(2026, 6, 1))
    assert hours.next_opening(one, at("10:00", date(2026, 6, 1))) is None


def test_a_leap_day_can_have_hours_and_closures_of_its_own() -> None:
    leap = date(2028, 2, 29)
    assert local(dated({leap: (span("09:00", "10:00"),)}), leap) == ["09:00-10:00"]
    assert local(dated(closures=(closure(date(2028, 2, 28), date(2028, 3, 1)),)), leap) == []


@pytest.mark.parametrize("day", [date(2026, 3, 28), AUTUMN])
def test_a_closure_in_the_night_goes_by_the_local_clock(day: date) -> None:
    one = open_daily(("00:00", "06:00")).model_copy(
        update={"closures": (closure(day, span=span("02:00", "03:00")),)}
    )
    assert hours.openings(one, day) == (
        hours.Opening(at("00:00", day), at("02:00", day)),
        hours.Opening(at("03:00", day), at("06:00", day)),
    )


def test_a_closure_of_the_hour_that_a_clock_change_leaves_out_takes_nothing() -> None:
    one = open_daily(("00:00", "06:00")).model_copy(
        update={"closures": (closure(SPRING, span=span("02:00", "03:00")),)}
    )
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert [(o.opens, o.closes) for o in hours.openings(one, SPRING)] == [
        (at("00:00", SPRING), change),
        (change, at("06:00", SPRING)),
    ]


def test_up_to_midnight_a_closure_counts_by_the_calendar_date() -> None:
    tuesday = date(2026, 3, 3)
    week: Week = {day: (span("00:00", "02:00"), span("20:00", "23:59")) for day in WEEKDAYS}
    one = hall(
        hours=Hours(week=week),
        conduct=Conduct(day_begins=time(4)),
        closures=(closure(tuesday),),
    )
    assert hours.business_openings(one, MONDAY) == (hours.Opening(at("20:00"), at("23:59")),)
    assert hours.is_open(one, at("01:00", date(2026, 3, 4)))
    assert not hours.is_open(one, at("21:00", tuesday))


TIMES = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
SPANS = (
    st.tuples(TIMES, TIMES)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Span(opens=pair[0], closes=pair[1]))
)


@given(st.lists(SPANS, max_size=3), st.lists(SPANS, max_size=3), TIMES)
@settings(deadline=None)
def test_what_is_cut_out_is_gone_and_all_else_is_there(
    opening: list[Span], cuts: list[Span], at: time
) -> None:
    def covered(spans: Any) -> bool:
        return any(each.opens <= at < each.closes for each in spans)

    assert covered(hours.without(opening, cuts)) == (covered(opening) and not covered(cuts))

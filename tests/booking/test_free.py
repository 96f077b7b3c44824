"""Which times are offered to whom, and why not: lead, horizon, limits, shares, freed times, reasons."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qms.booking.rules import free
from qms.booking.rules.model import DayBook, Wanted
from qms.halls.rules.booking import Bookings, Closure, Lead, ServiceBooking
from qms.halls.rules.model import Hall, Hours
from qms.kernel.refusal import Refusal
from tests.booking.make import (
    EARLY,
    ID,
    PASSPORT,
    TUESDAY,
    at,
    book,
    booking,
    booking_hall,
    clocks,
    counter,
    cut,
    freed,
    rule,
)
from tests.halls.make import service

WEDNESDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 27)


def offered(hall: Hall, some: DayBook, *wanted: Wanted, now: datetime = EARLY, **how: Any) -> list[str]:
    return clocks(free.free(hall, some, wanted or (ID,), now, **({"public": True} | how)))


def code(
    hall: Hall, some: DayBook, hour: str, *wanted: Wanted, now: datetime = EARLY, **how: Any
) -> str | None:
    no = free.refusal(hall, some, wanted or (ID,), at(hour, some.day), now, **({"public": True} | how))
    return no.code if no else None


def test_length_adds_up_slots_people_and_services() -> None:
    hall = booking_hall(
        services=(
            service("id-card", minutes=16),
            service("passport", minutes=10, booking=ServiceBooking(slots=3)),
        )
    )
    assert free.length(hall, [ID]) == 30
    assert free.length(hall, [Wanted("passport", 2)]) == 90
    assert free.length(hall, [ID, PASSPORT]) == 75
    assert free.length(hall, []) == 0


def test_a_booked_time_is_offered_until_all_counters_have_it() -> None:
    hall = booking_hall(rule("08:00-08:30"), counters=2)
    one, two = booking(at("08:00"), id="a"), booking(at("08:00"), id="b")
    assert offered(hall, book()) == offered(hall, book(one)) == ["08:00", "08:15"]
    assert offered(hall, book(one, two)) == ["08:15"]
    assert code(hall, book(one, two), "08:00") == "time_taken"
    assert code(hall, book(one, two), "08:00", without="a") is None
    gone = booking(at("08:00"), id="b", state="cancelled")
    assert offered(hall, book(one, gone)) == ["08:00", "08:15"]


def test_a_long_booking_takes_all_its_slots_and_runs_over_two_rules() -> None:
    hall = booking_hall(
        rule("08:00-08:30", id="a"),
        rule("08:30-09:00", id="b"),
        services=(service("id-card", minutes=30), service("passport", minutes=15)),
    )
    assert offered(hall, book()) == ["08:00", "08:15", "08:30"]
    assert offered(hall, book(booking(at("08:30"), 15))) == ["08:00"]
    assert offered(hall, book(booking(at("08:15"), 30)), PASSPORT) == ["08:00", "08:45"]


def test_lanes_for_all_and_fewer_for_the_public() -> None:
    hall = booking_hall(rule("08:00-08:15", lanes=2, public_lanes=1), counters=3)
    web, phone = booking(at("08:00"), id="a"), booking(at("08:00"), id="b", via="phone")
    assert offered(hall, book(phone)) == ["08:00"]
    assert offered(hall, book(web)) == []
    assert code(hall, book(web), "08:00") == "time_taken"
    assert offered(hall, book(web), public=False) == ["08:00"]
    assert offered(hall, book(web, phone), public=False) == []
    assert offered(booking_hall(rule(lanes=0)), book(), public=False) == []


def test_a_booking_moves_to_another_counter_unseen() -> None:
    hall = booking_hall(
        rule("08:00-08:15"), counters=(counter("1", "id-card"), counter("2", "id-card", "passport"))
    )
    for own in ("a", "b"):
        assert offered(hall, book(booking(at("08:00"), id=own)), PASSPORT) == ["08:00"]
    assert offered(hall, book(booking(at("08:00"), services=(PASSPORT,))), PASSPORT) == []


def test_several_services_are_had_at_one_counter_where_there_is_one() -> None:
    together = {"several_services": True, "several_people": 2}
    both = booking_hall(
        rule("08:00-09:00"),
        counters=(counter("1", "id-card"), counter("2", "id-card", "passport")),
        **together,
    )
    assert offered(both, book(), ID, PASSPORT) == ["08:00", "08:15", "08:30"]
    assert offered(both, book(booking(at("08:15"), services=(PASSPORT,))), ID, PASSPORT) == ["08:30"]
    apart = booking_hall(
        rule("08:00-09:00"), counters=(counter("1", "id-card"), counter("2", "passport")), **together
    )
    taken = booking(at("08:15"), services=(PASSPORT,))
    assert offered(apart, book(taken), ID, PASSPORT) == ["08:15", "08:30"]
    assert offered(apart, book(taken), Wanted("id-card", 2)) == ["08:00", "08:15", "08:30"]
    held = booking(at("08:00"), 30, services=(ID, PASSPORT))
    assert offered(apart, book(held)) == ["08:15", "08:30", "08:45"]
    assert offered(apart, book(held), PASSPORT) == ["08:00", "08:30", "08:45"]


@pytest.mark.parametrize(
    ("lead", "first"),
    [
        (Lead(minutes=0), "2026-11-20 10:00"),
        (Lead(minutes=90), "2026-11-20 11:30"),
        (Lead(days=1), "2026-11-23 08:00"),
        (Lead(days=4), "2026-11-24 08:00"),
        (Lead(working_days=1), "2026-11-23 08:00"),
        (Lead(working_days=2), "2026-11-25 08:00"),
        (Lead(minutes=2 * 1440, working_days=1), "2026-11-23 08:00"),
        (Lead(minutes=3 * 1440 + 60, days=1), "2026-11-23 11:00"),
    ],
)
def test_lead(lead: Lead, first: str) -> None:
    closed = Closure(id="a", first_day=TUESDAY, last_day=TUESDAY)
    hall = booking_hall(lead=lead, closures=(closed,) if lead.working_days else ())
    now = at("10:00", date(2026, 11, 20))
    span = free.bookable(hall, (ID,), now, public=True)
    assert span is not None
    days = [span[0] + timedelta(days=n) for n in range(6)]
    times = [each for day in days for each in free.free(hall, DayBook(day), (ID,), now, public=True)]
    day, hour = first.split()
    assert times[0] == at(hour, date.fromisoformat(day))
    before = times[0] - timedelta(minutes=15)
    if free.starts(hall, DayBook(times[0].date()), (ID,), public=True)[0] < times[0]:
        no = free.refusal(hall, DayBook(times[0].date()), (ID,), before, now, public=True)
        assert no is not None
        assert no.code == "too_soon"


def test_no_working_day_no_time() -> None:
    hall = booking_hall(
        lead=Lead(working_days=1), hours=Hours(week={}, dates={TUESDAY: cut("08:00-16:00")})
    )
    assert free.bookable(hall, (ID,), at("12:00"), public=True) is None
    assert code(hall, book(), "13:00", now=at("12:00")) == "too_soon"


def test_staff_book_without_lead_and_horizon() -> None:
    hall = booking_hall(rule("08:00-09:00"), lead=Lead(days=3), horizon_days=5)
    now = at("08:20")
    assert offered(hall, book(), now=now) == []
    assert offered(hall, book(), now=now, public=False) == ["08:30", "08:45"]
    assert code(hall, book(), "08:15", now=now, public=False) == "too_soon"
    far = TUESDAY + timedelta(days=20)
    assert len(offered(hall, DayBook(far), now=now, public=False)) == 4
    assert code(hall, DayBook(far), "08:00", now=now) == "too_far"
    assert free.bookable(hall, (ID,), now, public=False) == (TUESDAY, TUESDAY + timedelta(days=730))


@pytest.mark.parametrize(
    ("opens", "now", "last"),
    [
        ("opening", "2026-11-24 07:59", "2026-11-26"),
        ("opening", "2026-11-24 08:00", "2026-11-27"),
        ("midnight", "2026-11-24 00:00", "2026-11-27"),
        # On a Sunday the horizon moves on as well, at the hour at which Monday opens.
        ("opening", "2026-11-22 07:59", "2026-11-24"),
        ("opening", "2026-11-22 08:00", "2026-11-25"),
    ],
)
def test_horizon(opens: str, now: str, last: str) -> None:
    hall = booking_hall(horizon_days=3, horizon_opens=opens)
    day, hour = now.split()
    moment = at(hour, date.fromisoformat(day))
    span = free.bookable(hall, (ID,), moment, public=True)
    assert span is not None
    assert span[1] == date.fromisoformat(last)
    beyond = span[1] + timedelta(days=1)
    if beyond.weekday() < 5:
        assert offered(hall, DayBook(beyond), now=moment) == []
        assert code(hall, DayBook(beyond), "09:00", now=moment) == "too_far"
    assert len(offered(hall, DayBook(span[1]), now=moment)) == 32


def test_a_service_has_its_own_lead_and_horizon_and_the_strictest_counts() -> None:
    own = ServiceBooking(lead=Lead(days=2), horizon_days=3)
    hall = booking_hall(
        services=(service("id-card", minutes=15), service("passport", minutes=15, booking=own)),
        several_services=True,
    )
    now = at("09:00", date(2026, 11, 23))
    assert free.bookable(hall, (ID,), now, public=True) == (date(2026, 11, 23), date(2026, 12, 23))
    for wanted in ((PASSPORT,), (ID, PASSPORT)):
        assert free.bookable(hall, wanted, now, public=True) == (WEDNESDAY, date(2026, 11, 26))


def test_a_horizon_that_ends_before_the_lead_leaves_nothing() -> None:
    hall = booking_hall(lead=Lead(days=5), horizon_days=3)
    assert free.bookable(hall, (ID,), EARLY, public=True) is None
    assert free.why_nothing(hall, [book()], (ID,), EARLY) == "too_soon"


@pytest.mark.parametrize(
    ("changes", "wanted", "public", "why"),
    [
        ({"bookings": None}, (ID,), True, "booking_closed"),
        ({"bookings": None}, (ID,), False, "booking_closed"),
        ({"open": False}, (ID,), True, "booking_closed"),
        ({"open": False}, (ID,), False, None),
        ({}, (Wanted("yacht"),), True, "unknown_service"),
        ({}, (Wanted("staff-only"),), True, "service_not_bookable"),
        ({}, (Wanted("staff-only"),), False, None),
        ({}, (Wanted("never"),), False, "service_not_bookable"),
        ({}, (Wanted("gone"),), False, "service_not_bookable"),
        ({}, (ID, Wanted("staff-only")), False, "together_not_allowed"),
        ({}, (Wanted("id-card", 2),), True, "together_not_allowed"),
        ({}, (Wanted("id-card", 0),), True, "together_not_allowed"),
        ({"several_people": 2}, (Wanted("id-card", 2),), True, None),
        ({"several_people": 2}, (Wanted("id-card", 3),), True, "together_not_allowed"),
        ({"several_services": True}, (ID, Wanted("staff-only")), False, None),
        ({"several_services": True, "several_people": 2}, (ID, ID), True, "together_not_allowed"),
    ],
)
def test_who_may_book_what(
    changes: dict[str, Any], wanted: tuple[Wanted, ...], public: bool, why: str | None
) -> None:
    services = (
        service("id-card", minutes=15),
        service("staff-only", minutes=15, booking=ServiceBooking(open="staff")),
        service("never", minutes=15, booking=ServiceBooking(open="none")),
        service("gone", minutes=15, retired=True),
    )
    hall = booking_hall(
        services=services, counters=(counter("1", "id-card", "staff-only", "never"),), **changes
    )
    assert code(hall, book(), "09:00", *wanted, public=public) == why
    assert bool(offered(hall, book(), *wanted, public=public)) is (why is None)
    assert (free.bookable(hall, wanted, EARLY, public=public) is None) is (why is not None)
    if public and why:
        assert free.why_nothing(hall, [book()], wanted, EARLY) == why


def test_nothing_wanted_is_nothing_known() -> None:
    hall = booking_hall()
    assert free.starts(hall, book(), (), public=True) == ()
    assert free.bookable(hall, (), EARLY, public=True) is None
    assert free.refusal(hall, book(), (), at("09:00"), EARLY, public=True) == Refusal("unknown_service")


def test_why_a_time_is_not_given() -> None:
    closed = Closure(id="a", first_day=WEDNESDAY, last_day=WEDNESDAY, span=cut("09:00-10:00")[0])
    off = Closure(id="b", first_day=FRIDAY, last_day=FRIDAY)
    hall = booking_hall(rule("08:00-12:00"), closures=(closed, off))
    assert code(hall, book(), "09:05") == "not_a_time"
    assert code(hall, book(), "13:00") == "not_a_time"
    assert code(hall, book(), "03:00") == "not_a_time"
    odd = at("09:00") + timedelta(seconds=1)
    assert free.refusal(hall, book(), (ID,), odd, EARLY, public=True) is not None
    assert code(hall, DayBook(WEDNESDAY), "09:30") == "hall_closed"
    assert code(hall, DayBook(WEDNESDAY), "10:00") is None
    assert code(hall, DayBook(FRIDAY), "09:00") == "hall_closed"
    assert free.why_nothing(hall, [DayBook(FRIDAY)], (ID,), EARLY) == "hall_closed"


def test_why_nothing_is_free() -> None:
    hall = booking_hall(rule("08:00-08:15"), horizon_days=2)
    full = book(booking(at("08:00")))
    assert offered(hall, full) == []
    assert free.why_nothing(hall, [full, DayBook(date(2026, 11, 22))], (ID,), EARLY) == "all_taken"
    assert free.why_nothing(hall, [DayBook(FRIDAY)], (ID,), EARLY) == "too_far"
    other = booking_hall(rule("08:00-08:15", services=("passport",)))
    assert free.why_nothing(other, [book()], (ID,), EARLY) == "no_times"
    assert free.why_nothing(other, [], (ID,), EARLY) == "no_times"


def test_a_share_is_kept_for_those_who_walk_in() -> None:
    hall = booking_hall(rule("08:00-10:00"), walk_in_share=0.5)
    hours = ("08:00", "08:15", "08:30")
    three = [booking(at(hour), id=hour) for hour in hours]
    assert len(offered(hall, book(*three))) == 5
    four = book(*three, booking(at("08:45")))
    assert offered(hall, four) == []
    assert code(hall, four, "09:00") == "share_taken"
    assert code(hall, four, "09:00", without="08:00") is None
    assert len(offered(hall, four, public=False)) == 4
    by_phone = book(*three, booking(at("08:45"), via="phone"))
    assert len(offered(hall, by_phone)) == 4


def test_those_who_did_not_prove_themselves_share_little() -> None:
    hall = booking_hall(rule("08:00-10:00"), unproved_share=0.25)
    held: dict[str, Any] = {"state": "held", "proved": False}
    one = book(booking(at("08:00"), id="a", **held))
    assert len(offered(hall, one, proved=False)) == 7
    two = book(*one.bookings.values(), booking(at("08:15"), id="b", **held))
    assert offered(hall, two, proved=False) == []
    assert code(hall, two, "09:00", proved=False) == "share_taken"
    assert code(hall, two, "09:00") is None
    proved = book(*one.bookings.values(), booking(at("08:15"), proved=False))
    assert len(offered(hall, proved, proved=False)) == 6


def test_a_freed_time_is_hidden_from_the_public_until_it_is_shown_or_taken_up() -> None:
    hall = booking_hall(rule("08:00-08:30"))
    some = book(freed=(freed(at("08:00")),))
    assert offered(hall, some) == ["08:15"]
    assert code(hall, some, "08:00") == "time_taken"
    assert code(hall, some, "08:00", freed="f1") is None
    assert code(hall, some, "08:00", freed="another") == "time_taken"
    assert offered(hall, some, public=False) == ["08:00", "08:15"]
    taken = book(booking(at("08:00"), via="phone"), freed=(freed(at("08:00")),))
    assert offered(hall, taken) == ["08:15"]


def test_bookings_that_a_set_up_no_longer_holds_take_room_where_they_can() -> None:
    hall = booking_hall(rule("08:00-09:00"), counters=(counter("1", "id-card"), counter("2", "passport")))
    more = (booking(at("08:00"), id="a"), booking(at("08:00"), 30, id="b"))
    unknown = booking(at("08:30"), services=(Wanted("yacht"),))
    assert offered(hall, book(*more, unknown)) == ["08:30", "08:45"]
    assert offered(hall, book(*more, unknown), PASSPORT) == ["08:00", "08:15", "08:30", "08:45"]
    together = booking(at("08:45"), services=(ID, PASSPORT), id="c")
    assert offered(hall, book(together)) == ["08:00", "08:15", "08:30"]


def test_answers_are_kept_with_the_book_for_the_set_up_that_gave_them() -> None:
    wide, narrow, some = booking_hall(), booking_hall(rule("08:00-08:15")), book()
    first = free.starts(wide, some, (ID,), public=True)
    assert free.starts(wide, some, [ID], public=True) is first
    assert len(free.starts(narrow, some, (ID,), public=True)) == 1
    for n in range(100):
        free.refusal(wide, some, (ID,), at("09:00"), EARLY, public=True, without=str(n))
    assert len(some.memo) < 100
    assert free.starts(wide, some, (ID,), public=True) == first


def test_halls_in_other_zones() -> None:
    hall = booking_hall(
        rule("08:00-08:30"), zone="America/New_York", bookings=Bookings(opening=(rule("08:00-08:30"),))
    )
    found = free.free(hall, book(), (ID,), EARLY, public=True)
    assert found == (datetime(2026, 11, 24, 13, tzinfo=UTC), datetime(2026, 11, 24, 13, 15, tzinfo=UTC))

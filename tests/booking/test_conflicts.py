"""What an office is warned of before it saves: overlapping rules, bookings outside, too many."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.booking.rules import conflicts
from qms.booking.rules.model import Booking, Wanted
from qms.halls.rules.booking import Closure, OpeningRule
from qms.halls.rules.parts import WEEKDAYS
from tests.booking.make import (
    EARLY,
    ID,
    PASSPORT,
    TUESDAY,
    at,
    book,
    booking,
    booking_hall,
    counter,
    cut,
    rule,
)
from tests.booking.oracle import Oracle


def late(n: int) -> dict[str, Any]:
    """Made so many minutes later."""
    return {"made": EARLY + timedelta(minutes=n)}


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({}, {}, True),
        ({}, {"spans": cut("16:00-18:00")}, False),
        ({}, {"spans": cut("07:00-08:01")}, True),
        ({"services": ("id-card",)}, {}, True),
        ({"services": ("id-card",)}, {"services": ("passport",)}, False),
        ({"days": ("mon",)}, {"days": ("tue",)}, False),
        ({"last_day": date(2026, 5, 1)}, {"first_day": date(2026, 5, 2)}, False),
        ({"last_day": date(2026, 5, 4)}, {"first_day": date(2026, 5, 4)}, True),
        ({"breaks": cut("10:00-12:00")}, {"spans": cut("10:30-11:00")}, False),
        # Two rules for every second week, from weeks that follow each other: one or the other.
        ({"every": 2}, {"every": 2, "first_day": date(2026, 1, 8)}, False),
        ({"every": 2}, {"every": 2, "first_day": date(2026, 1, 15)}, True),
        ({"every": 2}, {"every": 3, "first_day": date(2026, 1, 8)}, True),
        ({"every": 2}, {"every": 4, "first_day": date(2026, 1, 8)}, False),
        ({"month_weeks": (1,)}, {"month_weeks": (2, 3)}, False),
        ({"month_weeks": (-1,)}, {"month_weeks": (4,)}, True),
        ({"month_weeks": (5,), "every": 7}, {"every": 3}, True),
        # On Saturday both hold, by an exception; on Tuesday one gives way by one.
        ({"exceptions": {date(2026, 11, 28): cut("09:00-10:00")}}, {"days": ("sat",)}, True),
        (
            {"days": ("tue",), "last_day": TUESDAY, "first_day": TUESDAY, "exceptions": {TUESDAY: ()}},
            {},
            False,
        ),
        (
            {"spans": cut("08:00-09:00")},
            {"spans": cut("10:00-11:00"), "exceptions": {TUESDAY: cut("08:30-09:30")}},
            True,
        ),
    ],
)
def test_rules_that_hold_at_once(one: dict[str, Any], other: dict[str, Any], meet: bool) -> None:
    for first, second in ((one, other), (other, one)):
        hall = booking_hall(rule(id="a", **first), rule(id="b", **second))
        found = conflicts.overlaps(hall)
        assert [set(pair) for pair in found] == ([{"a", "b"}] if meet else [])


def test_the_rule_that_counts_is_named_first() -> None:
    hall = booking_hall(rule(id="a"), rule(id="b", services=("passport",)), rule(id="c", order=1))
    assert conflicts.overlaps(hall) == (("b", "a"), ("b", "c"), ("a", "c"))
    assert conflicts.overlaps(booking_hall(bookings=None)) == ()


def test_outside_and_closed() -> None:
    closures = (
        Closure(id="a", first_day=TUESDAY, last_day=TUESDAY, span=cut("10:00-11:00")[0]),
        Closure(
            id="b", first_day=TUESDAY, last_day=TUESDAY, span=cut("13:00-14:00")[0], services=("passport",)
        ),
    )
    hall = booking_hall(rule("08:00-15:00", breaks=cut("12:00-12:30")), counters=3, closures=closures)
    some = book(
        booking(at("09:45"), id="fits"),
        booking(at("09:50"), id="into the closure"),
        booking(at("12:15"), id="in the break", via="phone"),
        booking(at("15:00"), id="after all rules", state="held"),
        booking(at("13:30"), id="of the service", services=(PASSPORT,)),
        booking(at("13:30"), id="of another"),
        booking(at("10:15"), id="here already", state="checked_in"),
        booking(at("10:15"), id="gone", state="cancelled"),
        booking(at("09:05"), id="off the grid"),
        booking(at("09:30"), id="no such service", services=(Wanted("yacht"),)),
    )
    assert dict(conflicts.hit(hall, some)) == {
        "into the closure": "closed",
        "in the break": "outside",
        "after all rules": "outside",
        "of the service": "closed",
        "no such service": "outside",
    }


def test_a_closed_day_hits_all() -> None:
    hall = booking_hall(closures=(Closure(id="a", first_day=TUESDAY, last_day=TUESDAY),))
    some = book(booking(at("09:00"), id="a"), booking(at("09:00"), id="b", state="pending"))
    assert conflicts.hit(hall, some) == (("a", "closed"), ("b", "closed"))


def test_the_youngest_of_too_many() -> None:
    hall = booking_hall(counters=2)
    three = [booking(at("09:00"), id=f"n{n}", **late(n)) for n in (2, 0, 1)]
    assert conflicts.hit(hall, book(*three)) == (("n2", "overbooked"),)
    assert conflicts.hit(hall, book(*three[1:])) == ()
    here = booking(at("09:00"), id="n3", state="checked_in", **late(3))
    assert dict(conflicts.hit(hall, book(*three, here))).keys() == {"n2", "n1"}


def test_as_few_as_possible() -> None:
    hall = booking_hall()
    old = booking(at("09:00"), 60, id="long", **late(0))
    short = [booking(at(f"09:{15 * n:02}"), id=f"s{n}", **late(1 + n)) for n in range(4)]
    assert conflicts.hit(hall, book(old, *short)) == (("long", "overbooked"),)


def test_lanes_of_rules_and_skills_count() -> None:
    hall = booking_hall(rule(lanes=1), counters=(counter("1", "id-card"), counter("2", "passport")))
    two = book(booking(at("09:00"), id="a"), booking(at("09:00"), id="b", services=(PASSPORT,), **late(1)))
    assert conflicts.hit(hall, two) == (("b", "overbooked"),)
    open_ = booking_hall(counters=hall.counters)
    assert conflicts.hit(open_, two) == ()
    young_id = book(*two.bookings.values(), booking(at("09:00"), id="c", **late(-1)))
    assert conflicts.hit(open_, young_id) == (("a", "overbooked"),)
    none = booking_hall(counters=(counter("2", "passport"),))
    assert conflicts.hit(none, two) == (("a", "overbooked"),)


@st.composite
def days(draw: st.DrawFn) -> list[Booking]:
    """Up to eight bookings of a morning, made in some order."""
    wanted = st.sampled_from((ID, PASSPORT))
    return [
        booking(
            at("08:00") + timedelta(minutes=15 * draw(st.integers(0, 4))),
            15 * slots,
            f"b{n}",
            services=(Wanted(draw(wanted).service, slots),),
            **late(draw(st.integers(0, 3))),
        )
        for n in range(draw(st.integers(0, 8)))
        for slots in [draw(st.integers(1, 3))]
    ]


@settings(max_examples=60)
@given(
    days(),
    st.sampled_from([(("id-card",), ("id-card", "passport")), (("id-card", "passport"),)]),
    st.none() | st.just(1),
)
def test_without_those_named_the_rest_fits_and_none_is_named_in_vain(
    bookings: list[Booking], skills: tuple[tuple[str, ...], ...], lanes: int | None
) -> None:
    every = OpeningRule(
        id="all", days=WEEKDAYS, first_day=date(2026, 1, 1), spans=cut("08:00-11:00"), lanes=lanes
    )
    hall = booking_hall(every, counters=tuple(counter(str(n), *own) for n, own in enumerate(skills)))
    named = [id for id, _ in conflicts.hit(hall, book(*bookings))]
    oracle = Oracle(hall, TUESDAY)
    stay = [oracle.known(each) for each in bookings if each.id not in named]
    assert oracle.holds(stay)
    for each in bookings:
        if each.id in named:
            assert not oracle.holds([*stay, oracle.known(each)])

"""What forms make of a hall, what differs between two, and what a month looks like: pure, so tried without a server."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.admin.pages.say import Tell
from qms.admin.rules import month
from qms.admin.rules.changes import CHANGES, changed
from qms.admin.rules.differences import entries
from qms.admin.rules.fields import Fields, Unfit
from qms.admin.rules.initial import initial, spans
from qms.booking.pages.say import Say
from qms.booking.rules import opening
from qms.halls.rules.booking import (
    Bookings,
    Closure,
    Contact,
    Holidays,
    Lead,
    Limits,
    OpeningRule,
    Reconfirm,
    Reminder,
    Shift,
    TimeOff,
)
from qms.halls.rules.model import Hall, Hours
from qms.web.catalogue import LANGUAGES
from tests.halls.make import hall as bare
from tests.halls.make import service, span

MONDAY = date(2026, 11, 23)
RULE = OpeningRule(id="all", first_day=date(2026, 1, 1), spans=(span("08:00", "12:00"),), lanes=3)


def town(**more: Any) -> Hall:
    """A hall with one opening rule; `more` are fields of it or of its bookings."""
    own = {name: more.pop(name) for name in list(more) if name in Bookings.model_fields}
    return bare(bookings=Bookings(**{"opening": (RULE,), **own}), **more)


def rules(hall: Hall) -> tuple[OpeningRule, ...]:
    assert hall.bookings is not None
    return hall.bookings.opening


# What people type


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("8:00-12:00", (span("08:00", "12:00"),)),
        (" 8.00 – 12.00 ;13:00—16:00", (span("08:00", "12:00"), span("13:00", "16:00"))),
        ("13:00-16:00, 8:00-13:00", (span("08:00", "13:00"), span("13:00", "16:00"))),
        ("8:00-12:00,", (span("08:00", "12:00"),)),
        ("", ()),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, read: tuple[Any, ...]) -> None:
    form = Fields({"times": typed})
    assert form.spans("times") == read
    form.sound()


@pytest.mark.parametrize(
    "typed", ["8-12", "12:00-8:00", "8:00-8:00", "8:00-24:00", "8:00", ",", "x", "8:00-9:60"]
)
def test_times_that_are_none_are_refused(typed: str) -> None:
    form = Fields({"times": typed})
    form.spans("times")
    assert form.faults == {"times": "spans"}


@given(st.dictionaries(st.sampled_from(["times", "n", "day", "at", "why-pl"]), st.text(max_size=30)))
def test_whatever_is_typed_is_read_or_refused(typed: dict[str, str]) -> None:
    form = Fields(typed)
    form.spans("times", needed=True)
    form.whole("n", 1, 9)
    form.day("day")
    form.between("at", "until")
    form.words("why", ("pl", "en"))
    if form.faults:
        with pytest.raises(Unfit):
            form.sound()


@given(st.sampled_from(sorted(CHANGES)), st.data())
def test_no_form_breaks_anything(what: str, data: st.DataObject) -> None:
    """Whatever a form holds, it makes a hall that is allowed, or says what is wrong."""
    names = [
        "kind",
        "id",
        "from",
        "until",
        "day",
        "how",
        "times",
        "breaks",
        "on-mon",
        "every",
        "lanes",
        "what",
    ]
    names += ["service-id-card", "counter", "opens", "closes", "reason-pl", "slot", "hold", "lead_minutes"]
    names += ["country", "subdivision", "open", "minutes", "freed_after", "freed_until", "contact_email"]
    names += [
        "reminders-0-days",
        "reminders-0-minutes",
        "words-pl",
        "field-0-en",
        "document-1-pl",
        "last-mon",
    ]
    values = [
        "",
        "on",
        "all",
        "roster",
        "2026-11-25",
        "2026-11-20",
        "8:00-9:00",
        "8:00",
        "9:00",
        "3",
        "1",
        "none",
    ]
    values += ["times", "hall", "services", "id-card", "closure-1", "0", "staff", "opening", "2199-12-31"]
    values += ["PL", "DE", "BY", "required", "off", "rules", "90"]
    given_form = data.draw(st.dictionaries(st.sampled_from(names), st.sampled_from(values)))
    try:
        after = changed(town(), what, given_form)
    except Unfit:
        return
    assert after != town()
    assert Hall.model_validate_json(after.model_dump_json()) == after
    assert entries(town(), after)


# Changes


def shown(hall: Hall, what: str, **asked: str) -> dict[str, str]:
    """A form as it is shown."""
    return initial(hall, what, asked, MONDAY)


@pytest.mark.parametrize("what", ["from", "online", "hours"])
def test_a_form_sent_as_it_is_changes_nothing(what: str) -> None:
    full = RULE.model_copy(
        update={
            "every": 2,
            "month_weeks": (1, -1),
            "first": time(8, 30),
            "last": time(11),
            "services": ("passport",),
        }
    )
    hall = town(opening=(full,), walk_in_share=0.3, lead=Lead(days=1))
    asked = {"from": {"id": "all"}}.get(what, {})
    with pytest.raises(Unfit) as unfit:
        changed(hall, what, shown(hall, what, **asked))
    assert set(unfit.value.faults.values()) == {"nothing_changed"}


def test_every_second_week_stays_in_step_when_it_is_changed() -> None:
    hall = town(opening=(RULE.model_copy(update={"every": 2, "first_day": MONDAY}),))
    after = changed(
        hall, "from", shown(hall, "from", id="all") | {"from": "2026-12-01", "times": "9:00-10:00"}
    )
    old, new = rules(after)
    assert new.first_day == date(2026, 12, 7)
    assert old.last_day == date(2026, 12, 6)


def test_a_cut_for_a_while_leaves_before_and_after_as_they_were() -> None:
    hall = town()
    after = changed(hall, "fewer", {"id": "all", "from": "2026-12-01", "until": "2026-12-02", "lanes": "1"})
    lanes = {
        day: next(rule.lanes for rule in rules(after) if opening.applies(rule, date(2026, 12, day)))
        for day in (1, 2, 3)
    }
    assert lanes == {1: 1, 2: 1, 3: 3}
    assert rules(after)[0].lanes == 3
    assert len({rule.id for rule in rules(after)}) == 3


def test_a_cut_within_weeks_that_are_left_out_is_refused() -> None:
    hall = town(opening=(RULE.model_copy(update={"every": 2, "first_day": MONDAY}),))
    with pytest.raises(Unfit) as unfit:
        changed(hall, "fewer", {"id": "all", "from": "2026-12-01", "until": "2026-12-02", "lanes": "1"})
    assert unfit.value.faults == {"until": "outside_series"}


def test_ids_are_those_that_are_free() -> None:
    closure = {"what": "hall", "from": "2026-12-01"}
    once = changed(town(), "closure", closure)
    twice = changed(once, "closure", closure | {"from": "2026-12-02"})
    assert [each.id for each in twice.closures] == ["closure-1", "closure-2"]
    back = changed(twice, "reopen", {"id": "closure-1"})
    again = changed(back, "closure", closure)
    assert sorted(each.id for each in again.closures) == ["closure-1", "closure-2"]


def test_a_part_of_several_days_is_closed_for_some_services() -> None:
    form = {"what": "services", "service-passport": "on", "from": "2026-12-01", "until": "2026-12-03"}
    after = changed(town(), "closure", form | {"opens": "8:00", "closes": "9:30", "reason-pl": "Szkolenie"})
    (closure,) = after.closures
    assert closure.services == ("passport",)
    assert closure.span == span("08:00", "09:30")
    assert closure.reason == {"pl": "Szkolenie"}
    assert closure.last_day == date(2026, 12, 3)


# Differences and their words


def voice(hall: Hall, language: str = "en") -> Tell:
    return Tell(Say(language, hall.zone), hall)


def test_each_thing_that_differs_is_named_once() -> None:
    before = town(time_off=(TimeOff(counter="1", first_day=MONDAY, last_day=MONDAY),))
    after = town(
        opening=(RULE.model_copy(update={"lanes": 2, "spans": (span("08:00", "11:00"),)}),),
        hold=45,
        rules={"pl": "Zasady"},
        closures=(Closure(id="c", first_day=MONDAY, last_day=MONDAY),),
        roster=(Shift(id="s", counter="1", first_day=MONDAY, spans=(span("08:00", "12:00"),)),),
        services=(
            service("id-card", booking={"open": "staff", "slots": 2}),
            service("passport", minutes=9),
        ),
    )
    found = [(each.about, each.id) for each in entries(before, after)]
    assert found == [
        ("service", "id-card.open"),
        ("service", "id-card.slots"),
        ("service", "passport.minutes"),
        ("setting", "hold"),
        ("setting", "rules"),
        ("opening", "all"),
        ("roster", "s"),
        ("off", "-0"),
        ("closure", "c"),
    ]
    assert entries(after, after) == ()


def test_bookings_that_begin_are_named_rule_by_rule() -> None:
    found = {(each.about, each.id) for each in entries(bare(), town(hold=45))}
    assert {("opening", "all"), ("setting", "hold"), ("setting", "open")} <= found


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_may_differ_has_its_words(language: str) -> None:
    """No key is missing, in any language, whichever setting changes; places in texts are filled."""
    before = town()
    full = RULE.model_copy(
        update={
            "every": 2,
            "month_weeks": (1, 2, 3, 4, 5, -1),
            "breaks": (span("10:00", "10:15"),),
            "first": time(8, 30),
            "last": time(11),
            "public_lanes": 1,
            "last_day": date(2027, 1, 1),
            "exceptions": {date(2026, 12, 24): (), date(2026, 12, 31): (span("08:00", "09:00"),)},
        }
    )
    after = bare(
        bookings=Bookings(
            open=False, slot=20, lead=Lead(minutes=90, days=1, working_days=2), horizon_days=60,
            horizon_opens="midnight", walk_in_share=0.25, hold=31, challenge=False, confirm_by_link=True,
            confirm_within=15, check_in_opens=20, check_in_closes=5, opening=(full,), unproved_hold=5,
            unproved_share=0.2, freed_after=0, freed_until=90, waiting_list=False, offer=30, offer_when_wait=0,
            contact=Contact(name="optional", email="optional", phone="optional", either=True),
            several_services=True, several_people=3, arrive_before=7.5, erase_after_days=30,
            limits=Limits(visits_per_day=0, per_contact=1, made_per_day=2, exempt=("dom@opieka.example",)),
            check_in_by=("code", "phone"), reconfirm=Reconfirm(), rules={"pl": "Zasady"}, rebook={"pl": "R"},
            reminders=(Reminder(), Reminder(days=0, minutes=90), Reminder(days=0, at=time(7))),
            privacy={"pl": "P", "en": "E"}, consent={"pl": "C"}, nothing_free={"pl": "N"},
        ),
        services=(
            service("id-card", booking={"open": "none", "only": True, "slots": 2, "horizon_days": 5, "lead": Lead()}),
            service(
                "passport", minutes=7.5, last_ticket={"mon": time(12)}, documents=({"pl": "Zdjęcie"},),
                booking={"fields": ({"id": "no", "names": {"pl": "Numer"}, "required": True},), "question": {"pl": "?"}},
            ),
        ),
        hours=Hours(last_ticket={"fri": time(14)}, tickets_before=45),
        closures=(Closure(id="c", first_day=MONDAY, last_day=date(2026, 11, 24), span=span("08:00", "09:00")),),
        time_off=(TimeOff(counter="1", first_day=MONDAY, last_day=MONDAY, reason={"pl": "Urlop"}),),
        roster=(Shift(id="s", counter="1", first_day=MONDAY, spans=(span("08:00", "12:00"),)),),
        holidays=Holidays(country="DE", subdivision="BY", open_on=(date(2026, 12, 26),)),
        names={"pl": "Inna"},
    )  # fmt: skip
    for one, other in ((before, after), (after, before)):
        for each in entries(one, other):
            told = voice(after, language).entry(each)
            assert told.title
            assert "{" not in told.title + told.before + told.after


def test_a_series_is_told_in_plain_words() -> None:
    hall = town(
        opening=(RULE.model_copy(update={"days": ("mon", "wed"), "every": 2, "month_weeks": (-1,)}),)
    )
    assert " · ".join(voice(hall).series(rules(hall)[0])) == (
        "Monday, Wednesday, 08:00–12:00 · every 2 weeks · of the month: last · all services"
        " · 3 visits at once · from 1 January 2026"
    )
    assert voice(hall, "pl").series(RULE)[0] == "poniedziałek–piątek, 08:00–12:00"
    assert voice(hall, "pl").lead(Lead(working_days=2)) == "2 dni robocze wcześniej"
    assert voice(hall, "de").counter("1") == "Platz 1"


# The month


def test_a_month_shows_hours_visits_holidays_closures_and_exceptions() -> None:
    hall = town(
        opening=(RULE.model_copy(update={"exceptions": {date(2026, 11, 24): ()}}),),
        holidays=Holidays(country="PL"),
        closures=(
            Closure(
                id="c",
                first_day=date(2026, 11, 25),
                last_day=date(2026, 11, 25),
                span=span("08:00", "10:00"),
            ),
        ),
    )
    weeks = month.weeks(hall, date(2026, 11, 1), "en")
    days = {one.day: one for week in weeks for one in week}
    assert all(len(week) == 7 for week in weeks)
    assert [day for day, one in days.items() if one.inside] == [date(2026, 11, n) for n in range(1, 31)]
    assert days[MONDAY].appointments == (("08:00", "12:00"),)
    assert days[date(2026, 11, 11)].holiday == "National Independence Day"
    assert days[date(2026, 11, 11)].open == ()
    assert days[date(2026, 11, 24)].appointments == ()
    assert [rule.id for rule in days[date(2026, 11, 24)].exceptions] == ["all"]
    assert days[date(2026, 11, 25)].open == (span("10:00", "16:00"),)
    assert days[date(2026, 11, 25)].appointments == (("10:00", "12:00"),)


def test_a_month_of_a_hall_without_bookings() -> None:
    weeks = month.weeks(bare(), date(2026, 2, 1), "en")
    assert not any(one.appointments for week in weeks for one in week)


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [((2026, 1, 31), (2025, 12), (2026, 2)), ((2026, 12, 1), (2026, 11), (2027, 1))],
)
def test_months_beside_a_month(
    day: tuple[int, int, int], before: tuple[int, int], after: tuple[int, int]
) -> None:
    assert month.beside(date(*day)) == (date(*before, 1), date(*after, 1))


def test_spans_are_written_as_they_are_read() -> None:
    both = (span("08:00", "12:00"), span("13:00", "16:00"))
    assert Fields({"x": spans(both)}).spans("x") == both

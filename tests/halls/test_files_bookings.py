"""Bookings, roster, time off, closures and holidays in a hall file, and what is said of mistakes in them."""

from datetime import date, time

import pytest

from qms.halls.rules.booking import (
    Closure,
    ExtraField,
    Holidays,
    Lead,
    OpeningRule,
    Reminder,
    ServiceBooking,
    Shift,
    TimeOff,
)
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.writing import dump
from tests.halls.make import span
from tests.halls.test_files import GOOD, mistakes, read

DATED = (
    GOOD.replace(
        "[groups.matters]",
        """\
[hours.dates]
2026-12-31 = ["08:00-12:00"]

[groups.matters]""",
    )
    + """
[services.taxes.booking]
open = "staff"
slots = 2
lead = { working_days = 1 }
question.pl = "Czy sprawa dotyczy nieruchomości w gminie?"
[services.taxes.booking.fields.plot]
names.pl = "Numer działki"
required = true

[bookings]
slot = 20
reminders = [{ days = 2, at = "09:00" }, { days = 0, minutes = 90 }]
privacy.pl = \"\"\"
Administratorem danych jest wójt.

Dane usuwamy po 14 dniach.\"\"\"

[bookings.opening.mornings]
services = ["id-card"]
days = ["mon", "wed"]
first_day = 2026-01-05
last_day = "2026-12-31"
every = 2
month_weeks = [1, -1]
spans = ["08:00-12:00"]
breaks = ["10:00-10:15"]
first = "08:20"
last = "11:40"
lanes = 2
public_lanes = 1
exceptions = { "2026-12-21" = ["08:00-10:00"], "2026-12-28" = [] }

[bookings.opening.rest]
first_day = 2026-01-05
spans = ["13:00-15:00"]

[roster.one]
counter = "1"
first_day = 2026-01-05
spans = ["08:00-16:00"]
services = ["id-card"]

[[time_off]]
counter = "1"
first_day = 2026-07-01
last_day = 2026-07-14

[[time_off]]
counter = "1"
first_day = 2026-08-03
span = "08:00-10:00"
reason.pl = "Szkolenie"

[closures.move]
first_day = 2026-09-01
reason.pl = "Przeprowadzka"

[closures.system]
first_day = 2026-09-02
span = "08:00-09:00"
services = ["taxes"]

[holidays]
country = "PL"
open_on = [2026-05-02]
"""
)


def altered(old: str, new: str) -> str:
    assert old in DATED
    return DATED.replace(old, new, 1)


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


def test_all_of_it_is_read() -> None:
    one = read(DATED)
    assert one.hours.dates == {date(2026, 12, 31): (span("08:00", "12:00"),)}
    assert one.services[1].booking == ServiceBooking(
        open="staff",
        slots=2,
        lead=Lead(working_days=1),
        question={"pl": "Czy sprawa dotyczy nieruchomości w gminie?"},
        fields=(ExtraField(id="plot", names={"pl": "Numer działki"}, required=True),),
    )
    assert one.bookings is not None
    assert one.bookings.slot == 20
    assert one.bookings.reminders == (Reminder(days=2, at=time(9)), Reminder(days=0, minutes=90))
    assert one.bookings.privacy["pl"] == "Administratorem danych jest wójt.\n\nDane usuwamy po 14 dniach."
    assert one.bookings.opening == (
        OpeningRule(
            id="mornings",
            services=("id-card",),
            days=("mon", "wed"),
            first_day=date(2026, 1, 5),
            last_day=date(2026, 12, 31),
            every=2,
            month_weeks=(1, -1),
            spans=(span("08:00", "12:00"),),
            breaks=(span("10:00", "10:15"),),
            first=time(8, 20),
            last=time(11, 40),
            lanes=2,
            public_lanes=1,
            exceptions={date(2026, 12, 21): (span("08:00", "10:00"),), date(2026, 12, 28): ()},
        ),
        OpeningRule(id="rest", first_day=date(2026, 1, 5), spans=(span("13:00", "15:00"),), order=1),
    )
    assert one.roster == (
        Shift(
            id="one",
            counter="1",
            first_day=date(2026, 1, 5),
            spans=(span("08:00", "16:00"),),
            services=("id-card",),
        ),
    )


def test_time_off_and_closures_without_a_last_day_are_of_one_day() -> None:
    one = read(DATED)
    assert one.time_off == (
        TimeOff(counter="1", first_day=date(2026, 7, 1), last_day=date(2026, 7, 14)),
        TimeOff(
            counter="1",
            first_day=date(2026, 8, 3),
            last_day=date(2026, 8, 3),
            span=span("08:00", "10:00"),
            reason={"pl": "Szkolenie"},
        ),
    )
    move, system = date(2026, 9, 1), date(2026, 9, 2)
    assert one.closures == (
        Closure(id="move", first_day=move, last_day=move, reason={"pl": "Przeprowadzka"}),
        Closure(
            id="system",
            first_day=system,
            last_day=system,
            span=span("08:00", "09:00"),
            services=("taxes",),
        ),
    )
    assert one.holidays == Holidays(country="PL", open_on=(date(2026, 5, 2),))


def test_all_of_it_is_written_back_in_lines_that_a_person_reads() -> None:
    text = dump(read(DATED))
    assert read(text) == read(DATED)
    for line in (
        'dates = { "2026-12-31" = ["08:00-12:00"] }',
        "first_day = 2026-01-05",
        'exceptions = { "2026-12-21" = ["08:00-10:00"], "2026-12-28" = [] }',
        "[services.taxes.booking.fields.plot]",
        'Dane usuwamy po 14 dniach."""',
        "[[time_off]]",
        'span = "08:00-10:00"',
        "open_on = [2026-05-02]",
    ):
        assert line in text.splitlines()


def test_a_hall_without_bookings_says_nothing_of_them() -> None:
    text = dump(read(GOOD))
    assert not [word for word in ("bookings", "roster", "time_off", "closures", "holidays") if word in text]
    one = read(GOOD + "[bookings]\n")
    assert one.bookings is not None
    assert "[bookings]" in dump(one).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('spans = ["08:00-12:00"]', 'spans = "08:00-12:00"', "bookings.opening.mornings.spans: must be a list of times from-to such as [\"08:00-16:00\"] (was 08:00-12:00)"),
        ('spans = ["08:00-12:00"]', 'spans = ["08:00-12:00", "noon"]', "bookings.opening.mornings.spans.2: must be a time from-to such as 08:00-16:00 (was noon)"),
        ('spans = ["08:00-12:00"]', 'spans = ["12:00-08:00"]', "bookings.opening.mornings.spans.1: the closing time must be after the opening time"),
        ('spans = ["08:00-12:00"]', 'spans = ["08:00-25:00"]', "bookings.opening.mornings.spans.1: must be a time such as \"08:30\" (was 25:00)"),
        ('spans = ["08:00-12:00"]', 'spans = ["08:00-12:00", "11:00-13:00"]', "bookings.opening.mornings.spans: times must follow each other"),
        ('spans = ["08:00-12:00"]', "spans = []", "bookings.opening.mornings.spans: must not be empty"),
        ('days = ["mon", "wed"]', "days = []", "bookings.opening.mornings.days: must not be empty"),
        ('days = ["mon", "wed"]', 'days = ["monday"]', "bookings.opening.mornings.days.1: must be one of 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun' (was monday)"),
        ("first_day = 2026-01-05\nlast_day", "last_day", "bookings.opening.mornings.first_day: is missing"),
        ('last_day = "2026-12-31"', 'last_day = "2025-12-31"', "bookings.opening.mornings: the last day must not be before the first"),
        ('last_day = "2026-12-31"', 'last_day = "soon"', "bookings.opening.mornings.last_day: must be a date such as 2026-12-24 (was soon)"),
        ('last_day = "2026-12-31"', "last_day = 2026", "bookings.opening.mornings.last_day: must be a date such as 2026-12-24 (was 2026)"),
        ("2026-12-28", "2026-02-30", "bookings.opening.mornings.exceptions.2026-02-30: must be a date such as 2026-12-24 (was 2026-02-30)"),
        ('["08:00-10:00"], "2026', '["8-10"], "2026', "bookings.opening.mornings.exceptions.2026-12-21.1: must be a time from-to such as 08:00-16:00 (was 8-10)"),
        ("month_weeks = [1, -1]", "month_weeks = [6]", "bookings.opening.mornings.month_weeks.1: must be one of 1, 2, 3, 4, 5, -1 (was 6)"),
        ("every = 2", "evry = 2", "bookings.opening.mornings.evry: is not a known key; did you mean every?"),
        ("every = 2", 'id = "x"', "bookings.opening.mornings.id: is not a known key; the section's name is the id"),
        ("lanes = 2", "lanes = -1", "bookings.opening.mornings.lanes: must be 0 or more (was -1)"),
        ('last = "11:40"', 'last = "08:00"', "bookings.opening.mornings.last: must not be before first"),
        ('services = ["id-card"]\ndays', 'services = ["id-card", "idcard"]\ndays', "bookings.opening.mornings.services.2: there is no service idcard"),
        ("slot = 20", "slott = 20", "bookings.slott: is not a known key; did you mean slot?"),
        ("slot = 20", "freed_until = 5", "bookings: freed_until must not be below freed_after"),
        ("slot = 20", 'contact = { email = "off" }', "bookings.contact: must ask for e-mail or phone, or nobody can be written to"),
        ("slot = 20", 'contact = { mail = "off" }', "bookings.contact.mail: is not a known key; did you mean email?"),
        ("slot = 20", 'limits = { exempt = ["nobody"] }', "bookings.limits.exempt.1: must be an e-mail address (was nobody)"),
        ("minutes = 90", "minute = 90", "bookings.reminders.2.minute: is not a known key; did you mean minutes?"),
        ("privacy.pl", "privacy.en", "bookings.privacy: must have pl, the hall's first language"),
        ("working_days = 1", "workdays = 1", "services.taxes.booking.lead.workdays: is not a known key; did you mean working_days?"),
        ('question.pl = "Czy', 'question.en = "Czy', "services.taxes.booking.question: must have pl, the hall's first language"),
        ("required = true", "require = true", "services.taxes.booking.fields.plot.require: is not a known key; did you mean required?"),
        ('[services.taxes.booking.fields.plot]\nnames.pl = "Numer działki"\nrequired = true\n', "fields = []\n", "services.taxes.booking.fields: must be sections, one for each: [services.taxes.booking.fields.<id>]"),
        ('[roster.one]\ncounter = "1"', '[roster.one]\ncounter = "7"', "roster.one.counter: there is no counter 7"),
        ('services = ["id-card"]\n\n[[time', 'services = ["passport"]\n\n[[time', "roster.one.services.1: there is no service passport"),
        ('[[time_off]]\ncounter = "1"', '[[time_off]]\ncounter = "7"', "time_off.1.counter: there is no counter 7"),
        ("last_day = 2026-07-14", "last_day = 2026-06-14", "time_off.1: the last day must not be before the first"),
        ('span = "08:00-10:00"', 'span = "8-10"', "time_off.2.span: must be a time from-to such as 08:00-16:00 (was 8-10)"),
        ('span = "08:00-09:00"', 'span = "09:00-08:00"', "closures.system.span: the closing time must be after the opening time"),
        ('services = ["taxes"]', 'services = ["taxi"]', "closures.system.services.1: there is no service taxi"),
        ("[closures.move]", "[closures.Move]", "closures.Move: must be small letters a-z, digits and single hyphens, such as id-card (was Move)"),
        ('country = "PL"', 'country = "XX"', "holidays.country: the public holidays of XX are not known"),
        ('country = "PL"', 'country = "pl"', "holidays.country: must be a country code of two capital letters, such as PL (was pl)"),
        ('country = "PL"', 'country = "PL"\nsubdivision = "BY"', "holidays.subdivision: PL has no subdivision BY with its own holidays"),
        ("open_on = [2026-05-02]", "open = []", "holidays.open: is not a known key; did you mean open_on?"),
        ('2026-12-31 = ["08:00-12:00"]', '2026-12-32 = ["08:00-12:00"]', "hours.dates.2026-12-32: must be a date such as 2026-12-24 (was 2026-12-32)"),
        ('2026-12-31 = ["08:00-12:00"]', '2026-12-31 = ["08:00-12:00", "11:00-13:00"]', "hours.dates.2026-12-31: opening times must follow each other"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_field_and_its_line(old: str, new: str, said: str) -> None:
    text = altered(old, new)
    found = mistakes(text)
    assert len(found) == 1
    line, words = found[0].removeprefix("line ").split(", ", 1)
    assert words == said
    assert 0 < int(line) <= text.count("\n")


def test_the_line_is_that_of_the_field() -> None:
    text = altered('services = ["id-card"]\n\n[[time', 'services = [\n  "passport",\n]\n\n[[time')
    line = line_of(text, '  "passport')
    assert mistakes(text) == [f"line {line}, roster.one.services.1: there is no service passport"]


def test_mistakes_in_many_parts_are_all_named() -> None:
    text = DATED.replace("slot = 20", "slot = 2").replace('counter = "1"', 'counter = "7"')
    text = text.replace("minutes = 12", "minutes = -1").replace('services = ["taxes"]', 'services = ["x"]')
    assert [words.split(", ", 1)[1] for words in mistakes(text)] == [
        "services.id-card.minutes: must be above 0 (was -1)",
        "bookings.slot: must be 5 or more (was 2)",
        "roster.one.counter: there is no counter 7",
        "time_off.1.counter: there is no counter 7",
        "time_off.2.counter: there is no counter 7",
        "closures.system.services.1: there is no service x",
    ]


@pytest.mark.parametrize("name", ["bookings", "roster", "time_off", "closures", "holidays"])
@pytest.mark.parametrize("value", ["5", '"x"', "[1]", "[[]]", "{ a = 1 }", "{ a = { b = 1 } }"])
def test_nonsense_gets_an_answer(name: str, value: str) -> None:
    assert mistakes(f"{name} = {value}\n" + GOOD)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-12-28", "2027-12-28", "bookings.opening.mornings.exceptions.2027-12-28: lies outside the days from which to which it holds"),
        ('breaks = ["10:00-10:15"]', 'breaks = ["12:00-12:30"]', "bookings.opening.mornings.breaks.1: lies outside the times"),
        ('first = "08:20"', 'first = "07:20"', "bookings.opening.mornings.first: lies outside the times"),
        ("public_lanes = 1", "public_lanes = 3", "bookings.opening.mornings.public_lanes: is more than lanes (2)"),
        ("slot = 20", 'check_in_by = ["code", "phone"]', "bookings.check_in_by: names phone, and no phone number is asked for"),
        ("slot = 20", "contact = { either = true }", "bookings.contact.either: one of e-mail and phone is not asked for at all"),
        ('open = "staff"', 'open = "none"\nonly = true', "services.taxes.booking.only: nobody can come: it takes no walk-ins and cannot be booked"),
        ("open_on = [2026-05-02]", "open_on = [2026-05-04]", "holidays.open_on: 2026-05-04 is not a public holiday"),
    ],
)  # fmt: skip
def test_an_oversight_is_named(old: str, new: str, said: str) -> None:
    found = parse(altered(old, new).replace("open_on = [2026-05-02]", "open_on = [2026-05-01]"))
    assert isinstance(found, HallFile)
    assert [str(each).split(", ", 1)[1] for each in found.warnings] == [said]


def test_a_hall_open_for_bookings_has_rules_and_says_what_becomes_of_the_data() -> None:
    found = parse(GOOD + "[services.taxes.booking]\nonly = true\n[bookings]\n")
    assert isinstance(found, HallFile)
    assert [each.text for each in found.warnings] == [
        "nobody can come: it takes no walk-ins and no opening rule gives times for it",
        "there are no opening rules, so no times can be booked",
        "people are not told who keeps their data, and what for",
    ]

"""The forms of settings: each says what is so, changes what it is about and nothing else, and refuses what cannot be."""

from datetime import date, time
from typing import Any

import pytest

from qms.admin.pages.say import Tell
from qms.admin.rules.changes import changed
from qms.admin.rules.differences import entries
from qms.admin.rules.fields import Unfit
from qms.admin.rules.holidays import listed, regions
from qms.admin.rules.initial import initial
from qms.admin.rules.settings import GROUPS, NESTED, PROSE, SETTINGS
from qms.booking.pages.say import Say
from qms.halls.rules import check
from qms.halls.rules.booking import Bookings, Contact, Holidays, Lead, Limits, Reconfirm, Reminder
from qms.halls.rules.model import Counter, Hall, Hours
from qms.halls.rules.parts import Part
from qms.web.catalogue import LANGUAGES
from tests.halls.make import hall as bare
from tests.halls.make import service

TODAY = date(2026, 11, 23)
OWN_FORMS = frozenset({"opening", "open"})
"""What is set elsewhere: with the times, and by the switch of the whole hall."""


def hall(**more: Any) -> Hall:
    """A hall with these settings of its bookings."""
    return bare(bookings=Bookings(**more))


def shown(of: Hall, what: str, **asked: str) -> dict[str, str]:
    """A form as it is shown, as a browser sends it back."""
    return {name: value for name, value in initial(of, what, asked, TODAY).items() if value}


def settings(of: Hall) -> Bookings:
    assert of.bookings is not None
    return of.bookings


def faults(of: Hall, what: str, typed: dict[str, str]) -> dict[str, str]:
    """What is wrong with a form, by field."""
    with pytest.raises(Unfit) as unfit:
        changed(of, what, typed)
    return unfit.value.faults


def test_every_setting_of_the_model_has_its_form() -> None:
    def names(part: type[Part], above: str = "") -> set[str]:
        return {f"{above}{name}" for name in part.model_fields if name not in NESTED}

    known = names(Bookings).union(*(names(part, f"{name}_") for name, part in NESTED.items()))
    assert known == {*SETTINGS, *PROSE, *OWN_FORMS}


def test_a_form_that_is_sent_as_it_is_changes_nothing() -> None:
    """Nor does it where the file said what a form rounds, or leaves out."""
    odd = bare(
        bookings=Bookings(
            lead=Lead(minutes=90, days=1), walk_in_share=0.333, unproved_share=0.005, check_in_opens=7.5, freed_after=0,
            check_in_by=("code", "phone"), contact=Contact(phone="optional", either=True), reconfirm=Reconfirm(days=9),
            reminders=(Reminder(days=3, at=time(9)), Reminder(), Reminder(days=2, minutes=45)),
            limits=Limits(exempt=("a@b.pl", "c@d.pl")), rules={"pl": "Raz\n\nDwa", "uk": "Раз"},
        ),
        services=(
            service(
                "id-card", minutes=0.00001, documents=({"pl": "Zdjęcie", "uk": "Фото"},), last_ticket={"mon": time(9)},
                booking={"fields": ({"id": "case", "names": {"pl": "Sprawa"}, "required": True},), "lead": Lead()},
            ),
        ),
        counters=(Counter(id="1", names={"pl": "1"}, services={"id-card": 1}),),
        hours=Hours(last_ticket={"fri": time(14)}, tickets_before=12.5),
        holidays=Holidays(country="DE", subdivision="BY", open_on=(date(2020, 1, 6), date(2026, 12, 26))),
    )  # fmt: skip
    forms: list[tuple[str, dict[str, str]]] = [
        (group, {}) for group in (*GROUPS, "holidays", "last-ticket")
    ]
    forms += [("service", {"id": "id-card"}), *(("words", {"id": id}) for id in PROSE)]
    for what, asked in forms:
        listed_days = {"listed-2026-12-26": "on"} if what == "holidays" else {}
        assert faults(odd, what, shown(odd, what, **asked) | listed_days) == {"": "nothing_changed"}, what


@pytest.mark.parametrize(
    ("what", "typed", "path", "value"),
    [
        ("settings", {"lead_working": "1", "lead_minutes": ""}, "lead", Lead(working_days=1)),
        ("settings", {"walk_in_share": "25"}, "walk_in_share", 0.25),
        ("settings", {"several_people": "4"}, "several_people", 4),
        ("hold", {"challenge": ""}, "challenge", False),
        ("hold", {"unproved_share": "0"}, "unproved_share", 0),
        ("contact", {"contact_phone": "optional"}, "contact", Contact(phone="optional")),
        (
            "limits",
            {"limits_exempt": "a@b.pl\nc@d.pl, a@b.pl"},
            "limits",
            Limits(exempt=("a@b.pl", "c@d.pl")),
        ),
        ("limits", {"limits_per_contact": "0"}, "limits", Limits(per_contact=0)),
        ("check-in", {"check_in_by-phone": "on"}, "check_in_by", ("code", "phone")),
        ("freed", {"waiting_list": "", "freed_until": "90"}, "freed_until", 90),
        ("reminders", {"reminders-0-at": "17:00"}, "reminders", (Reminder(at=time(17)),)),
        ("reminders", {"reminders-0-days": ""}, "reminders", ()),
        (
            "reminders",
            {"reminders-1-minutes": "120"},
            "reminders",
            (Reminder(), Reminder(days=0, minutes=120)),
        ),
        ("reminders", {"reconfirm": "on", "reconfirm_days": "3"}, "reconfirm", Reconfirm(days=3)),
        (
            "words",
            {"id": "rules", "words-pl": " Zasady\r\n\r\nDrugie "},
            "rules",
            {"pl": "Zasady\n\nDrugie"},
        ),
    ],
)
def test_a_form_changes_what_it_is_about(what: str, typed: dict[str, str], path: str, value: Any) -> None:
    before = hall()
    after = changed(before, what, shown(before, what) | typed)
    assert getattr(settings(after), path) == value
    assert Hall.model_validate_json(after.model_dump_json()) == after


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        ("settings", {"slot": "4"}, {"slot": "number"}),
        ("settings", {"several_people": "10"}, {"several_people": "number"}),
        ("hold", {"hold": "241"}, {"hold": "number"}),
        ("hold", {"unproved_share": "101"}, {"unproved_share": "number"}),
        ("contact", {"contact_email": "off"}, {"contact_email": "nobody_to_write_to"}),
        ("contact", {"contact_name": "perhaps"}, {"contact_name": "choose"}),
        ("limits", {"limits_exempt": "nobody"}, {"limits_exempt": "email"}),
        ("freed", {"freed_after": "60", "freed_until": "30"}, {"freed_until": "freed_order"}),
        ("reminders", {"reminders-0-minutes": "9"}, {"reminders-0-minutes": "days_or_minutes"}),
        ("reminders", {"reminders-1-at": "9:00"}, {"reminders-1-days": "number"}),
        ("reminders", {"reminders-1-days": "0"}, {"reminders-1-at": "clock"}),
        ("reminders", {"reconfirm": "on", "reconfirm_hours": "0"}, {"reconfirm_hours": "number"}),
        ("words", {"id": "consent", "words-en": "You may"}, {"words-pl": "first_language"}),
        ("words", {"id": "slot"}, {"id": "choose"}),
        ("words", {"id": "rules", "words-pl": "x" * 8001}, {"words-pl": "text"}),
        ("holidays", {"country": "XX"}, {"country": "unknown_country"}),
        ("holidays", {"country": "PL", "subdivision": "BY"}, {"subdivision": "unknown_region"}),
        ("holidays", {"country": "poland"}, {"country": "unknown_country"}),
        ("last-ticket", {"last-mon": "25:00"}, {"last-mon": "clock"}),
        ("service", {"id": "nothing"}, {"id": "choose"}),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    what: str, typed: dict[str, str], said: dict[str, str]
) -> None:
    assert faults(hall(), what, shown(hall(), what) | typed) == said


def test_all_that_is_wrong_is_said_at_once() -> None:
    typed = shown(hall(), "settings") | {"slot": "x", "horizon_days": "-1", "lead_days": "many"}
    assert set(faults(hall(), "settings", typed)) == {"slot", "horizon_days", "lead_days"}


def test_a_hall_without_bookings_is_given_them_switched_off() -> None:
    after = changed(bare(), "hold", shown(bare(), "hold") | {"hold": "20"})
    assert settings(after) == Bookings(open=False, hold=20)


def test_what_a_language_has_that_the_hall_has_not_stays() -> None:
    before = hall(rules={"pl": "Zasady", "uk": "Правила"})
    after = changed(before, "words", shown(before, "words", id="rules") | {"words-pl": "Nowe"})
    assert settings(after).rules == {"pl": "Nowe", "uk": "Правила"}


def test_a_service_is_given_questions_and_documents() -> None:
    before = hall()
    typed = {
        "only": "on",
        "minutes": "7,5",
        "question-pl": "Opłata wniesiona?",
        "field-1-pl": "Numer sprawy",
        "field-1-required": "on",
        "document-2-pl": "Zdjęcie",
        "document-2-en": "A photo",
        "last-fri": "13:00",
    }
    after = changed(before, "service", shown(before, "service", id="passport") | typed)
    now = after.service("passport")
    assert now is not None
    assert (now.minutes, now.booking.only, now.last_ticket) == (7.5, True, {"fri": time(13)})
    assert now.documents == ({"pl": "Zdjęcie", "en": "A photo"},)
    (asked,) = now.booking.fields
    assert (asked.id, asked.names, asked.required) == ("question-1", {"pl": "Numer sprawy"}, True)
    assert after.service("id-card") == before.service("id-card")
    again = shown(after, "service", id="passport") | {"field-1-pl": "Telefon"}
    (first, second) = changed(after, "service", again).service("passport").booking.fields  # type: ignore[union-attr]
    assert (first.id, second.id) == ("question-1", "question-2")
    without = {
        **shown(after, "service", id="passport"),
        "field-0-pl": "",
        "document-0-pl": "",
        "document-0-en": "",
    }
    bare_again = changed(after, "service", without).service("passport")
    assert bare_again is not None
    assert (bare_again.booking.fields, bare_again.documents) == ((), ())


def test_holidays_are_kept_and_some_are_worked_on() -> None:
    typed = {"country": "DE", "subdivision": "BY", "listed-2026-12-26": "on", "open-2026-12-26": "on"}
    after = changed(hall(), "holidays", typed)
    assert after.holidays == Holidays(country="DE", subdivision="BY", open_on=(date(2026, 12, 26),))
    closed = {name: value for name, value in typed.items() if not name.startswith("open-")}
    assert changed(after, "holidays", closed).holidays == Holidays(country="DE", subdivision="BY")
    assert changed(after, "holidays", {"country": ""}).holidays is None


def test_days_that_a_form_does_not_show_stay_as_they_were() -> None:
    before = bare(holidays=Holidays(country="PL", open_on=(date(2025, 11, 11),)))
    after = changed(
        before, "holidays", {"country": "PL", "open-2026-11-11": "on", "listed-2026-11-11": "on"}
    )
    assert after.holidays is not None
    assert after.holidays.open_on == (date(2025, 11, 11), date(2026, 11, 11))


def test_a_form_shows_the_holidays_of_its_own_country_and_region() -> None:
    found = dict(listed({"country": "DE", "subdivision": "BY"}, TODAY, "de"))
    assert found[date(2026, 12, 26)] == "Zweiter Weihnachtstag"
    assert date(2027, 1, 6) in found, "of Bavaria alone"
    assert min(found) >= TODAY
    assert listed({"country": "XX"}, TODAY, "de") == []
    assert regions({"country": "DE"}, TODAY)["BY"] == "Bayern"
    assert regions({"country": "PL"}, TODAY) == {}, "none has holidays of its own"
    assert set(regions({"country": "PL", "subdivision": "14"}, TODAY)) == {"14"}


def test_last_numbers_of_the_day() -> None:
    after = changed(
        bare(), "last-ticket", shown(bare(), "last-ticket") | {"last-fri": "15:30", "tickets_before": "45"}
    )
    assert after.hours.last_ticket == {"fri": time(15, 30)}
    assert after.hours.tickets_before == 45


# In words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_oversight_has_its_words(language: str) -> None:
    odd = bare(
        bookings=Bookings(
            check_in_by=("phone",),
            check_in_opens=0,
            check_in_closes=0,
            contact=Contact(either=True),
            rules={"pl": "Tylko"},
            privacy={"pl": "Dane"},
        ),
        services=(
            service("id-card", booking={"only": True}),
            service("passport", last_ticket={"sun": time(9)}),
        ),
        holidays=Holidays(country="PL", open_on=(date(2026, 11, 12),)),
    )
    voice = Tell(Say(language, odd.zone), odd)
    told = [voice.warning(each.path) for each in check.warnings(odd)]
    assert len({words for words in told if words}) >= 9
    none = bare(bookings=Bookings(privacy={}))
    assert any(Tell(Say(language, none.zone), none).warning(each.path) for each in check.warnings(none))


@pytest.mark.parametrize(
    ("what", "typed", "said"),
    [
        (
            "settings",
            {"lead_days": "1", "lead_minutes": ""},
            ("How long beforehand one must book", "1 h", "1 day before"),
        ),
        (
            "limits",
            {"limits_per_contact": "0"},
            ("Visits to come for one address or number", "5", "no limit"),
        ),
        ("contact", {"contact_phone": "optional"}, ("Telephone number", "not asked", "may be given")),
        ("reminders", {"reminders-0-at": "17:00"}, ("Reminders", "1 day before", "1 day before, 17:00")),
        ("freed", {"waiting_list": ""}, ("Waiting list", "yes", "no")),
        (
            "words",
            {"id": "rebook", "words-pl": "Zadzwoń."},
            ("How to find another time", "none", "Zadzwoń."),
        ),
        (
            "holidays",
            {"country": "DE", "subdivision": "BY"},
            ("Public holidays", "none", "Germany, Bayern"),
        ),
        ("last-ticket", {"last-fri": "15:30"}, ("Last number", "none", "Friday 15:30")),
    ],
)
def test_a_change_is_told_in_plain_words(
    what: str, typed: dict[str, str], said: tuple[str, str, str]
) -> None:
    before = hall()
    after = changed(before, what, shown(before, what) | typed)
    (entry,) = entries(before, after)
    told = Tell(Say("en", after.zone), after).entry(entry)
    assert (told.title, told.before, told.after) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_settings_are_told_and_countries_stand_in_the_order_of_the_alphabet(language: str) -> None:
    voice = Tell(Say(language, "Europe/Warsaw"), hall(arrive_before=7.5))
    for group, settings_of_it in GROUPS.items():
        assert len([value for _, value in voice.settings(group) if value]) == len(settings_of_it)
    names = [name for _, name in voice.countries()]
    assert len(names) > 200
    if language == "pl":
        assert names.index("Litwa") < names.index("Łotwa") < names.index("Macedonia Północna")
    if language == "uk":
        assert names.index("Гренада") < names.index("Іран") < names.index("Канада")

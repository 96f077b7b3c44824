"""The halls that come with the product, and the guide to their files."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qms.halls.rules import ready
from qms.halls.rules.booking import (
    Bookings,
    Closure,
    Contact,
    ExtraField,
    Holidays,
    Lead,
    Limits,
    OpeningRule,
    Reconfirm,
    Reminder,
    ServiceBooking,
    Shift,
    TimeOff,
)
from qms.halls.rules.equipment import Board, Kiosk, KioskButton, Panel, Paper, Sound, Zone
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.hours import holiday_name, issuing, openings
from qms.halls.rules.model import (
    KEY_CLIENT,
    Conduct,
    Counter,
    Group,
    Hall,
    Hours,
    Office,
    Overflow,
    Segment,
    Service,
    Standard,
)
from qms.halls.rules.parts import WEEKDAYS, Part
from qms.halls.rules.writing import dump, literal
from tests.halls.test_hours import MONDAY, at

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/hall-file.md").read_text(encoding="utf-8")
TYPICAL = {
    "id-card": 48,
    "id-card-collect": 40,
    "residence": 36,
    "pesel": 13,
    "vehicle-registration": 36,
    "vehicle-papers": 30,
    "driving-licence": 36,
    "certificates": 32,
    "civil-events": 8,
    "local-tax": 28,
    "payments": 46,
    "business": 11,
    "parking": 18,
    "large-family": 8,
}
"""Visits of a typical day in the town hall, by service: 390 in all."""


def shipped(name: str) -> Hall:
    found = parse((ROOT / f"config/halls/{name}.toml").read_bytes())
    assert isinstance(found, HallFile), [str(problem) for problem in found]
    assert found.warnings == ()
    return found.hall


@pytest.mark.parametrize("name", ["ratusz", "gmina"])
def test_a_shipped_hall_has_no_oversights_and_speaks_four_languages(name: str) -> None:
    one = shipped(name)
    assert one.id == name
    assert one.languages == ("pl", "en", "uk", "de")
    assert all(service.documents for service in one.services)
    again = parse(dump(one))
    assert isinstance(again, HallFile)
    assert again.hall == one


def test_the_town_hall_is_as_large_as_promised() -> None:
    one = shipped("ratusz")
    assert [len(parts) for parts in (one.counters, one.groups, one.services)] == [9, 5, 14]
    assert [group.letter for group in one.groups] == list("ABCDE")
    assert all(counter.place and counter.direction for counter in one.counters)
    assert all(max(counter.services.values()) == 2 for counter in one.counters)
    kiosk = [segment.id for segment in one.segments if segment.offered == "kiosk"]
    assert kiosk == ["pregnant", "small-child", "disabled", "75-plus"]
    assert one.segment(KEY_CLIENT) is not None


def test_the_town_halls_day_ends_with_the_last_ticket() -> None:
    one = shipped("ratusz")
    assert issuing(one, at("14:59")) is None
    assert issuing(one, at("15:00")) == "after_last_ticket"
    assert issuing(one, at("14:30"), one.service("vehicle-registration")) == "after_last_ticket"


def test_the_shipped_halls_show_every_way_of_booking() -> None:
    town, village = shipped("ratusz"), shipped("gmina")
    booking = {each.id: each.booking for each in (*town.services, *village.services)}
    assert booking["pesel"].question["pl"].endswith("?")
    assert [field.required for field in booking["vehicle-registration"].fields] == [True, False]
    assert booking["civil-events"].slots == 2
    assert booking["payments"].open == "none"
    assert booking["marriage"].only
    assert booking["marriage"].slots == 2


@pytest.mark.parametrize("name", ["ratusz", "gmina"])
def test_a_shipped_hall_takes_bookings_and_closes_on_polish_holidays(name: str) -> None:
    one = shipped(name)
    assert one.bookings is not None
    assert one.bookings.open
    for words in (
        one.bookings.rules,
        one.bookings.privacy,
        one.bookings.consent,
        one.bookings.nothing_free,
        one.bookings.rebook,
    ):
        assert tuple(words) == one.languages
    assert openings(one, date(2026, 12, 24)) == ()
    assert holiday_name(one, date(2026, 11, 11), "pl") == "Narodowe Święto Niepodległości"


def test_every_counter_of_the_town_hall_is_in_the_roster() -> None:
    one = shipped("ratusz")
    assert {shift.counter for shift in one.roster} == {counter.id for counter in one.counters}


def test_nine_counters_can_cope_with_a_typical_day() -> None:
    one = shipped("ratusz")
    assert sum(TYPICAL.values()) == 390
    work = sum(visits * (service.minutes + one.conduct.cycle_minutes) for service, visits in typical(one))
    opening = openings(one, MONDAY)[0]
    there = len(one.counters) * (opening.closes - opening.opens).total_seconds() / 60
    assert 0.8 < work / there < 0.88


def test_each_counter_has_enough_and_not_too_much_of_its_own_work() -> None:
    """First levels alone, each service shared evenly among its counters."""
    one = shipped("ratusz")
    for counter in one.counters:
        work = 0.0
        for service, visits in typical(one):
            sharing = [c for c in one.counters if c.services.get(service.id) == 1]
            work += counter.services.get(service.id) == 1 and visits * service.minutes / len(sharing)
        assert 0.3 < work / 480 < 1, counter.id


def typical(one: Hall) -> list[tuple[Service, int]]:
    return [(service, TYPICAL[service.id]) for service in one.services]


def test_the_ready_segments_have_their_words_in_the_same_four_languages() -> None:
    for segment in ready.SEGMENTS.values():
        for text in (segment["names"], segment.get("hint", segment["names"])):
            assert list(text) == ["pl", "en", "uk", "de"]


APART = {"office", "groups", "services", "counters", "segments", "hours", "conduct"} | {
    "bookings",
    "roster",
    "time_off",
    "closures",
    "holidays",
    "zones",
    "boards",
    "kiosk",
    "paper",
}
"""What of a hall has sections of its own."""
SECTIONS: dict[str, tuple[type[Part], set[str]]] = {
    "At the top": (Hall, APART),
    "`[office]`": (Office, set()),
    "`[hours]`": (Hours, {"week"}),
    "`[groups.<id>]`: the buttons of the kiosk": (Group, {"id", "order", "retired"}),
    "`[services.<id>]`: what people come for": (Service, {"id", "order", "retired", "booking"}),
    "`[counters.<id>]`: who does what": (Counter, {"id", "order", "retired", "services"}),
    "`[segments.<id>]`: kinds of clients": (Segment, {"id", "order", "retired"}),
    "`[conduct]`: the rules of the hall": (Conduct, set()),
    "`[zones.<id>]`: parts of the hall": (Zone, {"id"}),
    "`[boards.<id>]`: screens for those who wait": (Board, {"id"}),
    "`[kiosk]`: how kiosks behave": (Kiosk, set()),
    "`[paper]`: what a printed number says": (Paper, set()),
    "`[bookings]`: booked visits": (Bookings, {"opening"}),
    "`[bookings.opening.<id>]`: when appointments are given": (OpeningRule, {"id", "order"}),
    "`[roster.<id>]`: who is on duty when": (Shift, {"id", "order"}),
    "`[[time_off]]`: when a counter is not on duty": (TimeOff, set()),
    "`[closures.<id>]`: when nothing is given": (Closure, {"id"}),
    "`[holidays]`: public holidays": (Holidays, set()),
    "`[services.<id>.booking]`: how a service is booked": (ServiceBooking, set()),
    "`[services.<id>.booking.fields.<id>]`: a further question of the form": (ExtraField, {"id"}),
}


def inner(*names: str) -> set[str]:
    """The keys of tables within a section, as the guide writes them."""
    return {f"{name}.{key}" for name in names for key in INNER[name].model_fields}


INNER: dict[str, type[Part]] = {
    "standard": Standard,
    "lead": Lead,
    "contact": Contact,
    "limits": Limits,
    "reminders": Reminder,
    "reconfirm": Reconfirm,
    "panels": Panel,
    "sound": Sound,
    "buttons": KioskButton,
    "overflow": Overflow,
}
MORE: dict[str, set[str]] = {
    "At the top": {"version"},
    "`[hours]`": set(WEEKDAYS),
    "`[counters.<id>]`: who does what": {"level_1", "level_2"},
    "`[services.<id>]`: what people come for": inner("standard"),
    "`[boards.<id>]`: screens for those who wait": inner("panels", "sound"),
    "`[conduct]`: the rules of the hall": inner("overflow"),
    "`[kiosk]`: how kiosks behave": inner("buttons"),
    "`[bookings]`: booked visits": inner("lead", "contact", "limits", "reminders", "reconfirm"),
}


def rows(title: str) -> dict[str, str]:
    """The keys of one section of the guide, with their defaults."""
    section = GUIDE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    found: dict[str, str] = {}
    for keys, default in re.findall(r"^\| (`.*?`) \|.*\| ([^|]+) \|$", section, re.MULTILINE):
        found |= dict.fromkeys(re.findall(r"`([^`]+)`", keys), default)
    return found


@pytest.mark.parametrize("title", SECTIONS)
def test_the_guide_names_every_key_and_no_other(title: str) -> None:
    part, elsewhere = SECTIONS[title]
    assert rows(title).keys() == (set(part.model_fields) - elsewhere) | MORE.get(title, set())


def test_the_guide_says_what_all_parts_have() -> None:
    common = rows("Keys of all groups, services, counters and segments")
    assert common == {"order": "place in the file, from 0", "retired": "`false`"}


@pytest.mark.parametrize("title", SECTIONS)
def test_the_guide_gives_the_true_defaults(title: str) -> None:
    told = rows(title)
    for name, info in SECTIONS[title][0].model_fields.items():
        if name in told and told[name].startswith("`"):
            assert told[name] == f"`{literal(plain(info.default))}`", name
        elif name in told and told[name] == "needed":
            assert info.is_required(), name
        elif name in told and told[name] in ("none", "no limit"):
            assert info.default is None, name
    for key in MORE.get(title, set()) & told.keys():
        name, _, field = key.partition(".")
        if field and told[key].startswith("`"):
            assert told[key] == f"`{literal(plain(INNER[name].model_fields[field].default))}`", key


def plain(default: Any) -> Any:
    return float(default) if isinstance(default, int) and not isinstance(default, bool) else default

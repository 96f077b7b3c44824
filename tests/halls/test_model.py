"""A set-up that contradicts itself is refused, with the place of every contradiction."""

import json
from datetime import time
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from qms.halls.rules.check import warnings
from qms.halls.rules.model import Counter, Hall, Hours, Office, Standard
from tests.halls.make import group, hall, halls, segment, service, span


def refused(**changes: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        hall(**changes)
    return {".".join(map(str, error["loc"])): error["msg"] for error in caught.value.errors()}


def counter(**services: int) -> Counter:
    return Counter(
        id="1", names={"pl": "1"}, services={id.replace("_", "-"): n for id, n in services.items()}
    )


def test_every_contradiction_is_named_at_once() -> None:
    errors = refused(
        zone="Europe/Warszawa",
        services=(service("id-card"), service("passport", "travel"), service("id-card")),
        counters=(counter(id_card=1, visa=1),),
        segments=(segment("walk-in"),),
    )
    assert errors == {
        "zone": "is not a time zone; one is named such as Europe/Warsaw",
        "services.id-card": "is there twice; an id names one thing only",
        "services.passport.group": "there is no group travel",
        "counters.1.services.visa": "there is no service visa",
        "segments.booked": "every hall needs this segment: there is no segment booked",
    }


def test_a_part_in_use_cannot_name_a_retired_one() -> None:
    assert refused(services=(service("id-card"), service("passport", retired=True))) == {
        "counters.1.services.passport": "passport is retired"
    }


def test_a_retired_part_may_name_what_is_gone() -> None:
    hall(services=(service("id-card"), service("passport"), service("old", "gone", retired=True)))


def test_every_text_has_the_first_language() -> None:
    errors = refused(
        names={"en": "Hall"},
        office=Office(id="o", names={}, organisation="o"),
        services=(service("id-card", documents=({"pl": "dowód"}, {"en": "photo"})), service("passport")),
        notice={"en": "Closed"},
    )
    assert errors.keys() == {"names", "office.names", "services.id-card.documents.1", "notice"}
    assert errors["names"] == "must have pl, the hall's first language"


def test_a_language_is_named_once() -> None:
    assert refused(languages=("pl", "pl")) == {"languages": "names pl twice"}


@pytest.mark.parametrize(
    ("one", "two", "place"),
    [
        ({"letter": "A"}, {"letter": "A", "last": 500}, "letter"),
        ({"letter": "A", "last": 500}, {"letter": "A", "first": 500}, "letter"),
        (
            {"letter": "A", "booked_letter": "U"},
            {"letter": "B", "booked_letter": "U", "first": 2},
            "booked_letter",
        ),
        ({"letter": "A"}, {"letter": "B", "booked_letter": "A"}, "booked_letter"),
        ({"letter": "A"}, {"letter": "B", "booked_letter": "B"}, "booked_letter"),
    ],
)
def test_no_number_can_be_given_by_two_groups(one: Any, two: Any, place: str) -> None:
    groups = (group("documents", **one), group("cars", **two))
    assert refused(groups=groups).keys() == {f"groups.cars.{place}"}


def test_groups_may_share_a_letter_with_ranges_apart_or_with_a_retired_group() -> None:
    hall(
        groups=(
            group("documents", "A", last=499, booked_letter="U"),
            group("cars", "A", first=500, booked_letter="U"),
            group("old", "A", retired=True),
        )
    )


def test_groups_may_draw_from_one_run_of_numbers() -> None:
    hall(groups=(group("documents", "A", booked_letter="U"), group("cars", "A", booked_letter="U")))


@pytest.mark.parametrize("wrong", ["08:30:15", "08:30+02:00"])
def test_hours_are_whole_minutes_of_the_halls_own_clock(wrong: str) -> None:
    with pytest.raises(ValidationError, match="hour and minute without a zone"):
        Hours(last_ticket={"mon": time.fromisoformat(wrong)})


def test_opening_times_follow_each_other() -> None:
    with pytest.raises(ValidationError, match="opening times must follow"):
        Hours(week={"mon": (span("08:00", "12:00"), span("11:00", "16:00"))})
    with pytest.raises(ValidationError, match="closing time must be after"):
        span("16:00", "08:00")


def test_oversights_are_warned_of_and_allowed() -> None:
    odd = hall(
        groups=(group("documents", "A"), group("cars", "B")),
        services=(
            service("id-card", last_ticket={"mon": time(17), "sun": time(9), "tue": time(12)}),
            service("passport", notice={"pl": "x", "fr": "y"}),
            service("later", open=False),
        ),
        counters=(counter(id_card=1),),
        segments=(segment("walk-in"), segment("booked", offered="kiosk")),
    )
    said = {str(fault) for fault in warnings(odd)}
    assert {
        "services.passport: no counter serves it",
        "groups.cars: has no services",
        "services.id-card.names: has no en",
        "services.passport.notice: has fr, which the hall does not list among its languages",
        "segments.booked.offered: anybody at the kiosk can choose this segment",
        "services.id-card.last_ticket.mon: lies outside the opening hours",
        "services.id-card.last_ticket.sun: the hall is closed on that day",
    } <= said
    assert not [line for line in said if line.startswith("services.later: no")]
    assert not [line for line in said if line.endswith("tue: lies outside the opening hours")]


def test_parts_are_found_by_id_retired_or_not() -> None:
    one = hall(segments=(segment("walk-in"), segment("booked"), segment("old", retired=True)))
    assert one.service("passport") is one.services[1]
    assert one.group("documents") is one.groups[0]
    assert one.counter("1") is one.counters[0]
    assert one.segment("old") is one.segments[2]
    assert one.service("visa") is None


def test_looking_up_changes_neither_equality_nor_what_is_written() -> None:
    one, other = hall(), hall()
    one.service("passport")
    assert one == other
    assert one.model_dump_json() == other.model_dump_json()


@pytest.mark.parametrize("deep", [False, True])
def test_a_changed_copy_looks_up_its_own_parts(deep: bool) -> None:
    one = hall()
    assert one.service("visa") is None
    more = one.model_copy(update={"services": (*one.services, service("visa"))}, deep=deep)
    assert more.service("visa") is more.services[2]
    assert one.service("visa") is None


@pytest.mark.slow
@given(halls())
@settings(max_examples=60, deadline=None)
def test_a_hall_is_the_same_after_a_trip_through_json(any_hall: Hall) -> None:
    assert Hall.model_validate_json(any_hall.model_dump_json()) == any_hall


def test_a_version_that_was_stored_before_standards_could_be_left_out_is_read_as_it_is() -> None:
    was = json.loads(hall().model_dump_json())
    del was["conduct"]["publish_standards"]
    for kind in was["segments"]:
        kind["standard"] = {"minutes": 20, "share": 0.8}
    now = Hall.model_validate_json(json.dumps(was))
    assert now.conduct.publish_standards
    assert [kind.standard for kind in now.segments] == [Standard(minutes=20, share=0.8)] * 2


def test_a_kind_of_client_is_promised_nothing_unless_the_office_says_so() -> None:
    assert all(kind.standard is None for kind in hall().segments)

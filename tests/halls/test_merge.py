"""Applying a file loses no part that old tickets may name, and does nothing twice."""

import pytest
from hypothesis import given, settings

from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.merge import Change, merge, plan
from qms.halls.rules.model import Hall
from qms.halls.rules.writing import dump
from qms.kernel.refusal import Refusal
from tests.halls.make import group, hall, halls, segment, service


def file(of: Hall, version: int | None = None) -> HallFile:
    found = parse(dump(of, version))
    assert isinstance(found, HallFile)
    return found


FULL = hall(
    groups=(group("documents", "A"), group("cars", "B")),
    services=(service("id-card"), service("passport"), service("plates", "cars")),
    segments=(segment("walk-in"), segment("booked"), segment("pregnant")),
)
LESS = hall()


def test_a_first_set_up_stays_as_it_is() -> None:
    assert merge(None, LESS) == LESS


def test_what_is_no_longer_named_is_kept_as_retired() -> None:
    both = merge(FULL, LESS)
    assert [(g.id, g.retired) for g in both.groups] == [("documents", False), ("cars", True)]
    assert [(s.id, s.retired) for s in both.services] == [
        ("id-card", False),
        ("passport", False),
        ("plates", True),
    ]
    assert [(s.id, s.retired) for s in both.segments] == [
        ("walk-in", False),
        ("booked", False),
        ("pregnant", True),
    ]
    assert not any(c.retired for c in both.counters)
    plates = both.service("plates")
    assert plates is not None
    assert plates.names == {"pl": "plates"}


def test_a_counter_that_is_gone_is_retired() -> None:
    assert merge(FULL, hall(counters=())).counters == (
        FULL.counters[0].model_copy(update={"retired": True}),
    )


def test_what_is_named_again_serves_again() -> None:
    assert merge(merge(FULL, LESS), FULL) == FULL


def test_a_set_up_does_not_turn_into_another_halls() -> None:
    with pytest.raises(ValueError, match="gmina is not a new version of ratusz"):
        merge(LESS, hall(id="gmina"))


@pytest.mark.slow
@given(halls(), halls())
@settings(max_examples=40, deadline=None)
def test_the_outcome_is_a_sound_hall_that_names_everything_once(old: Hall, new: Hall) -> None:
    new = new.model_copy(update={"id": old.id})
    both = merge(old, new)
    assert Hall.model_validate_json(both.model_dump_json()) == both
    assert merge(both, new) == both
    assert merge(both, both) == both
    for kind in ("groups", "services", "counters", "segments"):
        named = {part.id for part in getattr(old, kind)} | {part.id for part in getattr(new, kind)}
        assert {part.id for part in getattr(both, kind)} == named


def test_a_new_hall_is_stored_whatever_version_its_file_names() -> None:
    assert plan(None, 0, file(LESS)) == Change(LESS, None)
    assert plan(None, 0, file(LESS, 7)) == Change(LESS, None)


def test_the_same_file_twice_makes_no_new_version() -> None:
    first = plan(FULL, 3, file(LESS, 3))
    assert isinstance(first, Change)
    assert first.based_on == 3
    assert plan(first.hall, 4, file(LESS, 3)) is None
    assert plan(first.hall, 4, file(LESS)) is None
    assert plan(first.hall, 4, file(LESS), forced=True) is None


def test_an_export_applied_again_changes_nothing() -> None:
    both = merge(FULL, LESS)
    assert plan(both, 5, file(both, 5)) is None


def test_a_file_older_than_the_hall_is_refused_unless_forced() -> None:
    assert plan(FULL, 4, file(LESS, 3)) == Refusal(
        "version_changed", {"hall": "ratusz", "version": 4, "file": 3}
    )
    assert plan(FULL, 4, file(LESS, 3), forced=True) == Change(merge(FULL, LESS), None)


def test_a_version_that_never_was_is_refused() -> None:
    assert plan(FULL, 4, file(LESS, 9)) == Refusal(
        "unknown_version", {"hall": "ratusz", "version": 4, "file": 9}
    )


def test_a_file_that_names_no_version_is_based_on_the_present_one() -> None:
    assert plan(FULL, 4, file(LESS)) == Change(merge(FULL, LESS), 4)

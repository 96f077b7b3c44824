"""Roles give rights at a scope: an organisation, one of its offices, one of their halls."""

from typing import get_args

import pytest

from qms.staff.rules.roles import ADMIN, CLERK, RIGHTS, SUPERVISOR, Grant, governs, is_role, scopes, within
from qms.web.principal import ANYBODY, Place, Principal, Right
from tests.web.make import PLACES

ALL = list(PLACES.values())


def holding(*grants: Grant) -> Principal:
    return Principal("staff", "staff:x", scopes(grants))


@pytest.mark.parametrize(
    ("scope", "halls"),
    [
        ("organisation:miasto", {"ratusz", "wydzial", "gmina"}),
        ("organisation:powiat", {"powiat"}),
        ("office:centrum", {"ratusz", "wydzial"}),
        ("office:lipowo", {"gmina"}),
        ("hall:ratusz", {"ratusz"}),
        ("hall:powiat", {"powiat"}),
        # Names of one kind are not names of another.
        ("office:powiat", set()),
        ("hall:centrum", set()),
        ("ratusz", set()),
    ],
)
def test_a_grant_counts_at_its_scope_and_below(scope: str, halls: set[str]) -> None:
    who = holding(Grant("clerk", scope))
    assert {hall for hall, place in PLACES.items() if who.may("counter.work", place)} == halls


def test_each_role_may_all_that_the_one_below_it_may() -> None:
    assert CLERK < SUPERVISOR < ADMIN == frozenset(get_args(Right))
    assert all(is_role(role) for role in RIGHTS)
    assert not is_role("owner")


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        ("counter.work", {"clerk", "supervisor", "admin"}),
        ("tickets.issue", {"clerk", "supervisor", "admin"}),
        ("hall.watch", {"clerk", "supervisor", "admin"}),
        ("tickets.manage", {"supervisor", "admin"}),
        ("counter.pick", {"supervisor", "admin"}),
        ("hall.run", {"supervisor", "admin"}),
        ("hall.configure", {"admin"}),
        ("devices.manage", {"admin"}),
        ("staff.manage", {"admin"}),
    ],
)
def test_who_may_what(right: Right, roles: set[str]) -> None:
    assert {role for role, rights in RIGHTS.items() if right in rights} == roles


def test_grants_at_several_scopes_add_up_but_do_not_mix() -> None:
    who = holding(Grant("clerk", "organisation:miasto"), Grant("admin", "hall:gmina"))
    assert who.may("staff.manage", PLACES["gmina"])
    assert not who.may("staff.manage", PLACES["ratusz"])
    assert who.may("counter.work", PLACES["ratusz"])
    assert who.may_anywhere("staff.manage")
    two = holding(Grant("clerk", "hall:gmina"), Grant("supervisor", "hall:gmina"))
    assert two.scopes["hall:gmina"] == SUPERVISOR


def test_anybody_may_nothing() -> None:
    assert not any(ANYBODY.may(right, PLACES["ratusz"]) for right in get_args(Right))


def test_a_scope_lies_within_those_above_it() -> None:
    assert within("hall:ratusz", ALL) == ("hall:ratusz", "office:centrum", "organisation:miasto")
    assert within("office:lipowo", ALL) == ("office:lipowo", "organisation:miasto")
    assert within("organisation:powiat", ALL) == ("organisation:powiat",)
    assert within("hall:nowhere", ALL) is None
    assert within("", ALL) is None


@pytest.mark.parametrize(
    ("scope", "reach"),
    [
        ("hall:ratusz", {"hall:ratusz"}),
        ("office:centrum", {"office:centrum", "hall:ratusz", "hall:wydzial"}),
        (
            "organisation:miasto",
            {
                "organisation:miasto",
                "office:centrum",
                "office:lipowo",
                "hall:ratusz",
                "hall:wydzial",
                "hall:gmina",
            },
        ),
    ],
)
def test_an_administrator_governs_what_lies_within_and_nothing_above(scope: str, reach: set[str]) -> None:
    rights = scopes([Grant("admin", scope)])
    every = {one for place in ALL for one in place.scopes}
    assert {one for one in every if governs(rights, one, ALL)} == reach
    assert not any(governs(scopes([Grant("supervisor", scope)]), one, ALL) for one in every)


def test_places_of_a_hall_that_moved_are_as_they_are_now() -> None:
    moved = [Place("ratusz", "lipowo", "miasto")]
    assert within("hall:ratusz", moved) == ("hall:ratusz", "office:lipowo", "organisation:miasto")

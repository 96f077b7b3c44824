"""The difference between two states is exact, for our own patching and for anybody's."""

import copy
import json
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.live.patch import NullInViewError, apply, diff, refuse_null
from tests.live.screen import STATES, patched, successions


def same(one: Any, other: Any) -> bool:
    """Whether both are the same JSON, for which Python's 1 == True is not enough."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@given(successions())
def test_the_difference_applied_to_the_first_state_gives_the_second(
    states: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    before, after = states
    patch = diff(before, after)
    assert apply(before, patch) == after
    assert patched(before, patch) == after


@given(STATES, STATES)
def test_two_states_that_have_nothing_to_do_with_each_other_are_no_exception(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert apply(before, diff(before, after)) == after


@given(successions())
def test_a_patch_outlives_its_way_through_json(states: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = states
    assert same(
        apply(before, json.loads(json.dumps(diff(before, after)))), apply(before, diff(before, after))
    )


@pytest.mark.slow
@given(STATES, STATES)
def test_any_map_is_merged_as_another_author_merges_it(
    target: dict[str, Any], patch: dict[str, Any]
) -> None:
    assert same(apply(target, patch), patched(target, patch))


@given(successions())
def test_neither_state_is_changed_by_looking_at_it(states: tuple[dict[str, Any], dict[str, Any]]) -> None:
    kept = copy.deepcopy(states)
    apply(states[0], diff(*states))
    assert same(states, kept)


@given(STATES)
def test_equal_states_have_no_difference(state: dict[str, Any]) -> None:
    assert diff(state, copy.deepcopy(state)) == {}


@given(successions())
def test_a_patch_holds_null_only_for_what_is_gone(states: tuple[dict[str, Any], dict[str, Any]]) -> None:
    def look(patch: dict[str, Any], before: Any) -> None:
        for key, value in patch.items():
            if value is None:
                assert key in before
            elif isinstance(value, dict):
                look(value, before.get(key) if isinstance(before, dict) else None)

    before, after = states
    look(diff(before, after), before)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], {"a": "b"}, {"a": "b"}),
        ({"e": "kept"}, {"a": 1}, {"e": "kept", "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_the_rfc_hold(target: Any, patch: dict[str, Any], result: dict[str, Any]) -> None:
    """RFC 7396, appendix A, as far as patches are maps and patched states hold no null."""
    assert apply(target, patch) == result


def holes() -> st.SearchStrategy[Any]:
    """Values that JSON writes as null, somewhere within."""
    return st.recursive(
        st.sampled_from([None, nan, inf, -inf]),
        lambda inner: (
            st.tuples(st.just(1), inner).map(list) | st.fixed_dictionaries({"x": inner, "y": st.just(2)})
        ),
        max_leaves=3,
    )


@given(STATES, holes())
def test_what_would_be_null_is_refused_wherever_it_is(state: dict[str, Any], hole: Any) -> None:
    holed = {**state, "hole": hole}
    with pytest.raises(NullInViewError):
        refuse_null(holed)
    with pytest.raises(NullInViewError):
        diff(state, holed)
    with pytest.raises(NullInViewError):
        diff({**state, "hole": {"x": 1, "z": 3}}, holed)


def test_none_where_none_was_is_refused_as_well() -> None:
    with pytest.raises(NullInViewError):
        diff({"a": None}, {"a": None})


def test_a_refusal_names_the_place() -> None:
    with pytest.raises(NullInViewError, match=r"^board\.queues\.A\[\]\.names$"):
        refuse_null({"queues": {"A": [{"names": None}]}}, "board")


@given(STATES)
def test_a_state_without_nulls_is_let_through(state: dict[str, Any]) -> None:
    refuse_null(state)

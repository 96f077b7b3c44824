"""Events on record: every type and version is readable for ever, and none changes its shape unnoticed."""

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.booking.rules import events as calendar_events
from qms.kernel.event import Event, Recorded
from qms.ledger.codec import GENESIS
from qms.queue.rules import events
from qms.queue.rules.fold import EVENTS
from tests.queue.make import CODEC

EXAMPLES = Path(__file__).parent / "events"
NAMES: dict[str, type[Event]] = {cls.__name__: cls for cls in EVENTS}
VERSIONS = [(name, version) for name, cls in NAMES.items() for version in range(1, cls.VERSION + 1)]


def example(name: str, version: int) -> str:
    return (EXAMPLES / f"{name}.{version}.json").read_text().strip()


def recorded(body: Event) -> Recorded:
    return Recorded(
        "ratusz", 7, datetime(2026, 11, 24, 9, tzinfo=UTC), date(2026, 11, 24), "ann", "c", body
    )


def test_every_event_of_the_vocabulary_can_be_folded() -> None:
    named = [*vars(events).values(), *vars(calendar_events).values()]
    known = {cls for cls in named if isinstance(cls, type) and issubclass(cls, Event)}
    assert known - {Event} == set(EVENTS)


def test_there_is_one_example_of_every_version_and_no_other() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == {f"{n}.{v}.json" for n, v in VERSIONS}


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_a_version_on_record_is_still_read(name: str, version: int) -> None:
    assert type(CODEC.event(name, version, example(name, version))) is NAMES[name]


@pytest.mark.parametrize("name", NAMES)
def test_the_newest_version_is_written_as_its_example_says(name: str) -> None:
    """A field that is added, renamed, reordered or typed anew needs a new version and its upcaster."""
    version = NAMES[name].VERSION
    text = example(name, version)
    body = CODEC.event(name, version, text)
    row = CODEC.row(recorded(body), GENESIS)
    assert (row["type"], row["version"], row["body"]) == (name, version, text)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_leaves_nothing_out(name: str) -> None:
    """Every field has a value other than its default, so that the example shows its form."""
    body = CODEC.event(name, NAMES[name].VERSION, example(name, NAMES[name].VERSION))
    assert is_dataclass(body)
    plain = [field.name for field in fields(body) if getattr(body, field.name) == field.default]
    assert plain == []


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value that a field of this type may hold on record."""
    if kind is date:
        return st.dates(date(2000, 1, 1), date(2099, 1, 1))
    if kind is datetime:
        moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
        return moments.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(one) for one in inner))
    if origin is tuple and inner[-1] is ...:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(one) for one in inner))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values(hints[field.name]) for field in fields(kind)})
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(st.characters(codec="utf-8"), max_size=8),
        int: st.integers(-(2**40), 2**40),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        type(None): st.none(),
    }
    return simple[kind]


@given(st.sampled_from(EVENTS).flatmap(values))
def test_what_is_read_is_what_was_written(body: Event) -> None:
    event = recorded(body)
    assert CODEC.recorded(CODEC.row(event, GENESIS)) == event

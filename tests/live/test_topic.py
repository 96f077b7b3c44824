"""A topic: each change has a number, is encoded once, and is kept for a while."""

from math import nan
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from qms.live.patch import NullInViewError
from qms.live.topic import KEPT, Topic, frame
from qms.live.view import Concern, Subject, View
from tests.live.make import HALL, Shelf, happened, read
from tests.live.screen import STATES, Screen, changed

AT = "2026-11-23T12:00:00.000Z"


def topic(state: dict[str, Any], view: View | None = None) -> Topic:
    return Topic(view or Shelf().view, Subject("shelf", (HALL,)), "s-1", state, {HALL: 3}, 0.0, 0.0)


def advance(subject: Topic, state: Any, seq: int = 4) -> bool:
    return subject.advance(state, {HALL: seq}, AT)


def test_the_first_revision_is_one_and_comes_whole() -> None:
    assert read(topic({"a": 1}).full(AT, 20, "7")) == {
        "type": "state",
        "stream": "s-1",
        "rev": 1,
        "halls": {HALL: 3},
        "at": AT,
        "speed": 20,
        "version": "7",
        "state": {"a": 1},
    }


def test_a_change_is_a_patch_upon_the_revision_before_it() -> None:
    subject = topic({"a": 1, "b": 2})
    assert advance(subject, {"a": 1, "c": 3})
    assert read(subject.patch_after(1)) == {
        "type": "patch",
        "stream": "s-1",
        "rev": 2,
        "halls": {HALL: 4},
        "at": AT,
        "patch": {"b": None, "c": 3},
    }


def test_a_beat_tells_the_time_and_the_revision() -> None:
    subject = topic({})
    advance(subject, {"a": 1})
    assert read(subject.beat(AT, 2.5)) == {
        "type": "beat",
        "stream": "s-1",
        "rev": 2,
        "at": AT,
        "speed": 2.5,
    }


def test_what_changes_nothing_makes_no_revision_but_is_known_to_be_later() -> None:
    subject = topic({"a": 1})
    assert not advance(subject, {"a": 1}, seq=9)
    assert subject.rev == 1
    assert read(subject.full(AT, 1, ""))["halls"] == {HALL: 9}


def test_none_keeps_what_was_shown_last_and_upon_which_state() -> None:
    subject = topic({"a": 1})
    assert not advance(subject, None, seq=9)
    assert (subject.rev, subject.state, subject.halls) == (1, {"a": 1}, {HALL: 3})


def test_so_many_patches_are_kept_and_no_more() -> None:
    subject = topic({"n": 0})
    for n in range(1, KEPT + 3):
        advance(subject, {"n": n})
    assert subject.rev == KEPT + 3
    assert subject.patch_after(2) is None
    assert [read(subject.patch_after(rev))["rev"] for rev in range(3, KEPT + 3)] == list(range(4, KEPT + 4))
    assert subject.patch_after(subject.rev) is None


def test_the_whole_state_is_encoded_once_a_revision() -> None:
    subject = topic({"a": 1})
    first = subject.body
    subject.full(AT, 1, "")
    assert subject.body is first
    advance(subject, {"a": 2})
    assert read(subject.full(AT, 1, ""))["state"] == {"a": 2}
    assert subject.body is not first


@pytest.mark.parametrize("bad", [{"a": None}, {"a": {"b": [nan]}}, {1: "a"}, {"a": 2**70}, {"a": object()}])
def test_a_state_that_cannot_be_sent_leaves_the_topic_as_it_is(bad: Any) -> None:
    subject = topic({"a": 1})
    with pytest.raises((NullInViewError, orjson.JSONEncodeError)):
        advance(subject, bad)
    assert (subject.rev, subject.state, subject.halls, len(subject.patches)) == (1, {"a": 1}, {HALL: 3}, 0)
    assert advance(subject, {"a": 2})
    assert read(subject.patch_after(1))["patch"] == {"a": 2}


def test_a_first_state_that_cannot_be_sent_makes_no_topic() -> None:
    with pytest.raises(NullInViewError):
        topic({"a": None})


@given(st.data())
def test_patches_in_a_row_lead_to_the_last_state(data: st.DataObject) -> None:
    state = data.draw(STATES)
    subject, screen = topic(state), Screen()
    screen.take(read(subject.full(AT, 1, "")))
    for _ in range(data.draw(st.integers(1, 4))):
        state = data.draw(changed(state))
        if advance(subject, state):
            assert screen.take(read(subject.patch_after(screen.rev)))
        assert screen.state == state


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536, 200_000])
def test_a_frame_is_one_that_any_client_reads(length: int) -> None:
    """By the other end of the websockets library, at each length where its head changes."""
    client = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN)
    payload = b"x" * length
    client.receive_data(frame(payload) + frame(b"next"))
    events = client.events_received()
    assert [(event.opcode, event.data, event.fin) for event in events] == [  # type: ignore[union-attr]
        (Opcode.TEXT, payload, True),
        (Opcode.TEXT, b"next", True),
    ]


def test_the_ready_frame_says_what_the_text_says() -> None:
    message = topic({"name": "Zażółć gęślą jaźń, будь ласка"}).full(AT, 1, "")
    assert message["frame"] == frame(message["text"].encode())


def test_a_view_that_does_not_say_is_concerned_as_the_publisher_says() -> None:
    subject = topic({})
    for otherwise in Concern:
        assert subject.concern([happened(1)], otherwise) is otherwise


def test_a_view_says_itself_how_far_events_concern_it() -> None:
    subject = topic({}, Shelf(concerns=lambda _, events: Concern(len(events))).view)
    assert [subject.concern([happened(1)] * n, Concern.NOW) for n in range(3)] == list(Concern)


def test_a_view_that_fails_to_say_is_computed_rather_than_forgotten() -> None:
    subject = topic({}, Shelf(concerns=lambda _, events: Concern(1 // len(events))).view)
    assert subject.concern([], Concern.SOON) is Concern.SOON

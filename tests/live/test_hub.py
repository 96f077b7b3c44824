"""The hub: when views are computed, who hears of it, and what becomes of sockets without rights."""

import asyncio
import logging
from itertools import pairwise
from typing import Any

import pytest

from qms.live.hub import Hub
from qms.live.pace import Rhythm
from qms.live.protocol import SERVER_STOPS, UNKNOWN
from qms.live.view import Concern, Subject
from tests.live.make import HALL, Noting, Shelf, happened, hub, read

pytestmark = pytest.mark.asyncio(loop_factories=["leaping"])

RHYTHM = Rhythm()


def now() -> float:
    return asyncio.get_running_loop().time()


def close(times: list[float], expected: list[float]) -> bool:
    return times == pytest.approx(expected, abs=1e-6)


# -- subscribing


async def test_a_first_watcher_has_the_view_computed_a_second_one_does_not() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    first, second = (Noting(subject, shelf.subject) for _ in range(2))
    assert first.topic is second.topic
    assert len(shelf.computed) == 1


@pytest.mark.parametrize(
    "unknown", [Subject("shelf", ()), Subject("shelf", (HALL, "elsewhere")), Subject("nothing", (HALL,))]
)
async def test_what_is_not_known_cannot_be_watched(unknown: Subject) -> None:
    shelf = Shelf()
    assert hub(shelf).subscribe(Noting.__new__(Noting), unknown) == UNKNOWN


async def test_a_view_that_knows_no_such_subject_cannot_be_watched() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.publish(HALL, None)
    assert subject.subscribe(Noting.__new__(Noting), shelf.subject) == UNKNOWN
    assert not subject.topics()
    assert not subject.watchers


async def test_a_view_that_fails_at_subscription_leaves_nothing_behind() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.publish(HALL, RuntimeError("no"))
    with pytest.raises(RuntimeError):
        subject.subscribe(Noting.__new__(Noting), shelf.subject)
    assert not subject.topics()
    assert not subject.watchers


async def test_a_view_has_one_name() -> None:
    with pytest.raises(ValueError, match="already"):
        hub(Shelf(), Shelf())


async def test_a_topic_that_nobody_watches_is_forgotten_and_begins_anew_as_another_stream() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    first, second = Noting(subject, shelf.subject), Noting(subject, shelf.subject)
    subject.leave(first, first.topic)
    assert subject.topics() == (shelf.subject,)
    subject.leave(second, second.topic)
    subject.leave(second, second.topic)
    assert subject.topics() == ()
    subject.publish(HALL, {"a": 1})
    await asyncio.sleep(1)
    assert len(shelf.computed) == 1
    third = Noting(subject, shelf.subject)
    assert third.topic.stream != first.topic.stream
    assert third.topic.state == {"a": 1}


async def test_a_state_that_is_published_is_seen_by_whoever_subscribes_next_in_the_same_breath() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.publish(HALL, {"a": 1}, [happened(5)])
    message = read(subject.full(Noting(subject, shelf.subject).topic))
    assert (message["state"], message["halls"], message["speed"], message["version"]) == (
        {"a": 1},
        {HALL: 5},
        20,
        "7",
    )


async def test_no_change_falls_between_the_state_and_what_follows_it() -> None:
    """Subscribing while a change is under way: either the state has it, or a patch will."""
    shelf = Shelf()
    subject = hub(shelf)
    Noting(subject, shelf.subject)
    for n in range(20):
        subject.publish(HALL, {"n": n}, urgent=bool(n % 2))
        late = Noting(subject, shelf.subject)
        rev, state = late.topic.rev, late.topic.state
        await asyncio.sleep(0.2)
        assert late.topic.state == {"n": n}
        assert state == {"n": n} or late.topic.rev == rev + 1
        assert bool(late.woken) == (late.topic.rev > rev)


# -- pace


async def test_many_changes_are_one_publication_at_the_topics_own_pace() -> None:
    shelf = Shelf(pace=0.1)
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    for n in range(1000):
        subject.publish(HALL, {"n": n})
        await asyncio.sleep(0.002)
    gaps = [late - early for early, late in pairwise(watcher.woken)]
    assert len(watcher.woken) == pytest.approx(20, abs=1)
    assert min(gaps) > 0.099
    await asyncio.sleep(0.2)
    assert watcher.topic.state == {"n": 999}


async def test_a_timer_that_comes_early_makes_no_second_publication() -> None:
    """uvloop's timers count in whole milliseconds and so may come before their time."""
    shelf = Shelf(pace=0.1)
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    await asyncio.sleep(0.3)
    topic = watcher.topic
    for early in (0.0004, 0.0009):
        moment = now() + 0.1 - (now() - topic.phase) % 0.1
        await asyncio.sleep(moment - early - now())
        topic.due = None
        subject.publish(HALL, {"early": early}, urgent=True)
        await asyncio.sleep(0)
        subject.publish(HALL, {"early": early, "more": True})
        await asyncio.sleep(0.02)
        assert watcher.topic.state == {"early": early}
        await asyncio.sleep(0.1)
        assert watcher.topic.state == {"early": early, "more": True}


async def test_topics_of_one_pace_are_not_published_at_one_moment() -> None:
    shelf = Shelf(pace=0.1)
    subject = hub(shelf)
    watchers = [Noting(subject, Subject("shelf", (HALL,), str(n))) for n in range(10)]
    await asyncio.sleep(0.3)
    subject.publish(HALL, {"a": 1})
    await asyncio.sleep(0.1)
    moments = sorted(watcher.woken[0] for watcher in watchers)
    assert len(moments) == 10
    assert min(late - early for early, late in pairwise(moments)) > 0.1 / 10 / 3


async def test_a_call_does_not_wait_for_the_pace() -> None:
    shelf = Shelf(pace=10)
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    await asyncio.sleep(1)
    subject.publish(HALL, {"called": 1}, urgent=True)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert close(watcher.woken, [now()])


async def test_a_call_takes_with_it_what_was_waiting_for_the_pace() -> None:
    shelf = Shelf(pace=1, renew=100)
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    await asyncio.sleep(5)
    subject.publish(HALL, {"waiting": 1})
    subject.publish(HALL, {"waiting": 1, "called": 1}, urgent=True)
    await asyncio.sleep(3)
    assert len(shelf.computed) == 2
    assert watcher.revs == [2]


async def test_calls_of_one_moment_are_one_publication() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    await asyncio.sleep(1)
    for n in range(5):
        subject.publish(HALL, {"n": n}, urgent=True)
    await asyncio.sleep(0.001)
    assert watcher.revs == [2]
    assert watcher.topic.state == {"n": 4}


async def test_a_call_right_after_another_does_not_wait_for_what_waits_for_the_pace() -> None:
    shelf = Shelf(pace=10, renew=100)
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    await asyncio.sleep(25)
    began = now()
    subject.publish(HALL, {"called": 1}, urgent=True)
    await asyncio.sleep(0.001)
    subject.publish(HALL, {"called": 1, "more": 1})
    subject.publish(HALL, {"called": 2}, urgent=True)
    await asyncio.sleep(30)
    gap = RHYTHM.urgent_gap + RHYTHM.urgent_gap_each
    assert close(watcher.woken, [began, began + gap])
    assert len(shelf.computed) == 3


async def test_a_storm_of_calls_is_bounded_and_its_last_one_is_not_lost() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    await asyncio.sleep(1)
    for n in range(1000):
        subject.publish(HALL, {"n": n}, urgent=True)
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.006)
    assert watcher.topic.state == {"n": 999}
    assert len(watcher.woken) == pytest.approx(1 / RHYTHM.urgent_gap, rel=0.2)
    assert min(late - early for early, late in pairwise(watcher.woken)) >= RHYTHM.urgent_gap - 1e-9


async def test_calls_are_further_apart_the_more_sockets_hear_of_them() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    watchers = [Noting(subject, shelf.subject) for _ in range(1000)]
    await asyncio.sleep(1)
    for n in range(100):
        subject.publish(HALL, {"n": n}, urgent=True)
        await asyncio.sleep(0.001)
    gap = RHYTHM.urgent_gap + 1000 * RHYTHM.urgent_gap_each
    for watcher in watchers:
        assert min(late - early for early, late in pairwise(watcher.woken)) >= gap - 1e-9


async def test_each_of_many_urgent_topics_is_computed_in_a_round_of_its_own() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    for n in range(5):
        Noting(subject, Subject("shelf", (HALL,), str(n)))
    await asyncio.sleep(1)
    before = len(shelf.computed)
    subject.publish(HALL, {"a": 1}, urgent=True)
    for n in range(1, 6):
        await asyncio.sleep(0)
        assert len(shelf.computed) - before == n
    subject.publish(HALL, {"a": 2}, urgent=True)
    await asyncio.sleep(0.1)
    assert len(shelf.computed) - before == 10


async def test_a_crowd_is_woken_in_several_rounds_and_whole() -> None:
    shelf = Shelf()
    subject = hub(shelf, at_once=3)
    watchers = [Noting(subject, shelf.subject) for _ in range(8)]
    await asyncio.sleep(1)
    subject.publish(HALL, {"a": 1}, urgent=True)
    await asyncio.sleep(0)
    rounds = []
    for _ in range(4):
        rounds.append(sum(bool(watcher.woken) for watcher in watchers))
        await asyncio.sleep(0)
    assert rounds == [3, 6, 8, 8]


# -- concern


async def test_what_does_not_concern_a_view_does_not_compute_it() -> None:
    shelf = Shelf(concerns=lambda _, events: Concern.NONE, renew=1000)
    subject = hub(shelf)
    Noting(subject, shelf.subject)
    subject.publish(HALL, {"a": 1}, [happened(1)], urgent=True)
    subject.publish("elsewhere", {"a": 1}, urgent=True)
    await asyncio.sleep(10)
    assert len(shelf.computed) == 1


async def test_views_are_asked_each_for_itself() -> None:
    def mine(subject: Subject, events: Any) -> Concern:
        return Concern.NOW if str(events[-1].seq) == subject.key else Concern.SOON

    shelf = Shelf(pace=5, renew=1000, concerns=mine)
    subject = hub(shelf)
    one, two = (Noting(subject, Subject("shelf", (HALL,), key)) for key in "12")
    await asyncio.sleep(20)
    subject.publish(HALL, {"a": 1}, [happened(1)])
    await asyncio.sleep(0.001)
    assert (len(one.woken), len(two.woken)) == (1, 0)
    await asyncio.sleep(10)
    assert (len(one.woken), len(two.woken)) == (1, 1)


async def test_a_view_of_two_halls_hears_of_both() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.publish("annex", {"b": 1}, seq=4)
    watcher = Noting(subject, Subject("shelf", ("annex", HALL)))
    subject.publish("annex", {"b": 2}, [happened(5, "annex")])
    await asyncio.sleep(0.3)
    subject.publish(HALL, {"a": 1}, [happened(9)])
    await asyncio.sleep(0.3)
    assert watcher.topic.halls == {"annex": 5, HALL: 9}
    assert read(watcher.topic.patch_after(1))["halls"] == {"annex": 5, HALL: 0}


# -- renewal and failure


async def test_a_view_is_renewed_by_the_passing_of_time_alone() -> None:
    shelf, slow = Shelf(renew=1), Shelf("slow", renew=7)
    subject = hub(shelf, slow)
    watcher = Noting(subject, shelf.subject)
    Noting(subject, slow.subject)
    subject.start()
    await asyncio.sleep(60)
    assert len(shelf.computed) in range(28, 62)
    assert len(slow.computed) in range(7, 10)
    assert watcher.woken == []
    await subject.stop()


async def test_none_keeps_what_was_shown_last() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    subject.publish(HALL, {"a": 1}, urgent=True)
    await asyncio.sleep(1)
    subject.publish(HALL, None, [happened(8)], urgent=True)
    await asyncio.sleep(1)
    assert (watcher.topic.state, watcher.topic.rev, watcher.revs) == ({"a": 1}, 2, [2])
    subject.publish(HALL, {"a": 2}, urgent=True)
    await asyncio.sleep(1)
    assert watcher.revs == [2, 3]


@pytest.mark.parametrize("bad", [RuntimeError("no"), {"a": None}, {"a": 2**70}, {5: "a"}])
async def test_a_view_that_fails_keeps_its_last_state_and_others_go_on(
    bad: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shelf, other = Shelf(), Shelf("other")
    subject = hub(shelf, other)
    subject.publish("annex", {"b": 1}, seq=1)
    failing, fine = (
        Noting(subject, shelf.subject),
        Noting(subject, Subject("other", ("annex",))),
    )
    for urgent in (True, False):
        subject.publish(HALL, bad, urgent=urgent)
        subject.publish("annex", {"b": 2, "urgent": urgent}, urgent=urgent)
        await asyncio.sleep(0.5)
    assert (failing.topic.state, failing.woken) == ({}, [])
    assert fine.revs == [2, 3]
    subject.publish(HALL, {"good": "again"}, urgent=True)
    await asyncio.sleep(0.1)
    assert failing.topic.state == {"good": "again"}
    assert failing.revs == [2]


async def test_a_view_that_goes_on_failing_is_logged_once_for_each_time_that_it_begins_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf = Shelf()
    subject = hub(shelf)
    watcher = Noting(subject, shelf.subject)
    subject.start()
    for n in range(1, 4):
        subject.publish(HALL, RuntimeError("no"))
        await asyncio.sleep(60)
        assert [record.levelno for record in caplog.records] == [logging.ERROR] * n
        subject.publish(HALL, {"n": n})
        await asyncio.sleep(1)
        assert watcher.topic.state == {"n": n}
    await subject.stop()


# -- heartbeats


async def test_each_socket_gets_a_heartbeat_every_five_seconds() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.start()
    watchers = [Noting(subject, shelf.subject) for _ in range(50)]
    await asyncio.sleep(26)
    for watcher in watchers:
        assert len(watcher.beaten) in (5, 6)
        gaps = [late - early for early, late in pairwise(watcher.beaten)]
        assert gaps == pytest.approx([RHYTHM.beat] * len(gaps), abs=0.01)
    await subject.stop()


async def test_heartbeats_are_spread_over_their_interval() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.start()
    watchers = [Noting(subject, shelf.subject) for _ in range(100)]
    await asyncio.sleep(RHYTHM.beat - 0.01)
    moments = [watcher.beaten[0] for watcher in watchers]
    per_moment = [moments.count(moment) for moment in set(moments)]
    assert per_moment == [5] * RHYTHM.slots
    await subject.stop()


async def test_places_of_those_who_left_are_given_to_those_who_come() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.start()
    watchers = [Noting(subject, shelf.subject) for _ in range(40)]
    for watcher in watchers[::2]:
        subject.leave(watcher, watcher.topic)
    staying = watchers[1::2] + [Noting(subject, shelf.subject) for _ in range(20)]
    await asyncio.sleep(RHYTHM.beat - 0.01)
    moments = [watcher.beaten[0] for watcher in staying]
    assert {moments.count(moment) for moment in moments} == {2}
    assert not any(watcher.beaten for watcher in watchers[::2])
    await subject.stop()


# -- rights


async def test_the_patrol_looks_at_each_sockets_rights_once_a_minute() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.start()
    watchers = []
    for _ in range(3):
        watchers.append(Noting(subject, shelf.subject))
        await asyncio.sleep(7.5)
    await asyncio.sleep(280)
    for watcher in watchers:
        assert len(watcher.checks) in (4, 5)
        gaps = [late - early for early, late in pairwise(watcher.checks)]
        assert max(gaps) <= RHYTHM.recheck + 2 * RHYTHM.tick
    await subject.stop()


async def test_a_recheck_looks_at_those_whom_it_may_concern() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    ann, bob = (Noting(subject, shelf.subject, name) for name in ("ann", "bob"))
    await subject.recheck(lambda principal: principal == "ann")
    assert (len(ann.checks), len(bob.checks)) == (1, 0)
    await subject.recheck()
    assert (len(ann.checks), len(bob.checks)) == (2, 1)


async def test_a_recheck_that_closes_sockets_goes_through_all_of_them() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    watchers = [Noting(subject, shelf.subject) for _ in range(5)]
    checked = []

    def leave(hub: Hub, watcher: Noting) -> Any:
        async def check() -> None:
            checked.append(watcher)
            hub.leave(watcher, watcher.topic)

        return check

    for watcher in watchers:
        watcher.check = leave(subject, watcher)  # type: ignore[method-assign]
    await subject.recheck()
    assert checked == watchers
    assert not subject.watchers


# -- the end


async def test_stopping_closes_every_socket_and_waits_until_they_have_left() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.start()
    watchers = [Noting(subject, shelf.subject) for _ in range(3)]
    began = now()

    async def leave() -> None:
        await asyncio.sleep(0.5)
        for watcher in watchers:
            subject.leave(watcher, watcher.topic)

    leaving = asyncio.create_task(leave())
    await subject.stop()
    assert now() - began == pytest.approx(0.5)
    assert [watcher.closed for watcher in watchers] == [[SERVER_STOPS]] * 3
    await leaving


async def test_stopping_does_not_wait_for_sockets_that_do_not_go() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.start()
    watcher = Noting(subject, shelf.subject)
    began = now()
    await subject.stop(patience=2)
    assert now() - began == pytest.approx(2)
    subject.publish(HALL, {"a": 1}, urgent=True)
    await asyncio.sleep(10)
    assert (watcher.woken, watcher.beaten) == ([], [])


async def test_stopping_twice_is_no_harm() -> None:
    shelf = Shelf()
    subject = hub(shelf)
    subject.start()
    began = now()
    await subject.stop()
    await subject.stop()
    assert now() == began


async def test_a_view_that_rests_on_more_than_the_state_is_computed_again_at_its_next_moment_and_once() -> (
    None
):
    shelf, other = Shelf(), Shelf("other")
    subject = hub(shelf, other)
    Noting(subject, shelf.subject), Noting(subject, other.subject)
    began = now()
    await asyncio.sleep(0.5)
    subject.publish(HALL, {"n": 2})
    subject.renew(HALL, {"shelf"})
    await asyncio.sleep(0.3)
    subject.renew(HALL, {"shelf"})
    subject.renew("elsewhere", {"shelf"})
    await asyncio.sleep(0.3)
    assert (len(shelf.computed), len(other.computed)) == (3, 2)
    assert began == shelf.computed[0]

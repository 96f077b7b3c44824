"""What a simulated clerk does at each sight of the screen."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from qms.twin.rules import clerk, service
from qms.twin.rules.clerk import MEAL, SETTLE, Act, Mind, step
from qms.twin.rules.day import LINGER
from tests.twin.make import COUNTER, ME, MONDAY, TICKET, card, day, look, person, shift, ticket, view

LATER = MONDAY + timedelta(hours=1)
CLOSES = MONDAY + timedelta(hours=8)
RANKED = {TICKET: ticket(rank=0)}


def text(at: datetime) -> str:
    return at.isoformat()


def test_a_clerk_sits_down_shortly_before_opening_and_signs_on_with_what_the_counter_offers() -> None:
    sits = shift().sits
    closed = view("closed")
    assert step(look(closed, sits - timedelta(hours=1), Mind(COUNTER))) == sits
    assert step(look(closed, sits, Mind(COUNTER))) == Act("open", {"profile": {"id-card": 1}})


def test_nobody_is_called_before_the_hall_opens() -> None:
    assert step(look(view(tickets=RANKED), MONDAY - timedelta(minutes=1))) == MONDAY
    assert step(look(view(tickets=RANKED), MONDAY)) == Act("next")


def test_a_free_clerk_waits_where_nobody_waits() -> None:
    others = {TICKET: ticket(), "b" * 32: ticket("parked", counter="2")}
    assert step(look(view(tickets=others))) == LATER + SETTLE


def test_a_suspended_hall_calls_nobody() -> None:
    screen = view(tickets=RANKED)
    screen["hall"]["state"] = "suspended"
    assert step(look(screen)) == LATER + SETTLE


def test_a_counter_that_somebody_else_took_is_left_alone() -> None:
    assert step(look(view(tickets=RANKED, clerk="visitor"))) == LATER + SETTLE
    shut = view("closed", since=text(LATER - timedelta(minutes=1)))
    assert step(look(shut)) == LATER + timedelta(minutes=9)
    assert step(look(shut, LATER + timedelta(minutes=9))) == Act("open", {"profile": {"id-card": 1}})


def test_somebody_called_who_is_here_comes_to_the_counter_after_a_walk() -> None:
    called = view(tickets={TICKET: ticket("called", calls=1)}, ticket=TICKET)
    mind, people = Mind(COUNTER, me=ME), {TICKET: person()}
    due = LATER + timedelta(seconds=30)
    assert step(look(called, LATER, mind, people)) == due
    assert step(look(called, due, mind, people)) == Act("start", {"ticket": TICKET})


def test_a_stranger_is_believed_to_come() -> None:
    called = view(tickets={TICKET: ticket("called", calls=1)}, ticket=TICKET)
    mind = Mind(COUNTER, me=ME)
    due = step(look(called, LATER, mind))
    assert isinstance(due, datetime)
    assert step(look(called, due, mind)) == Act("start", {"ticket": TICKET})


def test_somebody_absent_is_called_again_and_then_given_up() -> None:
    mind, people = Mind(COUNTER, me=ME), {TICKET: person(comes=False)}
    acts, now = [], LATER
    for calls in (1, 2, 3):
        screen = view(tickets={TICKET: ticket("called", calls=calls)}, ticket=TICKET)
        due = step(look(screen, now, mind, people, seed=2))
        assert isinstance(due, datetime)
        act = step(look(screen, due, mind, people, seed=2))
        assert isinstance(act, Act)
        acts.append(act.name)
        now = due
    assert acts == ["recall", "recall", "no-show"]


def test_some_of_the_absent_are_sent_back_to_waiting() -> None:
    cases = [service.called((TICKET, False, 2), person(comes=False), LATER, Random(n)) for n in range(200)]
    sent_back = sum(case.ending == "requeue" for case in cases)
    assert sent_back / len(cases) > 0.15
    first = [service.called((TICKET, False, 1), person(comes=False), LATER, Random(n)) for n in range(50)]
    assert {case.ending for case in first} == {"recall"}


def test_somebody_who_is_on_the_way_from_home_is_not_yet_here() -> None:
    late = person(from_home=True, arrives=LATER + timedelta(minutes=5))
    assert service.called((TICKET, False, 1), late, LATER, Random(1)).ending == "recall"
    assert service.called((TICKET, False, 2), late, late.arrives, Random(1)).ending == "start"


def serving(mind: Mind, people: dict[str, object], **more: object) -> tuple[datetime, Act]:
    """When a service ends that begins at `LATER`, and how."""
    screen = view(
        tickets={TICKET: ticket("serving", calls=1, **more), "b" * 32: ticket(rank=0)}, ticket=TICKET
    )
    due = step(look(screen, LATER, mind, people))  # type: ignore[arg-type]
    assert isinstance(due, datetime)
    act = step(look(screen, due, mind, people))  # type: ignore[arg-type]
    assert isinstance(act, Act)
    return due, act


def test_a_service_takes_as_long_as_the_matter_and_ends_with_or_without_the_next_call() -> None:
    who = person(work=1.5)
    mind = Mind(COUNTER, me=ME)
    due, act = serving(mind, {TICKET: who})
    assert due == LATER + timedelta(minutes=15)
    assert act.name in ("finish", "next")
    assert who.served
    assert mind.ready is not None
    assert mind.ready > due
    names = set()
    for seed in range(40):
        ready = look(
            view(tickets={TICKET: ticket("serving", calls=1), "b" * 32: ticket(rank=0)}, ticket=TICKET),
            due,
            Mind(COUNTER, me=ME, case=service.Case((TICKET, True, 1), "finish", due)),
            {TICKET: who},
            seed=seed,
        )
        told = step(ready)
        assert isinstance(told, Act)
        names.add((told.name, *told.body))
    assert names == {("finish", "ticket"), ("next", "current")}


def test_a_missing_paper_parks_and_its_bearer_is_called_back_when_back() -> None:
    who = person(lacks_paper=True)
    due, act = serving(Mind(COUNTER, me=ME), {TICKET: who})
    assert act == Act("park", {"ticket": TICKET})
    assert due < LATER + timedelta(minutes=5)
    assert who.back is not None
    parked = {TICKET: ticket("parked", counter=COUNTER), "b" * 32: ticket(rank=0)}
    early = step(look(view(tickets=parked), who.back - timedelta(seconds=1), people={TICKET: who}))
    assert early == Act("next")
    assert step(look(view(tickets=parked), who.back, people={TICKET: who})) == Act(
        "resume", {"ticket": TICKET}
    )
    again, end = serving(Mind(COUNTER, me=ME), {TICKET: who}, served_seconds=200)
    assert again == LATER + timedelta(minutes=5)
    assert end.name in ("finish", "next")


def test_a_further_matter_is_handed_over_once() -> None:
    who = person(other="taxes")
    _, act = serving(Mind(COUNTER, me=ME), {TICKET: who})
    assert act == Act("transfer", {"ticket": TICKET, "service": "taxes"})
    assert who.other is None


def test_some_services_cannot_be_provided() -> None:
    cases = [
        service.serving((TICKET, True, 1), person(), ticket("serving"), 10, LATER, Random(n))  # type: ignore[arg-type]
        for n in range(500)
    ]
    refused = [case for case in cases if case.ending == "not_provided"]
    assert 0 < len(refused) < 30
    mind = Mind(COUNTER, me=ME, case=service.Case((TICKET, True, 1), "not_provided", LATER))
    screen = view(tickets={TICKET: ticket("serving", calls=1)}, ticket=TICKET)
    assert step(look(screen, LATER, mind)) == Act("finish", {"ticket": TICKET, "outcome": "not_provided"})


def test_meals_are_taken_in_turn_and_end_by_themselves() -> None:
    shifts = [clerk.shift(day(), place, 4, Random(place)) for place in range(4)]
    meals = [s.meal for s in shifts]
    assert all(meals)
    assert all(b - a >= MEAL for a, b in pairwise(meals))  # type: ignore[operator]
    on, mind = shift(meal=LATER), Mind(COUNTER, me=ME)
    act = step(look(view(tickets=RANKED), LATER, mind, on=on))
    assert act == Act("pause", {"reason": "meal", "until": "2026-11-23T08:20:00.000Z"})
    paused = view("paused", until="2026-11-23T08:20:00.000Z", since=text(LATER))
    assert step(look(paused, LATER, mind, on=on)) == LATER + MEAL
    assert step(look(paused, LATER + MEAL, mind, on=on)) == Act("open", {"profile": {"id-card": 1}})
    assert step(look(view(tickets=RANKED), LATER + MEAL, mind, on=on)) == Act("next")


def test_nobody_leaves_a_counter_alone_for_a_meal() -> None:
    assert clerk.shift(day(), 0, 1, Random(1)).meal is None
    short = card()["hours"] | {"week": {"mon": [{"opens": "08:00", "closes": "12:00"}]}}
    assert clerk.shift(day(hours=short), 0, 4, Random(1)).meal is None


def test_a_hall_with_a_break_of_its_own_rests_then_once_nobody_waits() -> None:
    spans = [{"opens": "08:00", "closes": "12:00"}, {"opens": "12:20", "closes": "16:00"}]
    on = shift(hours={"week": {"mon": spans}, "last_ticket": {}})
    noon = MONDAY + timedelta(hours=4)
    assert step(look(view(tickets=RANKED), noon, on=on)) == Act("next")
    act = step(look(view(), noon, on=on))
    assert act == Act("pause", {"reason": "meal", "until": "2026-11-23T11:20:00.000Z"})


def test_a_break_of_unknown_length_ends_after_ten_minutes() -> None:
    paused = view("paused", since=text(LATER))
    assert step(look(paused, LATER)) == LATER + clerk.SHORT


def test_after_closing_those_who_wait_are_served_and_then_the_counter_closes() -> None:
    assert step(look(view(tickets=RANKED), CLOSES)) == Act("next")
    soon = {TICKET: ticket(not_before=text(CLOSES + timedelta(minutes=3)))}
    assert step(look(view(tickets=soon), CLOSES)) == CLOSES + SETTLE
    elsewhere = {TICKET: ticket(service="taxes")}
    assert step(look(view(tickets=elsewhere), CLOSES)) == Act("close")
    assert step(look(view("closed"), CLOSES)) == CLOSES + LINGER


def test_a_clerk_waits_for_an_errand_after_closing_but_not_for_ever() -> None:
    who = person(back=CLOSES + timedelta(minutes=10))
    parked = view(tickets={TICKET: ticket("parked", counter=COUNTER)})
    assert step(look(parked, CLOSES, people={TICKET: who})) == CLOSES + SETTLE
    assert step(look(parked, CLOSES + LINGER, people={TICKET: who})) == Act("close")

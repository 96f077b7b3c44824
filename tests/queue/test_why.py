"""The why-sentences, read in the English catalogue: the exact words an auditor is shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from qms.halls.rules.model import Rule
from qms.queue.rules import commands as c
from qms.queue.rules.events import TicketCalled
from qms.queue.rules.model import Score
from qms.queue.rules.why import How, Reason, why_called, why_waiting
from qms.queue.views.desk import clerk
from tests.queue.make import Room, office

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 24, 9, 24, tzinfo=UTC)
LOCALES = Path(__file__).parents[2] / "qms" / "locales"


def score(
    number: str,
    waited: float,
    *,
    booked: datetime | None = None,
    target: float = 30,
    head: float = 0,
    guarded: bool = False,
    weight: float = 1,
) -> Score:
    points = 30 * (waited / target + head) * weight
    return Score(number, number, "any", waited, target, head, points, guarded, booked)


def booked(number: str, waited: float) -> Score:
    return score(number, waited, booked=NOW - timedelta(minutes=4), target=10, head=0.5)


def sentences(
    first: Score,
    other: Score | None,
    by: Literal["rule", "hand", "resume"] = "rule",
    passed: int = 0,
    rule: Rule = "accumulating",
    how: tuple[How, ...] = (),
) -> list[str]:
    called = TicketCalled(first.ticket, first.number, "4", by, first, other, passed)
    return [english(reason) for reason in why_called(called, WARSAW, 60, rule, how)]


def english(reason: Reason) -> str:
    with (LOCALES / "en" / "desk.po").open("rb") as file:
        message = read_po(file, locale="en").get(reason.code)
    assert message is not None, reason.code
    n = reason.params.get("n")
    text = message.string
    if not isinstance(text, str):
        assert text is not None
        text = text[0 if n == 1 else 1]
    return text.format(**reason.params)


def test_a_due_booking_and_a_walk_in_are_set_side_by_side_with_their_sums() -> None:
    assert sentences(booked("B012", 4), score("A034", 22)) == [
        "B012 was booked for 10:20 and due for 4 min: 15 + 3 × 4 = 27 points.",
        "A034 had waited 22 min: 22 points.",
    ]


def test_one_point_is_singular() -> None:
    assert sentences(score("A034", 1.5), score("A035", 0.2)) == [
        "A034 had waited 1 min: 1 point.",
        "A035 had waited 0 min: 0 points.",
    ]


def test_the_only_one_waiting_is_said_to_be_alone() -> None:
    assert sentences(score("A034", 5), None) == [
        "A034 had waited 5 min: 5 points.",
        "Nobody else was waiting for this counter.",
    ]


def test_over_the_guard_a_ticket_goes_before_all_others() -> None:
    assert sentences(score("C007", 64, guarded=True), booked("B012", 4)) == [
        "C007 had waited 64 min, over 60 min, so goes before all others.",
        "B012 was booked for 10:20 and due for 4 min: 15 + 3 × 4 = 27 points.",
    ]


def test_of_two_over_the_guard_the_longest_waiting_goes_first() -> None:
    said = sentences(score("C007", 64, guarded=True), score("C008", 61, guarded=True))
    assert said[-1] == "C007 had waited longest."


@pytest.mark.parametrize(
    ("passed", "sentence"),
    [
        (0, "A036 was picked by hand; the rule would have called the same."),
        (1, "A036 was picked by hand, before 1 person whom the rule would have called."),
        (3, "A036 was picked by hand, before 3 people whom the rule would have called."),
    ],
)
def test_a_hand_pick_says_how_many_were_passed(passed: int, sentence: str) -> None:
    assert sentences(score("A036", 2), score("A034", 22), "hand", passed) == [sentence]


def test_a_resumed_ticket_says_where_it_came_from() -> None:
    assert sentences(score("A036", 2), None, "resume") == ["A036 was resumed from those set aside."]


def test_a_booking_before_its_time_stands_after_all_who_are_due() -> None:
    early = score("B013", -16, booked=NOW + timedelta(minutes=16), target=10, head=0.5)
    assert sentences(score("A034", 2), early)[1] == "B013 was booked for 10:40 and not yet due."


def test_where_rounding_hides_the_difference_a_sentence_says_so() -> None:
    assert sentences(score("A034", 22.8), score("A035", 22.1))[-1] == (
        "Counted to the second, A034 was slightly ahead."
    )


def test_equal_points_go_by_who_came_earlier() -> None:
    assert sentences(score("A034", 22), score("A035", 22))[-1] == (
        "The points are equal; A034 was in the queue earlier."
    )


def test_a_first_level_ticket_before_one_with_more_points_is_explained_by_the_level() -> None:
    assert sentences(score("A034", 5), score("D001", 40))[-1] == (
        "A034 is for a service that this counter calls before that of D001."
    )


@pytest.mark.parametrize(
    ("target", "head", "sentence"),
    [
        (20, 0, "A034 had waited 22 min: 1.5 × 22 = 33 points."),
        (30, 0.5, "A034 had waited 22 min: 15 + 1 × 22 = 37 points."),
        (10, 0.25, "A034 had waited 22 min: 7.5 + 3 × 22 = 74 points."),
    ],
)
def test_other_targets_and_heads_show_their_own_sum(target: float, head: float, sentence: str) -> None:
    assert sentences(score("A034", 22, target=target, head=head), None)[0] == sentence


def test_a_weight_of_efficiency_is_shown_in_the_sum() -> None:
    first = score("A034", 20, target=10, head=0.5, weight=1.2)
    assert sentences(first, None)[0] == "A034 had waited 20 min: (15 + 3 × 20) × 1.2 = 90 points."


def test_first_come_first_served_needs_minutes_alone() -> None:
    assert sentences(score("A034", 22), booked("B012", 4), rule="fcfs") == [
        "A034 had waited 22 min.",
        "B012 was booked for 10:20 and due for 4 min.",
        "Whoever came first goes first: A034 was in the queue earlier.",
    ]


@pytest.mark.parametrize("rule", ["fcfs", "strict"])
def test_a_better_level_is_told_whatever_the_rule(rule: Rule) -> None:
    assert sentences(score("A034", 5), score("D001", 40), rule=rule)[-1] == (
        "A034 is for a service that this counter calls before that of D001."
    )


def test_by_strict_order_the_shorter_target_goes_first() -> None:
    assert sentences(booked("B012", 4), score("A034", 22), rule="strict")[-1] == (
        "B012 is to be called within 10 min, A034 within 30 min; the shorter time goes first."
    )
    assert sentences(score("A034", 22), score("A035", 4), rule="strict")[-1] == (
        "Whoever came first goes first: A034 was in the queue earlier."
    )


def test_strict_order_with_ageing_tells_the_guard() -> None:
    said = sentences(score("C007", 64, guarded=True), booked("B012", 4), rule="strict_ageing")
    assert said == [
        "C007 had waited 64 min, over 60 min, so goes before all others.",
        "B012 was booked for 10:20 and due for 4 min.",
    ]


def test_the_longest_queue_is_told() -> None:
    assert sentences(score("A034", 2), score("D001", 40), rule="longest_queue")[-1] == (
        "This counter calls from the longest of its queues whoever came to it first: A034."
    )


def test_c_mu_shows_the_wait_times_what_it_weighs() -> None:
    called = Score("A034", "A034", "any", 20, 10, 0.5, 60 * 0.8, False)
    assert sentences(called, None, rule="cmu")[0] == "A034 had waited 20 min: 3 × 20 × 0.8 = 48 points."


def test_what_else_there_is_to_a_call_is_told_at_the_end() -> None:
    said = sentences(score("A034", 0), None, how=("auto", "helps"))
    assert said[-2:] == [
        "A034 was called at once, since this counter had been free for longest.",
        "This counter is helping with the service of A034 now, since the wait for it grew too long.",
    ]
    lent = sentences(score("A034", 5), score("B012", 9), how=("lent",))
    assert lent[-1] == "This counter is lent to the service of A034 for a while, before its own."


def because(room: Room, counter: str, ticket: str) -> list[str]:
    shown = clerk(room.state, counter, room.now)["tickets"][ticket]
    return [why["code"] for why in shown["because"]]


def test_the_terminal_tells_that_a_call_was_made_by_itself() -> None:
    room = Room(office(auto_call=True))
    room.open("1")
    ticket = room.issue()
    assert because(room, "1", ticket)[-1] == "desk.why.auto"
    second = room.issue()
    room.after(minutes=3).do(c.Start("1", None, ticket))
    room.do(c.CallNext("1", None, ticket))
    assert "desk.why.auto" not in because(room, "1", second)


def test_the_terminal_tells_that_the_counter_is_lent() -> None:
    room = Room(office())
    room.open("2")
    ticket = room.issue("vehicle")
    room.do(c.OpenLevel("2", "vehicle", False, 30))
    room.call("2")
    assert because(room, "2", ticket)[-1] == "desk.why.lent"


def test_what_a_waiting_ticket_stands_at_does_not_depend_on_the_moment() -> None:
    reason = why_waiting("B012", NOW, 3, 15, 60, booked=NOW)
    assert reason == Reason(
        "desk.why.standing",
        {
            "number": "B012",
            "ref": "2026-11-24T09:24:00.000Z",
            "rate": 3,
            "head": 15,
            "guard": 60,
            "booked": "2026-11-24T09:24:00.000Z",
        },
    )


FORMS = ("plain", "sum", "rate", "weighted", "product", "only")
CODES = [
    *("resumed", "picked_first", "picked", "only", "guarded", "early", "longest", "level", "tie", "close"),
    *("first_come", "urgent", "queue", "auto", "helps", "lent"),
    *(f"{since}_{form}" for since in ("booked", "waited") for form in FORMS),
    *(f"now_{form}" for form in ("guarded", "early", "not_before")),
    *(f"now_{since}_{form}" for since in ("booked", "waited") for form in ("plain", "sum", "rate")),
]
"""All sentences of calls, and those that the terminal makes of what a waiting ticket stands at."""


@pytest.mark.parametrize("language", ["pl", "en", "uk", "de"])
def test_every_reason_can_be_said_in_every_language(language: str) -> None:
    with (LOCALES / language / "desk.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for code in CODES:
        message = catalogue.get(f"desk.why.{code}")
        assert message is not None, code
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert texts, code
        assert all(texts), code

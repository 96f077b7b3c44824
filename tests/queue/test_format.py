"""The words of the citizens' pages, as a person reads them."""

from typing import cast

import pytest

from qms.queue.pages import format as words
from qms.queue.rules.shown import QueueView, Range, ServiceQueue, TicketView
from qms.web import wording

HALL = {
    "id": "ratusz",
    "names": {"pl": "Sala"},
    "office": {"pl": "Urząd"},
    "zone": "Europe/Warsaw",
    "languages": ["pl", "en"],
    "state": "open",
}


def ticket(**more: object) -> TicketView:
    base = {
        "number": "A012",
        "service": "id-card",
        "names": {"pl": "Dowód osobisty"},
        "state": "waiting",
        "issued_at": "2026-11-24T09:00:00.000Z",
        "hall": HALL,
        "documents": [],
    }
    return cast(TicketView, {**base, **more})


def line(**more: object) -> ServiceQueue:
    base = {"order": 1, "group": "a", "letter": "A", "names": {"pl": "Dowód"}, "waiting": 3, "open": 2}
    return cast(ServiceQueue, {**base, "serving": {}, "accepting": True, **more})


def span(low: float, mid: float, high: float) -> Range:
    return {"low": low, "mid": mid, "high": high}


@pytest.mark.parametrize(
    ("estimate", "ahead", "said"),
    [
        (span(26, 31, 38.2), 7, "25–40 minut"),
        (span(2, 4, 8), 1, "do 10 minut"),
        (span(1, 2, 4), 0, "za chwilę"),
        (span(2, 11, 23), 0, "za chwilę"),
        (span(11, 14, 21), 0, "10–25 minut"),
        (span(7, 7, 7), 3, "5–10 minut"),
        (None, 4, "czas jeszcze nieznany"),
        (None, 0, "za chwilę"),
    ],
)
def test_a_wait_is_a_range_in_steps_of_five_minutes(estimate: Range | None, ahead: int, said: str) -> None:
    assert wording.wait(estimate, "pl", ahead) == said


def test_a_wait_of_two_hours_is_said_in_hours() -> None:
    assert wording.wait(span(95, 110, 121), "en", 20) == "1 h 35 min – 2 h 5 min"


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (span(26, 31, 38.2), "około 25–40 minut"),
        (span(2, 4, 8), "do około 10 minut"),
        (span(95, 110, 121), "około 1 godz. 35 min – 2 godz. 5 min"),
    ],
)
def test_a_range_that_nothing_measured_is_only_about_right_and_says_so(estimate: Range, said: str) -> None:
    estimate["about"] = True
    assert wording.wait(estimate, "pl", 20) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (1, "osoba wcześniej w kolejce"),
        (2, "osoby wcześniej w kolejce"),
        (5, "osób wcześniej w kolejce"),
        (12, "osób wcześniej w kolejce"),
        (22, "osoby wcześniej w kolejce"),
    ],
)
def test_polish_counts_people_rightly(ahead: int, said: str) -> None:
    shown = words.ticket_words(ticket(ahead=ahead, estimate=span(5, 9, 14)), "pl")
    assert (shown.figure, shown.label) == (str(ahead), said)


def test_with_nobody_ahead_the_figure_is_in_a_moment() -> None:
    shown = words.ticket_words(ticket(ahead=0, estimate=span(0, 1, 3)), "pl")
    assert (shown.figure, shown.wait) == ("za chwilę", "")
    assert shown.do.startswith("Proszę być już w sali")


def test_a_call_says_the_counter_and_the_way() -> None:
    counter = {"id": "4", "names": {"pl": "4"}, "place": {"pl": "parter"}, "direction": "left"}
    shown = words.ticket_words(ticket(state="called", counter=counter, calls=1), "pl")
    assert (shown.figure, shown.label) == ("4", "Stanowisko")
    assert shown.do == "Proszę podejść do stanowiska 4."
    assert shown.place == "← w lewo · parter"


def test_a_second_call_says_again_and_a_named_counter_keeps_its_name() -> None:
    counter = {"id": "kasa", "names": {"pl": "Kasa"}}
    shown = words.ticket_words(ticket(state="called", counter=counter, calls=2), "pl")
    assert shown.do == "Wzywamy ponownie. Proszę podejść teraz: Kasa."
    assert shown.label == ""


@pytest.mark.parametrize("state", ["parked", "finished", "missed", "cancelled", "lapsed"])
@pytest.mark.parametrize("lang", ["pl", "en", "uk", "de"])
def test_every_other_state_says_what_happens_next(state: str, lang: str) -> None:
    shown = words.ticket_words(ticket(state=state), lang)
    assert shown.do.endswith(".")
    assert not shown.figure


def test_a_suspended_hall_is_told_to_those_who_wait() -> None:
    hall = {**HALL, "state": "suspended"}
    assert words.ticket_words(ticket(ahead=3, hall=hall), "en").suspended
    assert not words.ticket_words(ticket(state="finished", hall=hall), "en").suspended


def test_times_and_days_are_those_of_the_hall() -> None:
    assert wording.clock("2026-11-24T09:20:00.000Z", "Europe/Warsaw") == "10:20"
    assert wording.day("2026-11-24T23:30:00.000Z", "Europe/Warsaw", "pl") == "środa, 25 listopada"
    assert wording.day("2026-11-24T09:20:00.000Z", "Europe/Warsaw", "en") == "Tuesday, 24 November"
    assert wording.day("2026-11-24T09:20:00.000Z", "Europe/Warsaw", "de") == "Dienstag, 24. November"


def test_lines_are_grouped_by_letter_in_the_halls_order() -> None:
    view = cast(
        QueueView,
        {
            "hall": HALL,
            "services": {
                "tax": line(letter="C", group="c", order=1),
                "passport": line(order=3),
                "id": line(order=2),
            },
        },
    )
    assert [(g.letter, [id for id, _ in g.lines]) for g in words.groups(view)] == [
        ("A", ["id", "passport"]),
        ("C", ["tax"]),
    ]


def test_a_line_says_people_wait_counters_and_numbers() -> None:
    shown = words.line_facts(line(estimate=span(26, 31, 38), serving={"4": "A012", "2": "A010"}), "pl")
    assert [(fact.key, fact.text) for fact in shown] == [
        ("people", "3"),
        ("wait", "25–40 minut"),
        ("open", "2"),
        ("serving", "A010 → 2, A012 → 4"),
    ]


def test_a_line_without_counters_promises_no_wait() -> None:
    shown = words.line_facts(line(open=0), "en")
    assert [(fact.key, fact.text) for fact in shown] == [("people", "3"), ("open", "Not served now")]


def test_a_closed_line_says_why_and_an_unknown_code_still_says_something() -> None:
    assert words.closed_words(line(accepting=False, closed_code="daily_cap"), "en") == (
        "All numbers for today are given out."
    )
    assert (
        words.closed_words(line(accepting=False, closed_code="moon"), "en") == "No numbers are given now."
    )

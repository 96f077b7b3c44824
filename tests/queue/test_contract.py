"""What a hall promises, in sentences that people of the office read before they save it."""

import pytest

from qms.halls.rules.model import Hall, Overflow
from qms.queue.pages.contract import OUTSIDE, clauses, lines, outside
from qms.web.catalogue import LANGUAGES, entries
from tests.halls.make import segment
from tests.queue.make import office
from tests.queue.test_fairness import RULES

ALL = {"1": {"id-card": 1, "passport": 1, "vehicle": 1}}


def named(hall: Hall) -> Hall:
    """Names in English for the segments."""
    kinds = tuple(each.model_copy(update={"names": {"en": each.id.title()}}) for each in hall.segments)
    return hall.model_copy(update={"segments": kinds})


def by_rule(name: str, **changes: object) -> Hall:
    made = named(office(ALL, **changes))
    return made.model_copy(update={"conduct": made.conduct.model_copy(update={"rule": name})})


def test_the_usual_hall_promises_what_the_rule_of_points_bounds() -> None:
    assert lines(by_rule("accumulating"), "en")[1:] == [
        "The rule: Whoever has waited more than 60 min goes before everybody else, the longest wait first.",
        "Walk-In: After 60 min of waiting nobody who came later is called first by the rule.",
        "Walk-In: May be called first: Booked – if their time comes less than 45 min later, "
        "until the wait passes 60 min; no limit on how many.",
        "Walk-In: May be called first: Disabled – if their time comes less than 45 min later, "
        "until the wait passes 60 min; no limit on how many.",
        "Booked, Disabled: Nobody who came later is called first by the rule.",
    ]


def test_minutes_are_rounded_so_that_they_stay_true() -> None:
    kinds = (segment("walk-in", target=30), segment("booked", target=7, head=0.5))
    told = "\n".join(lines(by_rule("accumulating", segments=kinds), "en"))
    assert "less than 50 min later" in told, "49 and a half would be cut to 49"


def test_first_come_first_served_promises_that_nobody_passes() -> None:
    told = lines(by_rule("fcfs"), "en")
    assert told[1] == "The rule: There is no wait after which somebody goes before everybody else."
    assert told[2:] == ["Walk-In, Booked, Disabled: Nobody who came later is called first by the rule."]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("strict", "Disabled – whenever they come, however long the wait"),
        ("strict_ageing", "Disabled – whenever they come, until the wait passes 60 min"),
        ("cmu", "Disabled – once they have waited more than 33% of that time, however long"),
    ],
)
def test_other_rules_say_truly_what_holds(rule: str, sentence: str) -> None:
    assert sentence in " ".join(lines(by_rule(rule), "en"))


def test_the_longest_queue_tells_which_services_may_pass() -> None:
    told = clauses(by_rule("longest_queue"), "pl")
    assert [each.title for each in told[2:]] == [
        "Dodatkowo: id-card",
        "Dodatkowo: passport",
        "Dodatkowo: vehicle",
    ]
    assert told[2].sentences == (
        "Wcześniej mogą wejść: passport, vehicle – gdy na te sprawy czeka więcej osób, "
        "bez względu na czas czekania; bez ograniczenia liczby.",
    )


def test_a_service_that_comes_last_somewhere_is_named() -> None:
    hall = named(office({"1": {"id-card": 1, "vehicle": 2}, "2": {"passport": 1}}, overflow=Overflow()))
    last = clauses(hall, "en")[-1]
    assert last.title == "Besides, for vehicle"
    assert "since counters that serve both call these first" in last.sentences[0]
    assert "named at the end" in clauses(hall, "en")[0].sentences[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_there_in_every_language(lang: str) -> None:
    halls = [by_rule(rule) for rule in RULES]
    told = [line for hall in halls for line in lines(hall, lang)] + outside(lang)
    assert not any("fairness." in line or "{" in line for line in told)
    assert len(outside(lang)) == len(OUTSIDE)
    assert {f"fairness.rule_{rule}" for rule in RULES} < entries(lang, "fairness").keys()

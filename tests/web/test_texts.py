"""The catalogues agree in all four languages, and every code of a problem has its sentence in each."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from qms.queue.pages.format import CLOSED
from qms.web.catalogue import LANGUAGES, LOCALES, PLACE, as_json, choose, domains, entries, text
from qms.web.problems import STATUS, reason, words

QMS = LOCALES.parent
MADE_BY = ("Refusal", "Problem")
NAMED_ELSEWHERE = {
    # Where a code is not written down at the place that refuses: it comes out of these.
    "halls/rules/merge.py": {"version_changed", "unknown_version"},
    "queue/rules/decide.py": {"hall_closed", "after_last_ticket", "before_opening"},
    "booking/limits.py": {"limit_day", "limit_contact", "limit_made"},
    "booking/rules/free.py": {
        "booking_closed",
        "unknown_service",
        "service_not_bookable",
        "together_not_allowed",
        "too_soon",
        "too_far",
        "hall_closed",
        "not_a_time",
    },
    "booking/pages/calendar.py": {"booking_closed", "service_not_bookable", "together_not_allowed"},
    # In place of the server, what it would say.
    "devices/agent/rules.py": {"hall_suspended", "service_closed", "by_appointment"},
    "devices/agent/security.py": {"cross_site"},
    "queue/pages/appointments/new.py": {
        "booking_closed",
        "unknown_service",
        "service_not_bookable",
        "together_not_allowed",
    },
    "booking/firsts.py": {"booking_closed", "service_not_bookable", "together_not_allowed"},
    "booking/http/citizens.py": {"booking_closed", "service_not_bookable", "together_not_allowed"},
    "web/problems.py": set(),
    "web/errors.py": {"malformed"},
    "devices/voice/http.py": {"sign_in", "must_change_password", "not_allowed"},
    "web/edge.py": {"sign_in", "must_change_password", "not_allowed"},
}
PROMISED = """nobody_waiting not_at_counter counter_busy counter_not_open counter_retired unknown_counter
    unknown_service unknown_ticket unknown_segment service_closed daily_cap after_last_ticket
    before_opening hall_closed hall_suspended wait_past_closing numbers_exhausted
    calls_spent not_called not_started already_started not_waiting not_parked wrong_state cannot_undo
    pick_not_allowed not_served_here same_place version_changed key_reused invalid media_type
    too_large not_found not_allowed sign_in throttled unavailable cross_site"""
"""Codes on which screens rely, whether or not the code says them at present."""
DOMAINS = sorted({name for language in LANGUAGES for name in domains(language)})


def messages(language: str, domain: str) -> dict[str, Message]:
    """A catalogue as it is written, by key."""
    with (LOCALES / language / f"{domain}.po").open("rb") as file:
        found = [message for message in read_po(file, locale=language) if message.id]
    keys = [message.id if isinstance(message.id, str) else message.id[0] for message in found]
    assert len(keys) == len(set(keys)), "a key stands there twice"
    return dict(zip(keys, found, strict=True))


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_language_has_the_same_keys(domain: str) -> None:
    keys = {language: set(messages(language, domain)) for language in LANGUAGES}
    for language in LANGUAGES:
        assert keys[language] == keys["pl"]
        assert all(key.startswith(f"{domain}.") for key in keys[language])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_text_is_empty_doubtful_or_lacks_a_plural_form(domain: str, language: str) -> None:
    path = LOCALES / language / f"{domain}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert f"Language: {language}\\n" in path.read_text("utf-8")
    for key, message in messages(language, domain).items():
        assert not message.fuzzy, key
        if not isinstance(message.id, str):
            assert len(forms(message)) == catalogue.num_plurals, key
        assert all(form.strip() == form and form for form in forms(message)), key


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_text_has_the_same_places_and_the_same_kind_in_every_language(domain: str) -> None:
    first = messages("pl", domain)
    for language in LANGUAGES:
        for key, message in messages(language, domain).items():
            assert isinstance(message.id, str) == isinstance(first[key].id, str), (language, key)
            # A form for one person may say 'one' in words; the form for many has every place.
            assert places(forms(message)[-1]) == places(forms(first[key])[-1]), (language, key)
            for form in forms(message):
                assert places(form) <= places(forms(message)[-1]), (language, key)
                assert not re.search(r"[{}]", PLACE.sub("", form)), (language, key)


def places(form: str) -> set[str]:
    return set(PLACE.findall(form))


def test_no_language_has_a_domain_of_its_own() -> None:
    assert all(domains(language) == DOMAINS for language in LANGUAGES)
    assert sorted(path.name for path in LOCALES.iterdir()) == sorted(LANGUAGES)


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the sources where somebody is refused."""
    for path in sorted(QMS.rglob("*.py")):
        where = path.relative_to(QMS).as_posix()
        if where == "halls/rules/files.py":
            continue  # its Problem is a line of a hall's file
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MADE_BY:
                yield where, node


def codes_in(node: ast.expr) -> set[str] | None:
    """The codes that an expression may be; None where that is not written in it."""
    if isinstance(node, ast.IfExp):
        one, other = codes_in(node.body), codes_in(node.orelse)
        return None if one is None or other is None else one | other
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def declared() -> set[str]:
    """Codes that routes say they refuse with."""
    found: set[str] = set()
    for path in sorted(QMS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "refusals"
                and isinstance(node.value, ast.Tuple)
            ):
                found |= {str(item.value) for item in node.value.elts if isinstance(item, ast.Constant)}
    return found


@cache
def codes() -> set[str]:
    """Every code that an answer may bear."""
    found = set(STATUS) | set(PROMISED.split()) | CLOSED | declared()
    for where, call in calls():
        given = codes_in(call.args[0])
        found |= NAMED_ELSEWHERE[where] if given is None else given
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence(language: str) -> None:
    texts = entries(language, "problems")
    assert sorted(code for code in codes() if f"problems.{code}" not in texts) == []


def test_no_sentence_is_left_over() -> None:
    known = codes()
    assert [key for key in entries("en", "problems") if key.split(".")[1] not in known] == []


def test_a_sentence_asks_only_for_what_every_refusal_of_its_code_brings() -> None:
    for where, call in calls():
        for code in codes_in(call.args[0]) or NAMED_ELSEWHERE[where]:
            sentence = entries("en", "problems")[f"problems.{code}"]
            assert isinstance(sentence, str)
            if not places(sentence):
                continue
            given = call.args[1] if len(call.args) > 1 else None
            assert isinstance(given, ast.Dict), (where, call.lineno, code)
            names = {key.value for key in given.keys if isinstance(key, ast.Constant)}
            assert places(sentence) <= names, (where, call.lineno, code)


def test_an_unknown_code_is_worded_as_a_fault_of_ours() -> None:
    assert words("pl", "no_such_code", {}) == words("pl", "internal", {})


def test_a_missing_value_leaves_its_place_and_does_no_harm() -> None:
    assert "{seconds}" in words("de", "throttled", {})
    assert "in 7 Sekunden" in words("de", "throttled", {"seconds": 7, "other": "{x}"})


@pytest.mark.parametrize(
    ("language", "seconds", "when"),
    [
        ("pl", 62, "za 62 sekundy"),
        ("pl", 3361, "za 56 minut"),
        ("uk", 3361, "через 56 хвилин"),
        ("de", 3361, "in 56 Minuten"),
        ("en", 5400, "in 2 hours"),
    ],
)
def test_a_long_wait_is_told_as_people_tell_it(language: str, seconds: int, when: str) -> None:
    assert when in words(language, "throttled", {"seconds": seconds})


def test_a_weak_password_is_told_why() -> None:
    assert reason("en", "weak_password", {"reason": "too_short"}) is not None
    assert reason("en", "weak_password", {"reason": "../x"}) is None
    assert reason("en", "invalid", {}) is None


@pytest.mark.parametrize(
    ("n", "people"),
    [(1, "1 osoba"), (2, "2 osoby"), (5, "5 osób"), (12, "12 osób"), (22, "22 osoby"), (112, "112 osób")],
)
def test_polish_plurals(n: int, people: str) -> None:
    assert text("pl", "common", "common.people", n) == people


@pytest.mark.parametrize(
    ("n", "people"), [(1, "1 особа"), (4, "4 особи"), (11, "11 осіб"), (21, "21 особа")]
)
def test_ukrainian_plurals(n: int, people: str) -> None:
    assert text("uk", "common", "common.people", n) == people


def test_a_browser_gets_plural_forms_by_name() -> None:
    body, tag = as_json("pl", "common")
    assert b'"few":"{n} osoby"' in body
    assert tag == as_json("pl", "common")[1] != as_json("de", "common")[1]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        (None, "pl"),
        ("", "pl"),
        ("fr", "pl"),
        ("de-AT,en;q=0.5", "de"),
        ("fr, en;q=0.3, uk;q=0.8", "uk"),
        ("en;q=nan, uk;q=0.2", "uk"),
        ("en;q=zero,de;q=0.1", "de"),
        ("*", "pl"),
        ("," * 5000 + "de", "pl"),
    ],
)
def test_the_language_that_a_browser_likes_best(accept: str | None, language: str) -> None:
    assert choose(accept) == language


def test_an_unknown_text_is_a_fault_of_ours() -> None:
    with pytest.raises(LookupError):
        text("pl", "common", "common.no_such_text")
    with pytest.raises(LookupError):
        entries("pl", "nothing")

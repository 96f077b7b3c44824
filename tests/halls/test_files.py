"""A hall file: every mistake is named by its line and field, and nothing is lost on the way."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.halls.rules.fault import Path
from qms.halls.rules.files import HallFile, Problem, parse
from qms.halls.rules.lines import locate
from qms.halls.rules.model import Hall
from qms.halls.rules.writing import dump
from tests.halls.make import hall, halls, segment

GOOD = """\
id = "gmina"
names = { pl = "Sala obsługi" }
zone = "Europe/Warsaw"
languages = ["pl"]

[office]
id = "gmina"
organisation = "gmina"
names.pl = "Urząd Gminy"

[hours]
mon = ["08:00-12:00", "13:00-16:00"]
last_ticket = { mon = "15:30" }

[groups.matters]
letter = "A"
names.pl = "Sprawy"

[services.id-card]
group = "matters"
minutes = 12
names.pl = "Dowód osobisty"
[[services.id-card.documents]]
pl = "zdjęcie"

[services.taxes]
group = "matters"
names.pl = "Podatki"

[counters.1]
names.pl = "Stanowisko 1"
level_1 = ["id-card"]
level_2 = ["taxes"]
"""


def read(text: str | bytes) -> Hall:
    found = parse(text)
    assert isinstance(found, HallFile), [str(problem) for problem in found]
    return found.hall


def mistakes(text: str | bytes) -> list[str]:
    found = parse(text)
    assert not isinstance(found, HallFile)
    return [str(problem) for problem in found]


def changed(*pairs: tuple[str, str]) -> str:
    text = GOOD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_short_file_is_a_whole_hall() -> None:
    one = read(GOOD)
    assert one.counters[0].services == {"id-card": 1, "taxes": 2}
    assert [(s.id, s.order, s.minutes) for s in one.services] == [("id-card", 0, 12), ("taxes", 1, 15)]
    assert [str(s.opens) for s in one.hours.week["mon"]] == ["08:00:00", "13:00:00"]
    assert one.services[0].documents == ({"pl": "zdjęcie"},)


def test_walk_in_and_booked_are_there_unasked() -> None:
    found = {segment.id: segment for segment in read(GOOD).segments}
    assert found.keys() == {"walk-in", "booked"}
    assert (found["walk-in"].target, found["walk-in"].head) == (30, 0)
    assert (found["booked"].target, found["booked"].head) == (10, 0.5)
    assert found["booked"].names == {"pl": "Umówiona wizyta"}


def test_a_ready_segment_needs_its_name_only_and_may_be_changed() -> None:
    one = read(GOOD + "[segments.pregnant]\n[segments.small-child]\ntarget = 5\n")
    pregnant, child = one.segment("pregnant"), one.segment("small-child")
    assert pregnant is not None
    assert child is not None
    assert (pregnant.names, pregnant.target, pregnant.offered) == ({"pl": "Osoba w ciąży"}, 10, "kiosk")
    assert (child.target, child.head) == (5, 0.5)


def test_a_counter_without_a_name_is_called_by_its_id() -> None:
    assert read(changed(('names.pl = "Stanowisko 1"\n', ""))).counters[0].names == {"pl": "1"}


def test_many_mistakes_are_all_named_with_line_and_field() -> None:
    text = changed(
        ('zone = "Europe/Warsaw"', 'zone = "Warsaw"'),
        ('"13:00-16:00"', '"13-16"'),
        ('last_ticket = { mon = "15:30" }', 'last_ticket = { mon = "3 pm", mondy = "15:00" }'),
        ('letter = "A"', 'letter = "a"'),
        ("minutes = 12", "minutes = -5"),
        ('pl = "zdjęcie"', 'en = "photo"'),
        ('group = "matters"\nnames.pl = "Podatki"', 'gruop = "matters"\nnames.pl = ""'),
        ('level_1 = ["id-card"]', 'level_1 = [\n  "id-card",\n  "passport",\n]'),
    )
    assert mistakes(
        text + '[segments.vip]\nnames.pl = "VIP"\noffered = "all"\nstandard = { minutes = 10, shar = 1 }\n'
    ) == [
        "line 3, zone: is not a time zone; one is named such as Europe/Warsaw",
        "line 12, hours.mon.2: must be a time from-to such as 08:00-16:00 (was 13-16)",
        'line 13, hours.last_ticket.mon: must be a time such as "08:30" (was 3 pm)',
        "line 13, hours.last_ticket.mondy: is not a known key; did you mean mon?",
        "line 16, groups.matters.letter: must be one or two capital letters A-Z (was a)",
        "line 21, services.id-card.minutes: must be above 0 (was -5)",
        "line 26, services.taxes.group: is missing",
        "line 27, services.taxes.gruop: is not a known key; did you mean group?",
        "line 28, services.taxes.names.pl: must not be empty",
        "line 34, counters.1.level_1.2: there is no service passport",
        "line 39, segments.vip.offered: must be one of 'kiosk', 'staff', 'never' (was all)",
        "line 40, segments.vip.standard.shar: is not a known key; did you mean share?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'id = "gmina"',
            'id = "Gmina 1"',
            "line 1, id: must be small letters a-z, digits and single hyphens, such as id-card (was Gmina 1)",
        ),
        ('id = "gmina"\n', "", "line 1, id: is missing"),
        ('["pl"]', "[]", "line 4, languages: must not be empty"),
        (
            '["pl"]',
            '["polski"]',
            "line 4, languages.1: must be a language code of two small letters, such as pl (was polski)",
        ),
        ('["pl"]', '["pl", "pl"]', "line 4, languages: names pl twice"),
        (
            'names = { pl = "Sala obsługi" }',
            'names = "Sala"',
            "line 2, names: must be a table such as { … } or a [section] (was Sala)",
        ),
        (
            'names = { pl = "Sala obsługi" }',
            'name = { pl = "Sala" }',
            "line 2, name: is not a known key; did you mean names?",
        ),
        (
            'mon = ["08:00-12:00", "13:00-16:00"]',
            'mon = "08:00-16:00"',
            'line 12, hours.mon: must be a list of times from-to such as ["08:00-16:00"] (was 08:00-16:00)',
        ),
        (
            '"08:00-12:00"',
            '"12:00-08:00"',
            "line 12, hours.mon.1: the closing time must be after the opening time",
        ),
        ('"08:00-12:00"', '"08:00-14:00"', "line 12, hours.mon: opening times must follow each other"),
        (
            '"08:00-12:00"',
            '"08:00-25:00"',
            'line 12, hours.mon.1: must be a time such as "08:30" (was 25:00)',
        ),
        ("mon = [", "week = {}\nmon = [", "line 12, hours.week: is not a known key; write mon, tue, …"),
        ("mon = [", "monday = []\nmon = [", "line 12, hours.monday: is not a known key; did you mean mon?"),
        ("minutes = 12", 'minutes = "12"', "line 21, services.id-card.minutes: must be a number (was 12)"),
        (
            "minutes = 12",
            "minutes = true",
            "line 21, services.id-card.minutes: must be a number (was true)",
        ),
        (
            "minutes = 12",
            "minutes = nan",
            "line 21, services.id-card.minutes: must be 480 or less (was nan)",
        ),
        (
            "minutes = 12",
            "minutes = 481",
            "line 21, services.id-card.minutes: must be 480 or less (was 481)",
        ),
        (
            "minutes = 12",
            "daily_cap = 1.5",
            "line 21, services.id-card.daily_cap: must be a whole number (was 1.5)",
        ),
        (
            "minutes = 12",
            "documents_needed = 1",
            "line 21, services.id-card.documents_needed: is not a known key; did you mean documents?",
        ),
        (
            "minutes = 12",
            'id = "x"',
            "line 21, services.id-card.id: is not a known key; the section's name is the id",
        ),
        ("minutes = 12", 'open = "no"', "line 21, services.id-card.open: must be true or false (was no)"),
        (
            "minutes = 12",
            'notice.PL = "x"',
            "line 21, services.id-card.notice.PL: must be a language code of two small letters, such as pl (was PL)",
        ),
        (
            "minutes = 12",
            'notice.pl = "\\u0007"',
            "line 21, services.id-card.notice.pl: must not hold control characters (was \x07)",
        ),
        (
            "[services.id-card]",
            "[services.ID]",
            "line 19, services.ID: must be small letters a-z, digits and single hyphens, such as id-card (was ID)",
        ),
        (
            'level_1 = ["id-card"]',
            'level_1 = "id-card"',
            'line 32, counters.1.level_1: must be a list of services such as ["id-card"]',
        ),
        ('["id-card"]', '["taxes"]', "line 33, counters.1.level_2.1: taxes is there twice"),
        (
            'level_1 = ["id-card"]',
            'services = ["id-card"]',
            "line 32, counters.1.services: is not a known key; list the services in level_1, level_2, …",
        ),
        (
            'level_1 = ["id-card"]',
            'levl_3 = ["id-card"]',
            "line 32, counters.1.levl_3: is not a known key; did you mean level_3?",
        ),
        ('level_1 = ["id-card"]\nlevel_2 = ["taxes"]\n', "", "line 30, counters.1.level_1: is missing"),
        (
            "[counters.1]",
            "[counters]\nnext = 3\n[counters.1]",
            "line 31, counters.next: must be a section [counters.next]",
        ),
        ("[office]", "[offices]", "line 6, offices: is not a known key; did you mean office?"),
        ("[office]", "[conduct]\nguard = 0\n[office]", "line 7, conduct.guard: must be above 0 (was 0)"),
        (
            "[office]",
            "[conduct]\ngard = 0\n[office]",
            "line 7, conduct.gard: is not a known key; did you mean guard?",
        ),
        (
            "[office]",
            '[conduct]\nday_begins = "07:00"\n[office]',
            "line 7, conduct.day_begins: must be a full hour from 00:00 to 06:00 (was 07:00)",
        ),
        (
            'id = "gmina"',
            'version = 0\nid = "gmina"',
            "line 1, version: must be a whole number above 0, as the export wrote it (was 0)",
        ),
        (
            'id = "gmina"',
            'segments = 5\nid = "gmina"',
            "line 1, segments: must be sections, one for each: [segments.<id>]",
        ),
    ],
)
def test_a_mistake_is_said_in_plain_words(old: str, new: str, said: str) -> None:
    found = mistakes(changed((old, new)))
    assert said in found
    assert not [
        line
        for line in found
        if "pydantic" in line or "Input should" in line or "{" in line.replace("{ … }", "")
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "minutes = 12",
            "minutes = ",
            "line 21, column 11: the value cannot be read; is a text without quotes?",
        ),
        ("minutes = 12", "minutes", "line 21, column 8: a key must be followed by = and its value"),
        ('"Podatki"', '"Podatki', "line 28, column 20: a text is not closed by a quote"),
        ("minutes = 12", "minutes = 12\nminutes = 13", "line 22, column 13: this key is there twice"),
        ("[services.taxes]", "[services.id-card]", "line 26, column 18: this section is there twice"),
        ('"Podatki"', '"C:\\Podatki"', "line 28, column 17: a backslash in a text must be written twice"),
        ("minutes = 12", "minutes = 1" + "0" * 5000, "line 21: a number is too long"),
        ('["taxes"]', '["taxes"', "line 33: a list is not closed by ]"),
        ("\nlevel_2", " level_2", "line 32, column 23: after a value a new line must begin"),
    ],
)
def test_an_error_of_syntax_has_line_and_column(old: str, new: str, said: str) -> None:
    assert mistakes(changed((old, new))) == [said]


def test_a_file_of_another_encoding_or_with_a_mark_at_its_start() -> None:
    assert mistakes(GOOD.encode("cp1250")) == ["line 2: the file must be saved as UTF-8"]
    assert read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == read(GOOD)
    assert mistakes("id = " + "[" * 5000)[0].startswith("line 1: lists or tables lie too deeply")
    assert mistakes("")[0] == "line 1, id: is missing"


def test_the_version_of_an_export_is_told() -> None:
    found = parse(dump(read(GOOD), version=7))
    assert isinstance(found, HallFile)
    assert found.version == 7
    assert found.hall == read(GOOD)
    plain = parse(GOOD)
    assert isinstance(plain, HallFile)
    assert plain.version is None


def test_oversights_come_as_warnings_with_their_lines() -> None:
    found = parse(changed(('level_2 = ["taxes"]\n', "")))
    assert isinstance(found, HallFile)
    assert found.warnings == (Problem(26, "services.taxes", "no counter serves it"),)


def test_a_mistake_in_one_part_is_not_reported_again_where_the_part_is_named() -> None:
    assert mistakes(changed(('letter = "A"', "letter = 5"), ("minutes = 12", "minutes = 0"))) == [
        "line 16, groups.matters.letter: must be a text in quotes (was 5)",
        "line 21, services.id-card.minutes: must be above 0 (was 0)",
    ]


@pytest.mark.slow
@given(halls(), st.none() | st.integers(1, 99))
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_back_the_same(any_hall: Hall, version: int | None) -> None:
    text = dump(any_hall, version)
    found = parse(text)
    assert isinstance(found, HallFile), (text, [str(problem) for problem in found])
    assert (found.hall, found.version) == (any_hall, version)
    assert locate(text).keys() == paths(tomllib.loads(text))


ODD = st.sampled_from(
    [
        "",
        "5",
        "-1",
        "1e400",
        "nan",
        "true",
        '""',
        '"x"',
        "[]",
        "[[1]]",
        '["a", "a"]',
        "{}",
        "{ pl = 1 }",
        "{ a.b = 1 }",
        "08:00:00",
        "2026-01-01",
        '"24:00"',
        '"""\n"""',
        "[1, 2",
        "9" * 5000,
        '{ pl = "x" }',
        '["08:00-09:00", 1]',
    ]
)


@given(st.lists(st.tuples(st.integers(0, 34), st.none() | ODD), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_gets_an_answer_with_lines_that_exist(
    changes: list[tuple[int, str | None]],
) -> None:
    lines = [*GOOD.splitlines(), "[segments.pregnant]", "hint = {}"]
    for n, value in changes:
        lines[n] = "" if value is None else f"{lines[n].split(' = ')[0]} = {value}"
    text = "\n".join(lines)
    found = parse(text)
    for problem in found.warnings if isinstance(found, HallFile) else found:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.text
        assert "Input" not in problem.text
        assert "valid" not in problem.text
    assert found


def test_defaults_are_not_written() -> None:
    text = dump(read(GOOD))
    assert "[conduct]" not in text
    assert "retired" not in text
    assert "order" not in text
    assert "guard" in dump(hall(conduct={"guard": 45}))
    assert "# No longer used" in dump(
        hall(segments=(segment("walk-in"), segment("booked"), segment("x", retired=True)))
    )


def test_lines_are_found_in_any_toml() -> None:
    text = '''# a comment = 1
"quoted \\u0041" = 1
a.b . "c" = [ # comment ]
  1, [2,
  "x]#", 'y\\'], # more
  { k = 1, "l.m" = """
two
lines \\""" here""" },
]
[[t]]
n = 1979-05-27 07:32:00
[t.sub]
s = \'\'\'
# not a comment
\'\'\'
[[t]] # again
  [[t.in]]
  z = {}
  [[t.in]]
  z = { a.b = 1 , c = [ ] }
'''
    lines = locate(text)
    assert lines.keys() == paths(tomllib.loads(text))
    assert lines["quoted A",] == 2
    assert lines["a", "b", "c", 1, 1] == 5
    assert lines["a", "b", "c", 2, "l.m"] == 6
    assert lines["t", 0, "sub", "s"] == 13
    assert lines["t", 1] == 16
    assert lines["t", 1, "in", 1, "z", "a", "b"] == 20


def paths(value: Any, at: Path = ()) -> set[Path]:
    """The path of every table, key and item."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    found: set[Path] = {at} if at else set()
    return found.union(*(paths(each, (*at, key)) for key, each in inner))

"""The paper ticket: what it says, in whose words, with which letters, and that it fits the paper."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from qms.devices.paper.letters import DRAWN, FONTS, balanced, drawable, font, lines
from qms.devices.paper.picture import PIECES, draw
from qms.devices.paper.slip import Fact, slip_of
from qms.halls.rules.equipment import USUAL_PAPER
from tests.devices.papers import LINK, NOW, WIDTHS, card, png, scanned, slip, ticket


def ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """The box of what is printed: left, top, right, bottom."""
    box = ImageChops.invert(picture.convert("L")).getbbox()
    assert box is not None
    return box


def only(*parts: str, **changes: object) -> Image.Image:
    """Some parts of a slip, on 80 mm."""
    return draw(replace(slip(), parts=parts, **changes), 576)  # type: ignore[arg-type]


def test_the_words_of_a_slip_are_the_persons() -> None:
    made = slip("de")
    assert made.number_label == "Ihre Nummer"
    assert made.office == "Rathaus"
    assert made.service == "Personalausweise"
    assert made.time == Fact("Ausgegeben", "24. November 2026, 10:20")
    assert made.ahead == Fact("Vor Ihnen", "6 Personen")
    assert made.wait == Fact("Wartezeit", "25–40 Minuten")
    assert made.place == Fact("Ort", "Zimmer 3")
    assert made.documents == ("Zdjęcie", "Reisepass")
    assert made.link == LINK


def test_the_matter_stands_there_in_the_offices_language_too_where_that_is_another() -> None:
    assert slip("uk").service == "Посвідчення особи"
    assert slip("uk").service_again == "Dowody osobiste"
    assert slip("pl").service_again == ""


@pytest.mark.parametrize(
    ("ahead", "said"), [(0, "nikt nie czeka"), (1, "1 osoba"), (3, "3 osoby"), (5, "5 osób")]
)
def test_people_ahead_are_counted_as_the_language_does(ahead: int, said: str) -> None:
    assert slip(ahead=ahead).ahead == Fact("Przed Państwem", said)


def test_who_is_next_is_told_of_the_call_instead_of_a_wait() -> None:
    assert slip(ahead=0, estimate={"low": 1, "mid": 2, "high": 4}).wait == Fact("Wezwanie", "za chwilę")


def test_hours_and_their_minutes_are_never_parted() -> None:
    long = slip("uk", ahead=41, estimate={"low": 95, "mid": 110, "high": 140, "about": True}).wait
    assert long is not None
    assert long.value == "приблизно 1 год\u00a035 хв – 2 год\u00a020 хв"
    narrow = lines(long.value, font(23, bold=True), 384)
    assert [line.replace("\u00a0", " ") for line in narrow] == ["приблизно 1 год 35 хв –", "2 год 20 хв"]


def test_a_number_given_while_the_server_was_away_promises_nothing() -> None:
    given = {name: value for name, value in ticket().items() if name not in ("ahead", "estimate")}
    made = slip_of(card(), given, "pl", None, now=NOW)
    assert made.ahead is None
    assert made.wait is None


def test_a_slip_printed_again_says_of_when_its_figures_are() -> None:
    again = slip(now=NOW + timedelta(minutes=12))
    assert again.ahead == Fact("Przed Państwem", "6 osób (o 10:32)")
    assert again.time == Fact("Wydano", "24 listopada 2026, 10:20")


def test_a_place_is_printed_only_where_all_counters_are_there() -> None:
    two = [{"id": "1", "names": {}, "place": {"pl": "Pokój 3"}}, {"id": "2", "names": {}}]
    assert slip(card=card(counters=two)).place is None


def test_a_service_that_is_no_longer_there_leaves_a_slip_with_its_number() -> None:
    made = slip(service="gone")
    assert (made.number, made.service, made.documents) == ("A012", "", ())
    assert draw(made, 384).height > 300


def test_both_fonts_have_the_very_letters_that_are_taken_as_known() -> None:
    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        assert {chr(code) for code in TTFont(FONTS / f"{name}.ttf").getBestCmap()} == DRAWN


@pytest.mark.parametrize("bold", [False, True])
def test_letters_of_all_four_languages_are_drawn_as_such(bold: bool) -> None:
    letters = font(40, bold=bold)
    none = bytes(letters.getmask("\ue000"))  # a character that no font has
    for char in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻїієґЇІЄҐщюяäöüßÄÖÜẞ„”«»–—’…№€×→←↑↓•":
        assert char in DRAWN
        assert bytes(letters.getmask(char)) != none


def test_what_the_fonts_lack_is_replaced_and_what_makes_no_mark_is_left_out() -> None:
    assert drawable("Zażółć їжак Straße") == "Zażółć їжак Straße"
    assert drawable("é\u200f\u200b\x07") == "é"
    assert drawable("ﬁrst ①") == "first 1"
    assert drawable("漢") == "\ufffd"


@pytest.mark.parametrize(
    ("text", "to", "broken"),
    [
        ("Zameldowanie w urzędzie", "Zameldowanie w", ["Zameldowanie", "w urzędzie"]),
        ("czynne do 15 grudnia", "czynne do 15", ["czynne do", "15 grudnia"]),
        ("1 godz. 35 min – 2 godz. 20 min", "1 godz. 35 min – 2", ["1 godz. 35 min –", "2 godz. 20 min"]),
        ("Legalizacja pobytu – praca", "Legalizacja pobytu", ["Legalizacja", "pobytu – praca"]),
    ],
)
def test_what_belongs_together_stays_on_one_line(text: str, to: str, broken: list[str]) -> None:
    letters = font(20)
    found = lines(text, letters, round(letters.getlength(to)) + 1)
    assert [line.replace("\u00a0", " ") for line in found] == broken


def test_a_centred_text_is_broken_into_lines_of_about_one_length() -> None:
    letters = font(20)
    full = "Numer jest ważny tylko dzisiaj"
    width = round(letters.getlength("Numer jest ważny tylko")) + 1
    assert lines(full, letters, width) == ["Numer jest ważny tylko", "dzisiaj"]
    assert balanced(full, letters, width) == ["Numer jest ważny", "tylko dzisiaj"]


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300), width=st.sampled_from((180, 384, 576)))
def test_any_text_fits_its_width_and_loses_no_letter(text: str, width: int) -> None:
    letters = font(26, bold=True)
    found = lines(text, letters, width)
    assert all(letters.getlength(line) <= width for line in found)
    assert "".join("".join(found).split()) == "".join(drawable(text).split())


TEXT = st.text(max_size=120)


@settings(max_examples=25, deadline=None)
@given(
    number=TEXT, words=st.lists(TEXT, min_size=6, max_size=6), link=st.text(max_size=400), logo=st.binary()
)
@pytest.mark.parametrize("dots", WIDTHS)
def test_any_slip_is_drawn_as_wide_as_the_paper(
    dots: int, number: str, words: list[str], link: str, logo: bytes
) -> None:
    office, service, text, label, value, document = words
    made = replace(
        slip(), parts=(*PIECES, "time"), number=number, office=office, service=service, text=text,
        time=Fact(label, value), documents=(document,), link=link, logo=logo,
    )  # fmt: skip
    picture = draw(made, dots)
    assert (picture.mode, picture.width) == ("1", dots)


@pytest.mark.parametrize("dots", WIDTHS)
@pytest.mark.parametrize("number", ["A012", "U7", "AB12345"])
def test_a_number_is_as_large_as_the_paper_allows(dots: int, number: str) -> None:
    alone = replace(slip(), parts=("number",), number_label="", number=number)
    left, top, right, bottom = ink(draw(alone, dots))
    assert 0 < left < right < dots
    assert right - left > dots * 0.85 or bottom - top > 140


@pytest.mark.parametrize("dots", WIDTHS)
@pytest.mark.parametrize("language", ["pl", "uk", "de", "en"])
def test_the_code_on_paper_leads_to_the_phones_page(dots: int, language: str) -> None:
    assert scanned(draw(slip(language, logo=png()), dots)) == [LINK]


@pytest.mark.parametrize("dots", WIDTHS)
def test_a_long_address_is_still_readable(dots: int) -> None:
    long = "https://" + "kolejka." * 12 + "gov.example/urzad/t/abcdefghijklmnopqrstuvwxyz"
    assert scanned(draw(slip(url=long), dots)) == [long]


def test_a_link_too_long_for_any_code_leaves_a_slip_without_one() -> None:
    assert scanned(draw(slip(url="https://" + "x" * 4000), 576)) == []


def test_the_office_chooses_the_parts_and_their_order() -> None:
    assert scanned(only("number")) == []
    first, last, code = only("qr", "number"), only("number", "qr"), only("qr")
    assert scanned(first) == scanned(last) == [LINK]
    beginning, end = (0, 0, 576, code.height), (0, last.height - code.height, 576, last.height)
    assert first.crop(beginning).tobytes() == last.crop(end).tobytes() == code.tobytes()


def test_a_part_that_is_empty_takes_no_room() -> None:
    assert only("number", "text", "place", "documents", text="", place=None, documents=()).height == (
        only("number").height
    )


def test_every_part_that_a_template_may_name_is_drawn() -> None:
    known = {*PIECES, "time", "ahead", "wait", "place"}
    assert set(USUAL_PAPER) <= known
    full = slip(
        logo=png(), card=card(paper={"parts": sorted(known), "head": {"pl": "Witamy"}, "foot": {"pl": "!"}})
    )
    heights = {part: draw(replace(full, parts=(part,)), 576).height for part in known}
    assert all(height > 1 for height in heights.values())


def test_a_matter_of_one_very_long_word_is_set_smaller_rather_than_broken() -> None:
    word = "Aufenthaltsbestimmungsrechte"
    assert ink(only("service", service=word, service_again=""))[3] < 45  # one line


def test_a_logo_stands_in_the_middle_and_a_broken_one_is_left_out() -> None:
    left, _, right, _ = ink(only("logo", logo=png(size=(200, 200))))
    assert abs((left + right) - 576) < 8
    assert only("logo", "number", logo=b"\x89PNG\r\n\x1a\n broken").height == only("number").height


def test_a_photo_as_logo_becomes_dots_and_a_drawing_stays_plain() -> None:
    drawing = only("logo", logo=png(size=(200, 200)))
    assert drawing.getpixel((288, 65)) == 0
    shades = Image.linear_gradient("L").resize((200, 200))
    file = BytesIO()
    shades.save(file, "PNG")
    middle = only("logo", logo=file.getvalue()).crop((240, 40, 340, 90))
    black = middle.histogram()[0] / (middle.width * middle.height)
    assert 0.2 < black < 0.8

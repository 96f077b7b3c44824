"""The printed number as an office sets it up: parts and their order, own words, samples, preview, history."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from qms.admin.rules.changes import changed
from qms.admin.rules.fields import Unfit
from qms.admin.rules.paper import ROWS, moved, order_of, part_of, shown_paper
from qms.devices.pages.slips import SAMPLE_TOKEN
from qms.halls.rules.equipment import USUAL_PAPER, Paper
from qms.web.catalogue import LANGUAGES
from tests.admin.make import Office, Person
from tests.devices.papers import scanned
from tests.halls.make import hall


def samples(person: Person) -> list[Image.Image]:
    """The pictures on the page."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', person.answer.text)
    return [Image.open(BytesIO(b64decode(each))) for each in found]


async def open_page(boss: Person, query: str = "") -> str:
    boss.answer = await boss.client.get(f"/paper/town{query}")
    assert boss.answer.status_code == 200
    return boss.text


async def test_the_page_shows_samples_at_both_widths(boss: Person) -> None:
    text = await open_page(boss)
    assert "This is what a printed number looks like" in text
    assert "opening." not in text
    assert "paper." not in text
    wide, narrow = samples(boss)
    assert (wide.width, narrow.width) == (576, 384)
    for picture in (wide, narrow):
        assert [link.rpartition("/")[2] for link in scanned(picture)] == [SAMPLE_TOKEN]


async def test_every_page_about_paper_speaks_every_language(boss: Person) -> None:
    for language in LANGUAGES:
        await open_page(boss, f"?lang={language}")
        assert f'<html lang="{language}">' in boss.answer.text
        for form in ("paper?", "paper-text?id=taxes&"):
            text = await boss.open(f"/change/{form}lang={language}")
            assert "opening." not in text
            assert "paper." not in text


async def test_a_sample_is_of_the_language_and_the_matter_that_are_chosen(boss: Person) -> None:
    await open_page(boss)
    usual = samples(boss)[0].tobytes()
    await open_page(boss, "?look-language=uk")
    ukrainian = samples(boss)[0].tobytes()
    await open_page(boss, "?look-service=taxes")
    taxes = samples(boss)[0].tobytes()
    assert len({usual, ukrainian, taxes}) == 3
    await open_page(boss, "?look-language=xx&look-service=%3Cb%3E")
    assert samples(boss)[0].tobytes() == usual


async def test_parts_are_moved_switched_and_saved_after_a_preview(office: Office, boss: Person) -> None:
    await boss.open("/change/paper")
    first = samples(boss)[0]
    await boss.send("/change/paper", edit="down:logo", part__documents="on", part__wait="")
    assert samples(boss)[0].tobytes() != first.tobytes(), "what is typed is shown at once"
    text = await boss.send("/change/paper", head_en="Welcome", head_pl="Witamy")
    assert "Nothing is saved yet." in text
    assert "will be Polski: Witamy · English: Welcome" in text
    assert "booked visit" not in text
    assert office.setup.paper == Paper()
    preview = samples(boss)
    assert "The change is saved and in force." in await boss.save()
    assert [each.tobytes() for each in samples(boss)] == [each.tobytes() for each in preview]
    parts = office.setup.paper.parts
    assert parts[:3] == ("office", "logo", "head")
    assert parts[-1] == "documents"
    assert "wait" not in parts
    assert office.setup.paper.head == {"en": "Welcome", "pl": "Witamy"}


async def test_a_change_of_paper_is_in_the_history_and_can_be_undone(office: Office, boss: Person) -> None:
    await boss.change("paper", foot_pl="Numer jest ważny dzisiaj.")
    await boss.save()
    text = await boss.open("/history")
    assert "Own words at the end of a printed number" in text
    await boss.send("/change/undo")
    await boss.save()
    assert office.setup.paper == Paper()


async def test_words_about_one_matter_are_printed_on_its_numbers(office: Office, boss: Person) -> None:
    await boss.open("/change/paper-text?id=taxes")
    before = samples(boss)[0].height
    text = await boss.send("/change/paper-text", words_pl="Krótkie sprawy mogą być wzywane wcześniej.")
    assert "Words on the printed number" in text
    assert samples(boss)[0].height > before
    text = await boss.save()
    assert "Krótkie sprawy mogą być wzywane wcześniej." in text
    service = office.setup.service("taxes")
    assert service is not None
    assert service.paper == {"pl": "Krótkie sprawy mogą być wzywane wcześniej."}


async def test_words_for_a_matter_that_there_is_not_are_not_found(boss: Person) -> None:
    await boss.open("/change/paper-text?id=gone", 404)


async def test_a_number_without_its_number_is_refused_where_it_is_ticked(
    office: Office, boss: Person
) -> None:
    await boss.open("/change/paper")
    text = await boss.send("/change/paper", 422, part_number="")
    assert "The number must be printed." in text
    assert samples(boss), "and the page still shows how it is"
    assert office.version == 1


async def test_a_change_made_meanwhile_is_seen_before_this_one_is_saved(
    office: Office, boss: Person
) -> None:
    await boss.change("paper", foot_pl="Jeden")
    other = Person(boss.client)
    await other.change("paper", head_pl="Dwa")
    await other.save()
    await boss.save(409)
    assert office.setup.paper.foot == {}
    await boss.save()
    assert office.setup.paper.foot == {"pl": "Jeden"}


def test_a_form_shows_the_parts_in_their_order_and_then_the_others() -> None:
    setup = hall(paper=Paper(parts=("number", "rule", "qr", "rule", "logo")))
    typed = shown_paper(setup)
    assert typed["order"].split()[:5] == ["number", "rule-1", "qr", "rule-2", "logo"]
    assert set(typed["order"].split()) == set(ROWS)
    with pytest.raises(Unfit, match="nothing_changed"):
        changed(setup, "paper", typed)


def test_a_row_moves_by_one_and_not_past_the_ends() -> None:
    typed = {"order": " ".join(ROWS)}
    assert moved(typed, "up:office")["order"].split()[:2] == ["office", "logo"]
    assert moved(typed, "down:logo")["order"].split()[:2] == ["office", "logo"]
    for act in ("up:logo", f"down:{ROWS[-1]}", "look", "up:nothing", ""):
        assert moved(typed, act)["order"].split() == list(ROWS)


def test_an_order_that_somebody_made_up_names_every_row_once() -> None:
    assert sorted(order_of("qr qr nothing <b> number")) == sorted(ROWS)
    assert order_of("qr qr nothing number")[:2] == ("qr", "number")


def test_every_part_has_a_row() -> None:
    assert set(map(part_of, ROWS)) >= set(USUAL_PAPER)
    form = {"order": " ".join(ROWS)} | {f"part-{row}": "on" for row in ROWS}
    assert changed(hall(), "paper", form).paper.parts.count("rule") == 3

"""The office's own texts: kept, tried out, refused where a person would read nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from qms.ledger.engine import writing
from qms.notices.rules.templates import COPIES, PLACES, fill
from qms.notices.texts import Text, TextRefused, default_text, drop_text, keep_text, own_text, preview
from qms.web.catalogue import LANGUAGES
from tests.notices.make import BASE, VAULT, Bureau, setup, words
from tests.post.make import NOW
from tests.post.server import MailServer

OWN = Text("{office}: {day}", "Do zobaczenia {day} o {time}.\r\n\r\n{documents}\r\n\r\nKod {code}. {link}")
HALL = "ratusz"


def keep(
    engine: Engine, text: Text, name: str = "confirmed", hall: str = HALL, language: str = "pl"
) -> None:
    with writing(engine).begin() as conn:
        keep_text(conn, hall, name, language, text, "ewa", NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLACES)
def test_every_text_of_the_catalogue_is_one_that_an_office_could_keep(name: str, language: str) -> None:
    shown = preview(setup(), name, language, default_text(name, language), NOW, BASE)
    assert "{" not in shown.subject + shown.body
    assert "\n" not in shown.subject
    assert len(shown.body) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_texts_for_the_offices_own_copies(language: str) -> None:
    assert all(default_text(name, language).subject for name in COPIES.values())


async def test_the_offices_own_text_is_sent_in_its_language_only(
    sqlite_engine: Engine, server: MailServer
) -> None:
    bureau = Bureau(sqlite_engine, server)
    keep(sqlite_engine, OWN, hall=bureau.hall.id)
    ids = bureau.book(), bureau.book("10:15", language="en")
    mails = {mail["To"]: mail for mail in await bureau.post()}
    own, other = (mails[f"{id}@people.example"] for id in ids)
    assert own["Subject"] == "Urząd: środa, 25 listopada 2026"
    assert words(own).startswith("Do zobaczenia środa, 25 listopada 2026 o 10:00.\n\nKod ")
    assert VAULT.code("booking", ids[0], 0) in words(own)
    assert other["Subject"].startswith("Your visit is booked")
    with writing(sqlite_engine).begin() as conn:
        drop_text(conn, bureau.hall.id, "confirmed", "pl")
    bureau.book("11:00")
    [mail] = await bureau.post()
    assert mail["Subject"].startswith("Wizyta umówiona")


def test_a_text_is_replaced(engine: Engine) -> None:
    keep(engine, OWN)
    keep(engine, Text("Nowy: {day} {time}", "{code} {link}"))
    with engine.connect() as conn:
        assert own_text(conn, HALL, "confirmed", "pl") == Text("Nowy: {day} {time}", "{code} {link}")
        assert own_text(conn, HALL, "confirmed", "en") is None
        assert own_text(conn, HALL, "moved", "pl") is None


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        ("confirmed", Text("{day}", "{time} {code} {link} {phone}"), {"unknown_place"}),
        ("cancelled", Text("Odwołana", "{code}"), {"unknown_place"}),
        ("confirmed", Text("{day}", "{time} {code} {link} {"), {"stray_brace"}),
        ("confirmed", Text("{day}", "{time} {code} {link} { name }"), {"stray_brace"}),
        ("confirmed", Text("", "{day} {time} {code} {link}"), {"empty"}),
        ("cancelled", Text("Odwołana", "  \n "), {"empty"}),
        ("cancelled", Text("x" * 201, "y"), {"too_long"}),
        ("cancelled", Text("x", "y" * 10_001), {"too_long"}),
        ("cancelled", Text("x\nBcc: a@b.example", "y"), {"line_break"}),
        ("confirmed", Text("Wizyta", "{day} {time} {link}"), {"missing_place"}),
        ("proof", Text("Wizyta", "{day}"), {"missing_place"}),
        ("advert", Text("x", "y"), {"unknown_template"}),
        ("copy_confirmed", Text("x", "y"), {"unknown_template"}),
    ],
)
def test_a_text_that_would_be_nonsense_is_refused_and_not_kept(
    sqlite_engine: Engine, name: str, text: Text, codes: set[str]
) -> None:
    with pytest.raises(TextRefused) as refused:
        keep(sqlite_engine, text, name)
    assert {fault.code for fault in refused.value.faults} == codes
    with pytest.raises(TextRefused):
        preview(setup(), name, "pl", text, NOW, BASE)
    with sqlite_engine.connect() as conn:
        assert own_text(conn, HALL, name, "pl") is None


def test_a_preview_is_what_somebody_would_get() -> None:
    shown = preview(
        setup(), "confirmed", "de", Text("{place}", "{name}: {day}, {time} {code} {link}"), NOW, BASE
    )
    assert shown.subject == "Urząd, Sala obsługi"
    assert shown.body == f"Anna Beispiel: Freitag, 27. November 2026, 10:20 123456 {BASE}/b/{'x' * 26}\n"


@given(st.text(), st.dictionaries(st.sampled_from(["a", "b"]), st.text()))
def test_what_a_value_holds_is_never_looked_into(text: str, values: dict[str, str]) -> None:
    assert fill("{a}", {"a": "{b}", "b": "secret"}) == "{b}"
    assert "\n\n\n" not in fill(text, values)

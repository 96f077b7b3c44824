"""The kiosk without eyes or fingers: by keys alone, and read aloud."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import sample
from tests.browser.conftest import Open
from tests.browser.kiosk_screens import usual
from tests.browser.pages import eventually
from tests.browser.stub import Scene, served

pytestmark = pytest.mark.browser

KIOSK = "/kiosk/?hall=town"
VOICES = """
window.said = [];
window.cut = 0;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => ["pl-PL", "de-DE"].map((lang) => ({ lang, localService: true })),
  addEventListener() {},
  cancel: () => { cut += 1; },
  speak: (one) => { said.push(one); setTimeout(() => one.onend(), 20); },
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
"""A voice that writes down what it is given to say, and how loud and fast."""


@pytest.fixture
def scene() -> Scene:
    scene = sample.scene()
    usual(scene)
    return scene


@pytest.fixture
def base(scene: Scene) -> Iterator[str]:
    with served(scene) as address:
        yield address


def ready(page: Page) -> None:
    """Waits until the kiosk knows how its queues stand: nothing is drawn anew under a finger after that."""
    page.wait_for_selector("kiosk-menu .tile-note:not([data-usual]):not(:empty)")


def said(page: Page) -> list[str]:
    return list(page.evaluate("said.map((one) => one.text)"))


def to(page: Page, text: str, key: str = "ArrowDown") -> None:
    """Goes on by one arrow key until a control with a text is reached."""
    reached = f"(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).includes({json.dumps(text)})"
    for _ in range(80):
        if page.evaluate(f"document.activeElement.matches('button') && {reached}"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the arrows do not lead to {text}")


def choose(page: Page, text: str, screen: str, key: str = "ArrowDown") -> None:
    to(page, text, key)
    page.keyboard.press("Enter")
    page.wait_for_selector(screen)


@pytest.mark.parametrize("size", ["portrait", "hd"])
def test_the_whole_way_by_arrows_enter_and_back(
    scene: Scene, base: str, open_page: Open, size: str
) -> None:
    page = open_page(base + KIOSK, size=size)
    ready(page)
    choose(page, "Deutsch", "h1:has-text('Was möchten Sie erledigen')", "ArrowUp")
    choose(page, "Personalausweis", "kiosk-services")
    page.keyboard.press("Escape")
    page.wait_for_selector("kiosk-menu")
    choose(page, "Führerschein", "kiosk-confirm")
    choose(page, "Vorrang", "kiosk-priority")
    choose(page, "Schwangere", "kiosk-confirm")
    choose(page, "SMS", "kiosk-phone")
    for digit in "512":
        page.keyboard.press(digit)
    to(page, "6")
    for _ in range(6):
        page.keyboard.press("Enter")
    choose(page, "Fertig", "kiosk-confirm")
    choose(page, "Nur aufs Handy", ".number:has-text('A012')")
    assert scene.posted[0][1] == {
        "service": "licence",
        "language": "de",
        "segment": "pregnant",
        "phone": "512666666",
        "paper": False,
        "copies": 1,
    }
    choose(page, "Fertig", "kiosk-menu")
    assert page.get_attribute("html", "lang") == "pl"


def test_nothing_is_said_before_it_is_asked_for_and_nothing_after_the_person_has_gone(
    base: str, open_page: Open
) -> None:
    page = open_page(base + KIOSK, size="portrait", init=VOICES)
    ready(page)
    to(page, "Prawo jazdy")
    assert said(page) == []
    page.keyboard.press("F8")
    assert "W jakiej sprawie przychodzisz?" in said(page)[0]
    page.keyboard.press("F9")
    to(page, "Szybciej", "ArrowUp")
    page.keyboard.press("Enter")
    page.keyboard.press("F7")
    last = page.evaluate("said[said.length - 1]")
    assert last["text"].startswith("Szybciej.")
    louder, faster = last["volume"], last["rate"]
    assert faster > 1
    choose(page, "Prawo jazdy", "kiosk-confirm", "ArrowDown")
    choose(page, "Numer na papierze", ".number")
    choose(page, "Gotowe", "kiosk-menu")
    count = len(said(page))
    page.keyboard.press("ArrowDown")
    assert len(said(page)) == count
    assert page.locator("speech-panel .button:visible").count() == 0
    page.keyboard.press("F8")
    again = page.evaluate("said[said.length - 1]")
    assert again["volume"] < louder
    assert again["rate"] == 1


def test_each_screen_and_each_control_is_read(base: str, open_page: Open) -> None:
    page = open_page(base + KIOSK, size="hd", init=VOICES)
    ready(page)
    page.click("footer button[lang=de]")
    page.click(".controls-listen")
    eventually(page, "said[said.length - 1].text.startsWith('Vorlesen. ein.')")
    to(page, "Führerschein")
    assert said(page)[-1].startswith("Führerschein. 3 Personen warten. 4 von ")
    choose(page, "Führerschein", "kiosk-confirm")
    screen = said(page)[-1]
    for told in (
        "Führerschein: Ausstellung",
        "Voraussichtliche Wartezeit. 10–30 Minuten",
        "35 × 45 mm",
        "4 Tasten.",
    ):
        assert told in screen
    choose(page, "Nummer auf Papier", ".number")
    eventually(page, "said[said.length - 1].text.startsWith('Ihre Nummer. A 12.')")
    assert "QR-Code" in said(page)[-1]
    assert {one[:2] for one in page.evaluate("said.map((one) => one.lang)")} == {"de"}


def test_a_telephone_number_is_echoed_digit_by_digit_and_never_said_whole(
    base: str, open_page: Open
) -> None:
    page = open_page(base + KIOSK, size="portrait", init=VOICES)
    ready(page)
    page.keyboard.press("F8")
    choose(page, "Prawo jazdy", "kiosk-confirm")
    choose(page, "SMS", "kiosk-phone")
    for digit in "601702803":
        page.keyboard.press(digit)
    page.keyboard.press("Backspace")
    page.keyboard.press("F7")
    page.keyboard.press("F7")
    whole = " ".join(said(page))
    assert said(page)[-12:-2] == [*"601702803", "usunięto"]
    assert "601" not in whole
    assert "60170280" not in page.inner_text("body [role=status].visually-hidden")


def test_the_question_whether_somebody_is_there_is_read_with_its_answer(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.hall["kiosk"] |= {"idle_seconds": 30, "grace_seconds": 10}
    page = open_page("about:blank", init=VOICES)
    page.clock.install()
    page.goto(base + KIOSK)
    ready(page)
    page.keyboard.press("F8")
    page.clock.run_for(2_000)
    page.clock.run_for(29_000)
    page.wait_for_selector("dialog[open]")
    assert said(page)[-1].startswith("Potrzebujesz więcej czasu?")
    assert said(page)[-1].endswith("Tak, potrzebuję. 1 z 2.")


def test_without_a_voice_of_its_own_the_browser_plays_what_the_agent_says(
    scene: Scene, base: str, open_page: Open
) -> None:
    page = open_page(base + KIOSK, size="portrait")
    page.click(".controls-listen")
    page.wait_for_selector("speech-panel .button:visible")
    to(page, "Mam rezerwację")
    for _ in range(50):
        if scene.spoken and "Mam rezerwację" in scene.spoken[-1][1]:
            break
        page.wait_for_timeout(100)
    assert scene.spoken[-1] == ("pl", "Mam rezerwację. Potwierdź przybycie. 1 z 6.")


def test_where_there_is_no_voice_none_is_offered(scene: Scene, base: str, open_page: Open) -> None:
    scene.agent = {"agent": False}
    page = open_page(base + KIOSK)
    ready(page)
    page.keyboard.press("F8")
    assert page.locator(".controls-listen:visible").count() == 0
    assert page.locator("speech-panel .button:visible").count() == 0


def test_an_office_says_which_keys_its_keypad_sends(base: str, open_page: Open) -> None:
    page = open_page(f"{base}{KIOSK}&keys=speak:F2,unplugged:F4,back:F6", init=VOICES)
    ready(page)
    page.keyboard.press("F8")
    assert said(page) == []
    page.keyboard.press("F2")
    assert len(said(page)) == 1
    choose(page, "Prawo jazdy", "kiosk-confirm")
    page.keyboard.press("F6")
    page.wait_for_selector("kiosk-menu")
    page.keyboard.press("F4")
    assert page.locator("speech-panel .button:visible").count() == 0

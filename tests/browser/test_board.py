"""The hall board and the counter sign, against a server that shows what a test wants."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import sample
from tests.browser.conftest import Open
from tests.browser.hearing import fast
from tests.browser.pages import check_access, check_fits, eventually
from tests.browser.stub import NOON, Scene, served

pytestmark = pytest.mark.browser

BOARD = "/board/?hall=town"
SIGN = "/board/counter.html?hall=town&counter=4"
LONG = {
    "pl": "Stanowisko obsługi przedsiębiorców i inwestorów zagranicznych",
    "en": "Desk for entrepreneurs and foreign investors",
    "uk": "Вікно обслуговування підприємців та іноземних інвесторів",
    "de": "Wirtschaftsförderungs- und Gewerbeangelegenheiten",
}
VOICES = """
  window.said = [];
  const voices = ["pl-PL", "en-GB", "uk-UA", "de-DE"].map((lang) => ({ lang, name: lang, localService: true }));
  let pending;
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    cancel: () => { clearTimeout(pending); },
    speak: (one) => { said.push(`${one.lang.slice(0, 2)} ${one.text}`); pending = setTimeout(() => one.onend(), 700); },
  } });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


@pytest.fixture
def scene() -> Scene:
    return sample.scene(me={"kind": "device", "device": {"kind": "board", "hall": "town"}})


@pytest.fixture
def base(scene: Scene) -> Iterator[str]:
    with served(scene) as address:
        yield address


def call(scene: Scene, *calls: tuple[str, str], **change: Any) -> None:
    """Shows a board on which these were called in the last minute, oldest first."""
    scene.views["board"] = sample.board(list(calls), **change)
    scene.publish()


def loud(page: Page, number: str, timeout: float = 12_000) -> None:
    page.wait_for_selector(f"loud-call:not([hidden]) .loud-number:text-is('{number}')", timeout=timeout)


def quiet(page: Page) -> None:
    page.wait_for_selector("loud-call", state="hidden", timeout=12_000)


def end_turn(page: Page) -> None:
    """Shows the list without waiting for the end of a call's time."""
    page.evaluate("document.querySelector('loud-call').clear()")


def test_a_call_stands_out_and_then_joins_the_list(scene: Scene, base: str, open_page: Open) -> None:
    page = open_page(base + BOARD, init=fast(3))
    page.wait_for_selector(".call")
    assert page.locator("loud-call").is_hidden()
    call(scene, ("A012", "4"))
    loud(page, "A012", 1000)
    assert page.inner_text(".loud-counter").split() == ["Stanowisko", "4"]
    assert page.inner_text(".call-number >> nth=0") == "B021"
    assert page.inner_text("hall-board > [role=status]") == "Numer A 12, stanowisko 4."
    quiet(page)
    assert page.inner_text(".call >> nth=0").split()[:3] == ["A012", "Stanowisko", "4"]


def test_two_calls_at_once_join_the_list_one_after_the_other(
    scene: Scene, base: str, open_page: Open
) -> None:
    page = open_page(base + BOARD)
    call(scene, ("A012", "4"), ("B022", "2"))
    loud(page, "A012")
    assert page.inner_text(".call-number >> nth=0") == "B021"
    loud(page, "B022")
    assert page.inner_text(".call-number >> nth=0") == "A012"


def test_each_call_is_announced_once_even_when_the_page_is_loaded_anew(
    scene: Scene, base: str, open_page: Open
) -> None:
    page = open_page(base + BOARD, init=VOICES + fast(3))
    call(scene, ("A012", "4"), ("B022", "2"))
    loud(page, "A012")
    loud(page, "B022")
    quiet(page)
    polish = [text for text in page.evaluate("said") if text.startswith("pl")]
    assert polish == ["pl Numer A 12, stanowisko 4.", "pl Numer B 22, stanowisko 2."]
    scene.publish()
    page.reload()
    page.wait_for_selector(".call")
    page.wait_for_timeout(300)
    assert page.evaluate("said") == []
    assert page.locator("loud-call").is_hidden()


def test_the_voice_sheds_further_languages_while_others_wait(
    scene: Scene, base: str, open_page: Open
) -> None:
    page = open_page(base + BOARD, init=VOICES)
    call(scene, ("A012", "4"), ("B022", "kasa"))
    loud(page, "B022")
    eventually(page, "said.length === 5")
    assert page.evaluate("said.map((text) => text.slice(0, 2))") == ["pl", "pl", "en", "uk", "de"]
    assert page.evaluate("said[2]") == "en Number B 22, Cash desk."


def test_a_board_that_hears_nothing_says_so_and_recovers(scene: Scene, base: str, open_page: Open) -> None:
    page = open_page(base + BOARD)
    page.wait_for_selector(".call")
    scene.drop()
    page.wait_for_selector(".is-stale", timeout=20_000)
    assert page.inner_text(".band").startswith("Tablica chwilowo nieaktualna")
    assert page.inner_text(".call-number >> nth=0") == "B021"
    check_access(page)
    scene.silent = False
    page.wait_for_selector("hall-board:not(.is-stale)", timeout=15_000)
    assert page.locator(".band").is_hidden()


def test_an_unknown_screen_is_paired_by_its_code(scene: Scene, base: str, open_page: Open) -> None:
    scene.me = {"kind": "anonymous"}
    page = open_page(base + "/board/", size="portrait")
    page.wait_for_selector("pairing-form")
    check_access(page)
    for key in "XXXX2345":
        page.click(f".pairing-keys button:text-is('{key}')")
    page.click("button[type=submit]")
    page.wait_for_selector("#pairing-code[aria-invalid]")
    page.fill("#pairing-code", "ABCD2345")
    page.click("button[type=submit]")
    page.wait_for_selector("#pairing-fault:has-text('innego rodzaju')")
    page.fill("#pairing-code", "bcde3456")
    page.keyboard.press("Enter")
    page.wait_for_selector(".call")


@pytest.mark.parametrize(
    ("code", "title"), [(4401, "nie jest jeszcze"), (4403, "z inną salą"), (4404, "Nie znamy")]
)
def test_a_board_says_why_it_shows_nothing(
    scene: Scene, base: str, open_page: Open, code: int, title: str
) -> None:
    scene.close_code = code
    page = open_page(base + BOARD)
    page.wait_for_selector(f"h1:has-text('{title}')")
    check_access(page)


def crowded(languages: list[str]) -> dict[str, Any]:
    """A board with the longest words we could think of."""
    hall = sample.board_hall(languages=languages, names=LONG, notice=LONG)
    board = sample.board([("BC1234", "4")], halls={"town": hall})
    for shown in [*board["calls"].values(), *board["recent"].values()]:
        shown |= {"number": "BC1234", "counter_names": LONG, "place": LONG, "direction": "up"}
    for queue in board["queues"].values():
        queue |= {"names": LONG, "estimate": {"low": 80, "mid": 120, "high": 190}}
    return board


@pytest.mark.parametrize(
    ("size", "language"),
    [("hd", "pl"), ("hd", "de"), ("uhd", "uk"), ("portrait", "pl"), ("portrait", "de")],
)
def test_long_names_fit(scene: Scene, base: str, open_page: Open, size: str, language: str) -> None:
    scene.views["board"] = crowded([language])
    page = open_page(f"{base}{BOARD}&lang={language}", size=size)
    loud(page, "BC1234")
    check_fits(page)
    end_turn(page)
    check_fits(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("contrast", ["", "&contrast=more"])
def test_the_board_can_be_read_by_all(
    scene: Scene, base: str, open_page: Open, theme: str, contrast: str
) -> None:
    scene.views["board"] = sample.board([("A012", "4")])
    page = open_page(base + BOARD + contrast, theme=theme, reduced_motion="reduce")
    loud(page, "A012")
    check_access(page)
    end_turn(page)
    check_access(page)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "Teraz nikogo nie wzywamy"),
        ("closed", "Teraz zamknięte"),
        ("suspended", "Obsługa chwilowo wstrzymana"),
    ],
)
def test_an_empty_board_says_why(scene: Scene, base: str, open_page: Open, state: str, words: str) -> None:
    hall = sample.board_hall(state=state, notice={"pl": "Zapraszamy jutro."})
    scene.views["board"] = sample.board(recent={}, halls={"town": hall})
    page = open_page(base + BOARD)
    page.wait_for_selector(f".statement:has-text('{words}'):has-text('Zapraszamy jutro.')")
    assert page.locator(".board-lines").is_visible() is (state != "closed")
    check_access(page)


def test_a_board_of_two_halls_names_each(scene: Scene, base: str, open_page: Open) -> None:
    board = sample.board()
    board["halls"]["annex"] = sample.board_hall(names={"pl": "Sala B"}, state="suspended")
    for n, shown in enumerate(board["recent"].values()):
        shown["hall"] = ("town", "annex")[n % 2]
    scene.views["board"] = board
    page = open_page(base + BOARD + "&hall=annex")
    page.wait_for_selector(".call:has-text('Sala B')")
    assert "Sala B · Obsługa chwilowo wstrzymana" in page.inner_text(".board-notices")
    check_access(page)


SIGNS: dict[str, dict[str, Any]] = {
    "called": {"number": "A012", "call": {"key": "town:7", "at": NOON, "again": False}},
    "serving": {"number": "A012"},
    "free": {},
    "paused": {"until": "2026-11-24T10:15:00Z"},
    "closed": {},
}


def test_a_sign_follows_its_counter(scene: Scene, base: str, open_page: Open) -> None:
    said = {
        "called": "A012 proszę podejść",
        "serving": "A012 obsługa",
        "free": "wolne",
        "paused": "przerwa do 11:15",
        "closed": "zamknięte",
    }
    page = open_page(base + SIGN)
    for state, words in said.items():
        scene.views["counter"] = sample.sign(state, **SIGNS[state])
        scene.publish()
        page.wait_for_selector(f"counter-sign[data-state={state}]")
        assert " ".join(page.inner_text(".sign-what").split()).startswith(words)
        check_access(page)


@pytest.mark.parametrize("size", ["hd", "portrait", "low"])
def test_a_sign_shows_its_number_whole(scene: Scene, base: str, open_page: Open, size: str) -> None:
    scene.views["counter"] = sample.sign(
        "called", **(SIGNS["called"] | {"number": "BC1234", "names": LONG})
    )
    page = open_page(base + SIGN + "&lang=de", size=size)
    page.wait_for_selector("counter-sign[data-state=called]")
    check_fits(page)
    box = page.locator(".sign-number").bounding_box()
    assert box is not None
    assert box["height"] > page.evaluate("innerHeight") * 0.15


def test_the_band_of_a_sign_that_is_not_current_cuts_no_number(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.views["counter"] = sample.sign("called", **(SIGNS["called"] | {"number": "U053"}))
    page = open_page(base + SIGN, size="hd")
    page.wait_for_selector("counter-sign[data-state=called]")
    page.evaluate("document.querySelector('counter-sign').stale(true, { t: () => 'Chwilowo nieaktualne' })")
    page.wait_for_selector(".is-stale .band")
    foot = "parseFloat(getComputedStyle(box).fontSize) * 0.94"  # where figures stand, from the line's top
    assert page.eval_on_selector(".sign-number", f"box => {foot} <= box.clientHeight")


def test_a_screen_loads_a_new_version_when_nobody_is_called(
    scene: Scene, base: str, open_page: Open
) -> None:
    page = open_page(base + BOARD, init="Math.random = () => 0.01")
    page.wait_for_selector(".call")
    with page.expect_navigation(timeout=5000):
        scene.version = "2"
        scene.publish()
    page.wait_for_selector(".call")

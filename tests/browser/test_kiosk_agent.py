"""The kiosk with an agent beside it, or none: paper, a cut line, a number for a message, codes that are held up."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import sample
from tests.browser.conftest import Open
from tests.browser.fake_camera import filmed
from tests.browser.kiosk_screens import alone, usual
from tests.browser.pages import eventually
from tests.browser.stub import Scene, served, ticket

pytestmark = pytest.mark.browser

KIOSK = "/kiosk/?hall=town"
TAKE = "main .acts .button-primary"
TAKES = "main .acts-take .button:visible"
CODE = "042137"


# Before its camera somebody holds the code of a booking.
@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with filmed(tmp_path_factory.mktemp("film"), CODE) as started:
        yield started


@pytest.fixture
def scene() -> Scene:
    scene = sample.scene()
    usual(scene)
    scene.known = CODE
    return scene


@pytest.fixture
def base(scene: Scene) -> Iterator[str]:
    with served(scene) as address:
        yield address


def choose(page: Page) -> None:
    page.click(".tile:has-text('Prawo jazdy')")
    page.wait_for_selector(".facts")


@pytest.mark.parametrize(
    ("paper", "printer", "buttons"),
    [
        ("ask", "ok", ["Tylko na telefon", "Numer na papierze"]),
        ("ask", "paper_low", ["Tylko na telefon", "Numer na papierze"]),
        ("ask", "paper_out", ["Weź numer"]),
        ("ask", "none", ["Weź numer"]),
        ("always", "ok", ["Weź numer"]),
        ("never", "ok", ["Weź numer"]),
    ],
)
def test_paper_is_offered_where_the_office_wants_it_and_the_printer_can(
    scene: Scene, base: str, open_page: Open, paper: str, printer: str, buttons: list[str]
) -> None:
    scene.hall["kiosk"] |= {"paper": paper, "copies": 2}
    scene.agent["printer"] = printer
    page = open_page(base + KIOSK)
    choose(page)
    eventually(page, f"document.querySelectorAll('main .acts-take .button').length === {len(buttons)}")
    assert page.locator(TAKES).all_inner_texts() == buttons
    page.click(TAKE)
    page.wait_for_selector(".number")
    printed = paper != "never" and printer in ("ok", "paper_low")
    assert scene.posted[0][1] == {
        "service": "licence",
        "language": "pl",
        "paper": printed,
        "copies": 2,
    }


@pytest.mark.parametrize(
    ("printer", "words"),
    [
        ("paper_out", "W drukarce nie ma papieru. Numer zobaczysz na ekranie, weź go na telefon."),
        ("cover_open", "Drukarka jest otwarta"),
        ("no_answer", "Drukarka nie działa"),
    ],
)
def test_a_printer_in_trouble_is_told_in_plain_words_and_not_for_longer_than_it_lasts(
    scene: Scene, base: str, open_page: Open, printer: str, words: str
) -> None:
    scene.agent["printer"] = printer
    page = open_page(base + KIOSK)
    page.wait_for_selector(f".band:has-text('{words}')")
    scene.agent["printer"] = "paper_low"
    page.wait_for_selector(".band", state="detached")


def test_what_was_not_printed_can_be_printed_once_there_is_paper_again(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.answers = [(201, ticket(paper="failed"))]
    page = open_page(base + KIOSK)
    choose(page)
    scene.agent["printer"] = "paper_out"
    page.click(TAKE)
    page.wait_for_selector(".paper-line:has-text('W drukarce nie ma papieru')")
    assert page.locator(TAKES).count() == 2
    scene.agent["printer"] = "ok"
    page.click("button:has-text('Drukuj jeszcze raz')")
    page.wait_for_selector(".paper-line:has-text('Weź wydruk')")
    assert scene.reprinted == ["0" * 32]
    assert page.locator(TAKES).count() == 2


def test_cut_off_the_kiosk_goes_on_with_numbers_of_its_own_until_they_are_spent(
    scene: Scene, base: str, open_page: Open
) -> None:
    line = scene.views["queue"]["services"]["licence"]
    line |= {"accepting": False, "closed_code": "before_opening"}
    page = open_page(base + KIOSK)
    page.wait_for_selector(".tile[aria-disabled=true]:has-text('Prawo jazdy')")
    alone(scene)
    page.wait_for_selector(".band:has-text('Numery wydajemy dalej')")
    page.click(".booked-way[aria-disabled=true]:has-text('Bez połączenia')", force=True)
    choose(page)
    assert "dane chwilowo nieaktualne" in page.inner_text(".facts")
    assert page.locator("button:has-text('SMS')").count() == 0
    page.click(TAKE)
    page.wait_for_selector(".outlook-alone:has-text('Twój numer jest ważny')")
    page.click(TAKE)
    scene.agent["closed"] = {"licence": "hall_closed"}
    page.wait_for_selector(".tile[aria-disabled=true]:has-text('Sala jest teraz zamknięta')")
    scene.agent["closed"] = {}
    scene.agent["groups"]["driving"] = 0
    page.wait_for_selector(".tile[aria-disabled=true]:has-text('nie ma wolnych numerów')")
    scene.agent |= {"numbers": 0, "groups": {}}
    page.wait_for_selector(".band:has-text('nie możemy teraz wydać numeru')")


def test_cut_off_before_opening_or_while_suspended_the_kiosk_says_so(
    scene: Scene, base: str, open_page: Open
) -> None:
    everything = list(scene.hall["services"])
    scene.agent |= {"online": False, "closed": dict.fromkeys(everything, "before_opening")}
    page = open_page(base + KIOSK)
    page.wait_for_selector("kiosk-closed .hours")
    scene.agent["closed"] = dict.fromkeys(everything, "hall_suspended")
    page.wait_for_selector("kiosk-suspended")
    scene.agent["closed"] = {}
    page.wait_for_selector("kiosk-menu .tile")


def test_a_telephone_number_goes_with_the_order_and_is_forgotten_with_the_person(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.answers = [(422, {"code": "invalid", "params": {"field": "phone"}}), (201, ticket())]
    page = open_page(base + KIOSK, size="portrait")
    choose(page)
    page.click("button:has-text('Wyślij mi SMS')")
    for digit in "+48601702":
        page.click(f".keypad .button:text-is('{digit}')")
    page.click(TAKE)
    page.wait_for_selector(".problem:has-text('co najmniej dziewięć cyfr')")
    page.keyboard.type("803", delay=200)
    page.click(TAKE)
    page.wait_for_selector("button:has-text('SMS na numer … 803')")
    page.click(TAKE)
    page.wait_for_selector("kiosk-phone .problem:has-text('Sprawdź cyfry')")
    page.click(TAKE)
    page.click(TAKE)
    page.wait_for_selector(".number")
    assert [order["phone"] for _, order in scene.posted] == ["+48601702803"] * 2
    page.click(TAKE)
    choose(page)
    assert page.locator("button:has-text('Wyślij mi SMS')").is_visible()


def test_a_code_is_held_before_the_camera(scene: Scene, base: str, open_page: Open) -> None:
    page = open_page(base + KIOSK, size="portrait", permissions=["camera"])
    page.click(".booked-way")
    page.click("button:has-text('Pokaż kod do kamery')")
    page.wait_for_selector(".number:has-text('T001')")
    assert scene.posted[0][1] == {"code": CODE, "paper": True, "copies": 1}
    assert page.locator("video").count() == 0


def test_the_camera_rests_when_the_person_goes_on(scene: Scene, base: str, open_page: Open) -> None:
    scene.hall["check_in_by"] = ["code"]
    page = open_page(
        base + KIOSK,
        permissions=["camera"],
        init="""
        const ask = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.getUserMedia = async function (wish) {
          window.stream = await ask.call(this, wish);
          return window.stream;
        };
        """,
    )
    scene.known = "111111"
    page.click(".booked-way")
    page.click("button:has-text('Pokaż kod do kamery')")
    page.wait_for_selector("kiosk-booked .problem:has-text('Nie znaleźliśmy rezerwacji')")
    assert page.evaluate("stream.getTracks().map((track) => track.readyState)") == ["ended"]


def test_without_anybody_to_read_codes_there_is_no_camera(scene: Scene, base: str, open_page: Open) -> None:
    scene.agent = {"agent": False}
    page = open_page(base + KIOSK, permissions=["camera"])
    page.click(".booked-way")
    page.wait_for_selector(".keypad")
    assert page.evaluate("navigator.mediaDevices.enumerateDevices().then((all) => all.length > 0)")
    assert page.locator("button:has-text('Pokaż kod do kamery'):visible").count() == 0


def test_a_hand_scanner_presses_no_button(scene: Scene, base: str, open_page: Open) -> None:
    page = open_page(base + KIOSK)
    page.wait_for_selector("kiosk-menu .tile")
    page.focus(".tile:has-text('Prawo jazdy')")
    page.keyboard.type(f"{CODE}\n")
    page.wait_for_selector(".number:has-text('T001')")
    assert [order.get("service") for _, order in scene.posted] == [None]


def test_the_browser_prints_the_slip_and_nothing_else(scene: Scene, base: str, open_page: Open) -> None:
    scene.agent = {"agent": False}
    page = open_page(
        f"{base}{KIOSK}&print=browser",
        size="portrait",
        init="window.print = () => { window.printed = (window.printed || 0) + 1; };",
    )
    choose(page)
    page.click(TAKE)
    eventually(page, "window.printed === 1")
    assert scene.posted[0][1] == {"service": "licence", "language": "pl"}
    assert not page.locator(".slip").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".slip").is_visible()
    rest = page.locator(".number, .qr, .button, .masthead-office, .band, [role=status]")
    assert not any(one.is_visible() for one in rest.all())


def test_the_office_says_how_long_somebody_may_be_still_and_yes_gives_more_time(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.hall["kiosk"] |= {"idle_seconds": 30, "grace_seconds": 10}
    page = open_page("about:blank")
    page.clock.install()
    page.goto(base + KIOSK)
    page.click("button[lang=de]")
    page.clock.run_for(31_000)
    page.click("dialog button:has-text('Ja')")
    page.clock.run_for(58_000)
    assert page.locator("dialog[open]").count() == 0
    page.clock.run_for(4_000)
    page.wait_for_selector("dialog[open]")
    page.clock.run_for(10_000)
    page.wait_for_selector("html[lang=pl] kiosk-menu")


def test_the_number_stays_as_long_as_the_office_wants_it(scene: Scene, base: str, open_page: Open) -> None:
    scene.hall["kiosk"]["shown_seconds"] = 15
    page = open_page("about:blank")
    page.clock.install()
    page.goto(base + KIOSK)
    choose(page)
    page.click(TAKE)
    page.wait_for_selector(".number")
    page.clock.run_for(14_000)
    assert page.locator(".number").is_visible()
    page.clock.run_for(2_000)
    page.wait_for_selector("kiosk-menu")


def test_an_office_without_its_picture_and_colours_has_its_name(
    scene: Scene, base: str, open_page: Open
) -> None:
    scene.hall["office"] |= {"logo": "crest", "accent": "#7a1f2b"}
    page = open_page(base + KIOSK)
    page.wait_for_selector("kiosk-menu .tile")
    assert page.get_attribute("link[data-theme-of-office]", "href") == "/theme/town.css?7a1f2b"
    eventually(page, "document.querySelector('.masthead-logo').complete")
    assert page.locator(".masthead-logo").is_hidden()
    assert page.inner_text(".masthead-office") == sample.OFFICE["pl"]

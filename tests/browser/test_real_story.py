"""A visit from the kiosk to the end, as everybody in the hall sees it."""

import io
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.pages import eventually
from tests.browser.real import (
    PASSWORD,
    VOICES,
    Office,
    Visit,
    pair,
    press_space,
    says,
    tab_to,
    visiting,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


def decoded(page: Page) -> str:
    """What a phone's camera reads off the screen."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    return str(code.text)


def spoken(page: Page) -> list[str]:
    return list(page.evaluate("said"))


def test_a_visit_from_the_kiosk_to_the_end(served: Office, visit: Visit) -> None:
    kiosk = visit.open("/kiosk/?hall=town", size="portrait", has_touch=True)
    pair(kiosk, served.code("kiosk"))
    kiosk.tap("footer button[lang=en]")
    kiosk.tap(".tile:has-text('Documents')")
    kiosk.tap(".tile:has-text('ID card')")
    says(kiosk, "A photo of 35 × 45 mm")
    kiosk.tap(".acts .button-wide")
    kiosk.tap(".tile >> nth=0")
    kiosk.tap(".acts .button-primary")
    kiosk.wait_for_selector(".number:has-text('A001')")
    assert "Nobody is ahead of you" in kiosk.inner_text(".outlook")
    eventually(kiosk, "document.querySelector('.qr-card img').naturalWidth > 0")
    address = decoded(kiosk)
    assert address.startswith(f"{served.base}/t/")
    assert served.waiting() == 1

    phone = visit.open(address, size="phone")
    says(phone, "A001")
    assert phone.locator("html[lang=en]").count()
    board = visit.context(size="hd", init=VOICES, has_touch=True).new_page()
    board.goto(f"{served.base}/board/?hall=town")
    pair(board, served.code("board"))
    board.wait_for_selector("hall-board .board-lines")
    sign = visit.open("/board/counter.html?hall=town&counter=1", served.device("sign", "1"))
    sign.wait_for_selector("counter-sign[data-state=closed]")

    desk = by_keyboard_to_the_desk(visit, served.ask("staff_add", name="ola", role="clerk", at="town"))
    sign.wait_for_selector("counter-sign[data-state=free]")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=called]:has-text('A001')")
    board.wait_for_selector("loud-call:not([hidden]) .loud-number:text-is('A001')")
    assert board.inner_text(".loud-counter").split() == ["Stanowisko", "1"]
    sign.wait_for_selector("counter-sign[data-state=called]:has-text('A001')")
    says(phone, "Please go to counter 1")
    eventually(board, "said.length === 2")
    first = spoken(board)
    assert first == ["pl Numer A 1, stanowisko 1.", "en Number A 1, counter 1."]

    desk.keyboard.press("r")
    says(desk, "2 of 3")
    says(phone, "Please go to counter 1 now")
    eventually(board, "said.length === 4", 15)
    assert spoken(board)[:2] == first

    press_space(desk)
    desk.wait_for_selector(".here[data-state=serving]")
    sign.wait_for_selector("counter-sign[data-state=serving]")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=free]")
    sign.wait_for_selector("counter-sign[data-state=free]")
    says(phone, "Thank you")
    assert served.waiting() == 0
    assert len(spoken(board)) == 4
    kiosk.wait_for_selector("kiosk-menu")
    assert kiosk.locator("html[lang=pl]").count()
    board.wait_for_selector("loud-call", state="hidden")
    assert board.inner_text(".call-number") == "A001"
    assert board.locator(".badge-call").count() == 0


def by_keyboard_to_the_desk(visit: Visit, told: dict[str, str]) -> Page:
    """A newcomer signs in with a first password, chooses one of their own and opens a counter, without a mouse."""
    page = visit.open("/sign-in", size="desk")
    type_in(page, name="ola", password=told["password"])
    page.wait_for_selector("#old")
    type_in(page, old=told["password"], new=PASSWORD, again=PASSWORD)
    page.wait_for_selector("h1:has-text('Ola'), h1:has-text('ola')")
    tab_to(page, "a[href$='/desk/town']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sign-form")
    tab_to(page, ".sign-counter")
    page.keyboard.press("Enter")
    tab_to(page, ".sign-form [type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".here[data-state=free]")
    return page


def type_in(page: Page, **fields: str) -> None:
    """Fills in a form and sends it, by the keyboard alone."""
    for name, text in fields.items():
        tab_to(page, f"#{name}")
        page.keyboard.type(text)
    page.keyboard.press("Enter")

"""From the kiosk to the counter and out again, with the real server and real screens."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open, check_access, eventually
from tests.browser.visit import Hall, hall, pair, sign_in
from tests.cli.make import done, serving

pytestmark = pytest.mark.browser
TILE, TAKE = ".tile >> nth=0", ".acts .button-primary"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall(tmp_path_factory.mktemp("data")) as served:
        yield served


def says(page: Page, text: str, seconds: float = 10) -> None:
    eventually(page, f"document.body.innerText.includes({text!r})", seconds)


def take(page: Page) -> str:
    """Take a number at the kiosk; what it is."""
    page.click(TILE)
    page.click(TILE)
    if page.locator(TAKE).count():
        page.click(TAKE)
    page.wait_for_selector(".number")
    return page.inner_text(".number").split()[-1]


def test_a_visit_from_the_kiosk_to_the_end(served: Hall, open_page: Open) -> None:
    base = served.server.base
    kiosk = open_page(f"{base}/kiosk/?hall=ratusz", size="portrait")
    pair(kiosk, served.codes["kiosk"])
    number = take(kiosk)
    assert served.waiting() == 1
    phone_address = base + kiosk.get_attribute("img.qr", "src").removesuffix("/qr.svg")  # type: ignore[union-attr]

    board = open_page(f"{base}/board/?hall=ratusz")
    pair(board, served.codes["board"])
    phone = open_page(f"{phone_address}?lang=en")
    says(phone, number)
    check_access(phone)

    desk = open_page(f"{base}/sign-in")
    sign_in(desk, base, served.first_password)
    check_access(desk)
    desk.locator(".sign-form button[type=submit]").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".here[data-state=free]")
    desk.keyboard.press("Space")
    desk.keyboard.press("Space")  # a double press calls once
    desk.wait_for_selector(".here[data-state=called]")
    says(desk, number)
    check_access(desk)
    says(board, number)
    says(phone, "Counter")
    desk.keyboard.press("r")
    says(desk, "2 of 3")
    desk.wait_for_timeout(1100)
    desk.keyboard.press("Space")
    desk.wait_for_selector(".here[data-state=serving]")
    check_access(desk)
    desk.wait_for_timeout(1100)
    desk.keyboard.press("Space")
    desk.wait_for_selector(".here[data-state=free]")
    assert served.waiting() == 0
    says(phone, "Thank you", 15)


def test_a_person_leaves_the_queue_by_phone_without_javascript(served: Hall, open_page: Open) -> None:
    base = served.server.base
    code = done(served.data, "device", "add", "kiosk", "--hall", "ratusz").rpartition(": ")[2].strip()
    kiosk = open_page(f"{base}/kiosk/?hall=ratusz", size="portrait")
    pair(kiosk, code)
    take(kiosk)
    address = base + kiosk.get_attribute("img.qr", "src").removesuffix("/qr.svg")  # type: ignore[union-attr]
    before = served.waiting()
    phone = open_page(f"{address}?lang=en", java_script_enabled=False)
    phone.click("details.leave summary")
    phone.click("details.leave button[type=submit]")
    assert served.waiting() == before - 1
    queues = open_page(f"{base}/queues/ratusz?lang=en", java_script_enabled=False)
    assert "Queues now" in queues.inner_text("h1")


def test_a_board_recovers_from_a_killed_server(tmp_path: Path, open_page: Open) -> None:
    with hall(tmp_path) as first:
        base = first.server.base
        board = open_page(f"{base}/board/?hall=ratusz")
        pair(board, first.codes["board"])
        board.wait_for_selector("main")
        eventually(board, "!document.querySelector('#pairing-code')")
        os.kill(first.server.process.pid, signal.SIGKILL)
        first.server.process.wait(5)
        eventually(board, "!!document.querySelector('.band:not([hidden])')", 90)
        with serving(tmp_path, port=int(base.rpartition(":")[2])):
            eventually(board, "!document.querySelector('.band:not([hidden])')", 90)

"""What screens do when the server dies, and when they are shut out."""

import pytest
from playwright.sync_api import Page

from tests.browser.pages import eventually
from tests.browser.real import Office, Visit, press_space, says

pytestmark = pytest.mark.browser
AWAY = ("Failed to load resource: net::ERR_", "WebSocket connection to")
TAKE = ".acts .button-primary"
STALE = 20
"""Seconds: a screen that misses two heartbeats says so; and some for a busy machine."""
BACK = 20
"""Seconds: the longest pause between two tries, and some for a busy machine."""


def test_every_screen_outlives_a_killed_server(served: Office, visit: Visit) -> None:
    visit.expected.extend(AWAY)
    cookie, anna = served.device("kiosk"), served.person(served.staff("anna"))
    kiosk = served.person(cookie)
    first = kiosk.post("halls/town/tickets", service="id-card")
    second = kiosk.post("halls/town/tickets", service="id-card")
    anna.post("counters/town.1/open")
    anna.post("counters/town.1/next")
    hung = served.device("board")
    screens = {
        "board": (visit.open("/board/?hall=town", hung), ".band"),
        "sign": (visit.open("/board/counter.html?hall=town&counter=1", hung), ".band"),
        "desk": (visit.open("/desk/town?counter=1", anna.cookie, "desk"), ".band:not(.hall-band)"),
        "phone": (visit.open(second["url"], size="phone"), "#stale"),
        "queues": (visit.open("/queues/town", size="phone"), "#stale"),
    }
    board, sign, desk, phone, queues = (page for page, _ in screens.values())
    taking = visit.open("/kiosk/?hall=town", cookie, "portrait")
    taking.click(".tile:has-text('Dokumenty')")
    taking.click(".tile:has-text('Dowód')")
    for page in (desk, board, sign):
        says(page, first["number"])
    for page in (phone, queues):
        page.wait_for_selector("#refresh", state="hidden")

    served.kill()
    for page, band in screens.values():
        page.wait_for_selector(band, timeout=STALE * 1000)
        assert page.inner_text(band)
    for page in (desk, board, sign):
        assert first["number"] in page.inner_text("main")
    says(taking, "dane chwilowo nieaktualne")
    taking.click(
        TAKE
    )  # is tried again until there is a server, or until one is told that there was no answer
    served.start_again()
    taking.wait_for_selector(".number, kiosk-unanswered", timeout=BACK * 1000)
    if taking.locator("kiosk-unanswered").count():
        taking.click(TAKE)
        taking.wait_for_selector(".number")
    for page, band in screens.values():
        page.wait_for_selector(band, state="hidden", timeout=BACK * 1000)
    press_space(desk)
    desk.wait_for_selector(".here[data-state=serving]")
    sign.wait_for_selector("counter-sign[data-state=serving]")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=free]")
    assert served.waiting() == 2
    press_space(desk)
    says(board, second["number"])
    says(phone, "Please go to counter 1")


def test_a_device_that_is_shut_out_shows_nothing_more(served: Office, visit: Visit) -> None:
    pages: list[Page] = []
    for kind, counter, path in (
        ("kiosk", None, "/kiosk/?hall=town"),
        ("board", None, "/board/?hall=town"),
        ("sign", "1", "/board/counter.html?hall=town&counter=1"),
    ):
        cookie = served.device(kind, counter)
        page = visit.open(path, cookie)
        eventually(page, "!!document.querySelector('.tile, .board-calls, .sign')")
        served.ask("device_revoke", id=cookie["id"])
        pages.append(page)
    pages[0].click(".tile >> nth=0")
    pages[0].click(".controls-ways button:visible >> nth=1")  # the next person
    for page in pages:
        page.wait_for_selector("#pairing-code")
        assert page.locator(".tile, .board-calls, .sign").count() == 0

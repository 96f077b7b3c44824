"""A newcomer at the kiosk gets a paper, and the call is seen and heard, though the server is killed in between."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.pages import eventually
from tests.browser.real import ROOT, VOICES, Office, Visit, accessible, press_space, says, visiting
from tests.cli.make import free_port

pytestmark = pytest.mark.browser
AWAY = ("Failed to load resource: ", "WebSocket connection to")
PATIENCE = 30


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        visit.expected.extend(AWAY)
        yield visit


@contextmanager
def program(*arguments: str) -> Iterator[None]:
    """A process beside the kiosk."""
    process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """The folder in which the printer leaves a picture of each paper."""
    return tmp_path / "papers"


@pytest.fixture
def kiosk(served: Office, papers: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a kiosk with its agent and printer, ready to go on alone."""
    port, printer = free_port(), free_port()
    with (
        program("qms.twin.printer", "--port", str(printer), "--out", str(papers)),
        program(
            *("qms.devices.agent", "--server", served.base, "--hall", "town", "--port", str(port)),
            *("--printer", f"tcp:127.0.0.1:{printer}", "--data", str(tmp_path / "agent")),
            *("--code", served.code("kiosk")),
        ),
    ):
        base = f"http://127.0.0.1:{port}"
        until(lambda: state_of(base).get("numbers", 0) > 0 and state_of(base)["printer"] == "ok")
        yield base


def state_of(base: str) -> dict[str, Any]:
    try:
        return dict(httpx2.get(f"{base}/agent/state", trust_env=False).json())
    except httpx2.TransportError:
        return {}


def until(so: Callable[[], object]) -> None:
    """Wait until something is so; it fails with the time."""

    end = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < end
        time.sleep(0.1)


def take(page: Page, service: str) -> str:
    """Take a number on paper, as one does who sees the kiosk for the first time."""
    page.click(".tile:has-text('Dokumenty')")
    page.click(f".tile:has-text('{service}')")
    page.click(".acts .button-primary")
    page.wait_for_selector(".number", timeout=PATIENCE * 1000)
    return page.inner_text(".number").split()[-1]


def printed(papers: Path, count: int) -> list[str]:
    """The tokens on the papers that came out, in order."""
    until(lambda: len(list(papers.glob("*.png"))) >= count)
    codes = [zxingcpp.read_barcodes(Image.open(file).convert("L")) for file in sorted(papers.glob("*.png"))]
    return [code.text.rpartition("/")[2] for (code,) in codes]


def test_paper_call_and_voice_outlive_a_killed_server(
    served: Office, visit: Visit, kiosk: str, papers: Path
) -> None:
    board = visit.open("/board/?hall=town", served.device("board"), init=VOICES)
    board.wait_for_selector("hall-board .board-lines")
    board.mouse.click(500, 500)  # sound begins with a touch
    desk = visit.open("/desk/town?counter=1", served.staff("anna"), "desk")
    served.person(served.staff("anna")).post("counters/town.1/open")
    page = visit.open(f"{kiosk}/kiosk/", size="portrait")
    first = take(page, "Dowód")
    assert first == "A001"
    accessible(page)
    page.click(".acts .button-primary")

    served.kill()
    until(lambda: state_of(kiosk)["online"] is False)
    second = take(page, "Zameldowanie")
    assert second.startswith("A9"), "one of the kiosk's own numbers"
    assert state_of(kiosk)["unsent"] == 1
    accessible(page)
    page.click(".acts .button-primary")
    tokens = printed(papers, 2)
    assert len(set(tokens)) == 2

    served.start_again()
    until(lambda: state_of(kiosk)["online"] is True and state_of(kiosk)["unsent"] == 0)
    assert served.waiting() == 2
    desk.wait_for_selector(f"text={second}", timeout=PATIENCE * 1000)
    third = take(page, "Dowód")
    assert third == "A002", "the server's numbers go on where they were"

    desk.wait_for_selector("#primary")
    for number in (first, second):
        press_space(desk)
        desk.wait_for_selector(f".here[data-state=called]:has-text('{number}')", timeout=PATIENCE * 1000)
        board.wait_for_selector(
            f"loud-call:not([hidden]) .loud-number:text-is('{number}')", timeout=PATIENCE * 1000
        )
        press_space(desk)
        desk.wait_for_selector(".here[data-state=serving]")
        press_space(desk)
        desk.wait_for_selector(".here[data-state=free]")
    spoken = int(second[1:])
    eventually(board, f"said.includes('pl Numer A {spoken}, stanowisko 1.')", PATIENCE)
    assert "pl Numer A 1, stanowisko 1." in board.evaluate("said")
    phone = visit.open(f"/t/{tokens[1]}", size="phone")
    says(phone, second)

"""A real Chromium, and pages in it whose every complaint fails the test."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.real import Office, Person, Visit, office, visiting

Open = Callable[..., Page]

SIZES = {
    "hd": (1920, 1080),
    "uhd": (3840, 2160),
    "portrait": (1080, 1920),
    "square": (1280, 1024),
    "low": (800, 300),
    "small": (1280, 720),
}


def chromium(playwright: Playwright, *more: str) -> Browser:
    """The machine's own Chromium, which plays sound unasked; `more` of its flags."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    return playwright.chromium.launch(
        executable_path=path, args=["--autoplay-policy=no-user-gesture-required", *more]
    )


# One a module: while playwright runs, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium(playwright)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """`open_page(address, size="hd", theme="light", init="", **context)`: a page in a fresh profile."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(
        address: str, *, size: str = "hd", theme: Any = "light", init: str = "", **more: Any
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **more
        )
        contexts.append(context)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        page.on("console", lambda message: note(message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    def note(kind: str, text: str) -> None:
        # That the server said no, or was away, is what some tests are about.
        if kind in ("error", "warning") and not text.startswith(
            ("Failed to load resource", "WebSocket connection")
        ):
            complaints.append(text)

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


# Of an office with a hall as in `real.TOWN`; a module may serve another one.
@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("data")) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    """Browsers on the morning of a new day."""
    served.next_day()
    with visiting(browser, served) as visit:
        yield visit


@pytest.fixture
def kiosk(served: Office) -> Person:
    return served.person(served.device("kiosk"))


@pytest.fixture
def clerk(served: Office) -> Person:
    return served.person(served.staff("anna"))

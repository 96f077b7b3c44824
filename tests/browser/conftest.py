"""A real Chromium, and pages in it whose every complaint fails the test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Error, Page, sync_playwright

Open = Callable[..., Page]

SIZES = {
    "hd": (1920, 1080),
    "uhd": (3840, 2160),
    "portrait": (1080, 1920),
    "square": (1280, 1024),
    "low": (800, 300),
}


# One a module: while playwright runs, no other event loop may run in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=["--autoplay-policy=no-user-gesture-required"]
        )
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


def check_access(page: Page) -> None:
    """No finding by axe, with every rule on."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def check_fits(page: Page) -> None:
    """Nothing is cut off at the page's edges, and no large text is broken or cut."""
    outside = page.evaluate(
        """() => [...document.querySelectorAll('main *, header *')].filter((one) => {
          const box = one.getBoundingClientRect();
          return box.width && !one.closest('.visually-hidden') && !one.closest('.content-room')
            && (box.right > innerWidth + 1 || box.left < -1);
        }).map((one) => one.className || one.tagName)"""
    )
    assert outside == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll('[style*="--fit"]')]
          .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth)
          .map((one) => one.className)"""
    )
    assert cut == []


def eventually(page: Page, expression: str, seconds: float = 10) -> None:
    """Waits until an expression holds; playwright's own way evaluates text, which the pages' policy forbids."""
    for _ in range(round(seconds * 10)):
        with suppress(Error):  # the page is on its way to another one
            if page.evaluate(expression):
                return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {expression}")

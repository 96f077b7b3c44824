"""What any page in Chromium can be asked."""

from contextlib import suppress

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Error, Page


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

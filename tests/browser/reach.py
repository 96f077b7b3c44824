"""Where a finger must go on a kiosk's screen, and how large what it must hit is."""

from playwright.sync_api import Page

TARGET_PX = 79
"""20 mm on a kiosk of 21.5 inches with 1080 × 1920 points (0.248 mm each, rounded: 3.97 points a millimetre)."""
CONTROLS = """() => [...document.querySelectorAll("kiosk-app button, kiosk-app input")]
  .filter((one) => one.getClientRects().length && getComputedStyle(one).visibility !== "hidden")
  .map((one) => {
    const box = one.getBoundingClientRect();
    const room = one.closest(".content-room")?.getBoundingClientRect();
    const top = Math.max(box.top, room ? room.top : 0);
    const bottom = Math.min(box.bottom, room ? room.bottom : innerHeight);
    const name = one.getAttribute("aria-label") || one.textContent;
    return { name, top, seen: bottom - top, width: box.width, height: box.height, bottom: box.bottom };
  })
  .filter(({ seen }) => seen > 1)"""


def check_reach(page: Page, share: float) -> None:
    """Whatever is touched lies below a share of the screen's height, on the screen, and is large enough."""
    height = page.evaluate("innerHeight")
    controls = page.evaluate(CONTROLS)
    assert controls
    too_high = [(c["name"], c["top"]) for c in controls if c["top"] < height * share - 1]
    assert not too_high, too_high
    too_small = [
        (c["name"], c["width"], c["height"]) for c in controls if min(c["width"], c["height"]) < TARGET_PX
    ]
    assert not too_small, too_small

"""`make screens`: every screen of a living hall in its real sizes, languages and themes, and one sheet of all.

    python -m tests.browser.screens [--readme] [name ...]

Starts a demo of its own, gives it a minute of people, and writes to `build/screens/`; further
screens of kiosks and boards are those of halls made for them (`kiosk_screens.py`, `board_screens.py`). With
`--readme` it writes the two pictures of the README instead.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.browser import board_screens, kiosk_screens
from tests.browser.fake_camera import film, flags
from tests.cli.make import START, environment, free_port

ROOT = Path(__file__).parents[2]
OUT = ROOT / "build" / "screens"
PICTURES = ROOT / "docs" / "pictures"
PORTRAIT, HD, UHD, SMALL, PHONE, DESK, BAR = (
    (1080, 1920), (1920, 1080), (3840, 2160), (1280, 720), (390, 844), (1366, 768), (420, 200),
)  # fmt: skip
THUMB = 420
"""Width of one screen on the sheet."""
TALLEST = 1200
COLUMNS = 6


@dataclass(frozen=True)
class Screen:
    """One screen: its address, the sizes in which it is used, and the way to it; staff are signed in.

    `steps` are what is pressed there, or filled in where a text stands with it; `whole`: all of a
    long page, not what fits the screen.
    """

    name: str
    path: str
    sizes: tuple[tuple[int, int], ...]
    staff: bool = False
    steps: tuple[tuple[str, str], ...] = ()
    whole: bool = False


TO_HOUR = ((".picks-days li:last-child a", ""), (".hours-grid button", ""))
TO_SUMMARY = (
    *TO_HOUR,
    ("#f-name", "Anna Nowak"),
    ("#f-email", "anna.nowak@poczta.example"),
    ("form.fields .button-primary", ""),
)
TO_BOOKED = (*TO_SUMMARY, ("input[name=accepted]", ""), ("form .button-primary", ""))
DAYS = "/book/{hall}/day?service=id-card"
BUSY = "ratusz"
SENT = ("main form .button-primary", "")
FAULTY = (("#freed_after", "60"), ("#freed_until", "5"), ("#offer", "x"), SENT)
TODAY = date.today()  # noqa: DTZ011 - the demo begins on the next working day by this clock
CLOSING = (("#from", TODAY.isoformat()), ("#until", (TODAY + timedelta(days=30)).isoformat()), SENT)
SCREENS = (
    Screen("kiosk", "/demo/{hall}/kiosk", (PORTRAIT, HD)),
    Screen("board", "/demo/{hall}/board", (HD, UHD, PORTRAIT)),
    Screen("sign", "/demo/{hall}/sign", (HD, PORTRAIT)),
    Screen("ticket", "/demo/{hall}/ticket", (PHONE,)),
    Screen("queues", "/queues/{hall}", (PHONE, DESK)),
    Screen("office", "/offices/zalesie", (PHONE, DESK)),
    Screen("join", "/queues/{hall}/join", (PHONE,)),
    Screen("join-one", "/queues/{hall}/join?service=id-card", (PHONE,)),
    *(
        Screen(
            f"board-{board}", f"/board/?hall={{hall}}&board={board}", (HD, UHD, PORTRAIT, SMALL), staff=True
        )
        for board in ("entrance", "next", "rooms")
    ),
    Screen("home", "/", (DESK,)),
    Screen("book", "/book", (PHONE, DESK)),
    Screen("book-day", DAYS, (PHONE, DESK)),
    Screen("book-time", DAYS, (PHONE, DESK), steps=TO_HOUR[:1]),
    Screen("book-details", DAYS, (PHONE,), steps=TO_HOUR),
    Screen("book-summary", DAYS, (PHONE,), steps=TO_SUMMARY),
    Screen("booked", DAYS, (PHONE, DESK), steps=TO_BOOKED),
    Screen("sign-in", "/sign-in", (DESK, PHONE)),
    Screen("start", "/staff", (DESK,), staff=True),
    Screen("sessions", "/staff/sessions", (DESK,), staff=True),
    Screen("password", "/password", (DESK,), staff=True),
    Screen("choose", "/desk/{hall}", (DESK,), staff=True),
    Screen("desk", "/desk/{hall}?counter={counter}", (DESK, HD), staff=True),
    Screen("bar", "/desk/{hall}?counter={counter}&bar=1", (BAR,), staff=True),
    *(
        Screen(name, path, (DESK, PHONE), staff=True, steps=steps, whole=True)
        for name, path, steps in (
            ("appointments", "/appointments/{hall}", ()),
            ("appointments-search", "/appointments/{hall}/search?name=a", ()),
            ("appointments-new", "/appointments/{hall}/new", ()),
            ("opening", "/opening/{hall}", ()),
            ("opening-settings", "/opening/{hall}/settings", ()),
            ("opening-times", "/opening/{hall}/change/settings", ()),
            ("opening-reminders", "/opening/{hall}/change/reminders", ()),
            ("opening-service", "/opening/{hall}/change/service?id=id-card", ()),
            ("opening-holidays", "/opening/{hall}/change/holidays", ()),
            ("opening-fault", "/opening/{hall}/change/freed", FAULTY),
            ("paper", "/paper/{hall}", ()),
            ("paper-change", "/opening/{hall}/change/paper", ()),
            ("opening-preview", "/opening/{hall}/change/closure", CLOSING),
            ("rules", "/rules/{hall}", ()),
            ("rules-change", "/opening/{hall}/change/rules", ()),
            ("rules-preview", "/opening/{hall}/change/rules", (("#guard", "45"), SENT)),
            ("opening-history", "/opening/{hall}/history", ()),
            ("supervisor", "/supervisor/{hall}", ()),
            ("lab", "/lab/{hall}", ()),
            ("lab-found", "/lab/{hall}", (SENT,)),
            ("devices", "/staff/devices/{hall}", ()),
            ("media", "/media/{hall}", ()),
            ("messages", "/messages/{hall}", ()),
            ("messages-text", "/messages/{hall}/text/confirmed/{language}", ()),
            ("messages-log", "/messages/{hall}/log", ()),
        )
    ),
)


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """A demo in a process of its own; its address and the visitor's password."""
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "said", "w+") as said:
        port = free_port()
        process = subprocess.Popen(
            [*START, "demo", "--port", str(port), "--data", folder],
            cwd=ROOT,
            env=environment(Path(folder)),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            text = ""
            while "sign-ins" not in text:
                if process.poll() is not None:
                    raise SystemExit(text)
                time.sleep(0.2)
                said.seek(0)
                text = said.read()
            yield f"http://localhost:{port}", text.partition("password")[2].split()[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


class Visitor:
    """Looks at the demo's screens as people do."""

    def __init__(self, browser: Browser, base: str, password: str) -> None:
        self._browser, self._base = browser, base
        self.counter = self._free_counter()
        self._signed_in = self._sign_in(password)

    def _free_counter(self) -> str:
        with urllib.request.urlopen(f"{self._base}/api/v1/halls/{BUSY}", timeout=10) as answer:
            counters = json.load(answer)["counters"]
        return next((c["id"] for c in counters if c["state"] == "closed"), str(counters[0]["id"]))

    def _sign_in(self, password: str) -> StorageState:
        """What a browser keeps of a sign-in; one serves all, for too many are refused."""
        page = self._browser.new_page()
        page.goto(f"{self._base}/sign-in")
        page.fill("input[name=name]", "demo")
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url("**/staff*")
        kept = page.context.storage_state()
        page.context.close()
        return kept

    @contextmanager
    def page(self, size: tuple[int, int], language: str, theme: str, *, staff: bool) -> Iterator[Page]:
        """A page in a fresh profile."""
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme="dark" if theme == "dark" else "light",
            storage_state=self._signed_in if staff else None,
        )
        page = context.new_page()
        yield page
        context.close()

    def look(self, page: Page, screen: Screen, language: str, hall: str = BUSY) -> None:
        """Go to a screen and let it settle."""
        path = screen.path.format(hall=hall, counter=self.counter, language=language)
        page.goto(f"{self._base}{path}")
        if f"lang={language}" not in page.url:
            mark = "&" if "?" in page.url else "?"
            page.goto(f"{page.url}{mark}lang={language}")
        for selector, text in screen.steps:
            if text:
                page.fill(selector, text)
            else:
                page.click(selector)
        page.wait_for_timeout(300 if screen.whole else 1500)

    def work(self) -> None:
        """Open the free counter and call somebody, so that the desk has something to show."""
        with self.page(HD, "pl", "light", staff=True) as page:
            page.goto(f"{self._base}/desk/{BUSY}?counter={self.counter}")
            page.wait_for_timeout(1500)
            page.locator("button.button-primary").first.click()
            page.wait_for_timeout(1000)
            for _ in range(20):
                page.locator("button.button-primary").first.click()
                page.wait_for_timeout(1500)
                with urllib.request.urlopen(
                    f"{self._base}/api/v1/halls/{BUSY}/queues", timeout=10
                ) as answer:
                    lines = json.load(answer)["services"].values()
                if any(self.counter in line["serving"] for line in lines):
                    return


def all_screens(visitor: Visitor, only: list[str]) -> list[Path]:
    """Every screen in every size, in Polish and German, light and dark; the one-counter office once.

    `only`: beginnings of names; none: all.
    """
    written = []
    wanted = [screen for screen in SCREENS if not only or screen.name.startswith(tuple(only))]
    for screen, language, theme in product(wanted, ("pl", "de"), ("light", "dark")):
        for size in screen.sizes:
            name = f"{screen.name}-{size[0]}x{size[1]}-{language}-{theme}.png"
            with visitor.page(size, language, theme, staff=screen.staff) as page:
                visitor.look(page, screen, language)
                page.screenshot(path=OUT / name, full_page=screen.whole)
            written.append(OUT / name)
    for screen in () if only else SCREENS[:5]:
        name = f"small-{screen.name}.png"
        with visitor.page(screen.sizes[0], "en", "light", staff=False) as page:
            visitor.look(page, screen, "en", "gmina")
            page.screenshot(path=OUT / name)
        written.append(OUT / name)
    return written


def sheet(pictures: list[Path]) -> Path:
    """One picture of all."""
    thumbs = []
    for path in pictures:
        with Image.open(path) as picture:
            scale = THUMB / picture.width
            small = picture.convert("RGB").resize((THUMB, int(picture.height * scale)))
            thumbs.append((path.stem, small.crop((0, 0, THUMB, min(small.height, TALLEST)))))
    rows = [thumbs[n : n + COLUMNS] for n in range(0, len(thumbs), COLUMNS)]
    heights = [max(thumb.height for _, thumb in row) + 24 for row in rows]
    whole = Image.new("RGB", (COLUMNS * (THUMB + 10), sum(heights)), "white")
    draw, top = ImageDraw.Draw(whole), 0
    for row, height in zip(rows, heights, strict=True):
        for column, (name, thumb) in enumerate(row):
            left = column * (THUMB + 10)
            draw.text((left, top + 4), name, fill="black")
            whole.paste(thumb, (left, top + 20))
        top += height
    whole.save(OUT / "sheet.png")
    return OUT / "sheet.png"


def readme(visitor: Visitor) -> None:
    """The two pictures of the README, small enough to be kept."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for screen, size in (("board", HD), ("desk", DESK)):
        chosen = next(s for s in SCREENS if s.name == screen)
        with visitor.page(size, "en", "light", staff=chosen.staff) as page:
            visitor.look(page, chosen, "en")
            page.wait_for_timeout(3000)
            page.screenshot(path=OUT / f"{screen}.png")
        with Image.open(OUT / f"{screen}.png") as picture:
            small = picture.convert("RGB").resize((1200, 1200 * picture.height // picture.width))
            small.quantize(128).save(PICTURES / f"{screen}.png", optimize=True)


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("only", nargs="*", help="screens whose names begin so")
    given = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    shown = film(OUT / "camera.mjpeg", "https://elsewhere.example")
    arguments = ["--autoplay-policy=no-user-gesture-required", *flags(shown)]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with demo() as (base, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        time.sleep(20)
        visitor = Visitor(browser, base, password)
        visitor.work()
        if given.readme:
            readme(visitor)
        else:
            written = all_screens(visitor, given.only)
            for made in (kiosk_screens, board_screens):
                written += made.pictures(browser, OUT, given.only)
            print(f"written to {sheet(written).relative_to(ROOT)}")
        browser.close()


if __name__ == "__main__":
    main()

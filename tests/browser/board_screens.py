"""Boards as no demo shows them all at once: every kind, with a logo and pictures, several halls, nothing to say."""

import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.browser import sample
from tests.browser.stub import served

SIZES = {"hd": (1920, 1080), "uhd": (3840, 2160), "portrait": (1080, 1920), "small": (1280, 720)}
CALL = [("A012", "4")]
LONG = {
    "pl": "Stanowisko obsługi przedsiębiorców i inwestorów zagranicznych",
    "de": "Wirtschaftsförderungs- und Gewerbeangelegenheiten",
}
POSTER: dict[str, Any] = {
    "kind": "picture",
    "media": "poster",
    "text": {"pl": "Plan sali", "de": "Saalplan"},
}


def boards() -> Iterator[tuple[str, dict[str, Any]]]:
    """What each board shows, by name."""
    for kind in ("calls", "next"):
        for theme in ("light", "dark", "contrast"):
            yield f"{kind}-{theme}", view(kind, theme=theme)
        yield f"{kind}-called", view(kind, CALL)
        yield f"{kind}-text", view(kind, panels=[sample.TEXT_PANEL])
        yield f"{kind}-picture", view(kind, panels=[POSTER])
        yield f"{kind}-picture-called", view(kind, CALL, panels=[POSTER])
        yield f"{kind}-halls", sample.spread(view(kind), 3)
        yield f"{kind}-halls-called", sample.spread(view(kind, CALL), 3)
        yield f"{kind}-empty", view(kind) | {"recent": {}, "next": {}}
        yield f"{kind}-long", lengthened(view(kind, CALL, panels=[sample.TEXT_PANEL]))
    yield "calls-alone", view("calls", queues=False)
    yield "calls-twelve", view("calls", queues=False, recent=12) | {"recent": twelve()}
    yield "calls-panel-alone", view("calls", panels=[sample.TEXT_PANEL], queues=False, theme="dark")
    town = sample.board_hall(logo="logo", accent="#7a1f5c")
    yield "calls-office", view("calls", panels=[POSTER]) | {"halls": {"town": town}}


def view(
    kind: str, calls: list[tuple[str, str]] | None = None, panels: Any = (), **change: Any
) -> dict[str, Any]:
    """A board of the set-up."""
    more = {"next": sample.next_in_line()} if kind == "next" else {}
    return sample.board(calls, board=sample.board_set(kind, *panels, **change), **more)


def twelve() -> dict[str, Any]:
    """As many calls as a list can hold."""
    more = {f"x{n}": sample.call(20 - n, f"F{n:03}", "3", state="serving") for n in range(4)}
    return {**sample.board()["recent"], **more}


def lengthened(board: dict[str, Any]) -> dict[str, Any]:
    """The same board with the longest words we could think of."""
    for shown in [*board["calls"].values(), *board["recent"].values()]:
        shown |= {"number": "BC1234", "counter_names": LONG, "place": LONG, "direction": "up"}
    for line in [*board["queues"].values(), *board.get("next", {}).values()]:
        line["names"] = LONG
    for ticket in board.get("next", {}).values():
        ticket["number"] = f"BC{ticket['number']}"
    return board


def picture(draw: Any, size: tuple[int, int]) -> bytes:
    """A picture of a few strokes."""
    image = Image.new("RGB", size, "#e4efe0")
    draw(ImageDraw.Draw(image))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def pictures(browser: Browser, out: Path, only: list[str]) -> list[Path]:
    """Each board in every size, in Polish and German; `only`: beginnings of names; none: all."""
    scene = sample.scene(me={"kind": "device", "device": {"kind": "board", "hall": "town"}})
    poster = picture(
        lambda pen: pen.rectangle((80, 80, 1200, 640), outline="#225544", width=10), (1280, 720)
    )
    logo = picture(lambda pen: pen.ellipse((30, 30, 270, 270), fill="#7a1f5c"), (300, 300))
    scene.media = {"poster": ("image/png", poster), "logo": ("image/png", logo)}
    scene.themes = {"town": ":root { --accent: #7a1f5c; --accent-strong: #501038; }"}
    written = []
    with served(scene) as base:
        for (name, shown), size, language in product(boards(), SIZES, ("pl", "de")):
            path = out / f"boards-{name}-{size}-{language}.png"
            if only and not path.name.startswith(tuple(only)):
                continue
            scene.views["board"] = shown
            width, height = SIZES[size]
            context = browser.new_context(viewport={"width": width, "height": height})
            page = context.new_page()
            page.goto(f"{base}/board/?hall=town&board=main&lang={language}")
            page.wait_for_selector(".board")
            page.wait_for_timeout(1600)
            page.screenshot(path=path)
            context.close()
            written.append(path)
    return written

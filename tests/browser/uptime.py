"""A board's long day in little time: thousands of calls through one page, and what it holds on to meanwhile.

`python -m tests.browser.uptime --calls 20000` tells the figures, and ends with 1 where they grow.
"""

import argparse
import io
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.browser import sample
from tests.browser.hearing import EARS, fast
from tests.browser.stub import NOON, Scene, served

DAY = timedelta(hours=24)
AT_ONCE = 6
"""So many calls come with one message."""
LEAD = 12
"""After so many calls the next come only when these were seen: nobody is to wait a minute."""
LOOKS = 4
"""So often the page is measured; the first time it has seen a part of the day already."""
ROOM = 400_000
"""Bytes that a page may hold more at the end: caches fill, and nothing is measured to the byte."""
FORGETFUL = "window.heard = { push() { window.tones = (window.tones || 0) + 1; } };"
WORLD = EARS + FORGETFUL + "voices.length = 0;" + fast(1000)


@dataclass(frozen=True)
class Held:
    """What a page holds on to, after its rubbish was collected: bytes, and counts."""

    heap: int
    nodes: int
    listeners: int


def hall() -> Scene:
    """A board that shows all it can."""
    picture = io.BytesIO()
    Image.new("RGB", (320, 180), "#d9e8d2").save(picture, "PNG")
    scene = sample.scene(me={"kind": "device", "device": {"kind": "board", "hall": "town"}})
    scene.media = {"poster": ("image/png", picture.getvalue())}
    return scene


def show(scene: Scene, calls: list[dict[str, Any]]) -> None:
    """The view after these calls, newest last."""
    panels = ({"kind": "picture", "media": "poster", "seconds": 100}, sample.TEXT_PANEL | {"seconds": 100})
    scene.views["board"] = sample.board(board=sample.board_set("calls", *panels)) | {
        "calls": {f"town:{call['order']}": call | {"again": False} for call in calls[-LEAD:]},
        "recent": {f"t{call['order']}": call | {"state": "called"} for call in calls[-8:]},
    }


def live_through(page: Page, scene: Scene, count: int) -> list[Held]:
    """So many calls, spread over a day; what the page held at each look."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    begins, calls, held = datetime.fromisoformat(NOON), list[dict[str, Any]](), list[Held]()
    for n in range(0, count, AT_ONCE):
        scene.at = (begins + DAY * n / count).isoformat().replace("+00:00", "Z")
        calls += [call(1000 + n + k, scene.at) for k in range(AT_ONCE)]
        show(scene, calls)
        scene.publish()
        if n % LEAD == 0:
            rest(page, calls)
        if len(held) < LOOKS * (n + AT_ONCE) // count:
            rest(page, calls)
            held.append(look(cdp))
    if (tones := page.evaluate("tones")) != 2 * len(calls):
        raise AssertionError(f"{tones} tones for {len(calls)} calls")
    return held


def call(order: int, at: str) -> dict[str, Any]:
    """One call of many."""
    return sample.call(order, f"{'ABCDE'[order % 5]}{order % 1000:03}", str(order % 9 + 1), at=at)


def rest(page: Page, calls: list[dict[str, Any]]) -> None:
    """Until all of these have been seen."""
    board = "document.querySelector('hall-board')"
    seen = f"!{board}.turns.busy && 'town:{calls[-1]['order']}' in {board}.state.calls"
    for _ in range(6000):
        if page.evaluate(seen):
            return
        page.wait_for_timeout(10)
    raise AssertionError("the calls never came to an end")


def look(cdp: CDPSession) -> Held:
    """What the page holds."""
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    counts = cdp.send("Memory.getDOMCounters")
    return Held(int(metrics["JSHeapUsedSize"]), counts["nodes"], counts["jsEventListeners"])


def grown(held: list[Held]) -> str:
    """What grew from the first look to the last; nothing: the page can stay for ever."""
    first, last = held[0], held[-1]
    more = {name: value - asdict(first)[name] for name, value in asdict(last).items()}
    flat = more["heap"] <= ROOM and more["nodes"] <= first.nodes // 4 and more["listeners"] <= 10
    return "" if flat else f"{more} after {held}"


def measure(browser: Browser, count: int) -> list[Held]:
    """A day of so many calls in a page of its own."""
    scene = hall()
    show(scene, [])
    with served(scene) as base:
        context = browser.new_context(
            viewport={"width": 640, "height": 360}, reduced_motion="no-preference"
        )
        context.add_init_script(WORLD)
        page = context.new_page()
        page.goto(f"{base}/board/?hall=town&board=main")
        page.wait_for_selector(".board")
        try:
            return live_through(page, scene, count)
        finally:
            context.close()


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=20_000)
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        held = measure(playwright.chromium.launch(executable_path=chromium, args=arguments), given.calls)
    print(json.dumps({"calls": given.calls, "held": [asdict(one) for one in held]}))
    if fault := grown(held):
        print(fault, file=sys.stderr)
    return int(bool(fault))


if __name__ == "__main__":
    sys.exit(main())

"""How soon a call is seen and heard: a real server, and a board in a real Chromium.

Counted from the moment at which the clerk's press is sent, so that the server's own work is in it: until the
number has been painted in the loud place, and until the loudspeaker begins to sound.
"""

import http.client
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright

from tests.browser.hearing import fast
from tests.browser.pages import eventually

CALLS = int(os.environ.get("BENCH_CALLS", "150"))
HALL, COUNTER = "bench-0", "b0"
NOTING = (
    """
  window.seen = {};
  window.heard = {};
  const clock = () => performance.timeOrigin + performance.now();
  const loud = () => document.querySelector(".loud-number")?.textContent;
  const begin = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) {
    const wait = at - this.context.currentTime + this.context.baseLatency;
    heard[loud()] ??= clock() + Math.max(0, wait) * 1000;
    begin.call(this, at);
  };
  const painted = new MessageChannel();
  painted.port1.onmessage = ({ data }) => { seen[data] ??= clock(); };
  new MutationObserver(() => {
    const number = loud();
    if (number && !(number in seen)) requestAnimationFrame(() => painted.port2.postMessage(number));
  }).observe(document, { childList: true, subtree: true });
"""
    + "\n"
    + fast(20)
)
"""The board notes what it shows and sounds, by number; its pauses are short, so that the next call finds it at rest."""


class Desk:
    """The kiosk and the clerk."""

    def __init__(self, port: int, kiosk: str, clerk: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port)
        self._kiosk = {"Authorization": f"Bearer {kiosk}"}
        self._clerk = {"Cookie": f"qms_session={clerk}"}
        self._ticket = ""

    def post(self, path: str, body: dict[str, Any], *, kiosk: bool = False) -> dict[str, Any]:
        """Send a command; raises RuntimeError if it is refused."""
        who = self._kiosk if kiosk else self._clerk
        headers = who | {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        self._http.request("POST", f"/api/v1/{path}", json.dumps(body), headers)
        answer = self._http.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
        self._http.close()  # an idle one would be closed by the server
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path}: {answer.status} {said}")
        return said

    def call(self) -> tuple[str, float]:
        """Call the next one; the number, and when the press was sent."""
        sent = time.time()
        said = self.post(f"counters/{HALL}.{COUNTER}/next", {})
        self._ticket = said["counter"]["ticket"]
        return str(said["ticket"]["number"]), sent

    def serve(self) -> None:
        """Serve whoever was called."""
        for act in ("start", "finish"):
            self.post(f"counters/{HALL}.{COUNTER}/{act}", {"ticket": self._ticket})


@contextmanager
def board(port: int, token: str) -> Iterator[Page]:
    """A board of the hall, full size."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--autoplay-policy=no-user-gesture-required"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    base = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        context.add_cookies([{"name": "qms_device", "value": token, "url": base}])
        context.add_init_script(NOTING)
        page = context.new_page()
        page.goto(f"{base}/board/?hall={HALL}")
        page.wait_for_selector(".board")
        yield page
        browser.close()


def measure(server: Any) -> dict[str, float]:
    """Milliseconds from press to sight and to sound, 50th and 99th percentile."""
    with (
        TemporaryDirectory() as folder,
        server(kind="real", data=folder, halls=1, counters=1) as process,
    ):
        told = process.told
        desk = Desk(process.port, told["kiosks"][HALL], told["clerks"][COUNTER])
        desk.post(f"counters/{HALL}.{COUNTER}/open", {})
        with board(process.port, told["kiosks"][HALL]) as page:
            return figures([one_call(desk, page) for _ in range(CALLS)])


def one_call(desk: Desk, page: Page) -> tuple[float, float]:
    """Seconds from press to sight and to sound of one call."""
    desk.post(f"halls/{HALL}/tickets", {"service": "id-card"}, kiosk=True)
    number, sent = desk.call()
    eventually(page, f"'{number}' in seen && '{number}' in heard")
    seen, heard = (page.evaluate(f"{name}['{number}'] / 1000") for name in ("seen", "heard"))
    desk.serve()
    eventually(page, "!document.querySelector('hall-board').turns.busy")
    return seen - sent, heard - sent


def figures(times: list[tuple[float, float]]) -> dict[str, float]:
    """The percentiles."""
    found: dict[str, float] = {"calls": len(times)}
    for name, seconds in zip(("seen", "heard"), zip(*times, strict=True), strict=True):
        shares = quantiles(seconds, n=100, method="inclusive")
        found |= {f"{name}_p50_ms": 1000 * shares[49], f"{name}_p99_ms": 1000 * shares[98]}
    return found

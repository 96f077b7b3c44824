"""The real server as a process, with the town hall open round the clock, for whole stories in a browser."""

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from tests.cli.make import RATUSZ, Running, done, serving

PASSWORD = "a horse that reads maps"


@dataclass(frozen=True)
class Hall:
    """A served hall: pairing codes by kind of device, and what an administrator gave the clerk."""

    server: Running
    codes: dict[str, str]
    first_password: str
    data: Path

    def waiting(self) -> int:
        """How many people wait in the hall."""
        with urllib.request.urlopen(f"{self.server.base}/api/v1/halls/ratusz/queues", timeout=10) as answer:
            return sum(line["waiting"] for line in json.load(answer)["services"].values())


def always_open(folder: Path) -> Path:
    """The shipped file with other hours: tests run at any time of the day and week."""
    text = RATUSZ.read_text()
    hours = "\n".join(
        f'{day} = ["00:00-23:59"]' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    )
    text = re.sub(r"\[hours\].*?(?=\n\[)", f"[hours]\n{hours}\n", text, flags=re.DOTALL)
    file = folder / "hall.toml"
    file.write_text(text.replace("stop_at_closing = true", "stop_at_closing = false"))
    return file


@contextmanager
def hall(data: Path, *args: str, scheme: str = "http") -> Iterator[Hall]:
    """Set it up by the command line, as an office would, and serve it."""
    done(data, "hall", "apply", always_open(data))
    said = done(data, "staff", "add", "anna", "--role", "clerk", "--at", "ratusz", "--shown", "Anna")
    codes = {
        kind: done(data, "device", "add", kind, "--hall", "ratusz").rpartition(": ")[2].strip()
        for kind in ("kiosk", "board")
    }
    with serving(data, *(("serve", *args) if args else ()), scheme=scheme) as server:
        yield Hall(server, codes, said.rpartition(": ")[2].strip(), data)


def pair(page: Page, code: str) -> None:
    """Type a pairing code on a device's screen."""
    page.fill("#pairing-code", code)
    page.click(".pairing button[type=submit]")


def sign_in(page: Page, base: str, first_password: str) -> None:
    """A newcomer signs in with the first password and must choose one of their own."""
    page.goto(f"{base}/desk/ratusz?lang=en")
    page.fill("input[name=name]", "anna")
    page.fill("input[name=password]", first_password)
    page.keyboard.press("Enter")
    page.fill("input[name=old]", first_password)
    page.fill("input[name=new]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".sign-form, .desk-work")

"""What the agent does for the browser: papers in turn and once, codes from pictures, a voice."""

import asyncio
import io
import shutil
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import qrcode
from PIL import Image
from qrcode.image.pil import PilImage

from qms.devices.agent import printing, senses
from qms.devices.agent.journal import Journal
from qms.devices.agent.printing import Papers
from tests.devices.agents import Tray, until
from tests.devices.office import CARD

DAY = "2026-11-24"


def ticket(n: int) -> dict[str, Any]:
    return {
        "id": f"{n:032x}",
        "token": "a" * 26,
        "number": f"A{n:03}",
        "service": "id-card",
        "issued_at": "2026-11-24T09:00:00.000Z",
        "url": "https://qms.test/t/" + "a" * 26,
    }


class Shop:
    """The queue of papers with its printer, and how often it said that something changed."""

    def __init__(self, folder: Path, tray: Tray | None = None) -> None:
        self.tray = tray or Tray()
        self.changes = 0
        self.journal = Journal(folder / "journal.db")
        self.papers = Papers(
            self.tray, 384, self.journal, lambda: (CARD, None), lambda: datetime.now(UTC), self._changed
        )

    def _changed(self) -> None:
        self.changes += 1


async def test_papers_come_one_after_the_other(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.tray.held = Event()
    jobs = [asyncio.create_task(shop.papers.print(ticket(n), DAY, "pl")) for n in range(3)]
    await asyncio.sleep(0.05)
    assert not shop.tray.papers
    shop.tray.held.set()
    assert await asyncio.gather(*jobs) == ["printed"] * 3
    assert len(shop.tray.papers) == 3


async def test_a_paper_that_is_asked_for_again_comes_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = await shop.papers.print(ticket(1), DAY, "pl", copies=2)
    again = await shop.papers.print(ticket(1), DAY, "pl", copies=2)
    assert [first, again] == ["printed", "printed"]
    assert len(shop.tray.papers) == 2


async def test_nobody_is_made_to_print_a_roll(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    await shop.papers.print(ticket(1), DAY, "pl", copies=500)
    assert len(shop.tray.papers) == printing.COPIES


@pytest.mark.parametrize("state", ["paper_out", "cover_open", "no_answer"])
async def test_a_printer_that_does_not_print_is_told_and_tried_again_by_the_person_alone(
    tmp_path: Path, state: Any
) -> None:
    shop = Shop(tmp_path)
    await shop.papers.print(ticket(0), DAY, "pl")
    shop.tray.state = state
    assert await shop.papers.print(ticket(1), DAY, "pl") == "failed"
    assert (shop.papers.status, shop.changes) == (state, 2)
    shop.tray.state = "ok"
    assert await shop.papers.print(ticket(1), DAY, "pl") == "failed"  # the page asked again, not the person
    assert await shop.papers.again(ticket(1)["id"]) == "printed"
    assert shop.papers.status == "ok"


async def test_a_ticket_is_printed_once_more_at_most_twice(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    await shop.papers.print(ticket(1), DAY, "pl")
    said = [await shop.papers.again(ticket(1)["id"]) for _ in range(3)]
    assert said == ["printed", "printed", None]
    assert await shop.papers.again("0" * 32) is None
    assert len(shop.tray.papers) == 3


async def test_low_paper_still_prints(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.tray.state = "paper_low"
    watching = asyncio.create_task(shop.papers.watch())
    await until(lambda: shop.papers.status == "paper_low")
    assert await shop.papers.print(ticket(1), DAY, "pl") == "printed"
    assert shop.papers.status == "paper_low"
    watching.cancel()


async def test_a_slow_printer_does_not_hold_a_person_up_and_the_paper_still_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "PATIENCE", 0.3)
    shop = Shop(tmp_path)
    shop.tray.held = Event()
    assert await shop.papers.print(ticket(1), DAY, "pl") == "failed"
    shop.tray.held.set()
    await shop.papers.close()
    assert len(shop.tray.papers) == 1
    assert await shop.papers.print(ticket(1), DAY, "pl") == "printed"


async def test_a_paper_that_cannot_be_drawn_leaves_the_number_on_the_screen(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert await shop.papers.print({**ticket(1), "issued_at": "never"}, DAY, "pl") == "failed"
    assert await shop.papers.print(ticket(2), DAY, "pl") == "printed"


async def test_where_there_is_no_printer_there_is_no_paper(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    papers = Papers(None, 384, journal, lambda: None, lambda: datetime.now(UTC), lambda: None)
    assert papers.status == "none"
    assert await papers.print(ticket(1), DAY, "pl") == "none"
    assert await papers.again(ticket(1)["id"]) == "none"


def photo(text: str, kind: str = "JPEG") -> bytes:
    """A code as a camera sees it: small, askew, in grey surroundings."""
    code = qrcode.make(text, image_factory=PilImage).convert("RGB").resize((240, 240))
    scene = Image.new("RGB", (640, 480), (120, 130, 125))
    scene.paste(code.rotate(11, expand=True, fillcolor=(250, 250, 250)), (150, 90))
    out = io.BytesIO()
    scene.save(out, kind, quality=70)
    return out.getvalue()


@pytest.mark.parametrize("text", ["482913", "https://qms.test/b/" + "a" * 26, "1234 5678 9012"])
def test_a_code_is_read_from_a_picture(text: str) -> None:
    assert senses.code_in(photo(text)) == text


@pytest.mark.parametrize("body", [b"", b"no picture", photo("x")[:200], photo("x")[:3000]])
def test_what_shows_no_code_is_none(body: bytes) -> None:
    assert senses.code_in(body) is None


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert senses.code_in(out.getvalue()) is None
    small = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(small, "JPEG")
    assert senses.code_in(small.getvalue()) is None


async def test_a_text_is_said_in_the_language_where_there_is_a_voice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("no synthesiser is installed")
    sound = await senses.spoken("Numer A 12, stanowisko 4", "pl")
    assert sound is not None
    assert sound[:4] == b"RIFF"
    assert await senses.spoken("-v en; --help", "pl") is not None  # said, not obeyed
    for text, language in (("", "pl"), ("x" * 1000, "pl"), ("x", "xx"), ("x", "../pl")):
        assert await senses.spoken(text, language) is None
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert await senses.spoken("Numer", "pl") is None

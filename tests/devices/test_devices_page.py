"""The page of a hall's devices: which board a screen shows, how kiosks and their printers are, in words."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select

from qms.devices import writes
from qms.devices.pages.told import QUIET
from qms.devices.writes import DEVICE
from qms.halls.rules.equipment import Board
from qms.staff.rules.roles import Grant
from tests.app.inside import SMALL, Inside, inside, small
from tests.app.make import SAME, session
from tests.queue.make import changed

LIST = f"/staff/devices/{SMALL}"
BOARDS = (
    Board(id="main", names={"pl": "Główna", "en": "Main <board>"}),
    Board(id="next", names={"pl": "Następni", "en": "Next in line"}, kind="next"),
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    """The small hall with two boards, and its administrator at a browser without scripts."""
    async with inside(tmp_path, setup=changed(small(), boards=BOARDS)) as house:
        who = partial(session, name="keeper", grant=Grant("admin", f"hall:{SMALL}"))
        token = await house.server.site.writer.aside(who)
        house.headers["keeper"] = {"Cookie": f"qms_session={token}; qms_language=en", **SAME}
        yield house


async def page(house: Inside) -> str:
    return (await house.ask("keeper", "GET", LIST)).text


async def send(house: Inside, path: str, **fields: str) -> Response:
    found = re.search(r'name="csrf" value="([^"]+)"', await page(house))
    assert found is not None
    return await house.ask("keeper", "POST", path, data={"csrf": found[1], **fields})


def device(house: Inside, kind: str) -> dict[str, Any]:
    """The row of the hall's only device of a kind."""
    with house.server.site.engine.connect() as conn:
        query = select(DEVICE).where(DEVICE.c.hall == SMALL, DEVICE.c.kind == kind)
        return dict(conn.execute(query).mappings().one())


async def heard(house: Inside, printer: str | None, ago: timedelta = timedelta(0), **counts: int) -> None:
    """What the kiosk has told some time ago."""
    id, counts = device(house, "kiosk")["id"], {"unsent": 0, "refused": 0} | counts
    at = datetime.now(UTC) - ago
    await house.server.site.writer.aside(lambda conn: writes.heard(conn, id, printer, now=at, **counts))


def state(html: str, id: str) -> list[tuple[str, str]]:
    """How grave, and in which words, a device's state is told."""
    cell = re.search(rf'<div data-renew="{id}">(.*?)</div>', html, re.S)
    assert cell is not None
    return re.findall(r'badge-(\w+)">([^<]+)<', cell[1])


async def test_a_screen_is_given_another_board_and_learns_of_it(house: Inside) -> None:
    id = device(house, "board")["id"]
    html = await page(house)
    assert "Main &lt;board&gt;" in html
    assert html.count('name="board"') == 2
    assert (await send(house, f"{LIST}/{id}/board", board="next")).status_code == 303
    assert '<option value="next" selected>' in await page(house)
    assert (await house.ask("wall", "GET", "/api/v1/me")).json()["device"]["board"] == "next"
    assert (await send(house, f"{LIST}/{id}/board", board="")).status_code == 303
    assert "board" not in (await house.ask("wall", "GET", "/api/v1/me")).json()["device"]


async def test_what_is_no_board_is_not_shown(house: Inside) -> None:
    board, kiosk = device(house, "board")["id"], device(house, "kiosk")["id"]
    for id, wish, status in ((board, "other", 422), (kiosk, "main", 422), ("device:0", "main", 404)):
        assert (await send(house, f"{LIST}/{id}/board", board=wish)).status_code == status
    assert device(house, "board")["board"] is None


async def test_a_board_that_the_set_up_lost_is_told(house: Inside) -> None:
    await send(house, f"{LIST}/{device(house, 'board')['id']}/board", board="next")
    await house.apply(changed(small(), boards=()))
    assert "the set-up has no board “next”" in await page(house)


async def test_a_screen_is_added_with_its_board(house: Inside) -> None:
    typed = {"kind": "board", "name": "Door", "counter": "", "board": "main"}
    assert "staff-code" in (await send(house, LIST, **typed)).text
    with house.server.site.engine.connect() as conn:
        rows = conn.execute(select(DEVICE.c.board).where(DEVICE.c.name == "Door")).scalars().all()
    assert rows == ["main"]
    wrong = await send(house, LIST, **(typed | {"kind": "kiosk"}))
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (422, True)


@pytest.mark.parametrize(
    ("printer", "grave", "words"),
    [
        ("ok", "ok", "printer ready"),
        ("paper_low", "warn", "paper is running out"),
        ("paper_out", "late", "no paper"),
        ("cover_open", "late", "printer cover open"),
        ("no_answer", "late", "printer does not answer"),
    ],
)
async def test_a_printer_says_how_it_is(house: Inside, printer: str, grave: str, words: str) -> None:
    await heard(house, printer)
    html = await page(house)
    assert state(html, device(house, "kiosk")["id"]) == [("ok", "paired"), (grave, words)]


async def test_numbers_that_wait_and_those_that_were_refused_are_counted(house: Inside) -> None:
    id = device(house, "kiosk")["id"]
    await heard(house, None, unsent=1, refused=2)
    assert state(await page(house), id)[1:] == [
        ("warn", "1 number waiting to be sent"),
        ("late", "2 numbers were not accepted"),
    ]


async def test_a_kiosk_that_is_silent_says_since_when(house: Inside) -> None:
    id = device(house, "kiosk")["id"]
    assert state(await page(house), id) == [("ok", "paired")]  # one without an agent tells nothing ever
    await heard(house, "ok", timedelta(minutes=1))
    html = await page(house)
    assert "Last heard from: 1 minute ago" in html
    assert ("late", "silent") not in state(html, id)
    await heard(house, "ok", QUIET + timedelta(minutes=17))
    html = await page(house)
    assert state(html, id)[1] == ("late", "silent")
    assert "20 minutes ago" in html


async def test_a_device_that_was_shut_out_says_nothing_more(house: Inside) -> None:
    await heard(house, "paper_out", unsent=3)
    id = device(house, "kiosk")["id"]
    await send(house, f"{LIST}/{id}/revoke")
    assert state(await page(house), id) == [("late", "shut out")]

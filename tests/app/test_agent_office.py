"""Agents before the real server: days that close meanwhile, two kiosks, one that is shut out, its live line."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from qms.cli.serving import config
from qms.devices import writes
from qms.devices.agent import keeping
from qms.devices.agent.folder import Folder
from qms.devices.agent.upstream import TOKEN
from tests.app.conftest import Furnished
from tests.app.inside import SMALL, Inside, inside
from tests.app.make import TEN, device
from tests.devices.agents import Kiosk, Tray, kiosk, until
from tests.devices.office import Quiet
from tests.devices.wire import Wire, wire

HALL = SMALL
TICKETS = f"/api/v1/halls/{HALL}/tickets"


@pytest.fixture
async def house(furnished: Furnished, tmp_path: Path) -> AsyncIterator[Inside]:
    """The server, which also listens."""
    shutil.copytree(furnished.folder, tmp_path / "var")
    async with inside(tmp_path / "var", known=furnished.headers, jobs=True) as house:
        listener = socket.create_server(("127.0.0.1", 0))
        house.base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        web = Quiet(config(house.server.site.settings, house.app))
        serving = asyncio.create_task(web.serve([listener]))
        yield house
        web.should_exit = True
        await house.server.site.hub.stop()
        await serving


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that people do not see are short here."""
    monkeypatch.setattr(keeping, "OFTEN", 0.1)


@pytest.fixture
async def line(house: Inside) -> AsyncIterator[Wire]:
    async with wire(int(house.base.rpartition(":")[2])) as way:
        yield way


async def fresh(house: Inside, data: Path) -> Path:
    """The folder of a kiosk that was just paired."""
    token = await house.server.site.writer.aside(partial(device, kind="kiosk", hall=HALL))
    Folder(data).write(TOKEN, token.encode())
    return data


@pytest.fixture
async def browser(house: Inside, line: Wire, tmp_path: Path) -> AsyncIterator[Kiosk]:
    async with kiosk(
        line.base, await fresh(house, tmp_path / "k"), hall=HALL, code=None, printer=Tray()
    ) as found:
        await until(lambda: bool(found.agent.own.left()))
        yield found


async def take(browser: Kiosk, service: str = "id-card") -> dict[str, Any]:
    answer = await browser.client.post(TICKETS, json={"service": service, "language": "pl"})
    assert answer.status_code == 201, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


async def cut(browser: Kiosk, line: Wire) -> None:
    await line.be("refused")
    await browser.agent._look()
    await until(lambda: not browser.agent.upstream.online)


async def back(browser: Kiosk, line: Wire) -> None:
    await line.be("open")
    await until(lambda: browser.agent.upstream.online and browser.agent.journal.counts() == (0, 0), 20)


async def seen(browser: Kiosk, taken: dict[str, Any]) -> dict[str, Any]:
    """A ticket as its holder's phone has it."""
    view: dict[str, Any] = (await browser.client.get(f"/api/v1/tickets/{taken['token']}")).json()
    return view


async def test_a_number_that_was_printed_away_stands_in_the_line_by_its_own_time(
    house: Inside, browser: Kiosk, line: Wire
) -> None:
    online = await take(browser)
    await cut(browser, line)
    own = await take(browser)
    assert own["number"] != online["number"]
    await back(browser, line)
    view = await seen(browser, own)
    assert (view["number"], view["state"]) == (own["number"], "waiting")
    assert (await take(browser))["number"] not in (own["number"], online["number"])


async def test_an_answer_that_was_lost_leaves_one_person_with_one_number(
    house: Inside, browser: Kiosk, line: Wire
) -> None:
    """The server had given another number, which is replaced by the one on the paper."""
    before = sum(house.state().issued.values())
    await line.be("answerless")
    own = await take(browser)
    assert own["offline"]
    await back(browser, line)
    state = house.state()
    assert sum(state.issued.values()) == before + 1
    assert state.tickets[own["id"]].number == own["number"]
    assert (await seen(browser, own))["number"] == own["number"]


async def test_two_kiosks_never_give_the_same_number(
    house: Inside, browser: Kiosk, line: Wire, tmp_path: Path
) -> None:
    async with kiosk(line.base, await fresh(house, tmp_path / "other"), hall=HALL, code=None) as other:
        await until(lambda: bool(other.agent.own.left()))
        online = [(await take(each))["number"] for each in (browser, other)]
        await cut(browser, line)
        await cut(other, line)
        own = [(await take(each))["number"] for _ in range(4) for each in (browser, other)]
        assert len({*online, *own}) == 10
        await back(browser, line)
        await back(other, line)
        assert {*online, *own} <= {t.number for t in house.state().tickets.values()}


async def test_what_was_printed_on_a_day_that_is_closed_by_now_is_on_record_as_lapsed(
    house: Inside, browser: Kiosk, line: Wire
) -> None:
    await cut(browser, line)
    own = await take(browser)
    left = browser.agent.own.left()["documents"]
    house.clock.at += timedelta(days=1)
    browser.agent.clock.hear(house.clock.at)
    today = await take(browser)
    assert today["number"] <= own["number"]  # the numbers are good again
    await back(browser, line)
    assert (await seen(browser, own))["state"] == "lapsed"
    assert (await seen(browser, today))["state"] == "waiting"
    await until(lambda: browser.agent.own.left()["documents"] == left)
    assert await house.faults() == []


async def test_a_kiosk_that_is_shut_out_is_told_and_its_page_asks_for_a_code(
    house: Inside, browser: Kiosk, line: Wire
) -> None:
    token = (browser.agent.job.data / TOKEN).read_text()
    row = await house.server.site.read(lambda conn: writes.device_of(conn, token))
    assert row is not None
    await house.server.site.writer.aside(lambda conn: writes.revoke(conn, row["id"]))
    house.server.devices.forget()
    browser.agent.keeping.wake()
    await until(lambda: not browser.agent.upstream.paired)
    assert "device" not in (await browser.client.get("/api/v1/me")).json()
    assert (await browser.client.post(TICKETS, json={"service": "id-card"})).status_code in (401, 403)


async def test_the_page_watches_the_hall_through_the_agent(house: Inside, browser: Kiosk) -> None:
    address = f"ws://127.0.0.1:{browser.agent.port}/live?view=queue&hall={HALL}"
    async with connect(address, proxy=None) as line:
        state = json.loads(await line.recv())
        assert state["version"] == browser.agent.pages.version
        assert state["state"]["services"]["id-card"]["accepting"]
        await line.send('{"type":"again"}')
        again = json.loads(await line.recv())
        assert (again["type"], again["stream"]) == ("state", state["stream"])
        await take(browser)
        assert json.loads(await line.recv())["type"] == "patch"


async def test_the_agent_goes_by_the_time_of_the_server(house: Inside, browser: Kiosk) -> None:
    ahead = browser.agent.clock.now() - house.clock.now()
    assert timedelta(0) <= ahead < timedelta(minutes=5)
    assert browser.agent.clock.now() - TEN < timedelta(days=5)


async def test_the_page_that_is_kept_is_the_servers(house: Inside, browser: Kiosk) -> None:
    browser.agent.keeping.wake()
    kept = browser.agent.pages.newest
    for path in ("/kiosk/", "/kiosk/app.js", "/shared/design.css", "/i18n/uk/kiosk.json"):
        through = await browser.client.get(path)
        name = "kiosk/index.html" if path == "/kiosk/" else path[1:]
        assert through.content == kept[name]

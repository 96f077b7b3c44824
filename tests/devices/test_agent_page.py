"""The page that an agent serves: one whole set of files, on this machine alone, with the server's headers."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from qms.devices.agent import keeping
from qms.devices.agent import line as way
from qms.devices.agent.folder import Folder
from qms.devices.agent.pages import SET, Pages
from qms.devices.agent.pages import _packed as packed
from qms.devices.agent.upstream import Upstream
from qms.devices.page import FOLDERS, listing, page_files
from qms.web.headers import headers_of
from tests.devices.agents import TICKETS, Kiosk, kiosk, ready, until
from tests.devices.office import HALL, Server, serving
from tests.devices.wire import wire

PAGE = {"kiosk/index.html": b"<p>new", "kiosk/app.js": b"1"}
NEWER = {"kiosk/index.html": b"<p>newer", "kiosk/app.js": b"2"}


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that people do not see are short here."""
    monkeypatch.setattr(keeping, "OFTEN", 0.1)
    monkeypatch.setattr(way, "PAUSES", (0.05, 0.1))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving(Server(page=PAGE)) as running:
        yield running


@pytest.fixture
async def browser(server: Server, tmp_path: Path) -> AsyncIterator[Kiosk]:
    async with kiosk(server.base, tmp_path / "data") as found:
        await ready(found, server)
        await until(lambda: found.agent.pages.newest == PAGE)
        yield found


async def shown(browser: Kiosk, path: str) -> bytes:
    answer = await browser.client.get(path)
    assert answer.status_code == 200
    return answer.content


def live(browser: Kiosk, **headers: str) -> connect:
    address = f"ws://127.0.0.1:{browser.agent.port}/live?view=queue&hall={HALL}"
    return connect(address, additional_headers=headers, proxy=None)


async def version(socket: ClientConnection) -> str:
    return str(json.loads(await socket.recv())["version"])


def test_the_page_is_the_kiosks_files_with_all_that_they_use() -> None:
    files = page_files()
    for folder, path in FOLDERS.items():
        there = {each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file()}
        assert {f"{folder}/{name}" for name in there if not name.endswith(".d.ts")} <= set(files)
    words = [path for path in files if path.startswith("i18n/")]
    assert {"i18n/pl/kiosk.json", "i18n/de/pairing.json"} <= set(words)
    assert listing(files)["version"] == listing(dict(sorted(files.items(), reverse=True)))["version"]
    changed = {**files, "kiosk/app.js": files["kiosk/app.js"] + b" "}
    assert listing(changed)["version"] != listing(files)["version"]


def test_all_words_that_the_page_reads_are_in_its_set() -> None:
    """The domains are named in the page's own code."""
    files, code = page_files(), (FOLDERS["kiosk"] / "app.js").read_text()
    line = next(line for line in code.splitlines() if line.startswith("const DOMAINS"))
    for domain in json.loads(line.partition("=")[2].rstrip(";")):
        assert f"i18n/uk/{domain}.json" in files


async def test_before_the_first_contact_the_page_is_the_agents_own(tmp_path: Path) -> None:
    async with kiosk("http://127.0.0.1:9", tmp_path / "data", code=None) as browser:
        assert await shown(browser, "/kiosk/") == page_files()["kiosk/index.html"]
        assert await shown(browser, "/shared/live.js") == page_files()["shared/live.js"]
        assert await shown(browser, "/i18n/pl/kiosk.json") == page_files()["i18n/pl/kiosk.json"]
        assert (await browser.client.get("/")).headers["location"] == "/kiosk/"
        assert (await browser.client.get("/api/v1/me")).status_code == 503


async def test_the_page_is_the_servers_and_survives_a_restart_without_it(
    browser: Kiosk, server: Server, tmp_path: Path
) -> None:
    assert await shown(browser, "/kiosk/") == PAGE["kiosk/index.html"]
    assert (await browser.client.get("/kiosk/none.js")).status_code == 404
    async with kiosk("http://127.0.0.1:9", tmp_path / "data", code=None) as again:
        assert await shown(again, "/kiosk/") == PAGE["kiosk/index.html"]


async def test_a_page_that_is_shown_keeps_its_files_until_it_loads_anew(
    browser: Kiosk, server: Server
) -> None:
    """And hears of a newer one by the version that its live line tells, which then changes."""
    await shown(browser, "/kiosk/")
    async with live(browser) as socket:
        first = await version(socket)
        server.page = NEWER
        browser.agent.keeping.wake()
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert await shown(browser, "/kiosk/app.js") == b"1"
    async with live(browser) as socket:
        assert await version(socket) != first
    assert await shown(browser, "/kiosk/") == b"<p>newer"
    assert await shown(browser, "/kiosk/app.js") == b"2"


async def test_a_page_that_was_being_loaded_as_its_files_changed_hears_of_it_too(
    browser: Kiosk, server: Server
) -> None:
    await shown(browser, "/kiosk/")
    server.page = NEWER
    browser.agent.keeping.wake()
    await until(lambda: browser.agent.pages.newest == NEWER)
    async with live(browser) as socket:
        first = await version(socket)
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    async with live(browser) as socket:
        assert await version(socket) != first


async def test_a_set_with_a_file_that_is_not_the_announced_one_is_not_taken(
    browser: Kiosk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server was just being updated: one file is of the new set already, another of the old."""
    asked = Upstream.ask

    async def mixed(self: Upstream, method: str, path: str, **more: object) -> object:
        if path == "/kiosk/app.js":
            server.page = {**NEWER, "kiosk/app.js": b"3"}
        return await asked(self, method, path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Upstream, "ask", mixed)
    server.page = NEWER
    assert not await browser.agent.pages.renew(browser.agent.upstream)
    assert browser.agent.pages.newest == PAGE
    assert await browser.agent.pages.renew(browser.agent.upstream)
    assert browser.agent.pages.newest == {**NEWER, "kiosk/app.js": b"3"}


async def test_a_damaged_set_on_disk_is_none(browser: Kiosk, tmp_path: Path) -> None:
    kept = tmp_path / "data" / "page.zip"
    kept.write_bytes(kept.read_bytes()[:-40])
    async with kiosk("http://127.0.0.1:9", tmp_path / "data", code=None) as again:
        assert await shown(again, "/kiosk/") == page_files()["kiosk/index.html"]


def test_a_byte_that_fell_over_in_the_set_stops_no_agent(tmp_path: Path) -> None:
    folder, own = Folder(tmp_path), {"kiosk/index.html": b"our own"}
    whole = packed({path: path.encode() * 40 for path in PAGE})
    for at in range(len(whole)):
        folder.path.joinpath(SET).write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        assert Pages(folder, own).newest


async def test_every_answer_bears_the_headers_and_the_page_may_use_the_camera(browser: Kiosk) -> None:
    for path in ("/kiosk/", "/kiosk/app.js", "/agent/state", f"/api/v1/halls/{HALL}", "/none"):
        answer = await browser.client.get(path)
        for name, value in headers_of(path).items():
            assert answer.headers.get_list(name) == [value], (path, name)
        assert ("camera=(self)" in answer.headers["permissions-policy"]) == path.startswith("/kiosk/")
    assert "server" not in (await browser.client.get("/kiosk/")).headers


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:{port}", "127.0.0.1:1", "192.168.1.5:{port}", "", "127.0.0.1.evil.test"],
)
async def test_a_name_that_somebody_points_here_reaches_nothing(browser: Kiosk, host: str) -> None:
    """A page of `evil.test` whose name leads to this machine, once it is loaded."""
    headers = {"Host": host.format(port=browser.agent.port)}
    assert (await browser.client.get("/agent/state", headers=headers)).status_code == 403
    assert (
        await browser.client.post(TICKETS, json={"service": "id-card"}, headers=headers)
    ).status_code == 403


async def test_both_names_of_this_machine_are_good(browser: Kiosk) -> None:
    port = browser.agent.port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}"):
        assert (await browser.client.get("/agent/state", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
    ],
)
async def test_another_sites_page_takes_no_numbers(
    browser: Kiosk, server: Server, headers: dict[str, str]
) -> None:
    for path in (TICKETS, "/agent/print", "/agent/scan", "/agent/speech", "/api/v1/devices/pair"):
        answer = await browser.client.post(path, json={"service": "id-card"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert not server.issued


async def test_another_sites_page_hears_nothing(browser: Kiosk) -> None:
    for headers in ({"Origin": "http://evil.test"}, {"Origin": "http://localhost:1"}):
        with pytest.raises(InvalidStatus):
            async with live(browser, **headers):
                pass
    async with live(browser, Origin=f"http://127.0.0.1:{browser.agent.port}") as socket:
        assert await version(socket)


def connections() -> list[list[str]]:
    """The kernel's table of TCP."""
    return [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]


async def test_the_agent_is_there_for_this_machine_alone(browser: Kiosk) -> None:
    listening = [line[1] for line in connections() if line[3] == "0A"]
    port = f"{browser.agent.port:04X}"
    assert [each for each in listening if each.endswith(f":{port}")] == [f"0100007F:{port}"]


async def test_bodies_are_bounded_and_must_be_json(browser: Kiosk, server: Server) -> None:
    large = await browser.client.post(TICKETS, json={"service": "x" * 70_000})
    plain = await browser.client.post(TICKETS, content=b"{}", headers={"Content-Type": "text/plain"})
    half = await browser.client.post(TICKETS, content=b"{", headers={"Content-Type": "application/json"})
    lines = await browser.client.post(TICKETS, json=[])
    key = await browser.client.post(TICKETS, json={}, headers={"Idempotency-Key": "a b"})
    assert [each.status_code for each in (large, plain, half, lines, key)] == [413, 415, 400, 400, 422]
    assert not server.issued


async def test_a_line_that_goes_takes_the_pages_lines_with_it(server: Server, tmp_path: Path) -> None:
    async with wire(server.port) as line, kiosk(line.base, tmp_path / "data") as browser:
        await ready(browser, server)
        async with live(browser) as socket:
            await version(socket)
            await line.be("refused")
            with pytest.raises(ConnectionClosed) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
        await until(lambda: not browser.agent.upstream.online)
        async with live(browser) as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()

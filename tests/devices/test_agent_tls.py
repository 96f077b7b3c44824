"""An agent before a server that made its own certificate: it trusts the one that it was given, and no other."""

import json
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from qms.cli.certificate import self_signed
from tests.cli.make import serving
from tests.devices.agents import until
from tests.devices.real import HALL, prepare


@pytest.mark.slow
async def test_an_agent_trusts_the_certificate_that_it_was_given(tmp_path: Path) -> None:
    office = await prepare(tmp_path)
    cert, key = self_signed("localhost", tmp_path, 2)
    other, _ = self_signed("localhost", office.paired(0), 2)
    files = ("--tls-cert", str(cert), "--tls-key", str(key))
    with serving(tmp_path, "serve", *files, scheme="https") as server:
        base = server.base.replace("127.0.0.1", "localhost")
        async with office.kiosk(0, base, trusted=other) as browser:
            await until(lambda: not browser.agent.upstream.online)
            assert (await browser.client.get("/api/v1/me")).status_code == 503
        async with office.kiosk(0, base, trusted=cert) as browser:
            await until(lambda: bool(browser.agent.own.left()), 20)
            taken = await browser.client.post(f"/api/v1/halls/{HALL}/tickets", json={"service": "id-card"})
            assert taken.status_code == 201
            assert "offline" not in taken.json()
            address = f"ws://127.0.0.1:{browser.agent.port}/live?view=queue&hall={HALL}"
            async with connect(address, proxy=None) as line:
                assert json.loads(await line.recv())["state"]["services"]["id-card"]["accepting"]

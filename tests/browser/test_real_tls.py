"""HTTPS on a name of its own, as a hall has it: secure cookies, sockets over TLS, and no way back to HTTP."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.real import PASSWORD, Office, Visit, office, pair, press_space, visiting
from tests.cli.make import done

pytestmark = pytest.mark.browser
NAME = "hall.test"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for which the name leads to this machine."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=[f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("data")
    done(data, "certificate", NAME, "--folder", data)
    files: dict[str, Any] = {"tls_cert": data / "qms-cert.pem", "tls_key": data / "qms-key.pem"}
    with office(data, address=f"https://{NAME}", **files) as served:
        yield served


@pytest.fixture
def visit(browser: Browser, served: Office) -> Iterator[Visit]:
    with visiting(browser, served) as visit:
        yield visit


def test_a_kiosk_and_a_clerk_work_over_tls(served: Office, visit: Visit) -> None:
    kiosk = visit.open("/kiosk/?hall=town", has_touch=True, ignore_https_errors=True)
    pair(kiosk, served.code("kiosk"))
    kiosk.tap(".tile:has-text('Podatki')")
    kiosk.tap(".acts .button-primary")
    kiosk.wait_for_selector(".number:has-text('B001')")

    desk = visit.context(size="desk", ignore_https_errors=True).new_page()
    sockets: list[str] = []
    desk.on("websocket", lambda socket: sockets.append(socket.url))
    answer = desk.goto(f"{served.base}/desk/town?counter=1")
    assert answer is not None
    assert "max-age" in answer.headers["strict-transport-security"]
    desk.fill("#name", "anna")
    desk.fill("#password", PASSWORD)
    desk.keyboard.press("Enter")
    desk.click(".sign-form [type=submit]")
    desk.wait_for_selector(".here[data-state=free]")
    press_space(desk)
    desk.wait_for_selector(".here[data-state=called]:has-text('B001')")
    assert sockets
    assert all(address.startswith(f"wss://{NAME}:") for address in sockets)
    for page, name in ((desk, "__Host-qms_session"), (kiosk, "__Host-qms_device")):
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies[name]["secure"]
        assert cookies[name]["httpOnly"]

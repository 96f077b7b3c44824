"""HTTPS on a name of its own, as a hall has it: secure cookies, sockets over TLS, and no way back to HTTP."""

import shutil
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import Open, eventually, open_page
from tests.browser.visit import Hall, hall, pair, sign_in
from tests.cli.make import done

__all__ = ["open_page"]
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
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    data: Path = tmp_path_factory.mktemp("data")
    done(data, "certificate", NAME, "--folder", data)
    options = ("--tls-cert", str(data / "qms-cert.pem"), "--tls-key", str(data / "qms-key.pem"))
    with hall(data, *options, scheme="https") as served:
        yield served


def test_a_kiosk_and_a_clerk_work_over_tls(served: Hall, open_page: Open) -> None:
    base = f"https://{NAME}:{urllib.parse.urlsplit(served.server.base).port}"
    kiosk = open_page(f"{base}/kiosk/?hall=ratusz", ignore_https_errors=True)
    pair(kiosk, served.codes["kiosk"])
    kiosk.wait_for_selector(".tile")

    desk = open_page(f"{base}/sign-in", ignore_https_errors=True)
    sockets: list[str] = []
    desk.on("websocket", lambda socket: sockets.append(socket.url))
    sign_in(desk, base, served.first_password)
    desk.wait_for_selector(".sign-form")
    eventually(desk, "document.querySelectorAll('.sign-counter').length > 3")
    assert sockets
    assert all(address.startswith(f"wss://{NAME}:") for address in sockets)
    cookies = {cookie["name"]: cookie for cookie in desk.context.cookies()}
    session = cookies["__Host-qms_session"]
    assert session["secure"]
    assert session["httpOnly"]
    answer = desk.goto(f"{base}/staff")
    assert answer is not None
    assert "max-age" in answer.headers["strict-transport-security"]

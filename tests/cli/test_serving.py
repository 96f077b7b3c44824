"""A server in a process of its own, and the command line beside it."""

import json
import signal
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qms.cli.demo_kiosk import end_former
from tests.cli.make import RATUSZ, done, free_port, qms, read, serving

pytestmark = pytest.mark.slow


def test_commands_reach_the_server_that_holds_the_database(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        base = server.base
        assert json.loads(read(f"{base}/api/v1/halls")[1]) == {"halls": []}
        assert "now acts" in done(tmp_path, "hall", "apply", RATUSZ)
        assert [h["id"] for h in json.loads(read(f"{base}/api/v1/halls")[1])["halls"]] == ["ratusz"]
        done(tmp_path, "staff", "add", "anna", "--role", "clerk", "--at", "ratusz")
        assert "BAD" not in done(tmp_path, "doctor")
        assert (tmp_path / "qms.sock").stat().st_mode & 0o777 == 0o600
        refused = qms(tmp_path, "hall", "export", "nowhere")
        assert refused.stderr.startswith("qms: nowhere: there is no such hall")


def test_an_embedded_database_has_one_server(tmp_path: Path) -> None:
    with serving(tmp_path):
        second = qms(tmp_path, "serve", "--port", str(free_port()))
        assert second.returncode == 1
        assert "is held by process" in second.stderr


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with serving(tmp_path / "one") as server:
        second = qms(tmp_path / "two", "serve", "--port", server.base.rpartition(":")[2])
        assert second.returncode == 1
        assert "cannot listen" in second.stderr
        assert "Traceback" not in second.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_quietly(tmp_path: Path, how: signal.Signals) -> None:
    with serving(tmp_path) as server:
        server.process.send_signal(how)
        assert server.process.wait(10) == 0
        assert "Traceback" not in server.said()


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    done(tmp_path, "hall", "apply", RATUSZ)
    with serving(tmp_path) as server:
        done(tmp_path, "staff", "add", "anna", "--role", "clerk", "--at", "ratusz")
        server.process.kill()
        server.process.wait(5)
    with serving(tmp_path) as server:
        base = server.base
        assert read(f"{base}/readyz")[0] == 200
        assert json.loads(done(tmp_path, "staff", "list", "--json"))["accounts"][0]["name"] == "anna"


def test_the_demo_lives_and_starts_again_at_once(tmp_path: Path) -> None:
    """Simulated people take numbers and are called; Ctrl-C ends it; the next run is a later day."""
    days = []
    for _ in range(2):
        with serving(tmp_path, "demo", "--speed", "120", "--weeks", "1", "--data", str(tmp_path)) as server:

            def called(base: str = server.base) -> bool:
                queues = json.loads(read(f"{base}/api/v1/halls/ratusz/queues")[1])["services"]
                return any(queue["serving"] for queue in queues.values())

            server.wait_for(called)
            days.append(day_of(server.base))
            server.process.send_signal(signal.SIGINT)
            assert server.process.wait(15) == 0
            assert "Sign in as" in server.said()
            assert "Traceback" not in server.said()
    assert days[0] < days[1]


def day_of(base: str) -> str:
    """The business day of the demo, from a number taken at its kiosk."""
    jar = urllib.request.HTTPCookieProcessor()
    browser = urllib.request.build_opener(jar)
    browser.open(f"{base}/demo/ratusz/kiosk", timeout=10).read()
    order = urllib.request.Request(
        f"{base}/api/v1/halls/ratusz/tickets",
        json.dumps({"service": "id-card"}).encode(),
        {"Content-Type": "application/json", "Origin": base},
    )
    for cookie in jar.cookiejar:
        order.add_header("Cookie", f"{cookie.name}={cookie.value}")
    with browser.open(order, timeout=10) as answer:
        day: str = json.load(answer)["issued_at"][:10]
        return day


def test_the_demo_goes_on_to_the_next_day_by_itself(tmp_path: Path) -> None:
    args = ("demo", "--no-people", "--speed", "1000", "--weeks", "0", "--data", str(tmp_path))
    with serving(tmp_path, *args) as server:
        first = day_of(server.base)

        def another_day() -> bool:  # OSError while the hall gives no numbers
            return day_of(server.base) > first

        server.wait_for(another_day, 60)


def test_the_demos_kiosk_prints_and_outlives_a_server_that_is_killed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A demo that was killed goes on where it was, with everybody who took a number meanwhile."""
    request.addfinalizer(partial(end_former, tmp_path))
    args, port = ("demo", "--no-people", "--weeks", "0", "--data", str(tmp_path)), free_port()
    with serving(tmp_path, *args, port=port) as server:
        server.wait_for(lambda: "Kiosk  " in server.said())
        kiosk = server.said().partition("Kiosk  ")[2].split()[0].removesuffix("/kiosk/")
        server.wait_for(lambda: state_of(kiosk)["numbers"] > 0 and state_of(kiosk)["printer"] == "ok")
        online = press(kiosk)
        assert online["paper"] == "printed"
        assert read_bytes(f"{server.base}/demo/paper.png").startswith(b"\x89PNG")
        board = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        board.open(f"{server.base}/demo/ratusz/board", timeout=10).read()
        server.process.kill()
        server.process.wait(5)
    alone = press(kiosk)
    assert (alone["offline"], alone["paper"]) == (True, "printed")
    assert len(list((tmp_path / "papers").glob("*.png"))) == 2
    with serving(tmp_path, *args, port=port) as server:
        server.wait_for(lambda: state_of(kiosk)["online"] and not state_of(kiosk)["unsent"])
        assert json.loads(board.open(f"{server.base}/api/v1/me", timeout=10).read())["kind"] == "device"
        for taken in (online, alone):
            ticket = json.loads(read(f"{server.base}/api/v1/tickets/{taken['token']}")[1])
            assert (ticket["number"], ticket["state"]) == (taken["number"], "waiting")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0
    assert not (tmp_path / "kiosk.pid").exists()


def state_of(kiosk: str) -> dict[str, Any]:
    """What the agent tells of itself; OSError while it is not there."""
    state: dict[str, Any] = json.loads(read(f"{kiosk}/agent/state")[1])
    return state


def press(kiosk: str) -> dict[str, Any]:
    """A number from the demo's kiosk."""
    order = urllib.request.Request(
        f"{kiosk}/api/v1/halls/ratusz/tickets",
        json.dumps({"service": "id-card"}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(order, timeout=20) as answer:
        taken: dict[str, Any] = json.load(answer)
        return taken


def read_bytes(address: str) -> bytes:
    """A file as it is served."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        body: bytes = answer.read()
        return body

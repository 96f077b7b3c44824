"""The command line as people use it: processes, with a data folder of their own."""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
RATUSZ = ROOT / "config" / "halls" / "ratusz.toml"
START = [sys.executable, "-c", "from qms.cli.main import main; main()"]


def environment(data: Path, **more: str) -> dict[str, str]:
    """This process's, without settings of its own, with the data folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("QMS_")}
    return own | {"QMS_DATA": str(data), **more}


def qms(data: Path, *args: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*START, *map(str, args)],
        cwd=ROOT,
        env=environment(data, **more),
        capture_output=True,
        text=True,
        timeout=60,
    )


def done(data: Path, *args: str | Path) -> str:
    """What a command says that must succeed."""
    result = qms(data, *args)
    assert result.returncode == 0, result.stderr
    return result.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Running:
    """A server that runs: its address, its process, and the file that takes what it says."""

    base: str
    process: "subprocess.Popen[bytes]"
    output: IO[bytes]

    def said(self) -> str:
        """All that it has said so far."""
        self.output.seek(0)
        return self.output.read().decode()

    def wait_for(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Until it is so; raises AssertionError with what the server said where it ended or time is up."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            try:
                if ready():
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not in time, or ended: {self.said()}")


@contextmanager
def serving(data: Path, *args: str, port: int = 0, scheme: str = "http", **more: str) -> Iterator[Running]:
    """A server in a process of its own, on a free port or a given one."""
    port = port or free_port()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [*START, *(args or ("serve",)), "--port", str(port)],
            cwd=ROOT,
            env=environment(data, **more),
            stdout=output,
            stderr=output,
        )
        running = Running(f"{scheme}://127.0.0.1:{port}", process, output)
        try:
            running.wait_for(lambda: read(f"{running.base}/healthz")[0] == 200)
            yield running
        finally:
            process.terminate()
            try:
                process.wait(15)
            finally:
                process.kill()


def read(address: str) -> tuple[int, str]:
    """Status and body of a page."""
    unchecked = ssl._create_unverified_context()  # certificates of these tests are their own
    try:
        with urllib.request.urlopen(address, timeout=10, context=unchecked) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()

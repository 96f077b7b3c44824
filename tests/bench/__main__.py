"""`make bench`: how fast, in figures that are ratios within one run, with the absolute ones beside them."""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.advising import measure as advice
from tests.bench.board import measure as board
from tests.bench.days import measure as days
from tests.bench.deciding import measure as decision
from tests.bench.fanout import measure as fanout
from tests.bench.paper import measure as paper
from tests.bench.rolling import measure as roll
from tests.bench.rush import measure as rush
from tests.bench.telling import measure as telling
from tests.bench.times import measure as free_times

CONNECTIONS = 64
COUNT = int(os.environ.get("BENCH_COUNT", "12000"))
ROUNDS = 3
SERVICES = ("id-card", "vehicle-registration", "local-tax")
OUT = Path("build") / "bench.json"


class Process:
    """A server process that was told its job and has said where it listens."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the server did not start")
        self.told: dict[str, Any] = json.loads(line)
        self.port: int = self.told["port"]

    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def close(self) -> None:
        """End its input, and so itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@contextmanager
def server(**job: Any) -> Iterator[Process]:
    """A server for one measurement."""
    process = Process(job)
    try:
        yield process
    finally:
        process.close()


def load(process: Process, targets: list[dict[str, Any]], count: int, **more: Any) -> dict[str, Any]:
    """Load a server from a client process."""
    job = {
        "host": "127.0.0.1",
        "port": process.port,
        "connections": CONNECTIONS,
        "count": count,
        "targets": targets,
        "run": os.urandom(16).hex(),
        **more,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def echoes(folder: str, body: str) -> float:
    """Bare echoes a second."""
    with server(kind="echo", data=folder) as process:
        target = {"path": "/echo", "headers": {}, "body": body}
        result = load(process, [target], COUNT)
        if any(answer != [200, body] for answer in result["answers"]):
            raise RuntimeError("an echo came back wrong")
        rate: float = result["rate"]
        return rate


def tickets(folder: str, halls: int) -> dict[str, float]:
    """Durable tickets a second; each answer is a 201 with a number nobody else was given in that hall."""
    with server(kind="real", data=folder, halls=halls, counters=0) as process:
        targets = [
            {
                "path": f"/api/v1/halls/{hall}/tickets",
                "headers": {"Authorization": f"Bearer {token}"},
                "body": json.dumps({"service": SERVICES[n % len(SERVICES)]}),
            }
            for n, (hall, token) in enumerate(process.told["kiosks"].items())
        ]
        if halls == 1:
            targets = [targets[0] | {"body": json.dumps({"service": service})} for service in SERVICES]
        result = load(process, targets, COUNT)
        given = [json.loads(body) for status, body in result["answers"] if status == 201]
        if len(given) != COUNT or len({ticket["id"] for ticket in given}) != COUNT:
            raise RuntimeError(f"not every ticket was given: {Counter(s for s, _ in result['answers'])}")
        if halls == 1 and len({ticket["number"] for ticket in given}) != COUNT:
            raise RuntimeError("a number was given twice")
        return {key: result[key] for key in ("rate", "p50_ms", "p99_ms")}


def calls(folder: str) -> dict[str, float]:
    """Acts a second at 64 counters, every second one a call of 'next'; no ticket is called twice."""
    with server(kind="real", data=folder, halls=1, counters=CONNECTIONS) as process:
        ((hall, token),) = process.told["kiosks"].items()
        waiting = COUNT // 2
        taking = [
            {
                "path": f"/api/v1/halls/{hall}/tickets",
                "headers": {"Authorization": f"Bearer {token}"},
                "body": json.dumps({"service": service}),
            }
            for service in SERVICES
        ]
        load(process, taking, waiting)
        own: list[dict[str, Any]] = [
            {
                "path": f"/api/v1/counters/{hall}.{counter}/open",
                "headers": {"Cookie": f"qms_session={session}"},
                "body": "{}",
            }
            for counter, session in process.told["clerks"].items()
        ]
        opened = load(process, own, CONNECTIONS)
        if any(status != 200 for status, _ in opened["answers"]):
            raise RuntimeError(f"a counter did not open: {opened['answers'][0]}")
        nexts = [target | {"path": target["path"].replace("/open", "/next")} for target in own]
        acts = 2 * (waiting - CONNECTIONS)
        result = load(process, nexts, acts, own=True, follow=True)
        said = [json.loads(body)["ticket"] for status, body in result["answers"] if status == 200]
        called = [ticket["number"] for ticket in said if ticket["state"] == "called"]
        if len(said) != acts or len(set(called)) != len(called):
            raise RuntimeError(f"not every call was its own: {Counter(s for s, _ in result['answers'])}")
        return {key: result[key] for key in ("rate", "p50_ms", "p99_ms")} | {"calls": len(called)}


def start_up(folder: str) -> dict[str, float]:
    """Seconds until orders are taken, with a day of 2,000 visits to rebuild."""
    with server(kind="real", data=folder, halls=1, counters=0) as process:
        ((hall, token),) = process.told["kiosks"].items()
        target = {
            "path": f"/api/v1/halls/{hall}/tickets",
            "headers": {"Authorization": f"Bearer {token}"},
            "body": json.dumps({"service": SERVICES[0]}),
        }
        load(process, [target], 2000)
    with server(kind="real", data=folder, halls=1, counters=0, as_it_is=True) as process:
        if process.told["state"] != {hall: 2000}:
            raise RuntimeError(f"the day was not rebuilt: {process.told['state']}")
        return {"seconds": process.told["started_seconds"]}


def acts() -> dict[str, Any]:
    """Tickets and calls, in turn with bare echoes, so that a busy minute of the machine touches both sides of a ratio."""
    figures: dict[str, Any] = {"rounds": []}
    for _ in range(ROUNDS):
        with TemporaryDirectory() as one, TemporaryDirectory() as twenty, TemporaryDirectory() as desk:
            echo = echoes(one, json.dumps({"service": SERVICES[0]}))
            found: dict[str, Any] = {
                "echo": echo,
                "tickets_1": tickets(one, 1),
                "tickets_20": tickets(twenty, 20),
                "next": calls(desk),
            }
        for name in ("tickets_1", "tickets_20", "next"):
            found[name]["ratio"] = found[name]["rate"] / echo
            each = found[name]
            print(
                f"{name:11} {each['rate']:7.0f}/s  p50 {each['p50_ms']:5.1f} ms  p99 {each['p99_ms']:5.1f} ms  "
                f"{each['ratio']:.2f} of a bare echo ({echo:.0f}/s)",
                flush=True,
            )
        figures["rounds"].append(found)
    for name in ("tickets_1", "tickets_20", "next"):
        figures[f"{name}_ratio"] = median(each[name]["ratio"] for each in figures["rounds"])
        print(f"{name}: {figures[f'{name}_ratio']:.2f} of a bare echo (median of {ROUNDS})")
    return figures


def sockets() -> dict[str, Any]:
    """A thousand boards."""
    found = fanout(1000, 200)
    print(f"1,000 boards: {json.dumps(found)}")
    return found


def starting() -> dict[str, float]:
    """A start with a day to rebuild."""
    with TemporaryDirectory() as folder:
        found = start_up(folder)
    print(f"start-up with 2,000 visits: {found['seconds']:.2f} s")
    return found


def looking() -> dict[str, float]:
    """Free times."""
    found = free_times()
    print(
        f"free times, 60 days of 20 halls with 100,000 bookings: p99 {found['warm_ms']:.1f} ms, {found['cold_ms']:.0f} ms "
        f"with nothing worked out yet, {found['unread_ms']:.0f} ms with nothing read from the database either"
    )
    return found


def rushing() -> dict[str, float]:
    """A press at the kiosk during a rush."""
    found = rush(server, load)
    print(
        f"a press at the kiosk: p99 {found['alone_ms']:.1f} ms; as 20 calendars are read first {found['reading_ms']:.1f} ms "
        f"({found['reading_ratio']:.1f} of that), in a rush {found['rush_ms']:.1f} ms ({found['rush_ratio']:.1f})"
    )
    return found


def calling() -> dict[str, float]:
    """A call, seen and heard at a board."""
    found = board(server)
    print(
        f"from the clerk's press to the board, {found['calls']} calls: seen p50 {found['seen_p50_ms']:.0f} ms, "
        f"p99 {found['seen_p99_ms']:.0f} ms; heard p50 {found['heard_p50_ms']:.0f} ms, p99 {found['heard_p99_ms']:.0f} ms"
    )
    return found


def papers() -> dict[str, float]:
    """A press at the kiosk, until its paper is with the printer."""
    found = paper(server, load)
    print(
        f"from a press to the printed bytes, beside {found['others_per_s']:.0f} other presses a second: "
        f"p50 {found['p50_ms']:.0f} ms, p99 {found['p99_ms']:.0f} ms; "
        f"{found['print_share']:.0%} of it is the print itself"
    )
    return found


def deciding() -> dict[str, float]:
    """A decision of the rule."""
    found = decision()
    print(
        f"whom to call, of 500 at 20 counters: p50 {found['p50_ms']:.3f} ms, p99 {found['p99_ms']:.3f} ms, "
        f"{found['ratio']:.1f} times a sort of 500 numbers"
    )
    return found


def rolling() -> dict[str, float]:
    """A hall rolled forward."""
    found = roll()
    print(
        f"a hall rolled forward, 500 waiting at 20 counters: p50 {found['accumulating_p50_ms']:.1f} ms; "
        f"over all rules p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms"
    )
    return found


def advising() -> dict[str, float]:
    """A call while proposals are looked for."""
    found = advice()
    print(
        f"a call beside a search for proposals that never pauses ({found['search_ms']:.0f} ms each): "
        f"p50 {found['beside_p50_ms']:.1f} ms, p99 {found['beside_p99_ms']:.1f} ms; "
        f"alone {found['alone_p50_ms']:.1f} and {found['alone_p99_ms']:.1f} ms ({found['ratio']:.1f} times)"
    )
    return found


def logged() -> dict[str, float]:
    """Waits told for a log."""
    found = telling()
    print(
        f"a wait told for a log's leg: {found['mean_ms']:.3f} ms of the processor; with the day's fold and "
        f"the night's learning {found['all_in_ms']:.3f} ms"
    )
    return found


def playing() -> dict[str, float]:
    """A simulated day."""
    found = days()
    print(
        f"a day of {found['tickets']:.0f} tickets by the hall's own rules: {found['day_ms']:.1f} ms of the processor; "
        f"the same hall in SimPy {found['simpy_ms']:.1f} ms ({found['ratio']:.1f} of it)"
    )
    return found


PARTS = {
    "deciding": deciding,
    "rolling": rolling,
    "advising": advising,
    "logged": logged,
    "playing": playing,
    "acts": acts,
    "sockets": sockets,
    "start_up": starting,
    "free_times": looking,
    "rush": rushing,
    "board": calling,
    "paper": papers,
}


def main() -> None:
    """All measurements, or the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="part", choices=[[], *PARTS], help=f"all, or of: {', '.join(PARTS)}"
    )
    chosen = parser.parse_args().parts or list(PARTS)
    figures = {"connections": CONNECTIONS, "requests": COUNT} | {name: PARTS[name]() for name in chosen}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2))
    print(f"written to {OUT}")


if __name__ == "__main__":
    main()

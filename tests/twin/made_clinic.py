"""Logs made up from a seed for estimates: rooms that open late and call in the order of first prints."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import Any

from qms.twin.estimate import estimate
from qms.twin.rules.waits.forecast import Told

COLUMNS = ("day", "ticket", "leg", "counter", "arrive", "start", "end", "valid", "remark")
SCAN, REVIEW = "Scan Room 1", "Review Room 2"
OPENS: Mapping[str, int] = {SCAN: 8 * 3600, REVIEW: 8 * 3600 + 1800}
FIRST_DAY = date(2026, 3, 2)
Row = dict[str, Any]


def write(path: Path, rows: Iterable[Mapping[str, Any]], columns: Iterable[str] = COLUMNS) -> None:
    """Write rows as a log."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*columns])
        writer.writeheader()
        writer.writerows(rows)


def clinic(seed: int, days: int, tickets: int = 40) -> list[Row]:
    """People print from 07:20; six in ten come for a scan, of whom seven in ten are reviewed afterwards, the
    rest for a review alone. Few leave before they are called, few are sent back to the room for a moment."""
    random = Random(seed)
    return [row for n in range(days) for row in _day(random, FIRST_DAY + timedelta(days=n), tickets)]


def _day(random: Random, day: date, tickets: int) -> list[Row]:
    waiting: dict[str, list[tuple[int, int, int, int]]] = {SCAN: [], REVIEW: []}
    free = {room: opens + random.randrange(-300, 300) for room, opens in OPENS.items()}
    coming: list[tuple[int, int, int, int, str]] = []
    rows: list[Row] = []

    def row(ticket: int, leg: int, room: str, arrive: int, start: int, end: int) -> None:
        times = {"arrive": arrive, "start": start, "end": end, "remark": "Transferred" if leg else ""}
        name = f"{1001 + ticket}"
        rows.append(
            {"day": day.isoformat(), "ticket": name, "leg": leg, "counter": room, "valid": "Y", **times}
        )

    for n, printed in enumerate(sorted(random.randrange(26_400, 36_000) for _ in range(tickets))):
        if random.random() < 0.06:
            row(n, 0, "", printed, -1, -1)  # left
        else:
            room = SCAN if random.random() < 0.6 else REVIEW
            heappush(coming, (printed, printed, n, 0, room))
    while coming or any(waiting.values()):
        turns = [(max(free[room], min(w[2] for w in line)), room) for room, line in waiting.items() if line]
        if coming and (not turns or coming[0][0] <= min(turns)[0]):
            at, printed, ticket, leg, room = heappop(coming)
            heappush(waiting[room], (printed, ticket, at, leg))
            continue
        start, room = min(turns)
        here = [w for w in waiting[room] if w[2] <= start]
        chosen = min(here)
        waiting[room].remove(chosen)
        printed, ticket, arrived, leg = chosen
        end = start + max(20, round(random.lognormvariate(0, 0.6) * 240))
        row(ticket, leg, room, arrived, start, end)
        if random.random() < 0.1:  # one spell in two legs
            leg, begun, end = leg + 1, end, end + random.randrange(20, 90)
            row(ticket, leg, room, begun, begun, end)
        free[room] = end + random.randrange(0, 40)
        if room == SCAN and random.random() < 0.7:
            heappush(coming, (end, printed, ticket, leg + 1, REVIEW))
    return sorted(rows, key=lambda each: (each["ticket"], each["leg"], each["arrive"]))


def steady(days: int, people: int = 12, minutes: int = 5, opens: int = 8 * 3600) -> list[Row]:
    """One room without chance: it opens at `opens` and takes `minutes` for each; two print each ten minutes
    from an hour before. Whom it calls when follows from that."""
    printed = [opens - 3600 + 600 * (n // 2) + n % 2 for n in range(people)]
    rows: list[Row] = []
    for day in range(days):
        free = opens
        for n, at in enumerate(printed):
            start = max(free, at)
            free = start + 60 * minutes
            rows += on(day, leg(n + 1, "A", at, start, free))
    return rows


LAST = FIRST_DAY + timedelta(days=7)
"""The day until which is learnt, unless a test says otherwise."""


def told_of(
    path: Path, rows: list[Row], until: date = LAST, columns: Iterable[str] = COLUMNS
) -> list[Told]:
    """What the legs of such a log are told after a day."""
    write(path / "log.csv", rows, columns)
    return estimate(path / "log.csv", until)


def leg(ticket: int, room: str, arrive: int, start: int, end: int, **more: Any) -> Row:
    """One leg."""
    times = {"arrive": arrive, "start": start, "end": end}
    return {"ticket": f"{ticket}", "leg": 0, "counter": room, "valid": "Y", "remark": "", **times, **more}


def on(day: int, *rows: Row) -> list[Row]:
    """These legs on the n-th day."""
    return [{"day": (FIRST_DAY + timedelta(days=day)).isoformat(), **row} for row in rows]

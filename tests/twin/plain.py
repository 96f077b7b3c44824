"""A hall's log counted straight from its file, with nothing of the product: what a replay must equal.

    python tests/twin/plain.py FILE.csv

A leg is set aside that names no counter, is void, was never called, was called before it arrived,
or ended as it was called, or whose room was still busy. A leg that arrives and starts in the second in which the
same ticket's leg in the same room ended is part of that time served. Every other leg is a time
served, whose wait is `start` - `arrive`. Tickets are counted once a day and room.
The 90th percentile interpolates linearly between the closest ranks (`statistics`: inclusive).
"""

import csv
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Cell = tuple[str, str]
"""Day and room; '' for all of them."""


def read(path: Path) -> list[Row]:
    with path.open(newline="") as file:
        rows: list[Row] = [dict(row) for row in csv.DictReader(file)]
    for row in rows:
        for column in ("arrive", "start", "end"):
            row[column] = int(row[column])
    return rows


def reasons(row: Row) -> tuple[str, ...]:
    said = {
        "no_counter": row["counter"] == "",
        "void": row["valid"] == "N",
        "never_called": row["start"] == -1,
        "called_before_arrival": -1 < row["start"] < row["arrive"],
        "no_service_time": row["counter"] != "" and -1 < row["end"] <= row["start"],
    }
    return tuple(code for code, holds in said.items() if holds)


def set_aside(rows: list[Row]) -> tuple[list[Row], Counter[tuple[str, ...]]]:
    """Rows that count, and how many do not, by all their reasons."""
    aside = Counter(reasons(row) for row in rows if reasons(row))
    good = [row for row in rows if not reasons(row)]
    until: dict[Cell, int] = {}
    for row in sorted(good, key=lambda row: row["start"]):
        room = (row["day"], row["counter"])
        if row["start"] < until.get(room, 0):
            aside["room_busy",] += 1
            row["busy"] = True
        else:
            until[room] = row["end"]
    return [row for row in good if "busy" not in row], aside


def times_served(rows: list[Row]) -> list[Row]:
    """One row for each time served: those that only go on are left out."""
    ends: defaultdict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    served = []
    for row in rows:
        own = ends[row["day"], row["ticket"]]
        goes_on = row["start"] == row["arrive"] and (row["arrive"], row["counter"]) in own
        own.add((row["end"], row["counter"]))
        if not goes_on:
            served.append(row)
    return served


def count(path: Path) -> tuple[dict[Cell, tuple[int, int, float, float]], Counter[tuple[str, ...]]]:
    """By day and room: tickets, times served, mean and 90th percentile wait; and what was set aside."""
    rows, aside = set_aside(read(path))
    cells: defaultdict[Cell, list[Row]] = defaultdict(list)
    for row in times_served(rows):
        for day in (row["day"], ""):
            for room in (row["counter"], ""):
                cells[day, room].append(row)
    return {cell: _figures(mine) for cell, mine in sorted(cells.items(), key=_place)}, aside


def _place(entry: tuple[Cell, list[Row]]) -> tuple[str, str]:
    (day, room), _ = entry
    return day or "all", room or "all"  # after every date, and after every capital letter


def _figures(rows: list[Row]) -> tuple[int, int, float, float]:
    waits = [row["start"] - row["arrive"] for row in rows]
    tickets = len({(row["day"], row["ticket"]) for row in rows})
    p90 = statistics.quantiles(waits, n=10, method="inclusive")[8] if len(waits) > 1 else waits[0]
    return tickets, len(rows), statistics.fmean(waits), p90


def main() -> None:
    cells, aside = count(Path(sys.argv[1]))
    print(f"{sum(aside.values())} legs set aside:")
    for codes, legs in aside.most_common():
        print(f"{legs:7}  {', '.join(codes)}")
    print("day         room               tickets  served  mean wait  90th percentile")
    for (day, room), (tickets, served, mean, p90) in cells.items():
        waits = f"{minutes(mean):>9}  {minutes(p90):>15}"
        print(f"{day or 'all days':10}  {room or 'all rooms':17}  {tickets:7}  {served:6}  {waits}")


def minutes(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02}"


if __name__ == "__main__":
    main()

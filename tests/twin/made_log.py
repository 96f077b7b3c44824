"""A hall's log made up from a seed, with the quirks of a real one; see `quirks`."""

import csv
from datetime import date, timedelta
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import Any

COLUMNS = ("day", "ticket", "leg", "counter", "arrive", "start", "end", "valid", "remark")
ROOMS = ("Blood Room 1", "Review Room 4", "Ultrasound Room 5")
OPENS = 8 * 3600
Row = dict[str, Any]


def made_log(path: Path, seed: int, days: int = 4, tickets: int = 25) -> None:
    """Write such a log: people print from 07:20, rooms call from about 08:00, in ticket order."""
    random = Random(seed)
    rows: list[Row] = []
    for n in range(days):
        day = (date(2019, 8, 1) + timedelta(days=n)).isoformat()
        legs = _day(random, tickets)
        rows += [{"day": day, **leg} for leg in sorted(legs + quirks(random), key=_in_file)]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _in_file(leg: Row) -> tuple[str, int, int]:
    return leg["ticket"], leg["leg"], leg["arrive"]


def _day(random: Random, tickets: int) -> list[Row]:
    """Rooms that serve one at a time; some people are split, handed over, sent back, or return."""
    waiting: list[tuple[int, int, int, str, str]] = []
    for n in range(tickets):
        heappush(waiting, (random.randrange(26_400, 36_000), n, 0, random.choice(ROOMS), ""))
    free = dict.fromkeys(ROOMS, OPENS)
    legs = []
    while waiting:
        arrive, ticket, leg, room, remark = heappop(waiting)
        start = max(arrive, free[room])
        end = start + _minutes(random, 6)
        legs.append(_leg(f"{1001 + ticket}", leg, room, arrive, start, end, remark=remark))
        while random.random() < 0.2:  # one time served, split in several legs
            leg, start, end = leg + 1, end, end + _minutes(random, 3)
            legs.append(_leg(f"{1001 + ticket}", leg, room, start, start, end, remark="Transferred"))
        free[room] = end
        fate = random.random()
        if fate < 0.35:  # handed over, or put back into the same room's queue
            heappush(waiting, (end, ticket, leg + 1, random.choice(ROOMS), "Transferred"))
        elif fate < 0.45:  # back after a while, under the same number; printed anew by some
            again = random.choice((0, leg + 1))
            heappush(waiting, (end + random.randrange(1, 900), ticket, again, random.choice(ROOMS), ""))
    return legs


def _minutes(random: Random, mean: float) -> int:
    seconds = max(5, round(random.lognormvariate(0, 0.8) * mean * 60 / 1.38))
    return seconds * 20 if random.random() < 0.02 else seconds  # some stay open over lunch


def quirks(random: Random) -> list[Row]:
    """Legs that no hall can take: left, forwarded without a room, void, never called, called too early,
    and one in a room that is still busy."""
    legs = []
    for n in range(random.randrange(3, 8)):
        at = random.randrange(26_400, 40_000)
        ticket = f"{2001 + n}"
        kind = random.choice(("left", "void", "never", "forwarded", "early"))
        if kind == "left":
            legs.append(_leg(ticket, 0, "", at, at + 900, at + 900))
        elif kind == "void":
            legs.append(_leg(ticket, 0, random.choice(("", *ROOMS)), at, at, at, valid="N"))
        elif kind == "never":
            legs.append(_leg(ticket, 0, "", at, -1, -1, valid="N"))
        elif kind == "early":
            legs.append(_leg(ticket, 0, random.choice(ROOMS), at, at - 1, at + 300))
        else:
            legs.append(_leg(ticket, 0, "", at, at + 600, at + 600))
            legs.append(_leg(ticket, 1, "Treatment Room 2", at + 600, 60_000 + n * 99, 60_090 + n * 99))
    legs.append(_leg("3001", 0, "Treatment Room 2", 50_000, 70_000, 70_300))
    legs.append(_leg("3002", 0, "Treatment Room 2", 50_100, 70_200, 70_900))
    return legs


def _leg(
    ticket: str, leg: int, room: str, arrive: int, start: int, end: int, valid: str = "Y", remark: str = ""
) -> Row:
    times = {"arrive": arrive, "start": start, "end": end}
    return {"ticket": ticket, "leg": leg, "counter": room, **times, "valid": valid, "remark": remark}

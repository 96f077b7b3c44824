"""`qms estimate`: waits told for the later days of a log, each from what was known when the leg arrived."""

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from qms.twin.files import read_table, whole
from qms.twin.rules.legs import LogError
from qms.twin.rules.waits import log
from qms.twin.rules.waits.forecast import Forecast, Told, by_day
from qms.twin.rules.waits.log import Stage

HEADING = ("day", "ticket", "leg", "at", "mid", "low", "high")
Progress = Callable[[int, int], None]
"""Told after each day how many of how many are done."""


def estimate(path: Path, until: date, progress: Progress | None = None) -> list[Told]:
    """What the legs of days after `until` were told; days until then, and each day once it is over, teach.

    Raises LogError for a file that is no log or has no day after `until`, OSError for one that cannot be read.
    """
    days = list(by_day(read(path)))
    if not days or days[-1][0] <= until:
        raise LogError(f"{path.name}: nobody arrives after {until}")
    forecast, told = Forecast(), list[Told]()
    for done, (day, stages) in enumerate(days, 1):
        found = forecast.day(day, stages)
        if day > until:
            told += found
        if progress is not None:
            progress(done, len(days))
    return told


def read(path: Path) -> list[Stage]:
    """The legs of a log file; raises LogError, OSError."""
    return read_table(path, log.COLUMNS, lambda rows: log.read(list(rows)), encoding="utf-8-sig")


def write(path: Path, told: Iterable[Told]) -> None:
    """All lines, or nothing: a file that was there before stands until then. Raises OSError."""
    with whole(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADING)
        for each in told:
            stage, minutes = each.stage, (each.mid, each.low, each.high)
            where = (stage.day.isoformat(), stage.ticket, stage.leg, stage.arrived)
            rows.writerow([*where, *(f"{value:.2f}" for value in minutes)])

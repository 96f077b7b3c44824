"""Numbers that the server set aside for this kiosk: good every day, each of them once a day. Pure.

A lease is kept as `{"day", "ends", "numbers": {run: [{"number", "written"}…]}, "standing": …}`: `numbers`
as the server last told them, which are those not used on `day`; `standing` are all that are ours.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from qms.kernel.clock import business_day

Lease = Mapping[str, Any]
Number = tuple[int, str]
"""A running number, and how it is written."""


def renewed(kept: Lease | None, told: Lease, used: Mapping[str, frozenset[int]]) -> Lease:
    """The lease after the server told it anew; `used` are the numbers given here on the day that it tells of.

    What it no longer tells, and what was not used today, is not ours any more.
    """
    standing: dict[str, list[dict[str, Any]]] = {}
    for family, numbers in told["numbers"].items():
        fresh = {each["number"]: each for each in numbers}
        before = (kept or {}).get("standing", {}).get(family, [])
        spent = {n["number"]: n for n in before if n["number"] in used.get(family, ())}
        standing[family] = [each for _, each in sorted((spent | fresh).items())]
    return {"day": told["day"], "ends": told["ends"], "numbers": told["numbers"], "standing": standing}


def day_of(lease: Lease, zone: str, now: datetime) -> date:
    """The business day of a moment: it begins at the hour at which the lease's day ended."""
    ends = datetime.fromisoformat(lease["ends"]).astimezone(ZoneInfo(zone))
    return business_day(now, ZoneInfo(zone), ends.time())


def free(lease: Lease, day: date, used: Mapping[str, frozenset[int]]) -> dict[str, list[Number]]:
    """The numbers of each run that may be given on a business day, in order."""
    ours = lease["numbers"] if lease["day"] == day.isoformat() else lease["standing"]
    return {
        family: [
            (each["number"], each["written"])
            for each in each_run
            if each["number"] not in used.get(family, ())
        ]
        for family, each_run in ours.items()
    }

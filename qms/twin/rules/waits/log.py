"""A log of legs for estimates: what `legs` reads, with the number of each leg and, where the log has them,
its service, segment and booked time.

Further columns: `leg` (a whole number; 0 is the first), and optionally `service`, `segment` and
`booked` (seconds after midnight; empty or negative: none).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qms.twin.rules import legs
from qms.twin.rules.legs import DAY_SECONDS, LogError

COLUMNS = (*legs.COLUMNS, "leg")
Row = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Stage:
    """One leg: a wait and what followed. Seconds after midnight; None: it never was.

    `line` is what it waits for: its service, or else the room to which it is called, which stands for
    the service; None where neither is known. `ended` is None too where an end cannot be right.
    """

    day: date
    ticket: str
    leg: int
    line: str | None
    segment: str
    room: str
    booked: int | None
    arrived: int
    started: int | None
    ended: int | None

    @property
    def waited(self) -> float | None:
        """Minutes until it was called to a room; None where it never was, or before it came."""
        if not self.room or self.started is None or self.started < self.arrived:
            return None
        return (self.started - self.arrived) / 60

    @property
    def order(self) -> tuple[int, int, str, int, str]:
        """A place among the legs of a day that does not hang on the order of the file."""
        return self.arrived, len(self.ticket), self.ticket, self.leg, self.room


def read(rows: Sequence[Row]) -> list[Stage]:
    """The legs that arrived, by day and in the order of `Stage.order`; raises LogError."""
    pairs = zip(legs.read(rows), rows, strict=True)
    stages = [_stage(leg, row) for leg, row in pairs if leg.arrive >= 0]
    return sorted(stages, key=lambda stage: (stage.day, stage.order))


def _stage(leg: legs.Leg, row: Row) -> Stage:
    if not leg.ticket:
        raise LogError(f"line {leg.line}: ticket is empty")
    number, booked = _whole(leg, row, "leg"), None
    if (row.get("booked") or "").strip():
        booked = _whole(leg, row, "booked")
    started = leg.start if leg.start >= 0 else None
    return Stage(
        day=leg.day,
        ticket=leg.ticket,
        leg=number,
        line=(row.get("service") or "").strip() or leg.room or None,
        segment=(row.get("segment") or "").strip(),
        room=leg.room,
        booked=booked if booked is not None and booked >= 0 else None,
        arrived=leg.arrive,
        started=started,
        ended=leg.end if started is not None and leg.end >= started else None,
    )


def _whole(leg: legs.Leg, row: Row, column: str) -> int:
    try:
        value = int(row.get(column) or "")
    except ValueError:
        raise LogError(f"line {leg.line}: {column} is not a whole number") from None
    if value >= DAY_SECONDS:
        raise LogError(f"line {leg.line}: {column} is out of range")
    return value

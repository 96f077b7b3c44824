"""Days that are given as a file: who comes, and who staffs which counter. Minutes from opening.

Arrivals: `day,id,service,segment,booked,arrives,service_minutes,patience`; an empty cell says that
there is none (`arrives` may be empty for somebody booked who never came). Staff:
`counter,opens,closes`, and where wanted `breaks` such as `180-200;300-310`, `services` such as
`passport;id-card` and `day`; a counter with two shifts has two lines. Other columns are passed by.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite

from qms.halls.rules.model import Hall
from qms.twin.rules.sim.model import Arrival, Stand

ARRIVALS = ("day", "id", "service", "segment", "booked", "arrives", "service_minutes", "patience")
STAFF = ("counter", "opens", "closes")
EARLIEST, LATEST = -480.0, 100_000.0
"""Minutes from opening between which everything in a file must lie: a day may last for weeks, to study a long run."""
LONGEST = 480.0
"""Minutes that a service may take."""


class CaseError(ValueError):
    """The file is not such a case; says where and why."""


class Line:
    """One line of a file, read cell by cell."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number, self._cells = number, cells

    def fault(self, column: str, why: str) -> CaseError:
        return CaseError(f"line {self.number}, column {column}: {why}")

    def text(self, column: str) -> str:
        """A cell that must not be empty."""
        if not (value := self.maybe(column)):
            raise self.fault(column, "is empty")
        return value

    def maybe(self, column: str) -> str:
        return self._cells.get(column, "").strip()

    def one_of(self, column: str, known: Iterable[str]) -> str:
        value, names = self.text(column), sorted(known)
        if value not in names:
            raise self.fault(column, f"{value} is not in the hall (known: {', '.join(names)})")
        return value

    def number_of(self, column: str, low: float, high: float) -> float:
        return self.as_number(column, self.text(column), low, high)

    def maybe_number(self, column: str, low: float, high: float) -> float | None:
        return self.number_of(column, low, high) if self.maybe(column) else None

    def as_number(self, column: str, value: str, low: float, high: float) -> float:
        try:
            found = float(value)
        except ValueError:
            raise self.fault(column, f"{value} is not a number") from None
        if not isfinite(found) or not low <= found <= high:
            raise self.fault(column, f"{value} does not lie from {low:g} to {high:g}")
        return found


def lines(text: str, columns: Iterable[str]) -> Iterator[Line]:
    """The lines of a file with a heading; raises CaseError for one that lacks a column."""
    rows = csv.reader(text.lstrip("\ufeff").splitlines(keepends=True), strict=True)
    try:
        heading = [name.strip() for name in next(rows, [])]
        for column in columns:
            if column not in heading:
                raise CaseError(f"line 1: there is no column {column}")
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(heading):
                raise CaseError(f"line {rows.line_num}: {len(row)} cells, but {len(heading)} columns")
            yield Line(rows.line_num, dict(zip(heading, row, strict=True)))
    except csv.Error as error:
        raise CaseError(f"line {rows.line_num}: {error}") from None


def arrivals(text: str, hall: Hall) -> dict[str, tuple[Arrival, ...]]:
    """Who comes, by day, in the order of the file; raises CaseError."""
    services = {each.id for each in hall.services if not each.retired}
    segments = {each.id for each in hall.segments if not each.retired}
    found: dict[str, dict[str, Arrival]] = {}
    for line in lines(text, ARRIVALS):
        day, one = line.text("day"), _arrival(line, services, segments)
        if one.id in found.setdefault(day, {}):
            raise line.fault("id", f"{one.id} is there twice on day {day}")
        found[day][one.id] = one
    if not found:
        raise CaseError("there is nobody in it")
    return {day: tuple(people.values()) for day, people in found.items()}


def _arrival(line: Line, services: Iterable[str], segments: Iterable[str]) -> Arrival:
    booked = line.maybe_number("booked", EARLIEST, LATEST)
    arrives = line.maybe_number("arrives", EARLIEST, LATEST)
    if booked is None and arrives is None:
        raise line.fault("arrives", "is empty, and nothing is booked")
    return Arrival(
        id=line.text("id"),
        service=line.one_of("service", services),
        segment=line.one_of("segment", segments),
        booked=booked,
        arrives=arrives,
        minutes=line.number_of("service_minutes", 0, LONGEST),
        patience=line.maybe_number("patience", 0, LATEST),
    )


def staff(text: str, hall: Hall) -> dict[str, tuple[Stand, ...]]:
    """Who staffs which counter, by day ('' where the file has no days: on every day); raises CaseError."""
    counters = {each.id for each in hall.counters if not each.retired}
    found: dict[str, list[Stand]] = {}
    for line in lines(text, STAFF):
        found.setdefault(line.maybe("day"), []).append(_stand(line, hall, counters))
    if not found:
        raise CaseError("there is no counter in it")
    return {day: tuple(stands) for day, stands in found.items()}


def _stand(line: Line, hall: Hall, counters: Iterable[str]) -> Stand:
    counter = line.one_of("counter", counters)
    opens = line.number_of("opens", EARLIEST, LATEST)
    part = hall.counter(counter)
    own = part.services if part is not None else {}
    services = _parts(line, "services")
    if strange := [service for service in services if service not in own]:
        raise line.fault("services", f"{strange[0]} is not served at counter {counter}")
    return Stand(
        counter=counter,
        opens=opens,
        closes=line.number_of("closes", opens, LATEST),
        breaks=tuple(_break(line, each) for each in _parts(line, "breaks")),
        services=services,
    )


def _parts(line: Line, column: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in line.maybe(column).split(";") if part.strip())


def _break(line: Line, text: str) -> tuple[float, float]:
    begins, dash, ends = text.partition("-")
    if not dash:
        raise line.fault("breaks", f"{text} is not a break such as 180-200")
    start = line.as_number("breaks", begins, 0, LATEST)
    return start, line.as_number("breaks", ends, start, LATEST) - start

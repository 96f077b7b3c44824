"""From files to what is played: scenes, plans, and what really happened where that is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.model import Hall
from qms.twin.replay import read_log
from qms.twin.rules.legs import LogError
from qms.twin.rules.sim import cases, habits, logged, past, roster, scenes, tuning
from qms.twin.rules.sim.cases import CaseError
from qms.twin.rules.sim.habits import Habits
from qms.twin.rules.sim.model import Arrival, Plan, Played, Scene, Stand

T = TypeVar("T")
AHEAD = 800
"""Days among which so many open ones are looked for."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is played. `wide`: the days are a case of their own, in which no hall turns anybody away."""

    hall: Hall
    scenes: Sequence[Scene]
    real: Played | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plans are played; the first of each kind holds in all the others.

    `rules` by name, `values` as for `tuning.tuned`, `halls` and `staff` are files, `counters` are
    numbers of counters that are staffed all day.
    """

    rules: Sequence[str]
    values: Sequence[str] = ()
    halls: Sequence[Path] = ()
    counters: Sequence[int] = ()
    staff: Sequence[Path] = ()


def hall_of(path: Path) -> Hall:
    """The hall of a file; raises CaseError with all its faults."""
    file = parse(path.read_bytes())
    if not isinstance(file, HallFile):
        raise CaseError("\n".join(f"{path}: {problem}" for problem in file))
    return file.hall


def of_case(hall: Hall, path: Path, *, gates: bool) -> Stage:
    """The days of a file of arrivals; with `gates` the hall's own hours and limits hold on them."""
    days = _read(path, lambda text: cases.arrivals(text, hall))
    if not gates:
        return Stage(hall, _named(path, lambda: scenes.of_case(hall, days)), wide=True)
    return Stage(hall, _named(path, lambda: [_gated(hall, day, own) for day, own in days.items()]))


def _gated(hall: Hall, day: str, people: Sequence[Arrival]) -> Scene:
    on = scenes.date_of(day)
    if on is None:
        raise CaseError(f"day {day} is no date such as 2026-03-02, and the hall's hours are those of dates")
    try:
        return scenes.of_day(hall, on, people)
    except LookupError as closed:
        raise CaseError(str(closed)) from None


def of_log(path: Path) -> Stage:
    """The days of another system's log, with what happened on them."""
    legs = read_log(path)
    try:
        hall, days = logged.days_of(legs)
    except LogError as error:
        raise LogError(f"{path.name}: {error}") from None
    cut = past.longest(stay for stays in days.values() for stay in stays)
    found = [past.as_it_was(hall, day, stays, cut) for day, stays in days.items()]
    played = [scene for scene, _ in found]
    return Stage(hall, played, Played("as it was", played, [outcomes for _, outcomes in found]), wide=True)


def of_habits(hall: Hall, known: Habits, first: date, count: int, seed: int) -> Stage:
    """So many days from `first` on which the hall opens, drawn from habits; each has a seed of its own."""
    ahead = (first + timedelta(days=n) for n in range(AHEAD))
    open_days = [day for day in ahead if roster.opening_of(hall, day)][:count]
    if not open_days:
        raise CaseError(f"{hall.id} does not open in the {AHEAD} days from {first}")
    chance = [Random(f"{seed}/{day}") for day in open_days]  # noqa: S311 - a simulation that can be repeated
    return Stage(hall, [habits.scene(known, hall, *each) for each in zip(open_days, chance, strict=True)])


def plans(stage: Stage, wanted: Wanted) -> list[Plan]:
    """The plans, the first of which the others are compared with; each other differs in one thing."""
    first = tuning.ruled(stage.hall, wanted.rules[0])
    rosters = [_all_day(stage, count) for count in wanted.counters]
    rosters += [_staffed(stage, path) for path in wanted.staff]
    usual = rosters[0].rosters if rosters else {}

    def plan(name: str, hall: Hall) -> Plan:
        return Plan(name, scenes.wide(hall) if stage.wide else hall, rosters=usual)

    found = [plan(rule, tuning.ruled(stage.hall, rule)) for rule in wanted.rules]
    found += [plan(values, tuning.tuned(first, values)) for values in wanted.values]
    for path in wanted.halls:
        other = hall_of(path)
        _check(stage, path, other)
        found.append(plan(path.stem, other))
    found += [Plan(each.name, found[0].hall, rosters=each.rosters) for each in rosters[1:]]
    return found


def _all_day(stage: Stage, count: int) -> Plan:
    most = sum(not counter.retired for counter in stage.hall.counters)
    if not 1 <= count <= most:
        raise CaseError(f"{count} counters: the hall has {most}")
    return Plan(
        f"{count} counters",
        rosters={scene.day: roster.all_day(stage.hall, scene.closes, count) for scene in stage.scenes},
    )


def _staffed(stage: Stage, path: Path) -> Plan:
    staff = _read(path, lambda text: cases.staff(text, stage.hall))
    found: dict[str, tuple[Stand, ...]] = {}
    for scene in stage.scenes:
        found[scene.day] = staff.get(scene.day, staff.get("", ()))
        if not found[scene.day]:
            raise CaseError(f"{path}: no counter is staffed on day {scene.day}")
    return Plan(path.stem, rosters=found)


def _check(stage: Stage, path: Path, hall: Hall) -> None:
    """Whether everybody could come to that hall as well."""
    people = [one for scene in stage.scenes for one in scene.arrivals]
    if strange := sorted({one.service for one in people} - {service.id for service in hall.services}):
        raise CaseError(f"{path}: the hall has no service {strange[0]}")
    if strange := sorted({one.segment for one in people} - {segment.id for segment in hall.segments}):
        raise CaseError(f"{path}: the hall has no segment {strange[0]}")


def _read(path: Path, make: Callable[[str], T]) -> T:
    """What a file says; its name stands before whatever is wrong with it."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CaseError(f"{path}: line {line}: not UTF-8") from None
    return _named(path, lambda: make(text))


def _named(path: Path, make: Callable[[], T]) -> T:
    try:
        return make()
    except CaseError as error:
        raise CaseError(f"{path}: {error}") from None

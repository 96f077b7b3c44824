"""`qms staffing --hall`: clerks for the days to come, from who came on past ones."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from qms.cli.doing import progress, show, work
from qms.cli.history import Past, past
from qms.cli.known import Refused
from qms.cli.staffing_told import DRAWS, Found, as_lines, as_values, clock
from qms.planning.charts import png, svg
from qms.planning.drawings import PRINT, HalfHours
from qms.planning.rules.appointments import appointments
from qms.planning.rules.staffing import Goal
from qms.planning.rules.week import DayPlan, Learnt, drawn, learnt, plan, promised
from qms.twin.rules.sim.figures import Table, table
from qms.twin.rules.sim.fit import fit
from qms.twin.rules.sim.habits import Habits
from qms.twin.rules.sim.model import Plan
from qms.twin.rules.sim.scenes import EARLIEST, LATEST
from qms.twin.simulate import play

DAYS = 7
BUSY, SHRINKAGE = 0.85, 0.2
"""Cap on occupancy, and shrinkage, where none is given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; None: as the hall promises, or as is usual."""

    hall: str
    weeks: int
    first: date | None
    share: float | None
    within: float | None
    busy: float | None
    shrinkage: float | None
    patience: float | None
    chart: Path | None


def staff_hall(asked: Asked, as_json: bool) -> None:
    """Plan the days, print them, and draw them where a chart is wanted; raises Refused."""
    if asked.chart is not None and asked.chart.suffix not in (".svg", ".png"):
        raise Refused(f"{asked.chart}: a chart is an .svg or a .png")
    if not 1 <= asked.weeks <= 156:
        raise Refused(f"{asked.weeks}: learn from 1 to 156 weeks")
    if asked.first is not None and not EARLIEST <= asked.first <= LATEST - timedelta(days=DAYS):
        raise Refused(f"{asked.first}: days from {EARLIEST} to {LATEST} can be planned")
    known = past(work("hall_history", hall=asked.hall, weeks=asked.weeks))
    if not known.people:
        raise Refused(f"{asked.hall}: nobody has come yet, so there is nothing to learn from")
    from_history = learnt(known.hall, known.people)
    goal = _goal(asked, known)
    days = _days(asked.first or known.today + timedelta(days=1))
    shrinkage = SHRINKAGE if asked.shrinkage is None else asked.shrinkage
    week = plan(known.hall, from_history, days, goal, shrinkage, asked.patience)
    if not week:
        raise Refused(f"{asked.hall}: the hall is closed from {days[0]} to {days[-1]}")
    if asked.chart is not None:
        _draw(asked.chart, week)
    habits = fit(known.hall, known.people, known.not_shown)
    found = Found(
        asked.hall,
        from_history,
        goal,
        sum(not counter.retired for counter in known.hall.counters),
        week,
        _check(known, from_history, habits, week),
        appointments(known.hall, from_history.by_service, habits, known.people, known.not_shown),
    )
    show(as_values(found), as_json, as_lines(found))


def _goal(asked: Asked, known: Past) -> Goal:
    standard = promised(known.hall)
    return Goal(
        min(0.999, standard.share) if asked.share is None else asked.share,
        standard.minutes if asked.within is None else asked.within,
        BUSY if asked.busy is None else asked.busy,
    )


def _days(first: date) -> list[date]:
    return [first + timedelta(days=n) for n in range(DAYS)]


def _check(known: Past, from_history: Learnt, habits: Habits, week: Sequence[DayPlan]) -> Table | None:
    """The week played by the hall's own rules, each day some times; None where nothing is known of its weekdays."""
    drawn_days = [
        drawn(known.hall, from_history, habits, each, Random(f"{each.day} {n}"))  # noqa: S311
        for each in week
        for n in range(DRAWS)
    ]
    scenes = [scene for scene in drawn_days if scene is not None]
    if not scenes:
        return None
    with progress() as told:
        return table(play(scenes, [Plan("plan")], progress=told)[0])


def _draw(file: Path, week: Sequence[DayPlan]) -> None:
    rows = [
        {"day": f"{each.day:%A} {each.day}", "at": half.n / 2, "end": half.n / 2 + 0.5}
        | asdict(half.expected)
        | {"clerks": half.clerks, "wanted": half.wanted, "lack": half.wanted - half.clerks}
        for each in week
        for half in each.halves
    ]
    day, half = max(
        ((each, half) for each in week for half in each.halves),
        key=lambda pair: (pair[1].wanted, pair[1].expected.mean),
    )
    words = {
        "title": f"Most clerks are wanted on {day.day:%A} at {clock(half.n)}: {half.wanted}",
        "lack": "left: people expected, and the range that holds in 8 of 10 half hours; right: clerks, "
        "red: those for whom there is no counter",
        "people": "people",
        "clerks": "clerks",
        "hour": "hour of the day",
    }
    drawing = HalfHours(rows, [f"{each.day:%A} {each.day}" for each in week], words)
    if file.suffix == ".svg":
        file.write_text(svg(drawing, PRINT), encoding="utf-8")
    else:
        file.write_bytes(png(drawing, PRINT))

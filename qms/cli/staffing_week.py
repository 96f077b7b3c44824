"""`qms staffing --hall`: clerks for the days to come, from who came on past ones."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from qms.cli.doing import show, work
from qms.cli.history import Past, past
from qms.cli.known import Refused
from qms.planning.charts import png, svg
from qms.planning.drawings import PRINT, HalfHours
from qms.planning.rules.cover import Half, short
from qms.planning.rules.staffing import Goal, settled
from qms.planning.rules.week import DayPlan, Learnt, drawn, learnt, plan, promised
from qms.twin.rules.sim.figures import Row, Table, table
from qms.twin.rules.sim.fit import fit
from qms.twin.rules.sim.model import Plan
from qms.twin.simulate import play

DAYS = 7
DRAWS = 6
"""So many times each day is played, with other people each time."""
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
    checked = _check(known, from_history, week)
    counters = sum(not counter.retired for counter in known.hall.counters)
    done = _told(asked.hall, from_history, goal, counters, week) | {"check": _checked(checked)}
    lines = _lines(done, from_history, goal, counters, week) + _check_lines(checked)
    show(done, as_json, lines)


def _goal(asked: Asked, known: Past) -> Goal:
    standard = promised(known.hall)
    return Goal(
        min(0.999, standard.share) if asked.share is None else asked.share,
        standard.minutes if asked.within is None else asked.within,
        BUSY if asked.busy is None else asked.busy,
    )


def _days(first: date) -> list[date]:
    return [first + timedelta(days=n) for n in range(DAYS)]


def _told(hall: str, known: Learnt, goal: Goal, counters: int, week: Sequence[DayPlan]) -> dict[str, Any]:
    return {
        "hall": hall,
        "learnt": {
            "first": known.first.isoformat(),
            "last": known.last.isoformat(),
            "days": known.forecast.days,
            "minutes": known.minutes.mean,
            "cv": known.minutes.cv,
            "visits": known.minutes.visits,
            "month_start": known.forecast.month_start,
            "after_days_off": known.forecast.after_off,
            "accuracy": asdict(known.accuracy) if known.accuracy else None,
        },
        "goal": {"share": goal.share, "within": goal.within, "max_occupancy": goal.busy},
        "counters": counters,
        "days": [
            {
                "day": each.day.isoformat(),
                "expected": asdict(each.expected),
                "half_hours": [_half(half) for half in each.halves],
            }
            for each in week
        ],
        "missed": [
            {"day": each.day.isoformat(), "at": clock(half.n), "clerks": half.clerks}
            | {"wanted_clerks": half.wanted, "goal": miss.goal, "wanted": miss.wanted}
            | {"reached": miss.reached, "by": miss.by}
            for each in week
            for half in short(each.halves)
            for miss in half.missed
        ],
    }


def _half(half: Half) -> dict[str, Any]:
    met = half.met
    return {
        "at": clock(half.n),
        **asdict(half.expected),
        "clerks": half.clerks,
        "wanted": half.wanted,
        "rostered": half.rostered,
        "service_level": met.level,
        "mean_wait": settled(met.mean_wait),
        "occupancy": met.occupancy,
    }


def clock(n: int) -> str:
    """A half hour from midnight as a time of day."""
    return f"{n // 2:02}:{n % 2 * 30:02}"


def _lines(
    done: dict[str, Any], known: Learnt, goal: Goal, counters: int, week: Sequence[DayPlan]
) -> list[str]:
    told = done["learnt"]
    lines = [
        f"Learnt from {told['days']} days, {told['first']} to {told['last']}: {told['minutes']:.1f} min of a clerk "
        f"for each person; start of a month x {told['month_start']:.2f}, after days off x {told['after_days_off']:.2f}.",
        f"Goal: {goal.share:.0%} are called within {goal.within:g} min, clerks busy at most {goal.busy:.0%}.",
    ]
    if known.accuracy is not None:
        lines.append(
            f"Forecasts of the last {known.accuracy.days} days missed a day's people by {known.accuracy.miss:.0%}; "
            f"{known.accuracy.covered:.0%} of half hours lay in their range."
        )
    for each in week:
        e = each.expected
        lines += ["", f"{each.day:%A} {each.day}: {e.mean:.0f} people ({e.low:.0f}-{e.high:.0f})"]
        lines.append("  from   people      clerks  on the roster  called in time  busy")
        lines += [
            f"  {clock(h.n)}  {h.expected.mean:5.1f} ({h.expected.low:2.0f}-{h.expected.high:2.0f})  {h.clerks:5}"
            f"  {h.rostered:12}  {h.met.level:13.0%}  {h.met.occupancy:4.0%}"
            + (f"   {h.wanted} clerks wanted" if h.wanted > h.clerks else "")
            for h in each.halves
        ]
    return lines + _misses(goal, counters, week)


def _misses(goal: Goal, counters: int, week: Sequence[DayPlan]) -> list[str]:
    lacking = {each.day: short(each.halves) for each in week}
    if not any(lacking.values()):
        return ["", f"The {counters} counters suffice for the goal in every half hour."]
    found = ["", f"NOT MET with all {counters} counters staffed:"]
    for day, halves in lacking.items():
        if halves:
            worst = halves[0]
            found.append(
                f"  {day:%a} {day}: {len(halves)} half hours; worst at {clock(worst.n)}: {worst.met.level:.0%} in time "
                f"({goal.share:.0%} wanted), clerks busy {worst.met.occupancy:.0%} ({goal.busy:.0%} at most); "
                f"it would take {worst.wanted} clerks."
            )
    return found


def _check(known: Past, from_history: Learnt, week: Sequence[DayPlan]) -> Table | None:
    """The week played by the hall's own rules, each day some times; None where nothing is known of its weekdays."""
    habits = fit(known.hall, known.people, known.not_shown)
    drawn_days = [
        drawn(known.hall, from_history, habits, each, Random(f"{each.day} {n}"))  # noqa: S311
        for each in week
        for n in range(DRAWS)
    ]
    scenes = [scene for scene in drawn_days if scene is not None]
    return table(play(scenes, [Plan("plan")])[0]) if scenes else None


def _promises(checked: Table) -> list[Row]:
    """What is promised to somebody, and came out."""
    return [
        row for row in checked.rows if row.kind != "all" and row.goal is not None and row.within is not None
    ]


def _checked(checked: Table | None) -> dict[str, Any] | None:
    if checked is None:
        return None
    rows = [
        {
            "kind": row.kind,
            "name": row.name,
            "people": row.people,
            "standard": row.standard,
            "goal": row.goal,
        }
        | {"within": row.within, "mean_wait": row.mean, "p90_wait": row.p90, "longest": row.longest}
        for row in checked.rows
    ]
    missed = [
        {"kind": row.kind, "name": row.name, "wanted": row.goal, "reached": row.within}
        | {"by": (row.goal or 0) - (row.within or 0)}
        for row in _promises(checked)
        if (row.within or 0) < (row.goal or 0)
    ]
    return {"draws": DRAWS, "occupancy": checked.occupancy, "overtime": checked.overtime, "rows": rows} | {
        "missed": missed
    }


def _check_lines(checked: Table | None) -> list[str]:
    if checked is None:
        return ["", "Not checked by the simulator: nothing is known of such days of the week."]
    found = ["", f"Played by the hall's own rules, each day {DRAWS} times with other people:"]
    for row in _promises(checked):
        short = (row.goal or 0) - (row.within or 0)
        found.append(
            f"  {'NOT MET' if short > 0 else 'kept   '} {row.name}: {row.within:.1%} within {row.standard:g} min, "
            f"{row.goal:.0%} promised"
            + (f", {100 * short:.1f} points short" if short > 0 else "")
            + f"; mean {row.mean:.1f}, nine in ten {row.p90:.0f} min"
        )
    return found


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

"""What `qms staffing --hall` found, as JSON and as a table."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from qms.planning.rules.appointments import Appointments
from qms.planning.rules.cover import Half, short
from qms.planning.rules.staffing import Goal, settled
from qms.planning.rules.week import DayPlan, Learnt
from qms.twin.rules.sim.figures import Row, Table

DRAWS = 6
"""So many times each day is played, with other people each time."""


@dataclass(frozen=True, slots=True)
class Found:
    """The plan of a week, what it rests on, and what the simulator made of it."""

    hall: str
    known: Learnt
    goal: Goal
    counters: int
    week: Sequence[DayPlan]
    checked: Table | None
    booked: Appointments | None


def as_values(found: Found) -> dict[str, Any]:
    """As JSON."""
    known, goal, week = found.known, found.goal, found.week
    return {
        "hall": found.hall,
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
        "counters": found.counters,
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
        "check": _checked(found.checked),
        "appointments": asdict(found.booked) if found.booked else None,
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


def as_lines(found: Found) -> list[str]:
    """As a table."""
    known, goal = found.known, found.goal
    forecast, minutes = known.forecast, known.minutes
    lines = [
        f"Learnt from {forecast.days} days, {known.first} to {known.last}: {minutes.mean:.1f} min of a clerk for each "
        f"person; start of a month x {forecast.month_start:.2f}, after days off x {forecast.after_off:.2f}.",
        f"Goal: {goal.share:.0%} are called within {goal.within:g} min, clerks busy at most {goal.busy:.0%}.",
    ]
    if known.accuracy is not None:
        lines.append(
            f"Forecasts of the last {known.accuracy.days} days missed a day's people by {known.accuracy.miss:.0%}; "
            f"{known.accuracy.covered:.0%} of half hours lay in their range."
        )
    for each in found.week:
        e = each.expected
        lines += ["", f"{each.day:%A} {each.day}: {e.mean:.0f} people ({e.low:.0f}-{e.high:.0f})"]
        lines.append("  from   people      clerks  on the roster  called in time  busy")
        lines += [
            f"  {clock(h.n)}  {h.expected.mean:5.1f} ({h.expected.low:2.0f}-{h.expected.high:2.0f})  {h.clerks:5}"
            f"  {h.rostered:12}  {h.met.level:13.0%}  {h.met.occupancy:4.0%}"
            + (f"   {h.wanted} clerks wanted" if h.wanted > h.clerks else "")
            for h in each.halves
        ]
    return (
        lines
        + _misses(goal, found.counters, found.week)
        + _check_lines(found.checked)
        + _booked_lines(found.booked)
    )


def _misses(goal: Goal, counters: int, week: Sequence[DayPlan]) -> list[str]:
    lacking = {each.day: short(each.halves) for each in week}
    if not any(lacking.values()):
        return ["", f"The {counters} counters suffice for the goal in every half hour."]
    found = ["", f"NOT MET with all {counters} counters staffed:"]
    for day, halves in lacking.items():
        if halves:
            worst = halves[0]
            found.append(
                f"  {day:%a} {day}: {len(halves)} half {'hour' if len(halves) == 1 else 'hours'}; worst at {clock(worst.n)}: {worst.met.level:.0%} in time "
                f"({goal.share:.0%} wanted), clerks busy {worst.met.occupancy:.0%} ({goal.busy:.0%} at most); "
                f"it would take {worst.wanted} clerks."
            )
    return found


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
        goal, reached = row.goal or 0.0, row.within or 0.0
        missed = f", {100 * (goal - reached):.1f} points short" if reached < goal else ""
        found.append(
            f"  {_verdict(row):<7} {row.name}: {reached:.1%} within {row.standard:g} min, {goal:.0%} promised{missed}"
            f"; mean {row.mean:.1f}, nine in ten {row.p90:.0f} min"
        )
    return found


def _verdict(row: Row) -> str:
    """Whether a promise is kept; one that is missed by no more than chance does is close."""
    goal, reached = row.goal or 0.0, row.within or 0.0
    if reached >= goal:
        return "kept"
    chance = 2 * sqrt(goal * (1 - goal) / max(1, row.people))
    return "NOT MET" if goal - reached > chance else "close"


def _booked_lines(booked: Appointments | None) -> list[str]:
    if booked is None:
        return []
    found = [
        "",
        f"Appointments: {booked.no_show:.0%} of {booked.bookings} did not come; they fill {booked.full:.0%} of the staffed time.",
        f"  Overbook: {booked.book} for {booked.places} places."
        if booked.overbook
        else "  Do not overbook: people without an appointment fill the gaps.",
    ]
    for each in booked.times:
        found.append(
            f"  {each.service}: {each.measured.mean:.0f} min of a clerk ({each.measured.visits} visits): "
            f"a time every {each.grid} min" + (f", now {each.now}" if each.now != each.grid else "")
        )
    return found

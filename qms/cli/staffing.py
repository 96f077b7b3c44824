"""`qms staffing`: how many clerks it takes, from figures or from a hall's history."""

from datetime import datetime
from math import inf
from pathlib import Path
from typing import Annotated, Any

import typer

from qms.cli.doing import AsJson, show
from qms.cli.known import Refused
from qms.planning.rules.staffing import Advice, Demand, Goal, advise, settled

Arrivals = Annotated[
    float | None, typer.Option(help="People who come in one interval.", show_default=False)
]
Interval = Annotated[float, typer.Option(help="Minutes of an interval.")]
Service = Annotated[
    float | None,
    typer.Option(
        help="Minutes of a clerk for each person: service, walk and calls in vain.", show_default=False
    ),
]
Share = Annotated[
    float | None,
    typer.Option(
        help="The share of people to be called in time: 0.8 is 80 %. [default: 0.8, or as the hall promises]",
        show_default=False,
    ),
]
Within = Annotated[
    float | None,
    typer.Option(
        help="Minutes within which they are to be called: 0.333 is 20 s. [default: 20, or as the hall promises]",
        show_default=False,
    ),
]
Clerks = Annotated[
    int | None,
    typer.Option(
        help="Give the figures for so many clerks, not for as many as it takes.", show_default=False
    ),
]
Patience = Annotated[
    float | None,
    typer.Option(
        help="Minutes after which people who wait leave, on average; else nobody leaves.",
        show_default=False,
    ),
]
Busy = Annotated[
    float | None,
    typer.Option(
        help="Clerks are busy for at most this share of their time. [default: no cap; with --hall 0.85]",
        show_default=False,
    ),
]
Shrinkage = Annotated[
    float | None,
    typer.Option(
        help="The share of rostered clerks who are ill, on leave or in training. [default: 0; with --hall 0.2]",
        show_default=False,
    ),
]
AtHall = Annotated[
    str | None,
    typer.Option("--hall", help="Plan from this hall's history, a week ahead.", show_default=False),
]
Weeks = Annotated[int, typer.Option(help="With --hall: learn from so many past weeks.")]
From = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        help="With --hall: the first of seven days to plan. [default: tomorrow]",
        formats=["%Y-%m-%d"],
        show_default=False,
    ),
]
Chart = Annotated[
    Path | None,
    typer.Option(help="With --hall: draw it, as .svg or .png.", show_default=False, dir_okay=False),
]


def staffing(
    arrivals: Arrivals = None,
    interval: Interval = 60.0,
    service: Service = None,
    target: Share = None,
    within: Within = None,
    clerks: Clerks = None,
    patience: Patience = None,
    max_occupancy: Busy = None,
    shrinkage: Shrinkage = None,
    hall: AtHall = None,
    weeks: Weeks = 26,
    first: From = None,
    chart: Chart = None,
    as_json: AsJson = False,
) -> None:
    """How many clerks it takes to call a share of the people in time. All times are minutes.

    From figures (--arrivals, --service): `clerks` in the answer is the least number that keeps the
    goals, `rostered` how many must be on the roster for it: clerks / (1 - shrinkage). The other
    figures (p_wait: share that waits; service_level: share called within the time; mean_wait,
    p90_wait; occupancy; leave_share) are those with that number of clerks, or with --clerks with
    the number given there (`given`); `missed` then names each goal that it does not keep, and by
    how much. A wait without end is null. Model: Erlang C; with --patience Erlang A, where who
    leaves counts as not called in time.

    From a hall's history (--hall): people expected in each half hour of the week ahead, with
    their range, the clerks for them, and where even all counters do not keep the goal.
    """
    if hall is not None:
        if arrivals is not None or service is not None or clerks is not None:
            raise Refused("--hall plans from history: leave out --arrivals, --service and --clerks")
        from qms.cli.staffing_week import Asked, staff_hall  # charts are heavy; only here are they wanted

        day = first.date() if first is not None else None
        asked = Asked(hall, weeks, day, target, within, max_occupancy, shrinkage, patience, chart)
        return staff_hall(asked, as_json)
    if arrivals is None or service is None:
        raise Refused(
            "say how many come (--arrivals) and how long each takes (--service), or name a --hall"
        )
    if chart is not None or first is not None:
        raise Refused("--chart and --from go with --hall")
    if not 0 < interval < inf:
        raise Refused(f"an interval must be a number above 0, not {interval:g}")
    goal = Goal(
        0.8 if target is None else target,
        20.0 if within is None else within,
        1.0 if max_occupancy is None else max_occupancy,
    )
    advice = advise(Demand(arrivals / interval, service, patience), goal, shrinkage or 0.0, clerks)
    show(figures(advice, goal.within), as_json, told(advice, goal.share, goal.within))
    return None


def figures(advice: Advice, within: float) -> dict[str, Any]:
    """The advice as JSON."""
    line = advice.line
    return {
        "p_wait": line.p_wait,
        "service_level": line.level(within),
        "mean_wait": settled(line.mean_wait),
        "occupancy": line.occupancy,
        "p90_wait": settled(line.quantile(0.9)),
        "leave_share": line.leave_share,
        "clerks": advice.needed,
        "rostered": advice.rostered,
        "given": line.clerks,
        "load": line.load,
        "settles": line.settles,
        "missed": [
            {"goal": each.goal, "wanted": each.wanted, "reached": each.reached, "by": each.by}
            for each in advice.missed
        ],
    }


def told(advice: Advice, share: float, within: float) -> list[str]:
    """The advice as a table."""
    line = advice.line
    rows = [
        ("work that comes in", f"{line.load:.2f} clerks"),
        ("clerks needed", f"{advice.needed} ({advice.rostered} on the roster)"),
        ("figures for", f"{line.clerks} clerks"),
        ("people who wait", f"{line.p_wait:.1%}"),
        (f"called within {within:g} min", f"{line.level(within):.1%} (wanted: {share:.0%})"),
        ("mean wait", _minutes(line.mean_wait)),
        ("nine in ten wait at most", _minutes(line.quantile(0.9))),
        ("clerks are busy", f"{line.occupancy:.1%} of their time"),
        ("people who leave", f"{line.leave_share:.1%}"),
    ]
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}  {value}" for name, value in rows] + [
        MISSED[each.goal].format(each=each) for each in advice.missed
    ]


MISSED = {
    "settles": "NOT MET: {each.reached:.2f} clerks of work for {each.wanted:.0f}; the line never settles.",
    "service_level": "NOT MET: {each.reached:.1%} are called in time, {each.wanted:.1%} were wanted "
    "({each.by:.1%} short).",
    "occupancy": "NOT MET: clerks are busy {each.reached:.1%} of their time, at most {each.wanted:.1%} was wanted.",
}


def _minutes(value: float) -> str:
    return "without end" if value == inf else f"{value:.2f} min"

"""What plans came to, as text, as JSON, and as a log of calls."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from io import StringIO
from typing import Any

from qms.twin.rules.sim import figures
from qms.twin.rules.sim.figures import Difference, Row, Table
from qms.twin.rules.sim.model import Outcome, Played

LOG = ("day", "id", "service", "segment", "called", "finished", "counter", "outcome")
WORDS = {
    "missed": "absent",
    "left": "left",
    "waiting": "never called",
    "refused": "refused",
    "never_came": "never came",
}


def as_json(played: Sequence[Played]) -> dict[str, Any]:
    """The tables of all plans, and how each differs from the first. Minutes, and shares from 0 to 1."""
    first, *others = played
    return {
        "plans": [_plain(figures.table(one)) for one in played],
        "differences": [
            {
                "plan": one.plan,
                "against": first.plan,
                "rows": [_plain(d) for d in figures.against(first, one)],
            }
            for one in others
        ],
        "percentile": "linear interpolation between closest ranks (type 7)",
    }


def _plain(part: Table | Difference) -> dict[str, Any]:
    """As plain values; what there is none of is left out."""

    def shown(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in pairs
            if value is not None
        }

    found: dict[str, Any] = asdict(part, dict_factory=shown)
    return found


def as_text(played: Sequence[Played]) -> str:
    """The same for people."""
    first, *others = played
    lines = [line for one in played for line in _table(figures.table(one))]
    for other in others:
        lines += _differences(first.plan, other.plan, figures.against(first, other))
    lines += [
        "Waits in minutes, from printing (booked: from the booked time, or check-in if later) to the call, of those served.",
        "Within: the share called within what is promised, else within the target. Passed: how many who came",
        "later were called before somebody at a counter that serves them, on average and at most.",
    ]
    return "\n".join(lines)


def _table(table: Table) -> Iterator[str]:
    yield f"{table.plan}: {table.days} day{'s' * (table.days != 1)}, occupancy {table.occupancy:.1%}, overtime {table.overtime:.0f} min a day (longest {table.latest:.0f})"
    if not table.rows:
        yield from ("  nobody came", "")
        return
    width = _width([row.name for row in table.rows])
    yield f"  {'':{width}}  people  served  within  goal       mean   p50    p90    longest  passed"
    for row in table.rows:
        yield "  " + _row(row, width)
        if row.kind != "all" and row is _last(table, row.kind):
            yield ""
    yield ""


def _last(table: Table, kind: str) -> Row:
    return [row for row in table.rows if row.kind == kind][-1]


def _row(row: Row, width: int) -> str:
    goal = (
        f"{row.goal:.0%} in {row.standard:g}" if row.goal is not None and row.standard is not None else "-"
    )
    others = ", ".join(f"{count} {WORDS[end]}" for end, count in row.ends.items() if end in WORDS)
    waits = "".join(f"{_number(value):>7}" for value in (row.mean, row.p50, row.p90, row.longest))
    passed = "-" if row.passed is None else f"{row.passed:.2f} ({row.most_passed})"
    within = "-" if row.within is None else f"{row.within:.1%}"
    line = f"{_name(row.kind, row.name):{width}}  {row.people:6}  {row.ends.get('served', 0):6}  {within:>6}  {goal:9}{waits}  {passed:>11}"
    return f"{line}  {others}".rstrip()


def _differences(first: str, other: str, rows: Sequence[Difference]) -> Iterator[str]:
    width = _width([row.name for row in rows])
    yield f"{other} less {first}, over the same days (± standard error)"
    yield f"  {'':{width}}  mean wait        within"
    for row in rows:
        mean, within = _with(row.mean, row.mean_error), _with(row.within, row.within_error, 100)
        yield f"  {_name(row.kind, row.name):{width}}  {mean:15}  {within} %"
    yield ""


def _with(value: float, error: float | None, scale: float = 1) -> str:
    return f"{scale * value:+.2f}" + ("" if error is None else f" ± {scale * error:.2f}")


def _width(names: Sequence[str]) -> int:
    return max(len(name) for name in ("everybody", *names))


def _name(kind: str, name: str) -> str:
    return "everybody" if kind == "all" else name


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def call_log(played: Sequence[Played]) -> str:
    """One line for everybody, in the order in which they were given: times in minutes from opening.

    With several plans a last column names the plan.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    several = len(played) > 1
    writer.writerow([*LOG, "plan"] if several else LOG)
    for one in played:
        for scene, outcomes in zip(one.scenes, one.outcomes, strict=True):
            for outcome in outcomes:
                row = _log_row(scene.day, outcome)
                writer.writerow([*row, one.plan] if several else row)
    return out.getvalue()


def _log_row(day: str, one: Outcome) -> list[str]:
    arrival, called = one.arrival, one.called
    ended = one.finished if called is not None else None
    outcome = f"refused:{one.code}" if one.code else one.outcome
    times = ["" if at is None else f"{at:.4f}".rstrip("0").rstrip(".") for at in (called, ended)]
    return [day, arrival.id, arrival.service, arrival.segment, *times, one.counter or "", outcome]

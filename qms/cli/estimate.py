"""`qms estimate`: waits told for the days of a log, and how good they were."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from qms.cli.doing import AsJson, progress, show
from qms.cli.known import Refused
from qms.twin import estimate as estimating
from qms.twin.rules.waits.score import Score, score

Log = Annotated[
    Path, typer.Argument(help="The log (CSV): one line for each leg.", exists=True, dir_okay=False)
]
Until = Annotated[
    datetime,
    typer.Option(
        "--learn-until",
        help="The last day from which to learn; legs of later days are told a wait.",
        formats=["%Y-%m-%d"],
        show_default=False,
    ),
]
Out = Annotated[
    Path, typer.Option(help="Where to write the waits (CSV).", dir_okay=False, show_default=False)
]


def estimate(log: Log, learn_until: Until, out: Out, as_json: AsJson = False) -> None:
    """Tell every ticket leg of a log its wait, from nothing but what was known when it arrived.

    LOG has the columns day, ticket, leg, counter, arrive, start, end, valid (N: void), and may have
    service, segment and booked; times are seconds after midnight, -1: never. Without a service the
    room that a leg is called to stands for it.

    --out gets day, ticket, leg, at (the second of arrival), mid, low, high: minutes until the call;
    mid is the expected wait (a mean), low to high holds it in 80 of 100 cases. Days after the last
    one to learn from teach too once they are over.

    Printed is how good that was, over the legs that were called to a room.
    """
    until = learn_until.date()
    if out.resolve() == log.resolve():
        raise Refused(f"{out}: that is the log itself")
    with progress() as told_so_far:
        told = estimating.estimate(log, until, told_so_far)
    estimating.write(out, told)
    found = score(told)
    show({"learn_until": until.isoformat(), **asdict(found)}, as_json, _lines(out, until, found))


def _lines(out: Path, until: date, found: Score) -> list[str]:
    first = f"{out}: {found.legs} legs after {until}, {found.called} of them called to a room."
    if found.rmse is None or found.mae is None or found.bias is None:
        return [first]
    shares = ", ".join(_share(each) for each in found.terciles)
    return [
        first,
        f"error             {found.rmse:.1f} min (root mean square), {found.mae:.1f} min (mean)",
        f"told too long by  {found.bias:.1f} min",
        f"within the range  {_share(found.within)}, below {_share(found.below)}, above {_share(found.above)}",
        f"  by thirds       {shares} (shortest to longest waits told)",
        f"never called      {_share(found.never_called)}",
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"

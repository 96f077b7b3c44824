"""`qms simulate`: a hall's days played by its own rules, under several plans side by side."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from qms.cli.doing import AsJson, progress, work
from qms.cli.history import past
from qms.cli.known import Refused
from qms.twin import sim_report, staging
from qms.twin.files import whole
from qms.twin.rules.sim import scenes, tuning
from qms.twin.rules.sim.fit import fit
from qms.twin.rules.sim.usual import usual
from qms.twin.simulate import play
from qms.twin.staging import Stage, Wanted


def simulate(
    hall: Annotated[
        str | None,
        typer.Argument(
            help="A hall file (its demand is taken from its set-up), or the id of a hall that is served (its demand is fitted to its history).",
            show_default=False,
        ),
    ] = None,
    arrivals: Annotated[
        Path | None,
        typer.Option(
            help="Who comes, as CSV with the columns day, id, service, segment, booked, arrives, service_minutes, patience; minutes from opening, empty: none.",
            show_default=False,
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(
            help="A real hall's log as for `qms replay`: its days, in the hall that it makes.",
            show_default=False,
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    rule: Annotated[
        str, typer.Option(help=f"Rules of calling to compare, with commas: {', '.join(tuning.RULES)}.")
    ] = "accumulating",
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="One more plan with other values, such as 'head=.25 walk-in.target=20 guard=45 alpha=.5'. May be repeated.",
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            help="One more plan: the same people in the hall of this file.",
            show_default=False,
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    counters: Annotated[
        str | None,
        typer.Option(
            help="The first so many counters are staffed all day; with commas to compare.",
            show_default=False,
        ),
    ] = None,
    staff: Annotated[
        list[Path] | None,
        typer.Option(
            "--roster",
            help="Who staffs which counter, as CSV with the columns counter, opens, closes, and where wanted breaks (180-200;300-310), services (a;b), day. May be repeated to compare.",
            show_default=False,
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    hours: Annotated[
        bool,
        typer.Option(
            "--hours",
            help="With --arrivals: the hall's hours and limits hold, so that it may refuse people; its days are dates.",
        ),
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=1000, help="So many days, where they are drawn.")] = 20,
    first: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="The first of them. [default: a usual day; of a served hall today]",
            show_default=False,
        ),
    ] = None,
    weeks: Annotated[int, typer.Option(min=1, max=150, help="Weeks of history that are fitted.")] = 9,
    seed: Annotated[int, typer.Option(help="Another seed draws other people.")] = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes. [default: one a core]", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the log of calls there: day, id, service, segment, called, finished, counter, outcome.",
            show_default=False,
            dir_okay=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play days by the hall's own rules, and compare rules, values and rosters over the same people."""
    _check(out, [Path(hall) if hall else None, arrivals, log, *(against or []), *(staff or [])])
    stage = _stage(hall, arrivals, log, hours, _Drawn(days, first, weeks, seed))
    wanted = Wanted(_parts(rule), set_ or [], against or [], _numbers(counters), staff or [])
    plans = staging.plans(stage, wanted)
    with progress() as told:
        played = [*([stage.real] if stage.real else []), *play(stage.scenes, plans, workers, told)]
    if out is not None:
        with whole(out) as part:
            part.write_text(sim_report.call_log(played), encoding="utf-8")
    found = sim_report.as_json(played) if as_json else None
    print(sim_report.as_text(played) if found is None else json.dumps(found, ensure_ascii=False, indent=2))


def _check(out: Path | None, read: Iterable[Path | None]) -> None:
    """Refuse what could not be written, or would overwrite what is read, before hours are spent on it."""
    if out is None:
        return
    if any(each and each.resolve() == out.resolve() for each in read):
        raise Refused(f"{out}: that is a file to be read")
    if not os.access(out.parent, os.W_OK):
        raise Refused(f"{out.parent}: no file can be written there")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Days that are drawn."""

    days: int
    first: str | None
    weeks: int
    seed: int

    def begin(self, usually: date) -> date:
        first = scenes.date_of(self.first) if self.first else usually
        if first is None:
            raise Refused(f"{self.first}: a day is written 2026-11-24")
        return first


def _stage(hall: str | None, arrivals: Path | None, log: Path | None, gates: bool, drawn: _Drawn) -> Stage:
    if log is not None:
        if hall is not None or arrivals is not None:
            raise Refused("a log makes its own hall: --log goes alone")
        return staging.of_log(log)
    if hall is None:
        raise Refused("name a hall file, the id of a hall that is served, or --log")
    if not Path(hall).is_file():
        if arrivals is not None or "/" in hall or hall.endswith(".toml"):
            raise Refused(f"{hall}: there is no such hall file")
        return _served(hall, drawn)
    setup = staging.hall_of(Path(hall))
    if arrivals is not None:
        return staging.of_case(setup, arrivals, gates=gates)
    first = drawn.begin(scenes.usual_day(setup) or scenes.SOME_DAY)
    return staging.of_habits(setup, usual(setup, first), first, drawn.days, drawn.seed)


def _served(hall: str, drawn: _Drawn) -> Stage:
    """A hall that is served, with the habits that its last weeks show."""
    known = past(work("hall_history", hall=hall, weeks=drawn.weeks))
    if not known.people:
        raise Refused(f"{hall}: nobody came there in the last {drawn.weeks} weeks; name its file instead")
    habits = fit(known.hall, known.people, known.not_shown)
    return staging.of_habits(known.hall, habits, drawn.begin(known.today), drawn.days, drawn.seed)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()] or [tuning.RULES[0]]


def _numbers(text: str | None) -> list[int]:
    try:
        return [int(part) for part in _parts(text)] if text else []
    except ValueError:
        raise Refused(f"{text}: numbers of counters are written 8,9") from None

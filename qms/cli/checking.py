"""What a hall file would make of a hall: its faults, its warnings, and what is promised to those who wait."""

from pathlib import Path
from typing import Annotated

import typer

from qms.cli.changes import LANGUAGE
from qms.cli.doing import AsJson, show
from qms.cli.known import Refused
from qms.halls.rules.files import HallFile, parse
from qms.queue.pages.contract import clauses, outside

File = Annotated[Path, typer.Argument(help="The hall file to check.", exists=True, dir_okay=False)]


def hall_check(file: File, as_json: AsJson = False) -> None:
    """Say what is wrong in a hall file, what looks wrong, and what the hall promises to those who wait.

    Nothing is saved, and no server is needed.
    """
    checked = parse(file.read_bytes().decode("utf-8", "surrogateescape"))
    if not isinstance(checked, HallFile):
        raise Refused("\n".join(f"{file}: {problem}" for problem in checked))
    warnings = [str(problem) for problem in checked.warnings]
    told = clauses(checked.hall, LANGUAGE)
    contract = [{"for": each.title, "promises": list(each.sentences)} for each in told]
    beside = outside(LANGUAGE)
    done = {"hall": checked.hall.id, "warnings": warnings, "contract": contract, "outside": beside}
    text = [f"{file}: {warning}" for warning in warnings]
    text += [
        f"{checked.hall.id}: no faults; warnings: {len(warnings)}. What it promises to those who wait:"
    ]
    for each in told:
        text += ["", each.title, *(f"  {sentence}" for sentence in each.sentences)]
    show(done, as_json, [*text, "", *beside])

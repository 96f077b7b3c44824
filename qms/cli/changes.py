"""What a hall file would change in the promises to those who wait, told before it acts."""

from difflib import ndiff
from typing import Any

from qms.app import Server
from qms.cli.known import Refused
from qms.halls.rules.files import HallFile, parse
from qms.queue.pages.contract import lines
from qms.queue.rules.state import Queue

LANGUAGE = "en"
"""In which the command line speaks."""


async def hall_changes(server: Server, text: str) -> dict[str, Any]:
    """What a hall file would change in the contract of the hall that acts: lines that go and come.

    Nothing for a hall that is not there yet. Refused where the file has faults.
    """
    file = parse(text)
    if not isinstance(file, HallFile):
        raise Refused("\n".join(str(problem) for problem in file))
    state: Queue | None = server.site.writer.state(file.hall.id)
    if state is None or state.hall is None:
        return {"changes": []}
    now, then = (lines(hall, LANGUAGE) for hall in (state.hall, file.hall))
    return {"changes": [line for line in ndiff(now, then) if line.startswith(("- ", "+ "))]}

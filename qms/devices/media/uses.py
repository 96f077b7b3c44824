"""Where the set-up of a hall names files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qms.halls.rules.model import Hall
from qms.halls.rules.parts import Text


@dataclass(frozen=True, slots=True)
class Use:
    """A place that shows a file: the office's logo, or the `panel`-th (from 1) of a board, which may want a video."""

    board: Text | None = None
    panel: int = 0
    video: bool = False


def uses(hall: Hall) -> Mapping[str, Sequence[Use]]:
    """The places by the name of the file, whether that is there or not."""
    found: dict[str, list[Use]] = {}
    if hall.office.logo is not None:
        found.setdefault(hall.office.logo, []).append(Use())
    for board in hall.boards:
        for n, panel in enumerate(board.panels, 1):
            if panel.media is not None:
                found.setdefault(panel.media, []).append(Use(board.names, n, panel.kind == "video"))
    return found

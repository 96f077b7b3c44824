"""All pages about messages, for the composition."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount

from qms.notices.pages.log import LogPages
from qms.notices.pages.texts import TextPages
from qms.web.files import Files

FOLDER = Path(__file__).parent


def pages() -> list[BaseRoute]:
    """Texts and log; their templates lie in this folder."""
    return [
        *TextPages().routes(),
        *LogPages().routes(),
        Mount("/messages-assets", Files(FOLDER / "assets"), name="/messages-assets"),
    ]

"""All pages of an office's settings, for the composition."""

from pathlib import Path

from starlette.routing import BaseRoute, Mount

from qms.admin.pages.calling import CallingPages
from qms.admin.pages.change import ChangePages
from qms.admin.pages.hits import HitPages, Hits
from qms.admin.pages.overview import OverviewPages
from qms.admin.pages.paper import PaperPages
from qms.booking.acts import Acts
from qms.halls.rules.model import Hall
from qms.ledger.setups import Setups
from qms.web.files import Files

FOLDER = Path(__file__).parent


def pages(acts: Acts, setups: Setups[Hall]) -> list[BaseRoute]:
    """Overview, changes, bookings hit, history; their templates lie in this folder."""
    hits = Hits(acts)
    return [
        *OverviewPages(setups).routes(),
        *ChangePages(hits, setups).routes(),
        *HitPages(acts, hits).routes(),
        *PaperPages().routes(),
        *CallingPages().routes(),
        Mount("/opening-assets", Files(FOLDER / "assets"), name="/opening-assets"),
    ]

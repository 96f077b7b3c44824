"""What the pages of an office's settings have in common: where they are, and how one is made."""

from typing import Any

from starlette.responses import Response

from qms.admin.pages.say import Tell
from qms.booking.pages.say import Say
from qms.halls.rules import hours
from qms.halls.rules.model import Hall
from qms.staff.pages.frame import go
from qms.web.edge import Call
from qms.web.language import language_of
from qms.web.templates import page

OVERVIEW = "/opening/{hall}"
HIT = OVERVIEW + "/hit"
HISTORY = OVERVIEW + "/history"
SETTINGS = OVERVIEW + "/settings"
PAPER_PAGE = "/paper/{hall}"
RULES_PAGE = "/rules/{hall}"
CHANGE = OVERVIEW + "/change/{what}"
SAVED, CANCELLED = "saved", "cancelled"


def tell(call: Call, hall: Hall) -> Tell:
    """A voice for the page's language and the hall's names and zone."""
    return Tell(Say(language_of(call.request), hall.zone), hall)


def show(call: Call, hall: Hall, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page about a hall."""
    voice = tell(call, hall)
    base = call.request.scope.get("root_path", "")
    root = base + OVERVIEW.replace("{hall}", hall.id)
    given = {
        "hall": hall,
        "tell": voice,
        "say": voice.say,
        "root": root,
        "address": root,
        "may_change": call.place is not None and call.principal.may("hall.configure", call.place),
        "today": hours.day_of(hall, call.site.clock.now()),
        "back": root,
        "back_name": "back",
        "fault": "",
        "said": "",
    }
    return page(call.request, template, "opening", status=status, **(given | values))


def to(call: Call, hall: str, path: str, **query: str) -> Response:
    """Off to another of these pages."""
    return go(call.request, path.replace("{hall}", hall), **query)


def said(call: Call) -> str:
    """What has just been done, where the address says so."""
    given = call.request.query_params.get("said", "")
    return given if given in (SAVED, CANCELLED) else ""

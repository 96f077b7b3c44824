"""What the pages about messages have in common: where they are, and how one is made."""

from typing import Any

from starlette.responses import Response

from qms.booking.pages.say import Say
from qms.halls.rules.model import Hall
from qms.staff.pages.frame import go
from qms.web.edge import Call
from qms.web.language import language_of
from qms.web.templates import page

OVERVIEW = "/messages/{hall}"
LOG = OVERVIEW + "/log"
TEXT = OVERVIEW + "/text/{message}/{language}"


def show(call: Call, hall: Hall, template: str, *, path: str, status: int = 200, **values: Any) -> Response:
    """A page; `path` is where it is seen again in another language."""
    base = call.request.scope.get("root_path", "")
    given = {
        "hall": hall,
        "say": Say(language_of(call.request), hall.zone),
        "root": base + OVERVIEW.format(hall=hall.id),
        "address": base + path,
        "may_change": call.place is not None and call.principal.may("hall.configure", call.place),
        "unsent": not call.site.settings.mail_host,
        "said": "",
    }
    return page(call.request, template, "messages", status=status, **(given | values))


def to(call: Call, path: str, **query: str) -> Response:
    """Off to another of these pages."""
    return go(call.request, path, **query)


def said(call: Call, known: frozenset[str]) -> str:
    """What has just been done, where the address says so."""
    given = call.request.query_params.get("said", "")
    return given if given in known else ""

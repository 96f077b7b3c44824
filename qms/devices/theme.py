"""The office's colour as a style sheet, which screens link after the design system."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qms.devices.rules.theme import css
from qms.web.etag import lists, tag_of
from qms.web.problems import Problem
from qms.web.site import site

PATH = "/theme/{hall}.css"


def routes() -> list[BaseRoute]:
    """The style sheet of a hall's office."""
    return [Route(PATH, _theme, methods=["GET"], name=f"GET {PATH}")]


async def _theme(request: Request) -> Response:
    here, hall = site(request), str(request.path_params["hall"])
    state = here.writer.state(hall)
    if here.place_of(hall) is None or state is None:
        raise Problem("not_found")
    sheet = css(state.setup.office.accent)
    tag = tag_of(sheet.encode())
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if lists(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(sheet, headers=headers, media_type="text/css")

"""What a printed number looks like: samples at both widths, for the office's own page and for changes to it.

The pictures stand in the page itself: no address gives them away, and none can be asked for often.
"""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.admin.pages.frame import PAPER_PAGE, said, show
from qms.admin.rules.outcome import in_use
from qms.admin.rules.paper import PAPER, TEXT
from qms.devices.logo import logo_of
from qms.devices.pages.slips import SAMPLE_TOKEN, WIDTHS, png, sample
from qms.halls.rules.model import Hall
from qms.queue.http.tickets import ticket_address
from qms.queue.rules.state import Queue
from qms.staff.pages.hall import at_state
from qms.web.edge import Call
from qms.web.language import language_of


@dataclass(frozen=True, slots=True)
class Looks:
    """Samples: `pictures` by the paper's width in millimetres, as addresses that hold them."""

    language: str
    service: str
    pictures: Mapping[str, str]


class PaperPages:
    """The page; changes are made as all changes of the set-up are."""

    def routes(self) -> list[BaseRoute]:
        return [at_state("GET", PAPER_PAGE, self.overview, "hall.configure")]

    async def overview(self, call: Call, state: Queue) -> Response:
        """What is printed now, in a language and for a matter of one's choice."""
        setup = state.setup
        query = call.request.query_params
        asked = {
            "look-language": query.get("look-language", ""),
            "look-service": query.get("look-service", ""),
        }
        return show(
            call,
            setup,
            "paper.html",
            address=call.request.scope.get("root_path", "") + PAPER_PAGE.replace("{hall}", setup.id),
            said=said(call),
            looks=await looked_at(call, setup, PAPER, asked),
            services=[each for each in setup.services if not each.retired],
        )


async def looked_at(call: Call, setup: Hall, what: str, typed: Mapping[str, str]) -> Looks | None:
    """Samples of what a set-up prints, for the language and matter that a form names; none for other changes."""
    if what not in (PAPER, TEXT):
        return None
    services = in_use(setup)
    wish = typed.get("id", "") if what == TEXT else typed.get("look-service", "")
    service = wish if wish in services else next(iter(services), "")
    spoken = (typed.get("look-language", ""), language_of(call.request))
    language = next((each for each in spoken if each in setup.languages), setup.languages[0])
    link, logo = ticket_address(call, SAMPLE_TOKEN), await logo_of(call.site, setup)
    slip = sample(setup, service, language, link, logo, call.site.clock.now())

    def drawn() -> dict[str, str]:
        return {
            width: f"data:image/png;base64,{b64encode(png(slip, dots)).decode()}"
            for width, dots in WIDTHS.items()
        }

    return Looks(language, service, await asyncio.to_thread(drawn))

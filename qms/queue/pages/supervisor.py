"""The page of those who run a hall: how it stands, and what could be done."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.ledger.orders import LedgerUnavailable
from qms.queue.kept import Estimates
from qms.queue.pages.kept import kept_table
from qms.queue.rules.state import Queue
from qms.staff.pages.hall import at_state
from qms.web.edge import Call
from qms.web.language import language_of
from qms.web.templates import page


class SupervisorPages:
    """The page; what it shows of the present moment comes from the live view `manager`.

    `estimates` know how the waits that were told came true.
    """

    def __init__(self, estimates: Estimates) -> None:
        self._estimates = estimates

    def routes(self) -> list[BaseRoute]:
        return [at_state("GET", "/supervisor/{hall}", self.stands, "hall.run")]

    async def stands(self, call: Call, state: Queue) -> Response:
        """How the hall stands."""
        try:
            found = await self._estimates.of(state.setup, call.site.clock.now())
        except LedgerUnavailable:  # what stands now is told from memory
            found = {}
        kept = kept_table(state.setup, found, language_of(call.request))
        return page(call.request, "supervisor.html", "supervisor", hall=state.setup, kept=kept)

"""The page of those who run a hall: how it stands, and what could be done."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from qms.queue.rules.state import Queue
from qms.staff.pages.hall import at_state
from qms.web.edge import Call
from qms.web.templates import page


class SupervisorPages:
    """The page; what it shows of the present moment comes from the live view `manager`."""

    def routes(self) -> list[BaseRoute]:
        return [at_state("GET", "/supervisor/{hall}", self.stands, "hall.run")]

    async def stands(self, call: Call, state: Queue) -> Response:
        """How the hall stands."""
        return page(call.request, "supervisor.html", "supervisor", hall=state.setup)

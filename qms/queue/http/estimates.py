"""Whether the waits that people were told came true, as JSON."""

from dataclasses import asdict
from typing import Any, NotRequired

from starlette.routing import BaseRoute
from typing_extensions import TypedDict

from qms.queue.http.desk import hall_of
from qms.queue.kept import Estimates
from qms.web.edge import Call, json_route


class KeptShown(TypedDict):
    """How waits of a service were estimated over the last thirty days; shares from 0 to 1, minutes.

    `called` people were told a range and called, the share `never` was not. The range is to hold 80 %:
    `within`, `below` and `above` are the shares whose wait lay in it, was shorter or longer; `mae` and
    `rmse` the mean and root mean square error of the middle. Left out while nobody was called.
    """

    called: int
    never: float
    within: NotRequired[float]
    below: NotRequired[float]
    above: NotRequired[float]
    mae: NotRequired[float]
    rmse: NotRequired[float]


class EstimatesKept(TypedDict):
    """By service; without those for which nobody was told a wait."""

    services: dict[str, KeptShown]


def routes(estimates: Estimates) -> list[BaseRoute]:
    """The route of the estimates."""

    async def show(call: Call, _body: None) -> dict[str, Any]:
        """Figures are at most ten minutes old."""
        setup = hall_of(call, call.param("hall")).setup
        kept = await estimates.of(setup, call.site.clock.now())
        return {
            "services": {
                id: {name: value for name, value in asdict(one).items() if value is not None}
                for id, one in kept.items()
            }
        }

    return [
        json_route(
            "GET",
            "/api/v1/halls/{hall}/estimates",
            show,
            answer=EstimatesKept,
            right="hall.run",
            summary="How often the waits that people were told came true, by service",
        )
    ]

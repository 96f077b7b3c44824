"""What an office promises, and whether it keeps to it: the figures of the public page, as JSON."""

from typing import Any, NotRequired

from starlette.routing import BaseRoute
from typing_extensions import TypedDict

from qms.queue.history import History
from qms.queue.http.desk import hall_of
from qms.queue.rules.promise import Published
from qms.web.edge import Call, json_route


class Reached(TypedDict):
    """Whether a standard was met, and the share of the people that was called in time."""

    met: bool
    share: float


class StandardShown(TypedDict):
    """A `share` of the people is to be called within so many `minutes`; results while enough people came.

    `segment` is given where it does not apply to everybody who takes a number.
    """

    minutes: float
    share: float
    segment: NotRequired[str]
    today: NotRequired[Reached]
    month: NotRequired[Reached]


class Standards(TypedDict):
    """The standards that a hall publishes, by the id of the service or segment."""

    services: dict[str, StandardShown]
    segments: dict[str, StandardShown]


def routes(history: History) -> list[BaseRoute]:
    """The route of the standards."""

    async def standards(call: Call, _body: None) -> dict[str, Any]:
        """Empty where the office publishes none."""
        setup = hall_of(call, call.param("hall")).setup
        shown: dict[str, Any] = {"services": {}, "segments": {}}
        for (kind, id), published in (await history.published(setup, call.site.clock.now())).items():
            shown[kind][id] = standard_shown(published)
        return shown

    return [
        json_route(
            "GET",
            "/api/v1/halls/{hall}/standards",
            standards,
            answer=Standards,
            public=True,
            summary="The hall's service standards, and whether they are met",
        )
    ]


def standard_shown(published: Published) -> dict[str, Any]:
    """A standard and its results, as JSON."""
    standard, segment = published.promise
    shown: dict[str, Any] = {"minutes": standard.minutes, "share": standard.share}
    if segment is not None:
        shown["segment"] = segment
    for when, met in published.met.items():
        if met is not None:
            shown[when] = {"met": met, "share": getattr(published, when).reached}
    return shown

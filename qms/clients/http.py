"""Recognising a key client by a code: over JSON, and for whoever takes a booking or gives a number."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import StringConstraints
from starlette.routing import BaseRoute

from qms.clients.register import recognised
from qms.halls.rules import hours
from qms.halls.rules.model import KEY_CLIENT, Hall
from qms.web.edge import Call, json_route
from qms.web.problems import Problem
from qms.web.wire import Answer, Line, Wire

ClientCode = Annotated[Line, StringConstraints(max_length=20)]


class ClientIn(Wire):
    """A key client's code, as it was typed or scanned."""

    code: ClientCode


class Recognised(Answer):
    """Nothing but that the code is one."""


def knows_clients(hall: Hall) -> bool:
    """Whether a hall serves key clients by a rule of their own."""
    segment = hall.segment(KEY_CLIENT)
    return segment is not None and not segment.retired


async def recognise(call: Call, hall: Hall, code: str) -> None:
    """Raises Problem `unknown_client` for what is no code of a key client, `throttled` for one who tries many."""
    call.slow_down("check_in")
    today, vault = hours.day_of(hall, call.site.clock.now()), call.site.vault
    if not knows_clients(hall) or not await call.site.read(
        lambda conn: recognised(conn, vault, hall.id, code, today)
    ):
        raise Problem("unknown_client")


class KeyClients:
    """The route of kiosks and receptions, about halls whose set-up `setup_of` gives."""

    def __init__(self, setup_of: Callable[[str], Hall | None]) -> None:
        self._setup_of = setup_of

    def routes(self) -> list[BaseRoute]:
        return [
            json_route(
                "POST",
                "/api/v1/halls/{hall}/key-clients/recognise",
                self.recognise,
                body=ClientIn,
                answer=Recognised,
                right="tickets.issue",
                summary="Whether a code is that of a key client",
                refusals=("unknown_client", "key_reused"),
            )
        ]

    async def recognise(self, call: Call, body: ClientIn) -> dict[str, Any]:
        """Says nothing of whose code it is."""
        setup = self._setup_of(call.param("hall"))
        if setup is None:
            raise Problem("not_found")
        await recognise(call, setup, body.code)
        return {}

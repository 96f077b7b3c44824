"""Making another version of a hall's set-up act: stored first, then put to the hall."""

from typing import Any

from qms.halls.rules.model import Hall
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Order
from qms.ledger.setups import store
from qms.ledger.writer import Writer
from qms.queue.rules.commands import ConfigureHall


async def configure(
    writer: Writer[Any], hall: Hall, based_on: int | None, actor: str, correlation: str = ""
) -> int | Refusal:
    """Store a set-up and have it act; returns the number of its version.

    `based_on` is the version it was made from; None: it acts whatever the hall has become
    meanwhile. Refusal: `version_changed`; nothing is stored if that is seen beforehand.
    """
    state = writer.state(hall.id)
    if state is not None and based_on is not None and state.version != based_on:
        return Refusal("version_changed", {"version": state.version})
    body = hall.model_dump_json()
    version: int = await writer.aside(lambda conn: store(conn, hall.id, body, actor))
    await writer.add_hall(hall.id)
    outcome = await writer.execute(
        Order(
            hall=hall.id,
            command=ConfigureHall(version, based_on),
            actor=actor,
            reply=lambda _state, _events: {},
            correlation=correlation,
        )
    )
    return outcome if isinstance(outcome, Refusal) else version

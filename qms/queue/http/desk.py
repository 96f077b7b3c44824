"""What every handler of the queue does: find the hall, put an order, answer or refuse."""

from collections.abc import Mapping
from typing import Any

from qms.kernel.event import Command
from qms.kernel.refusal import Refusal
from qms.ledger.orders import Answer, Guard, Private
from qms.queue.rules.state import Queue
from qms.queue.views.desk import desk_answer
from qms.web.edge import Call, execute
from qms.web.problems import Problem, refused


def hall_of(call: Call, hall: str) -> Queue:
    """The published state of a hall; raises Problem where there is none."""
    state: Queue | None = call.site.writer.state(hall)
    if state is None or state.hall is None:
        raise Problem("not_found")
    return state


async def order(
    call: Call,
    hall: str,
    command: Command,
    reply: Any,
    fresh: str | None = None,
    private: Private | None = None,
    guard: Guard | None = None,
) -> Answer[Queue]:
    """Have a command carried out, with what it leaves of a person; raises Problem for a refusal.

    `fresh` is the counter whose state a refusal brings along.
    """
    outcome = await execute(call, hall, command, reply, private, guard)
    if isinstance(outcome, Refusal):
        raise refused(outcome, **_fresh(call, hall, fresh))
    return outcome


def _fresh(call: Call, hall: str, counter: str | None) -> Mapping[str, Any]:
    state: Queue | None = call.site.writer.state(hall)
    if counter is None or state is None or state.hall is None or state.setup.counter(counter) is None:
        return {}
    return {"fresh": desk_answer(state, counter)}

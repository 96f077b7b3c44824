"""What devices tell of their printers, for staff to see."""

from qms.queue.http.desk import hall_of, order
from qms.queue.rules.commands import ReportPrinter
from qms.queue.rules.model import Printing
from qms.web.edge import Call, nothing


async def report(call: Call, hall: str, device: str, name: str, printer: Printing) -> None:
    """Put a change on record; a report of what is known costs nothing, and opens no day.

    Raises Problem where the hall is unknown, LedgerUnavailable while nothing can be recorded.
    """
    known = hall_of(call, hall).printers.get(device)
    if (known.state if known is not None else "ok") != printer:
        await order(call, hall, ReportPrinter(device, name, printer), nothing)

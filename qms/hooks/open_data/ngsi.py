"""The shape of the Smart Data Models' `QueueMonitor`, in the simplified form of NGSI-LD: one entity a service.

Model: https://github.com/smart-data-models/dataModel.QueueManagement (its attributes are used as documented
there, under CC BY 4.0).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from qms.hooks.open_data.facts import HallFacts, Since, last_called, ordered
from qms.kernel.clock import instant
from qms.queue.rules.model import Ticket
from qms.web.wording import name as name_in

CONTEXT = (
    "https://raw.githubusercontent.com/smart-data-models/dataModel.QueueManagement/master/context.jsonld",
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
)
STATUS: Mapping[str, str] = {"open": "Open", "closed": "Closed", "suspended": "Suspended"}
_DIGITS = re.compile(r"\d+")


def told(halls: Sequence[HallFacts], since: Since, now: datetime, base: str = "") -> list[dict[str, Any]]:
    """The entities of an office; `base` is the public address, where it is known."""
    return [
        {**one, "dateModified": instant(since.of(one["id"], one, now)), "@context": list(CONTEXT)}
        for facts in halls
        for one in _entities(facts, base)
    ]


def _entities(facts: HallFacts, base: str) -> Iterator[dict[str, Any]]:
    setup = facts.setup
    language = setup.languages[0]
    for id, line in ordered(facts.view):
        group = setup.group(line["group"])
        accepting = line["accepting"] or facts.view["hall"]["state"] != "open"
        entity: dict[str, Any] = {
            "id": f"urn:ngsi-ld:QueueMonitor:{setup.id}:{id}",
            "type": "QueueMonitor",
            "name": name_in(line["names"], language),
            "dataProvider": name_in(setup.office.names, language),
            "localId": f"{setup.id}.{id}",
            "officeName": name_in(setup.office.names, language),
            "areaServed": name_in(setup.names, language),
            "serviceName": name_in(line["names"], language),
            "serviceId": id,
            "serviceStatus": STATUS[facts.view["hall"]["state"]] if accepting else "Closed",
            "queueLine": f"{line['letter']} – {name_in(group.names, language)}"
            if group
            else line["letter"],
            "ticketsToServe": line["waiting"],
        }
        if "notice" in facts.view["hall"]:
            entity["serviceStatusNote"] = name_in(facts.view["hall"]["notice"], language)
        mine = [ticket for ticket in facts.state.tickets.values() if ticket.service == id]
        issued = max(mine, key=lambda ticket: (ticket.issued, ticket.seq), default=None)
        entity |= _number("lastTicketIssued", issued) | _number("ticketServed", last_called(mine))
        if base:
            entity |= {"source": base, "seeAlso": [f"{base}/queues/{setup.id}"]}
        yield entity


def _number(name: str, ticket: Ticket | None) -> dict[str, Any]:
    """A number as the model has it: as it is written, and the count in it."""
    count = _DIGITS.search(ticket.number) if ticket is not None else None
    if ticket is None or count is None:
        return {}
    return {name: int(count[0]), f"{name}Label": ticket.number}

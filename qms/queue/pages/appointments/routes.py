"""The pages on which staff keep a hall's appointments. None of them needs JavaScript."""

from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.queue.pages.appointments.day import DayPages
from qms.queue.pages.appointments.new import NewPages
from qms.queue.pages.appointments.number import Issue, NumberPages
from qms.queue.pages.appointments.one import Enter, OnePages


def pages(acts: Acts, enter: Enter, issue: Issue) -> list[BaseRoute]:
    """All of them; `enter` turns a booking into a ticket, `issue` gives one without."""
    return [
        *DayPages(acts).routes(),
        *NewPages(acts).routes(),
        *NumberPages(issue).routes(),
        *OnePages(acts, enter).routes(),
    ]

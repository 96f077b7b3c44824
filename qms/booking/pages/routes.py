"""The pages on which people book, and those of their bookings. Every one works without JavaScript."""

from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute

from qms.booking.acts import Acts
from qms.booking.pages.calendar import CalendarPages, Proved
from qms.booking.pages.choose import BestSaid, ChoosePages
from qms.booking.pages.mine import Arrive, MinePages
from qms.booking.pages.times import Times
from qms.booking.pages.waiting import WaitingPages


class BookingPages:
    """All of them. `halls` names those served, `proved` judges solutions of the challenge, `arrive` checks in.

    `best` says when it is best to come without an appointment.
    """

    def __init__(
        self,
        acts: Acts,
        halls: Callable[[], Sequence[str]],
        proved: Proved,
        best: BestSaid,
        arrive: Arrive | None = None,
    ) -> None:
        times = Times(acts)
        self._parts = (
            ChoosePages(acts, times, halls, best),
            CalendarPages(acts, times, proved),
            WaitingPages(acts),
            MinePages(acts, times, arrive),
        )

    def routes(self) -> list[BaseRoute]:
        return [one for part in self._parts for one in part.routes()]

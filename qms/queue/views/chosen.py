"""What a set-up board shows of a hall: the office's choice, and those who are next in line."""

from collections import defaultdict
from datetime import datetime

from qms.halls.rules.equipment import Board
from qms.halls.rules.model import Hall
from qms.queue.rules import routing, shown
from qms.queue.rules.model import Call, Ticket
from qms.queue.rules.state import Queue

NEXT = 5
"""So many of each group are shown as next in line."""


class Choice:
    """Which services and calls of a hall a board shows; without a board: all."""

    def __init__(self, state: Queue, board: Board | None) -> None:
        self._state, self._board = state, board

    def has(self, service: str) -> bool:
        """Whether the board tells of a service."""
        if self._board is None:
            return True
        part = self._state.setup.service(service)
        group = part.group if part is not None else ""
        own_groups = [id for id in self._board.groups if self._state.setup.group(id) is not None]
        chosen = group in own_groups if own_groups else not self._board.groups or bool(self._board.halls)
        return chosen and service not in self._board.hidden

    def has_call(self, call: Call) -> bool:
        """Whether the board shows a call: its service and the zone of its counter."""
        ticket = self._state.tickets.get(call.ticket)
        if ticket is not None and not self.has(ticket.service):
            return False
        if self._board is None or not self._board.zones:
            return True
        counter = self._state.setup.counter(call.counter)
        zones = {zone.id for zone in self._state.setup.zones}
        if not zones & set(self._board.zones):  # a further hall, which has zones of its own
            return bool(self._board.halls)
        return counter is not None and counter.zone in self._board.zones


def set_up(hall: Hall, board: Board) -> shown.BoardShown:
    """A board as its screen is told what to be."""
    panels: dict[str, shown.PanelShown] = {}
    for n, panel in enumerate(board.panels):
        panels[str(n)] = {"order": n, "kind": panel.kind, "seconds": panel.seconds}
        if panel.text:
            panels[str(n)]["text"] = panel.text
        if panel.media is not None:
            panels[str(n)]["media"] = panel.media
    zone = hall.zone_of(board.zone)
    sound: shown.SoundShown = {
        "mode": board.sound.mode,
        "languages": list(board.sound.languages or hall.languages),
        "repeat": board.sound.repeat,
        "volume": round(board.sound.volume * (zone.volume if zone is not None else 100) / 100),
    }
    if zone is not None and zone.heard:
        sound["heard"] = [
            {"opens": span.opens.strftime("%H:%M"), "closes": span.closes.strftime("%H:%M")}
            for span in zone.heard
        ]
    return {
        "id": board.id,
        "hall": hall.id,
        "names": board.names,
        "kind": board.kind,
        "theme": board.theme,
        "recent": board.recent,
        "queues": board.queues,
        "panels": panels,
        "sound": sound,
    }


def next_in_line(state: Queue, now: datetime, choice: Choice) -> dict[str, shown.NextShown]:
    """The first of each group in the order of the rule, by ticket; those who are away are left out."""
    lines: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in state.waiting():
        if choice.has(ticket.service) and (ticket.not_before is None or ticket.not_before <= now):
            lines[ticket.group].append(ticket)
    found: dict[str, shown.NextShown] = {}
    for group, waiting in lines.items():
        scored = sorted(waiting, key=lambda ticket: routing.candidate(state, ticket, 1, now).rank)
        part = state.setup.group(group)
        letter, names = (part.letter, part.names) if part is not None else ("", {})
        for n, ticket in enumerate(scored[:NEXT]):
            found[ticket.id] = {
                "order": n,
                "hall": state.id,
                "group": group,
                "letter": letter,
                "names": names,
                "number": ticket.number,
            }
    return found

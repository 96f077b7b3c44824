"""What a replay found, as text and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qms.twin.rules.figures import Figures

TAKEN = {
    "printed": "first leg of a ticket on its day",
    "transferred": "handed over from another room",
    "sent_back": "same room again after a wait",
    "continued": "same room, no wait: part of the spell before",
    "came_back": "began a further visit of its ticket",
}
ASIDE = {
    "no_counter": "no counter",
    "void": "void",
    "never_called": "never called",
    "never_arrived": "no time of arrival",
    "called_before_arrival": "called before it arrived",
    "never_ended": "never ended",
    "no_service_time": "ended when, or before, it was called",
    "room_busy": "the room was still serving somebody",
}


@dataclass(frozen=True, slots=True)
class Report:
    """`taken` and `reasons` count legs by class and by reason; `together` by all reasons of a leg.

    `refused` counts commands that the rules did not take, by code; `faults` names what is wrong
    with the log that the replay wrote, or with the rows beside it. None is well.
    """

    file: str
    legs: int
    taken: Mapping[str, int]
    reasons: Mapping[str, int]
    together: Mapping[tuple[str, ...], int]
    refused: Mapping[str, int]
    figures: Sequence[Figures]
    events: int
    faults: Sequence[str]

    @property
    def aside(self) -> int:
        """Legs set aside."""
        return sum(self.together.values())

    def as_json(self) -> dict[str, Any]:
        """The report as JSON: waits in seconds; `day` or `room` left out where it is all of them."""
        return {
            "file": self.file,
            "legs": self.legs,
            "taken": {"legs": self.legs - self.aside, **self.taken},
            "set_aside": {
                "legs": self.aside,
                "reasons": dict(self.reasons),
                "together": [
                    {"reasons": list(codes), "legs": count} for codes, count in self.together.items()
                ],
            },
            "refused": dict(self.refused),
            "figures": [_figures(figures) for figures in self.figures],
            "percentile": "linear interpolation between closest ranks (type 7)",
            "ledger": {"events": self.events, "faults": list(self.faults)},
        }

    def as_text(self) -> str:
        """The report for people: waits in minutes and seconds."""
        return "\n".join([*self._legs(), "", *self._table(), "", *self._ledger()])

    def _legs(self) -> Iterator[str]:
        yield f"{self.file}: {self.legs} legs, {self.legs - self.aside} taken, {self.aside} set aside"
        yield "Taken:"
        for code, count in self.taken.items():
            yield f"{count:7}  {TAKEN[code]}"
        yield "Set aside, by reason (a leg may have several):"
        for code, count in self.reasons.items():
            yield f"{count:7}  {ASIDE[code]}"
        yield "Set aside, by all reasons of a leg:"
        for codes, count in self.together.items():
            yield f"{count:7}  {', '.join(ASIDE[code] for code in codes)}"

    def _table(self) -> Iterator[str]:
        width = max([len("all rooms"), *(len(f.room or "") for f in self.figures)])
        yield f"{'day':10}  {'room':{width}}  tickets  served  mean wait  90th percentile"
        for f in self.figures:
            place = f"{f.day or 'all days'!s:10}  {f.room or 'all rooms':{width}}"
            waits = f"{_minutes(f.mean_wait):>9}  {_minutes(f.p90_wait):>15}"
            yield f"{place}  {f.tickets:7}  {f.served:6}  {waits}"
            if f.day and not f.room:
                yield ""
        yield "Tickets: different ones. Served: times that somebody was. Waits: from the print or transfer to"
        yield "the call, one for each time served, in minutes and seconds; the percentile is interpolated"
        yield "between the closest ranks."

    def _ledger(self) -> Iterator[str]:
        for code, count in self.refused.items():
            yield f"{count} commands were refused: {code}"
        yield f"{self.events} events on record" + ("" if self.faults else "; chain and rows agree")
        yield from self.faults


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _figures(figures: Figures) -> dict[str, Any]:
    found = {name: value for name, value in asdict(figures).items() if value is not None}
    return found | ({"day": figures.day.isoformat()} if figures.day else {})

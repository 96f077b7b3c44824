"""What may be asked of a hall's queue.

In acts at a counter `by` is the clerk who acts, and must be the one signed on there;
None stands for somebody who may act for others, as a supervisor does.
"""

from dataclasses import dataclass
from datetime import date, datetime

from qms.kernel.event import Command
from qms.queue.rules.fit import Fit
from qms.queue.rules.model import Channel, Expected, Outcome, Printing


@dataclass(frozen=True, slots=True)
class ConfigureHall(Command):
    """Make a stored version of the set-up act; `based_on` is the version it was made from.

    A hall that has changed since is refused, unless `based_on` is None (forced).
    """

    version: int
    based_on: int | None


@dataclass(frozen=True, slots=True)
class SuspendHall(Command):
    """Close the hall suddenly; tickets stay, no new ones are given and nobody is called."""

    reason: str


@dataclass(frozen=True, slots=True)
class ResumeHall(Command):
    """Reopen a hall that was closed suddenly."""


@dataclass(frozen=True, slots=True)
class SetNumbersAside(Command):
    """See to it that a device has numbers of every group, for when it has to work without the server."""

    device: str


@dataclass(frozen=True, slots=True)
class ReleaseNumbers(Command):
    """A device is no more: the numbers set aside for it may be given to anybody."""

    device: str


@dataclass(frozen=True, slots=True)
class ReportPrinter(Command):
    """How the printer of a device, which staff know as `name`, stands now."""

    device: str
    name: str
    printer: Printing


@dataclass(frozen=True, slots=True)
class IssueTicket(Command):
    """Give a person a number. `expected` is the published estimate on which closing is judged."""

    ticket: str
    service: str
    segment: str
    language: str
    channel: Channel
    holder: str
    """Hash of the token by which the holder is known."""
    expected: Expected | None = None
    device: str | None = None
    booked: datetime | None = None
    person: str | None = None
    """Id under which private data of this visit are kept."""
    also: tuple[str, ...] = ()
    """Further services that the person comes for."""


@dataclass(frozen=True, slots=True)
class HandInTicket(Command):
    """A number that a device gave at `taken`, when it could not ask: the person holds it already.

    `running` is one of the numbers set aside for the device, `written` what stands on the paper.
    """

    ticket: str
    service: str
    segment: str
    language: str
    holder: str
    running: int
    written: str
    taken: datetime
    device: str


@dataclass(frozen=True, slots=True)
class LetPass(Command):
    """Let so many people of one's own line go first."""

    ticket: str
    people: int


@dataclass(frozen=True, slots=True)
class CheckIn(Command):
    """The person of a booking is here; `ticket` and `holder` are those of the ticket it becomes.

    `early`: let somebody in before the window opens, as reception may. `key_client`: the code of a
    key client was given.
    """

    booking: str
    day: date
    ticket: str
    holder: str
    device: str | None = None
    early: bool = False
    key_client: bool = False
    expected: Expected | None = None
    """The published estimate that the person is told."""


@dataclass(frozen=True, slots=True)
class CancelTicket(Command):
    """Leave the queue, or be removed from it by staff."""

    ticket: str
    by_staff: bool


@dataclass(frozen=True, slots=True)
class OpenCounter(Command):
    """Sign on, come back from a break, or change the profile; leaves any other counter.

    `profile` (service to level) must lie within the counter's own; None: all of it.
    """

    counter: str
    by: str
    profile: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class PauseCounter(Command):
    """Take a break; nobody is called to the counter meanwhile."""

    counter: str
    by: str | None
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CloseCounter(Command):
    """Sign off."""

    counter: str
    by: str | None


@dataclass(frozen=True, slots=True)
class OpenLevel(Command):
    """Have a counter take a service of its set-up at a better level for a while.

    Put by the rule (`by_rule`), which goes by the expected waits that come along, or by somebody
    who runs the hall, for `minutes`. `wait` is the longest expected in all (minutes) in the lines
    of the service, `own` that in the counter's own first lines.
    """

    counter: str
    service: str
    by_rule: bool
    minutes: float | None = None
    wait: float | None = None
    own: float | None = None


@dataclass(frozen=True, slots=True)
class CloseLevel(Command):
    """Let a counter take a service at its usual level again."""

    counter: str
    service: str
    by_rule: bool
    wait: float | None = None
    own: float | None = None


@dataclass(frozen=True, slots=True)
class AdoptFit(Command):
    """Estimate from now on by what was learnt."""

    fit: Fit


@dataclass(frozen=True, slots=True)
class CallNext(Command):
    """Call the next person by the rule, or `ticket` by hand.

    `current` is the ticket that the clerk believes is at the counter: it is finished first.
    """

    counter: str
    by: str | None
    current: str | None = None
    ticket: str | None = None
    may_pick: bool = False
    """Whether the clerk's role allows a pick where the hall keeps it to supervisors."""


@dataclass(frozen=True, slots=True)
class Recall(Command):
    """Call the same person again."""

    counter: str
    by: str | None
    ticket: str


@dataclass(frozen=True, slots=True)
class Start(Command):
    """The person has come: service begins."""

    counter: str
    by: str | None
    ticket: str


@dataclass(frozen=True, slots=True)
class Finish(Command):
    """Service ends; `service` is what was really given where it differs from what was asked."""

    counter: str
    by: str | None
    ticket: str
    outcome: Outcome = "served"
    service: str | None = None


@dataclass(frozen=True, slots=True)
class NoShow(Command):
    """The person was called and did not come."""

    counter: str
    by: str | None
    ticket: str


@dataclass(frozen=True, slots=True)
class Requeue(Command):
    """Send an absent person back to waiting, from the counter or from the list of the missed."""

    counter: str
    by: str | None
    ticket: str


@dataclass(frozen=True, slots=True)
class Park(Command):
    """Set the person aside for later."""

    counter: str
    by: str | None
    ticket: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resume(Command):
    """Call a parked person to this counter."""

    counter: str
    by: str | None
    ticket: str


@dataclass(frozen=True, slots=True)
class Transfer(Command):
    """Hand the person over to another service, another counter, or both."""

    counter: str
    by: str | None
    ticket: str
    service: str | None = None
    to_counter: str | None = None


@dataclass(frozen=True, slots=True)
class Undo(Command):
    """Take back the last act at the counter, which was done to `ticket`."""

    counter: str
    by: str | None
    ticket: str

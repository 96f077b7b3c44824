"""A rule's 'no', as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qms.kernel.event import Event


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not carried out.

    `code` is stable and public: screens and catalogues put it into words.
    `params` fill the words; they never hold personal data.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    facts: tuple[Event, ...] = ()
    """What goes on record although the wish was refused."""

"""A rule's 'no', as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not carried out.

    `code` is stable and public: screens and catalogues put it into words.
    `params` fill the words; they never hold personal data.
    """

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

"""The fairness contract of a hall in sentences: for its set-up page and the command line.

Pure functions of a set-up and a language. What is put into numbers is rounded so that it stays true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite

from qms.halls.rules.model import Hall
from qms.queue.rules.fairness import ROUNDING, Passer, Passing, Promise, contract
from qms.web.catalogue import text
from qms.web.wording import name, number

OUTSIDE = ("open", "hand", "lent", "levels", "offline")
"""What is not part of a contract, each told by a sentence."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What is promised to some people: who they are, and the sentences."""

    title: str
    sentences: Sequence[str]


def clauses(hall: Hall, lang: str) -> list[Clause]:
    """What a hall promises: of its rule, to everybody by segment, and to those of services put last somewhere."""
    told, voice = contract(hall), _Voice(hall, lang)
    guard = (
        voice.t("guard", guard=number(told.guard, lang)) if isfinite(told.guard) else voice.t("no_guard")
    )
    notes = [voice.t("yields")] if told.yields else []
    general = Clause(voice.t("general"), (voice.t(f"rule_{told.rule}"), guard, *notes))
    return [general, *(voice.clause(each) for each in (*told.promises, *told.yields))]


def outside(lang: str) -> list[str]:
    """What a contract does not cover."""
    return [text(lang, "fairness", f"fairness.outside_{each}") for each in OUTSIDE]


def lines(hall: Hall, lang: str) -> list[str]:
    """The contract as lines, each of which can be read by itself."""
    return [f"{each.title}: {sentence}" for each in clauses(hall, lang) for sentence in each.sentences]


@dataclass(frozen=True, slots=True)
class _Voice:
    """Words about one hall in one language."""

    hall: Hall
    lang: str

    def t(self, key: str, n: int | None = None, **params: object) -> str:
        return text(self.lang, "fairness", f"fairness.{key}", n, **params)

    def clause(self, promise: Promise) -> Clause:
        """A promise; one of services alone comes on top of what is promised by segment."""
        who, passers = self._who(promise.segments, promise.services), map(self._passer, promise.passers)
        if not promise.segments:
            return Clause(self.t("besides", services=who), tuple(passers))
        return Clause(who, (self._end(promise), *passers))

    def _end(self, promise: Promise) -> str:
        """When it ends that others may go first."""
        if not promise.passers:
            return self.t("nobody")
        if not isfinite(promise.after):
            return self.t("no_bound")
        return self.t("after", minutes=self._minutes(promise.after))

    def _passer(self, one: Passer) -> str:
        how = one.passing
        most = self.t("no_limit") if one.most is None else self.t("most", one.most)
        who = self._who(one.segments, one.services)
        end = self.t("until", minutes=self._minutes(how.until)) if isfinite(how.until) else self.t("no_end")
        return self.t("passer", who=who, when=self._when(how), end=end, most=most)

    def _when(self, how: Passing) -> str:
        if how.by != "points":
            return self.t(f"when_{how.by}")
        if isfinite(how.within):
            return self.t("when_points", minutes=self._minutes(how.within))
        return self.t("when_share", share=number(round(100 * how.share), self.lang))

    def _who(self, segments: Sequence[str], services: Sequence[str]) -> str:
        """'Walk-in, Booked (ID card, Passport)'; of no segment by name: the services alone."""
        kinds = [name(part.names, self.lang) for id in segments if (part := self.hall.segment(id))]
        matters = [name(each.names, self.lang) for id in services if (each := self.hall.service(id))]
        if not kinds:
            return ", ".join(matters) or self.t("everybody")
        return f"{', '.join(kinds)} ({', '.join(matters)})" if matters else ", ".join(kinds)

    def _minutes(self, value: float) -> str:
        return number(ceil(value - ROUNDING), self.lang)

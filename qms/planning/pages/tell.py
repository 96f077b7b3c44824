"""What the policy lab found, in words, figures and charts of the page's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal, format_percent

from qms.booking.pages.say import Say
from qms.halls.rules.model import Hall
from qms.planning.drawings import Dots, Drawing, Lines
from qms.planning.rules.lab import REAL, WAITS, Compared, margin
from qms.twin.rules.sim.figures import Difference, Row, Table
from qms.twin.rules.sim.tuning import RULES
from qms.web.catalogue import text

LOCALES = {"en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure, and how it differs from the present rules': with its uncertainty; empty: it is not compared."""

    value: str
    difference: str = ""
    clear: bool = False
    """Whether the difference is more than chance."""


class Told:
    """The answer in one language."""

    def __init__(self, language: str, hall: Hall, found: Compared) -> None:
        self._lang, self._hall, self._found = language, hall, found
        self._say = Say(language, hall.zone)
        self.plans = [table.plan for table in found.tables]
        self._rows = {(table.plan, row.kind, row.name): row for table in found.tables for row in table.rows}
        self._differences = {
            (plan, one.kind, one.name): one for plan, all_ in found.differences.items() for one in all_
        }

    def t(self, key: str, n: int | None = None, **params: Any) -> str:
        """A text of the lab."""
        return text(self._lang, "lab", f"lab.{key}", n, **params)

    def plan(self, name: str) -> str:
        """What a plan is called; a rule as on the page of rules."""
        return (
            text(self._lang, "opening", f"opening.rule.{name}") if name in RULES else self.t(f"plan.{name}")
        )

    @property
    def days(self) -> str:
        """The days that were played."""
        return "; ".join(self._say.day(day) for day in self._found.days)

    @property
    def people(self) -> int:
        """How many came on them."""
        return self._all(REAL).people

    @property
    def overall(self) -> list[tuple[str, list[Cell]]]:
        """Each plan with its figures over everybody."""
        return [(self.plan(table.plan), self._overall(table)) for table in self._found.tables]

    def _overall(self, table: Table) -> list[Cell]:
        row = self._all(table.plan)
        one = self._differences.get((table.plan, "all", ""))
        gone = sum(count for end, count in row.ends.items() if end in ("left", "waiting", "refused"))
        return [
            self._within(row, one),
            self._mean(row, one),
            Cell(self.minutes(row.p90)),
            Cell(self.minutes(row.longest)),
            Cell(str(gone)),
            Cell(self.share(table.occupancy)),
            Cell(self.minutes(table.overtime)),
        ]

    @property
    def segments(self) -> list[tuple[str, str, int, list[Cell]]]:
        """Each kind of clients: its name, its promise, its people, and the share in time under each plan."""
        found = []
        for segment in self._hall.segments:
            row = self._rows.get((REAL, "segment", segment.id))
            if row is not None and row.within is not None:
                cells = [self._within_of(plan, segment.id) for plan in self.plans]
                found.append((self._say.name(segment.names), self._promise(row), row.people, cells))
        return found

    def _promise(self, row: Row) -> str:
        if row.standard is None or row.goal is None:
            return self.t("promise_differs")
        return self.t("promise", share=self.share(row.goal, ""), minutes=f"{row.standard:g}")

    def _within_of(self, plan: str, segment: str) -> Cell:
        row = self._rows.get((plan, "segment", segment))
        return self._within(row, self._differences.get((plan, "segment", segment))) if row else Cell("–")

    def _within(self, row: Row, one: Difference | None) -> Cell:
        if row.within is None:
            return Cell("–")
        if one is None:
            return Cell(self.share(row.within))
        return self._cell(
            self.share(row.within), 100 * one.within, one.within_error and 100 * one.within_error
        )

    def _mean(self, row: Row, one: Difference | None) -> Cell:
        if one is None:
            return Cell(self.minutes(row.mean))
        return self._cell(self.minutes(row.mean), one.mean, one.mean_error)

    def _cell(self, value: str, difference: float, error: float | None) -> Cell:
        width = margin(error, len(self._found.days))
        said = self.number(round(difference, 1) or 0.0, "+0.0;−0.0" if abs(difference) >= 0.05 else "0.0")
        if width is None:
            return Cell(value, said)
        return Cell(value, f"{said} ± {self.number(width)}", abs(difference) > width)

    @property
    def halves(self) -> list[tuple[str, list[str]]]:
        """The mean wait by half hour under each plan."""
        every = sorted({half for own in self._found.by_half.values() for half in own})
        return [
            (clock(half), [self.minutes(self._found.by_half[plan].get(half)) for plan in self.plans])
            for half in every
        ]

    @property
    def called_by(self) -> list[tuple[str, list[str]]]:
        """The share that was called by so many minutes, under each plan."""
        return [
            (str(minutes), [self.share(self._found.called_by[plan][n]) for plan in self.plans])
            for n, minutes in enumerate(WAITS)
            if minutes in (0, 4, 10, 20, 30, 40, 60, 90)
        ]

    @property
    def _last(self) -> int:
        """Minutes after which there is nothing more to see: nearly everybody has been called, whatever the plan."""
        shares = self._found.called_by.values()
        return next((m for n, m in enumerate(WAITS) if m and all(s[n] >= 0.995 for s in shares)), WAITS[-1])

    # What is seen

    @property
    def best(self) -> str:
        """Which plan brings most people in time, if any does for more than chance."""
        days = len(self._found.days)
        if days < 2:
            return self.t("see.one_day")
        known = [
            (one.within, plan)
            for (plan, kind, _), one in self._differences.items()
            if kind == "all" and one.within > (margin(one.within_error, days) or 0.0)
        ]
        if not known:
            return self.t("see.no_better")
        most, plan = max(known)
        return self.t("see.best", plan=self.plan(plan), points=self.number(100 * most))

    @property
    def longest(self) -> str:
        """When people waited longest."""
        real = self._found.by_half[REAL]
        if not real:
            return self.t("see.nobody")
        half = max(real, key=lambda each: real[each])
        return self.t("see.longest", clock=clock(half), minutes=self.number(real[half], "0"))

    @property
    def kept(self) -> str:
        """Which promise was furthest from being kept."""
        rows = [
            row
            for (plan, kind, _), row in self._rows.items()
            if plan == REAL and kind != "all" and row.within is not None and row.goal is not None
        ]
        missed = [row for row in rows if (row.within or 0) < (row.goal or 0)]
        if not missed:
            return self.t("see.kept")
        row = max(missed, key=lambda each: (each.goal or 0) - (each.within or 0))
        of_whom = self._hall.segment(row.name) if row.kind == "segment" else self._hall.service(row.name)
        return self.t(
            "see.short",
            name=self._say.name(of_whom.names) if of_whom else row.name,
            reached=self.share(row.within),
            goal=self.share(row.goal, ""),
        )

    @property
    def half_and_nine(self) -> str:
        """Within what time half and nine in ten were called."""
        row = self._all(REAL)
        if row.p50 is None or row.p90 is None:
            return self.t("see.nobody")
        return self.t("see.half", half=self.number(row.p50, "0"), nine=self.number(row.p90, "0"))

    @property
    def undone(self) -> list[str]:
        """Counters that were asked for and not to be had."""
        return [self.t("undone", count, plan=self.plan(plan)) for plan, count in self._found.undone.items()]

    def drawings(self) -> Mapping[str, Drawing]:
        """What to draw."""
        names = [self.plan(plan) for plan in self.plans]
        by_half = [
            {"x": half / 2 + 0.25, "y": round(wait, 3), "plan": self.plan(plan)}
            for plan in self.plans
            for half, wait in self._found.by_half[plan].items()
        ]
        called = [
            {"x": minutes, "y": round(100 * share, 2), "plan": self.plan(plan)}
            for plan in self.plans
            for minutes, share in zip(WAITS, self._found.called_by[plan], strict=True)
            if minutes <= self._last
        ]
        return {
            "waits": Lines(by_half, names, (self.t("axis.hour"), self.t("axis.wait"))),
            "shares": Dots(self._dots(), names, self._groups(), self.t("axis.share")),
            "called": Lines(called, names, (self.t("axis.minutes"), self.t("axis.called"))),
        }

    def _dots(self) -> list[dict[str, Any]]:
        return [
            {
                "group": self._say.name(segment.names),
                "plan": self.plan(plan),
                "share": round(100 * row.within, 2),
                "goal": None if row.goal is None else 100 * row.goal,
            }
            for plan in self.plans
            for segment in self._hall.segments
            if (row := self._rows.get((plan, "segment", segment.id))) and row.within is not None
        ]

    def _groups(self) -> list[str]:
        return [name for name, *_ in self.segments]

    def _all(self, plan: str) -> Row:
        return self._rows[plan, "all", ""]

    # Figures

    def number(self, value: float, pattern: str = "0.0") -> str:
        """A number as people write it."""
        return str(format_decimal(value, pattern, LOCALES.get(self._lang, self._lang)))

    def minutes(self, value: float | None) -> str:
        """Minutes, to a tenth."""
        return "–" if value is None else self.number(value)

    def share(self, value: float | None, tenths: str = ".0") -> str:
        """A share, to a tenth of a per cent or (with no `tenths`) a whole one."""
        if value is None:
            return "–"
        gap = "\N{NO-BREAK SPACE}" if self._lang == "de" else ""
        return str(format_percent(value, f"0{tenths}{gap}%", LOCALES.get(self._lang, self._lang)))


def clock(half: int) -> str:
    """A half hour from midnight as a time of day."""
    return f"{half // 2 % 24:02}:{half % 2 * 30:02}"

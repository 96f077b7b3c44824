"""What is to be drawn, as plain values: whoever says it need not load what draws it (see `charts`).

Words come from whoever asks, so that a chart speaks the page's language; so do colours: a page
gives those of its theme as CSS properties, a file gives fixed ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours: of words and axes, of the grid, of what is there, of what is missing, of lines side by side."""

    ink: str
    grid: str
    paper: str
    main: str
    lack: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines side by side over numbers; rows: x, y, plan. Titles: of the two axes."""

    rows: Rows
    plans: Sequence[str]
    titles: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Dots:
    """A row for each group with a shape for each plan and a tick at its goal; rows: group, share, goal, plan (per cent)."""

    rows: Rows
    plans: Sequence[str]
    groups: Sequence[str]
    title: str


@dataclass(frozen=True, slots=True)
class HalfHours:
    """People expected and clerks wanted by half hour, a strip for each day.

    Rows: day, at and end (hours), low, mean, high, clerks, wanted, lack.
    Words: title, lack, people, clerks, hour.
    """

    rows: Rows
    days: Sequence[str]
    words: Mapping[str, str]


Drawing = Lines | Dots | HalfHours

THEME = Palette(
    ink="currentColor",
    grid="var(--line)",
    paper="transparent",
    main="var(--accent)",
    lack="var(--late)",
    lines=tuple(f"var(--lab-{n})" for n in range(1, 10)),
)
"""Colours of the page that the chart stands in."""
PRINT = Palette(
    ink="#14202e",
    grid="#d8d3c7",
    paper="#ffffff",
    main="#12487a",
    lack="#a3320b",
    lines=("#14202e", "#12487a", "#a3320b", "#1f6f4a", "#6b3fa0", "#7a5200"),
)

"""Charts: what to draw, as Vega-Lite, and drawing it without a browser.

Words come from whoever asks, so that a chart speaks the page's language; so do colours: a page
gives those of its theme as CSS properties, a file gives fixed ones. Drawn as SVG they hold neither
style nor script, and may stand within a page under its strict policy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as al
import vl_convert as vlc

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [1, 3])
"""Lines are told apart by their dashes as well as by their colours."""
Spec = dict[str, Any]
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


PRINT = Palette(
    ink="#14202e",
    grid="#d8d3c7",
    paper="#ffffff",
    main="#12487a",
    lack="#a3320b",
    lines=("#14202e", "#12487a", "#a3320b", "#1f6f4a", "#6b3fa0", "#7a5200"),
)


def half_hours(rows: Rows, days: Sequence[str], words: Mapping[str, str], palette: Palette) -> Spec:
    """People expected and clerks wanted by half hour, a strip for each day.

    Rows: day, at and end (hours), low, mean, high, clerks, wanted, lack.
    Words: title, lack, people, clerks, hour.
    """
    top = max((row["high"] for row in rows), default=1)
    most = max((row["clerks"] + row["lack"] for row in rows), default=1)
    hours = [min(row["at"] for row in rows), max(row["at"] for row in rows) + 0.5]
    strips = []
    for day in days:
        own = al.Chart(al.Data(values=[dict(row) for row in rows if row["day"] == day]))  # type: ignore[no-untyped-call]
        last = day == days[-1]
        x = al.X(
            "at:Q",
            title=words["hour"] if last else None,
            scale=al.Scale(domain=hours, nice=False),
            axis=al.Axis(tickMinStep=1, labels=last, format="d"),
        )
        scale = al.Scale(domain=[0, top])
        band = own.mark_bar(color=palette.main, opacity=0.25).encode(
            x=x, x2="end:Q", y=al.Y("low:Q", title=words["people"], scale=scale), y2="high:Q"
        )
        mean = own.mark_rule(color=palette.main, strokeWidth=2).encode(x=x, x2="end:Q", y="mean:Q")
        y = al.Y(
            "clerks:Q", title=words["clerks"], scale=al.Scale(domain=[0, most]), axis=al.Axis(tickMinStep=1)
        )
        staffed = own.mark_bar(color=palette.main).encode(x=x, x2="end:Q", y=y, y2=al.datum(0))
        lack = own.mark_bar(color=palette.lack).encode(x=x, x2="end:Q", y=al.Y("clerks:Q"), y2="wanted:Q")
        size = {"width": 300, "height": 90}
        strips.append(
            al.hconcat(
                al.layer(band, mean).properties(title=al.Title(day, anchor="start"), **size),
                al.layer(staffed, lack).properties(title=al.Title(" "), **size),
            )
        )
    return _finished(
        al.vconcat(*strips).properties(
            title=al.Title(words["title"], subtitle=words["lack"], anchor="start")
        ),
        palette,
    )


def _finished(chart: Any, palette: Palette) -> Spec:
    words = {"labelColor": palette.ink, "titleColor": palette.ink, "labelFontSize": 13, "titleFontSize": 13}
    spec: Spec = (
        chart.configure(background=palette.paper, font=FONT, aria=False, padding=8)
        .configure_axis(
            gridColor=palette.grid,
            domainColor=palette.ink,
            tickColor=palette.ink,
            titleFontWeight="normal",
            **words,
        )
        .configure_legend(symbolStrokeWidth=3, orient="bottom", labelLimit=400, title=None, **words)
        .configure_title(color=palette.ink, fontSize=15, fontWeight="bold", subtitleColor=palette.ink)
        .configure_view(stroke=None)
        .to_dict()
    )
    return spec


def svg(spec: Spec) -> str:
    """A chart as SVG."""
    drawn: str = vlc.vegalite_to_svg(spec)
    return drawn


def png(spec: Spec, scale: float = 2) -> bytes:
    """A chart as PNG."""
    drawn: bytes = vlc.vegalite_to_png(spec, scale=scale)
    return drawn

"""Drawing charts without a browser: plain values to Vega-Lite, that to SVG or PNG.

As SVG they hold neither style nor script, and may stand within a page under its strict policy.
Loading this takes a while and 145 MB: a server leaves it to its workbench.
"""

from collections.abc import Sequence
from typing import Any

import altair as al
import vl_convert as vlc

from qms.planning.drawings import Dots, Drawing, HalfHours, Lines, Palette, Rows

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
DASHES: tuple[list[int], ...] = (
    [1, 0],
    [6, 3],
    [2, 2],
    [8, 3, 2, 3],
    [4, 2],
    [1, 3],
    [10, 4],
    [3, 1],
    [12, 3, 2, 3, 2, 3],
)
"""Lines are told apart by their dashes as well as by their colours: as many of each as there are plans at most."""
SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-right",
    "stroke",
    "triangle-left",
)
Spec = dict[str, Any]


def svg(drawing: Drawing, palette: Palette) -> str:
    """A chart as SVG."""
    drawn: str = vlc.vegalite_to_svg(spec(drawing, palette))
    return drawn


def png(drawing: Drawing, palette: Palette, scale: float = 2) -> bytes:
    """A chart as PNG."""
    drawn: bytes = vlc.vegalite_to_png(spec(drawing, palette), scale=scale)
    return drawn


def spec(drawing: Drawing, palette: Palette) -> Spec:
    """A chart as Vega-Lite."""
    if isinstance(drawing, Lines):
        return _finished(_lines(drawing, palette), palette)
    if isinstance(drawing, Dots):
        return _finished(_dots(drawing, palette), palette)
    return _finished(_half_hours(drawing, palette), palette)


def _half_hours(drawing: HalfHours, palette: Palette) -> Any:
    rows, words = drawing.rows, drawing.words
    people = al.Scale(domain=[0, max((row["high"] for row in rows), default=1)])
    clerks = al.Scale(domain=[0, max((row["clerks"] + row["lack"] for row in rows), default=1)])
    hours = al.Scale(domain=[min(row["at"] for row in rows), max(row["end"] for row in rows)], nice=False)
    strips = []
    for day in drawing.days:
        own, last = _chart([row for row in rows if row["day"] == day]), day == drawing.days[-1]
        axis = al.Axis(tickMinStep=1, labels=last, format="d")
        x = al.X("at:Q", title=words["hour"] if last else None, scale=hours, axis=axis)
        band = own.mark_bar(color=palette.main, opacity=0.25).encode(
            x=x, x2="end:Q", y=al.Y("low:Q", title=words["people"], scale=people), y2="high:Q"
        )
        mean = own.mark_rule(color=palette.main, strokeWidth=2).encode(x=x, x2="end:Q", y="mean:Q")
        y = al.Y("clerks:Q", title=words["clerks"], scale=clerks, axis=al.Axis(tickMinStep=1))
        staffed = own.mark_bar(color=palette.main).encode(x=x, x2="end:Q", y=y, y2=al.datum(0))
        lack = own.mark_bar(color=palette.lack).encode(x=x, x2="end:Q", y="clerks:Q", y2="wanted:Q")
        size = {"width": 300, "height": 90}
        left = al.layer(band, mean).properties(title=al.Title(day, anchor="start"), **size)
        strips.append(al.hconcat(left, al.layer(staffed, lack).properties(title=al.Title(" "), **size)))
    title = al.Title(words["title"], subtitle=words["lack"], anchor="start")
    return al.vconcat(*strips).properties(title=title)


def _lines(drawing: Lines, palette: Palette) -> Any:
    axis = al.Axis(format="d", tickMinStep=1)
    drawn = _chart(drawing.rows).mark_line(strokeWidth=2.5)
    drawn = drawn.encode(
        x=al.X("x:Q", title=drawing.titles[0], axis=axis, scale=al.Scale(zero=False, nice=False)),
        y=al.Y("y:Q", title=drawing.titles[1], scale=al.Scale(domainMin=0)),
        color=al.Color("plan:N", scale=_scale(drawing.plans, palette.lines)),
        strokeDash=al.StrokeDash("plan:N", scale=_scale(drawing.plans, DASHES)),
    )
    return drawn.properties(width=660, height=260)


def _dots(drawing: Dots, palette: Palette) -> Any:
    base = _chart(drawing.rows)
    y = al.Y("group:N", sort=list(drawing.groups), title=None, axis=al.Axis(labelLimit=260, grid=True))
    least = min(
        (value for row in drawing.rows for value in (row["share"], row["goal"]) if value), default=0
    )
    whole = al.Scale(domain=[10 * (max(0, least - 5) // 10), 100], nice=False)
    x = al.X("share:Q", title=drawing.title, scale=whole, axis=al.Axis(format="d"))
    seen = base.mark_point(size=90, strokeWidth=2, filled=False, opacity=1).encode(
        x=x,
        y=y,
        yOffset=al.YOffset("plan:N", sort=list(drawing.plans), scale=al.Scale(paddingOuter=0.6)),
        color=al.Color("plan:N", scale=_scale(drawing.plans, palette.lines)),
        shape=al.Shape("plan:N", scale=_scale(drawing.plans, SHAPES)),
    )
    row = 14 * len(drawing.plans) + 20
    goal = base.mark_tick(color=palette.ink, thickness=3, size=row - 8).encode(
        x=al.X("goal:Q", scale=whole), y=y
    )
    return al.layer(goal, seen).properties(width=520, height=row * max(1, len(drawing.groups)))


def _chart(rows: Rows) -> Any:
    return al.Chart(al.Data(values=[dict(row) for row in rows]))  # type: ignore[no-untyped-call]


def _scale(plans: Sequence[str], looks: Sequence[Any]) -> al.Scale:
    """What each plan looks like, always the same in the order of the plans."""
    return al.Scale(domain=list(plans), range=[looks[n % len(looks)] for n in range(len(plans))])


def _finished(chart: Any, palette: Palette) -> Spec:
    words = {"labelColor": palette.ink, "titleColor": palette.ink, "labelFontSize": 13, "titleFontSize": 13}
    found: Spec = (
        chart.configure(background=palette.paper, font=FONT, aria=False, padding=8)
        .configure_mark(aria=False)
        .configure_axis(
            aria=False,
            gridColor=palette.grid,
            domainColor=palette.ink,
            tickColor=palette.ink,
            titleFontWeight="normal",
            **words,
        )
        .configure_legend(
            aria=False,
            symbolStrokeWidth=2.5,
            orient="bottom",
            labelLimit=400,
            title=None,
            columns=3,
            **words,
        )
        .configure_title(
            aria=False, color=palette.ink, fontSize=15, fontWeight="bold", subtitleColor=palette.ink
        )
        .configure_view(stroke=None)
        .to_dict()
    )
    return found

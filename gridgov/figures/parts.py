"""Bars made of parts: groups by their lights or standing, the same over time, and one count by bands.

Parts are told apart by colour, by pattern and by the word in the legend, so that they can be read without colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from gridgov.figures.charts import BAR_PX, group_name, over_days, shortened
from gridgov.figures.style import COLOURS, Scheme, blank, message
from gridgov.figures.text import column_name, known, number, safe
from gridgov.vocabulary import LIGHTS, REPLIES, Lang, label


@dataclass(frozen=True)
class Part:
    """A part of a bar: its column, the code that a click on it tells, its word, colours and pattern.

    less   a column that is a part of this one and is drawn as a part of its own
    """

    column: str
    code: str
    name: str
    colour: str
    ink: str
    pattern: str = ""
    less: str | None = None


_PATTERNS: Final = {"deep_red": "x", "red": "", "yellow": "/", "green": "", "grey": "."}


def light_parts(lang: Lang, scheme: Scheme, *, with_deep: bool = True) -> list[Part]:
    """The lights, the most pressing first. Questions count the deep red among the red."""
    parts = []
    for light in ("deep_red", "red", "yellow", "green", "grey") if with_deep else ("red", "yellow", "green", "grey"):
        colour, ink = COLOURS[scheme].lights[light]
        less = "n_deep_red" if light == "red" and with_deep else None
        parts.append(Part(f"n_{light}", light, label(light, lang, LIGHTS), colour, ink, _PATTERNS[light], less))
    return parts


def reply_parts(lang: Lang, scheme: Scheme) -> list[Part]:
    """What became of supervised cases, what was not answered first."""
    of = {"overdue": ("n_supervised_overdue", "red"), "waiting": ("n_supervised_waiting", "yellow"),
          "cleared": ("n_cleared", "green"), "after_end": ("n_after_end", "grey")}  # fmt: skip
    return [
        Part(column, reply, label(reply, lang, REPLIES), *COLOURS[scheme].lights[light], _PATTERNS[light])
        for reply, (column, light) in of.items()
    ]


def prompt_parts(lang: Lang, scheme: Scheme) -> list[Part]:
    """The ways to supervise a case: times, by kind."""
    lights, plain = COLOURS[scheme].lights, COLOURS[scheme]
    of = {
        "n_urged": (plain.open, plain.surface, ""), "n_yellow_card": (*lights["yellow"], "/"),
        "n_red_card": (*lights["red"], "x"), "n_instructed": (plain.text, plain.surface, "."),
    }  # fmt: skip
    return [Part(column, column.removeprefix("n_"), column_name(column, lang), *drawn) for column, drawn in of.items()]


def in_parts(
    rows: pd.DataFrame, key: str, parts: Sequence[Part], *, by: str, chosen: str | None = None, limit: int = 40,
    lang: Lang = "en", scheme: Scheme = "light",
) -> go.Figure:  # fmt: skip
    """Horizontal bars of parts, those with most of the first parts on top; as tall as it has rows.

    rows    one row a group: the key, the columns of the parts
    by      the column that orders the bars; it is one of the parts
    chosen  the group that is filtered by; the others are faint
    A click tells the group and the code of the part, in customdata. What the parts are called stands beside it, in `legend`.
    """
    shown = rows[rows[[part.column for part in parts]].sum(axis=1) > 0]
    if shown.empty:
        return message(label("no_data", lang), scheme).update_layout(height=5 * BAR_PX)
    total = shown[[part.column for part in parts if part.less is None]].sum(axis=1)
    shown = shown.assign(_total=total).sort_values([by, "_total"], kind="stable").tail(limit)
    names = [group_name(value, lang) for value in shown[key]]
    figure = blank(scheme)
    faded = [0.3 if chosen is not None and str(value) != chosen else 1.0 for value in shown[key]]
    for part in parts:
        counts = _counts(shown, part)
        figure.add_bar(
            y=list(range(len(shown))), x=counts, orientation="h", name=part.name, width=0.72,
            marker={"color": part.colour, "opacity": faded, "line": {"width": 0}, "pattern": _pattern(part)},
            text=[number(n) if n else "" for n in counts], textposition="inside", insidetextanchor="middle", textangle=0,
            textfont={"color": part.ink, "size": 11},
            customdata=[[value if known(value) else None, part.code, safe(name)]
                        for value, name in zip(shown[key], names, strict=True)],
            hovertemplate="<b>%{customdata[2]}</b><br>%{fullData.name}: %{x:,}<extra></extra>",
        )  # fmt: skip
    return figure.update_layout(
        barmode="stack", height=BAR_PX * len(shown) + 12, margin_t=4, dragmode=False, showlegend=False,
        uniformtext={"minsize": 10, "mode": "hide"},
        xaxis={"visible": False, "fixedrange": True},
        yaxis={
            "tickvals": list(range(len(shown))), "ticktext": [safe(shortened(name, 22)) for name in names], "showgrid": False,
            "fixedrange": True, "tickfont": {"color": COLOURS[scheme].text}, "range": [-0.5, len(shown) - 0.5],
            "ticklabelstandoff": 6,
        },
    )  # fmt: skip


def parts_over_time(
    rows: pd.DataFrame, parts: Sequence[Part], *, lang: Lang = "en", scheme: Scheme = "light"
) -> go.Figure:
    """Stacked bars by period, the first part at the bottom.

    rows  one row a period: period_on, the columns of the parts
    """
    if rows.empty:
        return message(label("no_data", lang), scheme)
    figure, days = blank(scheme), [str(day) for day in rows["period_on"]]
    for part in parts:
        figure.add_bar(
            x=days, y=_counts(rows, part), name=part.name, hovertemplate="%{fullData.name}: %{y:,}<extra></extra>",
            marker={"color": part.colour, "line": {"width": 0}, "pattern": _pattern(part)},
        )  # fmt: skip
    return over_days(figure).update_layout(barmode="stack", bargap=0.12, legend_traceorder="normal")


def bands(
    rows: pd.DataFrame, columns: dict[str, str], *, measure: str, lang: Lang = "en", scheme: Scheme = "light"
) -> go.Figure:
    """One count by bands, as upright bars with their numbers.

    rows     one row, with the columns
    columns  column -> what the band is called
    measure  the count they are the bands of: `n_overdue` in its own colour, everything else in that of open cases
    A click tells the column, in customdata.
    """
    colours, row = COLOURS[scheme], rows.iloc[0]
    counts = [int(row[column]) for column in columns]
    if not sum(counts):
        return message(label("no_cases_here", lang), scheme)
    figure = blank(scheme)
    figure.add_bar(
        x=list(columns.values()), y=counts, text=[number(n) for n in counts], textposition="outside", cliponaxis=False,
        marker_color=colours.overdue if measure == "n_overdue" else colours.open, textfont={"color": colours.muted},
        name=column_name(measure, lang), hovertemplate="%{x}: %{y:,}<extra></extra>", customdata=list(columns),
    )  # fmt: skip
    return figure.update_layout(
        dragmode=False, showlegend=False, bargap=0.2, margin_t=22,
        xaxis={"type": "category", "fixedrange": True, "showgrid": False, "title": {"text": label("work_days", lang)}},
        yaxis={"visible": False, "fixedrange": True, "rangemode": "tozero"},
    )  # fmt: skip


def _counts(rows: pd.DataFrame, part: Part) -> list[int]:
    return [int(n) for n in rows[part.column] - (rows[part.less] if part.less else 0)]


def _pattern(part: Part) -> dict[str, object]:
    return {"shape": part.pattern, "fgcolor": part.ink, "size": 5, "solidity": 0.16, "fillmode": "overlay"}

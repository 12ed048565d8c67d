"""Charts: bars by a dimension, what came in and went out, what became of the rows of loads."""

import pandas as pd
import plotly.graph_objects as go

from gridgov.figures.style import COLOURS, Scheme, blank, message
from gridgov.figures.text import column_name, known, number, safe
from gridgov.vocabulary import Lang, label

BAR_PX = 26


def bars(
    rows: pd.DataFrame,
    key: str,
    measure: str = "n_open",
    *,
    part: str | None = None,
    chosen: str | None = None,
    lang: Lang = "en",
    scheme: Scheme = "light",
    title: str | None = None,
) -> go.Figure:
    """Horizontal bars, the longest on top, each with its number; as tall as it has rows.

    rows    one row a group: the key, the measure
    part    a column that is a part of the measure (the overdue among the open): drawn inside its bar
    chosen  the group that is filtered by
    """
    if rows.empty:
        return message(label("no_data", lang), scheme, title).update_layout(height=4 * BAR_PX + (48 if title else 0))
    colours = COLOURS[scheme]
    shown = rows.sort_values(measure, ascending=True, kind="stable")
    names = [group_name(value, lang) for value in shown[key]]
    figure = blank(scheme, title)
    faded = [0.35 if chosen is not None and str(value) != chosen else 1.0 for value in shown[key]]
    parts = [(measure, colours.open), *([(part, colours.overdue)] if part is not None and part in shown else [])]
    for column, colour in parts:
        is_whole = column == measure
        figure.add_bar(
            y=list(range(len(shown))),
            x=shown[column].tolist(),
            orientation="h",
            width=0.72 if is_whole else 0.34,
            marker={"color": colour, "opacity": faded},
            text=[number(value) for value in shown[measure]] if is_whole else None,
            textposition="outside",
            textfont={"size": 12, "color": colours.muted},
            constraintext="none",
            cliponaxis=False,
            customdata=[
                [value if known(value) else None, safe(name)] for value, name in zip(shown[key], names, strict=True)
            ],
            hovertemplate=f"<b>%{{customdata[1]}}</b><br>{column_name(column, lang)}: %{{x:,}}<extra></extra>",
        )
    longest = float(shown[measure].max() or 1)
    figure.update_layout(
        barmode="overlay", showlegend=False, height=BAR_PX * len(shown) + 16 + (48 if title else 0), dragmode=False,
        xaxis={"visible": False, "range": [0, longest * 1.18], "fixedrange": True},
        yaxis={
            "tickvals": list(range(len(shown))), "ticktext": [safe(shortened(name)) for name in names], "showgrid": False,
            "fixedrange": True, "tickfont": {"color": colours.text}, "range": [-0.5, len(shown) - 0.5], "ticklabelstandoff": 6,
        },
    )  # fmt: skip
    return figure


def group_name(value: object, lang: Lang) -> str:
    """What a group is called; one that is not given says so."""
    return str(value) if known(value) and str(value).strip() else f"({label('none', lang)})"


def shortened(name: str, width: int = 26) -> str:
    """A name cut to a width, where a Chinese character counts double."""
    used = 0
    for i, character in enumerate(name):
        used += 2 if ord(character) > 0x2E80 else 1
        if used > width:
            return name[:i] + "…"
    return name


def flow(rows: pd.DataFrame, *, lang: Lang = "en", scheme: Scheme = "light", title: str | None = None) -> go.Figure:
    """Reported and closed side by side, net as a line; one group of bars a period.

    rows  one row a period: period_on, n_reported, n_closed, n_net
    """
    if rows.empty:
        return message(label("no_data", lang), scheme, title)
    colours = COLOURS[scheme]
    figure = blank(scheme, title)
    days = [str(day) for day in rows["period_on"]]
    for column, colour in (("n_reported", colours.reported), ("n_closed", colours.closed)):
        figure.add_bar(x=days, y=rows[column].tolist(), name=column_name(column, lang), marker_color=colour)
    figure.add_scatter(
        x=days, y=rows["n_net"].tolist(), name=column_name("n_net", lang), mode="lines+markers",
        line={"color": colours.net, "width": 2}, marker={"size": 5},
    )  # fmt: skip
    figure.update_traces(hovertemplate="%{fullData.name}: %{y:,}<extra></extra>")
    return over_days(figure).update_layout(barmode="group", margin_t=56 if title else 28)


def over_days(figure: go.Figure) -> go.Figure:
    """The figure with periods along its x axis and counts up its y axis."""
    return figure.update_layout(
        hovermode="x unified", dragmode=False, margin_t=28,
        xaxis={"type": "date", "fixedrange": True, "showgrid": False, "hoverformat": "%Y-%m-%d", "nticks": 7,
               "tickformatstops": [
                   {"dtickrange": [None, 2_592_000_000], "value": "%m-%d"}, {"dtickrange": ["M1", "M11"], "value": "%Y-%m"},
                   {"dtickrange": ["M12", None], "value": "%Y"},
               ]},
        yaxis={"fixedrange": True, "separatethousands": True, "nticks": 6},
    )  # fmt: skip

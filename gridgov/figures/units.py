"""Who answers, and who passes on: the due cohort in its parts, where cases wait by node, and handovers as a flow."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from gridgov.analytics.rates import N_MIN
from gridgov.figures.charts import BAR_PX
from gridgov.figures.scale import class_of, lower_limits
from gridgov.figures.style import COLOURS, Scheme, blank, message
from gridgov.figures.text import NOTHING, column_name, known, measured, number, safe
from gridgov.vocabulary import DUE_PARTS, NODES, Lang, label

PARTS: Final = ("on_time", "late_closed", "overdue_open", "suspended", "exempt")
"""What the due cohort is made of, in the order it is stacked."""

BETWEEN: Final = "\x1f"
"""Between the two units in the label of a band of the flow, which says what was clicked."""

MAX_PAIRS: Final = 24
"""So many pairs are drawn; of a town with hundreds the rare ones would hide the others."""


def cohort(rows: pd.DataFrame, names: Sequence[str], *, lang: Lang = "en", scheme: Scheme = "light") -> go.Figure:
    """The due cohort of each group as a bar stacked of its parts, in the order given, with the on-time rate behind it.

    rows   one row a group: n_due, n_on_time, n_late_closed, n_overdue_open, n_suspended, n_exempt, on_time_rate
    names  what the groups are called; the place of a group and the code of the part are in the customdata of each piece

    Parts are told apart by pattern as well as by colour. A rate of fewer than ten cases is not given: too few to tell.
    """
    if rows.empty:
        return message(label("no_data", lang), scheme)
    colours, places = COLOURS[scheme], list(range(len(rows)))
    paint = {
        "on_time": (colours.closed, ""), "late_closed": (colours.lights["yellow"][0], "/"),
        "overdue_open": (colours.overdue, ""), "suspended": (colours.no_data, "."), "exempt": (colours.map_road, "x"),
    }  # fmt: skip
    figure = blank(scheme)
    for part in PARTS:
        if rows[f"n_{part}"].sum() or part in PARTS[:3]:
            colour, pattern = paint[part]
            figure.add_bar(
                y=places, x=rows[f"n_{part}"].tolist(), orientation="h", name=label(part, lang, DUE_PARTS), width=0.7,
                marker={
                    "color": colour, "pattern": {
                        "shape": pattern, "fillmode": "overlay", "size": 6, "solidity": 0.3, "fgcolor": colours.text,
                        "fgopacity": 0.55,
                    },
                },
                customdata=[[place, part, safe(name)] for place, name in zip(places, names, strict=True)],
                hovertemplate="<b>%{customdata[2]}</b><br>%{fullData.name}: %{x:,}<extra></extra>",
            )  # fmt: skip
    figure.add_scatter(
        y=places, x=rows["n_due"].tolist(), mode="text", showlegend=False, hoverinfo="skip", textposition="middle right",
        text=[f" {_rate(rate, n, lang)}" for rate, n in zip(rows["on_time_rate"], rows["n_due"], strict=True)],
        textfont={"size": 12, "color": colours.muted}, cliponaxis=False,
    )  # fmt: skip
    return figure.update_layout(
        barmode="stack", height=BAR_PX * len(rows) + 56, dragmode=False, bargap=0, legend_traceorder="normal", margin_t=34,
        xaxis={"visible": False, "fixedrange": True, "range": [0, 1.55 * float(rows["n_due"].max() or 1)]},
        yaxis={
            "tickvals": places, "ticktext": [safe(_short(name)) for name in names], "showgrid": False, "fixedrange": True,
            "range": [len(rows) - 0.5, -0.5], "ticklabelstandoff": 6, "tickfont": {"color": colours.text}, "zeroline": False,
        },
    )  # fmt: skip


def rate_said(rate: Any, n: Any, lang: Lang) -> str:
    """A rate of n in percent; of fewer than ten the words that say so, for they tell nothing; a dash where there is none.

    >>> rate_said(0.875, 8, "en"), rate_said(0.875, 16, "en"), rate_said(None, 0, "en")
    ('too few', '87.5 %', '–')
    """
    if not known(rate):
        return NOTHING
    return label("too_few", lang) if n < N_MIN else f"{100 * rate:.1f} %"


def _rate(rate: Any, n: Any, lang: Lang) -> str:
    return f"{rate_said(rate, n, lang)} (n={n})" if known(rate) else NOTHING


def _short(name: str, most: int = 11) -> str:
    return name if len(name) <= most * (1 if any(c > "\u2e80" for c in name) else 2) else name[: most * 2 - 1] + "…"


# ---------------------------------------------------------------------------------------------------------------------


def waits(
    rows: pd.DataFrame, measure: str, groups: Sequence[Any], names: Sequence[str], key: str, *, lang: Lang = "en",
    scheme: Scheme = "light",
) -> go.Figure:  # fmt: skip
    """Where cases wait: groups down, nodes across, each cell with its figure and a colour by class.

    rows     one row a group and node: key, stage, the measure, n_waits, n_limited, median_work_h, p90_work_h, over_share
    groups   the groups in order, None = nobody answers yet; names = what they are called

    A cell without waits is empty, one of fewer than ten is grey and marked *; colours count within a node, as a day to
    handle is short and a day to sign is long.
    """
    stages = [stage for stage in NODES if stage in set(rows["stage"])]
    if not stages or not groups:
        return message(label("no_data", lang), scheme)
    whole = "n_limited" if measure == "over_share" else "n_waits"
    cells = {(_none(row[key]), row["stage"]): row for row in rows.to_dict("records") if row[whole]}
    limits = {
        stage: lower_limits(rows.loc[(rows["stage"] == stage) & (rows[whole] >= N_MIN), measure]) for stage in stages
    }
    ramp, colours = COLOURS[scheme].ramps["n_overdue"], COLOURS[scheme]
    shades = [colours.surface, colours.no_data, colours.zero, *ramp]
    z, text, told = [], [], []
    for group, name in zip(groups, names, strict=True):
        here = [cells.get((group, stage)) for stage in stages]
        z.append([_class(row, measure, whole, limits[stage]) for row, stage in zip(here, stages, strict=True)])
        text.append([_figure(row, measure, whole) for row in here])
        told.append([_told(row, name, lang) for row in here])
    n = len(shades)
    figure = blank(scheme)
    figure.add_heatmap(
        z=z, text=text, texttemplate="%{text}", customdata=told, hovertemplate="%{customdata}<extra></extra>",
        x=["<br>".join(wrap(label(stage, lang, NODES), 10)) for stage in stages], y=list(range(len(names))), xgap=2, ygap=2,
        showscale=False,
        zmin=-2.5, zmax=n - 2.5, textfont={"size": 12}, hoverongaps=False,
        colorscale=[[edge, shade] for i, shade in enumerate(shades) for edge in (i / n, (i + 1) / n)],
    )  # fmt: skip
    return figure.update_layout(
        height=BAR_PX * len(names) + 66, dragmode=False, margin_t=48,
        xaxis={"side": "top", "tickangle": 0, "fixedrange": True, "showgrid": False, "tickfont": {"color": colours.text}},
        yaxis={
            "tickvals": list(range(len(names))), "ticktext": [safe(_short(name)) for name in names], "showgrid": False,
            "fixedrange": True, "autorange": "reversed", "ticklabelstandoff": 6, "tickfont": {"color": colours.text},
            "zeroline": False,
        },
    )  # fmt: skip


def _none(value: Any) -> Any:
    return value if known(value) else None


def _class(row: dict[str, Any] | None, measure: str, whole: str, limits: list[float]) -> int:
    """-2 nobody waited, -1 too few to tell, 0 nothing, then the classes."""
    if row is None:
        return -2
    return -1 if row[whole] < N_MIN else int(class_of(pd.Series([row[measure]]), limits).iloc[0])


def _figure(row: dict[str, Any] | None, measure: str, whole: str) -> str:
    if row is None:
        return ""
    value = f"{100 * row[measure]:.0f} %" if measure == "over_share" else number(row[measure])
    return f"{value}*" if row[whole] < N_MIN else value


def _told(row: dict[str, Any] | None, name: str, lang: Lang) -> str:
    if row is None:
        return f"<b>{safe(name)}</b><br>{label('nobody_waited', lang)}"
    names = ("n_waits", "median_work_h", "p90_work_h", "n_limited", "over_share")
    said = [f"{column_name(each, lang)}: {measured(each, row[each])}" for each in names]
    return "<br>".join([f"<b>{safe(name)}</b> · {label(row['stage'], lang, NODES)}", *said])


# ---------------------------------------------------------------------------------------------------------------------


def handovers(
    pairs: pd.DataFrame, chosen: tuple[str, str] | None = None, *, lang: Lang = "en", scheme: Scheme = "light"
) -> go.Figure:
    """Who hands cases on to whom, as a flow from the units at the left to those at the right; bands as wide as they are many.

    pairs   one row a pair, most handovers first: from_unit, to_unit, n_handovers, n_aba, lost_work_h, main_reason; the
            first MAX_PAIRS are drawn
    chosen  the pair whose cases are open: the others are paler

    A band with cases that went there and back is in the colour of what is overdue, and its box says so. Its label holds the
    two units, with BETWEEN between them.
    """
    if pairs.empty:
        return message(label("no_handovers", lang), scheme)
    colours, shown = COLOURS[scheme], pairs.head(MAX_PAIRS).to_dict("records")
    left = list(dict.fromkeys(row["from_unit"] for row in shown))
    right = list(dict.fromkeys(row["to_unit"] for row in shown))
    figure, paint = blank(scheme), [colours.reported] * len(left) + [colours.closed] * len(right)
    figure.add_sankey(
        arrangement="fixed", textfont={"size": 12, "color": colours.text}, valueformat=",d",
        node={
            "label": [safe(unit) for unit in (*left, *right)], "color": paint, "pad": 13, "thickness": 12, "line": {"width": 0},
            "hovertemplate": "%{label}: %{value:,}<extra></extra>",
        },
        link={
            "source": [left.index(row["from_unit"]) for row in shown],
            "target": [len(left) + right.index(row["to_unit"]) for row in shown],
            "value": [row["n_handovers"] for row in shown],
            "label": [f"{row['from_unit']}{BETWEEN}{row['to_unit']}" for row in shown],
            "color": [_band(row, chosen, scheme) for row in shown],
            "customdata": [_pair(row, lang) for row in shown],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )  # fmt: skip
    return figure.update_layout(margin={"l": 8, "r": 8, "t": 10, "b": 12})


def _band(row: dict[str, Any], chosen: tuple[str, str] | None, scheme: Scheme) -> str:
    colour = COLOURS[scheme].overdue if row["n_aba"] else COLOURS[scheme].reported
    strength = 0.75 if (row["from_unit"], row["to_unit"]) == chosen else 0.4 if chosen is None else 0.15
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength})"


def _pair(row: dict[str, Any], lang: Lang) -> str:
    counts = ("n_handovers", "n_aba", "lost_work_h")
    said = [f"{column_name(name, lang)}: {measured(name, row[name])}" for name in counts]
    said += [f"{column_name('main_reason', lang)}: {safe(row['main_reason'])}"] if known(row["main_reason"]) else []
    return "<br>".join([f"<b>{safe(row['from_unit'])} → {safe(row['to_unit'])}</b>", *said])

"""Pictures for notebooks and reports, with matplotlib: maps and charts that say as of when and by which definition.

A frame in, axes out. Chinese is set in a font of the machine; where there is none, that is an error rather than boxes.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

import geopandas as gpd
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from gridgov.analytics.rates import N_MIN, funnel
from gridgov.errors import SettingsError
from gridgov.figures.base import base_geojson
from gridgov.figures.maps import FEW, in_classes
from gridgov.figures.style import COLOURS, FAMILIES
from gridgov.figures.text import column_name, known, measured
from gridgov.schema import worded
from gridgov.text import folded
from gridgov.vocabulary import Lang, label

TIMES: Final = ("period_on", "day_on", "time_days")
"""Columns that are an axis of time."""
_MOST: Final = 40
"""Bars of a chart; more are told of in its note."""
_NOTE_LINES: Final = 6
_C = COLOURS["light"]


def map_of(
    places: gpd.GeoDataFrame,
    measure: str,
    *,
    title: str,
    note: str,
    few: pd.Series,
    base: gpd.GeoDataFrame | None = None,
    credit: str = "",
    lang: Lang = "en",
    ax: Axes | None = None,
) -> Axes:
    """Places (EPSG:4326) by a measure in classes; zero, not known and too few to tell (hatched) differ.

    places  one row a place: the measure, geom; rows without a place are left out
    title   of what, as of when
    note    what stands below: what the number means
    few     True for rows whose measure is not told
    base    roads, waters and built-up land, as `base_geojson` takes them
    credit  what must be printed on the map: the number of its approval
    """
    shown = places[places.geometry.notna() & ~places.geometry.is_empty]
    with _styled():
        ax = _axes(ax, (8.0, 7.0))
        areas = shown.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
        if base is not None and len(base):
            _ground(base, ax)
        few = few.reindex(shown.index, fill_value=False)
        found, steps = in_classes(shown, measure, few, lang)
        patches = []
        for step, colour, said in steps:
            hatch: dict[str, Any] = {"hatch": "////"} if step == FEW else {}
            if (found == step).any():
                _paint(shown[found == step], ax, colour, areas, **hatch)
            patches.append(Patch(facecolor=colour, edgecolor=_C.map_line, label=said, **hatch))
        ax.legend(handles=patches, title=column_name(measure, lang), loc="lower left", fontsize=8, title_fontsize=9)
        west, south, east, north = shown.total_bounds
        edge = 0.02 * max(east - west, north - south)
        ax.set(xlim=(west - edge, east + edge), ylim=(south - edge, north + edge))
        ax.set_aspect(1 / np.cos(np.radians((south + north) / 2)))
        ax.set_axis_off()
        ax.annotate(credit, (1, 0), xycoords="axes fraction", ha="right", va="bottom", fontsize=8)
        return _told(ax, title, note)


def chart_of(
    rows: pd.DataFrame,
    measures: Sequence[str],
    labels: Sequence[str],
    *,
    title: str,
    note: str,
    few: pd.Series,
    lang: Lang = "en",
    ax: Axes | None = None,
) -> Axes:
    """Measures as lines where rows are days, periods or times, else as bars, several of them end to end; open where not known.

    labels  the columns that name a row; one of TIMES among them is the axis
    few     True for rows whose measure is not told
    A measure that stands alone comes with its interval, where the rows tell one.
    """
    told = [*measures, *(name for name in _interval(rows, measures) or ())]
    table = pd.DataFrame(rows).assign(**{name: rows[name].astype("float64").mask(few.to_numpy()) for name in told})
    time = next((name for name in TIMES if name in table and table[name].nunique() > 1), None)
    with _styled():
        if time is not None:
            ax = _axes(ax, (8.0, 4.0))
            _lines(ax, table, time, measures, [name for name in labels if name != time], lang)
        else:
            drawn = table.head(_MOST)
            labels = [name for name in labels if name not in TIMES]  # one period is told in the title
            ax = _axes(ax, (8.0, 0.6 + 0.26 * max(len(drawn), 3)))
            _bars(ax, drawn, measures, [_named(row, labels, lang) for row in drawn.to_dict("records")], few, lang)
            more = len(table) - len(drawn)
            note = f"{label('rows_more', lang).format(n=more)} {note}" if more else note
        _axis(ax, measures[0], column_name(measures[0], lang) if len(measures) == 1 else "", vertical=time is not None)
        return _told(ax, title, note)


def funnel_of(
    rows: pd.DataFrame,
    rate: str,
    whole: pd.Series,
    common: float,
    labels: Sequence[str],
    *,
    title: str,
    note: str,
    lang: Lang = "en",
    ax: Axes | None = None,
) -> Axes:
    """A rate of groups against the size of each, with the limits that chance alone would keep to (95 % and 99.8 %).

    whole   the denominators; groups with less than N_MIN are left out
    common  the rate of all of them together
    labels  the columns that name a group: those outside the wider limits are named
    Spiegelhalter 2005, Statistics in Medicine 24: the score form, as in `analytics.rates.funnel`.
    """
    value, n = rows[rate].to_numpy(dtype=float), whole.to_numpy(dtype=float)
    told = n >= N_MIN
    names = [_named(row, labels, lang) for row in pd.DataFrame(rows).to_dict("records")]
    with _styled():
        ax = _axes(ax, (8.0, 5.0))
        sizes = np.geomspace(N_MIN, max(n.max(), 2 * N_MIN) * 1.05, 200)
        for level, dash in ((0.95, ":"), (0.998, "-")):
            for limit in funnel(common, sizes, level):
                ax.plot(sizes, limit, dash, color=_C.muted, linewidth=0.8, label=f"_{level}")
        ax.axhline(common, color=_C.line, linewidth=1.0)
        low, high = funnel(common, n, 0.998)
        far = told & ((value < low) | (value > high))
        ax.scatter(n[told & ~far], value[told & ~far], s=22, color=_C.open)
        ax.scatter(n[far], value[far], s=30, color=_C.overdue)
        for k in np.flatnonzero(far):
            ax.annotate(f"  {names[int(k)]}", (n[k], value[k]), fontsize=7, va="center")
        ax.set_xscale("log")
        ax.set_xlim(N_MIN * 0.8, sizes[-1] * 1.8)  # with room for the names
        ax.xaxis.set_major_formatter(lambda size, _: f"{size:,.0f}")
        ax.xaxis.set_minor_formatter(lambda size, _: f"{size:,.0f}" if f"{size:.0f}"[0] in "25" else "")
        ax.set_xlabel(label("group_size", lang))
        _axis(ax, rate, column_name(rate, lang), vertical=True)
        ax.set_ylim(max(0.0, float(value[told].min()) - 0.08), min(1.02, float(value[told].max()) + 0.08))
        return _told(ax, title, note)


def _interval(rows: pd.DataFrame, measures: Sequence[str]) -> tuple[str, str] | None:
    """The columns of the interval of a measure that stands alone, where there are such."""
    low, high = f"{measures[0]}_low", f"{measures[0]}_high"
    return (low, high) if len(measures) == 1 and low in rows and high in rows else None


def _lines(
    ax: Axes, table: pd.DataFrame, time: str, measures: Sequence[str], groups: Sequence[str], lang: Lang
) -> None:
    """A line a group, or a line a measure."""
    bounds = _interval(table, measures)
    for said, part in _by(table, groups, lang):
        x = part[time] if time == "time_days" else pd.to_datetime(part[time])
        for name in measures:
            called = " · ".join(filter(None, [said, column_name(name, lang) if len(measures) > 1 else ""]))
            (line,) = ax.plot(x, part[name], marker="" if len(part) > 60 else "o", markersize=3, label=called)
            if bounds is not None:
                ax.fill_between(x, part[bounds[0]], part[bounds[1]], color=line.get_color(), alpha=0.15, linewidth=0)
    if any(ax.get_legend_handles_labels()[1]):
        ax.legend(fontsize=8)
    if time == "time_days":
        ax.set_xlabel(column_name(time, lang))


def _bars(
    ax: Axes, drawn: pd.DataFrame, measures: Sequence[str], names: Sequence[str], few: pd.Series, lang: Lang
) -> None:
    """A bar a row, the first on top; several measures end to end in colours of their own."""
    ends, bounds = np.zeros(len(drawn)), _interval(drawn, measures)
    lights = {f"n_{code}": colour for code, (colour, _) in _C.lights.items()}
    spare = iter([_C.ramps["n_open"][3], _C.closed, _C.overdue, _C.no_data, _C.patrol, _C.blind, _C.zero, _C.muted])
    for name in measures:
        values = drawn[name].fillna(0).to_numpy()
        ax.barh(
            range(len(drawn)), values, left=ends, color=lights.get(name) or next(spare), label=column_name(name, lang)
        )
        ends += values
    if len(measures) > 1:
        ax.legend(fontsize=8)
    else:
        ends = drawn[measures[0] if bounds is None else bounds[1]].fillna(0).to_numpy()
        for y, (value, end, hidden) in enumerate(zip(drawn[measures[0]], ends, few.head(len(drawn)), strict=True)):
            said = label("too_few" if hidden else "no_data", lang) if np.isnan(value) else measured(measures[0], value)
            ax.annotate(f" {said}", (end, y), va="center", fontsize=8)
    if bounds is not None:
        low, high = (drawn[name].to_numpy() for name in bounds)
        ax.hlines(range(len(drawn)), low, high, color=_C.text, linewidth=1.0)
    ax.set_yticks(range(len(drawn)), list(names))
    ax.invert_yaxis()
    ax.use_sticky_edges = False
    ax.margins(x=0.12, y=0.01)


def _axis(ax: Axes, measure: str, said: str, *, vertical: bool) -> None:
    """The axis of numbers: what they are, from 0, shares in percent."""
    axis = ax.yaxis if vertical else ax.xaxis
    axis.set_major_formatter(lambda value, _: measured(measure, value).replace(".0 %", " %"))
    (ax.set_ylabel if vertical else ax.set_xlabel)(said)
    least = ax.dataLim.y0 if vertical else ax.dataLim.x0
    if least >= 0 and vertical:
        ax.set_ylim(bottom=0.0)
    elif least >= 0:
        ax.set_xlim(left=0.0)
    ax.grid(axis="y" if vertical else "x", color=_C.line, zorder=0)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)


def _by(table: pd.DataFrame, names: Sequence[str], lang: Lang) -> list[tuple[str, pd.DataFrame]]:
    """The parts of a table that are lines of their own, with what each is called."""
    if not names:
        return [("", table)]
    groups = table.groupby([*names], dropna=False, sort=False, observed=True)
    return [(_named(part.iloc[0].to_dict(), names, lang), part) for _, part in groups][:10]


def _named(row: dict[Any, Any], labels: Sequence[str], lang: Lang) -> str:
    said = [
        str(worded(name, row[name], lang)) if known(row.get(name)) else label("none", lang)
        for name in labels
        if name != "grid_name" or known(row[name])
    ]
    if "grid_name" in labels and not known(row["grid_name"]) and known(row.get("place_status")):
        said.append(str(worded("place_status", row["place_status"], lang)))  # cases in no grid
    return " · ".join(said)


def _paint(part: gpd.GeoDataFrame, ax: Axes, colour: str, areas: bool, **more: Any) -> None:
    line: dict[str, Any] = {"edgecolor": _C.map_line, "linewidth": 0.6, "alpha": 0.82}
    if part.geometry.geom_type.str.endswith("LineString").all():
        line = {"linewidth": 1.0}
    elif not areas:
        line = {"markersize": 14, "edgecolor": _C.surface, "linewidth": 0.4}
    gpd.GeoSeries(part.geometry).plot(ax=ax, color=colour, aspect=None, zorder=3, **line, **more)


def _ground(base: gpd.GeoDataFrame, ax: Axes) -> None:
    paints: dict[str, dict[str, Any]] = {
        "built_up": {"color": _C.map_built_up}, "water": {"color": _C.map_water},
        "river": {"color": _C.map_water, "linewidth": 0.8},
        "narrow": {"color": _C.map_road, "linewidth": 0.25}, "broad": {"color": _C.map_road, "linewidth": 1.0},
    }  # fmt: skip
    features = json.loads(base_geojson(base))["features"]
    shapes = gpd.GeoDataFrame.from_features(features)
    for what, part in shapes.groupby("class", sort=False):
        part.plot(ax=ax, aspect=None, zorder=1, **paints[str(what)])


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def _told(ax: Axes, title: str, note: str) -> Axes:
    """Of what and as of when above, what it means below."""
    ax.set_title(title, loc="left", fontsize=11)
    width = int(ax.get_window_extent().width / ax.figure.dpi * 17)
    lines = folded(note, width)
    if len(lines) > _NOTE_LINES:
        lines = [*lines[: _NOTE_LINES - 1], lines[_NOTE_LINES - 1] + " …"]
    ax.annotate(
        "\n".join(lines), (0, 0), xycoords="axes fraction", xytext=(0, -34 if ax.axison else -6),
        textcoords="offset points", va="top", fontsize=7, color=_C.muted, annotation_clip=False,
    )  # fmt: skip
    return ax


@contextmanager
def _styled() -> Iterator[None]:
    """Fonts and colours of a picture. What the first picture of all switches on, showing pictures as they are made, stays on."""
    style: Any = {
        "font.family": [chinese_font(), "DejaVu Sans"], "axes.unicode_minus": False, "figure.dpi": 110,
        "axes.edgecolor": _C.muted, "text.color": _C.text, "hatch.color": _C.muted, "hatch.linewidth": 0.5,
    }  # fmt: skip
    with mpl.rc_context(style):
        yield
        is_shown = mpl.is_interactive()
    mpl.interactive(is_shown)


@lru_cache(maxsize=1)
def chinese_font() -> str:
    """The font of the machine that Chinese is set in. Raises SettingsError where there is none."""
    there = {font.name for font in font_manager.fontManager.ttflist}
    found = next((name for name in FAMILIES if name in there), None)
    if found is None:
        raise SettingsError(
            f"No font with Chinese is installed; one of {', '.join(FAMILIES[:4])} would do (apt install fonts-noto-cjk)."
        )
    return found

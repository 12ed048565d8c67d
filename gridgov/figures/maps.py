"""Maps: grids coloured by a measure, cases as points. Nothing is fetched from elsewhere: fonts, style and tiles are ours."""

import json
from collections.abc import Mapping, Sequence
from math import asinh, atan, degrees, log2, pi, radians, sinh, tan
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from gridgov.figures.base import Base, base_style
from gridgov.figures.scale import FIXED, class_labels, class_of, lower_limits
from gridgov.figures.shapes import screen_geojson
from gridgov.figures.style import COLOURS, Scheme, blank
from gridgov.figures.text import column_name, measured, moment, safe
from gridgov.vocabulary import LIGHTS, Lang, label

_OVER_BASE = 0.8
"""How opaque grids are, so that what lies under them can be seen."""

WHOLE = (
    "n_open",
    "n_overdue",
    "n_cases",
    "n_vacant",
    "residents",
    "n_reported",
    "n_closed",
    "n_net",
    "n_with_deadline",
)


def choropleth(
    grids: gpd.GeoDataFrame,
    measure: str,
    *,
    shapes: str | None = None,
    chosen: str | None = None,
    lang: Lang = "en",
    scheme: Scheme = "light",
    title: str | None = None,
    revision: str | None = None,
    faint: bool = False,
    base: Base | None = None,
    told: Sequence[str] = ("n_open", "n_overdue", "residents"),
    among: pd.Series | None = None,
) -> go.Figure:
    """Grids coloured by a measure, in classes; zero and 'not known' have colours of their own.

    grids     one row a grid: grid_code, grid_name, the measure, geom (EPSG:4326); rows without a code are not drawn.
    shapes    an address that serves the geometry as GeoJSON with the codes as ids; None = put it into the figure.
    chosen    the code of a grid to outline.
    revision  as long as it stays the same, the view a reader has chosen stays too.
    faint     paler, so that points show on it.
    base      a base map to be drawn under the grids; None = there is none.
    told      what is told of a grid beside the measure when one points at it, as far as there are such columns.
    among     values whose classes are taken, so that several maps have the same; None = those of the grids.
    """
    shown = _as_known(grids[grids["grid_code"].notna() & grids.geometry.notna()])
    figure = ground(scheme, title, revision, base)
    figure.update_layout(**view_of(shown[shown["grid_code"] == chosen] if chosen in set(shown["grid_code"]) else shown))
    trace = _classes(shown[measure], shown[measure] if among is None else among, measure, lang, scheme, faint)
    names = [safe(f"{n}  {c}" if n != c else c) for n, c in zip(shown["grid_name"], shown["grid_code"], strict=True)]
    figure.add_choroplethmap(
        geojson=shapes if shapes is not None else json.loads(screen_geojson(shown)),
        locations=shown["grid_code"].tolist(),
        customdata=[
            [name, lines_of(row, [measure, *told], lang)]
            for name, row in zip(names, shown.to_dict("records"), strict=True)
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        marker={
            "opacity": _OVER_BASE if base is not None and base.is_drawn else 0.95,
            "line": {
                "color": [
                    COLOURS[scheme].text if code == chosen else COLOURS[scheme].map_line for code in shown["grid_code"]
                ],
                "width": [2.5 if code == chosen else 0.8 for code in shown["grid_code"]],
            },
        },
        **trace,
    )
    return figure


def with_more(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The grids with `n_open_more`, open cases more than in the period before; NaN where nothing is known of it."""
    now, before = (grids[name].astype("float64") for name in ("n_open", "n_open_previous"))
    return grids.assign(n_open_more=now - before)


def _as_known(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Overdue is not 0 but not known where no deadline is."""
    if not {"n_overdue", "n_with_deadline"} <= set(grids.columns):
        return grids
    unknown = no_deadlines(grids["n_open"].to_numpy(), grids["n_with_deadline"].to_numpy())
    return grids.assign(n_overdue=grids["n_overdue"].astype(float).mask(unknown))


def no_deadlines(n_open: npt.NDArray[Any], n_with_deadline: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """True for grids (the last axis) of which nothing overdue can be said: cases are open, none has a deadline."""
    nowhere = (n_with_deadline.sum(-1, keepdims=True) == 0) & (n_open.sum(-1, keepdims=True) > 0)
    return (n_with_deadline == 0) & ((n_open > 0) | nowhere)


def ground(scheme: Scheme, title: str | None, revision: str | None, base: Base | None = None) -> go.Figure:
    """A map without anything on it; `revision` as in choropleth."""
    paint = {"background-color": COLOURS[scheme].map_ground}
    layers = [{"id": "ground", "type": "background", "paint": paint}]
    # A style must have sources; empty ones are lost when Plotly updates a figure, so there is one that nothing draws.
    sources = {"nothing": {"type": "geojson", "data": {"type": "Point", "coordinates": [0, 0]}}}
    if base is not None:
        added, drawn = base_style(base, scheme)
        sources, layers = sources | added, layers + drawn
    figure = blank(scheme, title)
    if base is not None and base.credit:
        figure.add_annotation(_credit(base.credit, scheme))
    return figure.update_layout(
        map={"style": {"version": 8, "sources": sources, "layers": layers}, "uirevision": revision or "map"},
        margin={"l": 0, "r": 0, "b": 0, "t": 48 if title else 0},
        uirevision=revision or "map",
        showlegend=False,
    )


def _credit(words: str, scheme: Scheme) -> dict[str, Any]:
    """Whose map it is and the number of its approval, in the corner opposite the legend; pictures of the map hold it too."""
    colours = COLOURS[scheme]
    return {
        "text": safe(words), "showarrow": False, "xref": "paper", "yref": "paper", "x": 1, "y": 0, "xanchor": "right",
        "yanchor": "bottom", "font": {"size": 11, "color": colours.text}, "bgcolor": colours.veil, "borderpad": 3,
    }  # fmt: skip


def underlaid(
    figure: go.Figure, name: str, source: dict[str, Any], kind: str, paint: dict[str, Any], **more: Any
) -> go.Figure:
    """A layer of MapLibre of our own in the style of a map, under the traces; it is changed and given back.

    more  what else the style says of the layer, such as source-layer

    Not in `layout.map.layers`: those are lost, with an error, when a figure with another style follows.
    """
    style = figure.layout.map.style
    layers = [*style["layers"], {"id": name, "type": kind, "source": name, "paint": paint, **more}]
    return figure.update_layout(map_style={**style, "sources": {**style["sources"], name: source}, "layers": layers})


def view_of(shown: gpd.GeoDataFrame, width: int = 760, height: int = 480) -> dict[str, Any]:
    """Centre and zoom that fit a window of this size; the bounds are kept, so that a screen can fit its own."""
    if shown.empty:
        return {}
    west, south, east, north = (float(edge) for edge in shown.total_bounds)
    top, bottom = (asinh(tan(radians(latitude))) for latitude in (north, south))
    spans = (width * 360 / max(east - west, 1e-6), height * 2 * pi / max(top - bottom, 1e-8))
    return {
        "map_center": {"lon": (west + east) / 2, "lat": degrees(atan(sinh((top + bottom) / 2)))},
        "map_zoom": log2(min(spans) * 0.92 / 512),
        "map_fitbounds": False,
        "meta": {"bounds": [west, south, east, north]},
    }


def _classes(
    values: pd.Series, among: pd.Series, measure: str, lang: Lang, scheme: Scheme, faint: bool
) -> dict[str, Any]:
    """z, colours and legend of a measure in classes."""
    limits, steps = classes(among, measure, lang, scheme, faint, has_unknown=bool(values.isna().any()))
    return {
        "z": class_of(values, limits).tolist(), "zmin": steps[0][0] - 0.5, "zmax": steps[-1][0] + 0.5,
        "colorscale": stepped([c for _, c, _ in steps]), "colorbar": legend(steps, column_name(measure, lang), scheme),
    }  # fmt: skip


def classes(
    values: pd.Series, measure: str, lang: Lang, scheme: Scheme, faint: bool = False, has_unknown: bool = False
) -> tuple[Sequence[float], list[tuple[int, str, str]]]:
    """The lower limits of the classes of a measure, and of each class its colour and its words; -1 = not known, where any is."""
    found = lower_limits(values)
    limits, said = FIXED.get(measure, (found, ["0", *class_labels(found, measure in WHOLE)]))
    steps = list(zip(range(len(limits) + 1), shades(measure, len(limits), scheme), said, strict=True))
    if has_unknown or values.isna().any():
        steps.insert(0, (-1, COLOURS[scheme].no_data, label("no_data", lang)))
    if faint:
        steps = [(step, _mixed(colour, COLOURS[scheme].map_ground), words) for step, colour, words in steps]
    return limits, steps


FEW = -2
"""The class of a row whose measure is not told, because too few stand behind it."""


def in_classes(
    rows: pd.DataFrame, measure: str, few: pd.Series, lang: Lang
) -> tuple[pd.Series, list[tuple[int, str, str]]]:
    """The class of each row, and what the legend says of each class there is: its number, colour and words; for maps on white.

    measure  a column of numbers, or `light`: the light of a case
    few      True for rows whose measure is not told: class FEW; -1 = not known
    """
    if measure == "light":
        found = rows["light"].map({code: step for step, code in enumerate(LIGHTS)}).fillna(-1).astype(int)
        steps = [
            (i, COLOURS["light"].lights[code][0], term.label(lang)) for i, (code, term) in enumerate(LIGHTS.items())
        ]
        return found, [step for step in steps if step[0] in set(found)]
    told = rows[measure].mask(few.to_numpy())
    limits, steps = classes(told, measure, lang, "light", has_unknown=bool(rows[measure].isna().any()))
    found = class_of(told, limits).mask(few.to_numpy(), FEW)
    steps = [step for step in steps if step[0] >= 0 or bool((found == step[0]).any())]
    return found, [*steps, *([(FEW, COLOURS["light"].map_built_up, label("too_few", lang))] if few.any() else [])]


def shades(measure: str, n: int, scheme: Scheme) -> list[str]:
    """The colours of class 0 and of n classes of a measure; few classes use the strong end of the ramp too.

    Class 0 is nothing, and pale; of idle days it is what was seen within the day, in the colour of what is covered.
    Of changes it is the greatest fall.
    """
    colours = COLOURS[scheme]
    ramp = colours.ramps[_ramp(measure)]
    if _ramp(measure) == "n_open_more":
        return list(ramp)
    zero = colours.ramps["covered_share"][2] if measure == "idle_mean_days" else colours.zero
    return [zero, *[ramp[round(i * (len(ramp) - 1) / max(n - 1, 1))] for i in range(n)]]


def _ramp(measure: str) -> str:
    """The colours of a measure: of its own, of counts per so much of something, of shares of the overdue, else of counts."""
    if measure in COLOURS["light"].ramps:
        return measure
    return "open_per_1k" if "_per_" in measure else "n_overdue" if measure == "overdue_share" else "n_open"


def stepped(colours: Sequence[str]) -> list[list[Any]]:
    """A colour scale of Plotly in steps of one width, without passages between them."""
    n = len(colours)
    return [[edge, colour] for i, colour in enumerate(colours) for edge in (i / n, (i + 1) / n)]


def legend(steps: Sequence[tuple[float, str, str]], title: str, scheme: Scheme) -> dict[str, Any]:
    """A colour bar in the corner of a map: steps of value, colour and what stands below."""
    colours, n = COLOURS[scheme], len(steps)
    return {
            "orientation": "h", "x": 0.012, "xanchor": "left", "y": 0.015, "yanchor": "bottom", "thickness": 12,
            "lenmode": "pixels", "len": max(62 * n, 130), "xpad": 6, "ypad": 4, "outlinewidth": 0,
            "tickvals": [z for z, _, _ in steps], "ticktext": [said for _, _, said in steps], "ticks": "",
            "tickfont": {"size": 12, "color": colours.text}, "bgcolor": colours.veil,
            "title": {"text": title, "side": "top", "font": {"size": 12, "color": colours.muted}},
    }  # fmt: skip


def _mixed(colour: str, ground: str, share: float = 0.45) -> str:
    """A colour thinned with that of the ground, so that map and legend stay the same colour."""
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def lines_of(row: Mapping[str, Any], names: Sequence[str], lang: Lang) -> str:
    """What is told of a row when one points at it: a line a column, as far as it has them."""
    return "<br>".join(
        f"{column_name(name, lang)}: {measured(name, row[name])}" for name in dict.fromkeys(names) if name in row
    )


def points(
    cases: gpd.GeoDataFrame,
    *,
    zone: str = "UTC",
    lang: Lang = "en",
    scheme: Scheme = "light",
    title: str | None = None,
    on: go.Figure | None = None,
) -> go.Figure:
    """Cases as points, the overdue ones on top in a colour of their own; cases without a point are not drawn.

    cases  one row a case: case_no, category, subcategory, address, reported_at, is_overdue, day_only, geom (EPSG:4326)
    on     a map to draw them on; it is changed and given back
    """
    placed = cases[cases.geometry.notna() & ~cases.geometry.is_empty] if len(cases) else cases
    figure = on or ground(scheme, title, None).update_layout(**view_of(placed))
    colours = COLOURS[scheme]
    for late, name, colour in ((False, "open", colours.text), (True, "overdue", colours.overdue)):
        part = placed[placed["is_overdue"].fillna(False).astype(bool) == late] if len(placed) else placed
        if part.empty:
            continue
        for size, shade in ((9, colours.surface), (6.5, colour)):  # a rim, so that a point shows on any ground
            figure.add_scattermap(
                lon=part.geometry.x.round(6).tolist(),
                lat=part.geometry.y.round(6).tolist(),
                mode="markers",
                name=label(name, lang),
                marker={"size": size, "color": shade, "opacity": 0.9},
                customdata=[[row["case_no"], _case_text(row, zone, lang)] for row in part.to_dict("records")],
                hovertemplate="%{customdata[1]}<extra></extra>",
            )
    return figure


def _case_text(row: dict[str, Any], zone: str, lang: Lang) -> str:
    day_only = int(row.get("day_only") or 0)
    lines = [
        f"<b>{safe(row['case_no'])}</b>",
        safe(" / ".join(str(row[c]) for c in ("category", "subcategory") if row.get(c))),
    ]
    lines += [safe(str(row["address"])[:60])] if row.get("address") else []
    lines.append(f"{column_name('reported_at', lang)}: {moment(row['reported_at'], zone, bool(day_only & 1))}")
    if row.get("due_at") is not None and not pd.isna(row["due_at"]):
        lines.append(f"{column_name('due_at', lang)}: {moment(row['due_at'], zone, bool(day_only & 4))}")
    return "<br>".join(lines)


def pointed(figure: go.Figure, scheme: Scheme) -> go.Figure:
    """The same map with an outline, empty at first, for the grid that a reader points at elsewhere (assets/tree.js)."""
    nothing = {"type": "geojson", "data": {"type": "FeatureCollection", "features": []}}
    return underlaid(figure, "pointed", nothing, "line", {"line-color": COLOURS[scheme].text, "line-width": 3})

"""The map of one case: where it is, the grid it lies in, how far 'the same place' goes, and the other cases there."""

import json
from typing import Any, Final

import geopandas as gpd
import numpy as np
import plotly.graph_objects as go
from shapely import Point

from gridgov.figures.base import Base
from gridgov.figures.maps import ground, underlaid, view_of
from gridgov.figures.shapes import screen_geojson
from gridgov.figures.style import COLOURS, Scheme
from gridgov.figures.text import column_name, moment, number, safe
from gridgov.vocabulary import RELATIONS, Lang, label

_WIDER: Final = 2.6
"""The map shows so many times the radius of the place to each side."""
_DEGREE_M: Final = 111_195
_COLOUR_OF: Final = {"duplicate": "blind", "same_kind": "overdue", "other": "open"}
"""Which colour of the style another case at the place has; its word stands in the box when one points at it."""


def case_place(
    spot: Point,
    others: gpd.GeoDataFrame,
    grid: gpd.GeoDataFrame,
    radius_m: float,
    *,
    name: str,
    zone: str = "UTC",
    lang: Lang = "en",
    scheme: Scheme = "light",
    base: Base | None = None,
) -> go.Figure:
    """The place of a case.

    spot    the case (EPSG:4326); `name` its number
    others  rows of the question place_history
    grid    the grid it lies in (grid_code, grid_name, geom), one row or none
    """
    colours = COLOURS[scheme]
    figure = ground(scheme, None, f"case {name}", base)
    ring = _ring(spot, radius_m)
    if len(grid):
        outline = {"type": "geojson", "data": json.loads(screen_geojson(grid))}
        underlaid(figure, "grid", outline, "line", {"line-color": colours.muted, "line-width": 2})
    place = {"type": "geojson", "data": {"type": "Polygon", "coordinates": [ring]}}
    underlaid(figure, "place", place, "fill", {"fill-color": colours.open, "fill-opacity": 0.12})
    wide = gpd.GeoDataFrame(geometry=[Point(xy) for xy in _ring(spot, _WIDER * radius_m)], crs=4326)
    figure.update_layout(**view_of(wide))
    for relation, colour in reversed(_COLOUR_OF.items()):
        part = others[(others["relation"] == relation) & others.geometry.notna()] if len(others) else others
        _dots(
            figure, part, label(relation, lang, RELATIONS), (6.5, getattr(colours, colour)), colours.surface, zone, lang
        )
    for size, shade in ((20, colours.surface), (16, colours.text), (8, colours.lights["yellow"][0])):
        figure.add_scattermap(
            lon=[spot.x], lat=[spot.y], mode="markers", marker={"size": size, "color": shade}, hoverinfo="text",
            hovertext=f"<b>{safe(name)}</b>", customdata=[[name]],
        )  # fmt: skip
    return figure


def _dots(
    figure: go.Figure, part: gpd.GeoDataFrame, said: str, dot: tuple[float, str], rim: str, zone: str, lang: Lang
) -> None:
    if part.empty:
        return
    told = [
        f"<b>{safe(row['case_no'])}</b> · {said}<br>{safe(row['subcategory'])}<br>{safe(row['address'])}<br>"
        f"{column_name('reported_at', lang)}: {moment(row['reported_at'], zone)} · {number(row['metres'])} m"
        for row in part.to_dict("records")
    ]
    for size, shade in ((dot[0] + 2.5, rim), dot):
        figure.add_scattermap(
            lon=part.geometry.x.round(6).tolist(), lat=part.geometry.y.round(6).tolist(), mode="markers", name=said,
            marker={"size": size, "color": shade}, customdata=[[no] for no in part["case_no"]], hovertext=told,
            hoverinfo="text",
        )  # fmt: skip


def _ring(spot: Point, metres: float) -> list[list[float]]:
    """A circle on the ground around a spot, as longitude and latitude."""
    turn = np.linspace(0, 2 * np.pi, 49)
    east = metres / (_DEGREE_M * np.cos(np.radians(spot.y)))
    points: Any = np.c_[spot.x + east * np.cos(turn), spot.y + metres / _DEGREE_M * np.sin(turn)].round(7)
    found: list[list[float]] = points.tolist()
    return found

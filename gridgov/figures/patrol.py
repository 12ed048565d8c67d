"""What lies on the map of patrols beside the colours of the grids: blind spots, sessions, checkpoints, idle days."""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import shapely

from gridgov.figures.maps import legend, lines_of, shades, stepped, underlaid
from gridgov.figures.scale import FIXED, class_of
from gridgov.figures.style import COLOURS, Scheme
from gridgov.figures.text import column_name, safe
from gridgov.vocabulary import Lang, label

_IDLE = "idle_mean_days"
_SIMPLE = 2e-5
"""Degrees, about 2 m: lines are drawn no finer."""


def blind_spots(spots: gpd.GeoDataFrame, on: go.Figure, *, lang: Lang = "en", scheme: Scheme = "light") -> go.Figure:
    """Blind spots over a map; a click tells `customdata[1]`, the grid with most of it.

    spots  one row a patch: patch, m2, idle_days, most_idle_days, never_share, grid_code, grid_name, geom (EPSG:4326)
    """
    if spots.empty:
        return on
    told = ("m2", "idle_days", "most_idle_days", "never_share")
    said = [_said(row, label("blind_spot", lang), told, lang) for row in spots.drop(columns="geom").to_dict("records")]
    return patches(spots, spots["patch"], said, on, COLOURS[scheme].blind)


def patches(
    areas: gpd.GeoDataFrame, ids: pd.Series, said: Sequence[str], on: go.Figure, colour: str, *, opacity: float = 0.55,
    width: float = 1,
) -> go.Figure:  # fmt: skip
    """Areas of one colour over a map, told apart by their numbers; a click tells `customdata[1]`, the grid of each.

    areas  one row an area: grid_code, geom (EPSG:4326)
    """
    if areas.empty:
        return on
    return on.add_choroplethmap(
        geojson=_collection(ids, areas.geometry.to_numpy()),
        locations=[f"patch {each}" for each in ids],
        z=[1] * len(areas), zmin=0, zmax=1, colorscale=stepped([colour]), showscale=False,
        marker={"opacity": opacity, "line": {"color": colour, "width": width}},
        customdata=[[words, code] for words, code in zip(said, areas["grid_code"], strict=True)],
        hovertemplate="%{customdata[0]}<extra></extra>",
    )  # fmt: skip


def checkpoints(points: gpd.GeoDataFrame, on: go.Figure, *, lang: Lang = "en", scheme: Scheme = "light") -> go.Figure:
    """Checkpoints that were missed over a map; `customdata[1]` is their grid.

    points  one row a checkpoint: checkpoint_name, due_visits, made_visits, lacking_visits, grid_code, grid_name, geom (point)
    """
    if points.empty:
        return on
    rows = points.drop(columns="geom").to_dict("records")
    said = [[_said(r, safe(r["checkpoint_name"]), ("due_visits", "made_visits"), lang), r["grid_code"]] for r in rows]
    return dots(points, on, COLOURS[scheme].overdue, said, scheme)


def sessions(lines: gpd.GeoDataFrame, on: go.Figure, *, lang: Lang = "en", scheme: Scheme = "light") -> go.Figure:
    """The lines of sessions over a map, all of one colour: whose they are is not shown.

    lines  one row a session: geom (EPSG:4326; null or empty where it is no longer kept)
    """
    if lines.empty:
        return on
    kept = lines[lines.geometry.notna() & ~lines.geometry.is_empty]
    return strokes(shapely.force_2d(kept.geometry.to_numpy()), on, COLOURS[scheme].patrol, 1.6, label("patrol", lang))


def outlines(grids: gpd.GeoDataFrame, on: go.Figure, *, lang: Lang = "en", scheme: Scheme = "light") -> go.Figure:
    """The rims of grids that nobody patrolled over a map.

    grids  one row a grid: geom (EPSG:4326)
    """
    if grids.empty:
        return on
    shown = grids[grids.geometry.notna()]
    name = label("unpatrolled", lang)
    return strokes(shapely.boundary(shown.geometry.to_numpy()), on, COLOURS[scheme].blind, 1.4, name)


def surface(
    on: go.Figure, address: str, corners: Sequence[Sequence[float]], *, lang: Lang = "en", scheme: Scheme = "light"
) -> go.Figure:
    """The picture of `surface_png` under the rims of a map's grids, whose own colours go; its legend beside it.

    address  that serves the picture (or a data: address)
    corners  longitude and latitude of its corners: north-west, north-east, south-east, south-west
    """
    on.update_traces(selector={"type": "choroplethmap"}, colorscale=stepped(["rgba(0,0,0,0)"]), showscale=False)
    source = {"type": "image", "url": address, "coordinates": [list(corner) for corner in corners]}
    underlaid(on, "surface", source, "raster", {"raster-opacity": 0.9, "raster-fade-duration": 0})
    names = [*FIXED[_IDLE][1], label("never", lang)]
    colours = _shades(scheme)
    bar = legend(list(zip(range(len(names)), colours, names, strict=True)), column_name(_IDLE, lang), scheme)
    return on.add_scattermap(
        lon=[corners[0][0]], lat=[corners[0][1]], mode="markers", hoverinfo="skip",
        marker={"size": 0.1, "opacity": 0, "color": [0], "cmin": -0.5, "cmax": len(names) - 0.5, "colorscale": stepped(colours),
                "showscale": True, "colorbar": bar},
    )  # fmt: skip


def surface_png(squares: pd.DataFrame, frame: Mapping[str, Any], scheme: Scheme = "light") -> bytes:
    """A picture of the surface of idle days, a pixel a square; where there is no land to patrol one looks through.

    squares  one row a square: square_row (from the south), square_col, idle_mean_days, n_cells, n_never
    frame    first_row, first_col, n_rows, n_cols of the picture, in squares
    """
    limits, _ = FIXED[_IDLE]
    pixels = np.zeros((frame["n_rows"], frame["n_cols"]), np.uint8)
    row = frame["n_rows"] - 1 - (squares["square_row"].to_numpy() - frame["first_row"])
    is_never = squares["n_never"].to_numpy() == squares["n_cells"].to_numpy()
    shade = np.where(is_never, len(limits) + 2, class_of(squares[_IDLE], limits).to_numpy() + 1)
    pixels[row, squares["square_col"].to_numpy() - frame["first_col"]] = shade
    return _png(pixels, ["#000000", *_shades(scheme)])


def _shades(scheme: Scheme) -> list[str]:
    """The colours of the classes of idle days, and of what nobody ever visited as far as is known."""
    return [*shades(_IDLE, len(FIXED[_IDLE][0]), scheme), COLOURS[scheme].ramps["open_per_1k"][-1]]


def _png(pixels: npt.NDArray[np.uint8], colours: Sequence[str]) -> bytes:
    """A PNG with a palette; the first colour is see-through (ISO/IEC 15948)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    n_rows, n_cols = pixels.shape
    head = struct.pack(">IIBBBBB", n_cols, n_rows, 8, 3, 0, 0, 0)
    lines = np.hstack([np.zeros((n_rows, 1), np.uint8), pixels]).tobytes()
    palette = b"".join(bytes.fromhex(colour[1:]) for colour in colours)
    parts = [(b"IHDR", head), (b"PLTE", palette), (b"tRNS", b"\0"), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def _said(row: Mapping[str, Any], title: str, names: Sequence[str], lang: Lang) -> str:
    return f"<b>{title}</b><br>{safe(row['grid_name'])}<br>{lines_of(row, names, lang)}"


def _collection(ids: Sequence[Any], shapes: npt.NDArray[np.object_]) -> dict[str, Any]:
    drawn = shapely.transform(shapely.simplify(shapes, _SIMPLE), lambda xy: xy.round(6))  # 0.1 m
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": f"patch {each}",
                "properties": {},
                "geometry": json.loads(shapely.to_geojson(shape)),
            }
            for each, shape in zip(ids, drawn, strict=True)
        ],
    }


def strokes(shapes: npt.NDArray[np.object_], on: go.Figure, colour: str, width: float, name: str) -> go.Figure:
    """Lines of one colour as one trace, apart by gaps."""
    parts = shapely.get_parts(shapely.simplify(shapes, _SIMPLE))
    if not len(parts):
        return on
    xy, part = shapely.get_coordinates(parts, return_index=True)
    ends = np.flatnonzero(np.diff(part)) + 1
    lon, lat = (np.insert(degrees.round(6), ends, np.nan) for degrees in xy.T)
    return on.add_scattermap(
        lon=_gapped(lon), lat=_gapped(lat), mode="lines", name=name, hoverinfo="skip", opacity=0.8,
        line={"color": colour, "width": width},
    )  # fmt: skip


def _gapped(degrees: npt.NDArray[np.float64]) -> list[float | None]:
    """NaN is not JSON: a gap is None."""
    return [None if value != value else value for value in degrees.tolist()]


def dots(points: gpd.GeoDataFrame, on: go.Figure, colour: str, said: list[Any], scheme: Scheme) -> go.Figure:
    """Points with a rim, so that they show on any ground."""
    if points.empty:
        return on
    for size, shade in ((12, COLOURS[scheme].surface), (8.5, colour)):
        on.add_scattermap(
            lon=points.geometry.x.round(6).tolist(), lat=points.geometry.y.round(6).tolist(), mode="markers",
            marker={"size": size, "color": shade}, customdata=said, hovertemplate="%{customdata[0]}<extra></extra>",
        )  # fmt: skip
    return on

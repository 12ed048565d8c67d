"""Playing back where people were: ways, stops and cases on a map, and the positions for a browser that moves the marks itself."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import shapely

from gridgov.figures.maps import underlaid, view_of
from gridgov.figures.patrol import dots, strokes
from gridgov.figures.style import COLOURS, Scheme
from gridgov.figures.text import moment, safe
from gridgov.vocabulary import CHANNELS, Lang, label

MOVING: Final = "moving"
"""The source of the map's style that holds the marks that move; assets/playback.js fills it."""


def moves(on: go.Figure, scheme: Scheme = "light") -> go.Figure:
    """Room for marks that move over a map: an own source, so that the browser need not draw the figure anew for a step."""
    colours = COLOURS[scheme]
    empty = {"type": "geojson", "data": {"type": "Point", "coordinates": [0, -90]}}
    paint = {
        "circle-radius": 7.5, "circle-color": colours.patrol, "circle-stroke-color": colours.surface, "circle-stroke-width": 2,
    }  # fmt: skip
    return underlaid(on, MOVING, empty, "circle", paint)


def trails(
    rows: gpd.GeoDataFrame, on: go.Figure, *, zone: str = "UTC", lang: Lang = "en", scheme: Scheme = "light",
    step_s: float = 60.0, goes_there: bool = False,
) -> go.Figure:  # fmt: skip
    """What a playback leaves on a map while it runs: the ways, the stops, the cases reported on the way.

    rows    one row a position, stop or case: what, track, at, until_at, case_no, category, channel, geom (point)
    step_s  seconds between two positions; where there are more, nothing is known of the way between
    goes_there  the view is that of the ways, in place of that of the map
    """
    ways = rows[rows["what"] == "position"].sort_values(["track", "at"], kind="stable")
    if goes_there:
        on.update_layout(**view_of(ways))
    if len(ways):
        track = ways["track"].astype("int64")  # nullable for cases only, which may be on nobody's way
        begins = (track.diff() != 0) | (ways["at"].diff().dt.total_seconds() > 1.5 * step_s)
        pieces = [part.geometry.to_numpy() for _, part in ways.groupby(begins.cumsum()) if len(part) > 1]
        lines = np.array([shapely.LineString(shapely.get_coordinates(piece)) for piece in pieces], object)
        strokes(lines, on, COLOURS[scheme].patrol, 1.4, label("patrol", lang))
    stops, cases = rows[rows["what"] == "stop"], rows[rows["what"] == "case"]
    dots(stops, on, COLOURS[scheme].muted, [[_stop(row, zone, lang), None] for row in stops.itertuples()], scheme)
    said = [[_case(row, zone, lang), None, row.case_no] for row in cases.itertuples()]
    return dots(cases, on, COLOURS[scheme].overdue, said, scheme)


def frames(rows: pd.DataFrame, zone: str, step_s: float) -> dict[str, Any]:
    """The positions for the browser, once: per track its times (seconds from the first) and places; begin and end (epoch).

    rows  as for `trails`; empty dictionary where there is no position
    """
    ways = rows[rows["what"] == "position"].sort_values(["track", "at"], kind="stable")
    if ways.empty:
        return {}
    at = (ways["at"] - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    begin, end = float(at.min()), float(at.max())
    table = pd.DataFrame({"track": ways["track"].to_numpy(), "t": (at - begin).round(1).to_numpy()})
    table["x"], table["y"] = ways["lon"].round(6).to_numpy(), ways["lat"].round(6).to_numpy()
    tracks = [{name: part[name].tolist() for name in "txy"} for _, part in table.groupby("track")]
    return {"begin": begin, "length": end - begin, "step": step_s, "zone": zone, "tracks": tracks}


def _stop(row: Any, zone: str, lang: Lang) -> str:
    return f"<b>{label('stop', lang)}</b><br>{moment(row.at, zone)[11:]} – {moment(row.until_at, zone)[11:]}"


def _case(row: Any, zone: str, lang: Lang) -> str:
    lines = (safe(row.category), label(row.channel, lang, CHANNELS) if row.channel else "", moment(row.at, zone))
    return f"<b>{safe(row.case_no)}</b><br>" + "<br>".join(line for line in lines if line)

"""Hotspots over a map: the outlines of where cases gather."""

import geopandas as gpd
import plotly.graph_objects as go

from gridgov.figures.maps import lines_of
from gridgov.figures.patrol import patches
from gridgov.figures.style import COLOURS, Scheme
from gridgov.figures.text import safe
from gridgov.vocabulary import Lang, label


def hotspots(spots: gpd.GeoDataFrame, on: go.Figure, *, lang: Lang = "en", scheme: Scheme = "light") -> go.Figure:
    """Hotspots over a map; a click tells `customdata[1]`, the grid with most of each.

    spots  one row a hotspot: hotspot, n_open, n_overdue, expected_n, m2, category, n_of_category, grid_code, grid_name, geom
    """
    told = ("n_open", "n_overdue", "expected_n", "m2")
    said = [
        f"<b>{label('hotspot', lang)} {row['hotspot']}</b><br>{safe(row['grid_name'])}<br>{lines_of(row, told, lang)}<br>"
        f"{safe(row['category'])} {row['n_of_category']}"
        for row in spots.drop(columns="geom").to_dict("records")
    ]
    return patches(spots, spots["hotspot"], said, on, COLOURS[scheme].blind, opacity=0.28, width=2.5)

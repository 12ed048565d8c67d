"""Figures: a frame in, a Plotly figure out. No screen, no question, no clock; the frame stays as it is.

Map figures need nothing from the network: their style is a background of our own, without tiles, glyphs or sprites.
"""

from gridgov.figures import style
from gridgov.figures.base import base_geojson
from gridgov.figures.charts import bars, flow, loads
from gridgov.figures.chosen import figure_of
from gridgov.figures.maps import choropleth, points
from gridgov.figures.shapes import fingerprint, screen_geojson
from gridgov.figures.tree import in_tree_order

__all__ = [
    "bars", "base_geojson", "choropleth", "figure_of", "fingerprint", "flow", "in_tree_order", "loads", "points",
    "screen_geojson", "style",
]  # fmt: skip

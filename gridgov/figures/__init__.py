"""Figures: a frame in, a Plotly figure out. No screen, no question, no clock; the frame stays as it is.

Map figures need nothing from the network: their style is a background of our own, without tiles, glyphs or sprites.
"""

from gridgov.figures import style
from gridgov.figures.base import base_geojson
from gridgov.figures.charts import bars, flow, loads
from gridgov.figures.chosen import figure_of
from gridgov.figures.maps import choropleth, points
from gridgov.figures.patrol import blind_spots, checkpoints, outlines, sessions, surface, surface_png
from gridgov.figures.playback import frames, moves, trails
from gridgov.figures.shapes import fingerprint, screen_geojson
from gridgov.figures.tree import in_tree_order

__all__ = [
    "bars", "base_geojson", "blind_spots", "checkpoints", "choropleth", "figure_of", "fingerprint", "flow", "frames",
    "in_tree_order", "loads", "moves", "outlines", "points", "screen_geojson", "sessions", "style", "surface", "surface_png",
    "trails",
]  # fmt: skip

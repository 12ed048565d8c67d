"""Figures: a frame in, a Plotly figure out. No screen, no question, no clock; the frame stays as it is.

Map figures need nothing from the network: their style is a background of our own, without tiles, glyphs or sprites.
"""

from gridgov.figures import style
from gridgov.figures.base import Base, base_geojson
from gridgov.figures.case import case_place
from gridgov.figures.charts import bars, flow
from gridgov.figures.days import days
from gridgov.figures.hotspots import hotspots
from gridgov.figures.maps import choropleth, pointed, points, with_more
from gridgov.figures.parts import bands, in_parts, light_parts, parts_over_time, prompt_parts, reply_parts
from gridgov.figures.patrol import blind_spots, checkpoints, outlines, sessions, surface, surface_png
from gridgov.figures.playback import frames, moves, trails
from gridgov.figures.shapes import fingerprint, screen_geojson
from gridgov.figures.tiles import case_tiles, session_tiles
from gridgov.figures.tree import in_tree_order
from gridgov.figures.units import cohort, handovers, waits
from gridgov.figures.wall import reds

__all__ = [
    "Base",
    "bands",
    "bars",
    "base_geojson",
    "blind_spots",
    "case_place",
    "case_tiles",
    "checkpoints",
    "choropleth",
    "cohort",
    "days",
    "fingerprint",
    "flow",
    "frames",
    "handovers",
    "hotspots",
    "in_parts",
    "in_tree_order",
    "light_parts",
    "moves",
    "outlines",
    "parts_over_time",
    "pointed",
    "points",
    "prompt_parts",
    "reds",
    "reply_parts",
    "screen_geojson",
    "session_tiles",
    "sessions",
    "style",
    "surface",
    "surface_png",
    "trails",
    "waits",
    "with_more",
]

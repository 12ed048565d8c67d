"""Vector tiles on a map. Of cases: a circle a cell, its size by the number of cases, its rim and colour by those overdue. Of
sessions: their lines.
"""

from typing import Final

import plotly.graph_objects as go

from gridgov.figures.maps import underlaid
from gridgov.figures.style import COLOURS, Scheme

LAYER: Final = "cases"
"""The layer of a tile, see gridgov.questions.tiles."""
LINES: Final = "sessions"
"""The layer of a tile of sessions, see gridgov.questions.session_tiles."""

_RADII: Final = ((1, 2.5), (5, 4.5), (25, 8.0), (100, 13.0), (1_000, 22.0), (10_000, 34.0))
"""Cases in a cell, and the radius of its circle in pixels: about the root, so that area tells the number."""
_FAR: Final = 0.4
"""Of that radius far out, where cells stand close together."""


def case_tiles(figure: go.Figure, address: str, *, max_zoom: int = 18, scheme: Scheme = "light") -> go.Figure:
    """The cases of tiles on a map figure, over its grids and under its points; the figure is changed and given back.

    address   of the tiles, absolute in the browser, with {z}, {x} and {y} in it
    max_zoom  beyond it the map enlarges the tiles of that zoom

    Far out a circle stands for the cases of a cell, from near for one case: it has the size of one. Cells with overdue cases
    are drawn over the others, in their colour and with a dark rim, so that colour is not all that tells them apart. Such a
    layer raises no clicks: where cases are few, points (`figures.points`) are the better choice.
    """
    colours = COLOURS[scheme]
    late = [">", ["coalesce", ["get", "overdue"], 0], 0]
    source = {"type": "vector", "tiles": [address], "minzoom": 0, "maxzoom": max_zoom}
    near, far = (
        ["interpolate", ["linear"], ["get", "n"], *(part for n, r in _RADII for part in (n, r * k))] for k in (1, _FAR)
    )
    paint = {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, far, 15, near],
        "circle-color": ["case", late, colours.overdue, colours.open],
        "circle-opacity": ["case", late, 0.9, 0.65],
        "circle-stroke-width": ["case", late, 1.2, 0.4],
        "circle-stroke-color": ["case", late, colours.text, colours.surface],
    }
    layout = {"circle-sort-key": ["coalesce", ["get", "overdue"], 0]}
    figure.update_traces(below="cases", selector={"type": "choroplethmap"})
    return underlaid(figure, "cases", source, "circle", paint, **{"source-layer": LAYER, "layout": layout})


def session_tiles(figure: go.Figure, address: str, *, max_zoom: int = 18, scheme: Scheme = "light") -> go.Figure:
    """The lines of sessions of tiles on a map figure, over its grids and under its points; it is changed and given back.

    address   of the tiles, absolute in the browser, with {z}, {x} and {y} in it
    max_zoom  beyond it the map enlarges the tiles of that zoom

    All of one colour, as `figures.sessions` draws few of them; finer far out, where many lie on each other.
    """
    source = {"type": "vector", "tiles": [address], "minzoom": 0, "maxzoom": max_zoom}
    paint = {
        "line-color": COLOURS[scheme].patrol,
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 11, 0.45, 15, 0.8],
        "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.7, 15, 1.8],
    }
    below = next((layer["id"] for layer in figure.layout.map.style["layers"] if layer["id"] == LAYER), LINES)
    figure.update_traces(below=below, selector={"type": "choroplethmap"})
    return underlaid(figure, LINES, source, "line", paint, **{"source-layer": LINES, "layout": {"line-join": "round"}})

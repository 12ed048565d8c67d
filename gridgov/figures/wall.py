"""The map of the wall: red cases and nothing else, large enough to be seen from across the room."""

import geopandas as gpd
import plotly.graph_objects as go

from gridgov.figures.maps import stepped
from gridgov.figures.style import COLOURS
from gridgov.vocabulary import LIGHTS, Lang, label


def reds(cases: gpd.GeoDataFrame, on: go.Figure, *, lang: Lang = "en") -> go.Figure:
    """Cases past their deadline as points on a dark map; deep red ones are larger and have a rim, so that not colour alone tells.

    cases  one row a case: light (red or deep_red), geom (EPSG:4326); cases without a point are not drawn
    on     a map; it is changed and given back: its grids are of one colour, its legend goes, numbers stand beside it
    """
    colours = COLOURS["dark"]
    on.update_traces(showscale=False, hoverinfo="skip", hovertemplate=None, colorscale=stepped([colours.zero]))
    placed = cases[cases.geometry.notna() & ~cases.geometry.is_empty] if len(cases) else cases
    for light, size, rim in (("red", 22, 0), ("deep_red", 30, 7)):
        part = placed[placed["light"] == light] if len(placed) else placed
        for wide, colour in ((size + rim, colours.text), (size, colours.lights[light][0]))[0 if rim else 1 :]:
            on.add_scattermap(
                lon=part.geometry.x.round(6).tolist() if len(part) else [],
                lat=part.geometry.y.round(6).tolist() if len(part) else [],
                mode="markers", name=label(light, lang, LIGHTS), hoverinfo="skip", marker={"size": wide, "color": colour},
            )  # fmt: skip
    return on

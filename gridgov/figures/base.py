"""What lies under the grids: roads, waters and built-up land of the town's own map, and over it the tiles that are configured."""

import json
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.figures.shapes import MAX_BYTES
from gridgov.figures.style import COLOURS, Scheme

BROAD_M: Final = 12.0
"""Roads from this width on are drawn at every zoom, narrower ones only from near."""

_FINEST = 1 / 8000
"""The first tolerance, as a part of the extent; it grows until the text is small enough."""
_SPECKS = 4.0
"""Areas below so many squared tolerances are left out."""


@dataclass(frozen=True)
class Base:
    """A base map to draw under the grids.

    shapes    an address that serves what `base_geojson` gives, or the collection itself; None = the town has no map
    tiles     addresses of tiles in WGS84, with {z}, {x} and {y}, the lowest first; they lie over the shapes
    max_zoom  the finest zoom of the tiles
    credit    what must be printed on the map: whose it is, and the numbers of its approval; "" = nothing
    """

    shapes: str | dict[str, Any] | None = None
    tiles: tuple[str, ...] = ()
    max_zoom: int = 18
    credit: str = ""

    @property
    def is_drawn(self) -> bool:
        """False when there is nothing to draw, at most something to print."""
        return self.shapes is not None or bool(self.tiles)


Shapes = npt.NDArray[np.object_]


def base_geojson(features: gpd.GeoDataFrame, max_bytes: int = MAX_BYTES) -> str:
    """A FeatureCollection with one feature a class (property `class`), simplified to at most `max_bytes`.

    features  one row a feature of the map: theme (road, water, built_up), width_m (NaN = not known), geom (EPSG:4326)
    classes   built_up and water (areas); river, broad and narrow (lines; roads from BROAD_M on are broad)
    """
    classes = _classed(features)
    if not classes:
        return json.dumps({"type": "FeatureCollection", "features": []})
    west, south, east, north = shapely.total_bounds(np.concatenate(list(classes.values())))
    squeeze = np.array([np.cos(np.radians((south + north) / 2)), 1.0])
    plane = {name: shapely.transform(shapes, lambda xy: xy * squeeze) for name, shapes in classes.items()}
    extent = max((east - west) * squeeze[0], north - south)
    tolerance = extent * _FINEST
    digits = max(4, int(np.ceil(-np.log10(max(extent, 1e-9) / 10_000))))
    while True:
        drawn = {name: _simplified(shapes, tolerance) for name, shapes in plane.items()}
        text = _collection(drawn, squeeze, digits)
        if len(text) <= max_bytes or tolerance > extent / 10:
            return text
        tolerance *= 1.5


def base_style(base: Base, scheme: Scheme) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Sources and layers of a MapLibre style that draw it."""
    sources, layers = ({}, []) if base.shapes is None else _own(base.shapes, scheme)
    for i, address in enumerate(base.tiles):
        name = f"tiles-{i}"
        sources[name] = {"type": "raster", "tiles": [address], "tileSize": 256, "maxzoom": base.max_zoom}
        layers.append({"id": name, "type": "raster", "source": name, "paint": _TILE_PAINT[scheme]})
    return sources, layers


_TILE_PAINT: Final[dict[Scheme, dict[str, Any]]] = {
    "light": {"raster-saturation": -0.35, "raster-fade-duration": 0},
    # Light tiles turned dark: bright and dark change places, and the colours go back to what they were.
    "dark": {
        "raster-brightness-min": 0.82, "raster-brightness-max": 0.11, "raster-hue-rotate": 180, "raster-saturation": -0.45,
        "raster-fade-duration": 0,
    },
}  # fmt: skip
"""Tiles are drawn paler than they are, so that the colours of the grids speak."""


def _own(shapes: str | dict[str, Any], scheme: Scheme) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The town's own map."""
    c = COLOURS[scheme]

    def drawn(name: str, kind: str, paint: dict[str, Any], **more: Any) -> dict[str, Any]:
        shape = {"line-cap": "round", "line-join": "round"} if kind == "line" else {}
        of = {"id": f"base-{name}", "type": kind, "source": "base", "filter": ["==", ["get", "class"], name]}
        return {**of, "paint": paint, "layout": shape, **more}

    def wide(near: float, far: float) -> list[Any]:
        return ["interpolate", ["exponential", 1.6], ["zoom"], 10, near, 17, far]

    layers = [
        drawn("built_up", "fill", {"fill-color": c.map_built_up, "fill-antialias": False}),
        drawn("water", "fill", {"fill-color": c.map_water}),
        drawn("river", "line", {"line-color": c.map_water, "line-width": wide(0.6, 9)}),
        drawn("narrow", "line", {"line-color": c.map_road, "line-width": wide(0.2, 4)}, minzoom=12.5),
        drawn("broad", "line", {"line-color": c.map_road, "line-width": wide(0.9, 14)}),
    ]
    return {"base": {"type": "geojson", "data": shapes}}, layers


def _classed(features: gpd.GeoDataFrame) -> dict[str, Shapes]:
    """The shapes of each class, those of one class that meet put together; classes without any are left out."""
    theme = features["theme"].to_numpy()
    shapes = features.geometry.to_numpy()
    is_area = shapely.get_dimensions(shapes) == 2
    is_line = shapely.get_dimensions(shapes) == 1
    is_broad = pd.to_numeric(features["width_m"]).to_numpy(np.float64) >= BROAD_M
    of = {
        "built_up": (theme == "built_up") & is_area,
        "water": (theme == "water") & is_area,
        "river": (theme == "water") & is_line,
        "narrow": (theme == "road") & is_line & ~is_broad,
        "broad": (theme == "road") & is_line & is_broad,
    }
    found = {}
    for name, chosen in of.items():
        if chosen.any():
            whole = shapely.get_parts(shapes[chosen])
            found[name] = whole if name in ("built_up", "water") else shapely.get_parts(shapely.line_merge(_one(whole)))
    return found


def _one(lines: Shapes) -> shapely.MultiLineString:
    return shapely.multilinestrings(lines[shapely.get_type_id(lines) == 1])


def _simplified(shapes: Shapes, tolerance: float) -> Shapes:
    """Shapes with fewer vertices, without those too small to be seen."""
    if shapely.get_dimensions(shapes[0]) == 2:
        shapes = shapes[shapely.area(shapes) > _SPECKS * tolerance**2]
        simple = shapely.simplify(shapes, tolerance)
        return shapely.get_parts(simple[~shapely.is_empty(simple)])
    return shapely.simplify(shapes[shapely.length(shapes) > tolerance], tolerance)


def _collection(drawn: dict[str, Shapes], squeeze: npt.NDArray[np.float64], digits: int) -> str:
    features = []
    for name, shapes in drawn.items():
        if len(shapes):
            is_area = shapely.get_dimensions(shapes[0]) == 2
            many = shapely.multipolygons(shapes) if is_area else shapely.multilinestrings(shapes)
            rounded = shapely.transform(many, lambda xy: np.round(xy / squeeze, digits))
            shape = json.loads(shapely.to_geojson(rounded))
            features.append({"type": "Feature", "properties": {"class": name}, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))

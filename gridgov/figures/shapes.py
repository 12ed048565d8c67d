"""Geometry for the screen: simplified so that neighbours still meet, and small enough to send."""

import hashlib
import json

import geopandas as gpd
import numpy as np
import shapely

MAX_BYTES = 300_000


def screen_geojson(grids: gpd.GeoDataFrame, max_bytes: int = MAX_BYTES) -> str:
    """A FeatureCollection with the code of each grid as its id, simplified to at most `max_bytes`.

    grids   one row a grid: grid_code, geom (EPSG:4326). Rows without a code or a geometry are left out.
    Neighbours keep their common edges (coverage simplification). The tolerance starts at 1/4000 of the extent and doubles.
    """
    shown = grids[grids["grid_code"].notna() & grids.geometry.notna()]
    if shown.empty:
        return json.dumps({"type": "FeatureCollection", "features": []})
    west, south, east, north = shown.total_bounds
    # Degrees of longitude are shorter than degrees of latitude; simplify in a plane where both are as long.
    squeeze = np.array([np.cos(np.radians((south + north) / 2)), 1.0])
    plane = shapely.transform(shown.geometry.to_numpy(), lambda xy: xy * squeeze)
    extent = max((east - west) * squeeze[0], north - south)
    tolerance = extent / 4000
    digits = max(5, int(np.ceil(-np.log10(max(extent, 1e-9) / 20_000))))
    while True:
        drawn = shapely.transform(shapely.coverage_simplify(plane, tolerance), lambda xy: xy / squeeze)
        text = _collection(shown["grid_code"].tolist(), drawn, digits)
        if len(text) <= max_bytes or tolerance > extent / 10:
            return text
        tolerance *= 2


def _collection(codes: list[str], geometries: np.ndarray, digits: int) -> str:
    features = []
    for code, geometry in zip(codes, geometries, strict=True):
        shape = json.loads(shapely.to_geojson(geometry), parse_float=lambda text: round(float(text), digits))
        features.append({"type": "Feature", "id": code, "properties": {}, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))


def fingerprint(grids: gpd.GeoDataFrame) -> str:
    """The same for the same codes and shapes, whatever the numbers beside them."""
    shown = grids[grids["grid_code"].notna() & grids.geometry.notna()]
    digest = hashlib.sha256()
    for code, wkb in zip(shown["grid_code"], shapely.to_wkb(shown.geometry.to_numpy()), strict=True):
        digest.update(str(code).encode() + b"\0" + wkb)
    return digest.hexdigest()[:32]

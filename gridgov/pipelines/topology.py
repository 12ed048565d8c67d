"""The topology of a hierarchy: do siblings overlap, do children tile their parent, what lies between."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

THRESHOLD_M2 = 1.0
"""Smaller overlaps and gaps are the rounding of coordinates, not an error in the map."""

_SLIVER = 0.02
"""A sliver is a gap or overlap thinner than this: 4 pi area / perimeter^2 (a circle has 1, a square 0.79)."""


_BEND_DEG = 0.001
"""Lines are straight in degrees and bend in metres. Cut into pieces of some 100 m, a long edge bends like the short ones
along it; else children would miss the straight edge of a given parent by centimetres, and by many m2."""


def examine(built: gpd.GeoDataFrame, metric: str) -> dict[str, Any]:
    """Overlaps, gaps, slivers and children that do not tile their parent; areas in m2, measured in `metric`.

    built    as from hierarchy.build_hierarchy
    returns  overlaps  pairs of one level sharing more than THRESHOLD_M2: a, b, area_m2
             gaps      holes between the grids of a level, and parts of a given parent without child: parent, area_m2
             slivers   those of both that are thin: of, area_m2
             untiled   given parents: missing_m2 (not covered by children), beyond_m2 (children outside it)
             max_overlap_m2, total_gap_m2
    """
    flat = built.geometry.segmentize(_BEND_DEG).to_crs(metric).to_numpy()
    overlaps, gaps, untiled, slivers = [], [], [], []
    codes, levels = built["code"].to_numpy(), built["level"].to_numpy()
    given = built["is_given"].to_numpy()
    largest = 0.0
    for level in np.unique(levels):
        among = np.flatnonzero((levels == level) & given)
        a, b = _touching(flat[among])
        shared = shapely.intersection(flat[among][a], flat[among][b])
        areas = shapely.area(shared)
        largest = max(largest, float(areas.max(initial=0.0)))
        for i in np.flatnonzero(areas > THRESHOLD_M2):
            overlaps.append({"a": codes[among[a[i]]], "b": codes[among[b[i]]], "area_m2": _m2(areas[i])})
            slivers += _thin(shared[i], f"overlap of {codes[among[a[i]]]} and {codes[among[b[i]]]}")
    for parent, rows in built.groupby("parent_code").indices.items():
        at = int(np.flatnonzero(codes == parent)[0])
        children = shapely.union_all(flat[rows])
        missing = shapely.difference(flat[at], children) if given[at] else _holes(children)
        for part in shapely.get_parts(missing):
            if part.area > THRESHOLD_M2:
                gaps.append({"parent": parent, "area_m2": _m2(part.area)})
                slivers += _thin(part, f"gap in {parent}")
        if given[at]:
            beyond = shapely.area(shapely.difference(children, flat[at]))
            lacking = shapely.area(missing)
            if max(beyond, lacking) > THRESHOLD_M2:
                untiled.append({"parent": parent, "missing_m2": _m2(lacking), "beyond_m2": _m2(beyond)})
    return {
        "overlaps": sorted(overlaps, key=lambda o: -o["area_m2"]),
        "gaps": sorted(gaps, key=lambda g: -g["area_m2"]),
        "slivers": sorted(slivers, key=lambda s: -s["area_m2"]),
        "untiled": untiled,
        "max_overlap_m2": round(largest, 6),
        "total_gap_m2": _m2(sum(g["area_m2"] for g in gaps)),
    }


def _touching(geoms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs whose bounding boxes meet, each once."""
    a, b = shapely.STRtree(geoms).query(geoms)
    once = a < b
    return a[once], b[once]


def _holes(geom: shapely.Geometry) -> shapely.Geometry:
    rings = [ring for part in shapely.get_parts(geom) for ring in part.interiors]
    return shapely.MultiPolygon([shapely.Polygon(ring) for ring in rings])


def _thin(geom: shapely.Geometry, of: str) -> list[dict[str, Any]]:
    parts = [p for p in shapely.get_parts(geom) if p.geom_type == "Polygon" and p.area > THRESHOLD_M2]
    return [{"of": of, "area_m2": _m2(p.area)} for p in parts if 4 * np.pi * p.area < _SLIVER * p.length**2]


def _m2(area: float) -> float:
    return round(float(area), 3)

"""The land to patrol (应巡面积) as cells: built-up land, and roads as wide as they are."""

import numpy as np
import numpy.typing as npt
import shapely

from gridgov.analytics.patrol.cells import CELL_M, NO_CELLS, Cells, together
from gridgov.analytics.patrol.coverage import land_cells
from gridgov.analytics.patrol.sweeping import swept
from gridgov.analytics.patrol.tracks import Tracks
from gridgov.crs import from_wgs84, parse_datum

_LINES, _AREAS = 1, 3  # as shapely numbers the types of parts
_MARGIN_DEG = 0.005
"""So far beyond the box shapes are kept: half the width of any road."""


def due_land(
    shapes: npt.NDArray[np.object_],
    width_m: npt.ArrayLike,
    crs: str,
    box: tuple[float, float, float, float],
    *,
    cell_m: float = CELL_M,
) -> Cells:
    """The cells whose centre lies in built-up land or within half the width of a road, as one set (owner 0).

    shapes   EPSG:4326: areas count as they are, lines as roads, points for nothing; they may overlap
    width_m  of each shape, from kerb to kerb; a line is at least as wide as a cell, also where its width is not known (NaN)
    crs      metric CRS of the town
    box      west, south, east, north, degrees: the town. What lies beyond is of no interest, however far the map goes.
    """
    width = np.broadcast_to(np.asarray(width_m, np.float64), shapes.shape)
    parts, owner = _cut(shapes, shapely.box(*box).buffer(_MARGIN_DEG, join_style="mitre"))
    kind = shapely.get_type_id(parts)
    areas = parts[kind == _AREAS]
    built = land_cells(areas, crs, cell_m) if len(areas) else NO_CELLS
    return together(built, _strips(parts[kind == _LINES], width[owner[kind == _LINES]], crs, cell_m))


def _cut(
    shapes: npt.NDArray[np.object_], box: shapely.Polygon
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """The single parts of shapes that lie in a box, and which shape each is of."""
    shapely.prepare(box)
    near = np.flatnonzero(shapely.intersects(box, shapes))
    found = shapes[near]
    across = ~shapely.covers(box, found)
    found[across] = shapely.intersection(found[across], box)
    owner = near
    for _ in range(2):  # a collection may hold shapes of several parts
        found, of = shapely.get_parts(found, return_index=True)
        owner = owner[of]
    return found, owner.astype(np.int64)


def _strips(lines: npt.NDArray[np.object_], width: npt.NDArray[np.float64], crs: str, cell_m: float) -> Cells:
    """The cells within half their width of lines."""
    radius = np.round(np.fmax(width, cell_m) / 2, 1)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    x, y = from_wgs84(xy[:, 0], xy[:, 1], parse_datum(crs))
    found = []
    for each in np.unique(radius):  # of a few kinds of road
        chosen = np.flatnonzero(radius == each)
        mine = np.isin(line, chosen)
        first = np.append(np.searchsorted(line[mine], chosen), mine.sum())
        way = Tracks(x[mine], y[mine], np.zeros(int(mine.sum())), first)
        found.append(swept(way, np.zeros(len(chosen), np.int64), radius_m=float(each), cell_m=cell_m))
    return together(*found)

"""The lines of sessions as tracks: what is asked of the way itself, where the cells of days do not tell enough."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridgov.analytics.patrol.tracks import Tracks
from gridgov.crs import from_wgs84, parse_datum

Floats = npt.NDArray[np.float64]


def vertices(lines: npt.NDArray[np.object_]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Longitude, latitude and seconds since 1970 UTC of every vertex (n, 3), and where each line begins (lines + 1,)."""
    held = shapely.get_coordinates(lines, include_m=True)
    n = shapely.get_num_coordinates(lines)
    return held, np.append(0, np.cumsum(n)).astype(np.int64)


def tracks_of_lines(lines: npt.NDArray[np.object_], crs: str | None) -> Tracks:
    """LineStrings M (EPSG:4326, M = seconds since 1970 UTC) as tracks in a metric CRS; None gives a track without fixes."""
    held, first = vertices(lines)
    if not len(held):
        return Tracks(np.empty(0), np.empty(0), np.empty(0), first)
    x, y = from_wgs84(held[:, 0], held[:, 1], parse_datum(crs))
    return Tracks(x, y, held[:, 2], first)


def kept_lines(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The sessions that have a line."""
    return rows[rows.geometry.notna()].reset_index(drop=True)

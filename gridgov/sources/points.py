"""Coordinates as published -> WGS84: from two columns, from WKT, or from the file's own geometry."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gridgov.crs import parse_datum, to_wgs84
from gridgov.errors import SourceError
from gridgov.sources import values
from gridgov.sources.mapping import Mapping
from gridgov.sources.reading import RawBatch


@dataclass
class Points:
    """Where rows are, and what their cells say.

    lon, lat  WGS84 degrees, NaN where there are none
    x, y      as written, in the declared datum, NaN where there are none
    bad       cells that hold no possible coordinates; shown makes their text
    """

    lon: np.ndarray
    lat: np.ndarray
    x: np.ndarray
    y: np.ndarray
    bad: np.ndarray
    shown: Callable[[], pa.Array]


def read_points(batch: RawBatch, mapping: Mapping, declared_crs: str | None) -> Points:
    """The coordinates of a batch, through the mapping's datum; 0,0 counts as missing.

    Raises SourceError when the file holds lines or polygons, or was to declare a datum and does not.
    """
    x, y, bad, shown = _columns(batch, mapping)
    missing = np.isnan(x) | np.isnan(y) | ((x == 0) & (y == 0))
    x, y = np.where(missing, np.nan, x), np.where(missing, np.nan, y)
    if missing.all():
        return Points(x, y, x, y, bad, shown)
    lon, lat = to_wgs84(x, y, parse_datum(declared_datum(mapping, declared_crs)))
    with np.errstate(invalid="ignore"):
        bad = bad | (~missing & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    return Points(lon, lat, x, y, bad, shown)


def declared_datum(mapping: Mapping, declared_crs: str | None) -> str:
    """The datum a mapping declares, or the file does where the mapping leaves it to the file."""
    if mapping.datum != "file":
        return str(mapping.datum)
    if declared_crs is None:
        raise SourceError(
            "The mapping says datum = 'file', but the file declares none. Say in the mapping which it is."
        )
    return declared_crs


def _columns(batch: RawBatch, mapping: Mapping) -> tuple[np.ndarray, np.ndarray, np.ndarray, Callable[[], pa.Array]]:
    columns, raw = mapping.columns, batch.table
    n = raw.num_rows
    if "lon" in columns:
        x, bad_x = values.column_numbers(raw, columns["lon"], mapping.nulls)
        y, bad_y = values.column_numbers(raw, columns["lat"], mapping.nulls)

        def pair() -> pa.Array:
            parts = [values.column_text(raw, columns[c], mapping.nulls) for c in ("lon", "lat")]
            return pc.binary_join_element_wise(*parts, ", ", null_handling="replace", null_replacement="")

        return x, y, bad_x | bad_y | (np.isnan(x) != np.isnan(y)), pair
    if "wkt" in columns:
        text = values.column_text(raw, columns["wkt"], mapping.nulls)
        points = shapely.from_wkt(text.to_numpy(zero_copy_only=False), on_invalid="ignore")
        is_point = shapely.get_type_id(points) == 0
        given = pc.is_valid(text).to_numpy(zero_copy_only=False)
        return *_xy(points), given & ~is_point, lambda: text

    def none() -> pa.Array:
        return pa.nulls(n, pa.string())

    if batch.geometry is None:
        return np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, bool), none
    if set(np.unique(shapely.get_type_id(batch.geometry))) - {-1, 0}:
        raise SourceError(
            "The file holds polygons or lines where points were expected. If these are grids, give it to "
            "`gridgov load grids`; else map `lon` and `lat`."
        )
    return *_xy(batch.geometry), np.zeros(n, bool), none


def _xy(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of points; NaN where there is none, or an empty one, which GEOS refuses to be asked about."""
    points = points.copy()
    points[shapely.is_empty(points)] = None
    return shapely.get_x(points), shapely.get_y(points)

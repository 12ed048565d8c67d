"""Lines whose vertices have times -> one record a vertex.

Where a track is published as one feature, its times are a list beside it, as long as the line (GeoJSON's `coordTimes`), or
the measure M of its vertices. All other cells of the feature are said of each of its vertices.
"""

import json
from itertools import chain

import numpy as np
import pyarrow as pa
import shapely

from gridgov.sources import values
from gridgov.sources.mapping import MEASURE, TrackMapping
from gridgov.sources.reading import Broken, RawBatch

_LINES = (1, 2, 5)  # LineString, LinearRing, MultiLineString
_POINTS = (-1, 0)


def by_vertex(batch: RawBatch, mapping: TrackMapping) -> RawBatch:
    """The batch with a record for each vertex of its lines; points stay as they are.

    The records of one line keep its row_no. A line with another number of times than of vertices becomes Broken.
    """
    shapes, specs = batch.geometry, mapping.columns["at"].from_
    if shapes is None:
        return batch
    kinds = shapely.get_type_id(shapes)
    is_line = np.isin(kinds, _LINES)
    if MEASURE not in specs and not is_line.any():
        return batch
    n_vertices = np.where(is_line, shapely.get_num_coordinates(shapes), 1)
    column = specs[0]
    times: list[list[str | None]] | None = None
    if column != MEASURE:
        told = values.as_text(batch.table[column]).to_pylist()
        times = [_listed(text) if line else [text] for text, line in zip(told, is_line, strict=True)]
    n_times = n_vertices if times is None else np.array([len(each) for each in times])
    is_shape = is_line | np.isin(kinds, _POINTS)
    fits = is_shape & (n_times == n_vertices) & (n_vertices > 0)
    broken = [
        Broken(
            int(batch.row_no[row]),
            f"its line has {n_vertices[row]:,} vertices, and {n_times[row]:,} times"
            if is_shape[row]
            else "its geometry is neither a point nor a line",
        )
        for row in np.flatnonzero(~fits)
    ]
    rows = np.flatnonzero(fits)
    at = None if times is None else pa.array(chain.from_iterable(times[row] for row in rows), pa.string())
    return _spread(batch, shapes, rows, column, at, [*batch.broken, *broken])


def _spread(
    batch: RawBatch, shapes: np.ndarray, rows: np.ndarray, column: str, at: pa.Array | None, broken: list[Broken]
) -> RawBatch:
    """Some records of a batch by vertex, with the times in a column; without times, with the measure in it."""
    xym, owner = shapely.get_coordinates(shapes[rows], include_m=True, return_index=True)
    # a record without a place has no vertex, and is still to be told of
    counts = np.bincount(owner, minlength=len(rows))
    nowhere = np.flatnonzero(counts == 0)
    if len(nowhere):
        place = np.searchsorted(owner, nowhere)
        owner, xym = np.insert(owner, place, nowhere), np.insert(xym, place, np.nan, axis=0)
    points = shapely.points(np.nan_to_num(xym[:, :2]))
    points[np.isnan(xym[:, 0])] = None
    table = batch.table.take(pa.array(rows[owner]))
    told = pa.array(xym[:, 2], from_pandas=True) if at is None else at
    place = table.schema.get_field_index(column)
    table = table.append_column(column, told) if place < 0 else table.set_column(place, column, told)
    return RawBatch(table, batch.row_no[rows[owner]], points, broken)


def _listed(text: str | None) -> list[str | None]:
    """The times of a list in JSON, of a nested one in a row; nothing where it is no list."""
    try:
        told = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    if not isinstance(told, list):
        return []
    flat = chain.from_iterable(part if isinstance(part, list) else [part] for part in told)
    return [None if time is None else str(time) for time in flat]

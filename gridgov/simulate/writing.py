"""Files as real systems publish them, the same bytes every time: CSV in any encoding, Parquet, GeoJSON, GeoPackage.

Writers take pieces as they come and keep none of them. The bytes are the same with the same versions of the libraries: the
time of writing that a GeoPackage and a workbook hold is a fixed one.
"""

import gzip
import io
import json
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pyogrio
import shapely
from shapely.geometry import mapping

from gridgov import crs

Degrees = np.ndarray
WRITTEN_AT = "2024-01-01T00:00:00.000Z"
"""The time of writing that GeoPackages of a simulated town hold."""


class CsvFile:
    """A CSV that grows piece by piece; `.gz` compresses, any encoding of Python's can be asked for."""

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self._path, self._encoding = path, encoding
        self._raw: BinaryIO = path.open("wb")
        self._file: Any = gzip.GzipFile("", "wb", 6, self._raw, mtime=0) if path.suffix == ".gz" else self._raw
        self._has_header = False

    def append(self, table: pa.Table) -> None:
        """Write the rows of a table; the first one gives the header."""
        options = csv.WriteOptions(include_header=not self._has_header, quoting_style="needed", batch_size=65_536)
        self._has_header = True
        plain = _plain(table)
        if self._encoding == "utf-8":
            csv.write_csv(plain, self._file, options)
            return
        text = io.BytesIO()
        csv.write_csv(plain, text, options)
        self._file.write(text.getvalue().decode().encode(self._encoding))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not self._raw:
            self._file.close()
        self._raw.close()


class ParquetFile:
    """A Parquet file that grows by row groups: one for each piece appended.

    Words are handed over plain: of a dictionary that names a word twice the writer does not always keep the same one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def append(self, table: pa.Table) -> None:
        """Write the rows of a table as a row group; the first one gives the schema."""
        plain = _plain(table)
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._path, plain.schema, compression="zstd", compression_level=1, store_schema=False
            )
        if plain.num_rows:
            self._writer.write_table(plain, row_group_size=plain.num_rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._writer is not None:
            self._writer.close()


def _plain(table: pa.Table) -> pa.Table:
    return pa.table({name: _decoded(table[name]) for name in table.column_names})


def _decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def clock_text(seconds: np.ndarray, form: str) -> pa.Array:
    """Local seconds as text in a time format; -1 = null. Each day and each second of a day is formatted once.

    >>> clock_text(np.array([86_399, -1]), "%Y/%m/%d %H:%M").to_pylist()
    ['1970/01/01 23:59', None]
    """
    cut = form.find("%H") if "%H" in form else len(form)
    missing = seconds < 0
    day, second = np.divmod(seconds, 86_400)
    parts = []
    if cut:
        there = day[~missing]
        first, last = (int(there.min()), int(there.max())) if len(there) else (0, 0)
        days = pc.strftime(pa.array(np.arange(first, last + 1, dtype=np.int32)).cast(pa.date32()), format=form[:cut])
        parts.append(days.take(pa.array(day - first, mask=missing)))
    if cut < len(form):
        parts.append(_times_of_day(form[cut:]).take(pa.array(second, mask=missing)))
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "")


@lru_cache
def _times_of_day(form: str) -> pa.Array:
    return pc.strftime(pa.array(np.arange(86_400)).cast(pa.timestamp("s")), format=form)


def degrees(
    x: np.ndarray, y: np.ndarray, metric: str, datum: str = "WGS84", places: int = 7
) -> tuple[Degrees, Degrees]:
    """Longitudes and latitudes in a datum, rounded, from metres of a metric CRS; NaN stays NaN."""
    there = np.isfinite(x)
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    stored = crs.to_wgs84(np.asarray(x, float)[there], np.asarray(y, float)[there], crs.parse_datum(metric))
    a, b = crs.from_wgs84(*stored, crs.parse_datum(datum))
    lon[there], lat[there] = a.round(places), b.round(places)
    return lon, lat


def in_degrees(frame: gpd.GeoDataFrame, metric: str, datum: str = "WGS84", places: int = 7) -> gpd.GeoDataFrame:
    """A frame whose geometry is in degrees of a datum, rounded; the same vertex always gives the same numbers."""

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(degrees(xy[:, 0], xy[:, 1], metric, datum, places))

    moved = shapely.transform(frame.geometry.to_numpy(), move)
    return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=crs.STORE_CRS))


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """A frame in degrees as GeoJSON, one feature a line."""
    rows = frame.drop(columns=frame.geometry.name).astype(object).to_dict("records")
    features = [
        json.dumps({"type": "Feature", "properties": row, "geometry": mapping(shape)}, ensure_ascii=False)
        for row, shape in zip(rows, frame.geometry, strict=True)
    ]
    path.write_text('{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n", "utf-8")


def write_gpkg(layers: dict[str, gpd.GeoDataFrame], path: Path) -> None:
    """Frames in degrees as the layers of a GeoPackage."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN_AT})
    for name, frame in layers.items():
        frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def write_table(frame: pd.DataFrame, path: Path, encoding: str = "utf-8") -> None:
    """A small frame as CSV."""
    with CsvFile(path, encoding) as file:
        file.append(pa.Table.from_pandas(frame, preserve_index=False))

"""Parquet and GeoParquet, row group by row group, only the wanted columns."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gridgov.errors import SourceError
from gridgov.sources.reading.base import RawBatch, Request, Source, plain, require_columns
from gridgov.sources.reading.vector import with_shapes

PIECE = 50_000


class ParquetSource(Source):
    """A Parquet file; with "geo" metadata its primary geometry (WKB) and its CRS too."""

    format = "parquet"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        try:
            # Buffered, or a whole row group of each column would be held.
            self._file = pq.ParquetFile(request.path, pre_buffer=False, buffer_size=1 << 20)
            schema = self._file.schema_arrow
        except (pa.ArrowException, OSError, ValueError) as err:
            raise _damaged(request, err) from err
        self.columns = list(schema.names)
        self.n_rows = self._file.metadata.num_rows
        try:
            self._geometry = self._read_geo((schema.metadata or {}).get(b"geo"))
            require_columns(request, self.columns)
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        self._file.close()

    def _read_geo(self, metadata: bytes | None) -> str | None:
        """The geometry column, from the GeoParquet metadata; also sets geometry type and CRS."""
        request = self.request
        if metadata is None:
            if request.geometry:
                raise SourceError(
                    f"{request.name} says nothing of geometry ('geo' metadata): it is plain Parquet. Write it as "
                    "GeoParquet, for example with GeoPandas or QGIS."
                )
            return None
        try:
            geo = json.loads(metadata)
            name = geo["primary_column"]
            column = geo["columns"][name]
            encoding, types = column["encoding"], column.get("geometry_types") or []
        except (ValueError, KeyError, TypeError) as err:
            raise SourceError(
                f"{request.name} has damaged 'geo' metadata ({err!r}). Write it again as GeoParquet."
            ) from err
        if request.geometry and (encoding != "WKB" or name not in self.columns):
            raise SourceError(
                f"{request.name} holds its geometry '{name}' as {encoding}; WKB is expected. Write it again with "
                "geometry_encoding = 'WKB'."
            )
        bases = {str(kind).removesuffix(" Z").removesuffix(" ZM").removesuffix(" M") for kind in types}
        self.geometry_type = bases.pop() if len(bases) == 1 else "Unknown"
        self.declared_crs = _crs_text(column)
        return str(name)

    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        request, next_no = self.request, 1
        columns = list(request.wanted)
        if request.geometry and self._geometry and self._geometry not in columns:
            columns.append(self._geometry)
        batches = self._file.iter_batches(batch_size=min(rows, PIECE), columns=columns or self.columns[:1])
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError, ValueError) as err:
                raise _damaged(request, err) from err
            if batch is None:
                return
            numbers = np.arange(next_no, next_no + batch.num_rows, dtype=np.int64)
            next_no += batch.num_rows
            table = plain(pa.table(batch.select(list(request.wanted))), request.name)
            wkb = None
            if request.geometry and self._geometry:
                wkb = batch.column(self._geometry)
                wkb = wkb.storage if isinstance(wkb, pa.ExtensionArray) else wkb
            yield with_shapes(table, numbers, wkb)


def _crs_text(column: dict[str, Any]) -> str | None:
    """The CRS as authority and code if it has them, else PROJJSON; GeoParquet without the key is WGS84 lon/lat."""
    crs = column.get("crs", "OGC:CRS84")
    if isinstance(crs, dict):
        code = crs.get("id")
        return f"{code['authority']}:{code['code']}" if isinstance(code, dict) and len(code) >= 2 else json.dumps(crs)
    return None if crs is None else str(crs)


def _damaged(request: Request, err: Exception) -> SourceError:
    return SourceError(
        f"{request.name} cannot be read as Parquet: {str(err).rstrip('.')}. It may be cut off or damaged: fetch it "
        "again."
    )

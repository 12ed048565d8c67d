"""A mapping followed backwards: frames with our columns become the file that the mapping describes.

The mapping says how a file is read; here the same statement says how it is written: the names of the columns, the words,
the time zone and format, the datum, the encoding. So what is published and what reads it can never drift apart.
"""

import json
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import xlsxwriter

from gridgov.simulate.writing import CsvFile, ParquetFile, clock_text, degrees
from gridgov.sources.mapping import Column, EventMapping, IncidentMapping

Frame = dict[str, pa.Array]
TIMES = ("reported_at", "closed_at", "due_at", "updated_at", "at")
"""Columns that hold int64 seconds of local wall time of the town, -1 = none."""


class _File(Protocol):
    def append(self, table: pa.Table) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


class Published:
    """A file that grows as a mapping describes it.

    mapping  how the file is read
    path     its suffix says the format: .csv, .csv.gz, .parquet, .jsonl, .xlsx
    metric   CRS of x and y in the frames; zone is the town's time zone
    datum    the datum really written, when it is not the declared one
    """

    def __init__(
        self, mapping: IncidentMapping | EventMapping, path: Path, metric: str, zone: str, datum: str | None = None
    ) -> None:
        self._mapping, self._path, self._metric = mapping, path, metric
        self._shift = _offset(zone) - _offset(mapping.time_zone)
        self._datum = datum or mapping.datum
        self._file: _File | None = None

    def append(self, frame: Frame) -> None:
        """Write rows: our columns (times as seconds, x and y in metres, everything else text)."""
        table = self._written(frame)
        if self._file is None:
            self._file = _opened(self._path, self._mapping.file.encoding)
            self._file.__enter__()
        self._file.append(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.__exit__(kind, error, at)

    def _written(self, frame: Frame) -> pa.Table:
        out: dict[str, pa.Array] = {}
        points = self._points(frame)
        also = (getattr(self._mapping, table, {}) for table in ("keep", "recorded"))
        named = [*self._mapping.columns.items(), *(pair for specs in also for pair in specs.items())]
        for ours, spec in named:
            if spec.value is None:
                out[spec.from_[0]] = points[ours] if ours in points else self._column(ours, spec, frame[ours])
        return pa.table(out)

    def _points(self, frame: Frame) -> Frame:
        if "lon" not in self._mapping.columns:
            return {}
        x, y = (frame[name].to_numpy(zero_copy_only=False) for name in ("x", "y"))
        lon, lat = degrees(x, y, self._metric, str(self._datum), places=6)
        return {"lon": pa.array(lon, from_pandas=True), "lat": pa.array(lat, from_pandas=True)}

    def _column(self, ours: str, spec: Column, cells: pa.Array) -> pa.Array:
        if ours in TIMES:
            return self._times(spec, cells)
        words = {
            meant: word
            for word, meant in reversed(self._mapping.values.get(ours, {}).items())
            if isinstance(meant, str)
        }
        return _translated(cells, words) if words else cells

    def _times(self, spec: Column, cells: pa.Array) -> pa.Array:
        seconds = cells.to_numpy()
        local = np.where(seconds < 0, -1, seconds - self._shift)
        if spec.format and spec.format[0].startswith("epoch"):
            epoch = (local - _offset(self._mapping.time_zone)) * (1 if spec.format[0] == "epoch_s" else 1000)
            return pa.array(epoch, mask=seconds < 0)
        if self._path.suffix == ".parquet" and not spec.format:
            return pa.array(local, mask=seconds < 0).cast(pa.timestamp("s")).cast(pa.timestamp("ms"))
        return clock_text(local, spec.format[0] if spec.format else "%Y-%m-%d %H:%M:%S")


def _translated(cells: pa.Array, words: dict[str, str]) -> pa.Array:
    """Each different word translated once; one that is not among them stays."""
    coded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    told = pa.array([words.get(word, word) for word in coded.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(coded.indices, told)


def _offset(zone: str) -> int:
    """Seconds that a zone without summer time is ahead of UTC."""
    found = ZoneInfo(zone).utcoffset(datetime(2025, 1, 1))
    assert found is not None  # noqa: S101  every zone has an offset
    return int(found.total_seconds())


def _opened(path: Path, encoding: str) -> _File:
    if path.suffix == ".parquet":
        return ParquetFile(path)
    if path.suffix == ".xlsx":
        return XlsxFile(path)
    if path.suffix == ".jsonl":
        return JsonLines(path)
    return CsvFile(path, encoding)


class JsonLines:
    """JSON, one object a line; a dot in a column's name makes an object inside."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def append(self, table: pa.Table) -> None:
        """Write the rows of a table."""
        for row in table.to_pylist():
            nested: dict[str, Any] = {}
            for name, cell in row.items():
                *above, last = name.split(".")
                at = nested
                for part in above:
                    at = at.setdefault(part, {})
                at[last] = cell
            self._file.write(json.dumps(nested, ensure_ascii=False).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()


class XlsxFile:
    """A workbook with one sheet, all cells as text or numbers."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
        self._book.set_properties({"created": datetime(2024, 1, 1)})  # the same bytes every time
        self._sheet = self._book.add_worksheet()
        self._row = 0

    def append(self, table: pa.Table) -> None:
        """Write the rows of a table; the first one gives the header."""
        if self._row == 0:
            self._sheet.write_row(0, 0, table.column_names)
            self._row = 1
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            for place, cell in enumerate(row):
                if cell is not None:
                    self._sheet.write(self._row, place, cell)
            self._row += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._book.close()

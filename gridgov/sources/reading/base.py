"""What every reader hands out, and the work that is the same for all formats."""

import difflib
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.errors import SourceError
from gridgov.sources.mapping import FileLayout

MAX_NAMED = 40  # column names a message lists before it says "and n more"


@dataclass(frozen=True)
class Broken:
    """A record that cannot be split into its columns. The reason never quotes it: it may hold personal data."""

    row_no: int | None
    reason: str


@dataclass
class RawBatch:
    """Some records as published.

    table     the wanted columns, named as in the file. Text stays text; typed formats keep their types.
    row_no    the record's number as a person finds it: in text files and spreadsheets the header counts, so the first
              record under a header in line 1 is 2; elsewhere 1, 2, ...
    geometry  shapely geometries in the file's CRS, None where a record has none; None when not asked for.
    broken    records met on the way that could not be read.
    """

    table: pa.Table
    row_no: np.ndarray
    geometry: np.ndarray | None = None
    broken: list[Broken] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row_no)

    def slice(self, start: int, stop: int | None = None) -> "RawBatch":
        """Records start to stop, without the broken ones."""
        stop = len(self) if stop is None else stop
        geometry = None if self.geometry is None else self.geometry[start:stop]
        return RawBatch(self.table.slice(start, stop - start), self.row_no[start:stop], geometry)


@dataclass(frozen=True)
class Request:
    """What is to be read, and how the file is said to be written."""

    path: Path
    layout: FileLayout
    wanted: tuple[str, ...]
    fill_down: tuple[str, ...] = ()
    geometry: bool = False

    @property
    def name(self) -> str:
        """The file's bare name, for messages."""
        return self.path.name


class Source(ABC):
    """One published file, opened: what it holds, and its records once, from first to last, in bounded memory.

    format         csv, xlsx, json, jsonl, geojson, gpkg, shp, parquet or gpx.
    columns        all columns of the file (of JSON: those of the first records).
    geometry_type  Point, Polygon, MultiPolygon ..., Unknown when mixed, None without geometry.
    declared_crs   what the file says of its CRS: "EPSG:4236", WKT or PROJJSON; None when it says nothing.
    n_rows         records in the file, where that is known before reading (of a spreadsheet: blank rows included).
    n_bytes        size of the file.
    """

    format: ClassVar[str]

    def __init__(self, request: Request) -> None:
        self.request = request
        self.path = request.path
        self.columns: list[str] = []
        self.geometry_type: str | None = None
        self.declared_crs: str | None = None
        self.n_rows: int | None = None
        stat = self.path.stat()
        self.n_bytes = stat.st_size
        self._stamp = (stat.st_size, stat.st_mtime_ns)

    @abstractmethod
    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        """The records in order, in pieces of any size that fits into memory."""

    def _close(self) -> None:  # noqa: B027  # most readers have something to close, not all
        """Let go of what is open."""

    def position(self) -> int | None:
        """Bytes of the file read so far, where that is known."""
        return None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file as it lies on disk, in hex."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def batches(self, rows: int) -> Iterator[RawBatch]:
        """All records, at most `rows` at a time; a source can be read once.

        raises  SourceError where the file cannot be read on, holds no record, or changed meanwhile.
        """
        filled = _FillDown(self.request.fill_down)
        n_read = 0
        for batch in _rebatch(self._pieces(rows), rows):
            n_read += len(batch) + len(batch.broken)
            batch.table = filled(batch.table)
            yield batch
        if not n_read:
            raise nothing_to_load(self.request)
        stat = self.path.stat()
        if (stat.st_size, stat.st_mtime_ns) != self._stamp:
            raise SourceError(
                f"{self.request.name} changed while it was being read. Load it again when it is complete."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()


class _FillDown:
    """Empty cells of the named columns take the value above them, across batches too."""

    def __init__(self, names: Iterable[str]) -> None:
        self._above: dict[str, Any] = dict.fromkeys(names)

    def __call__(self, table: pa.Table) -> pa.Table:
        for name in self._above:
            place = table.schema.get_field_index(name)
            if place < 0 or not table.num_rows:
                continue
            column = table.column(place)
            values = column
            if pa.types.is_string(column.type):
                values = pc.if_else(pc.equal(column, ""), None, column)
            if self._above[name] is not None:
                values = pa.chunked_array([pa.array([self._above[name]], column.type), *values.chunks])
                values = pc.fill_null_forward(values).slice(1)
            else:
                values = pc.fill_null_forward(values)
            self._above[name] = values[-1].as_py()
            table = table.set_column(place, name, pc.coalesce(values, column))
        return table


def _rebatch(pieces: Iterator[RawBatch], rows: int) -> Iterator[RawBatch]:
    """Pieces of any size as batches of `rows`; broken records count, or a file of them would pile up in memory."""
    held: list[RawBatch] = []
    for piece in pieces:
        held.append(piece)
        while sum(len(p) + len(p.broken) for p in held) >= rows:
            whole = _joined(held)
            batch = whole.slice(0, min(rows, len(whole)))
            batch.broken = whole.broken
            held = [whole.slice(len(batch))]
            yield batch
    if held:
        last = _joined(held)
        if len(last) or last.broken:
            yield last


def _joined(pieces: list[RawBatch]) -> RawBatch:
    if len(pieces) == 1:
        return pieces[0]
    geometries = [p.geometry for p in pieces if p.geometry is not None]
    return RawBatch(
        pa.concat_tables([p.table for p in pieces]),
        np.concatenate([p.row_no for p in pieces]),
        np.concatenate(geometries) if geometries else None,
        [fault for p in pieces for fault in p.broken],
    )


def text_table(columns: dict[str, list[str | None]]) -> pa.Table:
    """A table of text columns."""
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def plain(table: pa.Table, name: str) -> pa.Table:
    """The table with one kind of text, checked: dictionaries and large strings become strings, lists become JSON.

    raises  SourceError where text is not UTF-8 or holds a NUL character, which no database stores.
    """
    columns = []
    for label, column in zip(table.column_names, table.columns, strict=True):
        chunks = [_plain_chunk(chunk) for chunk in column.chunks]
        whole = pa.chunked_array(chunks, type=chunks[0].type if chunks else _plain_type(column.type))
        if pa.types.is_string(whole.type):
            try:
                whole.validate(full=True)
            except pa.ArrowInvalid as err:
                raise SourceError(
                    f"{name}: the text of column '{label}' is not UTF-8. Say how the file is written, for example "
                    "encoding = 'gb18030', under [file] in the mapping."
                ) from err
            if pc.any(pc.match_substring(whole, "\0")).as_py():
                raise SourceError(f"{name}: column '{label}' holds a NUL character. Remove it from the file.")
        columns.append(whole)
    return pa.table(columns, names=table.column_names)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_text = pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_nested(kind)
    return pa.string() if is_text else kind


def _plain_chunk(chunk: pa.Array) -> pa.Array:
    if isinstance(chunk, pa.ExtensionArray):
        chunk = chunk.storage
    if pa.types.is_dictionary(chunk.type):
        chunk = chunk.dictionary_decode()
    if pa.types.is_nested(chunk.type):
        values = (None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in chunk.to_pylist())
        return pa.array(values, pa.string())
    return chunk.cast(_plain_type(chunk.type))


def nothing_to_load(request: Request) -> SourceError:
    """The error of a file without records."""
    return SourceError(f"{request.name} holds no record: there is nothing to load. Was the export complete?")


def require_columns(request: Request, found: Sequence[str], *, hint: Callable[[], str] = str) -> None:
    """Refuse missing wanted columns, all in one sentence, and wanted names that stand more than once."""
    missing = [name for name in request.wanted if name not in set(found)]
    if missing:
        faults = [f"no column '{name}'{_nearest(name, found)}" for name in missing]
        raise SourceError(
            f"{request.name} has {', '.join(faults)}. It has {names(found)}. "
            f"{hint() or 'Correct [columns] in the mapping.'}"
        )
    twice = [name for name in request.wanted if list(found).count(name) > 1]
    if twice:
        raise SourceError(
            f"{request.name} has more than one column named {', '.join(repr(n) for n in twice)}, so it cannot be known "
            f"which is meant. It has {names(found)}. Rename one in the file. {hint()}".rstrip()
        )


def names(found: Sequence[str]) -> str:
    """Column names for a message."""
    shown = ", ".join(f"'{name}'" for name in found[:MAX_NAMED])
    more = f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
    return f"{len(found)} columns: {shown}{more}" if found else "no columns"


def _nearest(name: str, found: Sequence[str]) -> str:
    close = difflib.get_close_matches(name.casefold(), [f.casefold() for f in found], n=1)
    if not close:
        return ""
    return f" (nearest: '{next(f for f in found if f.casefold() == close[0])}')"


def header_hint(request: Request, rows: Iterable[Sequence[str]]) -> str:
    """Where the wanted names stand, if they stand in another of the first rows (numbered from 1)."""
    wanted = set(request.wanted)
    scores = [(len(wanted & set(row)), number) for number, row in enumerate(rows, 1)]
    score, number = max(scores, key=lambda s: (s[0], -s[1]), default=(0, 0))
    if score and score >= len(wanted) / 2 and number != request.layout.header_row:
        return f"The names seem to stand in line {number}: say header_row = {number} under [file] in the mapping."
    return ""

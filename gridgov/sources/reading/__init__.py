"""Published files as batches of records, in bounded memory.

    with open_source(Path("cases.csv.gz"), mapping.file, mapping.source_columns()) as source:
        for batch in source.batches(settings().batch_rows):
            ...

Text formats give text exactly as written: no type, no null and no encoding is guessed. Typed formats keep their types.
Every record comes out once: in a batch's table, or among its broken records with its number and the reason. A file that
cannot be read at all is refused with a SourceError that says what was found, what was expected and what to do.
"""

from collections.abc import Sequence
from pathlib import Path

from gridgov.sources.mapping import FileLayout
from gridgov.sources.reading.base import Broken, RawBatch, Request, Source
from gridgov.sources.reading.delimited import DelimitedSource
from gridgov.sources.reading.gpx import GpxSource
from gridgov.sources.reading.parquet import ParquetSource
from gridgov.sources.reading.records import JsonLinesSource, JsonSource
from gridgov.sources.reading.sniffing import check_path, detect
from gridgov.sources.reading.vector import VectorSource
from gridgov.sources.reading.workbook import WorkbookSource

__all__ = ["Broken", "RawBatch", "Source", "open_source"]


def open_source(
    path: Path,
    layout: FileLayout,
    wanted: Sequence[str],
    *,
    fill_down: Sequence[str] = (),
    geometry: bool = False,
) -> Source:
    """Open a published file; use it as a context manager.

    path       a local file; addresses are refused.
    layout     how it is written; the format is taken from the name when the layout does not say it.
    wanted     the columns to read, as named in the file; dots reach into nested JSON.
    fill_down  those of them in which an empty cell takes the value above it.
    geometry   read the geometries too (GeoJSON, GeoPackage, Shapefile, GeoParquet, GPX).
    raises     SourceError; missing columns are all named in one.
    """
    path = check_path(Path(path))
    fmt, zipped = detect(path, layout)
    request = Request(path, layout, tuple(dict.fromkeys(wanted)), tuple(fill_down), geometry)
    match fmt:
        case "csv":
            return DelimitedSource(request, zipped)
        case "jsonl":
            return JsonLinesSource(request, zipped)
        case "json":
            return JsonSource(request, zipped)
        case "xlsx":
            return WorkbookSource(request)
        case "gpx":
            return GpxSource(request, zipped)
        case "parquet":
            return ParquetSource(request)
        case _:
            return VectorSource(request, fmt, zipped)

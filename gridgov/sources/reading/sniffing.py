"""What a file really is, whatever its name says: checked before any library opens it."""

import gzip
import re
import stat
import zipfile
import zlib
from pathlib import Path

from gridgov.errors import SourceError
from gridgov.sources.mapping import FileLayout

HEAD = 1 << 16

_FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".geojson": "geojson",
    ".gpkg": "gpkg",
    ".shp": "shp",
    ".zip": "shp",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".gpx": "gpx",
}
_TEXT = {"csv", "json", "jsonl", "geojson", "gpx"}

_MAGIC: list[tuple[bytes, str]] = [
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3\0", "gpkg"),
    (b"\x00\x00\x27\x0a", "shp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or one with a password"),
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer"),
    (b"%PDF", "a PDF"),
    (b"ARROW1", "an Arrow or Feather file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
]
_SPOKEN = {
    "xlsx": "a spreadsheet (.xlsx)",
    "zip": "a zip archive",
    "parquet": "a Parquet file",
    "gpkg": "an SQLite database, as GeoPackages are",
    "shp": "a Shapefile",
    "csv": "text with columns (CSV)",
    "json": "JSON",
    "jsonl": "JSON lines",
    "geojson": "GeoJSON",
    "gpx": "GPX",
}
_ADVICE = {
    "a Git LFS pointer": "The file itself was never fetched: run `git lfs pull`, then load again.",
    "an old Excel workbook (.xls) or one with a password": "Save it as .xlsx without a password, or as CSV.",
    "an HTML page": "It is probably an error or login page saved by a download: fetch the file again.",
    "zip": "Unpack it and load the file inside.",
}


def check_path(path: Path) -> Path:
    """The absolute path of a readable local file; raises SourceError for all else, addresses included."""
    text = str(path)
    if text.startswith("/vsi") or re.match(r"^[A-Za-z][A-Za-z0-9+.\-]+:/", text):
        raise SourceError(f"{text} is an address, not a local file. Fetch the file first, then load it from disk.")
    path = path.expanduser().absolute()
    try:
        mode = path.stat().st_mode
    except OSError as err:
        raise SourceError(f"There is no file {path} that can be read ({err.strerror}). Check name and folder.") from err
    if stat.S_ISDIR(mode):
        raise SourceError(f"{path} is a folder; a file is expected. Name the file in it.")
    if not stat.S_ISREG(mode):
        raise SourceError(f"{path} is a device or a pipe; a file is expected. Save it to disk first.")
    return path


def detect(path: Path, layout: FileLayout) -> tuple[str, bool]:
    """The format of a file and whether it is gzip-compressed: what layout or name say, held against its first bytes.

    raises  SourceError if the name says nothing, or the content is something else.
    """
    suffixes = [s.lower() for s in path.suffixes]
    named_gz = suffixes[-1:] == [".gz"]
    suffix = (suffixes[:-1] if named_gz else suffixes)[-1:] or [""]
    fmt = layout.format or _FORMATS.get(suffix[0])
    if fmt is None:
        raise SourceError(
            f"{path.name} is of no known format: its name ends in '{suffix[0] or path.name}'; expected one of "
            f"{', '.join(_FORMATS)}. Rename it, convert it, or say `format` under [file] in the mapping."
        )
    first, zipped = head(path)
    if not first:
        raise SourceError(f"{path.name} is empty: there is nothing to load. Was the export or download complete?")
    if named_gz and not zipped:
        raise SourceError(f"{path.name} is not gzip-compressed although it is named .gz. Rename it without .gz.")
    kind = _kind(path, first, zipped)
    if kind != fmt and not (kind is None and fmt in _TEXT) and not (kind == "zip" and fmt == "shp"):
        found = _SPOKEN.get(kind or "", kind or "something else")
        advice = _ADVICE.get(kind or "") or (
            f"Say format = '{kind}' under [file] in the mapping, or give it its right name."
            if kind in _SPOKEN
            else "Export it again in the format its name promises."
        )
        raise SourceError(f"{path.name} should be {_SPOKEN[fmt]}, but it is {found}. {advice}")
    if zipped and fmt not in _TEXT:
        raise SourceError(
            f"{path.name} is gzip-compressed, which is read for text files only. Unpack it first (gunzip)."
        )
    return fmt, zipped


def head(path: Path, size: int = HEAD) -> tuple[bytes, bool]:
    """The first bytes of a file, unpacked if it is gzip, and whether it is."""
    try:
        with path.open("rb") as file:
            first = file.read(size)
            if not first.startswith(b"\x1f\x8b"):
                return first, False
            file.seek(0)
            with gzip.GzipFile(fileobj=file) as unzipped:
                return unzipped.read(size), True
    except (EOFError, zlib.error, gzip.BadGzipFile) as err:
        raise broken_gzip(path, err) from err
    except OSError as err:
        raise SourceError(f"{path} cannot be read ({err.strerror or err}). Check its rights.") from err


def broken_gzip(path: Path, err: Exception) -> SourceError:
    """The error of a gzip file that ends early or is damaged."""
    if isinstance(err, EOFError):
        return SourceError(f"{path.name} is cut off: the gzip stream ends before its end mark. Fetch the file again.")
    return SourceError(f"{path.name} is damaged: its gzip stream cannot be unpacked ({err}). Fetch the file again.")


def _kind(path: Path, first: bytes, zipped: bool) -> str | None:
    """What the first bytes say; None for text that is no page."""
    kind = next((kind for magic, kind in _MAGIC if first.startswith(magic)), None)
    if kind == "zip" and not zipped:
        try:
            with zipfile.ZipFile(path) as archive:
                return "xlsx" if "xl/workbook.xml" in {n.lower() for n in archive.namelist()} else "zip"
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as err:
            raise SourceError(f"{path.name} is a damaged or cut-off zip archive ({err}). Fetch it again.") from err
    if kind is None and re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype\s+html|html|head)\b", first[:1024], re.IGNORECASE):
        return "an HTML page"
    if kind is None and re.match(rb"(\xef\xbb\xbf)?\s*<(\?xml|gpx)\b", first[:1024]):
        return "gpx" if re.search(rb"<(\w+:)?gpx[\s>]", first) else "an XML document"
    return kind

"""GPX: the points of tracks as a stream, one record each. Waypoints and routes are plans, not presence, and left alone.

XML from strangers: a document type (and with it every entity) is refused, depth, text and size are bounded, and nothing
but the points is kept. What a point has stands in columns of fixed names:

    lon lat ele time speed course hdop vdop pdop sat ...   of the point, as written
    extensions.<name>                                      any leaf below its extensions, by its bare name
    trk.name trk.cmt trk.desc trk.src trk.number trk.type  of its track
    trk.seg                                                number of its segment in the file, from 1
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

import numpy as np
import shapely

from gridgov.errors import SourceError
from gridgov.sources.reading.base import RawBatch, Request, Source, require_columns, text_table
from gridgov.sources.reading.sniffing import head
from gridgov.sources.reading.text import TextStream

MAX_BYTES = 2_000_000_000  # of the unpacked text: a device does not write that much in years
MAX_DEPTH = 50
MAX_TEXT = 1 << 16  # characters of one value
MAX_HELD = 16 << 20  # bytes of one tag
PIECE = 50_000

_OF_POINT: Final = (
    "lon", "lat", "ele", "time", "speed", "course", "magvar", "geoidheight", "name", "cmt", "desc", "src", "sym", "type",
    "fix", "sat", "hdop", "vdop", "pdop", "ageofdgpsdata", "dgpsid",
)  # fmt: skip
_OF_TRACK: Final = ("name", "cmt", "desc", "src", "number", "type")
_EXTENSION: Final = "extensions."
_POINT_PATH: Final = ["gpx", "trk", "trkseg", "trkpt"]
_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")


class GpxSource(Source):
    """The track points of a GPX file; their positions are WGS84, as GPX has them."""

    format = "gpx"

    def __init__(self, request: Request, zipped: bool) -> None:
        super().__init__(request)
        extensions = [name for name in request.wanted if name.startswith(_EXTENSION)]
        self.columns = [*_OF_POINT, *(f"trk.{name}" for name in _OF_TRACK), "trk.seg", *extensions]
        self.geometry_type, self.declared_crs = "Point", "EPSG:4326"
        require_columns(request, self.columns)
        self._text = TextStream(self.path, _encoding(request), zipped)

    def _close(self) -> None:
        self._text.close()

    def position(self) -> int:
        """Bytes of the file on disk read so far."""
        return self._text.position()

    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        name, points, done, size, is_end = self.request.name, _Points(self.request), 0, 0, False
        while not is_end:
            text = self._text.read()
            size, is_end = size + len(text), not text
            if size > MAX_BYTES:
                raise SourceError(
                    f"{name} holds more than {MAX_BYTES / 1e6:,.0f} MB of XML. Split it, or export it as CSV or Parquet."
                )
            points.feed(text, is_end)
            while len(points.found) >= PIECE or (is_end and points.found):
                piece, points.found = points.found[:PIECE], points.found[PIECE:]
                yield self._batch(piece, done)
                done += len(piece)

    def _batch(self, piece: list[dict[str, str]], done: int) -> RawBatch:
        numbers = np.arange(done + 1, done + 1 + len(piece), dtype=np.int64)
        table = text_table({name: [point.get(name) for point in piece] for name in self.request.wanted})
        return RawBatch(table, numbers, _shapes(piece) if self.request.geometry else None)


class _Points:
    """Track points out of XML that is fed piece by piece: what is wanted of them, in the order of the file."""

    def __init__(self, request: Request) -> None:
        self.found: list[dict[str, str]] = []
        self._name = request.name
        self._wanted = {*request.wanted, *(("lon", "lat") if request.geometry else ())}
        self._path: list[str] = []  # bare names of the open elements
        self._track: dict[str, str] = {}
        self._point: dict[str, str] | None = None
        self._text: list[str] | None = None  # of the innermost element, None when it is not wanted
        self._n_chars = self._n_segments = self._n_bytes = 0
        self._parser = expat.ParserCreate("utf-8")  # that is what TextStream makes of every encoding
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def feed(self, text: bytes, is_end: bool) -> None:
        """Read on; raises SourceError where the file is no GPX, is cut off, or tries something."""
        try:
            self._parser.Parse(text, is_end)
        except expat.ExpatError as err:
            raise SourceError(
                f"{self._name} cannot be read as GPX: {expat.errors.messages[err.code]} in line {err.lineno:,}. It may "
                "be cut off or damaged: fetch or export it again."
            ) from err
        self._n_bytes += len(text)
        if self._n_bytes - max(self._parser.CurrentByteIndex, 0) > MAX_HELD and not is_end:
            raise self._odd(f"a tag is longer than {MAX_HELD >> 20} MB")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        path = self._path
        if not path and name != "gpx":
            raise self._odd(f"the document begins with '{name[:40]}', a GPX file with 'gpx'")
        path.append(name)
        self._text = None
        if self._point is not None:
            self._listen(self._point_column())
        elif path == _POINT_PATH:
            self._point = {**self._track, **{k: v for k, v in attributes.items() if k in self._wanted}}
        elif len(path) == 2 and name == "trk":
            self._track = {}
        elif len(path) == 3 and path[1] == "trk":
            if name == "trkseg":
                self._n_segments += 1
                self._track["trk.seg"] = str(self._n_segments)
            self._listen(f"trk.{name}")
        if len(path) > MAX_DEPTH:
            raise self._odd(f"its elements are nested more than {MAX_DEPTH} deep")

    def _point_column(self) -> str:
        """The column of the open element of a point: a child, or a leaf below its extensions."""
        inside = self._path[len(_POINT_PATH) :]
        if inside[0] == "extensions":
            return _EXTENSION + inside[-1]
        return inside[0] if len(inside) == 1 else ""

    def _listen(self, column: str) -> None:
        if column in self._wanted:
            self._text, self._n_chars = [], 0

    def _end(self, _: str) -> None:
        name = self._path.pop()
        if self._point is not None and len(self._path) < len(_POINT_PATH):
            self.found.append(self._point)
            self._point = None
        elif self._text is not None:
            told = "".join(self._text).strip()
            self._text = None
            if self._point is None:
                self._track[f"trk.{name}"] = told
            else:
                is_extension = self._path[len(_POINT_PATH) :][:1] == ["extensions"]
                self._point[_EXTENSION + name if is_extension else name] = told

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._n_chars += len(text)
            if self._n_chars > MAX_TEXT:
                raise self._odd(f"a value is longer than {MAX_TEXT:,} characters")
            self._text.append(text)

    def _refuse_doctype(self, *_: object) -> None:
        raise self._odd("it declares a document type (DTD), which GPX has none of and which can do harm")

    def _odd(self, why: str) -> SourceError:
        return SourceError(f"{self._name} is not opened as GPX: {why}. Export it again from the device or its app.")


def _encoding(request: Request) -> str:
    """What the mapping says outright, else what the XML declaration says, else UTF-8."""
    if "encoding" in request.layout.model_fields_set:
        return request.layout.encoding
    first, _ = head(request.path, 1024)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    said = _ENCODING.search(first)
    return said[1].decode() if said else "utf-8"


def _shapes(piece: list[dict[str, str]]) -> np.ndarray:
    """Points in degrees; None where a position is none."""
    xy = np.array([(_number(point.get("lon")), _number(point.get("lat"))) for point in piece]).reshape(-1, 2)
    shapes = shapely.points(xy)
    shapes[np.isnan(xy).any(axis=1)] = None
    return shapes


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")

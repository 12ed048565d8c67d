"""JSON: a list of objects, or one object a line. Values become text exactly as written, nested ones by dotted names."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from gridgov.errors import SourceError
from gridgov.settings import settings
from gridgov.sources.reading.base import Broken, RawBatch, Request, Source, names, require_columns, text_table
from gridgov.sources.reading.text import TextStream, too_large

MAX_DEPTH = 50
MAX_LINE = 16 << 20  # bytes of one object
PIECE = 10_000  # records made into a table at once
PEEK = 1000  # records that show which columns there are

_MISSING = object()


class _Number(str):
    """A number as its digits stand in the file: 9.10 stays 9.10."""

    __slots__ = ()


class _Unusable(ValueError):
    """A record that cannot be taken; the text is its reason."""


# NaN and Infinity are no JSON, yet often written: they stay words, and the mapping's nulls decide.
_DECODER = json.JSONDecoder(parse_int=_Number, parse_float=_Number, parse_constant=_Number)


class JsonLinesSource(Source):
    """One JSON object a line; a line that is none becomes Broken."""

    format = "jsonl"

    def __init__(self, request: Request, zipped: bool) -> None:
        super().__init__(request)
        self._text = TextStream(request.path, request.layout.encoding, zipped)
        self._lines = self._numbered_lines()
        self._seen: set[str] = set()
        try:
            self._first = list(islice(self._lines, PEEK))
            first = [_record(line) for _, line in self._first]
            self.columns = _column_names(first)
            if len(first) < PEEK and self.columns:
                require_columns(request, _known(self.columns, request.wanted, first))
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        self._text.close()

    def position(self) -> int:
        """Bytes of the file on disk read so far."""
        return self._text.position()

    def _numbered_lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Lines that are not blank with their numbers; None instead of a line too long to hold."""
        held, number, is_overlong = b"", 1, False
        while piece := self._text.read():
            lines = (held + piece).split(b"\n")
            held = lines.pop()
            for line in lines:
                if is_overlong or line.strip():
                    yield number, None if is_overlong or len(line) > MAX_LINE else line
                number, is_overlong = number + 1, False
            if len(held) > MAX_LINE:
                held, is_overlong = b"", True
        if is_overlong or held.strip():
            yield number, None if is_overlong else held

    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        pending, self._first = iter(self._first), []
        while chunk := list(islice(pending, PIECE)) or list(islice(self._lines, PIECE)):
            yield _batch(self.request.wanted, ((n, _record(line)) for n, line in chunk), self._seen)
        if self.columns:  # else no line is an object: then all are broken, and no column is missing
            require_columns(self.request, [*self.columns, *(self._seen - set(self.columns))])


class JsonSource(Source):
    """A JSON document that is a list of objects, or holds one at `records`."""

    format = "json"

    def __init__(self, request: Request, zipped: bool) -> None:
        super().__init__(request)
        limit = settings().json_max_mb * 1_000_000
        if self.n_bytes > limit:
            raise too_large(request.name, limit)
        text = TextStream(request.path, request.layout.encoding, zipped)
        try:
            data = text.read_all(limit)
        finally:
            text.close()
        if (depth := nesting(data)) > MAX_DEPTH:
            raise SourceError(
                f"{request.name} is nested {depth:,} levels deep; at most {MAX_DEPTH} are read. Export a flatter file."
            )
        try:
            document = _DECODER.decode(data.decode())
        except ValueError as err:
            raise SourceError(
                f"{request.name} is not valid JSON: {err}. If it holds one object a line, say format = 'jsonl' under "
                "[file] in the mapping; else export it again."
            ) from err
        self._records = _records_in(request, document)
        self.n_rows = len(self._records)
        self.columns = _column_names(self._records)
        self._seen: set[str] = set()
        if self.columns:
            require_columns(request, _known(self.columns, request.wanted, self._records))

    def position(self) -> int:
        """The whole file: it is read at once."""
        return self.n_bytes

    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        for start in range(0, len(self._records), PIECE):
            numbered = enumerate(self._records[start : start + PIECE], start + 1)
            yield _batch(self.request.wanted, numbered, self._seen)


def _records_in(request: Request, document: Any) -> list[Any]:
    at, where = document, request.layout.records
    for key in where.split(".") if where else ():
        if not isinstance(at, dict) or key not in at:
            keys = names(list(at)) if isinstance(at, dict) else "no keys"
            raise SourceError(
                f"{request.name} has nothing at records = '{where}': there is no '{key}' where it is looked for "
                f"({keys.replace('columns', 'keys')}). Correct `records` under [file] in the mapping."
            )
        at = at[key]
    if isinstance(at, list):
        return at
    advice = "Say where the list stands: records = '...' under [file] in the mapping."
    if isinstance(at, dict):
        if "coordinates" in at or at.get("type") in ("FeatureCollection", "Feature"):
            advice = "It is GeoJSON: say format = 'geojson' under [file] in the mapping."
        elif lists := [
            key for key, value in at.items() if isinstance(value, list) and isinstance((value or [0])[0], dict)
        ]:
            path = ".".join([*([where] if where else []), lists[0]])
            advice = f"Say where the list stands, perhaps records = '{path}' under [file] in the mapping."
    found = "an object" if isinstance(at, dict) else "a single value"
    raise SourceError(f"{request.name} holds {found}{f' at {where}' if where else ''}, not a list of objects. {advice}")


def _record(line: bytes | None) -> Any:
    """The object in a line, or the reason why there is none."""
    if line is None:
        return _Unusable(f"the line is longer than {MAX_LINE >> 20} MB")
    if line.count(b"[") + line.count(b"{") > MAX_DEPTH and nesting(line) > MAX_DEPTH:
        return _Unusable(f"it is nested more than {MAX_DEPTH} levels deep")
    try:
        return _DECODER.decode(line.decode())
    except json.JSONDecodeError as err:
        return _Unusable(f"it is not valid JSON: {err.msg} at character {err.pos + 1:,}")


def _batch(wanted: tuple[str, ...], numbered: Iterable[tuple[int, Any]], seen: set[str]) -> RawBatch:
    """A batch of records; notes in `seen` which wanted columns occur."""
    columns: dict[str, list[str | None]] = {name: [] for name in wanted}
    numbers: list[int] = []
    broken: list[Broken] = []
    for number, record in numbered:
        try:
            if isinstance(record, _Unusable):
                raise record
            if not isinstance(record, dict):
                raise _Unusable("it is not a JSON object")
            values = [_dig(record, name) for name in wanted]
            texts = [v if isinstance(v, str) and v.isascii() and "\0" not in v else _text(v) for v in values]
        except _Unusable as err:
            broken.append(Broken(number, str(err)))
            continue
        for column, text in zip(columns.values(), texts, strict=True):
            column.append(text)
        if len(seen) < len(wanted):
            seen.update(name for name, value in zip(wanted, values, strict=True) if value is not _MISSING)
        numbers.append(number)
    return RawBatch(text_table(columns), np.array(numbers, dtype=np.int64), None, broken)


def _dig(record: Any, name: str) -> Any:
    """The value of a dotted name; a key that itself holds dots wins."""
    if name in record:
        return record[name]
    for key in name.split("."):
        if not isinstance(record, dict) or key not in record:
            return _MISSING
        record = record[key]
    return record


def _text(value: Any) -> str | None:
    """A JSON value as text; lists and objects as JSON."""
    if value is None or value is _MISSING:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else _dumps(value)
    if "\0" in text:
        raise _Unusable("a value holds a NUL character")
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise _Unusable("a value holds half a character (a lone surrogate)")
    return str(text)


def _dumps(value: Any) -> str:
    """JSON with numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_dumps(str(k))}: {_dumps(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_dumps, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _column_names(records: Iterable[Any]) -> list[str]:
    """Dotted names in the first records, in the order met."""
    found: dict[str, None] = {}
    for record in islice(records, PEEK):
        if isinstance(record, dict):
            found.update(dict.fromkeys(_names_in(record)))
    return list(found)


def _names_in(record: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in record.items():
        if isinstance(value, dict) and value:
            yield from _names_in(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def _known(columns: list[str], wanted: tuple[str, ...], records: Iterable[Any]) -> list[str]:
    """The columns, with those wanted ones that are objects or occur only later."""
    absent = set(wanted) - set(columns)
    for record in records if absent else ():
        if isinstance(record, dict):
            absent -= {name for name in absent if _dig(record, name) is not _MISSING}
        if not absent:
            break
    return [*columns, *(name for name in wanted if name not in columns and name not in absent)]


def nesting(data: bytes) -> int:
    r"""How deep lists and objects of a JSON text are nested, counted without recursion.

    >>> nesting(b'{"a": [1, {"b": "]]\\"[["}]}')
    3
    """
    if b"\\" in data:
        data = data.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")  # what is left of quotes opens or closes a string
    depth = deepest = 0
    is_inside = 0
    for start in range(0, len(data), MAX_LINE):
        chars = np.frombuffer(data, np.uint8, min(MAX_LINE, len(data) - start), start)
        marks = chars[np.isin(chars, np.frombuffer(b'"[]{}', np.uint8))]
        quotes = np.cumsum(marks == ord('"')) + is_inside
        is_inside = int(quotes[-1] % 2) if len(quotes) else is_inside
        steps = np.isin(marks, (ord("["), ord("{"))).astype(np.int32) - np.isin(marks, (ord("]"), ord("}")))
        steps[quotes % 2 == 1] = 0
        if len(steps):
            depths = np.cumsum(steps) + depth
            deepest, depth = max(deepest, int(depths.max())), int(depths[-1])
    return deepest

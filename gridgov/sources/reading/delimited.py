"""CSV and its kin: the csv module says what a record is, Arrow reads the blocks on which both must agree.

A block of whole records that is plainly written (every quote opens or closes a value, no blank lines, no lone
carriage return) goes to Arrow, at more than a million records a second. As soon as anything is odd, that block alone
goes through the csv module, which finds the faulty records and their numbers. Nothing is dropped in silence: every
record that is not blank comes out in the table or as Broken.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from gridgov.errors import SourceError
from gridgov.sources.reading.base import (
    Broken,
    RawBatch,
    Request,
    Source,
    header_hint,
    nothing_to_load,
    require_columns,
    text_table,
)
from gridgov.sources.reading.text import TextStream

BLOCK = 4 << 20  # bytes parsed at once
MAX_RECORD = 1 << 20  # bytes after which an open quote is taken for a fault
MAX_LINE = 16 << 20  # bytes after which a file without line ends is refused

_LF, _CR = 10, 13


class DelimitedSource(Source):
    """Text with columns, everything as text: no types and no nulls are guessed, an empty value is ''."""

    format = "csv"

    def __init__(self, request: Request, zipped: bool) -> None:
        super().__init__(request)
        layout = request.layout
        self._delimiter = layout.delimiter or ("\t" if ".tsv" in request.path.suffixes else ",")
        self._quote = layout.quote
        if self._delimiter == self._quote or {self._delimiter, self._quote} & {"\n", "\r"}:
            raise SourceError(
                f"{request.name}: delimiter {self._delimiter!r} and quote {self._quote!r} must differ and be no line "
                "end."
            )
        csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))
        self._text = TextStream(request.path, layout.encoding, zipped)
        self._pending = b""
        try:
            self.columns = self._read_header()
            require_columns(request, self.columns, hint=self._hint)
            self._first = b""
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        self._text.close()

    def position(self) -> int:
        """Bytes of the file on disk read so far."""
        return self._text.position()

    # ---------------------------------------------------------------- the header

    def _read_header(self) -> list[str]:
        self._fill(BLOCK)
        row = self.request.layout.header_row
        self._first = self._pending  # kept until the header is understood, for the hint
        self._next_no = row + 1
        for _ in range(row - 1):
            self._pending = self._pending[_line_end(self._pending) :]
        if not self._pending.strip(b"\r\n"):
            raise nothing_to_load(self.request)
        if row == 0:
            # The usual width, not the first record's: that one may be the faulty one.
            start = self._pending[:MAX_RECORD].decode(errors="ignore")
            widths = Counter(len(r.fields) for r in self._split(start) if r.fields)
            return [str(i + 1) for i in range(widths.most_common(1)[0][0])] if widths else []
        text = self._pending.decode()
        header = next(self._split(text), None)
        if header is None or header.fault or not header.fields:
            raise SourceError(
                f"{self.request.name}: line {row} holds no column names"
                f"{' (' + header.fault + ')' if header and header.fault else ''}. Say in which line they stand: "
                "header_row = ... under [file] in the mapping (0 = the file has none)."
            )
        self._pending = text[header.end :].encode()
        while not self._text.ended and not self._pending.strip(b"\r\n"):
            self._fill(len(self._pending) + 1)
        if not self._pending.strip(b"\r\n"):
            raise nothing_to_load(self.request)
        return header.fields

    def _hint(self) -> str:
        if len(self.columns) == 1:
            counts = {c: self.columns[0].count(c) for c in "\t;|,，" if c != self._delimiter}
            best = max(counts, key=lambda c: counts[c])
            if counts[best]:
                return (
                    f"Its columns seem to be parted by {best!r}: say delimiter = {best!r} under [file] in the mapping."
                )
        rows = [r.fields or [] for r, _ in zip(self._split(self._first.decode()), range(20), strict=False)]
        return header_hint(self.request, rows)

    # ---------------------------------------------------------------- the records

    def _fill(self, size: int) -> None:
        """Hold at least `size` bytes of text, or all that is left."""
        pieces, held = [self._pending], len(self._pending)
        while held < size and (piece := self._text.read()):
            pieces.append(piece)
            held += len(piece)
        self._pending = b"".join(pieces)

    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        self._fill(BLOCK)
        while self._pending:
            batch = self._fast()
            yield self._exact() if batch is None else batch
            # What an exact split left over is an unfinished record: it must grow to be finished.
            self._fill(max(BLOCK, len(self._pending) + 1))

    def _fast(self) -> RawBatch | None:
        """The pending whole records read by Arrow; None when anything about them is odd."""
        delimiter, quote = self._delimiter.encode(), self._quote.encode()
        if len(self.columns) < 2 or len(delimiter) > 1 or len(quote) > 1:
            return None
        plain = _plain_records(self._pending, delimiter[0], quote[0], self._text.ended)
        if plain is None:
            return None
        cut, n_records = plain
        faults: list[pacsv.InvalidRow] = []

        def note(row: pacsv.InvalidRow) -> str:
            faults.append(row)
            return "skip"

        labels = [str(i) for i in range(len(self.columns))]
        included = [labels[self.columns.index(name)] for name in self.request.wanted] or labels[:1]
        table = pacsv.read_csv(
            pa.BufferReader(memoryview(self._pending)[:cut]),
            pacsv.ReadOptions(column_names=labels, block_size=cut + 1, use_threads=False),
            pacsv.ParseOptions(
                delimiter=self._delimiter,
                quote_char=self._quote,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note,
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(labels, pa.string()),
                include_columns=included,
                strings_can_be_null=False,
                check_utf8=False,  # the stream has done it
            ),
        )
        if table.num_rows + len(faults) != n_records:
            return None
        numbers = np.arange(self._next_no, self._next_no + n_records, dtype=np.int64)
        broken = []
        if faults:
            places = np.array([row.number for row in faults]) - 1  # known, since Arrow reads with one thread
            broken = [
                Broken(int(number), _wrong_width(row.actual_columns, row.expected_columns, row.text.count("\n") + 1))
                for number, row in zip(numbers[places], faults, strict=True)
            ]
            numbers = np.delete(numbers, places)
        self._pending = self._pending[cut:]
        self._next_no += n_records
        names = list(self.request.wanted)
        return RawBatch(table.rename_columns(names) if names else table.select([]), numbers, None, broken)

    def _exact(self) -> RawBatch:
        """The pending whole records read by the csv module, the faulty ones apart."""
        n_columns = len(self.columns)
        good: list[list[str]] = []
        numbers: list[int] = []
        broken: list[Broken] = []
        text, end = self._pending.decode(), 0
        for record in self._split(text):
            end = record.end
            if record.fault:
                broken.append(Broken(self._next_no, record.fault))
            elif record.fields and len(record.fields) != n_columns:
                broken.append(Broken(self._next_no, _wrong_width(len(record.fields), n_columns, record.n_lines)))
            elif record.fields:  # a blank line is no record, but counts as a line
                good.append(record.fields)
                numbers.append(self._next_no)
            self._next_no += 1
        if not end and len(self._pending) > MAX_LINE:
            raise SourceError(
                f"{self.path.name}: record {self._next_no:,} is longer than {MAX_LINE >> 20} MB. Is this a text file "
                "with one record a line? Check format, encoding and quote in the mapping."
            )
        self._pending = text[end:].encode()
        places = [(name, self.columns.index(name)) for name in self.request.wanted]
        table = text_table({name: [fields[place] for fields in good] for name, place in places})
        return RawBatch(table, np.array(numbers, dtype=np.int64), None, broken)

    def _split(self, text: str) -> "Iterator[_Record]":
        return split_records(text, self._delimiter, self._quote, self._text.ended)


class _Record(NamedTuple):
    """A record as the csv module reads it: its values, where it ends in the text, its lines, and what is wrong."""

    fields: list[str]
    end: int
    n_lines: int
    fault: str


class _Unfinished(Exception):
    """The text ends within a quoted value."""


class _Lines:
    """Lines for the csv module that tell the end of text within a record from the end between two."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0
        self.is_between = True

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.at == len(self.lines):
            if self.is_between:
                raise StopIteration
            raise _Unfinished
        self.is_between = False
        self.at += 1
        return self.lines[self.at - 1]


def split_records(text: str, delimiter: str, quote: str, ended: bool) -> Iterator[_Record]:
    r"""Records of a text that begins with one; unless the text has ended, an unfinished last one is left.

    A quote that is never closed, or is closed in the middle of a value, would swallow the records after it. So only the
    line it opens in is faulty, and reading goes on with the next line.

    >>> [r.fields for r in split_records('a,"b\n1"\nc,d', ",", '"', ended=True)]
    [['a', 'b\n1'], ['c', 'd']]
    """
    lines = list(io.StringIO(text, newline=""))
    if not ended and lines and not lines[-1].endswith("\n"):
        lines.pop()
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, quotechar=quote, strict=True)
    ends = list(accumulate(map(len, lines), initial=0))
    while True:
        first, source.is_between, fault, fields = source.at, True, "", []
        try:
            fields = next(reader)
        except StopIteration:
            return
        except _Unfinished:
            if not ended and ends[-1] - ends[first] < MAX_RECORD:
                return
            fault = "a quote opens in this line and is not closed"
        except csv.Error as err:
            fault = f"its quotes are not in order ({err})"
        if fault:
            source.at = first + 1
        yield _Record(fields, ends[source.at], source.at - first, fault)


def _plain_records(data: bytes, delimiter: int, quote: int, ended: bool) -> tuple[int, int] | None:
    """Where the last whole record ends and how many there are, when the data is so plain that no reader can differ."""
    if data.startswith((b"\n", b"\r", b"\xef\xbb\xbf")):  # Arrow takes a byte order mark away from any block
        return None
    if quote not in data:
        cut = len(data) if ended else data.rfind(b"\n") + 1
        n_ends = data.count(b"\n", 0, cut)
    else:
        found = _quoted_records(np.frombuffer(data, np.uint8), delimiter, quote, ended)
        if found is None:
            return None
        cut, n_ends = found
    if not cut or data.find(b"\n\n", 0, cut) >= 0:
        return None
    if b"\r" in data and (data.find(b"\n\r", 0, cut) >= 0 or data.count(b"\r", 0, cut) != data.count(b"\r\n", 0, cut)):
        return None
    return cut, n_ends + (data[cut - 1] != _LF)


def _quoted_records(data: np.ndarray, delimiter: int, quote: int, ended: bool) -> tuple[int, int] | None:
    """The same with quotes: an even number of them before a line end means that it ends a record.

    That holds if every quote stands where one may: opening after a delimiter or line end, closing before one, or
    doubled.
    """
    quotes = np.flatnonzero(data == quote)
    ends = np.flatnonzero(data == _LF)
    ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    if ended:
        if len(quotes) % 2:
            return None
        cut = len(data)
    elif len(ends):
        cut = int(ends[-1]) + 1
        quotes = quotes[quotes < cut]
    else:
        return None
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, data[opening - 1], _LF)
    after = np.where(closing + 1 < len(data), data[np.minimum(closing + 1, len(data) - 1)], _LF)
    if not np.isin(before, (delimiter, quote, _LF)).all() or not np.isin(after, (delimiter, quote, _LF, _CR)).all():
        return None
    return cut, len(ends)


def _line_end(data: bytes) -> int:
    """Where the first line ends, its line end included."""
    end = next((i for i in (data.find(b"\n"), data.find(b"\r")) if i >= 0), len(data) - 1)
    return end + 1


def _wrong_width(found: int, expected: int, n_lines: int) -> str:
    spans = f"; a quoted value makes it run over {n_lines:,} lines" if n_lines > 1 else ""
    return f"it has {found} columns where {expected} are expected{spans}"

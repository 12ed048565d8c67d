"""Spreadsheets (.xlsx), values only."""

import datetime
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple
from xml.parsers import expat

import numpy as np
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from gridgov.errors import SourceError
from gridgov.settings import settings
from gridgov.sources.reading.base import (
    RawBatch,
    Request,
    Source,
    header_hint,
    nothing_to_load,
    require_columns,
    text_table,
)

MAX_UNPACKED = 1_000_000_000  # bytes of a workbook's XML
MAX_CELLS = 16_000_000  # cells of the used range; the reader holds them all, at 32 bytes each
PIECE = 10_000


class Merge(NamedTuple):
    """A merged range; rows and columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{column_letters(self.left)}{self.top + 1}:{column_letters(self.right)}{self.bottom + 1}"


class WorkbookSource(Source):
    """One sheet of a workbook as text: whole numbers without '.0', dates as ISO 8601, true and false."""

    format = "xlsx"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        limit = settings().xlsx_max_mb * 1_000_000
        if self.n_bytes > limit:
            raise SourceError(
                f"{request.name} is {self.n_bytes / 1e6:,.0f} MB; spreadsheets above {limit / 1e6:,.0f} MB are not "
                "read. Save it as CSV, or raise GRIDGOV_XLSX_MAX_MB."
            )
        guard_workbook(request)
        try:
            with CalamineWorkbook.from_path(request.path) as book:
                sheet = _sheet(request, book)
        except PasswordError as err:
            raise SourceError(f"{request.name} has a password. Save it without one.") from err
        except CalamineError as err:
            raise SourceError(
                f"{request.name} cannot be read as a spreadsheet ({err}). Save it again as .xlsx."
            ) from err
        self._left = sheet.start[1] if sheet.start else 0  # the reader leaves empty columns out, but not empty rows
        self._merges = [Merge(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
        self._rows = (tuple(map(cell_text, row)) for row in sheet.iter_rows())
        self._read_header(sheet.end[0] + 1 if sheet.end else 0)

    def _read_header(self, height: int) -> None:
        request, row = self.request, self.request.layout.header_row
        first = list(islice(self._rows, max(row, 20)))
        if not any(any(cells) for cells in first[row:]) and height <= max(row, 20):
            raise nothing_to_load(request)
        if row:
            self.columns = list(first[row - 1])
        else:
            self.columns = [str(i + 1) for i in range(len(first[0]))]
        self._first, self._next_no = first[row:], row + 1
        self.n_rows = height - row  # blank rows included
        self._check_header(first)
        require_columns(request, self.columns, hint=lambda: header_hint(request, first) or self._blank_hint())
        self._check_merges()
        self._is_merged = self._rows_in_merges(height)

    def _rows_in_merges(self, height: int) -> np.ndarray:
        """Which rows, from 0, lie within a merge of a wanted column: they are records even if all their cells are."""
        steps = np.zeros(height + 1, dtype=np.int64)
        for merge in self._merges:
            if merge.bottom > merge.top and any(self.columns[p] in self.request.wanted for p in self._places(merge)):
                steps[min(merge.top, height)] += 1
                steps[min(merge.bottom + 1, height)] -= 1
        return np.cumsum(steps) > 0

    def _places(self, merge: Merge) -> range:
        """The columns that a merge touches, counted from 0 as in `columns`."""
        return range(max(merge.left - self._left, 0), min(merge.right - self._left + 1, len(self.columns)))

    def _check_header(self, first: list[tuple[str, ...]]) -> None:
        """A header cell merged downwards names its column in each of its rows; one merged across names none."""
        row = self.request.layout.header_row
        for merge in self._merges if row else ():
            if not merge.top <= row - 1 <= merge.bottom:
                continue
            places = self._places(merge)
            if merge.bottom > row - 1:
                raise SourceError(
                    f"{self.request.name}: the header goes on below row {row}: the cells {merge} are merged. Say "
                    f"header_row = {merge.bottom + 1} under [file] in the mapping if the names stand there."
                )
            if merge.left == merge.right and merge.top < row - 1 and len(places):
                self.columns[places[0]] = first[merge.top][places[0]]
            elif len(places) > 1 and set(self.request.wanted) & {self.columns[place] for place in places}:
                hint = header_hint(self.request, first[row:]) and "The names may stand below it. "
                raise SourceError(
                    f"{self.request.name}: the cells {merge} of the header are merged, so it cannot be known which "
                    f"column is meant. {hint}Say in which row the names stand: header_row = ... under [file] in the "
                    "mapping, or unmerge them."
                )

    def _blank_hint(self) -> str:
        blank, twice = self.columns.count(""), len(self.columns) - len(set(self.columns))
        if blank > len(self.columns) / 2 or twice > len(self.columns) / 2:
            return (
                f"Row {self.request.layout.header_row} has blank or repeated names, as a title has: say in which row "
                "the names stand, header_row = ... under [file] in the mapping."
            )
        return ""

    def _check_merges(self) -> None:
        """Merged data cells hold their value only in the first cell: refuse those that the mapping does not fill."""
        for merge in self._merges:
            if merge.bottom < self.request.layout.header_row:
                continue
            places = self._places(merge)
            touched = [self.columns[p] for p in places if self.columns[p] in self.request.wanted]
            unfilled = [name for name in touched if name not in self.request.fill_down]
            if merge.bottom > merge.top and unfilled:
                raise SourceError(
                    f"{self.request.name}: the cells {merge} are merged, in column '{unfilled[0]}'. Only the first of "
                    "them holds the value. If it is meant for all of them, say fill_down = true for that column in "
                    "the mapping; else unmerge them."
                )
            if merge.right > merge.left and any(self.columns[p] in touched for p in places[1:]):
                raise SourceError(
                    f"{self.request.name}: the cells {merge} are merged across columns, so those after the first hold "
                    "nothing. Unmerge them and write each value in its column."
                )

    def _pieces(self, rows: int) -> Iterator[RawBatch]:
        pending, self._first = iter(self._first), []
        places = [(name, self.columns.index(name)) for name in self.request.wanted]
        while chunk := list(islice(pending, PIECE)) or list(islice(self._rows, PIECE)):
            first = self._next_no - 1
            kept = [
                i for i, cells in enumerate(chunk) if any(cells) or self._is_merged[first + i]
            ]  # a blank row is none
            table = text_table({name: [chunk[i][place] for i in kept] for name, place in places})
            yield RawBatch(table, np.array(kept, dtype=np.int64) + self._next_no)
            self._next_no += len(chunk)


def _sheet(request: Request, book: CalamineWorkbook) -> CalamineSheet:
    """The sheet named in the layout, or the only one."""
    sheets = [s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    asked, shown = request.layout.sheet, ", ".join(f"'{name}'" for name in sheets)
    if asked is not None and asked not in sheets:
        raise SourceError(
            f"{request.name} has no sheet '{asked}'. It has {shown}. Correct `sheet` under [file] in the mapping."
        )
    if asked is None and len(sheets) != 1:
        raise SourceError(
            f"{request.name} has {len(sheets)} sheets: {shown}. Say which one to read: sheet = '...' under [file] in "
            "the mapping."
        )
    sheet = book.get_sheet_by_name(asked or sheets[0])
    if not sheet.height:
        raise nothing_to_load(request)
    return sheet


def cell_text(value: Any) -> str:
    """A cell's value as text.

    >>> cell_text(9.0), cell_text(0.1), cell_text(True), cell_text(datetime.date(2024, 5, 1))
    ('9', '0.1', 'true', '2024-05-01')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def column_letters(index: int) -> str:
    """The letters of a spreadsheet column counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(ord("A") + rest) + letters
        index -= 1
    return letters


class _NotASheet(Exception):
    """A part of the workbook that holds no cells."""


def guard_workbook(request: Request) -> None:
    """Refuse workbooks that would unpack, or spread, over more memory than is good.

    The reader allocates the whole rectangle of used cells before anything can be asked of it, and a single cell in the
    far corner ends the process. So the parts are first unpacked as a stream and the corner is found.
    """
    unpacked = 0
    try:
        with zipfile.ZipFile(request.path) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise _bomb(request)
            for info in infos:
                corner = _Corner(request.name)
                with archive.open(info) as part:
                    while chunk := part.read(1 << 20):
                        unpacked += len(chunk)
                        if unpacked > MAX_UNPACKED:
                            raise _bomb(request)
                        corner.feed(chunk)
                if corner.n_rows * corner.n_columns > MAX_CELLS:
                    raise SourceError(
                        f"{request.name}: a sheet spreads over {corner.n_rows:,} rows and {corner.n_columns:,} "
                        f"columns; at most {MAX_CELLS:,} cells are read. Delete stray cells far from the data, or save "
                        "it as CSV."
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as err:
        raise SourceError(
            f"{request.name} is a damaged or cut-off spreadsheet ({err}). Save or fetch it again."
        ) from err


def _bomb(request: Request) -> SourceError:
    return SourceError(
        f"{request.name} unpacks to more than {MAX_UNPACKED / 1e6:,.0f} MB, far more than a spreadsheet of this size "
        "should. It is not opened; save it as CSV."
    )


class _Corner:
    """The last used row and column of a sheet's XML, fed piece by piece; parts that are no sheet are let by."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.n_rows = self._n_placed = self._n_unplaced = 0
        self._row = self._column = 0  # where a cell stands that does not say it
        self._place: str | None = None
        self._letters: set[str] = set()
        self._digits = ""
        self._is_sheet: bool | None = None
        self._tail = b""
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._refuse

    @property
    def n_columns(self) -> int:
        """The last used column at most: cells that do not say their place may stand after those that do."""
        return self._n_placed + self._n_unplaced

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes of a part."""
        if self._is_sheet is not False:
            try:
                self._parser.Parse(chunk)
            except _NotASheet:
                self._is_sheet = False
            except expat.ExpatError:
                if self._is_sheet:  # the reader is more forgiving than we are, and would read on unguarded
                    self._refuse()
                self._is_sheet = False
        if self._is_sheet is False and b"sheetData" in self._tail + chunk:
            self._refuse()
        self._tail = chunk[-16:]

    def _refuse(self, *_: Any) -> None:
        raise SourceError(
            f"{self.name} is not opened: a sheet in it is not the plain XML that spreadsheet programs write. Open it "
            "in such a program and save it again as .xlsx, or as CSV."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        # Called for every cell and value, millions of times: hence plain strings, understood only when they are new.
        kind = name if ":" not in name else name.rpartition(":")[2]
        if kind == "c":
            self._place = attributes.get("r")
            self._column += 1
        elif kind in ("v", "is", "f"):
            if self._place is None:
                self.n_rows = max(self.n_rows, self._row)
                self._n_unplaced = max(self._n_unplaced, self._column)
                return
            letters = self._place.rstrip("0123456789")
            if letters not in self._letters:
                self._letters.add(letters)
                self._n_placed = max(self._n_placed, self._number(_column_number, letters, r"[A-Za-z]{1,3}"))
            if (digits := self._place[len(letters) :]) != self._digits:
                self._digits = digits
                self.n_rows = max(self.n_rows, self._number(int, digits, r"[0-9]{1,7}"))
        elif kind == "row":
            self._row = self._number(int, attributes.get("r", str(self._row + 1)), r"[0-9]{1,7}")
            self._column = 0
        elif self._is_sheet is None and kind != "worksheet":
            raise _NotASheet
        self._is_sheet = True

    def _number(self, parse: Callable[[str], int], text: str, pattern: str) -> int:
        if not re.fullmatch(pattern, text):
            self._refuse()
        return parse(text)


def _column_number(letters: str) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number

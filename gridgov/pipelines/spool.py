"""Fixes of a file on their way: laid aside by day while the file is read, so that memory does not grow with it."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from types import TracebackType
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gridgov.schema import FIXES, arrow_schema
from gridgov.settings import settings

_EPOCH: Final = date(1970, 1, 1)
_CODED: Final = ("device", "person", "mode")
_SCHEMA: Final = pa.schema(
    [(field.name, pa.int32() if field.name in _CODED else field.type) for field in arrow_schema(FIXES)]
)


class Spool:
    """A temporary file in the state folder: batches of fixes go in, the fixes of one day after the other come out.

    The file has no name, so that nothing of it is left when the loader is killed.
    """

    def __init__(self) -> None:
        folder = settings().state / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  closed by __exit__
        self._writer = pa.ipc.new_file(self._file, _SCHEMA)
        self._days: dict[int, list[int]] = defaultdict(list)
        self._words: dict[str, dict[str, int]] = {name: {} for name in _CODED}
        self._n = 0

    def append(self, fixes: pa.Table, day: npt.NDArray[np.int64]) -> None:
        """Lay aside fixes (schema FIXES), each of a day (days since 1970-01-01)."""
        if not fixes.num_rows:
            return
        order = np.argsort(day, kind="stable")
        rows = self._numbered(fixes).take(pa.array(order)).combine_chunks()
        days, first = np.unique(day[order], return_index=True)
        for number, begin, end in zip(days.tolist(), first.tolist(), [*first[1:].tolist(), len(day)], strict=True):
            for batch in rows.slice(begin, end - begin).to_batches():
                self._writer.write_batch(batch)
                self._days[number].append(self._n)
                self._n += 1

    def days(self) -> Iterator[tuple[date, pa.Table]]:
        """Each day with its fixes (schema FIXES), in the order of the file; days ascending. Nothing can be added any more."""
        self._writer.close()
        words = {name: pa.array(list(known), pa.string()) for name, known in self._words.items()}
        self._file.seek(0)
        with pa.ipc.open_file(self._file) as reader:
            for number in sorted(self._days):
                table = pa.Table.from_batches([reader.get_batch(n) for n in self._days[number]]).combine_chunks()
                columns = {
                    name: pa.DictionaryArray.from_arrays(table[name].chunk(0), words[name])
                    if name in _CODED
                    else table[name]
                    for name in FIXES
                }
                yield _EPOCH + timedelta(number), pa.table(columns).cast(arrow_schema(FIXES))

    def _numbered(self, fixes: pa.Table) -> pa.Table:
        """Words as numbers of this spool: a file of record batches has one dictionary for all."""
        columns = {}
        for name in FIXES:
            column = fixes[name]
            if name in _CODED:
                known = self._words[name]
                coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
                one = coded.unify_dictionaries().combine_chunks()
                one = one.chunk(0) if isinstance(one, pa.ChunkedArray) else one
                numbers = pa.array(
                    [known.setdefault(word, len(known)) for word in one.dictionary.to_pylist()], pa.int32()
                )
                column = numbers.take(one.indices)
            columns[name] = column
        return pa.table(columns, schema=_SCHEMA)

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._writer.close()
        self._file.close()

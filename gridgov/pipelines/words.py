"""Words of a load as numbers: each distinct category, unit, line and channel is staged once, and rows carry its number."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.store.cases import WORD_COLUMNS, WORDS_STAGE


class Words:
    """The distinct words of a file, numbered as they are met. A category and its subcategory are one word of two parts.

    columns  the columns of each kind of word that the file has
    """

    def __init__(self, columns: Mapping[str, tuple[str, ...]] = WORD_COLUMNS) -> None:
        self._columns = columns
        self._known: dict[str, dict[tuple[str | None, ...], int]] = {kind: {} for kind in columns}
        self._fresh: list[dict[str, object]] = []

    def encode(self, table: pa.Table) -> pa.Table:
        """Replace the columns of each kind of word by `<kind>_word` (int32, null where there is no word)."""
        for kind, columns in self._columns.items():
            table = table.append_column(f"{kind}_word", self._numbers(kind, table.select(list(columns))))
            table = table.drop_columns(list(columns))
        return table

    def fresh(self) -> pa.Table:
        """The words met since the last call, as rows for the stage."""
        rows, self._fresh = self._fresh, []
        return pa.Table.from_pylist(rows, schema=WORDS_STAGE)

    def _numbers(self, kind: str, parts: pa.Table) -> pa.Array:
        encoded = [parts[name].combine_chunks().dictionary_encode() for name in parts.column_names]
        lists = [array.dictionary.to_pylist() for array in encoded]
        places = [pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64) for array in encoded]
        # One integer for each combination of places: the second part counts fastest, and absent (-1) has its own count.
        width = len(lists[-1]) + 1
        joint = places[0] if len(places) == 1 else (places[0] + 1) * width + places[1] + 1
        distinct, back = np.unique(joint, return_inverse=True)
        numbers = []
        for value in distinct.tolist():
            at = (value,) if len(lists) == 1 else (value // width - 1, value % width - 1)
            numbers.append(
                self._number(kind, tuple(words[i] if i >= 0 else None for words, i in zip(lists, at, strict=True)))
            )
        return pa.array(numbers, pa.int32()).take(pa.array(back))

    def _number(self, kind: str, parts: tuple[str | None, ...]) -> int | None:
        if not any(parts):
            return None
        known = self._known[kind]
        if parts not in known:
            known[parts] = len(known) + 1
            self._fresh.append({"kind": kind, "word": known[parts], "first": parts[0], "second": (*parts, None)[1]})
        return known[parts]

"""What readers of rows share: the reasons why a row cannot be loaded, words translated and coded, further columns as JSON."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.sources import values
from gridgov.sources.mapping import ColumnSpec, EventMapping, IncidentMapping, MapMapping, TrackMapping
from gridgov.sources.personal import hide
from gridgov.sources.reading import RawBatch

RowMapping = IncidentMapping | EventMapping | TrackMapping | MapMapping
"""Mappings of files whose rows are loaded or set aside one by one."""

_LISTED_WORDS = 100
"""Unknown words of a column that a batch names one by one; the others are counted together, and personal ones always."""


@dataclass
class Faulty:
    """A row that cannot be loaded: its number, all its reasons, and its mapped cells (personal ones replaced)."""

    row_no: int | None
    reasons: list[str]
    raw: dict[str, str | None] | None


class Reasons:
    """Reasons by row. Asking for a mask first keeps the usual case (no fault at all) free of loops."""

    def __init__(self, n: int) -> None:
        self.by_row: dict[int, list[str]] = {}
        self.any = np.zeros(n, bool)

    def add(self, mask: np.ndarray, reason: str, shown: Callable[[], pa.Array] | None = None) -> None:
        """Give the rows of a mask a reason, with the cell as it came; `shown` makes the cells' text only when needed."""
        rows = np.flatnonzero(mask)
        if not len(rows):
            return
        self.any[rows] = True
        cells = None if shown is None else shown().take(pa.array(rows)).to_pylist()
        for i, row in enumerate(rows):
            said = "" if cells is None else f": {str(cells[i])[:80]!r}"
            self.by_row.setdefault(int(row), []).append(reason + said)

    def starting(self, start: str) -> np.ndarray:
        """The mask of rows that have a reason which begins so."""
        mask = np.zeros(len(self.any), bool)
        mask[[row for row, said in self.by_row.items() if any(reason.startswith(start) for reason in said)]] = True
        return mask

    def faulty(self, batch: RawBatch, mapping: RowMapping) -> list[Faulty]:
        """The rows of a batch that cannot be loaded: those that could not be split, then those with reasons."""
        broken = [Faulty(row.row_no, [row.reason], None) for row in batch.broken]
        return broken + faulty_rows(batch, mapping, self.by_row)


def faulty_rows(batch: RawBatch, mapping: RowMapping, reasons: dict[int, list[str]]) -> list[Faulty]:
    """Rows of a batch, by their place in it, with their reasons and their cells."""
    rows = sorted(reasons)
    table = batch.table
    cells = _raw_cells(table.take(pa.array(rows, pa.int64())), mapping) if table.num_columns else [{} for _ in rows]
    return [Faulty(int(batch.row_no[row]), reasons[row], cell) for row, cell in zip(rows, cells, strict=True)]


def _raw_cells(rows: pa.Table, mapping: RowMapping) -> list[dict[str, str | None]]:
    """The mapped cells of rows, as text, with personal ones replaced; one that says nothing goes on saying nothing."""
    personal = ((mapping.columns[name], how) for name, how in getattr(mapping, "personal", {}).items())
    hidden = {name: how for spec, how in personal for name in (*spec.from_, *spec.otherwise)}
    texts = {name: values.as_text(rows[name]) for name in rows.column_names}
    nothing = pa.array(mapping.nulls, pa.string())
    for name, how in hidden.items():
        if name in texts:
            texts[name] = pc.if_else(pc.is_in(texts[name], value_set=nothing), texts[name], hide(texts[name], how))
    return pa.table(texts).to_pylist()


def is_null(array: pa.Array) -> np.ndarray:
    """The mask of cells that hold nothing."""
    return pc.is_null(array).to_numpy(zero_copy_only=False)


def text_of(raw: pa.Table, mapping: RowMapping, name: str) -> Callable[[], pa.Array]:
    """The text of a column, made when it is asked for."""
    return lambda: values.column_text(raw, mapping.columns[name], mapping.nulls)


def translated(mapping: RowMapping, name: str, raw: pa.Table, noticed: Counter[str]) -> pa.Array:
    """A text column through [values.<name>]; a word the mapping does not know stays as it is and is listed."""
    text = values.column_text(raw, mapping.columns[name], mapping.nulls)
    words = mapping.values.get(name)
    return looked_up(mapping, name, text, words, noticed) if words else text


def looked_up(mapping: RowMapping, name: str, text: pa.Array, words: dict[str, str], noticed: Counter[str]) -> pa.Array:
    """Text through some words; one that is not among them stays as it is and is listed."""
    found = values.lookup(text, words)
    unknown = pc.and_(pc.is_valid(text), pc.is_null(found))
    for entry in pc.value_counts(text.filter(unknown)).to_pylist():
        listed = sum(key.startswith(f"{name}: word") for key in noticed) < _LISTED_WORDS
        listed &= name not in getattr(mapping, "personal", {})
        noticed[f"{name}: word not in the mapping: {entry['values'] if listed else '(others)'}"] += entry["counts"]
    return pc.coalesce(found, text)


def coded(mapping: RowMapping, name: str, raw: pa.Table, codes: Iterable[str], reasons: Reasons) -> pa.Array:
    """A column that must end in one of our codes; anything else is a fault."""
    if name not in mapping.columns:
        return pa.nulls(raw.num_rows, pa.string())
    text = values.column_text(raw, mapping.columns[name], mapping.nulls)
    code = values.lookup(text, {**{c: c for c in codes}, **mapping.values.get(name, {})})
    reasons.add(
        pc.and_(pc.is_valid(text), pc.is_null(code)).to_numpy(zero_copy_only=False), f"unknown {name}", lambda: text
    )
    return code


def as_json(raw: pa.Table, specs: dict[str, ColumnSpec], nulls: list[str]) -> pa.Array:
    """Several columns as one JSON object a row; null when all of them are empty."""
    if not specs:
        return pa.nulls(raw.num_rows, pa.string())
    names = list(specs)
    cells = zip(*(values.column_text(raw, spec, nulls).to_pylist() for spec in specs.values()), strict=True)
    kept = ({k: v for k, v in zip(names, row, strict=True) if v is not None} for row in cells)
    return pa.array([json.dumps(row, ensure_ascii=False, sort_keys=True) if row else None for row in kept], pa.string())

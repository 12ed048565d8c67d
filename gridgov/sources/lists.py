"""What readers of lists share: lists are small tables that are loaded whole or not at all, so every fault is collected."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from gridgov.sources import values
from gridgov.sources.mapping import Mapping as AnyMapping
from gridgov.sources.reading import RawBatch

_CJK = re.compile(r"[\u3400-\u9fff]")


class Fault(NamedTuple):
    """Why a row cannot be loaded."""

    row_no: int
    said: str


def cell_text(batch: RawBatch, mapping: AnyMapping, name: str) -> pa.Array:
    """One of our columns as text; nulls where the mapping does not map it."""
    if name not in mapping.columns:
        return pa.nulls(batch.table.num_rows, pa.string())
    return values.column_text(batch.table, mapping.columns[name], mapping.nulls)


def tidy(text: pa.Array, at_breaks: str = "") -> pa.Array:
    """Text without the line breaks and double blanks that a narrow cell was set with; lists keep a sign at the breaks.

    Chinese goes on without a blank where a line was broken, other text with one.
    """
    for pattern, with_ in ((r"([^\x00-\x7f])\s*\n\s*", r"\1" + at_breaks), (r"\s+", " ")):
        text = pc.replace_substring_regex(text, pattern, with_)
    return text


def people(names: pa.Array) -> pa.Array:
    """Names of people, each always written alike: Chinese ones lose the blanks that typists set to line them up (张　三)."""
    tidied = (name and ("" if _CJK.search(name) else " ").join(name.split()) for name in names.to_pylist())
    return pa.array(tidied, pa.string())


def required(batch: RawBatch, text: Mapping[str, pa.Array], names: Iterable[str], faults: list[Fault]) -> None:
    """Every row must have these columns."""
    for name in names:
        absent = pc.is_null(text[name]).to_numpy(zero_copy_only=False)
        faults += [Fault(int(n), f"no {name}") for n in batch.row_no[absent]]

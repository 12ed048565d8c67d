"""Cells as published, turned into values: text, times, numbers. Column by column, on Arrow arrays, no loop over rows.

A cell that cannot be read becomes null and is marked; what to do with the row is the caller's to say.
"""

from dataclasses import dataclass
from functools import reduce
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gridgov.sources.mapping import Column

EARLIEST = pd.Timestamp("1900-01-01", tz="UTC")
LATEST = pd.Timestamp("2200-01-01", tz="UTC")
_DATE, _TIME = r"\d{4}-\d{2}-\d{2}", r"[ T]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?"
_ISO = rf"^({_DATE}({_TIME})?( ?(Z|[+-]\d{{2}}:?\d{{2}}))?|{_DATE}{_TIME} ?[+-]\d{{2}})$"  # PostgreSQL writes +00
_OFFSET = r"(?:Z|[+-]\d{2}:?\d{2}|:\d{2}[^Z+-]*[+-]\d{2})$"


def as_text(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Any array as trimmed text; dates and times as ISO 8601, whole floats without a fraction, booleans as true/false."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # Arrow keeps several chunks only when one array cannot hold the text
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), pa.string())
    if pa.types.is_floating(array.type):
        exact = pc.less(pc.abs(array), 2.0**53)  # beyond it, and for infinities, there is no integer to write
        whole = pc.fill_null(pc.and_(exact, pc.equal(array, pc.round(array))), False)
        text = pc.if_else(
            whole,
            pc.cast(pc.cast(pc.if_else(whole, array, pa.scalar(0.0, array.type)), pa.int64(), safe=False), pa.string()),
            pc.cast(array, pa.string()),
        )
        return pc.if_else(pc.is_nan(array), pa.scalar(None, pa.string()), text)
    if not pa.types.is_string(array.type):
        array = pc.cast(array, pa.string())
    if pc.any(pc.match_substring(array, "\x00")).as_py():  # JSON can write it, PostgreSQL cannot hold it
        array = pc.replace_substring(array, "\x00", "")
    return pc.utf8_trim_whitespace(array)


def column_text(table: pa.Table, spec: Column, nulls: list[str]) -> pa.Array:
    """The text of one of our columns, as its spec says: joined, extracted, padded; null words are null."""
    if spec.value is not None:
        return pa.array([spec.value] * table.num_rows, pa.string())
    null_words = pa.array(nulls, pa.string())
    parts = [_without(as_text(table[name]), null_words) for name in spec.from_]
    text = parts[0] if len(parts) == 1 else _without(joined(parts, spec.join), null_words)
    if spec.otherwise:
        text = pc.coalesce(text, *(_without(as_text(table[name]), null_words) for name in spec.otherwise))
    if spec.extract is not None:
        found = pd.Series(text.to_pandas()).str.extract(spec.extract, expand=True).iloc[:, 0]
        text = pa.array(found, pa.string(), from_pandas=True)
    if spec.integer or spec.pad:
        text = pc.replace_substring_regex(text, r"^([+-]?\d+)\.0+$", r"\1")
    if spec.pad:
        text = pc.utf8_lpad(text, spec.pad, "0")
    return text


def joined(parts: list[pa.Array], between: str) -> pa.Array:
    """Parts side by side, absent ones left out; absent where all are (Arrow's own `skip` would drop such a row)."""
    absent = reduce(pc.and_, [pc.is_null(part) for part in parts])
    first = pc.if_else(absent, pa.scalar(""), parts[0])
    text = pc.binary_join_element_wise(first, *parts[1:], between, null_handling="skip")
    return pc.if_else(absent, pa.scalar(None, pa.string()), pc.utf8_trim_whitespace(text))


def _is_plain(spec: Column) -> bool:
    """One column as it is: a typed one need not go through text."""
    return len(spec.from_) == 1 and not spec.otherwise and not spec.extract and spec.value is None


def lookup(text: pa.Array, words: dict[str, str]) -> pa.Array:
    """Each word's translation, null where there is none (a null looks up the empty word)."""
    filled = pc.fill_null(text, "")
    keys, targets = pa.array(list(words), pa.string()), pa.array(list(words.values()), pa.string())
    return targets.take(pc.index_in(filled, value_set=keys))


def _without(text: pa.Array, null_words: pa.Array) -> pa.Array:
    return pc.if_else(pc.is_in(text, value_set=null_words), pa.scalar(None, pa.string()), text)


@dataclass
class Times:
    """Instants read from a column. `at` is timestamp[us, UTC]; the masks are numpy booleans, one per row."""

    at: pa.Array
    day_only: np.ndarray
    bad: np.ndarray
    ambiguous: np.ndarray
    nonexistent: np.ndarray


def column_times(table: pa.Table, spec: Column, nulls: list[str], zone: str) -> Times:
    """The instants of one of our columns.

    A value with an offset is that instant. A local value is read in `zone`: an ambiguous one (clocks set back) is the
    first of the two, a non-existent one (clocks set forward) is moved to the next instant that exists; both are counted.
    A date without a time is that local midnight, and `day_only`. Without a `format` only ISO 8601 is accepted.
    """
    typed = table[spec.from_[0]].type if _is_plain(spec) and not spec.format else None
    if typed is not None and pa.types.is_date(typed):
        return _localized(pd.Series(table[spec.from_[0]].to_pandas(date_as_object=False)), zone, day_only=True)
    if typed is not None and pa.types.is_timestamp(typed):
        series = pd.Series(table[spec.from_[0]].to_pandas())
        return _instants(series) if typed.tz else _localized(series, zone, day_only=False)
    return _parsed(column_text(table, spec, nulls), spec.format, zone)


def _parsed(text: pa.Array, formats: list[str], zone: str) -> Times:
    distinct = pc.dictionary_encode(text)
    words = pd.Series(distinct.dictionary.to_pandas(), dtype="str")
    index = pc.fill_null(distinct.indices, -1).to_numpy(zero_copy_only=False)
    times = _parsed_words(words, formats, zone)
    at = times.at.take(pa.array(index, mask=index < 0))
    absent = index < 0
    safe = np.where(absent, 0, index)

    def spread(mask: np.ndarray) -> np.ndarray:
        return np.where(absent, False, mask[safe]) if len(mask) else np.zeros(len(index), bool)

    masks = (times.day_only, times.bad, times.ambiguous, times.nonexistent)
    return Times(at, *(spread(mask) for mask in masks))


def _parsed_words(words: pd.Series, formats: list[str], zone: str) -> Times:
    if not len(words):
        return Times(pa.nulls(0, pa.timestamp("us", "UTC")), *(np.zeros(0, bool) for _ in range(4)))
    local = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")
    instant = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us, UTC]")
    day_only = np.zeros(len(words), bool)
    if not formats:
        iso = words.str.match(_ISO)
        offset = iso & words.str.contains(_OFFSET)
        naive = iso & ~offset
        local[naive] = pd.to_datetime(words[naive], format="ISO8601", errors="coerce").astype("datetime64[us]")
        instant[offset] = pd.to_datetime(words[offset], format="ISO8601", utc=True, errors="coerce").astype(
            "datetime64[us, UTC]"
        )
        day_only = (naive & (words.str.len() == 10)).to_numpy()
    for form in formats:
        left = local.isna() & instant.isna()
        if not left.any():
            break
        if form in ("epoch_s", "epoch_ms"):
            number = pd.to_numeric(words[left], errors="coerce")
            instant[left] = pd.to_datetime(number, unit=form[6:], utc=True, errors="coerce").astype(
                "datetime64[us, UTC]"
            )
        elif form == "excel":
            number = pd.to_numeric(words[left], errors="coerce")
            local[left] = (
                pd.to_datetime(number, unit="D", origin="1899-12-30", errors="coerce")
                .dt.round("s")
                .astype("datetime64[us]")
            )
        elif "%z" in form:
            instant[left] = pd.to_datetime(words[left], format=form, utc=True, errors="coerce").astype(
                "datetime64[us, UTC]"
            )
        else:
            local[left] = pd.to_datetime(words[left], format=form, errors="coerce").astype("datetime64[us]")
            if not any(part in form for part in ("%H", "%I", "%T", "%X", "%c")):
                day_only |= (left & local.notna()).to_numpy()
    located = _localized(local, zone, day_only=day_only)
    at = pd.Series(located.at.to_pandas()).astype("datetime64[us, UTC]").fillna(instant)
    times = _instants(at)
    return Times(times.at, day_only, times.bad | at.isna().to_numpy(), located.ambiguous, located.nonexistent)


def _localized(local: pd.Series, zone: str, *, day_only: bool | np.ndarray) -> Times:
    tz = ZoneInfo(zone)
    stamps = pd.DatetimeIndex(local.astype("datetime64[us]"))
    first = stamps.tz_localize(tz, ambiguous=np.ones(len(stamps), bool), nonexistent="shift_forward")
    second = stamps.tz_localize(tz, ambiguous=np.zeros(len(stamps), bool), nonexistent="shift_forward")
    real = ~stamps.isna()
    ambiguous = np.asarray(real & (first != second))
    nonexistent = np.asarray(real & (first.tz_localize(None) != stamps))
    times = _instants(pd.Series(first.tz_convert("UTC")))
    given = pd.notna(local).to_numpy()
    return Times(times.at, given & day_only, times.bad, ambiguous, nonexistent)


def _instants(at: pd.Series) -> Times:
    """Instants of a plausible age; an impossible year is as bad as an impossible month."""
    at = at.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    bad = (at.notna() & ~at.between(EARLIEST, LATEST)).to_numpy()
    none = np.zeros(len(at), bool)
    return Times(pa.array(at.mask(bad), pa.timestamp("us", "UTC"), from_pandas=True), none, bad, none, none)


def column_numbers(table: pa.Table, spec: Column, nulls: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """A column as float64 (NaN where empty), and the mask of cells that hold something but no finite number."""
    if _is_plain(spec):
        typed = table[spec.from_[0]].type
        if pa.types.is_floating(typed) or pa.types.is_integer(typed):
            number = table[spec.from_[0]].to_numpy().astype(float)
            absent = np.isin(number, pd.to_numeric(pd.Series(nulls), errors="coerce").dropna().to_numpy(float))
            return np.where(np.isinf(number) | absent, np.nan, number), np.isinf(number)
    text = pd.Series(column_text(table, spec, nulls).to_pandas())
    number = pd.to_numeric(text, errors="coerce").to_numpy(float, na_value=np.nan)
    finite = np.isfinite(number)
    return np.where(finite, number, np.nan), text.notna().to_numpy() & ~finite


_TRUE = {"1", "true", "t", "yes", "y", "是"}
_FALSE = {"0", "false", "f", "no", "n", "否"}


def column_truths(table: pa.Table, spec: Column, nulls: list[str]) -> tuple[pa.Array, np.ndarray]:
    """A column as booleans (null where empty), and the mask of cells that are neither a yes nor a no."""
    text = pc.utf8_lower(column_text(table, spec, nulls))
    yes = pc.is_in(text, value_set=pa.array(sorted(_TRUE)))
    no = pc.is_in(text, value_set=pa.array(sorted(_FALSE)))
    known = pc.or_(yes, no)
    bad = pc.and_(pc.is_valid(text), pc.invert(known)).to_numpy(zero_copy_only=False)
    return pc.if_else(known, yes, pa.scalar(None, pa.bool_())), bad

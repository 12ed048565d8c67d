"""Numbers beside those of other times: the same groups, what each was, and how much it changed (环比, 同比)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

SUFFIXES: Final = {"previous": ("_previous", "_change"), "year": ("_year_before", "_year_change")}
"""By the word of a comparison the columns it adds: the value at the other time, and the change since."""


def compared(
    now: pd.DataFrame,
    then: Mapping[str, pd.DataFrame | None],
    keys: Sequence[str],
    counts: Sequence[str],
    shares: Sequence[str],
) -> pd.DataFrame:
    """The rows of now, and those of groups that only another time has, each with its numbers at the other times.

    now     the rows, told apart by `keys` (one row when there are none); a GeoDataFrame stays one
    then    the rows of another time by its word in SUFFIXES; None = nothing is known of it
    counts  columns that count: a group that is not there counts 0
    shares  columns 0..1: null where a group is not there

    Adds the columns of SUFFIXES behind each of them. The change is the relative one of counts, null where the base is 0 or
    unknown; of shares it is the difference.
    """
    rows = _all_groups(now, [frame for frame in then.values() if frame is not None], list(keys), counts)
    columns = {name: [name] for name in rows.columns}
    here = {name: _floats(rows[name]) for name in (*counts, *shares)}
    added: dict[str, Any] = {}
    for word, frame in then.items():
        value, change = SUFFIXES[word]
        was = _aligned(rows, frame, list(keys), list(here))
        for name, there in was.items():
            if name in counts and frame is not None:
                there = np.where(np.isnan(there) & ~np.isnan(here[name]), 0.0, there)
            base = np.where(there > 0, there, np.nan) if name in counts else 1.0
            added[name + value] = pd.array(there, "Int64") if name in counts else there
            added[name + change] = (here[name] - there) / base
            columns[name] += [name + value, name + change]
    # Side by side at once: a frame takes longer for every column that is put into it than for all of them.
    told = pd.concat([rows, pd.DataFrame(added, index=rows.index)], axis=1)
    return told[[name for behind in columns.values() for name in behind]]


def _all_groups(now: pd.DataFrame, others: list[pd.DataFrame], keys: list[str], counts: Sequence[str]) -> pd.DataFrame:
    """The rows of now, then those of groups that are only in others: what they count is 0 now, the rest not known."""
    rows = now.reset_index(drop=True)
    for other in others if keys else []:
        known = set(_groups(rows, keys))
        is_new = np.array([group not in known for group in _groups(other, keys)], np.bool_)
        if is_new.any():
            told = [name for name in other if name in rows and not pd.api.types.is_numeric_dtype(other[name])]
            told = [name for name in told if not name.endswith(("_at", "_standing"))]
            added = other.loc[is_new, list(dict.fromkeys([*keys, *told]))].assign(**dict.fromkeys(counts, 0))
            rows = pd.concat([rows, added.reindex(columns=rows.columns)], ignore_index=True)
    other_type = [name for name in counts if rows[name].dtype != np.int64]
    return rows.astype({name: "Int64" if rows[name].isna().any() else "int64" for name in other_type})


def _aligned(rows: pd.DataFrame, frame: pd.DataFrame | None, keys: list[str], names: list[str]) -> dict[str, Floats]:
    """The numbers of another time in the order of the rows; NaN where a group is not there."""
    if frame is None:
        return {name: np.full(len(rows), np.nan) for name in names}
    place = {group: k for k, group in enumerate(_groups(frame, keys))}
    found = [place.get(group, -1) for group in _groups(rows, keys)]
    return {name: np.append(_floats(frame[name]), np.nan)[found] for name in names}


def _groups(rows: pd.DataFrame, keys: list[str]) -> list[tuple[Any, ...]]:
    """What tells the rows apart, as values that can be looked up: what is absent is None, and the same everywhere."""
    if not keys:
        return [()] * len(rows)
    columns = [rows[key] for key in keys]
    values = ([None if no else v for v, no in zip(c.tolist(), c.isna().tolist(), strict=True)] for c in columns)
    return list(zip(*values, strict=True))


def _floats(column: pd.Series) -> Floats:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "if":
        return column.to_numpy(np.float64)
    return column.to_numpy(np.float64, na_value=np.nan)

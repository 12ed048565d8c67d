"""Numbers beside those of other times: the same groups, what each was, and how much it changed (环比, 同比)."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

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
    for word, frame in then.items():
        was = _aligned(rows, frame, list(keys), [*counts, *shares])
        value, change = SUFFIXES[word]
        for name in [*counts, *shares]:
            here, there = (
                rows[name].to_numpy(np.float64, na_value=np.nan),
                was[name].to_numpy(np.float64, na_value=np.nan),
            )
            if name in counts and frame is not None:
                there = np.where(np.isnan(there) & ~np.isnan(here), 0.0, there)
            base = np.where(there > 0, there, np.nan) if name in counts else 1.0
            rows[name + value] = pd.array(there, "Int64") if name in counts else there
            rows[name + change] = (here - there) / base
            columns[name] += [name + value, name + change]
    return rows[[name for behind in columns.values() for name in behind]]


def _all_groups(now: pd.DataFrame, others: list[pd.DataFrame], keys: list[str], counts: Sequence[str]) -> pd.DataFrame:
    """The rows of now, then those of groups that are only in others: what they count is 0 now, the rest not known."""
    rows = now.reset_index(drop=True)
    for other in others if keys else []:
        known = rows[keys].assign(_known=True)
        is_new = other[keys].merge(known, how="left", on=keys)["_known"].isna().to_numpy()
        if is_new.any():
            told = [name for name in other if name in rows and not pd.api.types.is_numeric_dtype(other[name])]
            told = [name for name in told if not name.endswith(("_at", "_standing"))]
            added = other.loc[is_new, list(dict.fromkeys([*keys, *told]))].assign(**dict.fromkeys(counts, 0))
            rows = pd.concat([rows, added.reindex(columns=rows.columns)], ignore_index=True)
    return rows.astype({name: "Int64" if rows[name].isna().any() else "int64" for name in counts})


def _aligned(rows: pd.DataFrame, frame: pd.DataFrame | None, keys: list[str], names: list[str]) -> pd.DataFrame:
    """The numbers of another time in the order of the rows; null where a group is not there."""
    if frame is None:
        return pd.DataFrame(np.nan, index=rows.index, columns=names)
    if not keys:
        return frame[names].reset_index(drop=True)
    return pd.DataFrame(rows[keys]).merge(pd.DataFrame(frame[[*keys, *names]]), how="left", on=keys)[names]

"""What anybody came near, counted by grid of the level asked by: in windows and periods, and by the day of the last visit.

All of it is a sum of what the loads keep (store.seen): a window is the union of its days without a look at its cells.
"""

from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.seen import Tally
from gridgov.questions.asking import Asked
from gridgov.store.seen import last_seen, seen_by_day
from gridgov.store.visits import day_number

_FEW_DAYS: Final = 31
"""A window of so many days is the sum of its days; of a longer one the last visits as of its end are quicker."""
_SHORT: Final = 16
"""Periods of so many days or fewer are summed from the days of all of them, read once."""

Longs = npt.NDArray[np.int64]


def seen_by_period(asked: Asked, grids: pd.DataFrame) -> pd.DataFrame:
    """Cells that anybody came near in each period asked by, each counted once in it; the window is one where by none.

    grids    id and grid_id (its owner, of the level asked by) of the grids that count
    returns  number (of the period), grid_id, n_cells, n_due_cells; one row a period and grid with any
    """
    since, until = asked.values["since_on"], asked.values["until_on"]
    begins: list[date] = [max(begin, since) for begin in asked.values["period_days"]] if asked.period else [since]
    ends = [*(begin - timedelta(1) for begin in begins[1:]), until]
    assert asked.shown is not None  # noqa: S101  there are grids
    set_id = asked.shown.id
    if (until - since).days < _FEW_DAYS or (until - since).days < _SHORT * len(begins):
        tally = seen_by_day(asked.connection, set_id, since, until)
        first = np.array([day_number(begin) for begin in begins], np.int64)
        number = np.searchsorted(first, tally.on, "right") - 1
        return _counted(tally, number, tally.before < first[number], grids)
    parts = []
    for k, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        tally = last_seen(asked.connection, set_id, end)
        parts.append(_counted(tally, np.full(len(tally.on), k), tally.on >= day_number(begin), grids))
    return pd.concat(parts, ignore_index=True)


def last_seen_by_day(asked: Asked, grids: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Cells by the day of their last visit (`number`, days since 1970-01-01), as of the end of a day; else as above."""
    if asked.shown is None:
        return pd.DataFrame({name: np.empty(0, np.int64) for name in ("number", "grid_id", "n_cells", "n_due_cells")})
    tally = last_seen(asked.connection, asked.shown.id, as_of)
    return _counted(tally, tally.on, np.ones(len(tally.on), np.bool_), grids)


def _counted(tally: Tally, number: Longs, counts: npt.NDArray[np.bool_], grids: pd.DataFrame) -> pd.DataFrame:
    """The sums of some rows of a tally by a number of theirs and the owner of their grid."""
    ids, owner = grids["id"].to_numpy(np.int64), grids["grid_id"].to_numpy(np.int64)
    owners, of = np.unique(owner, return_inverse=True)
    place = np.full(max(ids.max(initial=0), tally.grid.max(initial=0)) + 1, -1)
    place[ids] = of
    at = place[tally.grid]
    kept = counts & (at >= 0)
    first = int(number[kept].min()) if kept.any() else 0
    pair = (number[kept] - first) * len(owners) + at[kept]
    sums = [np.bincount(pair, n[kept]).astype(np.int64) for n in (tally.n, tally.n_due)]  # exact: far below 2**53
    some = np.flatnonzero(sums[0])
    where = {"number": first + some // max(len(owners), 1), "grid_id": owners[some % max(len(owners), 1)]}
    return pd.DataFrame({**where, "n_cells": sums[0][some], "n_due_cells": sums[1][some]})

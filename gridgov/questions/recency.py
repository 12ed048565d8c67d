"""recency: for how long nobody came near the cells of the land to patrol, by grid, and when anybody was there last."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import every_group, in_order
from gridgov.questions.seen import last_seen_by_day
from gridgov.questions.shaping import coded
from gridgov.questions.watched import grounds, known_since, last_day
from gridgov.store.visits import day_number

WITHIN: Final = (1, 3, 7, 30)
"""Days within which a visit is asked for: within 1 day = on the day of as_of or the day before."""

Longs = npt.NDArray[np.int64]

_COUNTS: Final = ("n_cells", "n_never", *(f"n_within_{days}" for days in WITHIN))


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by, the whole town or scope without.

    Of land to patrol; of all land where no map is loaded (meta `note` says so). Of a cell never visited it is known only that
    nobody came since the tracks begin: it counts as idle from the day before them on. Meta `known_since` is that day.
    """
    grids, first, last = grounds(asked), known_since(asked), last_day(asked)
    asked.meta["known_since"] = None if first is None else first.isoformat()
    owners, n = _idle_days(asked, grids, last, first or last + timedelta(1))
    rows = pd.DataFrame({"grid_id": owners, "n_cells": n.sum(axis=1), "n_never": n[:, -1]})
    for days in WITHIN:
        rows[f"n_within_{days}"] = n[:, : min(days + 1, n.shape[1] - 1)].sum(axis=1)
    idle = np.arange(n.shape[1])
    is_known = first is not None
    rows["idle_mean_days"] = share(n @ idle, rows["n_cells"]) if is_known else np.nan
    rows["idle_median_days"] = _middle(n) if is_known else np.nan
    rows["idle_worst_days"] = (n.shape[1] - 1 - (n[:, ::-1] > 0).argmax(axis=1)).astype(float) if is_known else np.nan
    seen = n[:, :-1] > 0
    latest = [last - timedelta(int(row.argmax())) if row.any() else None for row in seen]
    rows["last_visit_on"] = pd.Series(latest, index=rows.index, dtype=object)
    if asked.level is not None:
        rows = coded(asked, rows.assign(place_status="located"))
    elif rows.empty:
        rows = pd.DataFrame([dict.fromkeys(rows, np.nan)])
    rows = every_group(asked, rows, *_COUNTS)
    for days in WITHIN:
        rows[f"seen_{days}_share"] = share(rows[f"n_within_{days}"], rows["n_cells"])
    rows["never_share"] = share(rows["n_never"], rows["n_cells"])
    if not is_known:  # before the first track nobody knows who came
        told = [name for name in rows if name.startswith(("n_within_", "seen_")) or name in ("n_never", "never_share")]
        rows[told] = np.nan
    return in_order(asked, rows)


def _idle_days(asked: Asked, grids: pd.DataFrame, as_of: date, known_since: date) -> tuple[Longs, Longs]:
    """How many cells of the land to patrol of each grid of the level asked by have been idle for how many days.

    returns  the grids' ids; n (grids, days): n[k, d] cells idle for d days. The last column holds those never visited, idle
             since the day before known_since as far as is known.
    """
    counted = "n_cells" if grids["n_due_cells"].isna().all() else "n_due_cells"
    whole = grids.groupby("grid_id")[counted].sum()
    whole = whole[whole > 0]
    owners = whole.index.to_numpy(np.int64)
    never = max((as_of - known_since).days + 1, 0)
    n = np.zeros((len(owners), never + 1), np.int64)
    seen = last_seen_by_day(asked, grids, as_of)
    seen = seen[seen[counted] > 0]
    idle = np.clip(day_number(as_of) - seen["number"].to_numpy(np.int64), 0, never)
    np.add.at(n, (np.searchsorted(owners, seen["grid_id"]), idle), seen[counted].to_numpy(np.int64))
    n[:, never] += whole.to_numpy(np.int64) - n.sum(axis=1)
    return owners, n


def _middle(n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The median of values that are counted: n[k, v] times the value v; of an even number the mean of the two in the middle."""
    passed, whole = n.cumsum(axis=1), n.sum(axis=1, keepdims=True)
    low = (passed >= (whole + 1) // 2).argmax(axis=1)
    high = (passed >= whole // 2 + 1).argmax(axis=1)
    return (low + high) / 2

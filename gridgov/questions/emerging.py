"""emerging: what becomes of the places where reports gather (热点走势): new, growing, lasting, easing, faded."""

from datetime import timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgov.analytics.emerging import SHUFFLES, Course, course
from gridgov.analytics.rates import share
from gridgov.analytics.squares import around, places
from gridgov.crs import STORE_CRS
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.squares import SIDE_M, SQUARE, outline, sides, with_grids

WEEKS: Final = 26
LATELY: Final = 4
LEAST: Final = 10
"""Patches of fewer cases, lately and before in as many weeks, tell too little."""
_LESS: Final = ("easing", "faded")
_AS_LONG: Final = LATELY / (WEEKS - LATELY)


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a hotspot, those that change first: new, growing, faded, easing, lasting; in each the largest first.

    A hotspot is its squares with those that touch them, of which its Gi* speaks: hotspot (number), change, n_lately and
    n_lately_by_others (the last four weeks), before_n (the 22 weeks before, in as many days), times_before, chance_q (of its
    surest square, by shuffling), trend_q, n_weeks_hot, n_squares, m2, subcategory (that makes most of the change; of a
    lasting one the most frequent), grid_code and grid_name of the grid with most of it, geom (its squares, EPSG:4326). Meta:
    `since` and `until`, `lately_since`, `square_m`, `n_compared` (squares), `shuffles`, `n_total`.
    Raises QuestionError.
    """
    if asked.needs_state:
        raise QuestionError("'emerging' speaks of what is reported, not of how cases stand; ask without `state`.")
    last = asked.when.on if asked.when.is_day else asked.when.on - timedelta(days=1)
    first, late = last - timedelta(days=7 * WEEKS - 1), last - timedelta(days=7 * LATELY - 1)
    asked.meta |= {
        "since": first.isoformat(), "until": last.isoformat(), "lately_since": late.isoformat(), "square_m": SIDE_M,
        "n_compared": 0, "n_total": 0, "shuffles": SHUFFLES,
    }  # fmt: skip
    square = sides(asked)
    if square is None:
        return _told(asked, [])
    asked.values |= {"since": asked.begin_of(first), "until": asked.begin_of(last + timedelta(days=1))}
    rows = asked.read(places=[each for each in asked.conditions if "p.path" in each])
    if rows["week"].nunique() <= LATELY:
        return _told(asked, [])
    number = rows.groupby(SQUARE).ngroup()
    squares = rows[SQUARE].assign(number=number).drop_duplicates("number").sort_values("number", ignore_index=True)
    counts = np.zeros((len(squares), WEEKS))
    np.add.at(counts, (number, rows["week"].clip(0, WEEKS - 1)), rows["n_reported"])
    found = course(squares["square_row"], squares["square_col"], counts, LATELY)
    asked.meta["n_compared"] = len(squares)
    rows = rows.assign(number=number, is_late=rows["week"] >= WEEKS - LATELY)
    near = around(places(squares["square_row"], squares["square_col"]))
    spots = [_spot(found, squares, near, rows, n, square) for n in range(found.patch.max() + 1)]
    return _told(asked, [each for each in spots if max(each["n_lately"], each["before_n"]) >= LEAST])


def _spot(
    found: Course, squares: pd.DataFrame, near: list[list[int]], rows: pd.DataFrame, n: int, square: tuple[float, float]
) -> dict[str, Any]:
    """What is told of a patch; rows are the town's cases by square (number), week, grid and subcategory."""
    own = np.flatnonzero(found.patch == n)
    window = np.unique(np.concatenate([near[each] for each in own]))
    surest = own[found.is_hot[own].sum(axis=1).argmax()]
    rows, change = rows[rows["number"].isin(window)], found.change[surest]
    late, early = rows[rows["is_late"]], rows[~rows["is_late"]]
    core = early if change in _LESS else late
    of_grid = core[core["number"].isin(own)].groupby("grid_id")["n_reported"].sum()
    n_lately, before = int(late["n_reported"].sum()), _AS_LONG * float(early["n_reported"].sum())
    return {
        "change": change, "n_lately": n_lately, "n_lately_by_others": int(late["n_by_others"].sum()), "before_n": before,
        "times_before": float(share(n_lately, before)), "chance_q": float(found.lately_q[own].min()),
        "trend_q": float(found.trend_q[own].min()), "n_weeks_hot": int(found.is_hot[surest].sum()),
        "n_squares": len(window), "m2": len(window) * SIDE_M**2, "subcategory": _main(change, late, early),
        "grid_id": int(of_grid.idxmax()), "geom": outline(squares.iloc[window], *square),
    }  # fmt: skip


def _main(change: str, late: pd.DataFrame, early: pd.DataFrame) -> Any:
    """The subcategory that makes most of a change; of one that lasts, most of it. None where none is told."""
    n = late.groupby("subcategory")["n_reported"].sum()
    if change != "lasting":
        n = n.sub(_AS_LONG * early.groupby("subcategory")["n_reported"].sum(), fill_value=0)
    return None if n.empty else n.idxmin() if change in _LESS else n.idxmax()


def _told(asked: Asked, found: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """The hotspots in order, with the names of their grids."""
    asked.meta["n_total"] = len(found)
    columns = [*asked.definition.columns, "geom"]
    if not found:
        return gpd.GeoDataFrame({name: [] for name in columns}, geometry="geom", crs=STORE_CRS)
    order = {change: n for n, change in enumerate(("new", "growing", "faded", "easing", "lasting"))}
    rows = pd.DataFrame(found).assign(
        order=lambda each: each["change"].map(order), size=lambda each: each["n_lately"] + each["before_n"]
    )
    rows = rows.sort_values(["order", "size"], ascending=[True, False], kind="stable", ignore_index=True)
    rows = with_grids(asked, rows.iloc[: asked.limit])
    rows = rows.assign(hotspot=np.arange(1, len(rows) + 1))
    return gpd.GeoDataFrame(rows[columns], geometry="geom", crs=STORE_CRS)

"""hotspots: where open cases gather (在办热点): patches of squares that hold more than their neighbours' counts explain."""

from datetime import timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgov.analytics.hotspots import gathered
from gridgov.crs import STORE_CRS
from gridgov.questions.asking import Asked
from gridgov.questions.squares import SIDE_M, SQUARE, outline, sides, with_grids

LATELY: Final = timedelta(days=90)
LEAST: Final = 3
"""Patches of fewer open cases are the rim of a crowd rather than one."""


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a hotspot, the one with most open cases first; empty where nothing gathers, or the town has no grids.

    hotspot (number), n_open, n_overdue, expected_n, times_expected, chance_q (of its surest square), n_squares, m2, category
    (the most frequent of its open cases) and n_of_category, grid_code and grid_name of the finest grid with most of them, geom
    (the squares, EPSG:4326). Meta `square_m`, `n_compared` (squares), `n_open` (cases in them), `n_total` (hotspots).
    """
    asked.meta |= {"square_m": SIDE_M, "days": LATELY.days, "n_compared": 0, "n_open": 0, "n_total": 0}
    square = sides(asked)
    if square is None:
        return _told(asked, [])
    asked.values["since"] = asked.when.at - LATELY
    rows = asked.read(places=[each for each in asked.conditions if "p.path" in each])
    squares = rows.groupby(SQUARE, as_index=False)[["n_open", "n_overdue"]].sum()
    asked.meta |= {"n_compared": len(squares), "n_open": int(squares["n_open"].sum())}
    if not squares["n_open"].any():
        return _told(asked, [])
    found = gathered(squares["square_row"], squares["square_col"], squares["n_open"])
    squares = squares.assign(patch=found.patch, q=found.q)
    rows = rows.merge(squares[[*SQUARE, "patch"]], on=SQUARE)
    mean = float(squares["n_open"].mean())
    hot = squares[squares["patch"] >= 0].groupby("patch")
    spots = [_hotspot(part, rows[rows["patch"] == n], mean, square) for n, part in hot]
    return _told(asked, [each for each in spots if each["n_open"] >= LEAST])


def _hotspot(squares: pd.DataFrame, rows: pd.DataFrame, mean: float, square: tuple[float, float]) -> dict[str, Any]:
    """What is told of the squares of a patch; rows are their open cases by grid and category."""
    of_category = rows.groupby("category", dropna=False)["n_open"].sum().sort_values(ascending=False, kind="stable")
    of_grid = rows[rows["grid_id"].notna()].groupby("grid_id")["n_open"].sum()
    n, expected = int(squares["n_open"].sum()), mean * len(squares)
    return {
        "n_open": n, "n_overdue": int(squares["n_overdue"].sum()), "expected_n": expected, "times_expected": n / expected,
        "chance_q": float(squares["q"].min()), "n_squares": len(squares), "m2": len(squares) * SIDE_M**2,
        "category": of_category.index[0], "n_of_category": int(of_category.iloc[0]), "grid_id": int(of_grid.idxmax()),
        "geom": outline(squares, *square),
    }  # fmt: skip


def _told(asked: Asked, found: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """The hotspots in order, with the names of their grids."""
    asked.meta["n_total"] = len(found)
    columns = list(asked.definition.columns)
    if not found:
        return gpd.GeoDataFrame({name: [] for name in [*columns, "geom"]}, geometry="geom", crs=STORE_CRS)
    rows = pd.DataFrame(found).sort_values(
        ["n_open", "times_expected"], ascending=False, kind="stable", ignore_index=True
    )
    rows = rows.iloc[: asked.limit]
    rows = with_grids(asked, rows)
    rows = rows.assign(hotspot=np.arange(1, len(rows) + 1))
    return gpd.GeoDataFrame(rows[[*columns, "geom"]], geometry="geom", crs=STORE_CRS)

"""Shaping rows into answers: grids that have nothing become zeros, periods without cases too, ids become codes."""

import geopandas as gpd
import pandas as pd

from gridgov.crs import STORE_CRS
from gridgov.questions.asking import Asked
from gridgov.store.database import frame, geo_frame

_PLACES = ("grid_code", "grid_name", "parent_code", "level_code", "place_status")


def shaped(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of SQL as an answer: counts as integers, every grid of a level and every period that has nothing as 0."""
    counts = [c for c in rows.columns if c.startswith("n_")]
    rows = rows.astype({name: "int64" for name in counts if rows[name].dtype != "int64"})
    if asked.level is None:
        return every_period(asked, rows)
    if "period_on" not in rows:
        return by_grid(asked, rows)
    keys = ["period_on", "grid_code", "place_status", *_other_keys(asked)]
    return on_grids(asked, coded(asked, rows).groupby(keys, dropna=False, as_index=False)[counts].sum())


def by_grid(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows keyed by grid_id as rows keyed by code, with every grid of the level in scope (0 where nothing is), and geometry.

    Grids of several versions that share a code become one row. Rows of no grid (outside, unlocated, or placed above the
    level) keep their place_status and come last, so that the sum stays the total.
    """
    if asked.level is None:
        return rows
    counts = [c for c in rows.columns if c.startswith("n_")]
    keys = ["grid_code", "place_status", *_other_keys(asked)]
    how = dict.fromkeys(counts, "sum") | ({"oldest_at": "min"} if "oldest_at" in rows else {})
    return on_grids(asked, coded(asked, rows).groupby(keys, dropna=False, as_index=False).agg(how))


def coded(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows keyed by grid_id as rows with its code: what cannot be summed is pooled by it before it is computed."""
    if asked.level is None:
        return rows
    ids = {"ids": [int(i) for i in rows["grid_id"].dropna().unique()]}
    named = frame(asked.connection, "questions/grid_codes", ids).set_index("id")["code"]
    codes = rows["grid_id"].map(named).astype(object).where(rows["grid_id"].notna(), None)
    return rows.assign(grid_code=codes).drop(columns="grid_id")


def on_grids(asked: Asked, rows: pd.DataFrame, *more: str) -> pd.DataFrame:
    """Rows keyed by grid_code as `by_grid` gives them; `more` are key columns of the question's own."""
    if asked.level is None:
        return rows
    counts = [c for c in rows.columns if c.startswith("n_")]
    other = [*_other_keys(asked), *more]
    rows = rows.astype({"grid_code": object})  # all may be absent
    grids = level_grids(asked)
    period = ["period_on"] if "period_on" in rows else []
    if not other:
        every = pd.DataFrame(grids[["grid_code"]])
        if period:
            every = rows[period].drop_duplicates().merge(every, how="cross")
        rows = every.merge(rows, how="outer", on=[*period, "grid_code"])
        rows["place_status"] = rows["place_status"].fillna("located")
        rows[counts] = rows[counts].fillna(0)
    rows[counts] = rows[counts].astype("int64")
    rows = rows.merge(grids, how="left", on="grid_code")
    front = [*period, *(c for c in _PLACES if c in rows)]
    rows = rows[[*front, *other, *[c for c in rows if c not in (*front, *other)]]]
    rows = rows.sort_values([*period, "grid_code", *other], na_position="last", ignore_index=True)
    return gpd.GeoDataFrame(rows, geometry="geom", crs=STORE_CRS)


def _other_keys(asked: Asked) -> list[str]:
    """The columns asked by beside the grid."""
    return [key.column for key in asked.keys if key.level is None and key.column != "place_status"]


def level_grids(asked: Asked) -> gpd.GeoDataFrame:
    """The grids of the level asked by, in scope, in the version valid at as_of: grid_code, grid_name, parent_code, geom."""
    values = {
        "set_id": asked.shown.id if asked.shown else None,
        "level": asked.level,
        "scope_ids": asked.values.get("scope_ids"),
    }
    return geo_frame(asked.connection, "questions/level_grids", values)


def every_period(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """A row for every period between since and until; only where periods are the one thing asked by."""
    if asked.keys or asked.period is None or asked.since is None or asked.until is None:
        return rows
    if rows.columns[0] == "period_on" and rows["period_on"].tolist() == asked.values["period_days"]:
        return rows  # none is lacking
    starts = pd.DataFrame({"period_on": asked.values["period_days"]})
    rows = starts.merge(rows, how="left", on="period_on")
    counts = [c for c in rows.columns if c.startswith("n_")]
    rows[counts] = rows[counts].fillna(0).astype("int64")
    return rows

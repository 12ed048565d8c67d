"""blind_spots: patches of the land to patrol where nobody came for days (盲区), the largest first."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import Cells, shared
from gridgov.analytics.patrol.spots import blind_spots
from gridgov.crs import STORE_CRS
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import in_order
from gridgov.questions.watched import Watched, grounds, known_since, last_day, watched
from gridgov.store.database import frame
from gridgov.store.visits import day_number, last_visits_of

DAYS: Final = 7
LIMIT: Final = 200
LEAST_M2: Final = 500.0
"""Smaller patches are rims between two passes rather than places that nobody sees: 20 cells of 5 m."""


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a patch of cells that hang together and have been idle for `days` (7 unless said) or more, the largest first.

    patch, m2, idle_days (since anybody was anywhere in it), most_idle_days, never_share, grid_code and grid_name of the finest
    grid with most of it, n_grids_touched, geom (valid Polygon). Meta `n_total` and `total_m2` count those beyond the limit too,
    `known_since` is the first day of the tracks. Raises QuestionError.
    """
    days = DAYS if asked.days is None else asked.days
    limit = LIMIT if asked.limit is None else asked.limit
    if days < 1 or limit < 0 or asked.offset < 0:
        raise QuestionError(f"days is 1 or more, limit and offset 0 or more; found {days}, {limit} and {asked.offset}.")
    grids, first, last = grounds(asked), known_since(asked), last_day(asked)
    asked.meta |= {"days": days, "least_m2": LEAST_M2, "n_total": 0, "total_m2": 0.0}
    asked.meta["known_since"] = None if first is None else first.isoformat()
    if first is None or asked.town.crs is None:
        return in_order(asked, _nothing(asked))
    ground = watched(asked, grids)
    blocks = None if asked.scope is None else ground.blocks
    visits = last_visits_of(asked.connection, asked.town.id, last, blocks, ground.to_patrol)
    found = blind_spots(
        visits, ground.to_patrol, day_number(last), days, asked.town.crs,
        known_since=day_number(first), least_m2=LEAST_M2, limit=limit, offset=asked.offset,
    )  # fmt: skip
    asked.meta |= {"n_total": found.n_total, "total_m2": found.total_m2}
    patches = found.patches.assign(patch=np.arange(1, len(found.patches) + 1) + asked.offset).to_crs(STORE_CRS)
    rows = patches.join(_grids_of(asked, found.cells, ground))
    return in_order(asked, rows.reset_index(drop=True))


def _grids_of(asked: Asked, patches: Cells, ground: Watched) -> pd.DataFrame:
    """By patch: the grid with most of it, of as much the lowest id, and how many grids it touches."""
    patch, grid_id, n = shared(patches, ground.finest)
    met = pd.DataFrame({"patch": patch, "grid_id": grid_id, "n": n}).sort_values(
        ["patch", "n"], ascending=[True, False]
    )
    most = met.drop_duplicates("patch").merge(_named(asked, met["grid_id"].unique()), on="grid_id", how="left")
    most["n_grids_touched"] = met.groupby("patch").size().reindex(most["patch"]).to_numpy()
    return most.set_index("patch")[["grid_code", "grid_name", "parent_code", "n_grids_touched"]]


def _named(asked: Asked, ids: Any) -> pd.DataFrame:
    return frame(asked.connection, "questions/grid_names", {"ids": [int(each) for each in ids]})


def _nothing(asked: Asked) -> gpd.GeoDataFrame:
    names = [*asked.definition.columns, "geom"]
    return gpd.GeoDataFrame({name: [] for name in names}, geometry="geom", crs=STORE_CRS)

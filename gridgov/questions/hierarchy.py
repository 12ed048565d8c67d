"""hierarchy: the grids of a layer as a tree, with what they hold and how many cases they have."""

import geopandas as gpd
import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.kept import kept_by
from gridgov.questions.roster import held_on
from gridgov.store.database import with_geometry


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a grid, root first; empty when the town has no grids. In a scope: that grid and what is below it.

    meta  held_on = day of the latest roster of the layer (None = there is none: posts are null then)
    """
    asked.meta["held_on"] = held_on(asked)
    tree = with_geometry(asked.read(is_kept=kept_by(asked, is_flow=True) == "grid"))
    counts = [name for name in tree if name.startswith("n_")]
    tree[counts] = tree[counts].astype("int64")
    if asked.meta["held_on"] is None:
        tree[["n_posts", "n_vacant"]] = None
    tree = tree.assign(open_per_1k=_per_1k(tree["n_open"], tree["residents"]))
    return tree if asked.scope is None else _below(tree, asked.scope)


def _per_1k(n: pd.Series, residents: pd.Series) -> pd.Series:
    known = pd.to_numeric(residents, errors="coerce")
    return (1000 * n / known.where(known > 0)).astype(float)


def _below(tree: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    parent = dict(zip(tree["grid_code"], tree["parent_code"], strict=True))

    def within(grid: str | None) -> bool:
        while isinstance(grid, str):
            if grid == code:
                return True
            grid = parent.get(grid)
        return False

    return tree[tree["grid_code"].map(within).astype(bool)].reset_index(drop=True)

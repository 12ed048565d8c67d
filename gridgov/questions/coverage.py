"""coverage: how much of the land to patrol anybody came near, by grid and period. A window is a union of days, never a sum."""

import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import CELL_M, Cells, shared, sizes
from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import done, every_group, in_order, swept_by_period, take_days
from gridgov.questions.shaping import coded
from gridgov.questions.watched import Watched, watched


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by and period, the whole town or scope without; what was done outside all comes last.

    Areas are those of cells of 5 m (m2). Null where no cells are kept, and where no map is loaded all that speaks of land to
    patrol; meta `note` says so. Raises QuestionError.
    """
    take_days(asked)
    ground = watched(asked)
    keys = [
        *(["period_on"] if asked.period else []),
        *(["grid_code", "place_status"] if asked.level is not None else []),
    ]
    rows = done(asked)
    areas = _areas(asked, ground)
    rows = rows.merge(areas, how="outer", on=keys) if keys else pd.concat([rows, areas], axis=1)
    rows = every_group(asked, rows, "minutes", "metres", "n_visits", "n_days")
    rows["covered_share"] = share(rows["covered_m2"], rows["due_m2"])
    rows["land_share"] = share(rows["swept_m2"], rows["land_m2"])
    rows["km"] = rows["metres"] / 1_000
    return in_order(asked, rows)


def _areas(asked: Asked, ground: Watched) -> pd.DataFrame:
    """covered_m2, due_m2, swept_m2 and land_m2 of every grid of the level that cells are kept of, in every period."""
    n_periods = len(asked.values["period_days"]) if asked.period else 1
    swept = swept_by_period(asked, ground)
    owners, n_land = sizes(ground.land)
    found = pd.DataFrame(
        {"number": np.repeat(np.arange(n_periods), len(owners)), "grid_id": np.tile(owners, n_periods)}
    )
    found["land_m2"] = np.tile(n_land, n_periods) * CELL_M**2
    found["swept_m2"] = _met(swept, ground.land, found)
    found["due_m2"] = found["covered_m2"] = np.nan
    if ground.due is not None:
        due, n_due = sizes(ground.due)
        found["due_m2"] = found["grid_id"].map(pd.Series(n_due * CELL_M**2, index=due)).fillna(0).astype(float)
        found["covered_m2"] = _met(swept, ground.due, found)
    if asked.period:
        found["period_on"] = np.array(asked.values["period_days"], object)[found["number"]]
    found = (
        coded(asked, found.assign(place_status="located")) if asked.level is not None else found.drop(columns="grid_id")
    )
    return found.drop(columns="number")


def _met(swept: Cells, grids: Cells, found: pd.DataFrame) -> pd.Series:
    """How much (m2) of each grid was swept in each period."""
    number, grid_id, n = shared(swept, grids)
    met = pd.Series(n * CELL_M**2, index=pd.MultiIndex.from_arrays([number, grid_id]), dtype=float)
    return met.reindex(pd.MultiIndex.from_frame(found[["number", "grid_id"]]), fill_value=0.0).to_numpy()

"""coverage: how much of the land to patrol anybody came near, by grid and period. A window is a union of days, never a sum."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import CELL_M
from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import done, every_group, in_order, take_days
from gridgov.questions.seen import seen_by_period
from gridgov.questions.shaping import coded
from gridgov.questions.watched import grounds, known_since

_DONE: Final = ("covered_share", "covered_m2", "land_share", "swept_m2", "minutes", "km", "n_visits", "n_days")
"""What is told by tracks alone."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by and period, the whole town or scope without; what was done outside all comes last.

    Areas are those of cells of 5 m (m2). Null where no cells are kept, and where no map is loaded all that speaks of land to
    patrol; meta `note` says so. Of a period that ends before the tracks begin (meta `known_since`) nothing that was done is
    known: it is null, the land itself is not. Raises QuestionError.
    """
    take_days(asked)
    first = known_since(asked)
    asked.meta["known_since"] = None if first is None else first.isoformat()
    grids = grounds(asked)
    keys = [
        *(["period_on"] if asked.period else []),
        *(["grid_code", "place_status"] if asked.level is not None else []),
    ]
    rows = done(asked)
    areas = _areas(asked, grids)
    rows = rows.merge(areas, how="outer", on=keys) if keys else pd.concat([rows, areas], axis=1)
    rows = every_group(asked, rows, "minutes", "metres", "n_visits", "n_days")
    rows["covered_share"] = share(rows["covered_m2"], rows["due_m2"])
    rows["land_share"] = share(rows["swept_m2"], rows["land_m2"])
    rows["km"] = rows["metres"] / 1_000
    return in_order(asked, _known(asked, rows, first))


def _known(asked: Asked, rows: pd.DataFrame, first: date | None) -> pd.DataFrame:
    """The rows with null for what was done in periods that end before the first day of the tracks."""
    begins, until = asked.values.get("period_days") or [], asked.values["until_on"]
    ends = [*(begin - timedelta(1) for begin in begins[1:]), until]
    unknown = [first is None or end < first for end in ends]
    if not any(unknown):
        return rows
    of_row = rows["period_on"].map(dict(zip(begins, unknown, strict=True))) if asked.period else unknown * len(rows)
    is_unknown = np.array(of_row, np.bool_)
    return rows.assign(**{name: rows[name].astype("float64").mask(is_unknown) for name in _DONE})


def _areas(asked: Asked, grids: pd.DataFrame) -> pd.DataFrame:
    """covered_m2, due_m2, swept_m2 and land_m2 of every grid of the level that cells are kept of, in every period."""
    n_periods = len(asked.values["period_days"]) if asked.period else 1
    whole = grids.groupby("grid_id")[["n_cells", "n_due_cells"]].sum(min_count=1)
    seen = seen_by_period(asked, grids).set_index(["number", "grid_id"]) if len(grids) else whole
    every = pd.MultiIndex.from_product([range(n_periods), whole.index], names=["number", "grid_id"])
    found = every.to_frame(index=False)
    met = seen.reindex(every, fill_value=0) if len(grids) else seen
    counts = {
        "land_m2": np.tile(whole["n_cells"], n_periods), "swept_m2": met["n_cells"].to_numpy(),
        "due_m2": np.tile(whole["n_due_cells"], n_periods), "covered_m2": met["n_due_cells"].to_numpy(),
    }  # fmt: skip
    found = found.assign(**{name: np.asarray(n, np.float64) * CELL_M**2 for name, n in counts.items()})
    found["covered_m2"] = found["covered_m2"].where(found["due_m2"].notna())
    if asked.period:
        found["period_on"] = np.array(asked.values["period_days"], object)[found["number"].to_numpy(np.int64)]
    found = (
        coded(asked, found.assign(place_status="located")) if asked.level is not None else found.drop(columns="grid_id")
    )
    return found.drop(columns="number")

"""revisits: after how many days somebody comes again to the cells of the land to patrol, beside what is planned (巡查间隔)."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.cells import Cells
from gridgov.analytics.patrol.plan import days_of, planned_on
from gridgov.analytics.patrol.recency import Idleness, idle_by_set, idleness
from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked, finest
from gridgov.questions.patrolled import every_group, in_order, take_days
from gridgov.questions.planned import routes
from gridgov.questions.shaping import coded
from gridgov.questions.watched import grounds, known_since, last_day, watched
from gridgov.store.database import frame
from gridgov.store.visits import day_number, last_visits_of, swept_between

BACK: Final = timedelta(29)
"""The window without `since`: thirty days."""

_COUNTS: Final = ("n_cells", "n_seen", "n_seen_again")


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by, the whole town or scope without.

    Idle days are those of every cell on every day of the window, their mean and the worst; of a cell never visited it is known
    only that nobody came since the tracks begin. Raises QuestionError.
    """
    asked.until = min(asked.until or last_day(asked), last_day(asked))
    asked.since = asked.since or asked.until - BACK
    since, until = take_days(asked)
    grids, first = grounds(asked), known_since(asked)
    ground = watched(asked, grids)
    asked.meta["known_since"] = None if first is None else first.isoformat()
    since = since if first is None else min(max(since, first), until)
    blocks = None if asked.scope is None else ground.blocks
    idle = idleness(
        swept_between(asked.connection, asked.town.id, since, until + timedelta(1), blocks), ground.to_patrol,
        day_number(since), day_number(until), last_visits_of(asked.connection, asked.town.id, since - timedelta(1), blocks),
    )  # fmt: skip
    rows = _seen(idle, ground.to_patrol, grids.set_index("id")["grid_id"])
    if first is None:
        rows[["idle_mean_days", "idle_worst_days"]] = np.nan
    rows["planned_interval_days"] = rows["grid_id"].map(_planned(asked, grids, since, until)).astype(float)
    if asked.level is not None:
        rows = coded(asked, rows.assign(place_status="located"))
    elif rows.empty:
        rows = pd.DataFrame([dict.fromkeys(rows, np.nan)])
    rows = every_group(asked, rows, *_COUNTS)
    rows["times_planned"] = rows["revisit_days"] / rows["planned_interval_days"]
    rows["seen_in_share"], rows["again_share"] = (share(rows[name], rows["n_cells"]) for name in _COUNTS[1:])
    return in_order(asked, rows)


def _seen(idle: Idleness, land: Cells, above: pd.Series) -> pd.DataFrame:
    """What cells tell of each grid: grid_id, counts of cells, the interval, idle days.

    above  the grid of the level asked by, by the id of the grid that owns the cells
    """
    found = idle_by_set(idle, land)
    owner = found.pop("owner").map(above)
    worst = found.pop("worst_days").astype("float64").groupby(owner).max()
    rows = found.groupby(owner).sum().assign(idle_worst_days=worst)
    rows["revisit_days"] = share(rows.pop("wait_days"), rows["n_seen_again"])
    rows["idle_mean_days"] = share(rows.pop("idle_days"), rows["n_cells"])
    return rows.rename_axis("grid_id").reset_index()


def _planned(asked: Asked, grids: pd.DataFrame, since: date, until: date) -> pd.Series:
    """Days from one planned patrol to the next by the ids of the level asked by; grids without a route have none."""
    level = finest(asked).level if asked.sets else None
    plan = pd.DataFrame() if level is None else routes(asked, level, since, until)
    if plan.empty:
        return pd.Series(dtype=float)
    days = days_of(since, until)
    is_planned: npt.NDArray[np.bool_] = planned_on(plan, days)
    by_grid = pd.DataFrame(is_planned).groupby(plan["grid_code"].to_numpy(object)).any().sum(axis=1)
    code = frame(asked.connection, "questions/grid_codes", {"ids": [int(i) for i in grids["id"]]}).set_index("id")[
        "code"
    ]
    interval = grids["id"].map(code).map(len(days) / by_grid[by_grid > 0])
    weight = grids["n_due_cells"].fillna(grids["n_cells"]).where(interval.notna())
    summed = grids.assign(product=interval * weight, weight=weight).groupby("grid_id")[["product", "weight"]].sum()
    return summed["product"] / summed["weight"].where(summed["weight"] > 0)

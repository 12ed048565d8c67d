"""plan_adherence: how much of the planned routes was seen on the days and in the times that they are planned for (路线吻合度)."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.analytics.patrol.cells import sizes
from gridgov.analytics.patrol.plan import cells_of_routes, days_of, planned_on
from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import by_periods, every_group, in_order, take_days
from gridgov.questions.planned import routes
from gridgov.questions.watched import last_day
from gridgov.store.visits import day_number
from gridgov.store.walks import walks_between

BACK: Final = timedelta(6)
"""The window without `since`: a week."""

_COUNTS: Final = ("n_routes", "n_planned", "n_walked", "n_due_cells", "n_seen_cells")
WALKED: Final = 0.5
"""A planned walk counts as walked when so much of the route was seen."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by, the whole town or scope without; routes of no grid come last.

    A planned walk is a route on one of its days. Its cells (5 m along the line) are seen when a track came near them on that day
    in one of the route's times. Raises QuestionError.
    """
    if asked.since is None:
        asked.since = min(asked.until or last_day(asked), last_day(asked)) - BACK
    since, until = take_days(asked)
    asked.meta["has_plan"] = False
    rows = by_periods(asked, since, until, lambda begin, end: _counted(asked, begin, end))
    rows = every_group(asked, rows, *_COUNTS)
    rows["seen_share"] = share(rows["n_seen_cells"], rows["n_due_cells"])
    rows["walked_share"] = share(rows["n_walked"], rows["n_planned"])
    return in_order(asked, rows)


def _counted(asked: Asked, since: date, until: date) -> pd.DataFrame:
    """Routes and walks of some days by the grid of the level asked by."""
    plan = routes(asked, asked.level or 0, since, until)
    asked.meta["has_plan"] |= bool(len(plan))
    walks = _walks(asked, plan, since, until)
    if asked.level is None:
        rows = walks[["n_planned", "n_walked", "n_due_cells", "n_seen_cells"]].sum().to_frame().T
        rows.insert(0, "n_routes", plan["code"].nunique())
        return rows
    walks["place_status"] = np.where(walks["grid_code"].isna(), "unlocated", "located")
    groups = walks.groupby(["grid_code", "place_status"], dropna=False)
    rows = groups[["n_planned", "n_walked", "n_due_cells", "n_seen_cells"]].sum()
    return rows.join(groups["code"].nunique().rename("n_routes")).reset_index()


def _walks(asked: Asked, plan: pd.DataFrame, since: date, until: date) -> pd.DataFrame:
    """By spell of a route: code, grid_code, n_planned and n_walked (days), n_due_cells and n_seen_cells (over those days)."""
    found = plan[["code", "grid_code"]].copy()
    days = days_of(since, until)
    planned = planned_on(plan, days)
    counts = {name: np.zeros(len(plan), np.int64) for name in ("n_walked", "n_due_cells", "n_seen_cells")}
    if len(plan) and asked.town.crs is not None:
        whole = np.zeros(len(plan), np.int64)
        owners, n = sizes(cells_of_routes(shapely.from_wkb(plan["geom"].map(bytes).to_numpy(object)), asked.town.crs))
        whole[owners] = n
        counts["n_due_cells"] = whole * planned.sum(axis=1)
        seen = np.where(planned, _seen(asked, plan["key"], days), 0)
        counts["n_seen_cells"] = seen.sum(axis=1)
        counts["n_walked"] = ((seen >= WALKED * whole[:, None]) & planned & (whole[:, None] > 0)).sum(axis=1)
    return found.assign(n_planned=planned.sum(axis=1), **counts)


def _seen(asked: Asked, keys: pd.Series, days: list[date]) -> npt.NDArray[np.int64]:
    """How many cells of each route were seen on each day (routes, days)."""
    rows = walks_between(asked.connection, asked.town.id, days[0], days[-1])
    every, number = np.unique(keys.to_numpy(np.int64), return_inverse=True)
    found = np.zeros((len(every), len(days)), np.int64)
    place = pd.Index(every).get_indexer(rows["key"])
    day = rows["day"].to_numpy(np.int64) - day_number(days[0])
    found[place[place >= 0], day[place >= 0]] = rows["n_seen"].to_numpy(np.int64)[place >= 0]
    return found[number]

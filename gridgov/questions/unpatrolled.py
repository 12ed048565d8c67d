"""unpatrolled: grids where nobody was on patrol for days in a row (连续未巡), the longest first; beside it what was planned."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.plan import days_of, planned_on
from gridgov.analytics.patrol.recency import days_in_a_row
from gridgov.analytics.rates import share
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked, finest
from gridgov.questions.patrolled import in_order, patrolled_min
from gridgov.questions.planned import routes
from gridgov.questions.shaping import level_grids
from gridgov.questions.watched import known_since, last_day, require_base
from gridgov.store.database import frame

BACK: Final = timedelta(29)
"""The window without `since`: thirty days."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by (the finest without) in which nobody was on patrol on the last day by as_of.

    Days in a row count back from that day to the last with a patrol, however long ago; where there never was one, to the first
    day of the tracks: before it nothing is known. Patrolled is a day on which all together were on patrol in it
    for so many minutes as the rules say (meta `patrolled_min`): who passes along its edge does not patrol a grid.
    Planned are the days of a route of the grid; where no plan is loaded what speaks of it is null. Raises QuestionError.
    """
    require_base(asked)
    if (asked.limit or 0) < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    last, first = last_day(asked), known_since(asked)
    until = min(asked.until or last, last)
    since = max(asked.since or until - BACK, first or until)
    if asked.since is not None and asked.since > until:
        raise QuestionError(f"since ({asked.since}) comes after until ({until}).")
    asked.meta |= {"since": (asked.since or until - BACK).isoformat(), "until": until.isoformat()}
    asked.meta["known_since"] = None if first is None else first.isoformat()
    patrolled_min(asked)
    if asked.level is None:
        asked.keys = [finest(asked)] if asked.sets else []
    if first is None or asked.level is None or since > until:
        asked.meta["n_total"] = 0
        return pd.DataFrame(columns=list(asked.definition.columns))
    there = level_grids(asked)
    rows = pd.concat([there, _counted(asked, there["grid_code"], since, until, first)], axis=1)
    rows = rows[rows["row_days"] > 0]
    order = {"row_days": False, "planned_row": False, "grid_code": True}
    rows = rows.sort_values([*order], ascending=[*order.values()], ignore_index=True)
    asked.meta["n_total"] = len(rows)
    limit = 1_000 if asked.limit is None else asked.limit
    return in_order(asked, rows.iloc[asked.offset : asked.offset + limit])


def _counted(asked: Asked, codes: pd.Series, since: date, until: date, first: date) -> pd.DataFrame:
    """What is told of each grid, in the order of the codes."""
    assert asked.shown is not None  # noqa: S101  there are grids
    assert asked.level is not None  # noqa: S101
    values = {
        "town_id": asked.town.id, "set_id": asked.shown.id, "level": asked.level, "until_on": until,
        "since_month": since.replace(day=1), "until_month": until.replace(day=1),
        "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    days = days_of(since, until)
    patrolled = _by_day(codes, days, frame(asked.connection, "questions/unpatrolled/read", values))
    latest = frame(asked.connection, "questions/unpatrolled/last", values).set_index("grid_code")["last_patrol_on"]
    last_on = codes.map(latest).astype(object)
    last_on = last_on.where(last_on.notna(), None)
    found = pd.DataFrame({"last_patrol_on": last_on})
    found["row_days"] = [(until - (on or first - timedelta(1))).days for on in last_on]
    found["longest_row_days"] = days_in_a_row(patrolled)[1]
    found["n_window_days"] = len(days)
    found["n_unpatrolled_days"] = len(days) - patrolled.sum(axis=1)
    return found.join(_planned(asked, codes, patrolled, days))


def _planned(asked: Asked, codes: pd.Series, patrolled: npt.NDArray[np.bool_], days: list[date]) -> pd.DataFrame:
    """What was planned of each grid, and what became of it; null where no plan is loaded."""
    assert asked.level is not None  # noqa: S101
    plan = routes(asked, asked.level, days[0], days[-1])
    asked.meta["has_plan"] = bool(len(plan))
    names = ("n_planned_days", "n_missed_days", "missed_days_share", "planned_row", "is_planned")
    if plan.empty:
        return pd.DataFrame(None, index=codes.index, columns=list(names), dtype=object)
    planned = np.zeros(patrolled.shape, np.bool_)
    place = pd.Index(codes).get_indexer(plan["grid_code"])
    np.logical_or.at(planned, place[place >= 0], planned_on(plan, days)[place >= 0])
    missed = (planned & ~patrolled).sum(axis=1)
    found = (
        planned.sum(axis=1),
        missed,
        share(missed, planned.sum(axis=1)),
        days_in_a_row(patrolled, planned)[0],
        planned[:, -1],
    )
    return pd.DataFrame(dict(zip(names, found, strict=True)), index=codes.index)


def _by_day(codes: pd.Series, days: list[date], rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each grid was patrolled on each day (grids, days)."""
    months = sorted({day.replace(day=1) for day in days})
    place, month = pd.Index(codes).get_indexer(rows["grid_code"]), pd.Index(months).get_indexer(rows["month_on"])
    bits = np.zeros((len(codes), len(months)), np.int64)
    bits[place[place >= 0], month[place >= 0]] = rows["days"].to_numpy(np.int64)[place >= 0]
    of_month, bit = pd.Index(months).get_indexer([day.replace(day=1) for day in days]), [day.day - 1 for day in days]
    return (bits[:, of_month] >> np.array(bit) & 1).astype(np.bool_)

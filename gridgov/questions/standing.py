"""How open cases stand: the lists of those that will soon be overdue, that are overdue, and that wait in 挂账 or 缓办."""

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgov.calendars import HOUR
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked, followed
from gridgov.questions.cases import page, speaks_of_stand
from gridgov.questions.periods import take_period
from gridgov.questions.working import days_since
from gridgov.store.database import frame


def at_risk(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case with most of its time used and not overdue, the soonest deadline first; meta `n_total`."""
    asked.conditions.append("p.is_at_risk")
    asked.only_open = True
    return page(asked, "due_at")


def overdue(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case past its deadline, the earliest deadline first: the most working time past it; meta `n_total`.

    `late_work_days` and `late_h` are the working days and hours from the deadline to as_of.
    """
    asked.conditions.append("p.is_overdue")
    asked.only_open = True
    rows = page(asked, "due_at")
    late = rows.assign(late_work_days=days_since(asked, rows["due_at"]), late_h=-rows["left_h"])
    return late.drop(columns=["left_h", "left_work_h"])


def suspended(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case in 挂账 or 缓办, the longest pause first; meta `n_total`, and what went in and out in a period asked for.

    `paused_days` are the natural days since the pause began, `is_over_limit` whether they are more than the rules allow
    ([suspension] of the rules, in meta as `allowed_days`).
    """
    if asked.since is not None or asked.until is not None:
        take_period(asked)
        if speaks_of_stand(asked):
            raise QuestionError(
                "What was suspended and resumed in a period is counted by what happened, not by how cases stand now: "
                "leave out since, until and during, or the filter by state, stage, light, due, open, overdue or at_risk."
            )
        names = {"placement": asked.placement, "conditions": list(asked.conditions)}
        moved = frame(asked.connection, "questions/suspended/moved", asked.values, **names)
        asked.meta |= {name: int(n) for name, n in moved.iloc[0].items()}
    asked.conditions.append("p.stage IN ('suspended', 'deferred')")
    asked.only_open = True
    rows = page(asked, "paused_at")
    days = (pd.Timestamp(asked.when.at) - pd.to_datetime(rows["paused_at"], utc=True)).dt.total_seconds() / (24 * HOUR)
    allowed_days = followed(asked.connection, asked.town).suspension.days
    asked.meta["allowed_days"] = allowed_days
    return rows.assign(
        paused_days=days.to_numpy(np.float64), is_over_limit=(days > allowed_days).to_numpy(bool),
        age_work_days=days_since(asked, rows["reported_at"]),
    )  # fmt: skip

"""visits: what became of each day of each grid: visited and something found, visited and clean, or not visited (到访与发现)."""

from typing import Any, Final

import pandas as pd

from gridgov.analytics.patrol.plan import days_of
from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import every_group, in_order, patrolled_min, take_days, whole_months
from gridgov.questions.shaping import coded
from gridgov.questions.watched import known_since, require_base
from gridgov.store.database import frame

_PARTS: Final = ("n_found_days", "n_clean_days", "n_untracked_days", "n_unpatrolled_days")


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by and period, the whole town or scope without; counted in days of the finest grids.

    Days before the first track are left out: of them nothing is known (meta `known_since`). Raises QuestionError.
    """
    require_base(asked)
    since, until = take_days(asked)
    first = known_since(asked)
    asked.meta["known_since"] = None if first is None else first.isoformat()
    days = [] if first is None else days_of(max(since, first), until)
    values: dict[str, Any] = {
        "patrolled_min": patrolled_min(asked), "set_id": asked.shown.id if asked.shown else None,
        "level": asked.level, "days": days,
        "day_begins": [asked.begin_of(day) for day in days], "scope_ids": asked.values.get("scope_ids"),
        **whole_months(asked),
    }  # fmt: skip
    if days:
        values["since"] = values["day_begins"][0]
    rows = frame(asked.connection, "questions/visits/read", asked.values | values, by_period=asked.period is not None)
    if asked.level is None:
        rows = _whole(rows.drop(columns="grid_id"), asked.period is not None)
    else:
        rows = coded(asked, rows).assign(place_status="located")
    rows = every_group(asked, rows, "n_grid_days", *_PARTS)
    visited = rows["n_found_days"] + rows["n_clean_days"]
    rows["patrolled_share"], rows["clean_share"] = (
        share(visited, rows["n_grid_days"]),
        share(rows["n_clean_days"], visited),
    )
    return in_order(asked, rows)


def _whole(rows: pd.DataFrame, by_period: bool) -> pd.DataFrame:
    """The one row of the whole, also where there is nothing."""
    return rows if by_period or len(rows) else pd.DataFrame([dict.fromkeys(rows, 0)])

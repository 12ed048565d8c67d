"""ageing: open cases by the working days since they were reported, the overdue also by those past their deadline."""

from typing import Final

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.shaping import coded, on_grids
from gridgov.questions.working import days_since, instants_before

LIMITS: Final = (1, 3, 5, 10, 20)
"""Working days that divide the bands; a case that has reached a limit belongs to the band above it."""

BANDS: Final = tuple(f"{low}_{high}" for low, high in zip((0, *LIMITS), (*LIMITS, "up"), strict=True))
"""Names of the bands: 0_1 is less than one working day, 20_up is twenty or more."""

_DAYS: Final = {
    "oldest_age_work_days": "oldest_at", "median_age_work_days": "median_at", "worst_late_work_days": "worst_due_at",
    "median_late_work_days": "median_due_at",
}  # fmt: skip


def read(asked: Asked) -> pd.DataFrame:
    """One row a group asked by (every grid of a level, 0 where nothing is open); one row in all without `by`.

    The limits are turned into instants first, so that the database only compares instants. Of an even number the median is the
    smaller of the two in the middle.
    """
    instants = instants_before(asked, LIMITS)
    asked.values |= {f"limit_{i}": at for i, at in enumerate(instants)}
    last = len(LIMITS)
    bands = [(name, i - 1 if i else None, i if i < last else None) for i, name in enumerate(BANDS)]
    level_key = next((key.key for key in asked.keys if key.level is not None), None)
    rows = asked.read(keys=asked.sql_keys(), level_key=level_key, bands=bands)
    counts = [name for name in rows if name.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    days = {name: days_since(asked, rows[at]) for name, at in _DAYS.items()}
    rows = rows.assign(**days).drop(columns=["median_at", "median_due_at"])
    return on_grids(asked, coded(asked, rows))

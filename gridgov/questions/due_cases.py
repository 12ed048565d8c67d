"""due_cases: the due cohort of a period case by case, the list behind each number of `on_time`."""

import pandas as pd

from gridgov.calendars import HOUR
from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import take_one_period
from gridgov.questions.outcomes import judges_handling
from gridgov.questions.paging import paged
from gridgov.questions.tracks import only_dispatched


def read(asked: Asked) -> pd.DataFrame:
    """One row a case, the longest late first; meta `n_total` says how many there are beyond the limit.

    `answered_at` is when the case was closed, or handled where the town's rules judge the handling; `late_h` the hours from
    the deadline to then, or to as_of while it is open; null of cases that were not late.
    """
    take_one_period(asked)
    only_dispatched(asked)
    if not any("p.part" in condition for condition in asked.conditions):
        asked.conditions.append("p.part <> 'put_off'")
    by_handled = judges_handling(asked)
    asked.meta["judged_by"] = "handled" if by_handled else "closed"
    rows = paged(asked, by_handled=by_handled)
    late = pd.to_numeric(rows["late_s"]).astype("float64") / HOUR
    return rows.assign(late_h=late).drop(columns="late_s")

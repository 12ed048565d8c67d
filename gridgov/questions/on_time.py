"""on_time, closed_rate, on_time_jinhua, on_time_of_closed: what became of cases in time, by each definition in use."""

import numpy as np
import pandas as pd

from gridgov.analytics.rates import N_MIN
from gridgov.questions.asking import Asked
from gridgov.questions.kept import cohort_kept_by
from gridgov.questions.outcomes import judges_handling, take_outcomes
from gridgov.questions.rates import rated
from gridgov.questions.shaping import shaped


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (if asked by periods) and group: the parts of the due, those put off beside them, and the rates."""
    rows = _rows(asked, may_be_kept=True)
    closed = rows["n_on_time"] + rows["n_late_closed"] + rows["n_exempt"]
    due, on_time = rows["n_due"], rows["n_on_time"]
    rows = rated(asked, rows, "on_time_rate", on_time, due)
    rows = rated(asked, rows, "closed_rate", closed, due)
    rows = rated(asked, rows, "on_time_rate_unsuspended", on_time, due - rows["n_suspended"])
    return rated(asked, rows, "on_time_rate_with_put_off", on_time, due + rows["n_put_off"])


def read_closed_rate(asked: Asked) -> pd.DataFrame:
    """One row a period and group: of the due, how many were closed, in time or not."""
    rows = _rows(asked, may_be_kept=True, of="on_time")
    rows = rows.assign(n_due_closed=rows["n_on_time"] + rows["n_late_closed"] + rows["n_exempt"])
    return rated(asked, rows, "closed_rate", rows["n_due_closed"], rows["n_due"])


def read_jinhua(asked: Asked) -> pd.DataFrame:
    """One row a period and group: the rates of the rule of Jinhua and the points it gives for them."""
    rows = _rows(asked)
    rows = rated(asked, rows, "on_time_rate", rows["n_on_time"], rows["n_due"])
    rows = rated(asked, rows, "closed_rate", rows["n_due_closed"], rows["n_due"])
    rows = rated(asked, rows, "urgent_closed_rate", rows["n_urgent_closed"], rows["n_urgent_due"])
    rows = rated(asked, rows, "urgent_on_time_rate", rows["n_urgent_on_time"], rows["n_urgent_due"])
    urgent = 0.5 * _short(rows["urgent_closed_rate"], 1.0) + 0.5 * _short(rows["urgent_on_time_rate"], 0.95)
    return rows.assign(
        points_on_time=_points(50, _short(rows["on_time_rate"], 0.70), rows["n_due"]),
        points_closed=_points(20, _short(rows["closed_rate"], 0.90), rows["n_due"]),
        points_urgent=_points(10, urgent, rows["n_urgent_due"]),
    )


def read_of_closed(asked: Asked) -> pd.DataFrame:
    """One row a period and group: of the closings with a deadline, how many came in time."""
    rows = _rows(asked)
    return rated(
        asked, rows, "on_time_rate_of_closed", rows["n_closed_on_time"], rows["n_closed"] - rows["n_closed_no_deadline"]
    )


def _rows(asked: Asked, *, may_be_kept: bool = False, of: str | None = None) -> pd.DataFrame:
    kind = cohort_kept_by(asked) if may_be_kept else None
    all_due = list(asked.conditions)
    take_outcomes(asked, has_state=True)
    if kind:
        asked.conditions = all_due
    by_handled = judges_handling(asked)
    asked.meta["judged_by"] = "handled" if by_handled else "closed"
    asked.values["on"] = asked.when.on
    names = {"kind": kind, "by_handled": by_handled, "period": asked.period, "keys": asked.sql_keys()}
    return shaped(asked, asked.read(of, **names))


def _short(rate: pd.Series, wanted: float) -> pd.Series:
    """By how many percentage points a rate falls short of what is wanted; rounded so that 0.69 misses 0.70 by 1."""
    return (100 * (wanted - rate)).clip(lower=0).round(9)


def _points(full: int, lost: pd.Series, n: pd.Series) -> pd.Series:
    """Points left of the full number, none below 0; null where there are too few cases to give points for."""
    return (full - lost).clip(lower=0).where(n >= N_MIN, np.nan)

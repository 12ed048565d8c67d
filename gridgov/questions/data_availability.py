"""data_availability: the share of the time on patrol in which devices told where they were (数据可用率)."""

import pandas as pd

from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.attendance import BREAK_S
from gridgov.questions.patrolled import every_group, in_order, take_days
from gridgov.questions.shaping import coded
from gridgov.questions.watched import require_base


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by and period, the whole town or scope without; what was outside all grids comes last.

    A silence is a lack of data, not of work: it is shown beside what is said of grids, and nobody is scored on it.
    Raises QuestionError.
    """
    require_base(asked)
    take_days(asked)
    asked.values["break_s"] = BREAK_S
    rows = coded(asked, asked.read(keys=asked.sql_keys(), by_period=asked.period is not None))
    keys = [name for name in ("period_on", "grid_code", "place_status") if name in rows]
    if keys:
        rows = rows.groupby(keys, dropna=False, as_index=False)[["minutes", "expected_min", "n_sessions"]].sum()
    rows = every_group(asked, rows, "minutes", "expected_min", "n_sessions")
    rows["data_share"] = share(rows["minutes"].astype(float), rows["expected_min"].astype(float))
    return in_order(asked, rows)

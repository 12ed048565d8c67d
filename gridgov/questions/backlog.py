"""backlog: open cases, now or at any past instant."""

import pandas as pd

from gridgov.analytics.rates import share
from gridgov.questions.asking import Asked
from gridgov.questions.shaping import by_grid


def read(asked: Asked) -> pd.DataFrame:
    """One row a group asked by (every grid of a level, 0 where nothing is open); one row in all without `by`."""
    return with_share(by_grid(asked, asked.read(keys=asked.sql_keys())))


def with_share(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the share of their cases with a deadline that are overdue; null where none has one."""
    rows.insert(rows.columns.get_loc("n_grey") + 1, "overdue_share", share(rows["n_overdue"], rows["n_with_deadline"]))
    return rows

"""backlog: open cases, now or at any past instant."""

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.shaping import by_grid


def read(asked: Asked) -> pd.DataFrame:
    """One row a group asked by (every grid of a level, 0 where nothing is open); one row in all without `by`."""
    rows = asked.read(keys=asked.sql_keys())
    return by_grid(asked, rows)

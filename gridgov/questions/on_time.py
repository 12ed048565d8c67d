"""on_time: the cases due in a period, and what became of them."""

import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import by_grid

_ASKED_APART = "p.track IS DISTINCT FROM 'self_handled' AND p.track IS DISTINCT FROM 'service'"


def read(asked: Asked) -> pd.DataFrame:
    """One row a group; without `since` the month of `until`, which is as_of unless given."""
    if asked.period is not None:
        raise QuestionError(
            f"on_time is asked of one period: say it with since and until instead of by {asked.period}."
        )
    take_period(asked)
    if not any("p.track" in condition for condition in asked.conditions):
        asked.conditions.append(_ASKED_APART)
    return _rates(asked, by_grid(asked, asked.read(keys=asked.sql_keys())))


def _rates(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The rates beside the counts; null where nothing was due."""
    counts = [name for name in rows if name.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    closed = rows["n_on_time"] + rows["n_late_closed"] + rows["n_exempt"]
    rows = rated(asked, rows, "on_time_rate", rows["n_on_time"], rows["n_due"])
    rows = rated(asked, rows, "closed_rate", closed, rows["n_due"])
    return rated(asked, rows, "on_time_rate_unsuspended", rows["n_on_time"], rows["n_due"] - rows["n_suspended"])

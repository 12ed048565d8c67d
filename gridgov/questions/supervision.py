"""supervision and supervised: urgings, cards and leaders' instructions given in a period, and what became of the cases since."""

from typing import Final

import geopandas as gpd
import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.cases import page
from gridgov.questions.outcomes import take_outcomes
from gridgov.questions.rates import rated
from gridgov.questions.shaping import shaped
from gridgov.questions.working import days_since

REPLIES: Final = ("overdue", "waiting", "after_end", "cleared")
"""What became of a supervised case, in the order of the list."""

_FIRST: Final = f"array_position(ARRAY{list(REPLIES)}, reply), given_at"


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (if asked by periods) and group: what was given, the cases it was given to, how they stand."""
    take_outcomes(asked)
    rows = shaped(asked, asked.read(period=asked.period, keys=asked.sql_keys()))
    return rated(asked, rows, "cleared_rate", rows["n_cleared"], rows["n_supervised"] - rows["n_after_end"])


def read_supervised(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case supervised in the period, those without an answer first; meta `n_total`.

    `given_work_days` are the working days from the first time it was supervised to as_of, or to its end once it is cleared.
    """
    take_outcomes(asked)
    given = [condition for condition in asked.conditions if "p.reply" not in condition]
    asked.conditions = [condition for condition in asked.conditions if "p.reply" in condition]
    rows = page(asked, _FIRST, given=given)
    since_given = days_since(asked, rows["given_at"])
    since_end = pd.Series(days_since(asked, rows["closed_at"])).fillna(0).where(rows["reply"] == "cleared", 0)
    return rows.assign(given_work_days=since_given - since_end.to_numpy())

"""closure_level: how far up cases had to go until they were closed (小事不出格, 大事不出镇)."""

from typing import Final

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import take_one_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import by_grid
from gridgov.questions.tracks import no_services

LEVELS: Final = ("grid", "village", "town", "county")


def read(asked: Asked) -> pd.DataFrame:
    """One row a group; without `since` the cases that ended since the first of the month of `until`."""
    take_one_period(asked)
    no_services(asked)
    rows = asked.read(keys=asked.sql_keys())
    rows = by_grid(asked, rows)
    for level in LEVELS:
        rows = rated(asked, rows, f"at_{level}_share", rows[f"n_at_{level}"], rows["n_ended"])
    return rows

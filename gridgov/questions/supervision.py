"""supervision: urgings, cards and leaders' instructions given in a period, and what became of the cases since."""

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.outcomes import take_outcomes
from gridgov.questions.rates import rated
from gridgov.questions.shaping import shaped


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (if asked by periods) and group: what was given, the cases it was given to, how they stand."""
    take_outcomes(asked)
    rows = shaped(asked, asked.read(period=asked.period, keys=asked.sql_keys()))
    return rated(asked, rows, "cleared_rate", rows["n_cleared"], rows["n_supervised"] - rows["n_after_end"])

"""lights and due: open cases by the colour of their light, and by when their deadline is."""

import pandas as pd

from gridgov.questions.asking import Asked, days_around
from gridgov.questions.shaping import shaped


def read(asked: Asked) -> pd.DataFrame:
    """One row a group asked by; one row in all without `by`."""
    return shaped(asked, asked.read(keys=asked.sql_keys()))


def due(asked: Asked) -> pd.DataFrame:
    """One row a group asked by; one row in all without `by`."""
    asked.values |= days_around(asked)
    return shaped(asked, asked.read(keys=asked.sql_keys()))

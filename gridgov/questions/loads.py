"""loads: what came in, when, from where, and how fresh it is."""

import pandas as pd

from gridgov.questions.asking import Asked


def read(asked: Asked) -> pd.DataFrame:
    """One row a load, latest first."""
    asked.values |= {"limit": 1_000 if asked.limit is None else asked.limit, "offset": asked.offset}
    return asked.read()

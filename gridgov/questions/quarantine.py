"""refusals, quarantined: the rows that could not be loaded, counted by reason, and one by one."""

import pandas as pd

from gridgov.questions.asking import Asked


def read_refusals(asked: Asked) -> pd.DataFrame:
    """One row a system, kind of file and reason, most rows first."""
    asked.values |= {"limit": 1_000 if asked.limit is None else asked.limit, "offset": asked.offset}
    return asked.read()


def read_rows(asked: Asked) -> pd.DataFrame:
    """One row a quarantined row, the latest file first; meta `n_total` = how many there are."""
    asked.values |= {"limit": 100 if asked.limit is None else asked.limit, "offset": asked.offset}
    rows = asked.read()
    asked.meta["n_total"] = int(rows["n_all"].iloc[0]) if len(rows) else asked.offset
    return rows.drop(columns="n_all")

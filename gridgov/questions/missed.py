"""missed: what others reported where somebody on patrol had come by shortly before."""

from typing import Final

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import take_one_period
from gridgov.questions.rates import rated
from gridgov.questions.shaping import coded, on_grids

_SHOWN: Final = 5


def read(asked: Asked) -> pd.DataFrame:
    """One row a group: cases by others, those that can be checked, those missed, the latest of them and when one came by."""
    take_one_period(asked)
    asked.values["n_shown"] = _SHOWN
    rows = asked.read(keys=asked.sql_keys())
    if asked.level is not None:
        keys = [name for name in coded(asked, rows.head(0)) if name in _keys(asked)]
        rows = (
            coded(asked, rows)
            .groupby(keys, dropna=False, as_index=False)
            .agg({"n_reported": "sum", "n_checked": "sum", "n_missed": "sum", "case_nos": _latest, "passed_at": "max"})
        )
        rows = on_grids(asked, rows)
    counts = ["n_reported", "n_checked", "n_missed"]
    rows[counts] = rows[counts].astype("int64")
    rows["case_nos"] = [each if isinstance(each, list) else [] for each in rows["case_nos"]]
    return rated(asked, rows, "missed_share", rows["n_missed"], rows["n_checked"])


def _keys(asked: Asked) -> set[str]:
    return {"grid_code", *(name for name, _ in asked.sql_keys())}


def _latest(lists: pd.Series) -> list[str]:
    return [no for each in lists if isinstance(each, list) for no in each][:_SHOWN]

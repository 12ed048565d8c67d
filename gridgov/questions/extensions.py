"""extensions: how often more time was asked for and granted, and how often only when hardly any was left."""

from typing import Final

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.outcomes import judges_handling, take_outcomes
from gridgov.questions.rates import rated
from gridgov.questions.shaping import shaped

SHORTLY_S: Final = 24 * 3_600
"""An extension is asked for shortly before the deadline when no more than so many seconds are left."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (if asked by periods) and group: counts, and their rates; null where the denominator is 0."""
    take_outcomes(asked)
    asked.values["shortly_s"] = SHORTLY_S
    rows = asked.read(by_handled=judges_handling(asked), period=asked.period, keys=asked.sql_keys())
    rows.insert(rows.columns.get_loc("n_extended"), "n_decided", rows["n_granted"] + rows["n_refused"])
    rows = shaped(asked, rows)
    rows = rated(asked, rows, "granted_rate", rows["n_granted"], rows["n_decided"])
    rows = rated(asked, rows, "asked_late_rate", rows["n_asked_late"], rows["n_asked"])
    return rated(asked, rows, "extension_rate", rows["n_extended"], rows["n_due"])

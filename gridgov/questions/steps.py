"""rework, rework_of_due, rework_of_handled, registered_rate, reopened, returned: what happened to cases on their way."""

from typing import Final

import pandas as pd

from gridgov.questions.asking import Asked
from gridgov.questions.outcomes import judges_handling, take_outcomes
from gridgov.questions.rates import rated
from gridgov.questions.shaping import shaped

RATES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "rework": (("rework_rate", "n_reworked", "n_handled"),),
    "rework_of_due": (("rework_rate_of_due", "n_reworked", "n_due"),),
    "rework_of_handled": (("rework_rate", "n_reworked", "n_handled"),),
    "registered_rate": (("registered_rate", "n_registered", "n_reported"),),
    "reopened": (("reopened_rate", "n_reopened_cases", "n_closed"),),
    "returned": (),
}
"""The rates of each question: name, numerator, denominator."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a period (if asked by periods) and group: counts, and their rates; null where the denominator is 0."""
    take_outcomes(asked)
    rows = shaped(asked, asked.read(by_handled=judges_handling(asked), period=asked.period, keys=asked.sql_keys()))
    for name, part, whole in RATES[asked.definition.id]:
        rows = rated(asked, rows, name, rows[part], rows[whole])
    return rows

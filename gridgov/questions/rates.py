"""Rates beside their counts: null where the denominator is empty, an interval, and where a group stands among the others."""

from typing import Final

import numpy as np
import pandas as pd

from gridgov.analytics.rates import N_MIN, funnel, share, wilson
from gridgov.questions.asking import Asked

STANDINGS: Final = ("far_below", "below", "usual", "above", "far_above", "few")
"""Where a group stands: outside the limits within which 99.8 % (far) or 95 % of groups lie by chance alone, or too few."""


def rated(asked: Asked, rows: pd.DataFrame, name: str, part: pd.Series, whole: pd.Series) -> pd.DataFrame:
    """The rows with `<name>` = part / whole (null where whole is 0), `<name>_low` and `<name>_high` (Wilson, 95 %).

    Where the rows are groups (asked by something) also `<name>_standing`, one of STANDINGS: against the common rate of all
    rows, by the limits of a funnel (Spiegelhalter 2005) at 95 % and 99.8 %.
    """
    n, k = (np.asarray(side, np.float64) for side in (whole, part))
    low, high = wilson(k, n)
    columns = {name: share(k, n), f"{name}_low": low, f"{name}_high": high}
    if asked.keys:
        columns[f"{name}_standing"] = standing(k, n)
    return rows.assign(**columns)


def standing(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Where each of some groups stands among them, by STANDINGS; None where its denominator is empty."""
    rate = share(part, whole)
    found = np.full(len(rate), "usual", object)
    if whole.sum() > 0:
        common = min(1.0, float(part.sum() / whole.sum()))  # two counts of one period may be above 1
        for level, low_word, high_word in ((0.95, "below", "above"), (0.998, "far_below", "far_above")):
            low, high = funnel(common, whole, level)
            found[rate < low] = low_word
            found[rate > high] = high_word
    found[whole < N_MIN] = "few"
    found[~(whole > 0)] = None
    return found

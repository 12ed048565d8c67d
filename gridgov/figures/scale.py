"""Classes of a measure for a map: few, with round limits, and not carried away by one huge value."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import floor, log10

import numpy as np
import pandas as pd

FIXED: Mapping[str, tuple[tuple[float, ...], tuple[str, ...]]] = {
    "covered_share": ((1e-9, 0.2, 0.4, 0.6, 0.8, 0.9), ("0", "<20 %", "20–40", "40–60", "60–80", "80–90", "≥90 %")),
    "overdue_share": ((1e-9, 0.05, 0.1, 0.2, 0.4), ("0", "<5 %", "5–10", "10–20", "20–40", "≥40 %")),
    "on_time_rate": ((1e-9, 0.6, 0.7, 0.8, 0.9, 0.95), ("0", "<60 %", "60–70", "70–80", "80–90", "90–95", "≥95 %")),
    "n_open_more": ((-4, 0, 1, 5), ("≤−5", "−4…−1", "0", "+1…4", "≥+5")),
    "idle_mean_days": ((1, 3, 7, 14, 30), ("<1", "1–3", "3–7", "7–14", "14–30", "≥30")),
}
"""Measures whose classes are the same wherever one looks: lower limits, and what stands in the legend, class 0 first."""

_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


_RARE = (0.9, 0.97, 0.99)
"""Where most values are the same few, the rare large ones have classes of their own."""


def lower_limits(values: pd.Series, n_classes: int = 5) -> list[float]:
    """Rising lower limits of at most `n_classes` classes of the positive values; each class holds about as many grids,
    unless there are fewer values than that.

    >>> lower_limits(pd.Series([0, 1, 2, 3, 4, 8, 9, 12, 20, 31, 9000]))
    [1.0, 2.0, 6.0, 10.0, 20.0]
    >>> lower_limits(pd.Series([0.0, None]))
    []
    """
    given = pd.to_numeric(values, errors="coerce").dropna()
    positive = given[given > 0].to_numpy(dtype=float)
    if positive.size == 0:
        return []
    whole = bool(np.all(positive == np.floor(positive)))
    first = 1.0 if whole else _round_down(float(positive.min()))
    limits = [first]
    for limit in (_round_down(float(q)) for q in np.quantile(positive, [*np.arange(1, n_classes) / n_classes, *_RARE])):
        limit = max(1.0, np.floor(limit)) if whole else limit
        if limit > limits[-1] and len(limits) < n_classes:
            limits.append(float(limit))
    return limits


def _round_down(value: float) -> float:
    unit = 10.0 ** floor(log10(value))
    return float(round(max(step for step in _ROUND if step * unit <= value * (1 + 1e-9)) * unit, 10))


def class_of(values: pd.Series, limits: Sequence[float]) -> pd.Series:
    """The class of each value: -1 not known, 0 nothing, 1 .. the classes by their lower limits.

    >>> list(class_of(pd.Series([None, 0, 1, 5, 99]), [1, 5, 10]))
    [-1, 0, 1, 2, 3]
    """
    numbers = pd.to_numeric(values, errors="coerce")
    found = np.searchsorted(np.asarray(limits, dtype=float), numbers.fillna(0).to_numpy(dtype=float), side="right")
    return pd.Series(np.where(numbers.isna(), -1, found), index=values.index)


def class_labels(limits: Sequence[float], whole: bool) -> list[str]:
    """What stands in the legend for each class.

    >>> class_labels([1, 5, 10], True), class_labels([0.5, 2], False)
    (['1–4', '5–9', '≥10'], ['0.5–2', '≥2'])
    """

    def said(limit: float) -> str:
        return f"{limit:,.0f}" if limit >= 10 or limit == int(limit) else f"{limit:g}"

    labels = []
    for low, high in pairwise(limits):
        last = high - 1 if whole else high
        labels.append(said(low) if last == low else f"{said(low)}–{said(last)}")
    return [*labels, *([f"≥{said(limits[-1])}"] if limits else [])]

"""How unevenly something is shared out: Lorenz curves, Gini's coefficient, and a load made of several things."""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.rates import share

FloatArray = npt.NDArray[np.float64]


def lorenz(value: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> tuple[FloatArray, FloatArray]:
    """The Lorenz curve: which share of all (second) the least endowed so much of the whole (first) have, from (0, 0) to (1, 1).

    value   what each has, 0 or more; not all 0
    weight  how much each counts (residents of a grid ...), 0 or more: what is compared is value / weight; None = each as one

    >>> lorenz([3, 1])
    (array([0. , 0.5, 1. ]), array([0.  , 0.25, 1.  ]))
    """
    x = np.asarray(value, np.float64)
    w = np.ones(len(x)) if weight is None else np.asarray(weight, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(np.where((w == 0) & (x == 0), 0, x / w), kind="stable")
    first, second = (np.concatenate([[0.0], np.cumsum(each[order])]) for each in (w, x))
    return share(first, first[-1]), share(second, second[-1])


def gini(value: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Gini's coefficient: twice the area between the diagonal and the Lorenz curve, which is exact by trapezoids.

    0 = all have as much (for their weight), near 1 = one has all; NaN where there is nothing. Of n alike in weight it is at
    most 1 - 1 / n.

    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1]), round(gini([1, 2, 3]), 4)
    (0.0, 0.75, 0.2222)
    """
    first, second = lorenz(value, weight)
    return 1 - float(((first[1:] - first[:-1]) * (second[1:] + second[:-1])).sum())


def spread(value: pd.Series | float, weight: pd.Series, group: pd.Series) -> pd.Series:
    """What each group has, over its parts by their weight: residents of a grid over pieces of its land. A row a part.

    value   what the group of each part has
    weight  of each part, such as its area; where those of a group are all 0, nothing is known (NaN)
    group   which group each part is of

    >>> spread(pd.Series([90, 90, 10]), pd.Series([1, 2, 5]), pd.Series(["a", "a", "b"])).tolist()
    [30.0, 60.0, 10.0]
    """
    whole = weight.groupby(group).transform("sum")
    return value * weight / whole.where(whole > 0)


def load(table: pd.DataFrame, weights: Mapping[str, float], among: pd.DataFrame | None = None) -> pd.Series:
    """One load made of several things: the weighted mean of the shares that each row has of each, times the number of rows.

    So 1 is what a row would have if all were shared out evenly, and the loads add up to the number of rows. Weights are
    choices, not findings: say them beside the numbers. What is not known (null) counts as none. A thing that nobody has any
    of is left out with its weight; where there is nothing of any, no load is known (NaN).

    among  what is shared out, where the rows are only a part of it, or pieces of its rows; None = the table itself

    >>> load(pd.DataFrame({"cases": [3, 1], "residents": [100, 300]}), {"cases": 3, "residents": 1}).tolist()
    [1.25, 0.75]
    """
    known = table[list(weights)].astype("float64").fillna(0)
    of = known if among is None else among[list(weights)].astype("float64").fillna(0)
    some = pd.Series(weights, dtype="float64")[of.sum() > 0]
    shares = known[some.index] / of[some.index].sum()
    return len(of) * (shares * some).sum(axis=1) / (some.sum() or math.nan)

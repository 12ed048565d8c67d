"""Counts beside what is expected of them: which groups differ clearly from the others, with room for how much all differ."""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gridgov.analytics.rates import share

FloatArray = npt.NDArray[np.float64]
_NORMAL = NormalDist()
_TENTH = (0.1, 0.9)


class Standouts(NamedTuple):
    """Of each group what the others lead to expect, and how likely chance alone is to set it so far apart.

    expected  the rate of all the others, times what the group holds; NaN where that is not known or there are no others
    chance    two-sided, from a funnel with room for how much all groups differ anyway; NaN where nothing is expected
    q         the least share of false findings at which the group is found (Benjamini and Hochberg 1995)
    spread    how much more groups differ than chance alone would make them (1 = no more)
    """

    expected: FloatArray
    chance: FloatArray
    q: FloatArray
    spread: float


def standouts(n: npt.ArrayLike, held: npt.ArrayLike) -> Standouts:
    """Which of some counts stand out beside what their groups hold (people, km of road ...).

    n     counts
    held  what they are expected to grow with; NaN or 0 = not known, the group is then left out of the rate of the others

    The limits are those of a funnel for a ratio to an expected count on the root scale, where chance is the same for small
    and large (Spiegelhalter 2005, Statistics in Medicine 24:1185), widened by the factor by which the groups differ anyway
    (multiplicative, from scores winsorised at a tenth on either side, never below 1).
    """
    k, x = np.asarray(n, np.float64), np.asarray(held, np.float64)
    is_known = x > 0
    x = np.where(is_known, x, 0.0)
    counted = np.where(is_known, k, 0.0)
    expected = np.where(is_known, x * share(counted.sum() - counted, x.sum() - x), np.nan)
    score = 2 * (np.sqrt(k) - np.sqrt(expected))
    score[~(expected > 0)] = np.nan
    known = score[~np.isnan(score)]
    spread = float(np.mean(np.clip(known, *np.quantile(known, _TENTH)) ** 2)) if len(known) > 2 else 1.0
    spread = max(1.0, spread)
    chance = np.array([_beyond(each / math.sqrt(spread)) for each in score], np.float64)
    return Standouts(expected, chance, false_share(chance), spread)


def _beyond(score: float) -> float:
    return math.nan if math.isnan(score) else math.erfc(abs(score) / math.sqrt(2))


def false_share(chance: npt.ArrayLike) -> FloatArray:
    """The least share of false findings at which each of some tests is a finding (Benjamini and Hochberg 1995), 0..1.

    NaN stays NaN and counts as no test. Without NaN it is scipy's false_discovery_control; scipy is in no base install.

    >>> false_share([0.01, 0.04, 0.03, 0.5, float("nan")]).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5, nan]
    """
    p = np.asarray(chance, np.float64)
    found = np.full(p.shape, np.nan)
    at = np.flatnonzero(~np.isnan(p))
    order = at[np.argsort(p[at], kind="stable")]
    steps = p[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum.accumulate(steps[::-1])[::-1].clip(max=1)
    return found

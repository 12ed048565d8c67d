"""Counts of two times beside each other: which groups grew or fell more than chance, with room for how much all differ."""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gridgov.analytics.standouts import false_share

FloatArray = npt.NDArray[np.float64]
_HALF = NormalDist().inv_cdf(0.75)
"""Half of all normal scores lie within it."""


class Grown(NamedTuple):
    """Of each group how far its count lies from what was expected of it.

    score   above 0 = more than expected; 1.96 is the limit of chance at 95 %; NaN where nothing is expected
    q       the least share of false findings at which it is found (Benjamini and Hochberg 1995)
    spread  how much more groups differ than chance alone would make them (1 = no more)
    """

    score: FloatArray
    q: FloatArray
    spread: float


def grown(n: npt.ArrayLike, before: npt.ArrayLike, expected: npt.ArrayLike) -> Grown:
    """Which counts lie beyond chance from what counts before lead to expect.

    n         counts
    before    the counts of the time before from which `expected` was made: the more there are, the surer it is
    expected  what is expected now; NaN = nothing is known

    The score is that of two Poisson counts on the root scale (Huffman 1984, Applied Statistics 33:224), where
    expected / before is the ratio of what they were counted in. It is told from the middle of the scores, and divided by the
    factor by which groups differ anyway, never below 1 (Spiegelhalter 2005; here from the median, so that a few groups that
    did change, and move what is expected of all, hide neither themselves nor each other).
    """
    now, then, due = (np.asarray(each, np.float64) for each in (n, before, expected))
    ratio = np.divide(due, then, out=np.full(due.shape, np.nan), where=then > 0)
    score = 2 * (np.sqrt(now + 3 / 8) - np.sqrt(ratio * (then + 3 / 8))) / np.sqrt(1 + ratio)
    spread = 1.0
    if (~np.isnan(score)).sum() > 2:
        score = score - np.nanmedian(score)
        spread = max(1.0, float(np.nanmedian(np.abs(score)) / _HALF) ** 2)
    score = score / math.sqrt(spread)
    chance = np.array([math.nan if math.isnan(each) else math.erfc(abs(each) / math.sqrt(2)) for each in score])
    return Grown(score, false_share(chance), spread)

"""Groups that do something far more often than the others: by exact chance, with room for how much groups differ anyway."""

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
_NORMAL = NormalDist()
_LEAST_CHANCE = 1e-15
"""Below it, chance is no longer told apart, and the score is that of the normal curve."""


def others(part: npt.ArrayLike, whole: npt.ArrayLike) -> FloatArray:
    """The common share of all the others, for each group: one that stands out does not hide behind its own weight.

    Half a case is added where the others have none, so that a share of 0 is never taken for a certainty. NaN without others.
    """
    k, n = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    rest_k, rest_n = k.sum() - k, n.sum() - n
    share = np.divide(np.maximum(rest_k, 0.5), rest_n, out=np.full(n.shape, np.nan), where=rest_n > 0)
    return np.clip(share, 0, 1)


def scores(part: npt.ArrayLike, whole: npt.ArrayLike) -> FloatArray:
    """How far above the others each group is: 1.96 and 3.09 are the limits of a funnel at 95 and 99.8 %; NaN where unknown.

    The normal score of the exact binomial chance of so many or more at the share of the others; divided by how much the groups
    differ anyway (the multiplicative factor of Spiegelhalter 2005, winsorised at a tenth on either side, never below 1).
    """
    k, n, p = np.asarray(part, np.float64), np.asarray(whole, np.float64), others(part, whole)
    raw = np.array([_score(int(a), int(b), float(c)) for a, b, c in zip(k, n, p, strict=True)], np.float64)
    known = raw[~np.isnan(raw)]
    if len(known) < 3:
        return raw
    low, high = np.quantile(known, [0.1, 0.9])
    spread = float(np.mean(np.clip(known, low, high) ** 2))
    return raw / math.sqrt(max(1.0, spread))


def _score(k: int, n: int, p: float) -> float:
    if n == 0 or math.isnan(p):
        return math.nan
    plain = (k - n * p) / math.sqrt(max(n * p * (1 - p), 1e-12))
    if plain <= 0:
        return plain
    chance = binomial_tail(k, n, p)
    return max(plain, 8.0) if chance < _LEAST_CHANCE else -_NORMAL.inv_cdf(min(chance, 0.5))


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X >= k) of a binomial; k lies above its mean."""
    if p >= 1:
        return 1.0
    term = math.exp(
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
    )
    total, odds = term, p / (1 - p)
    for i in range(k, n):
        term *= (n - i) / (i + 1) * odds
        total += term
        if term < total * 1e-12:
            break
    return total

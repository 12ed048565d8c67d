"""Shares with their uncertainty: an interval for each, and limits within which units differ by chance alone."""

from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

N_MIN: Final = 10
"""Below so many in the denominator a rate is shown with its n and interval, and is not compared or ranked."""


def share(part: npt.ArrayLike, whole: npt.ArrayLike) -> FloatArray:
    """part / whole; NaN where the whole is 0: nothing is known of an empty denominator."""
    a, b = np.broadcast_arrays(np.asarray(part, np.float64), np.asarray(whole, np.float64))
    return np.divide(a, b, out=np.full(a.shape, np.nan), where=b > 0)


def wilson(part: npt.ArrayLike, whole: npt.ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Wilson's score interval (1927) of part / whole; NaN where the whole is 0."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    n, p = np.asarray(whole, np.float64), share(part, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.clip(middle - half, 0, p), np.clip(middle + half, p, 1)  # at 0 and 1 the bound is the share itself


def funnel(common: float, whole: npt.ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Limits of a share among n when the true share is the common one (Spiegelhalter 2005, score form, continuous).

    A unit outside its limits differs from the others by more than chance; NaN where the whole is 0.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    n = np.asarray(whole, np.float64)
    half = z * np.sqrt(np.divide(common * (1 - common), n, out=np.full(n.shape, np.nan), where=n > 0))
    return np.clip(common - half, 0, 1), np.clip(common + half, 0, 1)


def poisson(n: npt.ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Interval of the number that is expected where n were counted (Byar's approximation of the exact one; Rothman and
    Boice 1979): 0 below for n = 0. Divided by what it was counted in it is the interval of a rate.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    k = np.asarray(n, np.float64)
    least, most = np.maximum(k, 1), k + 1
    low = np.where(k > 0, k * np.maximum(1 - 1 / (9 * least) - z / (3 * np.sqrt(least)), 0) ** 3, 0)
    return low, most * (1 - 1 / (9 * most) + z / (3 * np.sqrt(most))) ** 3

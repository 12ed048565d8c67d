"""Hot issues: what is reported clearly more often than in the periods before; when in the day, and where it gathers."""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from gridgov.analytics.rates import N_MIN
from gridgov.analytics.standouts import false_share

Floats = npt.NDArray[np.float64]

BACK: Final = 4
"""Periods before that one is compared with."""
LEAST: Final = 5
"""Below so many cases nothing is called hot."""
FALSE: Final = 0.05
"""Share of findings that may be false."""
PEAK_H: Final = 3
NEAR_M: Final = 150.0
AGAIN_M: Final = 50.0
_DEGREE_M: Final = 111_320.0


def hot(n: npt.ArrayLike, n_before: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """At which share of false findings each count is more than those of the BACK periods before, and which are hot.

    The test is the conditional one of two Poisson rates: of n + n_before cases, each falls on the last of BACK + 1 periods
    with the same chance. Those of fewer than N_MIN cases in all are not tested, which depends on nothing that the test asks.
    NaN in n_before = not known: nothing is found.

    >>> q, is_hot = hot([30, 4, 9], [20, 2, 36])
    >>> is_hot.tolist()
    [True, False, False]
    """
    now, before = np.asarray(n, np.float64), np.asarray(n_before, np.float64)
    chance = [
        math.nan if math.isnan(b) else at_least(int(k), int(k + b), 1 / (BACK + 1))
        for k, b in zip(now, before, strict=True)
    ]
    with np.errstate(invalid="ignore"):
        q = false_share(np.where(now + before >= N_MIN, chance, np.nan))
    with np.errstate(invalid="ignore"):
        return q, (q <= FALSE) & (now >= LEAST)


def gathered(n: npt.ArrayLike, n_near: npt.ArrayLike, n_in_peak: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Which counts lie close together: N_MIN cases or more, at least half of them within NEAR_M and half in PEAK_H hours.

    >>> gathered([23, 9, 40], [21, 9, 8], [20, 9, 30]).tolist()
    [True, False, False]
    """
    k, near, hours = (np.asarray(each, np.float64) for each in (n, n_near, n_in_peak))
    return np.asarray((k >= N_MIN) & (2 * near >= k) & (2 * hours >= k))


def at_least(k: int, n: int, p: float) -> float:
    """The chance of k or more of n, each with chance p (exact binomial).

    >>> round(at_least(2, 2, 0.2), 12), at_least(0, 7, 0.2)
    (0.04, 1.0)
    """
    if k <= 0:
        return 1.0
    i = np.arange(k, n + 1)
    choose = [math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1) for j in i.tolist()]
    return float(min(1.0, np.exp(np.array(choose) + i * math.log(p) + (n - i) * math.log1p(-p)).sum()))


class Peak(NamedTuple):
    """The run of PEAK_H hours of the day with the most cases, the earliest of several; it may go over midnight."""

    from_hour: int
    n: int


def peak(hours: npt.ArrayLike) -> Peak:
    """When in the day most happens.

    hours  local hours, 0 .. 23, one a case

    >>> peak([18, 19, 20, 20, 3])
    Peak(from_hour=18, n=4)
    """
    counted = np.bincount(np.asarray(hours, np.int64), minlength=24)
    runs = np.sum([np.roll(counted, -k) for k in range(PEAK_H)], axis=0)
    first = int(np.argmax(runs))
    return Peak(first, int(runs[first]))


class Knot(NamedTuple):
    """The case with the most others around it: its place among the rows (-1 = none has coordinates), how many with itself."""

    at: int
    n: int


def knot(lon: npt.ArrayLike, lat: npt.ArrayLike, metres: float = NEAR_M) -> Knot:
    """Where cases gather: degrees (WGS84), NaN = not known. Distances on the plane that touches at each case's latitude.

    >>> knot([120.0, 120.001, 121.0], [31.0, 31.0, 31.0])
    Knot(at=0, n=2)
    """
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if not np.isfinite(x).any():
        return Knot(-1, 0)
    near = (_apart(x, y, x, y) <= metres).sum(1)
    return Knot(int(np.argmax(near)), int(near.max()))


def again(lon: npt.ArrayLike, lat: npt.ArrayLike, n_now: int, metres: float = AGAIN_M) -> int:
    """How many of the last `n_now` cases, ordered by time, have an earlier one within some metres.

    >>> again([120.0, 121.0, 120.0001], [31.0, 31.0, 31.0], 2)
    1
    """
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    first = len(x) - n_now
    near = _apart(x[first:], y[first:], x, y) <= metres
    earlier = np.arange(len(x)) < np.arange(first, len(x))[:, None]
    return int((near & earlier).any(1).sum())


def _apart(x: Floats, y: Floats, u: Floats, v: Floats) -> Floats:
    """Metres between each of some points and each of others; NaN where one is not known."""
    east = (x[:, None] - u) * np.cos(np.radians(y))[:, None]
    return np.asarray(np.hypot(east, y[:, None] - v) * _DEGREE_M)

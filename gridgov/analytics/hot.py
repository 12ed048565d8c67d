"""Hot issues: what is reported clearly more often than in the periods before; when in the day, and where it gathers."""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from gridgov.analytics.rates import N_MIN
from gridgov.analytics.standouts import false_share

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BACK: Final = 4
"""Periods before that one is compared with."""
LEAST: Final = 5
"""Below so many cases nothing is called hot."""
FALSE: Final = 0.05
"""Share of findings that may be false."""
PEAK_H: Final = 3
NEAR_M: Final = 150.0
AGAIN_M: Final = 50.0
_PAIRS: Final = 1_000_000


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
    """The run of PEAK_H hours of the day with the most cases, the earliest of several; it may go over midnight.

    from_hour  None = of no case the hour is known
    """

    from_hour: int | None
    n: int


def peak(hours: npt.ArrayLike) -> Peak:
    """When in the day most happens.

    hours  local hours, 0 .. 23, one a case

    >>> peak([18, 19, 20, 20, 3])
    Peak(from_hour=18, n=4)
    """
    if not len(np.asarray(hours)):
        return Peak(None, 0)
    counted = np.bincount(np.asarray(hours, np.int64), minlength=24)
    runs = np.sum([np.roll(counted, -k) for k in range(PEAK_H)], axis=0)
    first = int(np.argmax(runs))
    return Peak(first, int(runs[first]))


class Knot(NamedTuple):
    """The case with the most others around it: its place among the rows (-1 = none has coordinates), how many with itself."""

    at: int
    n: int


def knot(x: npt.ArrayLike, y: npt.ArrayLike, metres: float = NEAR_M) -> Knot:
    """Where cases gather: metres (of a metric CRS), NaN = not known.

    >>> knot([0.0, 100.0, 90_000.0], [0.0, 0.0, 0.0])
    Knot(at=0, n=2)
    """
    spots = _spots(x, y)
    if not len(spots.case):
        return Knot(-1, 0)
    near = np.zeros(len(spots.n), np.int64)
    for spot, other in _near(spots, metres, np.arange(len(near))):
        near += np.bincount(spot, spots.n[other], len(near)).astype(np.int64)
    first = int(np.argmax(near[spots.of_case]))
    return Knot(int(spots.case[first]), int(near[spots.of_case[first]]))


def again(x: npt.ArrayLike, y: npt.ArrayLike, n_now: int, metres: float = AGAIN_M) -> int:
    """How many of the last `n_now` cases, ordered by time, have an earlier one within some metres.

    >>> again([0.0, 90_000.0, 10.0], [0.0, 0.0, 0.0], 2)
    1
    """
    spots = _spots(x, y)
    is_now = spots.case >= np.size(np.asarray(x)) - n_now
    earliest = np.full(len(spots.n), np.iinfo(np.int64).max)
    for spot, other in _near(spots, metres, np.unique(spots.of_case[is_now])):
        np.minimum.at(earliest, spot, spots.first[other])
    return int((is_now & (earliest[spots.of_case] < spots.case)).sum())


class _Spots(NamedTuple):
    """Where the cases that have a place are: many are at one address.

    case     which cases have a place, ascending; of_case = their spots
    x, y     of each spot; first = its first case, n = how many it has
    """

    case: Ints
    of_case: Ints
    x: Floats
    y: Floats
    first: Ints
    n: Ints


def _spots(x: npt.ArrayLike, y: npt.ArrayLike) -> _Spots:
    at = np.asarray(x, np.float64) + 1j * np.asarray(y, np.float64)
    case = np.flatnonzero(np.isfinite(at))
    spots, first, of_case, n = np.unique(at[case], return_index=True, return_inverse=True, return_counts=True)
    return _Spots(case, of_case, spots.real, spots.imag, case[first], n)


def _near(spots: _Spots, metres: float, of: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of one of some spots and any so near, itself too; not all at once, for where all is near there are n x n."""
    points = shapely.points(spots.x, spots.y)
    tree = shapely.STRtree(points)
    at_once = max(_PAIRS // max(len(points), 1), 1)
    for begin in range(0, len(of), at_once):
        asked = of[begin : begin + at_once]
        left, right = tree.query(points[asked], predicate="dwithin", distance=metres)
        yield asked[left], right

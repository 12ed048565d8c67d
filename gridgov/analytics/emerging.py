"""Where counts of squares have gathered week by week, and what becomes of it: new, growing, lasting, easing, faded."""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from gridgov.analytics.squares import around, patches, places
from gridgov.analytics.standouts import false_share

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SHUFFLES: Final = 1_999
OFTEN: Final = 0.25
"""A square that was hot in so many of its weeks is one whose course is told."""


class Course(NamedTuple):
    """What is found of each square.

    z        Gi* of each square and week: how many standard deviations its neighbourhood lies above the mean of all
    is_hot   by square and week: z is too large for chance, with `level` of the findings of a week false
    lately_q the least share of false findings at which the last weeks together are hot, by shuffling
    trend_q  the same for the trend over all weeks; NaN where a square was not often hot
    change   new, growing, lasting, easing or faded; empty where nothing is to be told
    patch    number of the patch of one change that the square belongs to, from 0; -1 = none
    """

    z: FloatArray
    is_hot: BoolArray
    lately_q: FloatArray
    trend_q: FloatArray
    change: npt.NDArray[np.object_]
    patch: IntArray


def course(row: npt.ArrayLike, col: npt.ArrayLike, n: npt.ArrayLike, lately: int = 4, level: float = 0.05) -> Course:
    """What becomes of the hot squares in the last weeks, beside those before.

    row, col  the squares that are compared, each once
    n         counts by square and week, the last week last; more weeks than `lately`
    lately    so many weeks are the last ones
    level     share of findings that may be false

    A square and week is hot by its Gi* (Ord and Getis 1995, Geographical Analysis 27:286). Over the weeks the trends of its
    Gi* (a crowd wider than a square) and of its own counts (a narrower one) are tested by Mann (1945) and Kendall, of the
    squares that were hot in a quarter of the weeks before or in half of the last; the surer of both tells. So hot spots
    emerge and fade (in the manner of ArcGIS's emerging hot spot analysis, in fewer classes). Lately is half of
    the last weeks, before is a quarter of the earlier ones, and only squares that then count anything are told of:
      new = lately, not before; growing, easing, lasting = lately and before, with the trend up, down, or neither;
      faded = before, not lately, with the trend down: without it, it is the rim of a crowd, now in and now out.
    """
    at, counts = places(row, col), np.asarray(n, np.float64)
    near = around(at)
    z = gi_star(counts, near)
    is_hot = np.stack([false_share(_upper(week)) <= level for week in z.T], axis=1)
    is_late, was = is_hot[:, -lately:].mean(axis=1) >= 0.5, is_hot[:, :-lately].mean(axis=1) >= OFTEN
    trends = np.where((is_late | was)[:, None], np.stack([mann_kendall(z), mann_kendall(counts)], axis=1), np.nan)
    found = false_share(2 * _upper(np.abs(trends).ravel())).reshape(trends.shape)
    surer = (found[:, 1] < found[:, 0]).astype(np.int64)[:, None]
    trend, trend_q = (np.take_along_axis(each, surer, axis=1)[:, 0] for each in (trends, found))
    up, down = (trend_q <= level) & (trend > 0), (trend_q <= level) & (trend < 0)
    is_late, was_any = is_late & counts[:, -lately:].any(axis=1), counts[:, :-lately].any(axis=1)
    told = [is_late & ~was, is_late & up, is_late & down, is_late, was & was_any & down]
    change = np.select(told, ["new", "growing", "easing", "lasting", "faded"], "").astype(object)
    lately_q = false_share(shuffled(counts[:, -lately:].sum(axis=1), near))
    patch, first = np.full(len(at), -1, np.int64), 0
    for each in ("new", "growing", "lasting", "easing", "faded"):
        of_it = patches(at, near, change == each)
        patch = np.where(of_it >= 0, of_it + first, patch)
        first = int(patch.max(initial=-1)) + 1
    return Course(z, is_hot, lately_q, trend_q, change, patch)


def gi_star(n: npt.ArrayLike, near: list[list[int]]) -> FloatArray:
    """Gi* of counts by square, or by square and week (each week by itself), with a weight of 1 for each of `near`; 0 where all
    counts are alike.

    near  of each square the numbers of itself and of its neighbours

    The numbers are those of esda's G_Local, which needs 0.5 s for a town's 26 weeks, here 0.08, and 3 s to be imported.
    """
    counts = np.asarray(n, np.float64)
    table = counts.reshape(len(counts), -1)
    size, k = len(table), np.array([len(each) for each in near], np.float64)[:, None]
    away = _sums(table, near) - k * table.mean(axis=0)
    spread = table.std(axis=0) * np.sqrt(np.maximum(size * k - k**2, 0) / max(size - 1, 1))
    return np.divide(away, spread, out=np.zeros(away.shape), where=spread > 0).reshape(counts.shape)


def shuffled(n: npt.ArrayLike, near: list[list[int]], shuffles: int = SHUFFLES, seed: int = 0) -> FloatArray:
    """The chance that the neighbourhood of each square holds so much or more, with all the other counts shuffled.

    What the square itself holds stays (conditional permutation: Anselin 1995, Geographical Analysis 27:93); the least
    chance that can be told is 1 / (shuffles + 1). The same seed always gives the same. Not by esda 2.9, which compiles its
    permutations anew in every process (28 s of processor time, a whole answer 4), and folds the two tails into one.
    """
    counts = np.asarray(n, np.float64)
    others = np.array([len(each) - 1 for each in near])
    most = int(others.max(initial=0))
    chance = np.ones(len(counts))
    if most == 0:
        return chance
    drawn = np.random.default_rng(seed).random((shuffles, len(counts) - 1)).argpartition(most - 1, axis=1)[:, :most]
    for i in np.flatnonzero(others):
        # Numbers from the square's own on are those of the squares after it.
        taken = counts[drawn[:, : others[i]] + (drawn[:, : others[i]] >= i)].sum(axis=1)
        there = counts[near[i]].sum() - counts[i]
        chance[i] = (1 + (taken >= there).sum()) / (shuffles + 1)
    return chance


def mann_kendall(series: npt.ArrayLike) -> FloatArray:
    """The score of the trend of each row: 1.96 and above rise, -1.96 and below fall, at 5 %; no ties are allowed for.

    All rows at once: 0.02 s for a town's squares, where scipy's kendalltau row by row needs seconds.
    """
    values = np.asarray(series, np.float64)
    m = values.shape[1]
    rises = sum((np.sign(values[:, j:] - values[:, : m - j]).sum(axis=1) for j in range(1, m)), np.zeros(len(values)))
    return np.sign(rises) * np.maximum(np.abs(rises) - 1, 0) / math.sqrt(max(m * (m - 1) * (2 * m + 5) / 18, 1))


def _sums(table: FloatArray, near: list[list[int]]) -> FloatArray:
    """Of each square the sum of those near it."""
    most = max((len(each) for each in near), default=0)
    padded = np.array([[*each, *[len(table)] * (most - len(each))] for each in near], np.int64).reshape(len(near), most)
    return np.vstack([table, np.zeros((1, table.shape[1]))])[padded].sum(axis=1)


def _upper(z: FloatArray) -> FloatArray:
    """The chance of a normal score so large, or larger."""
    return np.array([math.nan if math.isnan(each) else 0.5 * math.erfc(each / math.sqrt(2)) for each in z], np.float64)

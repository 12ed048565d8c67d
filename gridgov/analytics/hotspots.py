"""Where counts gather: squares whose neighbourhood holds more than chance would put there, joined to patches."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gridgov.analytics.outliers import binomial_tail
from gridgov.analytics.squares import around, patches, places
from gridgov.analytics.standouts import false_share

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Gathered(NamedTuple):
    """What is found of each square.

    around  the count of the square and of those that touch it
    chance  of so many or more there, if every count fell on any of the squares alike
    q       the least share of false findings at which it is a finding (Benjamini and Hochberg 1995)
    patch   number of the patch it belongs to, from 0; -1 = it is no hotspot
    """

    around: IntArray
    chance: FloatArray
    q: FloatArray
    patch: IntArray


def gathered(row: npt.ArrayLike, col: npt.ArrayLike, n: npt.ArrayLike, level: float = 0.05) -> Gathered:
    """Where the counts of some squares gather.

    row, col  the squares that are compared, each once
    n         the count of each, 0 or more
    level     share of findings that may be false

    A window of a square and those that touch it is moved over all squares, as in a scan (Kulldorff 1997, Communications in
    Statistics 26:1481, with a window of one size); the chance of each is the exact binomial one, and many windows are allowed
    for by the share of false findings. A shuffling of the squares would not do: whatever the one fullest square holds, some
    window has it in every order. Hot squares that touch and count anything make a patch; patches are numbered by
    their first square, from the south, then the west.
    """
    at, counts = places(row, col), np.asarray(n, np.int64)
    near = around(at)
    sums = [int(counts[each].sum()) for each in near]
    whole, known = int(counts.sum()), {}
    for k, s in {(len(each), s) for each, s in zip(near, sums, strict=True)}:
        share = k / len(at)
        known[k, s] = binomial_tail(s, whole, share) if s > whole * share else 1.0
    chance = np.array([known[len(each), s] for each, s in zip(near, sums, strict=True)], np.float64)
    q = false_share(chance)
    return Gathered(np.array(sums, np.int64), chance, q, patches(at, near, (q <= level) & (counts > 0)))

"""Squares of a raster that touch by a side or a corner: who is near whom, and which make a patch."""

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
_AROUND = [(down, over) for down in (-1, 0, 1) for over in (-1, 0, 1)]


def places(row: npt.ArrayLike, col: npt.ArrayLike) -> list[tuple[int, int]]:
    """Row and column of each square, as they are looked up."""
    return list(zip(np.asarray(row, np.int64).tolist(), np.asarray(col, np.int64).tolist(), strict=True))


def around(at: list[tuple[int, int]]) -> list[list[int]]:
    """Of each square the numbers of itself and of those of the others that touch it."""
    index = {place: i for i, place in enumerate(at)}
    return [[index[(r + i, c + j)] for i, j in _AROUND if (r + i, c + j) in index] for r, c in at]


def patches(at: list[tuple[int, int]], near: list[list[int]], is_part: npt.ArrayLike) -> IntArray:
    """The patch of each square that is a part of one, -1 for the others: those that touch are one.

    Patches are numbered from 0 by their first square, from the south, then the west.
    """
    part = np.asarray(is_part, bool)
    patch, n = np.full(len(at), -1, np.int64), 0
    for first in sorted(np.flatnonzero(part).tolist(), key=lambda i: at[i]):
        if patch[first] >= 0:
            continue
        waiting = [first]
        while waiting:
            i = waiting.pop()
            if patch[i] < 0:
                patch[i] = n
                waiting += [j for j in near[i] if part[j] and patch[j] < 0]
        n += 1
    return patch

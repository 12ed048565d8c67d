"""One problem: reports tied to each other, and when each was first known to belong to an earlier one."""

# mypy: disable-error-code="no-untyped-def"

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Joined(NamedTuple):
    """One row a report that is not the first of its problem, by report.

    row   its place
    to    the first report of the problem that it joined
    tie   place in the pairs of what joined them
    by    the report with which that was known: itself, or a later one that was tied to both
    head  the first report of the problem as all pairs have it
    """

    row: Ints
    to: Ints
    tie: Ints
    by: Ints
    head: Ints


def join(n: int, earlier: Ints, later: Ints) -> Joined:
    """Problems as connected components of pairs among n reports in order of time, and how they grew.

    A pair is known from its later report on. So the problems of an instant are those of the rows whose `by` was reported
    until then, each tied to its `to`: what was the first report of a problem of its own may join an earlier one when a
    third report is tied to both. (Union-find by Tarjan 1975, the earlier of two roots kept.)
    """
    order = np.lexsort((earlier, later))
    to, tie, by = (np.full(n, -1, np.int64) for _ in range(3))
    root = np.arange(n)
    _join(earlier[order], later[order], order, root, to, tie, by)
    row = np.flatnonzero(to >= 0)
    return Joined(row, to[row], tie[row], by[row], root[row])


def chains(n: int, left: Ints, right: Ints) -> Ints:
    """For each of n things the first one of its connected component.

    >>> chains(5, np.array([1, 3]), np.array([2, 2]))
    array([0, 1, 1, 1, 4])
    """
    root = np.arange(n)
    _unite(left, right, root)
    return root


@numba.njit(cache=True, nogil=True)
def _root(root, k):  # pragma: no cover  compiled
    while root[k] != k:
        root[k] = root[root[k]]
        k = root[k]
    return k


@numba.njit(cache=True, nogil=True)
def _join(earlier, later, place, root, to, tie, by):  # pragma: no cover  compiled
    for k in range(len(earlier)):
        a, b = _root(root, earlier[k]), _root(root, later[k])
        if a != b:
            a, b = min(a, b), max(a, b)
            root[b] = a
            to[b], tie[b], by[b] = a, place[k], later[k]
    for k in range(len(root)):
        root[k] = _root(root, k)


@numba.njit(cache=True, nogil=True)
def _unite(left, right, root):  # pragma: no cover  compiled
    for k in range(len(left)):
        a, b = _root(root, left[k]), _root(root, right[k])
        root[max(a, b)] = min(a, b)
    for k in range(len(root)):
        root[k] = _root(root, k)

"""What was seen of each grid on a day, by when it was seen before: from it the union of any window is a sum.

A cell that anybody came near on a day was last visited on some day before, or never. Counted by grid and by that day, these
*revisits* tell all that coverage and recency ask for, and no cell has to be looked at again:

    cells seen in a window     those of its days that were last visited before it began, each cell on its first day in it
    last visits as of a day    those of any day before it, less the cells seen again since: what is gained by a day's
                               revisits on that day is lost on the days of the visits before

Both are sums over cells, so grids add up to villages and the town.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from gridgov.analytics.patrol.cells import SIDE, Cells, Longs, Words
from gridgov.analytics.patrol.recency import NEVER, Ints, LastVisits, days_at, place_of

_kernel = numba.njit(cache=True, nogil=True)


class Tally(NamedTuple):
    """How many cells of grids were visited on some days: a row for each grid and pair of days that has any.

    on      int64 (n,): the day of the visit
    before  of the cells' visit before; NEVER
    grid    id of the grid
    n       cells of the grid; n_due: of them land to patrol
    """

    on: Longs
    before: Longs
    grid: Longs
    n: Longs
    n_due: Longs


_NONE = np.empty(0, np.int64)
NO_TALLY = Tally(_NONE, _NONE, _NONE, _NONE, _NONE)


class Marked(NamedTuple):
    """The grids of one version as a raster.

    block  int64 (n,), ascending
    grid   int32 (n, 64, 64): place in `ids`, -1 = in no grid
    due    uint64 (n, 64): the land to patrol
    ids    of the grids
    """

    block: Longs
    grid: Ints
    due: Words
    ids: Longs


def marked(land: Cells, due: Cells | None, blocks: Longs | None = None) -> Marked:
    """The cells of grids as a raster, in some blocks (None = all). No cell is in two grids; without `due` none is due."""
    held = np.unique(land.block) if blocks is None else np.intersect1d(land.block, blocks)
    ids, number = np.unique(land.owner, return_inverse=True)
    grid = np.full((len(held), SIDE, SIDE), -1, np.int32)
    _fill(number, place_of(land.block, held), land.bits, grid)
    bits = np.zeros((len(held), SIDE), np.uint64)
    if due is not None:
        place = place_of(due.block, held)
        np.bitwise_or.at(bits, place[place >= 0], due.bits[place >= 0])
    return Marked(held, grid, bits, ids)


def revisits(by_day: Cells, grids: Marked, before: LastVisits) -> tuple[Tally, LastVisits]:
    """The revisits of some days, ascending by day, grid and the day before; and the last visits then, of the grids' blocks.

    by_day  swept cells with the day as owner: all days from the first to the last of them
    before  the last visits as of the day before the first of them
    """
    days, last = np.unique(by_day.owner), days_at(grids.block, before)
    after = LastVisits(grids.block, last)
    if not len(days) or not len(grids.block):
        return NO_TALLY, after
    known = last[last != NEVER]
    first = min(int(known.min()), int(days[0])) if len(known) else int(days[0])
    begin = np.append(np.searchsorted(by_day.owner, days), len(by_day.owner))
    place = place_of(by_day.block, grids.block)
    found = _revisits(days, begin, place, by_day.bits, last, grids.grid, grids.due, first, len(grids.ids))
    on, grid, past, n, n_due = found.T
    return Tally(on, np.where(past < 0, NEVER, past + first), grids.ids[grid], n, n_due), after


def summed(tally: Tally) -> Tally:
    """One row for each day, grid and day before, ascending; those that come to nothing are dropped."""
    order = np.lexsort((tally.before, tally.grid, tally.on))
    on, before, grid, n, n_due = (column[order] for column in tally)
    new = np.ones(len(order), np.bool_)
    new[1:] = (on[1:] != on[:-1]) | (before[1:] != before[:-1]) | (grid[1:] != grid[:-1])
    begin = np.flatnonzero(new)
    if not len(begin):
        return NO_TALLY
    n, n_due = np.add.reduceat(n, begin), np.add.reduceat(n_due, begin)
    kept = (n != 0) | (n_due != 0)
    return Tally(on[begin][kept], before[begin][kept], grid[begin][kept], n[kept], n_due[kept])


def joined(*several: Tally) -> Tally:
    """All the rows."""
    return Tally(*(np.concatenate(column) for column in zip(*several, strict=True))) if several else NO_TALLY


def changed(now: Tally, then: Tally) -> Tally:
    """What is to be added to one tally to make it the other."""
    return summed(joined(now, then._replace(n=-then.n, n_due=-then.n_due)))


def brought_on(last: Tally, seen: Tally) -> Tally:
    """The last visits after some more days.

    last  cells by the day of their last visit (`on`); `before` says nothing
    seen  the revisits of all days since
    """
    gained = seen._replace(before=np.full_like(seen.on, NEVER))
    again = seen.before != NEVER
    left = Tally(seen.before[again], gained.before[again], seen.grid[again], -seen.n[again], -seen.n_due[again])
    return summed(joined(last._replace(before=np.full_like(last.on, NEVER)), gained, left))


# ---- kernels ---------------------------------------------------------------------------------------------------------


@_kernel
def _fill(number: Longs, place: Longs, bits: Words, grid: Ints) -> None:
    for k in range(len(number)):
        if place[k] < 0:
            continue
        for r in range(SIDE):
            word = bits[k, r]
            if word == 0:
                continue
            for c in range(SIDE):
                if (word >> np.uint64(c)) & np.uint64(1):
                    grid[place[k], r, c] = number[k]


@_kernel
def _revisits(
    days: Longs, begin: Longs, place: Longs, bits: Words, last: Ints, grid: Ints, due: Words, first: int, n_grids: int
) -> npt.NDArray[np.int64]:
    """Rows of day, grid, day before (from `first` on; -1 = never), cells, cells due. Brings `last` up to date."""
    width = days[-1] - first + 2
    n, n_due = np.zeros((n_grids, width), np.int64), np.zeros((n_grids, width), np.int64)
    found = np.empty((1024, 5), np.int64)
    n_found = 0
    for d in range(len(days)):
        on = days[d]
        for k in range(begin[d], begin[d + 1]):
            p = place[k]
            if p < 0:
                continue
            for r in range(SIDE):
                word = bits[k, r]
                if word == 0:
                    continue
                due_word = due[p, r]
                for c in range(SIDE):
                    if (word >> np.uint64(c)) & np.uint64(1):
                        g = grid[p, r, c]
                        if g >= 0:
                            past = last[p, r, c]
                            at = 0 if past == NEVER else past - first + 1
                            n[g, at] += 1
                            n_due[g, at] += np.int64((due_word >> np.uint64(c)) & np.uint64(1))
                        last[p, r, c] = on
        for g in range(n_grids):
            for at in range(on - first + 1):
                if n[g, at]:
                    if n_found == len(found):
                        more = np.empty((2 * n_found, 5), np.int64)
                        more[:n_found] = found
                        found = more
                    found[n_found, 0], found[n_found, 1], found[n_found, 2] = on, g, at - 1
                    found[n_found, 3], found[n_found, 4] = n[g, at], n_due[g, at]
                    n_found += 1
                    n[g, at], n_due[g, at] = 0, 0
    return found[:n_found]

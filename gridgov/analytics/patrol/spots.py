"""Blind spots: patches of land where nobody came for days, as polygons and as cells.

The cells of a patch are found as runs: cells side by side in a row of a block. There are far fewer of them than cells, and
those that touch are joined. Only of the patches that are shown cells are gathered and outlines walked.
"""

from typing import NamedTuple

import geopandas as gpd
import numba
import numpy as np
import numpy.typing as npt
import shapely

from gridgov.analytics.patrol.cells import (
    CELL_M,
    NO_CELLS,
    SIDE,
    Cells,
    Longs,
    Words,
    block_place,
    canonical,
    frame_of,
    longer,
    longer_bits,
    lowest,
    popcount,
    union,
)
from gridgov.analytics.patrol.recency import NEVER, Ints, LastVisits, place_of, unvisited

_kernel = numba.njit(cache=True, nogil=True)


class BlindSpots(NamedTuple):
    """The patches that are shown, and how many there are in all.

    patches  the largest first: m2, idle_days (since anybody was anywhere in it), most_idle_days (of the cell left alone
             longest), never_share (of cells never visited, 0..1), geom (valid Polygons, in the CRS of the town)
    cells    their cells, with the row as owner: share them with grids to see whose they are
    n_total  patches in all; total_m2 of them all
    """

    patches: gpd.GeoDataFrame
    cells: Cells
    n_total: int
    total_m2: float


def blind_spots(
    visits: LastVisits, land: Cells, as_of: int, idle_days: int, crs: str,
    *, known_since: int, least_m2: float = 0.0, cell_m: float = CELL_M, limit: int | None = None, offset: int = 0,
) -> BlindSpots:  # fmt: skip
    """Where nobody came for some days: patches of land, cells that hang together by their sides.

    visits         as of the end of day `as_of`; of blocks that are not among them nobody visited any cell
    land           the land that should be seen, all its sets together
    idle_days      a patch is made of the cells with so many idle days or more
    crs            metric CRS of the town, in which the polygons are
    known_since    first day of the tracks: of a cell never visited it is known only that it is idle since the day before
    least_m2       smaller patches are left out
    limit, offset  which of the patches are shown, the largest first; None = all
    """
    # Of a cell never visited it is known only that it is idle since the day before the tracks.
    since = as_of - idle_days + 1
    idle = unvisited(visits, union(land), since) if known_since - 1 < since else NO_CELLS
    begin, runs = _runs(idle.bits)
    west, south = place_of(idle.block - 1, idle.block), place_of(idle.block - (1 << 32), idle.block)
    row, col = block_place(idle.block)
    patch, n_cells, first = _joined(begin, runs, west, south, row * SIDE, col * SIDE)

    # Of two of one size the one with the southernmost cell comes first, then the westernmost.
    order = np.flatnonzero(n_cells * cell_m**2 >= least_m2)
    order = order[np.lexsort((first[order, 1], first[order, 0], -n_cells[order]))]
    shown = order[offset:] if limit is None else order[offset : offset + limit]
    number = np.full(len(n_cells), -1)
    number[shown] = np.arange(len(shown))

    owner, at, bits = _cells_of(begin, runs, number[patch])
    cells = canonical(owner, idle.block[at], bits)
    least, most, n_never = _gather_days(
        cells.owner, place_of(cells.block, visits.block), cells.bits, visits.day, len(shown)
    )
    least, most = (np.where(day == NEVER, known_since - 1, day) for day in (least, most))
    found = gpd.GeoDataFrame(
        {
            "m2": n_cells[shown] * cell_m**2,
            "idle_days": as_of - most,
            "most_idle_days": as_of - least,
            "never_share": n_never / n_cells[shown],
        },
        geometry=gpd.GeoSeries(_polygons(cells, cell_m), crs=crs),
    )
    total_m2 = float((n_cells[order] * cell_m**2).sum())
    return BlindSpots(found.rename_geometry("geom"), cells, len(order), total_m2)


def _polygons(cells: Cells, cell_m: float) -> npt.NDArray[np.object_]:
    """The outline of each set, owners from 0 on, as a polygon with its holes."""
    first_row, first_col, n_rows, n_cols = frame_of(cells.block)
    row, col = block_place(cells.block)
    labels = np.full((n_rows, n_cols), -1, np.int32)
    _fill(cells.owner, row * SIDE - first_row, col * SIDE - first_col, cells.bits, labels)
    corner, ring, label, twice_area = _rings(labels)
    if len(label) == 0:
        return np.empty(0, np.object_)
    xy = (corner + np.array([first_col, first_row])) * cell_m
    rings = shapely.linearrings(xy, indices=ring)
    order = np.lexsort((-twice_area, label))  # of each label its shell first: holes run the other way round
    found: npt.NDArray[np.object_] = shapely.polygons(rings[order], indices=label[order])
    return found


# ---- kernels ---------------------------------------------------------------------------------------------------------


@_kernel
def _runs(bits: Words) -> tuple[Longs, Ints]:
    """Where the runs of each row of each block begin, (64 n + 1,), and the runs: first column, and that behind the last."""
    begin = np.zeros(len(bits) * SIDE + 1, np.int64)
    for k in range(len(bits)):
        for r in range(SIDE):
            word = bits[k, r]
            begin[k * SIDE + r + 1] = begin[k * SIDE + r] + popcount(word & ~(word << np.uint64(1)))
    runs = np.empty((begin[-1], 2), np.int32)
    n = 0
    for k in range(len(bits)):
        for r in range(SIDE):
            word = bits[k, r]
            while word:
                a = lowest(word)
                b = a + lowest(~(word >> np.uint64(a)))
                runs[n, 0], runs[n, 1] = a, b
                n += 1
                word = np.uint64(0) if b >= SIDE else word & ~((np.uint64(1) << np.uint64(b)) - np.uint64(1))
    return begin, runs


@_kernel
def _joined(begin: Longs, runs: Ints, west: Longs, south: Longs, row: Longs, col: Longs) -> tuple[Longs, Longs, Longs]:
    """The patch of each run; of each patch how many cells it has, and the row and column of its first: south, then west."""
    root = np.arange(len(runs))
    for k in range(len(row)):
        for r in range(SIDE):
            own = k * SIDE + r
            if begin[own] == begin[own + 1]:
                continue
            below = own - 1 if r else (south[k] * SIDE + SIDE - 1 if south[k] >= 0 else -1)
            if below >= 0:
                i, j = begin[own], begin[below]
                while i < begin[own + 1] and j < begin[below + 1]:
                    if runs[i, 0] < runs[j, 1] and runs[j, 0] < runs[i, 1]:
                        _join(root, i, j)
                    if runs[i, 1] < runs[j, 1]:
                        i += 1
                    else:
                        j += 1
            if west[k] >= 0 and runs[begin[own], 0] == 0:
                last = begin[west[k] * SIDE + r + 1] - 1
                if last >= begin[west[k] * SIDE + r] and runs[last, 1] == SIDE:
                    _join(root, begin[own], last)
    patch, n = np.empty(len(runs), np.int64), 0
    for i in range(len(runs)):  # the root of a patch is the first of its runs
        if root[i] == i:
            patch[i] = n
            n += 1
        else:
            patch[i] = patch[_root(root, i)]
    n_cells, first = np.zeros(n, np.int64), np.full((n, 2), np.iinfo(np.int64).max)
    for k in range(len(row)):
        for r in range(SIDE):
            for i in range(begin[k * SIDE + r], begin[k * SIDE + r + 1]):
                p, y, x = patch[i], row[k] + r, col[k] + runs[i, 0]
                n_cells[p] += runs[i, 1] - runs[i, 0]
                if y < first[p, 0] or (y == first[p, 0] and x < first[p, 1]):
                    first[p, 0], first[p, 1] = y, x
    return patch, n_cells, first


@_kernel
def _root(root: Longs, i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@_kernel
def _join(root: Longs, i: int, j: int) -> None:
    i, j = _root(root, i), _root(root, j)
    root[max(i, j)] = min(i, j)


@_kernel
def _cells_of(begin: Longs, runs: Ints, number: Longs) -> tuple[Longs, Longs, Words]:
    """Owner, block (its place) and bits of the runs that have a number, 0 or more."""
    n_blocks = (len(begin) - 1) // SIDE
    room = n_blocks + 16
    owner, block, bits = np.empty(room, np.int64), np.empty(room, np.int64), np.zeros((room, SIDE), np.uint64)
    n = 0
    for k in range(n_blocks):
        since = n  # the owners met in this block: few, so that looking through them is quick
        for r in range(SIDE):
            for i in range(begin[k * SIDE + r], begin[k * SIDE + r + 1]):
                if number[i] < 0:
                    continue
                at = since
                while at < n and owner[at] != number[i]:
                    at += 1
                if at == n:
                    if n == room:
                        room *= 2
                        owner, block, bits = longer(owner, room), longer(block, room), longer_bits(bits, room)
                    owner[n], block[n] = number[i], k
                    n += 1
                ones = ~np.uint64(0) >> np.uint64(SIDE - (runs[i, 1] - runs[i, 0]))
                bits[at, r] |= ones << np.uint64(runs[i, 0])
    return owner[:n], block[:n], bits[:n]


@_kernel
def _fill(owner: Longs, row: Longs, col: Longs, bits: Words, labels: Ints) -> None:
    for k in range(len(owner)):
        for r in range(SIDE):
            word = bits[k, r]
            while word:
                labels[row[k] + r, col[k] + lowest(word)] = owner[k]
                word &= word - np.uint64(1)


@_kernel
def _gather_days(number: Longs, place: Longs, bits: Words, day: Ints, n_sets: int) -> tuple[Longs, Longs, Longs]:
    """The least and the most day of the cells of each set, NEVER being the least of all; how many were never visited."""
    least, most = np.full(n_sets, np.iinfo(np.int64).max), np.full(n_sets, np.int64(NEVER))
    n_never = np.zeros(n_sets, np.int64)
    for k in range(len(number)):
        s = number[k]
        for r in range(SIDE):
            word = bits[k, r]
            if word == 0:
                continue
            for c in range(SIDE):
                if (word >> np.uint64(c)) & np.uint64(1):
                    value = day[place[k], r, c] if place[k] >= 0 else NEVER
                    least[s] = min(least[s], value)
                    most[s] = max(most[s], value)
                    n_never[s] += value == NEVER
    return least, most, n_never


@_kernel
def _rings(labels: Ints) -> tuple[Longs, Longs, Longs, Longs]:
    """Walk around every label, its cells on the left hand.

    Where two cells of a label meet in a corner only, the walk goes over to the other cell. So it stays along one region
    of what is not the label, passes no corner twice, and every ring is simple; a hole may touch its shell in a point.

    returns  corners (n, 2: column, row), ring of each corner; label of each ring, twice its area (holes: negative)
    """
    room = 1024
    corner, ring = np.empty((room, 2), np.int64), np.empty(room, np.int64)
    label, twice_area = np.empty(room, np.int64), np.empty(room, np.int64)
    done = np.zeros(labels.shape, np.bool_)  # the cell's southern side has been walked
    n, n_rings = 0, 0
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            own = labels[i, j]
            if own < 0 or done[i, j] or (i > 0 and labels[i - 1, j] == own):
                continue
            if n_rings == len(label):
                label, twice_area = _twice(label), _twice(twice_area)
            label[n_rings], twice_area[n_rings] = own, 0
            x, y, dx, dy = j, i, 1, 0
            while True:
                if dx == 1:
                    done[y, x] = True
                twice_area[n_rings] += x * dy - y * dx
                x, y = x + dx, y + dy
                # The cells ahead, on the left and on the right hand: their centres lie half a step on and aside.
                is_left = _has(labels, own, y + (dy + dx - 1) // 2, x + (dx - dy - 1) // 2)
                is_right = _has(labels, own, y + (dy - dx - 1) // 2, x + (dx + dy - 1) // 2)
                if is_left and not is_right:
                    continue
                if n == len(ring):
                    ring = _twice(ring)
                    more = np.empty((2 * n, 2), np.int64)
                    more[:n] = corner
                    corner = more
                corner[n, 0], corner[n, 1], ring[n] = x, y, n_rings
                n += 1
                dx, dy = (dy, -dx) if is_right else (-dy, dx)
                if x == j and y == i and dx == 1:
                    break
            n_rings += 1
    return corner[:n], ring[:n], label[:n_rings], twice_area[:n_rings]


@_kernel
def _has(labels: Ints, own: int, i: int, j: int) -> bool:
    return 0 <= i < labels.shape[0] and 0 <= j < labels.shape[1] and labels[i, j] == own


@_kernel
def _twice(values: Longs) -> Longs:
    more = np.empty(2 * len(values), np.int64)
    more[: len(values)] = values
    return more

"""When each cell was last seen, how long it goes without a visit, and the blind spots where nobody came for days.

Days are whole numbers, by convention days since 1970-01-01 of the town's local time.
"""

from typing import NamedTuple

import geopandas as gpd
import numba
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.analytics.patrol.cells import CELL_M, SIDE, Cells, Longs, Words, block_place, frame_of, from_raster, union

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

NEVER = int(np.iinfo(np.int32).min)
"""The day of a cell that nobody visited as far as is known."""

_kernel = numba.njit(cache=True, nogil=True)


class LastVisits(NamedTuple):
    """The last day on which each cell was visited.

    block  int64 (n,), ascending: the blocks of the land that is watched
    day    int32 (n, 64, 64): rows from the south, columns from the west; NEVER
    """

    block: Longs
    day: Ints


class Idleness(NamedTuple):
    """How long cells went without a visit in a window of days; all (n, 64, 64) for the blocks (n,).

    Idle days of a cell on a day are the days since its last visit, 0 on a day with a visit.

    mean      float64, average idle days over the days of the window
    worst     int32, most idle days on any day of the window
    n_visits  int32, days with a visit
    first     int32, first and last day of the window with a visit; NEVER
    last      int32
    """

    block: Longs
    mean: Floats
    worst: Ints
    n_visits: Ints
    first: Ints
    last: Ints

    def revisit_days(self) -> Floats:
        """Average days from one visit of a cell to the next, NaN where the window has no two."""
        several = self.n_visits > 1
        found = np.full(several.shape, np.nan)
        found[several] = (self.last - self.first)[several] / (self.n_visits[several] - 1)
        return found


def last_visits(by_day: Cells, land: Cells, before: LastVisits | None = None) -> LastVisits:
    """Bring the last visits up to date: the cost depends on the days added, not on the history.

    by_day  swept cells with the day as owner; what lies outside the blocks of `land` is left out
    land    the cells that are watched: the town, or its land to patrol
    before  what is known so far; None = nothing
    """
    block = np.unique(land.block)
    day = days_at(block, before)
    _visit(by_day.owner, place_of(by_day.block, block), by_day.bits, day)
    return LastVisits(block, day)


def visited(visits: LastVisits, since: int) -> Cells:
    """The cells that somebody visited on day `since` or later, as one set (owner 0)."""
    seen = np.packbits(visits.day >= since, axis=-1, bitorder="little").view("<u8")[..., 0].astype(np.uint64)
    kept = seen.any(axis=1)
    return Cells(np.zeros(int(kept.sum()), np.int64), visits.block[kept], seen[kept])


def idle_days(visits: LastVisits, land: Cells, as_of: int, known_since: int) -> tuple[Longs, Longs]:
    """How many cells of each set of `land` have been idle for how many days, at the end of day `as_of`.

    visits       as of the end of that day
    known_since  first day of the tracks: of a cell never visited it is known only that it is idle since the day before
    returns      owners, ascending; n (owners, days): n[k, d] cells idle for d days. The last column holds the cells never
                 visited. Rows add up to the cells of the sets; those of several sets together are those of their union.
    """
    owners, number = np.unique(land.owner, return_inverse=True)
    n = np.zeros((len(owners), max(as_of - known_since + 1, 0) + 1), np.int64)
    _count_idle(number, place_of(land.block, visits.block), land.bits, visits.day, as_of, n)
    return owners, n


def unvisited(visits: LastVisits, land: Cells, since: int) -> Cells:
    """Of each set of `land` the cells that nobody visited on day `since` or later."""
    seen = np.packbits(visits.day >= since, axis=-1, bitorder="little").view("<u8")[..., 0].astype(np.uint64)
    place = place_of(land.block, visits.block)
    left = land.bits & ~np.where((place >= 0)[:, None], seen[place], np.uint64(0))
    kept = left.any(axis=1)
    return Cells(land.owner[kept], land.block[kept], left[kept])


def idleness(by_day: Cells, land: Cells, since: int, until: int, before: LastVisits | None = None) -> Idleness:
    """Idle days of every cell over the days since..until, both included.

    by_day  swept cells with the day as owner; days outside the window are left out
    before  the last visits as of the day before the window. A cell without any counts as visited on that day: what is
            known is that it has been idle for so long, or longer.
    """
    if until < since:
        raise ValueError(f"the window begins on day {since} and ends on day {until}; expected at least one day")
    block = np.unique(land.block)
    last_known = days_at(block, before)
    last_known[(last_known == NEVER) | (last_known >= since)] = since - 1
    place = place_of(by_day.block, block)
    total, worst, n_visits, first, last = _idle(by_day.owner, place, by_day.bits, last_known, since, until)
    return Idleness(block, total / (until - since + 1), worst, n_visits, first, last)


def by_set(block: Longs, values: npt.NDArray[np.generic], sets: Cells) -> pd.DataFrame:
    """Values of cells, set by set: owner, n_cells, mean, least, most; NaN is left out, and so is what has no block.

    block, values  as in `Idleness` and `LastVisits`
    sets           of cells, such as grids or the land to patrol in each
    """
    owners, number = np.unique(sets.owner, return_inverse=True)
    n, total, least, most = _gather(
        number, place_of(sets.block, block), sets.bits, np.ascontiguousarray(values, np.float64), len(owners)
    )
    mean = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    return pd.DataFrame({"owner": owners, "n_cells": n, "mean": mean, "least": least, "most": most})


def days_in_a_row(patrolled: Bools, due: npt.ArrayLike = True) -> tuple[Longs, Longs]:
    """How many days in a row each grid was not patrolled (连续未巡).

    patrolled  bool (grids, days), days in order without a gap
    due        whether a patrol was due, for each grid and day or each day: other days neither count nor break a row,
               unless the grid was patrolled
    returns    days in a row up to the last day; the longest row
    """
    due = np.broadcast_to(np.asarray(due, np.bool_), patrolled.shape)
    row = np.zeros(len(patrolled), np.int64)
    longest = row.copy()
    for day in range(patrolled.shape[1]):
        row = np.where(patrolled[:, day], 0, row + due[:, day])
        longest = np.maximum(longest, row)
    return row, longest


def place_of(block: Longs, blocks: Longs) -> Longs:
    """Where each block stands among ascending `blocks`; -1 = nowhere."""
    place = np.searchsorted(blocks, block)
    found = place < len(blocks)
    found[found] = blocks[place[found]] == block[found]
    return np.where(found, place, -1)


def days_at(block: Longs, before: LastVisits | None) -> Ints:
    """The last visits in some blocks, (n, 64, 64): NEVER where nothing is known."""
    day = np.full((len(block), SIDE, SIDE), NEVER, np.int32)
    if before is not None:
        place = place_of(block, before.block)
        day[place >= 0] = before.day[place[place >= 0]]
    return day


# ---- blind spots -----------------------------------------------------------------------------------------------------


def blind_spots(
    visits: LastVisits, land: Cells, as_of: int, idle_days: int, crs: str,
    *, known_since: int, least_m2: float = 0.0, cell_m: float = CELL_M,
) -> tuple[gpd.GeoDataFrame, Cells]:  # fmt: skip
    """Where nobody came for some days: patches of land, cells that hang together by their sides.

    visits       as of the end of day `as_of`
    land         the land that should be seen, all its sets together
    idle_days    a patch is made of the cells with so many idle days or more
    crs          metric CRS of the town, in which the polygons are
    known_since  first day of the tracks: of a cell never visited it is known only that it is idle since the day before
    least_m2     smaller patches are left out
    returns      the patches, the largest first: m2, idle_days (since anybody was anywhere in it), most_idle_days (of the
                 cell left alone longest), never_share (of cells never visited, 0..1), geom (valid Polygons);
                 and their cells, with the row as owner: share them with grids to see whose they are.
    """
    # Of a cell never visited it is known only that it is idle since the day before the tracks.
    is_known = known_since - 1 < as_of - idle_days + 1
    idle = unvisited(visits, union(land), as_of - idle_days + 1 if is_known else NEVER)
    first_row, first_col, n_rows, n_cols = frame_of(idle.block)
    row, col = block_place(idle.block)
    row, col = row * SIDE - first_row, col * SIDE - first_col
    labels, n = _label(row, col, idle.bits, np.full((n_rows, n_cols), -1, np.int32))

    n_cells = np.bincount(labels[labels >= 0], minlength=n)
    order = np.flatnonzero(n_cells * cell_m**2 >= least_m2)
    order = order[np.argsort(-n_cells[order], kind="stable")]
    number = np.full(n + 1, -1, np.int32)  # the last, for label -1, stays
    number[order] = np.arange(len(order))
    labels = number[labels]

    cells = from_raster(first_row, first_col, labels)
    least, most, n_never = _gather_days(
        cells.owner, place_of(cells.block, visits.block), cells.bits, visits.day, len(order)
    )
    least, most = (np.where(day == NEVER, known_since - 1, day) for day in (least, most))
    frame = gpd.GeoDataFrame(
        {
            "m2": n_cells[order] * cell_m**2,
            "idle_days": as_of - most,
            "most_idle_days": as_of - least,
            "never_share": n_never / n_cells[order],
        },
        geometry=gpd.GeoSeries(_polygons(labels, first_row, first_col, cell_m), crs=crs),
    )
    return frame.rename_geometry("geom"), cells


def _polygons(labels: Ints, first_row: int, first_col: int, cell_m: float) -> npt.NDArray[np.object_]:
    """The outline of each label, from 0 on, as a polygon with its holes."""
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
def _visit(owner: Longs, place: Longs, bits: Words, day: Ints) -> None:
    """From the last day back, so that each cell is looked at once: the rows of Cells are ascending by owner."""
    seen = np.zeros((len(day), SIDE), np.uint64)
    for k in range(len(owner) - 1, -1, -1):
        p = place[k]
        if p < 0:
            continue
        for r in range(SIDE):
            word = bits[k, r] & ~seen[p, r]
            if word == 0:
                continue
            seen[p, r] |= word
            for c in range(SIDE):
                if (word >> np.uint64(c)) & np.uint64(1) and day[p, r, c] < owner[k]:
                    day[p, r, c] = owner[k]


@_kernel
def _idle(
    owner: Longs, place: Longs, bits: Words, before: Ints, since: int, until: int
) -> tuple[Longs, Ints, Ints, Ints, Ints]:
    """Sum of idle days, worst, visits, first and last. The rows of Cells are ascending by owner: by day."""
    total = np.zeros(before.shape, np.int64)
    worst, n_visits = np.zeros(before.shape, np.int32), np.zeros(before.shape, np.int32)
    first, last = np.full(before.shape, NEVER, np.int32), np.full(before.shape, NEVER, np.int32)
    for k in range(len(owner)):
        p = place[k]
        if p < 0 or owner[k] < since or owner[k] > until:
            continue
        for r in range(SIDE):
            word = bits[k, r]
            if word == 0:
                continue
            for c in range(SIDE):
                if (word >> np.uint64(c)) & np.uint64(1):
                    if n_visits[p, r, c] == 0:
                        first[p, r, c] = owner[k]
                    visited = last[p, r, c] if n_visits[p, r, c] else before[p, r, c]
                    _wait(total, worst, p, r, c, visited, max(visited + 1, since), owner[k] - 1)
                    last[p, r, c] = owner[k]
                    n_visits[p, r, c] += 1
    for p in range(before.shape[0]):
        for r in range(SIDE):
            for c in range(SIDE):
                visited = last[p, r, c] if n_visits[p, r, c] else before[p, r, c]
                _wait(total, worst, p, r, c, visited, max(visited + 1, since), until)
    return total, worst, n_visits, first, last


@_kernel
def _wait(total: Longs, worst: Ints, p: int, r: int, c: int, visited: int, from_: int, to: int) -> None:
    """Add the idle days of the days from_..to without a visit."""
    if to >= from_:
        a, b = from_ - visited, to - visited
        total[p, r, c] += (a + b) * (b - a + 1) // 2
        worst[p, r, c] = max(worst[p, r, c], b)


@_kernel
def _count_idle(number: Longs, place: Longs, bits: Words, day: Ints, as_of: int, n: Longs) -> None:
    never = n.shape[1] - 1
    for k in range(len(number)):
        for r in range(SIDE):
            word = bits[k, r]
            if word == 0:
                continue
            for c in range(SIDE):
                if (word >> np.uint64(c)) & np.uint64(1):
                    idle = never
                    if place[k] >= 0 and day[place[k], r, c] != NEVER:
                        idle = min(max(as_of - day[place[k], r, c], 0), never)
                    n[number[k], idle] += 1


@_kernel
def _gather(
    number: Longs, place: Longs, bits: Words, values: Floats, n_sets: int
) -> tuple[Longs, Floats, Floats, Floats]:
    n, total = np.zeros(n_sets, np.int64), np.zeros(n_sets)
    least, most = np.full(n_sets, np.nan), np.full(n_sets, np.nan)
    for k in range(len(number)):
        s = number[k]
        if place[k] < 0:
            continue
        for r in range(SIDE):
            word = bits[k, r]
            if word == 0:
                continue
            for c in range(SIDE):
                value = values[place[k], r, c]
                if (word >> np.uint64(c)) & np.uint64(1) and not np.isnan(value):
                    n[s] += 1
                    total[s] += value
                    if not value >= least[s]:
                        least[s] = value
                    if not value <= most[s]:
                        most[s] = value
    return n, total, least, most


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
def _label(row: Longs, col: Longs, bits: Words, labels: Ints) -> tuple[Ints, int]:
    """Number the patches of cells that hang together by their sides, in a raster of -1; returns it and how many."""
    fresh = np.int32(-2)
    n_cells = 0
    for k in range(len(bits)):
        for r in range(SIDE):
            for c in range(SIDE):
                if (bits[k, r] >> np.uint64(c)) & np.uint64(1):
                    labels[row[k] + r, col[k] + c] = fresh
                    n_cells += 1
    todo = np.empty((n_cells, 2), np.int32)  # every cell waits once at most
    n = 0
    for i in range(labels.shape[0]):
        for j in range(labels.shape[1]):
            if labels[i, j] != fresh:
                continue
            labels[i, j] = n
            todo[0, 0], todo[0, 1] = i, j
            waiting = 1
            while waiting:
                waiting -= 1
                r, c = todo[waiting]
                for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                    a, b = r + dr, c + dc
                    if 0 <= a < labels.shape[0] and 0 <= b < labels.shape[1] and labels[a, b] == fresh:
                        labels[a, b] = n
                        todo[waiting, 0], todo[waiting, 1] = a, b
                        waiting += 1
            n += 1
    return labels, n


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

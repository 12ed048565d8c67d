"""When each cell was last seen, and how long it goes without a visit.

Days are whole numbers, by convention days since 1970-01-01 of the town's local time.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.cells import SIDE, Cells, Longs, Words, lowest, union

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.uint16]
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

    Of cells that are not watched 0, and NEVER. Idle days of a cell on a day are the days since its last visit, 0 on a day with
    a visit.

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


def last_visits(by_day: Cells, land: Cells, before: LastVisits | None = None) -> LastVisits:
    """Bring the last visits up to date: the cost depends on the days added, not on the history.

    by_day  swept cells with the day as owner; what lies outside the blocks of `land` is left out
    land    the cells that are watched: the town, or its land to patrol
    before  what is known so far; None = nothing
    """
    block = np.unique(land.block)
    return visited_on(LastVisits(block, days_at(block, before)), by_day)


def visited_on(visits: LastVisits, by_day: Cells, only: Cells | None = None) -> LastVisits:
    """The same visits, brought up to date in place: what lies outside their blocks is left out. See `last_visits`.

    only  the cells that will be asked for, None = all: the others may be told too early
    """
    mask = np.full((len(visits.block), SIDE), ~np.uint64(0))
    if only is not None:
        whole = union(only)
        place = place_of(visits.block, whole.block)
        mask = np.where((place >= 0)[:, None], whole.bits[place] if len(whole.block) else np.uint64(0), np.uint64(0))
    place = place_of(by_day.block, visits.block)
    _visit(_by_block(place), by_day.owner, place, by_day.bits, mask, visits.day)
    return visits


def told_ago(block: Longs, known: Longs, ago: Shorts, day: int) -> LastVisits:
    """Last visits told as days before some day.

    block  int64 (n,), ascending: the blocks that are wanted
    known  int64 (m,): the blocks of `ago`, in any order
    ago    uint16 (m, 4096): by row from the south and column from the west; 0 = never visited
    """
    place = np.full(len(block), -1)
    at = place_of(known, block)
    place[at[at >= 0]] = np.flatnonzero(at >= 0)
    return LastVisits(block, _days_of(place, ago, day))


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
    place, left = place_of(land.block, visits.block), land.bits.copy()
    left[place >= 0] &= ~seen_since(visits.day, since)[place[place >= 0]]
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
    watched = union(land)
    place, known = place_of(by_day.block, watched.block), days_at(watched.block, before)
    found = _idle(_by_block(place), by_day.owner, place, by_day.bits, watched.bits, known, since, until)
    return Idleness(watched.block, *found)


def idle_by_set(idle: Idleness, sets: Cells) -> pd.DataFrame:
    """What the cells of sets tell together: owner, n_cells, n_seen and n_seen_again (on one day, on two or more), and sums.

    sets     of cells that were watched
    returns  wait_days (sum of the average days from one visit of a cell to the next, of those seen again), idle_days (sum of the
             mean) and worst_days beside the counts; one row a set, ascending by owner
    """
    owners, number = np.unique(sets.owner, return_inverse=True)
    counts, sums = _gather_idle(number, place_of(sets.block, idle.block), sets.bits, *idle[1:], len(owners))
    names = ("n_cells", "n_seen", "n_seen_again", "worst_days"), ("wait_days", "idle_days")
    found = dict(zip(names[0], counts, strict=True))
    found |= dict(zip(names[1], sums, strict=True))
    return pd.DataFrame({"owner": owners, **found})


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


def _by_block(place: Longs) -> Longs:
    """Rows in the order of their blocks, those of one as they came: a block stays near while all its days pass."""
    return np.argsort(place, kind="stable")


def days_at(block: Longs, before: LastVisits | None) -> Ints:
    """The last visits in some blocks, (n, 64, 64): NEVER where nothing is known."""
    day = np.full((len(block), SIDE, SIDE), NEVER, np.int32)
    if before is not None:
        place = place_of(block, before.block)
        day[place >= 0] = before.day[place[place >= 0]]
    return day


# ---- kernels ---------------------------------------------------------------------------------------------------------


@_kernel
def _visit(order: Longs, owner: Longs, place: Longs, bits: Words, wanted: Words, day: Ints) -> None:
    """From the last day back, so that each cell is looked at once: the rows of Cells are ascending by owner."""
    for k in order[::-1]:
        p = place[k]
        if p < 0:
            continue
        for r in range(SIDE):
            word = bits[k, r] & wanted[p, r]
            wanted[p, r] &= ~word
            while word:
                c = lowest(word)
                word &= word - np.uint64(1)
                day[p, r, c] = max(day[p, r, c], owner[k])


@_kernel
def _days_of(place: Longs, ago: Shorts, day: int) -> Ints:
    found = np.empty((len(place), SIDE, SIDE), np.int32)
    for k in range(len(place)):
        p = place[k]
        for r in range(SIDE):
            for c in range(SIDE):
                n = np.int32(0) if p < 0 else np.int32(ago[p, r * SIDE + c])
                found[k, r, c] = NEVER if n == 0 else day - n
    return found


@_kernel
def seen_since(day: Ints, since: int) -> Words:
    """Of blocks of last visits (n, 64, 64) the cells visited on a day or later, (n, 64)."""
    bits = np.zeros((len(day), SIDE), np.uint64)
    for k in range(len(day)):
        for r in range(SIDE):
            word = np.uint64(0)
            for c in range(SIDE):
                word |= np.uint64(day[k, r, c] >= since) << np.uint64(c)
            bits[k, r] = word
    return bits


@_kernel
def _idle(
    order: Longs, owner: Longs, place: Longs, bits: Words, watched: Words, before: Ints, since: int, until: int
) -> tuple[Floats, Ints, Ints, Ints, Ints]:
    """Mean idle days, worst, visits, first and last. The rows of Cells are ascending by owner: by day."""
    total = np.zeros(before.shape)  # whole numbers far below 2**53
    worst, n_visits = np.zeros(before.shape, np.int32), np.zeros(before.shape, np.int32)
    first, last = np.full(before.shape, NEVER, np.int32), np.full(before.shape, NEVER, np.int32)
    for k in order:
        p = place[k]
        if p < 0 or owner[k] < since or owner[k] > until:
            continue
        for r in range(SIDE):
            word = bits[k, r] & watched[p, r]
            while word:
                c = lowest(word)
                word &= word - np.uint64(1)
                if n_visits[p, r, c] == 0:
                    first[p, r, c] = owner[k]
                    visited = _known_before(before[p, r, c], since)
                else:
                    visited = last[p, r, c]
                if visited < owner[k] - 1:
                    _wait(total, worst, p, r, c, visited, max(visited + 1, since), owner[k] - 1)
                last[p, r, c] = owner[k]
                n_visits[p, r, c] += 1
    for p in range(before.shape[0]):
        for r in range(SIDE):
            word = watched[p, r]
            while word:
                c = lowest(word)
                word &= word - np.uint64(1)
                visited = last[p, r, c] if n_visits[p, r, c] else _known_before(before[p, r, c], since)
                _wait(total, worst, p, r, c, visited, max(visited + 1, since), until)
                total[p, r, c] /= until - since + 1
    return total, worst, n_visits, first, last


@_kernel
def _known_before(day: int, since: int) -> int:
    """The last visit before a window; of a cell without any it counts as made on the day before it."""
    return since - 1 if day == NEVER or day >= since else day


@_kernel
def _wait(total: Floats, worst: Ints, p: int, r: int, c: int | np.int64, visited: int, from_: int, to: int) -> None:
    """Add the idle days of the days from_..to without a visit."""
    if to >= from_:
        a, b = from_ - visited, to - visited
        total[p, r, c] += (a + b) * (b - a + 1) // 2
        worst[p, r, c] = max(worst[p, r, c], b)


@_kernel
def _gather_idle(
    number: Longs,
    place: Longs,
    bits: Words,
    mean: Floats,
    worst: Ints,
    n_visits: Ints,
    first: Ints,
    last: Ints,
    n_sets: int,
) -> tuple[Longs, Floats]:
    """Cells, those seen, those seen again, the worst; sum of waits, sum of means; a row each, a column a set."""
    counts, sums = np.zeros((4, n_sets), np.int64), np.zeros((2, n_sets))
    for k in range(len(number)):
        s, p = number[k], place[k]
        if p < 0:
            continue
        for r in range(SIDE):
            word = bits[k, r]
            while word:
                c = lowest(word)
                word &= word - np.uint64(1)
                n = n_visits[p, r, c]
                counts[0, s] += 1
                counts[1, s] += n > 0
                if n > 1:
                    counts[2, s] += 1
                    sums[0, s] += (last[p, r, c] - first[p, r, c]) / (n - 1)
                counts[3, s] = max(counts[3, s], worst[p, r, c])
                sums[1, s] += mean[p, r, c]
    return counts, sums


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

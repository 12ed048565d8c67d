"""The cells within some metres of a track."""

import numba
import numpy as np
import numpy.typing as npt

from gridgov.analytics.patrol.cells import (
    CELL_M,
    NO_CELLS,
    SIDE,
    Cells,
    Words,
    block_key,
    canonical,
    longer,
    longer_bits,
)
from gridgov.analytics.patrol.tracks import GAP_S, Floats, Longs, Tracks, checked

RADIUS_M = 30.0
"""By default what lies within this distance of the track counts as seen."""

_LEFT, _RIGHT = np.int32((1 << 30) - 1), np.int32(-(1 << 30))  # of no interval; their last six bits are 63 and 0
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ROWS = np.arange(SIDE, dtype=np.float64)

Ints = npt.NDArray[np.int32]

_kernel = numba.njit(cache=True, nogil=True, error_model="numpy")  # division by 0 is inf or NaN


def swept(
    tracks: Tracks,
    owner: npt.ArrayLike | None = None,
    *,
    radius_m: float = RADIUS_M,
    gap_s: float = GAP_S,
    cell_m: float = CELL_M,
) -> Cells:
    """The cells whose centre lies within `radius_m` of a track.

    tracks    metres in the town's metric CRS. The way between two fixes is straight, unless they are more than `gap_s`
              seconds apart: that way is not known and not swept, only what is around the two fixes.
    owner     whose cells these are, a number for each track; by default the track's position. Tracks of one owner are
              united. A track over midnight is two tracks, if it is to count for two days.
    returns   sets of cells; the same for any order of the tracks. Serial, but other threads may run beside it.
    raises    ValueError as `checked`, or if a radius or a cell is not above 0
    """
    if not (radius_m > 0 and cell_m > 0):
        raise ValueError(f"radius_m is {radius_m} and cell_m {cell_m}; expected more than 0 m")
    x, y, at, first = checked(tracks)
    if len(x) == 0:
        return NO_CELLS
    track, row, col, bits = _sweep(x, y, at, first, cell_m, radius_m / cell_m, gap_s)
    owners = track if owner is None else np.asarray(owner, np.int64)[track]
    return canonical(owners, block_key(row, col), bits)


@_kernel
def _sweep(
    x: Floats, y: Floats, at: Floats, first: Longs, cell_m: float, reach: float, gap_s: float
) -> tuple[Longs, Longs, Longs, Words]:
    """Track, row and column of the block, bits. `reach` is in cells.

    A way and what lies within reach of it is a capsule. Its cells in a row are one interval, set in the words of one or
    two blocks at once.
    """
    room = 1024
    track, row, col = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    bits = np.zeros((room, SIDE), np.uint64)
    n = 0
    low, high = np.empty(SIDE, np.int32), np.empty(SIDE, np.int32)
    # The last block of each parity of row and column: the four that meet around somebody are all remembered.
    near_key, near_place = np.empty(4, np.int64), np.empty(4, np.int64)
    for t in range(len(first) - 1):
        place_of = {np.int64(0): np.int64(-1)}  # where a block of this track stands, by its key
        near_place[:] = -1
        for i in range(first[t], first[t + 1]):
            j = i
            if i > first[t] and at[i] - at[i - 1] <= gap_s:
                j = i - 1
            elif i + 1 < first[t + 1] and at[i + 1] - at[i] <= gap_s:
                continue  # the way from here to the next fix holds all around here
            # From here on all is in cells, with whole numbers at their centres.
            au, av, bu, bv = x[j] / cell_m - 0.5, y[j] / cell_m - 0.5, x[i] / cell_m - 0.5, y[i] / cell_m - 0.5
            row_0, row_1 = int(np.ceil(min(av, bv) - reach)), int(np.floor(max(av, bv) + reach))
            for band in range(row_0 >> 6, (row_1 >> 6) + 1):
                from_, to = max(row_0, band << 6), min(row_1, (band << 6) + 63)
                west, east = _intervals(au, av, bu, bv, reach, from_, to, low, high)
                for column in range(west >> 6, (east >> 6) + 1):
                    key = (np.int64(band) << 32) + column + (np.int64(1) << 31)
                    near = (band & 1) << 1 | (column & 1)
                    place = near_place[near]
                    if place < 0 or near_key[near] != key:
                        if key in place_of:
                            place = place_of[key]
                        else:
                            if n == room:
                                room *= 2
                                track, row, col = longer(track, room), longer(row, room), longer(col, room)
                                bits = longer_bits(bits, room)
                            track[n], row[n], col[n] = t, band, column
                            place = np.int64(n)
                            place_of[key] = place
                            n += 1
                        near_key[near], near_place[near] = key, place
                    words = bits[place, from_ & 63 : (to & 63) + 1]
                    if west >> 6 == east >> 6:
                        _set(words, low, high)
                    else:
                        _set_part(words, low, high, column << 6)
    return track[:n], row[:n], col[:n], bits[:n]


@_kernel
def _intervals(
    ax: float, ay: float, bx: float, by: float, reach: float, from_: int, to: int, low: Ints, high: Ints
) -> tuple[np.int32, np.int32]:
    """First and last column of the capsule around a-b in each of some rows (into `low`, `high`), and over all of them.

    Without a branch, so that it becomes vector code: what is not there (a circle in a row that it does not reach, the
    sides of a way without length) is NaN, and NaN is never less than anything.
    """
    dx, dy = bx - ax, by - ay
    # The two straight sides begin at a + n and a - n, n standing square on the way, as long as the reach.
    per_length = reach / np.sqrt(dx * dx + dy * dy)
    nx, ny = -dy * per_length, dx * per_length
    per_row, squared = 1.0 / dy, reach * reach
    above_a, above_b = from_ - ay, from_ - by
    west, east = _LEFT, _RIGHT
    for k in range(to - from_ + 1):
        ka, kb = above_a + _ROWS[k], above_b + _ROWS[k]
        wa, wb = np.sqrt(squared - ka * ka), np.sqrt(squared - kb * kb)
        left, right = float(_LEFT), float(_RIGHT)
        left = ax - wa if ax - wa < left else left
        right = ax + wa if ax + wa > right else right
        left = bx - wb if bx - wb < left else left
        right = bx + wb if bx + wb > right else right
        s = (ka - ny) * per_row
        x = ax + nx + s * dx if (s >= 0.0) & (s <= 1.0) else np.nan
        left = x if x < left else left
        right = x if x > right else right
        s = (ka + ny) * per_row
        x = ax - nx + s * dx if (s >= 0.0) & (s <= 1.0) else np.nan
        left = x if x < left else left
        right = x if x > right else right
        a, b = np.int32(np.ceil(left)), np.int32(np.floor(right))
        low[k], high[k] = a, b
        west = a if a < west else west
        east = b if b > east else east
    return west, east


@_kernel
def _set(words: Words, low: Ints, high: Ints) -> None:
    """Set the bits low..high in each word, by the last six bits of the two; without a branch, as above.

    An interval that holds no centre ends a column before it begins; at the edge of a block that would be all of a word.
    """
    for k in range(len(words)):
        ones = (_ALL << np.uint64(low[k] & 63)) & (_ALL >> np.uint64(63 - (high[k] & 63)))
        words[k] |= ones if low[k] <= high[k] else np.uint64(0)


@_kernel
def _set_part(words: Words, low: Ints, high: Ints, begin: int) -> None:
    """Set the bits of those columns of low..high that words have whose first bit is column `begin`."""
    for k in range(len(words)):
        a, b = max(low[k] - begin, 0), min(high[k] - begin, 63)
        ones = (_ALL << np.uint64(a & 63)) & (_ALL >> np.uint64((63 - b) & 63))
        words[k] |= ones if a <= b else np.uint64(0)

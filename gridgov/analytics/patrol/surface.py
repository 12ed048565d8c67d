"""How long each place was left alone, as a surface: the cells of the land to patrol gathered in squares that a map can show."""

from typing import Final

import numba
import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import SIDE, Cells, Longs, Words, block_place, frame_of, union
from gridgov.analytics.patrol.recency import NEVER, Ints, LastVisits

STEPS: Final = (1, 2, 4, 8, 16)
"""Cells along a side of a square: parts of a block."""
MOST: Final = 150_000
"""Squares of the frame around the land at most, while the steps allow it."""


def step_of(land: Cells) -> int:
    """Cells along a side of the squares that suit the extent of some land."""
    _, _, n_rows, n_cols = frame_of(land.block)
    return next((step for step in STEPS if n_rows * n_cols <= MOST * step**2), STEPS[-1])


def idle_squares(visits: LastVisits, land: Cells, as_of: int, known_since: int, step: int) -> pd.DataFrame:
    """How long the cells of `land` have been idle at the end of day `as_of`, square by square.

    visits       as of the end of that day; of blocks that are not among them nobody visited any cell
    land         the cells that count, all sets together
    known_since  first day of the tracks: a cell never visited counts as idle since the day before
    step         cells along a side of a square, one of STEPS
    returns      one row a square that holds any of the land, from the south, then the west: square_row, square_col (of the
                 first cell of the square, divided by the step), n_cells, n_never, idle_mean_days, idle_worst_days
    """
    whole = union(land)
    place = np.full(len(whole.block), -1, np.int64)
    _, here, there = np.intersect1d(whole.block, visits.block, assume_unique=True, return_indices=True)
    place[here] = there
    n, n_never, total, worst = _gather(whole.bits, place, visits.day, as_of, known_since - 1, step)
    row, col = block_place(whole.block)
    block, down, over = np.nonzero(n)
    kept = (block, down, over)
    found = pd.DataFrame(
        {
            "square_row": row[block] * (SIDE // step) + down, "square_col": col[block] * (SIDE // step) + over,
            "n_cells": n[kept], "n_never": n_never[kept], "idle_mean_days": total[kept] / n[kept],
            "idle_worst_days": worst[kept].astype(np.float64),
        }
    )  # fmt: skip
    return found.sort_values(["square_row", "square_col"], ignore_index=True)


@numba.njit(cache=True, nogil=True)
def _gather(
    bits: Words, place: Longs, day: Ints, as_of: int, before: int, step: int
) -> tuple[Longs, Longs, Longs, Longs]:
    """Cells, cells never visited, sum and worst of idle days by block and square (from its south-west)."""
    shape = (len(bits), SIDE // step, SIDE // step)
    n, n_never = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    total, worst = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for k in range(len(bits)):
        for r in range(SIDE):
            word = bits[k, r]
            if word == 0:
                continue
            for c in range(SIDE):
                if not (word >> np.uint64(c)) & np.uint64(1):
                    continue
                i, j = r // step, c // step
                last = day[place[k], r, c] if place[k] >= 0 else NEVER
                if last == NEVER:
                    n_never[k, i, j] += 1
                    last = before
                n[k, i, j] += 1
                total[k, i, j] += as_of - last
                worst[k, i, j] = max(worst[k, i, j], as_of - last)
    return n, n_never, total, worst

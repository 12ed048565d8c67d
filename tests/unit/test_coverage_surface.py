"""The surface of idle days: whatever the squares, it holds the same cells and the same days as the cells themselves."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cells import NO_CELLS, from_raster
from gridgov.analytics.patrol.recency import NEVER, LastVisits, idle_days, last_visits
from gridgov.analytics.patrol.surface import STEPS, idle_squares, step_of
from tests.unit.test_coverage_recency import COL, ROW, SHAPE, cells_of, made_days

AS_OF, SINCE = 20, 3


@given(seed=st.integers(0, 2**32 - 1), step=st.sampled_from(STEPS))
@settings(max_examples=20, deadline=None)
def test_squares_are_sums_over_their_cells(seed: int, step: int) -> None:
    rng = np.random.default_rng(seed)
    rasters, by_day = made_days(rng, range(SINCE, AS_OF + 1))
    land = rng.random(SHAPE) < 0.3
    cells = from_raster(ROW, COL, np.where(land, 0, -1))
    visits = last_visits(by_day, cells)
    found = idle_squares(visits, cells, AS_OF, SINCE, step)

    last = np.full(SHAPE, SINCE - 1)
    seen = np.zeros(SHAPE, bool)
    for day, raster in sorted(rasters.items()):
        last[raster], seen = day, seen | raster
    row, col = np.nonzero(land)
    each = pd.DataFrame(
        {"row": (row + ROW) // step, "col": (col + COL) // step, "idle": AS_OF - last[land], "never": ~seen[land]}
    )
    known = each.groupby(["row", "col"]).agg(
        n=("idle", "size"), never=("never", "sum"), mean=("idle", "mean"), worst=("idle", "max")
    )
    got = found.set_index(["square_row", "square_col"])
    assert got.index.tolist() == known.index.tolist()
    assert (got["n_cells"] == known["n"]).all()
    assert (got["n_never"] == known["never"]).all()
    assert np.allclose(got["idle_mean_days"], known["mean"])
    assert (got["idle_worst_days"] == known["worst"]).all()
    _, n = idle_days(visits, cells, AS_OF, SINCE)
    assert n.sum() == found["n_cells"].sum()
    assert (found["idle_mean_days"] * found["n_cells"]).sum() == pytest.approx((n @ np.arange(n.shape[1])).sum())


def test_blocks_that_nobody_visited_are_never_and_no_land_is_nothing() -> None:
    cells = cells_of({0: np.ones(SHAPE, bool)})
    nobody = LastVisits(np.empty(0, np.int64), np.empty((0, 64, 64), np.int32))
    found = idle_squares(nobody, cells, AS_OF, SINCE, 16)
    assert (found["n_never"] == found["n_cells"]).all()
    assert (found["idle_mean_days"] == AS_OF - SINCE + 1).all()
    assert NEVER < 0
    assert idle_squares(nobody, NO_CELLS, AS_OF, SINCE, 1).empty
    assert step_of(cells) == 1

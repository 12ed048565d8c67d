"""Last visits, idleness and blind spots against plain loops over days and cells."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cells import NO_CELLS, Cells, block_key, from_raster, of_owners, shared, sizes, to_raster
from gridgov.analytics.patrol.recency import (
    NEVER,
    days_in_a_row,
    idle_by_set,
    idleness,
    last_visits,
    unvisited,
)
from gridgov.analytics.patrol.spots import blind_spots

seeds = st.integers(0, 2**32 - 1)
CRS = "EPSG:4549"
SHAPE = (128, 192)
ROW, COL = -64, 640  # of the first cell: blocks on both sides of the lattice's zero


def made_days(rng, days):
    """A raster of visits for each day, patches of it; and the same as cells with the day as owner."""
    rasters = {}
    for day in days:
        raster = np.zeros(SHAPE, bool)
        for _ in range(int(rng.integers(0, 6))):
            r, c = rng.integers(0, SHAPE[0]), rng.integers(0, SHAPE[1])
            raster[r : r + rng.integers(1, 90), c : c + rng.integers(1, 90)] = True
        rasters[day] = raster
    return rasters, cells_of(rasters)


def cells_of(rasters):
    parts = [from_raster(ROW, COL, np.where(raster, day, -1)) for day, raster in rasters.items()]
    return Cells(*(np.concatenate(column) for column in zip(NO_CELLS, *parts, strict=True)))


def flat(block, values):
    """Values of blocks as one raster of SHAPE; NaN where there is no block."""
    whole = np.full(SHAPE, np.nan)
    for i in range(SHAPE[0] // 64):
        for j in range(SHAPE[1] // 64):
            place = np.flatnonzero(block == block_key(ROW // 64 + i, COL // 64 + j))
            if len(place):
                whole[i * 64 : i * 64 + 64, j * 64 : j * 64 + 64] = values[place[0]]
    return whole


def slow_last(rasters):
    last = np.full(SHAPE, NEVER)
    for day in sorted(rasters):
        last[rasters[day]] = day
    return last


LAND = from_raster(ROW, COL, np.zeros(SHAPE, np.int32))


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_last_visits_and_their_steps(seed):
    rng = np.random.default_rng(seed)
    rasters, cells = made_days(rng, range(100, 106))
    found = last_visits(cells, LAND)
    np.testing.assert_array_equal(flat(*found), slow_last(rasters))
    # day by day, in any order, is the same
    stepwise = None
    for day in rng.permutation(list(rasters)):
        stepwise = last_visits(of_owners(cells, [day]), LAND, stepwise)
    np.testing.assert_array_equal(stepwise.day, found.day)
    # what is not visited since a day
    left = unvisited(found, LAND, 103)
    assert sizes(left)[1].sum() == (slow_last(rasters) < 103).sum()
    assert len(unvisited(found, LAND, NEVER).owner) == 0


@settings(max_examples=15, deadline=None)
@given(seeds, st.booleans())
def test_idleness_is_what_a_calendar_shows(seed, with_before):
    rng = np.random.default_rng(seed)
    rasters, cells = made_days(rng, range(94, 110))
    since, until = 100, 107
    earlier = {day: raster for day, raster in rasters.items() if day < since}
    before = last_visits(cells_of(earlier), LAND) if with_before else None
    found = idleness(cells, LAND, since, until, before)

    last = slow_last(earlier) if with_before else np.full(SHAPE, NEVER)
    last[last == NEVER] = since - 1
    idle, visits = [], [[] for _ in range(SHAPE[0] * SHAPE[1])]
    for day in range(since, until + 1):
        last[rasters[day]] = day
        idle.append(day - last)
        for cell in np.flatnonzero(rasters[day]):
            visits[cell].append(day)
    np.testing.assert_allclose(flat(found.block, found.mean), np.mean(idle, axis=0))
    np.testing.assert_array_equal(flat(found.block, found.worst), np.max(idle, axis=0))
    np.testing.assert_array_equal(flat(found.block, found.n_visits).ravel(), [len(v) for v in visits])
    # by set: the same as over the raster
    grid = rng.integers(-1, 4, (SHAPE[0] // 16, SHAPE[1] // 16)).repeat(16, 0).repeat(16, 1)
    table = idle_by_set(found, from_raster(ROW, COL, grid)).set_index("owner")
    mean, worst = np.mean(idle, axis=0), np.max(idle, axis=0)
    n = np.array([len(v) for v in visits]).reshape(SHAPE)
    waits = np.array([np.mean(np.diff(v)) if len(v) > 1 else 0 for v in visits]).reshape(SHAPE)
    for owner in np.unique(grid[grid >= 0]):
        own = grid == owner
        counts = [own.sum(), (n[own] > 0).sum(), (n[own] > 1).sum(), worst[own].max()]
        assert table.loc[owner].tolist() == pytest.approx([*counts, waits[own].sum(), mean[own].sum()])
    half = of_owners(from_raster(ROW, COL, np.indices(SHAPE)[1] % 2), [1])  # what is not watched is not counted
    part = idleness(cells, half, since, until, before)
    assert idle_by_set(part, half)["idle_days"].sum() == pytest.approx(mean[:, 1::2].sum())
    assert (flat(part.block, part.n_visits)[:, ::2] == 0).all()


def test_a_window_has_days():
    with pytest.raises(ValueError, match="at least one day"):
        idleness(NO_CELLS, LAND, 5, 4)


def test_days_in_a_row():
    patrolled = np.array([[1, 0, 0, 0, 1], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]], bool)
    now, longest = days_in_a_row(patrolled)
    assert now.tolist() == [0, 2, 5]
    assert longest.tolist() == [3, 2, 5]
    now, longest = days_in_a_row(patrolled, [True, True, False, True, False])  # a weekend day and a holiday
    assert now.tolist() == [0, 1, 3]
    assert longest.tolist() == [2, 2, 3]


# ---- blind spots -----------------------------------------------------------------------------------------------------


def spots_of(open_, **kwargs):
    """Blind spots where `open_` was never visited and all else today, day 10."""
    visits = last_visits(cells_of({10: ~open_}), LAND)
    return blind_spots(visits, LAND, 10, 3, CRS, known_since=1, **kwargs)


def slow_components(raster):
    seen, n_cells = np.zeros(raster.shape, bool), []
    for start in zip(*np.nonzero(raster), strict=True):
        if seen[start]:
            continue
        todo, size = [start], 0
        seen[start] = True
        while todo:
            r, c = todo.pop()
            size += 1
            for a, b in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
                if 0 <= a < raster.shape[0] and 0 <= b < raster.shape[1] and raster[a, b] and not seen[a, b]:
                    seen[a, b] = True
                    todo.append((a, b))
        n_cells.append(size)
    return sorted(n_cells, reverse=True)


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(0.2, 0.8))
def test_outlines_are_valid_and_hold_just_their_cells(seed, density):
    rng = np.random.default_rng(seed)
    open_ = np.zeros(SHAPE, bool)
    open_[50:80, 40:100] = rng.random((30, 60)) < density  # over the corners of four blocks, full of holes and corners
    frame, cells, *_ = spots_of(open_)
    assert frame["m2"].tolist() == [25 * n for n in slow_components(open_)]
    assert frame.is_valid.all()
    assert (frame.geom_type == "Polygon").all()
    np.testing.assert_allclose(frame.area, frame["m2"])
    assert frame.union_all().area == pytest.approx(open_.sum() * 25)
    row, col = np.indices(SHAPE).reshape(2, -1)
    centres = shapely.points((col + COL + 0.5) * 5, (row + ROW + 0.5) * 5)
    first_row, first_col, raster = to_raster(cells)
    whole = np.zeros(SHAPE, bool)
    whole[first_row - ROW :, first_col - COL :][: raster.shape[0], : raster.shape[1]] = raster
    np.testing.assert_array_equal(whole, open_)
    np.testing.assert_array_equal(shapely.contains(frame.union_all(), centres), open_.ravel())
    assert np.array_equal(sizes(cells)[1] * 25, frame["m2"])
    some, some_cells, n_total, total_m2 = spots_of(open_, limit=3, offset=2)  # what is not shown is counted only
    assert (n_total, total_m2) == (len(frame), frame["m2"].sum())
    assert some.to_wkb().equals(frame.iloc[2:5].reset_index(drop=True).to_wkb())
    kept = (cells.owner >= 2) & (cells.owner < 5)
    np.testing.assert_array_equal(some_cells.owner, cells.owner[kept] - 2)
    np.testing.assert_array_equal(some_cells.bits, cells.bits[kept])


def test_a_ring_that_meets_itself_in_a_corner_is_a_hole():
    open_ = np.zeros(SHAPE, bool)
    open_[1:5, 1:5] = True
    open_[2:4, 2:4] = False  # a hole ...
    open_[1, 1] = False  # ... that meets the outside in no corner
    open_[4, 4] = False
    frame, *_ = spots_of(open_)
    assert len(frame) == 2  # two arms of a ring that was cut twice: they meet nowhere by a side
    open_[4, 4] = True
    frame, *_ = spots_of(open_)
    assert len(frame) == 1
    assert frame.is_valid.all()
    open_[1, 1] = True
    open_[1, 2] = False  # cut once; what is left meets itself in a corner only
    frame, *_ = spots_of(open_)
    assert frame.is_valid.all()
    assert frame.area.sum() == open_.sum() * 25


def test_blind_spots_tell_how_long():
    days = {7: np.zeros(SHAPE, bool), 10: np.ones(SHAPE, bool)}
    days[7][10:20, 10:30] = True
    days[10][10:20, 10:40] = False
    days[10][100, 100] = False
    visits = last_visits(cells_of(days), LAND)
    frame, cells, *_ = blind_spots(visits, LAND, 10, 3, CRS, known_since=1)
    assert frame["m2"].tolist() == [300 * 25, 25]
    assert frame["idle_days"].tolist() == [3, 10]
    assert frame["most_idle_days"].tolist() == [10, 10]
    assert frame["never_share"].tolist() == pytest.approx([1 / 3, 1])
    assert frame.crs == CRS
    assert frame.geometry.name == "geom"
    assert frame.geom.iloc[0].equals(shapely.box((COL + 10) * 5, (ROW + 10) * 5, (COL + 40) * 5, (ROW + 20) * 5))
    east = from_raster(ROW, COL, np.where(np.arange(SHAPE[1]) < 20, 0, 1) * np.ones((SHAPE[0], 1), np.int64))
    assert list(zip(*shared(cells, east), strict=True)) == [(0, 0, 100), (0, 1, 200), (1, 1, 1)]
    # more days leave less of it, and small patches may be left out
    assert blind_spots(visits, LAND, 10, 4, CRS, known_since=1)[0]["m2"].tolist() == [100 * 25, 25]
    assert len(blind_spots(visits, LAND, 10, 3, CRS, known_since=1, least_m2=50)[0]) == 1
    # of cells never visited no more is known than the tracks go back
    assert len(blind_spots(visits, LAND, 10, 10, CRS, known_since=1)[0]) == 2
    none, no_cells, *_ = blind_spots(visits, LAND, 10, 11, CRS, known_since=1)
    assert len(none) == len(no_cells.owner) == 0
    assert none.crs == CRS
    assert len(blind_spots(visits, NO_CELLS, 10, 3, CRS, known_since=1)[0]) == 0

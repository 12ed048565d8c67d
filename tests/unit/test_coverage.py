"""Swept cells and their algebra against plain definitions: distances to ways, sets of Python, exact buffers."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cells import (
    NO_CELLS,
    SIDE,
    block_key,
    block_place,
    canonical,
    from_raster,
    from_table,
    of_owners,
    shared,
    sizes,
    to_raster,
    to_table,
    together,
    union,
    within,
    without,
)
from gridgov.analytics.patrol.coverage import areas, coverage, grid_cells, land_cells
from gridgov.analytics.patrol.sweeping import swept
from gridgov.analytics.patrol.tracks import Tracks, by_day, checked, during, tracks_of
from gridgov.crs import geometries_to_wgs84, parse_datum, to_wgs84
from gridgov.lattice import Lattice
from tests.benchmarks.coverage import differences, make_grids, make_tracks

CRS = "EPSG:4549"
CORNER = (533_170.0, 3_514_200.0)
seeds = st.integers(0, 2**32 - 1)


# ---- made-up things --------------------------------------------------------------------------------------------------


def wandering(rng, n, corner=CORNER, size=800.0, step_m=14.0):
    """Fixes of somebody who wanders about in a square and now and then is silent for ten minutes: x, y, at."""
    turn = np.cumsum(rng.normal(0, 0.3, n))
    pace = np.abs(rng.normal(step_m, step_m / 3, n)) * (rng.random(n) > 0.1)
    way = rng.uniform(0, size, 2) + np.cumsum(np.column_stack([pace * np.cos(turn), pace * np.sin(turn)]), axis=0)
    folded = np.mod(way, 2 * size)
    xy = np.asarray(corner) + np.where(folded > size, 2 * size - folded, folded)
    return xy[:, 0], xy[:, 1], np.cumsum(np.where(rng.random(n) < 0.02, 600.0, 10.0))


def several(rng, n_tracks, **kwargs):
    made = [wandering(rng, int(rng.integers(1, 60)), **kwargs) for _ in range(n_tracks)]
    x, y, at = (np.concatenate(values) for values in zip(*made, strict=True))
    return Tracks(x, y, at, np.cumsum([0, *(len(m[0]) for m in made)]))


def ways(tracks, k, gap_s=300.0):
    """What is known of track k as a geometry: lines without their silences, and lonely fixes."""
    a, b = tracks.first[k], tracks.first[k + 1]
    xy = np.column_stack([tracks.x[a:b], tracks.y[a:b]])
    cuts = np.flatnonzero(np.diff(tracks.at[a:b]) > gap_s) + 1
    parts = np.split(xy, cuts)
    return shapely.GeometryCollection([shapely.LineString(p) if len(p) > 1 else shapely.Point(p[0]) for p in parts])


def voronoi(rng, n, size=800.0):
    """Grids that share their borders, metres."""
    square = shapely.box(*CORNER, CORNER[0] + size, CORNER[1] + size)
    seats = shapely.MultiPoint(np.asarray(CORNER) + rng.uniform(0, size, (n, 2)))
    return shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=square)), square)


def cells_of(grids):
    return grid_cells(geometries_to_wgs84(grids, parse_datum(CRS)), CRS)


def random_cells(rng, n_owners=3, n_blocks=3):
    n = int(rng.integers(0, 12))
    bits = rng.integers(0, 2**64, (n, SIDE), np.uint64) & rng.integers(0, 2**64, (n, SIDE), np.uint64)
    bits[rng.random(n) < 0.2] = 0
    block = block_key(rng.integers(-1, n_blocks - 1, n), rng.integers(-1, n_blocks - 1, n))
    return canonical(rng.integers(0, n_owners, n), block, bits)


def as_sets(cells):
    """{owner: {(row, col), ...}}"""
    made = {}
    for owner, row, col, bits in zip(cells.owner, *block_place(cells.block), cells.bits, strict=True):
        for r in range(SIDE):
            for c in range(SIDE):
                if int(bits[r]) >> c & 1:
                    made.setdefault(int(owner), set()).add((int(row) * SIDE + r, int(col) * SIDE + c))
    return made


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


# ---- sweeping --------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    seeds, st.sampled_from([12.0, 30.0, 50.0]), st.sampled_from([3.0, 5.0, 10.0]), st.sampled_from([2.0, 14.0, 150.0])
)
def test_swept_cells_are_those_with_their_centre_within_reach(seed, radius, cell, step):
    tracks = several(np.random.default_rng(seed), 3, size=300.0, step_m=step)
    found = swept(tracks, radius_m=radius, cell_m=cell)
    for k in range(3):
        way = ways(tracks, k)
        west, south, east, north = (shapely.total_bounds(way) + np.array([-60, -60, 60, 60])) // cell
        col, row = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
        far = shapely.distance(way, shapely.points((col + 0.5) * cell, (row + 0.5) * cell))
        mine = as_sets(of_owners(found, k)).get(k, set())
        sure = np.abs(far - radius) > 1e-6
        expected = {
            (int(r), int(c)) for r, c in zip(row[sure & (far < radius)], col[sure & (far < radius)], strict=True)
        }
        unsure = {(int(r), int(c)) for r, c in zip(row[~sure], col[~sure], strict=True)}
        assert mine - unsure == expected


def test_a_gap_is_not_bridged_and_both_its_ends_count():
    tracks = Tracks(np.array([0.0, 1000.0]), np.zeros(2), np.array([0.0, 301.0]), np.array([0, 2]))
    discs = swept(Tracks(np.array([0.0, 1000.0]), np.zeros(2), np.zeros(2), np.array([0, 1, 2])), [0, 0])
    assert same(swept(tracks), discs)
    assert sizes(swept(tracks, gap_s=301.0))[1] > sizes(discs)[1] * 10


def test_ways_along_and_across_the_rows():
    for to in ((500.0, 0.0), (0.0, 500.0), (-500.0, 0.0), (0.0, -500.0), (0.0, 0.0)):
        xy = np.array([CORNER, np.add(CORNER, to)])
        area = sizes(swept(Tracks(xy[:, 0], xy[:, 1], np.array([0.0, 10.0]), np.array([0, 2]))))[1][0] * 25
        assert area == pytest.approx(60 * 500 * (to != (0.0, 0.0)) + np.pi * 900, rel=0.03)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_sweeping_any_order_and_any_parts_gives_the_same(seed):
    rng = np.random.default_rng(seed)
    tracks = several(rng, 6)
    owner = rng.integers(0, 3, 6)
    whole = swept(tracks, owner)
    order = rng.permutation(6)
    slices = [slice(tracks.first[k], tracks.first[k + 1]) for k in order]
    mixed = Tracks(
        *(np.concatenate([values[s] for s in slices]) for values in tracks[:3]),
        np.cumsum([0, *(s.stop - s.start for s in slices)]),
    )
    assert same(swept(mixed, owner[order]), whole)
    # all at once, or track by track
    assert same(union(swept(tracks), owner[swept(tracks).owner]), whole)
    # walking back the same way adds nothing
    a, b = tracks.first[0], tracks.first[1]
    x, y, at = tracks.x[a:b], tracks.y[a:b], tracks.at[a:b]
    back = Tracks(np.append(x, x[::-1]), np.append(y, y[::-1]), np.append(at, at[-1] + np.cumsum(
        np.append(0, np.diff(at)[::-1]))), np.array([0, 2 * len(x)]))  # fmt: skip
    assert same(swept(back), swept(Tracks(x, y, at, np.array([0, len(x)]))))


def test_a_wider_radius_sees_more():
    tracks = several(np.random.default_rng(1), 5)
    narrow, wide = swept(tracks, radius_m=20), swept(tracks, radius_m=30)
    assert same(without(narrow, wide), NO_CELLS)
    assert same(together(narrow, wide), wide)


def test_tracks_that_are_none_are_refused():
    good = Tracks(np.zeros(3), np.zeros(3), np.arange(3.0), np.array([0, 3]))
    assert same(checked(good), good)
    for bad in (
        good._replace(x=np.array([0, np.nan, 0])), good._replace(y=np.array([0, 0, 1e12])),
        good._replace(at=np.array([0.0, 2.0, 1.0])), good._replace(first=np.array([0, 2])),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"tracks|time runs"):
            swept(bad)
    with pytest.raises(ValueError, match="more than 0 m"):
        swept(good, radius_m=0)
    empty = Tracks(np.empty(0), np.empty(0), np.empty(0), np.array([0, 0, 0]))
    assert same(swept(empty), NO_CELLS)
    # a new track may begin before the last has ended, an empty one between them
    checked(good._replace(at=np.array([5.0, 6.0, 1.0]), first=np.array([0, 2, 2, 3])))


def test_fixes_become_tracks_by_owner_and_windows_cut_them():
    owners, tracks = tracks_of([7, 3, 7, 3], [20, 5, 10, 1], [0, 1, 2, 3], [4, 5, 6, 7])
    assert owners.tolist() == [3, 7]
    assert tracks.at.tolist() == [1, 5, 10, 20]
    assert tracks.x.tolist() == [3, 1, 2, 0]
    cut = during(tracks, 5, 20)
    assert cut.at.tolist() == [5, 10]
    assert cut.first.tolist() == [0, 1, 2]
    assert during(tracks, [0, 15], [2, 30]).at.tolist() == [1, 20]
    assert during(tracks, 100, 200).first.tolist() == [0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_days_are_pieces_that_make_up_the_whole(seed):
    rng = np.random.default_rng(seed)
    tracks = several(rng, 4)
    day = tracks.at // 400
    track, days, pieces = by_day(tracks, day)
    checked(pieces)
    assert same(union(swept(pieces), track[swept(pieces).owner]), swept(tracks))
    assert list(zip(track, days, strict=True)) == sorted({(t, d) for t, d in zip(
        np.repeat(np.arange(4), np.diff(tracks.first)), day.astype(int), strict=True)})  # fmt: skip
    # at most one fix of a piece is of another day: its first
    other = pieces.at // 400 != np.repeat(days, np.diff(pieces.first))
    assert set(np.flatnonzero(other)) <= set(pieces.first)
    empty = Tracks(np.empty(0), np.empty(0), np.empty(0), np.array([0, 0]))
    assert by_day(empty, [])[2].first.tolist() == [0]


# ---- algebra ---------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_the_algebra_is_that_of_sets(seed):
    rng = np.random.default_rng(seed)
    a, b, c = random_cells(rng), random_cells(rng), random_cells(rng)
    sa, sb = as_sets(a), as_sets(b)
    whole_b = set().union(*sb.values())
    assert as_sets(together(a, b)) == {k: sa.get(k, set()) | sb.get(k, set()) for k in sa.keys() | sb.keys()}
    assert as_sets(union(a)) == ({0: set().union(*sa.values())} if sa else {})
    assert as_sets(within(a, b)) == {k: s & whole_b for k, s in sa.items() if s & whole_b}
    assert as_sets(without(a, b)) == {k: s - whole_b for k, s in sa.items() if s - whole_b}
    assert {(i, j): n for i, j, n in zip(*shared(a, b), strict=True)} == {
        (i, j): len(s & t) for i, s in sa.items() for j, t in sb.items() if s & t
    }
    assert dict(zip(*sizes(a), strict=True)) == {k: len(s) for k, s in sa.items()}
    # laws
    assert same(together(a, b), together(b, a))
    assert same(together(together(a, b), c), together(a, together(b, c)))
    assert same(together(a, a), a)
    assert same(together(a, NO_CELLS), a)
    assert same(together(within(a, b), without(a, b)), a)
    # |a| + |b| = |a or b| + |a and b|
    one, two = union(a), union(b)
    n = [int(sizes(x)[1].sum()) for x in (one, two, together(one, two), within(one, two))]
    assert n[0] + n[1] == n[2] + n[3]


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_other_forms_hold_the_same(seed):
    rng = np.random.default_rng(seed)
    cells = random_cells(rng)
    table = to_table(cells)
    assert same(from_table(table), cells)
    assert same(from_table(table.take(rng.permutation(table.num_rows))), cells)
    row, col, raster = to_raster(cells)
    assert raster.sum() == sizes(union(cells))[1].sum()
    assert same(from_raster(row, col, np.where(raster, 0, -1)), union(cells))


def test_a_raster_must_be_whole_blocks():
    with pytest.raises(ValueError, match="whole blocks"):
        from_raster(3, 0, np.zeros((64, 64), np.int32))


# ---- grids -----------------------------------------------------------------------------------------------------------


def test_a_cell_counts_for_the_grid_of_its_centre():
    rng = np.random.default_rng(3)
    grids = voronoi(rng, 9)
    degrees = geometries_to_wgs84(grids, parse_datum(CRS))
    sets = as_sets(cells_of(grids))
    assert sum(map(len, sets.values())) == len(set().union(*sets.values()))
    row, col = np.indices((170, 170)).reshape(2, -1) + np.array([[int(CORNER[1] // 5) - 5], [int(CORNER[0] // 5) - 5]])
    lon, lat = to_wgs84((col + 0.5) * 5, (row + 0.5) * 5, parse_datum(CRS))
    expected = Lattice.build(degrees, CRS).locate(lon, lat)
    found = {cell: owner for owner, cells in sets.items() for cell in cells}
    assert [found.pop((int(r), int(c)), -1) for r, c in zip(row, col, strict=True)] == expected.tolist()
    assert not found


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_a_village_is_the_union_of_its_grids_and_a_week_of_its_days(seed):
    rng = np.random.default_rng(seed)
    grids = cells_of(voronoi(rng, 8))
    land = land_cells(geometries_to_wgs84(np.array([shapely.box(*CORNER, CORNER[0] + 500, CORNER[1] + 300)]),
                      parse_datum(CRS)), CRS)  # fmt: skip
    by_day = swept(several(rng, 10), np.arange(10) // 2)
    week = union(by_day)
    village = np.arange(8) // 3
    by_grid = coverage(week, grids, land)
    by_village = coverage(week, union(grids, village[grids.owner]), land)
    rolled = by_grid.groupby(village[by_grid["grid"]])[["swept_m2", "patrolled_m2"]].sum()
    np.testing.assert_array_equal(rolled.to_numpy(), by_village[["swept_m2", "patrolled_m2"]].to_numpy())
    # what no grid holds is what is left
    n_out = sizes(without(week, grids))[1].sum()
    assert by_grid["swept_m2"].sum() + n_out * 25 == sizes(week)[1].sum() * 25
    # a week: at least its best day, at most the sum of its days, and in fact what all tracks of the week sweep at once
    days = coverage(by_day, grids, land)
    for grid, rows in days.groupby("grid"):
        of_week = by_grid.set_index("grid").loc[grid]
        assert rows["swept_m2"].max() <= of_week["swept_m2"] <= rows["swept_m2"].sum()
        assert rows["patrolled_share"].max() <= of_week["patrolled_share"] or rows["patrolled_share"].isna().all()
    assert (by_grid["patrolled_m2"] <= by_grid["swept_m2"]).all()
    assert by_grid["land_share"].between(0, 1).all()


def test_shares_without_land_to_patrol_are_not_known():
    grids = from_raster(0, 0, np.repeat([[0], [1]], 64, axis=0) * np.ones((1, 64), np.int64))
    here = from_raster(0, 0, np.where(np.arange(128)[:, None] < 70, 5, -1) * np.ones((1, 64), np.int64))
    south = of_owners(grids, [0])
    found = coverage(here, grids, south)
    assert found["grid"].tolist() == [0, 1]
    assert found["land_share"].tolist() == [1.0, 6 / 64]
    assert found["patrolled_share"].iloc[0] == 1.0
    assert np.isnan(found["patrolled_share"].iloc[1])
    assert found["patrolled_m2"].tolist() == [64 * 64 * 25, 0]
    assert coverage(here, grids)["patrolled_share"].isna().all()
    assert areas(grids, south).to_numpy().tolist() == [[0, 102400, 102400], [1, 102400, 0]]


def test_shares_agree_with_exact_buffers():
    """100 worker-days; tests/benchmarks/coverage.py does it with 1,000."""
    rng = np.random.default_rng(5)
    for hectares, limit, mean_limit in ((2.0, 1.5, 0.2), (12.0, 0.5, 0.1), (60.0, 0.5, 0.1)):
        grids = make_grids(rng, 34, hectares)
        points = differences(grids, make_tracks(rng, grids, 360))
        assert np.abs(points).max() <= limit
        assert np.abs(points).mean() <= mean_limit

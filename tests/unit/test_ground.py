"""The land to patrol as cells, against the plain definition: where a centre lies, and exact areas of buffers."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cells import CELL_M, sizes, to_raster, within
from gridgov.analytics.patrol.coverage import land_cells
from gridgov.analytics.patrol.ground import due_land
from gridgov.crs import geometries_to_wgs84, parse_datum, to_wgs84

CRS = "EPSG:4549"
CORNER = np.array([533_170.0, 3_514_200.0])
WIDTHS = [np.nan, 0.5, 3.0, 6.0, 15.0, 32.0]
seeds = st.integers(0, 2**32 - 1)


def drawn(rng, n_roads, n_blocks, size=600.0):
    """Roads and blocks in metres, and the roads' widths."""
    roads = [shapely.LineString(CORNER + rng.uniform(0, size, (int(rng.integers(2, 6)), 2))) for _ in range(n_roads)]
    corners = CORNER + rng.uniform(0, size, (n_blocks, 2))
    blocks = [
        shapely.box(x, y, x + w, y + h)
        for (x, y), (w, h) in zip(corners, rng.uniform(8, 120, (n_blocks, 2)), strict=True)
    ]
    return roads, blocks, rng.choice(WIDTHS, n_roads)


def line(*places):
    return shapely.LineString([CORNER + place for place in places])


def in_degrees(shapes):
    return geometries_to_wgs84(np.array([*shapes, None], object)[:-1], parse_datum(CRS))


def box_of(size=600.0, margin=100.0):
    x, y = np.array([CORNER - margin, CORNER + size + margin]).T
    lon, lat = to_wgs84(x, y, parse_datum(CRS))
    return lon[0], lat[0], lon[1], lat[1]


def exact(roads, blocks, width):
    strips = [road.buffer(max(np.nan_to_num(w), CELL_M) / 2) for road, w in zip(roads, width, strict=True)]
    return shapely.union_all([*strips, *blocks])


@given(seeds, st.integers(0, 6), st.integers(0, 6))
@settings(max_examples=30)
@example(2_614_067_564, 2, 0)  # a strip that ends between the last column of a block and the next
def test_a_cell_is_to_be_patrolled_where_its_centre_lies_in_a_block_or_on_a_road(seed, n_roads, n_blocks):
    roads, blocks, width = drawn(np.random.default_rng(seed), n_roads, n_blocks)
    shapes = in_degrees([*roads, *blocks])
    found = due_land(shapes, np.concatenate([width, np.full(n_blocks, np.nan)]), CRS, box_of())
    wanted = exact(roads, blocks, width)
    first_row, first_col, raster = to_raster(found)
    row, col = np.nonzero(raster)
    mine = {(int(r), int(c)) for r, c in zip(row + first_row, col + first_col, strict=True)}
    south, north = (int((CORNER[1] + d) // CELL_M) for d in (-40, 760))
    west, east = (int((CORNER[0] + d) // CELL_M) for d in (-40, 760))
    r, c = (grid.ravel() for grid in np.meshgrid(np.arange(south, north), np.arange(west, east)))
    centres = shapely.points((c + 0.5) * CELL_M, (r + 0.5) * CELL_M)
    # Buffers are cut from straight pieces, and blocks bend between degrees and metres: a hand's breadth is not tested.
    clear = shapely.distance(centres, wanted.boundary) > 0.1 if not wanted.is_empty else np.ones(len(centres), bool)
    inside = shapely.contains(wanted, centres)
    theirs = set(zip(r[inside & clear].tolist(), c[inside & clear].tolist(), strict=True))
    unclear = set(zip(r[~clear].tolist(), c[~clear].tolist(), strict=True))
    assert mine - unclear == theirs - unclear


def test_the_area_is_that_of_exact_buffers_within_one_percent():
    roads, blocks, width = drawn(np.random.default_rng(7), 60, 80, size=4000.0)
    shapes = in_degrees([*roads, *blocks])
    found = due_land(shapes, np.concatenate([width, np.full(80, np.nan)]), CRS, box_of(4000.0))
    assert sizes(found)[1].sum() * CELL_M**2 == pytest.approx(exact(roads, blocks, width).area, rel=0.01)


def test_what_lies_beyond_the_box_does_not_count_and_is_no_burden():
    """A map of the whole province: only the part around the town is made into cells."""
    roads, blocks, width = drawn(np.random.default_rng(3), 5, 5)
    far = [line((0, 0), (60_000, 0)), shapely.box(*(CORNER + 300), *(CORNER + 60_000))]
    far = [shapely.segmentize(shape, 1_000) for shape in far]  # else they would bend by metres
    shapes = in_degrees([*roads, *far, *blocks])
    both = due_land(shapes, np.r_[width, 9.0, np.nan, np.full(5, np.nan)], CRS, box_of())
    whole = land_cells(in_degrees([shapely.box(*(CORNER - 50), *(CORNER + 650))]), CRS)
    assert sizes(both)[1].sum() < 2_000_000
    near = [line((0, 0), (900, 0)), shapely.box(*(CORNER + 300), *(CORNER + 900))]
    cut = due_land(in_degrees([*roads, *near, *blocks]), np.r_[width, 9.0, np.nan, np.full(5, np.nan)], CRS, box_of())
    one, other = (sizes(within(cells, whole))[1].sum() for cells in (both, cut))
    assert one == pytest.approx(other, rel=0.002)


def test_points_count_for_nothing_and_collections_for_their_parts():
    block = shapely.box(*CORNER, *(CORNER + 100))
    road = line((0, 200), (100, 200))
    apart = due_land(in_degrees([block, road]), [np.nan, 10.0], CRS, box_of())
    together = in_degrees(
        [shapely.GeometryCollection([block, shapely.MultiLineString([road]), shapely.Point(*CORNER)])]
    )
    assert all(map(np.array_equal, due_land(together, 10.0, CRS, box_of()), apart))
    nothing = due_land(in_degrees([shapely.Point(*CORNER)]), np.nan, CRS, box_of())
    assert len(nothing.owner) == 0
    assert len(due_land(np.empty(0, object), np.nan, CRS, box_of()).owner) == 0

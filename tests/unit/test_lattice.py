"""The lattice against its definition: of all polygons whose closed region holds the point, the lowest."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov import lattice as lattice_
from gridgov.errors import DatumError, SourceError
from gridgov.lattice import OUTSIDE, Lattice

# place: longitude, latitude, extent in km, metric CRS
PLACES = {
    "town": (120.35, 31.75, 2.0, "EPSG:4549"),
    "hamlet": (120.35, 31.75, 0.05, "EPSG:4549"),
    "city": (-87.65, 41.85, 60.0, "EPSG:32616"),
    "county": (121.45, 43.5, 200.0, "EPSG:4549"),
    "south": (0.0, -33.9, 2.0, "EPSG:32731"),
}
places = st.sampled_from(sorted(PLACES))
seeds = st.integers(0, 2**32 - 1)
cells_across = st.integers(20, 120)


def reference(polygons, lon, lat):
    """Slow and plain: every polygon with every point. Nearer to 0 than 1e-100 GEOS is no guide, see `locate`."""
    lon, lat = (np.where(np.abs(values) < 1e-100, 0.0, values) for values in (lon, lat))
    held = shapely.intersects(polygons[:, None], shapely.points(lon, lat)[None, :])
    return np.where(held.any(axis=0), held.argmax(axis=0), OUTSIDE)


def to_place(unit, place):
    """Geometries over the unit square, laid over the place."""
    lon, lat, km, _ = PLACES[place]
    high = km / 111.2
    size = np.array([high / np.cos(np.radians(lat)), high])
    return shapely.transform(unit, lambda xy: [lon, lat] + (xy - 0.5) * size)


def build(polygons, place, n_across):
    """Cells so small or so large that the raster is about n_across cells wide, but no smaller than they may be."""
    _, _, km, code = PLACES[place]
    return Lattice.build(polygons, code, max(1.0, km * 1000 / n_across))


def adversaries(polygons, rng):
    """Where a point-in-polygon test goes wrong: on vertices and edges, an ulp beside them, and a little further."""
    ends, _ = lattice_._edges_of(polygons)
    a, b = ends[:, :2], ends[:, 2:]
    on = a + (b - a) * rng.uniform(size=(len(ends), 1))
    level = np.column_stack([rng.permutation(a[:, 0]), a[:, 1]])  # at a vertex's latitude, elsewhere
    xy = np.concatenate([a, (a + b) / 2, on, level])
    near = xy + rng.normal(size=xy.shape) * 10 ** rng.uniform(-16, -4, (len(xy), 1))
    steps = [np.nextafter(xy, xy + np.array([dx, dy])) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    west, south, east, north = shapely.total_bounds(polygons)
    width, height = east - west, north - south
    anywhere = rng.uniform([west - width / 4, south - height / 4], [east + width / 4, north + height / 4], (500, 2))
    points = np.concatenate([*steps, near, anywhere])
    return points[:, 0], points[:, 1]


def check(polygons, place, n_across, rng):
    lattice = build(polygons, place, n_across)
    lon, lat = adversaries(polygons, rng)
    lon, lat = np.append(lon, [np.nan, lon[0]]), np.append(lat, [lat[0], np.nan])
    np.testing.assert_array_equal(lattice.locate(lon, lat), reference(polygons, lon, lat))
    return lattice


def partition(rng, n):
    """Voronoi cells of the unit square, neighbours sharing their edges' very coordinates."""
    seats = shapely.MultiPoint(rng.uniform(size=(n, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=shapely.box(0, 0, 1, 1)))
    return np.asarray(shapely.intersection(cells, shapely.box(0, 0, 1, 1)))


def jumble(rng, n):
    """Hulls of points on a coarse mesh, cut out of and joined to each other: level and upright edges, vertices at one
    latitude, overlaps, holes, parts that touch in a point, equal polygons, empty ones and missing ones."""
    hulls = [shapely.convex_hull(shapely.MultiPoint(rng.integers(0, 9, (5, 2)) / 8)) for _ in range(2 * n)]
    made = []
    for first, second in zip(hulls[:n], hulls[n:], strict=True):
        made.append((first, first | second, first - second, first ^ second)[rng.integers(4)])
    made += [made[0], None, shapely.Polygon(), shapely.box(0, 0, 0.001, 0.001), shapely.box(0.25, 0.25, 0.5, 0.5)]
    kept = [g if g is None or g.geom_type in ("Polygon", "MultiPolygon") else shapely.Polygon() for g in made]
    kept = [g for g in kept if g is None or g.is_valid]
    return np.array(kept, object)[rng.permutation(len(kept))]


def squares(n):
    """A chessboard, south-west first, row by row."""
    return np.array([shapely.box(c, r, c + 1, r + 1) for r in range(n) for c in range(n)])


# ---- exactness -------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seeds, places, cells_across)
def test_partitions_are_located_exactly(seed, place, n_across):
    rng = np.random.default_rng(seed)
    check(to_place(partition(rng, int(rng.integers(2, 25))), place), place, n_across, rng)


@settings(max_examples=40, deadline=None)
@given(seeds, places, cells_across)
def test_overlaps_holes_and_parts_are_located_exactly(seed, place, n_across):
    rng = np.random.default_rng(seed)
    polygons = to_place(jumble(rng, int(rng.integers(1, 8))), place)
    polygons = polygons[[g is None or g.is_valid for g in polygons]]  # rounding to degrees may pinch a sliver
    check(polygons, place, n_across, rng)


def test_beside_the_meridian_of_greenwich():
    # Found by hypothesis: for GEOS -5e-324 may lie on an edge at 0 or may not, depending on whom one asks.
    polygons = to_place(np.array([shapely.box(0.5, 0, 1, 1), shapely.box(0, 0, 0.5, 1)]), "south")
    assert shapely.bounds(polygons[0])[0] == 0
    lon = [-5e-324, -1e-310, -1e-101, 0.0, 1e-310, -1e-99, -1e-20]
    assert build(polygons, "south", 50).locate(lon, [-33.9] * 7).tolist() == [0, 0, 0, 0, 0, 1, 1]


def test_a_point_on_a_shared_edge_belongs_to_the_lowest():
    polygons = to_place(shapely.transform(squares(2), lambda xy: xy / 2), "town")
    lattice = build(polygons, "town", 50)
    lon, lat, *_ = PLACES["town"]
    west, south, east, north = shapely.total_bounds(polygons)
    assert lattice.locate([lon, west, east, east], [lat, south, north, south]).tolist() == [0, 0, 3, 1]
    assert lattice.locate((west + lon) / 2, lat) == 0  # between 0 and 2
    assert lattice.locate((east + lon) / 2, lat) == 1  # between 1 and 3
    assert lattice.locate(lon, (north + lat) / 2) == 2  # between 2 and 3


def test_polygons_within_polygons_yield_to_the_lowest():
    nested = np.array([shapely.box(0.5 - r, 0.5 - r, 0.5 + r, 0.5 + r) for r in (0.1, 0.3, 0.2, 0.5)])
    lattice = check(to_place(nested, "town"), "town", 80, np.random.default_rng(0))
    lon, lat, *_ = PLACES["town"]
    assert lattice.locate(lon, lat) == 0  # 2 lies within 1, so it never shows
    assert set(np.unique(lattice.labels_of_centres())) == {OUTSIDE, 0, 1, 3}


def test_a_long_straight_edge_bows_in_the_metric_crs_and_is_found_all_the_same():
    # 200 km along the parallel sag 600 m; the two halves share it
    halves = np.array([shapely.box(0, 0, 1, 0.5), shapely.box(0, 0.5, 1, 1)])
    polygons = to_place(halves, "county")
    lattice = Lattice.build(polygons, "EPSG:4549", 50)
    west, _, east, _ = shapely.total_bounds(polygons)
    lon, lat = np.linspace(west, east, 20_001), np.full(20_001, shapely.bounds(polygons[0])[3])
    assert (lattice.locate(lon, lat) == 0).all()
    assert (lattice.locate(lon, np.nextafter(lat, 90)) == 1).all()


def test_polygons_smaller_than_a_cell():
    rng = np.random.default_rng(1)
    dots = np.array([shapely.Point(xy).buffer(0.0005, quad_segs=2) for xy in rng.uniform(0.1, 0.9, (40, 2))])
    check(to_place(dots, "town"), "town", 20, rng)


def test_many_points_go_through_the_threads_with_the_same_result():
    rng = np.random.default_rng(2)
    polygons = to_place(partition(rng, 12), "town")
    lattice = build(polygons, "town", 60)
    west, south, east, north = shapely.total_bounds(polygons)
    n = lattice_._SERIAL_BELOW + 12_345
    lon, lat = rng.uniform(west, east, n), rng.uniform(south, north, n)
    found = lattice.locate(lon, lat)
    parts = [lattice.locate(*p) for p in zip(np.array_split(lon, 3), np.array_split(lat, 3), strict=True)]
    np.testing.assert_array_equal(found, np.concatenate(parts))
    np.testing.assert_array_equal(found[:2000], reference(polygons, lon[:2000], lat[:2000]))


# ---- laws ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town():
    polygons = to_place(partition(np.random.default_rng(7), 30), "town")
    return build(polygons, "town", 100)


@pytest.fixture(scope="module")
def points(town):
    west, south, east, north = shapely.total_bounds(town.polygons)
    rng = np.random.default_rng(8)
    return rng.uniform(west - 0.002, east + 0.002, 5_000), rng.uniform(south - 0.002, north + 0.002, 5_000)


def test_every_point_is_counted_once(town, points):
    found = town.locate(*points)
    inside = np.bincount(found[found != OUTSIDE], minlength=len(town.polygons))
    assert inside.sum() + (found == OUTSIDE).sum() == len(found)
    covered = shapely.intersects(shapely.union_all(town.polygons), shapely.points(*points)).sum()
    assert inside.sum() == covered


def test_the_order_of_the_points_does_not_matter(town, points):
    order = np.random.default_rng(9).permutation(len(points[0]))
    shuffled = town.locate(points[0][order], points[1][order])
    np.testing.assert_array_equal(shuffled, town.locate(*points)[order])


def test_the_size_of_the_cells_does_not_matter(town, points):
    for cell_m in (3, 250):
        other = Lattice.build(town.polygons, town.crs, cell_m)
        np.testing.assert_array_equal(other.locate(*points), town.locate(*points))


def test_what_is_no_place_is_outside(town):
    lon, lat, *_ = PLACES["town"]
    odd = [np.nan, np.inf, -np.inf, 1e300, -180.0, 0.0, lon + 180]
    assert (town.locate(odd, [lat] * len(odd)) == OUTSIDE).all()
    assert (town.locate([lon] * len(odd), odd) == OUTSIDE).all()
    assert (np.array(town.cell_of(odd, [lat] * len(odd))) == -1).all()


def test_shapes_are_kept_and_must_agree(town):
    lon, lat, *_ = PLACES["town"]
    assert town.locate(lon, lat).shape == ()
    assert town.locate(np.full((2, 3), lon), np.full((2, 3), lat)).shape == (2, 3)
    assert town.locate([], []).shape == (0,)
    with pytest.raises(ValueError, match="expected one shape"):
        town.locate([lon, lon], [lat])


def test_input_may_be_read_only_and_is_left_alone(town, points):
    lon, lat = (p.copy() for p in points)
    town.locate(lon, lat)
    assert lon.flags.writeable
    lon.setflags(write=False)
    np.testing.assert_array_equal(town.locate(lon, lat), town.locate(*points))
    np.testing.assert_array_equal(lon, points[0])


# ---- the raster ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", sorted(PLACES))
def test_metric_coordinates_are_projs_to_a_centimetre(place):
    rng = np.random.default_rng(3)
    lattice = build(to_place(partition(rng, 5), place), place, 100)
    west, south, east, north = shapely.total_bounds(lattice.polygons)
    lon, lat = rng.uniform(west - 0.1, east + 0.1, 2_000), rng.uniform(south - 0.1, north + 0.1, 2_000)
    x, y = lattice.metric(lon, lat)
    e, n = pyproj.Transformer.from_crs(4326, lattice.crs, always_xy=True).transform(lon, lat)
    assert np.hypot(x - e, y - n).max() < 0.01
    assert np.isnan(lattice.metric(np.nan, 31.0)).all()


def test_cells_and_their_centres(town):
    row, col = (g.ravel() for g in np.indices(town.shape))
    lon, lat = town.centre_of(row, col)
    for found, expected in zip(town.cell_of(lon, lat), (row, col), strict=True):
        np.testing.assert_array_equal(found, expected)
    x, y = town.metric(lon, lat)
    np.testing.assert_allclose(x, town.origin[0] + (col + 0.5) * town.cell_m, atol=0.01)
    np.testing.assert_allclose(y, town.origin[1] + (row + 0.5) * town.cell_m, atol=0.01)
    labels = town.labels_of_centres()
    assert labels.shape == town.shape and labels.dtype == np.int32
    np.testing.assert_array_equal(labels.ravel(), reference(town.polygons, lon, lat))
    assert (labels[[0, -1], :] == OUTSIDE).all() and (labels[:, [0, -1]] == OUTSIDE).all()


def test_the_origin_is_on_whole_cells(town):
    assert [c / town.cell_m % 1 for c in town.origin] == [0, 0]


def test_cells_are_ten_metres_unless_there_would_be_too_many():
    box = np.array([shapely.box(0, 0, 1, 1)])
    assert Lattice.build(to_place(box, "town"), "EPSG:4549").cell_m == 10
    large = Lattice.build(to_place(box, "county"), "EPSG:4549")
    assert large.cell_m > 10 and large.shape[0] * large.shape[1] < 17_000_000


# ---- keeping ---------------------------------------------------------------------------------------------------------


def test_saved_and_loaded_it_is_the_same(town, points, tmp_path):
    path = tmp_path / "town.npz"
    town.save(path)
    again = Lattice.load(path)
    assert (again.crs, again.cell_m, again.origin, again.shape) == (town.crs, town.cell_m, town.origin, town.shape)
    assert shapely.equals_identical(again.polygons, town.polygons).all()
    np.testing.assert_array_equal(again.locate(*points), town.locate(*points))
    np.testing.assert_array_equal(again.labels_of_centres(), town.labels_of_centres())
    assert [p.name for p in tmp_path.iterdir()] == ["town.npz"]


def test_missing_and_empty_polygons_keep_their_places_when_saved(tmp_path):
    polygons = np.array([None, shapely.Polygon(), to_place(shapely.box(0, 0, 1, 1), "town"), None], object)
    Lattice.build(polygons, "EPSG:4549").save(tmp_path / "l.npz")
    again = Lattice.load(tmp_path / "l.npz")
    assert [g is None for g in again.polygons] == [True, False, False, True]
    assert again.locate(*PLACES["town"][:2]) == 2


def test_a_file_that_is_no_lattice_is_refused(town, tmp_path, monkeypatch):
    path = tmp_path / "l.npz"
    for content in (b"", b"no zip at all", b"PK\x03\x04 half a zip"):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=r"l\.npz is not a lattice.*Delete it"):
            Lattice.load(path)
    town.save(path)
    monkeypatch.setattr(lattice_, "_FORMAT", 99)
    with pytest.raises(SourceError, match="expected 99"):
        Lattice.load(path)
    with pytest.raises(FileNotFoundError):
        Lattice.load(tmp_path / "none.npz")


def test_the_fingerprint_tells_all_that_matters(town):
    polygons = town.polygons
    same = Lattice.fingerprint(polygons.copy(), "epsg:4549", 10.0)
    assert len(same) == 64 and same == Lattice.fingerprint(polygons, "EPSG:4549", 10)
    moved = polygons.copy()
    moved[3] = shapely.transform(moved[3], lambda xy: np.nextafter(xy, 180))
    others = [(polygons, "EPSG:4549", None), (polygons, "EPSG:32651", 10.0), (polygons[::-1], "EPSG:4549", 10.0)]
    assert len({same, Lattice.fingerprint(moved, "EPSG:4549", 10.0), *(Lattice.fingerprint(*o) for o in others)}) == 5


# ---- refusals --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_a_lattice():
    good = to_place(shapely.box(0, 0, 1, 1), "town")
    bow_tie = to_place(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "town")
    with pytest.raises(SourceError, match=r"position 1 is a Point; position 2 is not valid \(Self-intersection"):
        Lattice.build(np.array([good, shapely.Point(120, 31), bow_tie]), "EPSG:4549")
    with pytest.raises(SourceError, match="position 0 has a coordinate between 0 and 1e-100"):
        Lattice.build(np.array([shapely.Polygon([(1e-200, 0), (1, 0), (1, 1)])]), "EPSG:32631")
    with pytest.raises(SourceError, match="at least one polygon"):
        Lattice.build(np.array([None, shapely.Polygon()], object), "EPSG:4549")
    with pytest.raises(SourceError, match="at least one polygon"):
        Lattice.build(np.array([], object), "EPSG:4549")
    with pytest.raises(DatumError, match="degree"):
        Lattice.build(np.array([good]), "EPSG:4326")
    with pytest.raises(DatumError, match="expected degrees"):
        Lattice.build(np.array([shapely.box(528000, 3517000, 529000, 3518000)]), "EPSG:4549")
    with pytest.raises(DatumError, match="cannot show to a centimetre"):
        Lattice.build(np.array([shapely.box(70, 20, 130, 50)]), "EPSG:4549")
    for cell_m in (0.5, -1, float("nan")):
        with pytest.raises(ValueError, match="at least"):
            Lattice.build(np.array([good]), "EPSG:4549", cell_m)
    with pytest.raises(ValueError, match="at most"):
        Lattice.build(np.array([to_place(shapely.box(0, 0, 1, 1), "county")]), "EPSG:4549", 5)

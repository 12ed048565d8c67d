"""The land of the demo town: laws that hold for every seed."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov.crs import from_wgs84, geometries_to_wgs84, parse_datum
from gridgov.simulate.land import make_land
from gridgov.simulate.land.network import n_parts
from gridgov.simulate.land.picture import draw
from gridgov.simulate.model import ROAD_KINDS, SPOT_KINDS
from gridgov.simulate.scenario import read_scenario

CRS = "EPSG:4549"


@pytest.fixture(scope="module")
def land():
    return make_land(read_scenario("xiake", seed=1))


@pytest.fixture(scope="module")
def again():
    return make_land(read_scenario("xiake", seed=1))


@pytest.fixture(scope="module")
def other():
    return make_land(read_scenario("xiake", seed=8))


@pytest.fixture(scope="module")
def published():
    folder = read_scenario("xiake").folder
    return pd.read_csv(folder / "villages.csv", dtype={"code": str}).sort_values("code", ignore_index=True)


@pytest.fixture(scope="module", params=["land", "other"])
def any_land(request):
    return request.getfixturevalue(request.param)


def segments(shapes):
    """Every piece between two vertices, written the same way in either direction."""
    xy, owner = shapely.get_coordinates(np.asarray(shapes), return_index=True)
    same = owner[1:] == owner[:-1]
    a, b = xy[:-1][same].round(3), xy[1:][same].round(3)
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    return [tuple(row) for row in np.where(swap[:, None], np.c_[b, a], np.c_[a, b]).tolist()]


def outlines(shapes):
    return segments(shapely.boundary(np.asarray(shapes)))


def as_written(shapes):
    """What a file of degrees with seven places holds."""
    degrees = geometries_to_wgs84(np.asarray(shapes), parse_datum(CRS))
    return shapely.transform(degrees, lambda xy: xy.round(7))


def test_the_published_totals_hold(any_land, published):
    grids = any_land.grids
    assert (len(any_land.villages), len(grids), grids.residents.sum()) == (21, 179, 180_000)
    assert any_land.villages.code.tolist() == published.code.tolist()
    for frame in (grids, any_land.grids_before):
        assert frame.code.is_monotonic_increasing
        assert frame.code.str[:12].tolist() == any_land.villages.code.to_numpy()[frame.village].tolist()
        assert frame.groupby("village").size().tolist() == published.grids.tolist()
        assert frame.residents.sum() == 180_000
    assert grids.groupby("village").residents.sum().tolist() == published.residents.tolist()
    assert 1000 <= grids.firms.sum() <= 1300
    assert grids.households.sum() == pytest.approx(180_000 / 3.2, rel=0.03)


def test_the_town_has_110_km2_around_its_centre(any_land):
    assert any_land.outline.is_valid
    assert any_land.outline.area == pytest.approx(110e6, rel=1e-6)
    centre = from_wgs84(*read_scenario("xiake").town["centre"], parse_datum(CRS))
    assert any_land.outline.contains(shapely.Point(*map(float, centre)))


def test_sizes_are_believable(any_land):
    area, urban = any_land.grids.area / 1e6, any_land.grids.kind == "urban"
    assert area[urban].between(0.04, 0.3).all()
    assert area[~urban].between(0.4, 1.6).all()
    rural = any_land.villages.kind == "rural"
    assert (any_land.villages.area[rural] / 1e6).between(3.7, 8.6).all()
    assert 3.5 < any_land.villages.area[~rural].sum() / 1e6 < 6
    assert shapely.union_all(any_land.villages.geometry[~rural].to_numpy()).geom_type == "Polygon"
    assert 0.18 < any_land.grids.patrollable_m2.sum() / any_land.outline.area < 0.30
    assert (any_land.grids.patrollable_m2 > any_land.grids.built_up_m2).all()
    assert (any_land.grids.patrollable_m2 < any_land.grids.area).all()


@pytest.mark.parametrize("name", ["grids", "grids_before", "villages"])
def test_a_division_tiles_the_town_as_it_is_written(any_land, name):
    written = as_written(getattr(any_land, name).geometry)
    assert shapely.is_valid(written).all()
    assert set(shapely.get_type_id(written)) == {3}
    assert shapely.coverage_is_valid(written)
    x, y = from_wgs84(*shapely.get_coordinates(written).T, parse_datum(CRS))
    metric = shapely.set_coordinates(written, np.c_[x, y])
    total = shapely.union_all(metric)
    assert shapely.area(metric).sum() == pytest.approx(total.area, abs=1)
    assert total.symmetric_difference(any_land.outline).area < 1


def test_what_is_written_is_what_is_used(land):
    written = as_written(land.grids.geometry)
    x, y = from_wgs84(*shapely.get_coordinates(written).T, parse_datum(CRS))
    assert np.abs(np.c_[x, y] - shapely.get_coordinates(land.grids.geometry.to_numpy())).max() < 1e-6


def test_neighbours_share_every_vertex(any_land):
    edge_of_town = set(outlines([any_land.outline]))
    for frame in (any_land.grids, any_land.grids_before):
        count = pd.Series(outlines(frame.geometry)).value_counts()
        assert set(count[count == 1].index) == edge_of_town
        assert count.max() == 2


def test_villages_are_the_unions_of_their_grids(any_land):
    grids = any_land.grids
    for row, shape in enumerate(any_land.villages.geometry):
        assert shapely.union_all(grids.geometry[grids.village == row].to_numpy()).equals(shape)


def test_every_boundary_inside_the_town_is_a_road_or_a_watercourse(any_land):
    ways = any_land.waters[any_land.waters.kind != "pond"]
    drawn = set(segments(any_land.roads.geometry)) | set(segments(ways.geometry))
    for frame in (any_land.grids, any_land.grids_before):
        inside = set(outlines(frame.geometry)) - set(outlines([any_land.outline]))
        assert inside <= drawn


def test_the_boundary_change_moves_land_between_two_villages(any_land):
    now, before = any_land.grids, any_land.grids_before
    differs = now.geometry.to_numpy() != before.geometry.to_numpy()
    same = shapely.equals(now.geometry.to_numpy(), before.geometry.to_numpy())
    assert now.code[~same].tolist() == any_land.changed
    assert set(now.code[~same]) <= set(now.code[differs])
    assert len(set(now.village[~same])) == 2
    moved = shapely.area(shapely.difference(before.geometry.to_numpy(), now.geometry.to_numpy()))
    giver = int(moved.argmax())
    assert 0.25 < moved[giver] / before.area[giver] < 0.42
    pd.testing.assert_frame_equal(
        pd.DataFrame(now[same].drop(columns="geometry")), pd.DataFrame(before[same].drop(columns="geometry"))
    )


def test_grids_are_numbered_from_the_north(land):
    for _, grids in land.grids.groupby("village"):
        assert grids.name.str.extract(r"第(\d+)网格")[0].astype(int).tolist() == list(range(1, len(grids) + 1))
        assert grids.centroid.y.iloc[0] > grids.centroid.y.iloc[-1]


def test_paths_are_connected_and_long_enough_in_every_grid(any_land):
    net = any_land.network
    length = np.zeros(len(any_land.grids))
    for grid in range(len(any_land.grids)):
        assert n_parts(net, grid) == 1
        length[grid] = net.length[(net.left == grid) | (net.right == grid)].sum()
    urban = (any_land.grids.kind == "urban").to_numpy()
    assert length[urban].min() > 2500
    assert length[~urban].min() > 8000


def test_the_network_lies_where_it_says(any_land):
    net = any_land.network
    first, last = net.first[:-1], net.first[1:] - 1
    assert (net.points[first] == net.nodes[net.a]).all()
    assert (net.points[last] == net.nodes[net.b]).all()
    lines = shapely.linestrings(net.points, indices=np.repeat(np.arange(len(net.a)), np.diff(net.first)))
    assert np.allclose(shapely.length(lines), net.length)
    assert set(np.unique(net.kind)) <= set(range(len(ROAD_KINDS)))
    middle = (net.points[first] + net.points[first + 1]) / 2
    way = net.points[first + 1] - net.points[first]
    normal = np.c_[-way[:, 1], way[:, 0]] / np.hypot(*way.T)[:, None]
    for side, sign in ((net.left, 1), (net.right, -1)):
        beside = shapely.points(middle + sign * normal)
        known = side >= 0
        assert shapely.contains(any_land.grids.geometry.to_numpy()[side[known]], beside[known]).all()
        assert not shapely.contains(any_land.outline, beside[~known]).any()
    step = net.length.sum() / (len(net.points) - len(net.a))
    assert 15 < step < 40


def test_spots_lie_in_their_grids_and_off_the_boundaries(any_land):
    spots = any_land.spots
    assert 30_000 <= len(spots) <= 50_000
    assert set(spots.kind) == set(SPOT_KINDS)
    assert spots.grid.is_monotonic_increasing
    points = shapely.points(spots.x, spots.y)
    assert shapely.contains(any_land.grids.geometry.to_numpy()[spots.grid], points).all()
    for frame in (any_land.grids, any_land.grids_before):
        pieces = shapely.linestrings(np.array(sorted(set(outlines(frame.geometry)))).reshape(-1, 2, 2))
        _, gap = shapely.STRtree(pieces).query_nearest(points, all_matches=False, return_distance=True)
        assert gap.min() >= 4
    named = set(any_land.roads.name) | set(any_land.waters.name)
    assert set(spots.road) <= named
    per_grid = spots.groupby(["grid", "kind"]).size().unstack(fill_value=0)
    assert (per_grid[["street", "home"]] > 0).all(axis=None)
    assert spots.weight.min() > 0
    top = spots.weight.nlargest(len(spots) // 100).sum() / spots.weight.sum()
    assert 0.1 < top < 0.35


def test_dedicated_grids_are_apart_and_inside(any_land):
    found = any_land.dedicated
    assert found.subkind.value_counts().to_dict() == read_scenario("xiake").town["grids"]["dedicated"]
    assert found.code.tolist() == [f"999902104Z{k:02d}" for k in range(1, 16)]
    assert found.name.is_unique
    assert shapely.union_all(found.geometry.to_numpy()).area == pytest.approx(found.area.sum())
    assert shapely.contains(any_land.outline, found.geometry.to_numpy()).all()


def test_places_stand_where_they_belong(any_land):
    places = any_land.places
    assert 60 <= len(places) <= 80
    assert places.code.is_unique
    assert places.name.is_unique
    seats = places[places.kind == "village_seat"]
    inside = shapely.contains(any_land.villages.geometry.to_numpy(), shapely.points(seats.x, seats.y))
    assert inside.all()
    hall = places[places.kind == "town_hall"].iloc[0]
    core = any_land.villages.geometry[any_land.villages.kind == "urban"]
    assert shapely.contains_xy(shapely.union_all(core.to_numpy()), hall.x, hall.y)


def test_everything_has_a_name_and_a_kind(any_land):
    assert set(any_land.roads.kind) == set(ROAD_KINDS)
    assert set(any_land.waters.kind) == {"river", "canal", "pond"}
    for frame in (any_land.roads, any_land.waters):
        assert (frame.name.str.len() > 1).all()
        assert shapely.is_valid(frame.geometry.to_numpy()).all()
    assert any_land.built_up.village.nunique() == 21


def test_the_same_seed_gives_the_same_bytes(land, again):
    for name in ("villages", "grids", "grids_before", "dedicated", "roads", "waters", "built_up", "places", "spots"):
        one, two = getattr(land, name), getattr(again, name)
        if "geometry" in one:
            assert (shapely.to_wkb(one.geometry.to_numpy()) == shapely.to_wkb(two.geometry.to_numpy())).all(), name
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(two), check_exact=True)
    for name in ("nodes", "a", "b", "length", "kind", "left", "right", "points", "first"):
        assert getattr(land.network, name).tobytes() == getattr(again.network, name).tobytes()


def test_another_seed_gives_another_town(land, other):
    assert land.outline.symmetric_difference(other.outline).area > 3e6
    assert not np.allclose(land.grids.area, other.grids.area, rtol=0.01)


def test_the_picture_is_drawn(land, tmp_path):
    draw(land, tmp_path / "town.svg", land.spots[["x", "y"]].to_numpy()[::20])
    said = (tmp_path / "town.svg").read_text("utf-8")
    assert said.startswith("<svg") and said.endswith("</svg>")
    assert all(name in said for name in land.villages.name)


def test_a_shape_that_rounding_made_cross_itself_is_published_valid():
    from gridgov.simulate.survey import _mended

    crossed = shapely.Polygon(
        [(0, 0), (4, 0), (4, 4), (3.9999999, 4.0000001), (4, 4), (0, 4), (0, 2), (-1e-7, 2), (0, 2)]
    )
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    square = shapely.box(5, 5, 6, 6)
    found = _mended(gpd.GeoDataFrame(geometry=[crossed, bow, square], crs=4326)).geometry
    assert found.is_valid.all() and (shapely.area(found.to_numpy()) > 0).all()
    assert shapely.equals_exact(found[2], square), "what is right keeps every vertex"

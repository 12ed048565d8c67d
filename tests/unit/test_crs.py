"""Coordinates: golden numbers of published formulas, and the laws that must hold everywhere."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gridgov import crs
from gridgov.crs import BD09, CGCS2000, GCJ02, STORE_CRS, WGS84, parse_datum
from gridgov.errors import DatumError

XUXIAKE = (120.35, 31.75)

# Within GCJ-02's box, a shift's length away from its edge, where the formula jumps.
chinese_lons = st.floats(72.1, 137.7)
chinese_lats = st.floats(0.9, 55.7)


def offset_m(datum: crs.Datum, lon: float, lat: float) -> float:
    """How far off, in metres on the ground, a point is if its `datum` coordinates are read as WGS84."""
    shown = crs.from_wgs84(lon, lat, datum)
    return float(pyproj.Geod(ellps="WGS84").inv(lon, lat, float(shown[0]), float(shown[1]))[2])


# ---- declaring a datum -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["GCJ-02", "gcj02", "GCJ 02", "gcj_02"])
def test_spelling_of_a_datum_does_not_matter(text):
    assert parse_datum(text) == GCJ02


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("wgs84", "WGS84"),
        ("WGS-84", "WGS84"),
        ("cgcs2000", "CGCS2000"),
        ("bd-09", "BD-09"),
        ("epsg:4549", "EPSG:4549"),
        (pyproj.CRS(3435).to_wkt(), "EPSG:3435"),
        ("+proj=tmerc +lon_0=120.5 +ellps=GRS80 +units=m", "unknown"),
        ("urn:ogc:def:crs:EPSG::4236", "EPSG:4236"),
        (pyproj.CRS(4236), "EPSG:4236"),
    ],
)
def test_declarations_that_are_understood(text, label):
    assert parse_datum(text).label == label


@pytest.mark.parametrize("text", [None, "", "   "])
def test_an_undeclared_datum_is_refused(text):
    with pytest.raises(DatumError, match=r"declares no datum.*GCJ-02.*declare one of"):
        parse_datum(text)


@pytest.mark.parametrize("text", ["GCJ-03", "EPSG:0", "Mars 2000", "Beijing 1954", "+proj=nothing"])
def test_an_unknown_datum_says_what_was_found_and_what_is_accepted(text):
    with pytest.raises(DatumError, match=r"is not known\. Accepted are WGS84, CGCS2000, GCJ-02.*correct") as caught:
        parse_datum(text)
    assert repr(text) in str(caught.value)


def test_a_geocentric_crs_is_refused():
    with pytest.raises(DatumError, match="no longitude and latitude"):
        parse_datum("EPSG:4978")


# ---- EPSG ------------------------------------------------------------------------------------------------------------


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_cgcs2000_is_the_identity(lon, lat):
    for datum in (CGCS2000, parse_datum("EPSG:4490"), WGS84, parse_datum("EPSG:4326")):
        assert datum.is_identity
        assert crs.to_wgs84(lon, lat, datum) == (lon, lat)
        assert crs.from_wgs84(lon, lat, datum) == (lon, lat)


def test_gauss_kruger_golden_number():
    # domain.md 2.9, computed with PROJ; x is the easting although the authority puts the northing first
    x, y = crs.from_wgs84(120.30, 31.78, parse_datum("EPSG:4549"))
    assert (float(x), float(y)) == pytest.approx((528415.48, 3517496.94), abs=0.01)


def test_us_feet_are_feet():
    # PROJ 9.5 for EPSG:3435, NAD83 taken as WGS84 (no grid file is shipped)
    lon, lat = crs.to_wgs84(1_150_000, 1_900_000, parse_datum("EPSG:3435"))
    assert (float(lon), float(lat)) == pytest.approx((-87.7246677, 41.8815101), abs=2e-5)


def test_a_datum_shift_is_honoured():
    # Hu Tzu Shan 1950 is no WGS84; Chicago's community areas declare it and mean it. PROJ 9.5, EPSG:4236 to 4326 (1).
    lon, lat = crs.to_wgs84(120.3, 31.78, parse_datum("EPSG:4236"))
    assert (float(lon), float(lat)) == pytest.approx((120.3087307, 31.7784316), abs=1e-6)


@given(st.floats(118.6, 121.4), st.floats(25, 50))
def test_projected_round_trip(lon, lat):
    for code in ("EPSG:4549", "EPSG:32651"):
        there = crs.from_wgs84(lon, lat, parse_datum(code))
        back = crs.to_wgs84(*there, parse_datum(code))
        assert np.abs(np.subtract(back, (lon, lat))).max() < 1e-9


# ---- GCJ-02 and BD-09 ------------------------------------------------------------------------------------------------


def test_gcj_golden_vector():
    # domain.md 2.9, source S29
    lon, lat = crs.from_wgs84(120, 40, GCJ02)
    assert (float(lon), float(lat)) == pytest.approx((120.00567568355486, 40.0013047896019), abs=1e-13)


def test_offsets_at_xuxiake():
    # domain.md 2.9: about 487 m and 1,140 m, the second over the town's breadth
    assert offset_m(GCJ02, *XUXIAKE) == pytest.approx(487, abs=5)
    assert offset_m(BD09, *XUXIAKE) == pytest.approx(1_140, abs=40)


@given(chinese_lons, chinese_lats)
def test_shifts_can_be_undone(lon, lat):
    for datum in (GCJ02, BD09):
        back = crs.to_wgs84(*crs.from_wgs84(lon, lat, datum), datum)
        assert np.abs(np.subtract(back, (lon, lat))).max() < 1e-9


@given(chinese_lons, chinese_lats)
def test_shifts_can_be_put_back(x, y):
    for datum in (GCJ02, BD09):
        again = crs.from_wgs84(*crs.to_wgs84(x, y, datum), datum)
        assert np.abs(np.subtract(again, (x, y))).max() < 1e-9


@given(hnp.arrays(float, (30, 2), elements=st.floats(-180, 180)), st.integers(0, 29))
def test_a_point_is_moved_alike_in_any_company(xy, k):
    """To the last bit: the same position told in two files is the same position."""
    x, y = xy.T
    for datum in (GCJ02, BD09):
        for move in (crs.to_wgs84, crs.from_wgs84):
            whole, alone = move(x, y, datum), move(x[k : k + 1], y[k : k + 1], datum)
            assert (whole[0][k], whole[1][k]) == (alone[0][0], alone[1][0])


@pytest.mark.parametrize("lon", [105 - 1e-12, 105.0, 105 + 1e-12])
def test_the_kink_of_the_formula_at_105_east_does_not_upset_the_inverse(lon):
    back = crs.to_wgs84(*crs.from_wgs84([lon], [35.0], GCJ02), GCJ02)
    assert abs(back[0][0] - lon) < 1e-9


@pytest.mark.parametrize(("lon", "lat"), [(-87.65, 41.85), (60.0, 30.0), (120.0, 60.0), (151.2, -33.9)])
def test_no_shift_outside_china(lon, lat):
    assert crs.from_wgs84(lon, lat, GCJ02) == (lon, lat)
    assert crs.to_wgs84(lon, lat, GCJ02) == (lon, lat)


# ---- arrays and geometries -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["WGS84", "CGCS2000", "GCJ-02", "BD-09", "EPSG:4549", "EPSG:4236"])
def test_nan_stays_nan_and_input_stays_as_it_is(text):
    x, y = np.array([[120.3, np.nan, 120.3]]), np.array([[31.7, 31.7, np.nan]])
    kept = x.copy(), y.copy()
    for move in (crs.to_wgs84, crs.from_wgs84):
        a, b = move(x, y, parse_datum(text))
        assert a.shape == b.shape == (1, 3)
        assert np.isnan(a).tolist() == np.isnan(b).tolist() == [[False, True, True]]
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])


def test_where_a_crs_is_not_defined_there_is_nan_not_infinity():
    lon, lat = crs.to_wgs84([1e30], [1e30], parse_datum("EPSG:4549"))
    assert np.isnan(lon[0]) and np.isnan(lat[0])


def test_swapped_axes():
    swapped = WGS84.swapped()
    assert crs.to_wgs84([31.7], [120.3], swapped) == ([120.3], [31.7])
    assert crs.from_wgs84([120.3], [31.7], swapped) == ([31.7], [120.3])
    assert swapped.swapped() == WGS84


def test_geometries_move_vertex_by_vertex_and_missing_ones_stay_missing():
    flat = np.array([shapely.box(528000, 3517000, 529000, 3518000), None, shapely.Point(528415.48, 3517496.94)], object)
    moved = crs.geometries_to_wgs84(flat, parse_datum("EPSG:4549"))
    assert moved[1] is None
    assert (moved[2].x, moved[2].y) == pytest.approx((120.30, 31.78), abs=1e-7)
    assert moved[0].is_valid and shapely.get_num_coordinates(moved[0]) == 5


def test_geometries_that_have_no_place_on_earth_are_refused():
    with pytest.raises(DatumError, match=r"1 of 1 vertices have no place on earth when read as EPSG:4549"):
        crs.geometries_to_wgs84(np.array([shapely.Point(1e30, 1e30)]), parse_datum("EPSG:4549"))


# ---- which datum would fit -------------------------------------------------------------------------------------------


def inside_xuxiake(lon, lat):
    return (np.abs(lon - XUXIAKE[0]) < 0.002) & (np.abs(lat - XUXIAKE[1]) < 0.002)


@pytest.mark.parametrize(
    "truth", [WGS84, GCJ02, BD09, GCJ02.swapped(), parse_datum("EPSG:4549")], ids=lambda d: d.label
)
def test_the_datum_that_fits_comes_first(truth):
    rng = np.random.default_rng(0)
    lon, lat = (centre + rng.uniform(-0.0015, 0.0015, 500) for centre in XUXIAKE)
    x, y = crs.from_wgs84(lon, lat, truth)
    x[0] = np.nan  # not counted
    declared = parse_datum("EPSG:4549") if truth.label == "EPSG:4549" else WGS84
    (best, share), (_, second), *_ = crs.best_datum(x, y, inside_xuxiake, declared)
    assert best == truth
    assert share == 1.0 and second < 1.0


def test_the_declared_datum_wins_a_tie_and_stands_for_its_equals():
    fits = crs.best_datum([XUXIAKE[0]], [XUXIAKE[1]], inside_xuxiake, CGCS2000)
    assert fits[0] == (CGCS2000, 1.0)
    assert WGS84 not in [datum for datum, _ in fits]


def test_no_points_fit_nothing():
    assert {share for _, share in crs.best_datum([np.nan], [1.0], inside_xuxiake, WGS84)} == {0.0}


# ---- metric CRS ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "lon", "lat", "code"),
    [
        ("Jiangyin", 120.30, 31.78, "EPSG:4549"),
        ("Beijing", 116.4, 39.9, "EPSG:4548"),
        ("Kashgar", 75.99, 39.47, "EPSG:4534"),
        ("Chicago", -87.65, 41.85, "EPSG:32616"),
        ("Seoul", 127.0, 37.5, "EPSG:32652"),
        ("Sydney", 151.2, -33.9, "EPSG:32756"),
        ("date line", 180.0, 0.0, "EPSG:32660"),
    ],
)
def test_metric_crs_of_a_place(place, lon, lat, code):
    assert crs.metric_crs_for(lon, lat) == code
    assert crs.require_metric(code).is_projected


@pytest.mark.parametrize(("lon", "lat"), [(31.78, 120.30), (np.nan, 0.0), (0.0, 89.0)])
def test_no_metric_crs_for_no_place(lon, lat):
    with pytest.raises(DatumError, match="No default metric CRS"):
        crs.metric_crs_for(lon, lat)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("EPSG:4326", "measured in degree"),
        ("EPSG:3435", "measured in US survey foot"),
        ("EPSG:3857", "stretches lengths"),
        ("nonsense", "is not known"),
    ],
)
def test_lengths_need_metres_to_scale(code, fault):
    with pytest.raises(DatumError, match=fault):
        crs.require_metric(code)


def test_bounds_hold_the_bent_sides():
    box = (118.0, 31.0, 122.0, 32.0)
    west, south, east, _ = crs.transform_bounds(box, "EPSG:4549")
    x, y = crs.from_wgs84(np.linspace(118, 122, 999), np.full(999, 31.0), parse_datum("EPSG:4549"))
    assert south <= y.min() + 0.1 and west <= x.min() and x.max() <= east
    assert y.min() < y[0] - 100  # the parallel sags between its ends: corners alone would cut it off
    assert STORE_CRS.to_epsg() == 4326

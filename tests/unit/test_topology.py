"""Faults planted in a city of nine squares are found, with the area they have; in the clean one nothing is."""

import geopandas as gpd
import pytest
import shapely

from gridgov.crs import STORE_CRS
from gridgov.pipelines.topology import examine
from tests.support import METRIC, build_tree, city, square


def m2(shape) -> float:
    """Area in the metric CRS."""
    return float(gpd.GeoSeries([shape], crs=STORE_CRS).segmentize(0.001).to_crs(METRIC).area.iloc[0])


def report(shapes) -> dict:
    built, _ = build_tree(shapes)
    return examine(built, METRIC)


def changed(**shapes) -> dict:
    return city() | {code.removeprefix("_"): shape for code, shape in shapes.items()}


def test_a_clean_city_has_no_fault():
    assert report(city()) == {
        "overlaps": [], "gaps": [], "slivers": [], "untiled": [], "max_overlap_m2": pytest.approx(0, abs=1e-3),
        "total_gap_m2": 0,
    }  # fmt: skip


def test_an_overlap():
    found = report(changed(_11=square(0, 0, 1.25, 1)))
    assert [(o["a"], o["b"]) for o in found["overlaps"]] == [("11", "12")]
    assert found["overlaps"][0]["area_m2"] == pytest.approx(m2(square(1, 0, 0.25, 1)), rel=1e-5)
    assert found["max_overlap_m2"] == pytest.approx(found["overlaps"][0]["area_m2"], abs=0.001)
    assert found["slivers"] == [], "a quarter of a square is no sliver"


def test_overlaps_come_largest_first_and_only_above_one_square_metre():
    found = report(changed(_11=square(0, 0, 1.1, 1), _22=square(1, 1, 1.3, 1), _33=square(2 - 5e-10, 2, 1 + 5e-10, 1)))
    assert [{o["a"], o["b"]} for o in found["overlaps"]] == [{"22", "23"}, {"11", "12"}]


def test_a_gap_between_grids():
    shapes = city()
    del shapes["22"]
    found = report(shapes | {"21": square(0, 1, 1, 1)})
    # District 2 is built from 21 and 23, the town from its districts: the hole shows where it is enclosed.
    assert [g["parent"] for g in found["gaps"]] == ["T"]
    assert found["gaps"][0]["area_m2"] == found["total_gap_m2"] == pytest.approx(m2(square(1, 1)), rel=1e-5)
    assert found["overlaps"] == []


def test_a_hole_in_a_grid():
    hole = square(0.4, 0.4, 0.2, 0.2)
    found = report(changed(_11=shapely.difference(square(0, 0), hole)))
    assert {g["parent"] for g in found["gaps"]} == {"1", "T"}, "of the district, and of the town above it"
    assert [g["area_m2"] for g in found["gaps"]] == [pytest.approx(m2(hole), rel=1e-5)] * 2


def test_a_sliver_between_two_grids():
    thin = square(0.999, 0.2, 0.001, 0.6)
    found = report(changed(_11=shapely.difference(square(0, 0), thin)))
    assert {s["of"] for s in found["slivers"]} == {"gap in 1", "gap in T"}
    assert found["slivers"][0]["area_m2"] == pytest.approx(m2(thin), rel=1e-5)
    overlapping = report(changed(_11=square(0, 0, 1.001, 1)))
    assert [s["of"] for s in overlapping["slivers"]] == ["overlap of 11 and 12"]


def test_children_that_do_not_tile_their_given_parent():
    shapes = {code: shape for code, shape in city().items() if code[0] != "1"}
    shapes |= {"1": square(0, 0, 3, 1), "11": square(0, 0), "12": square(1, -0.5, 1, 1.5)}
    found = report(shapes)
    (untiled,) = found["untiled"]
    assert untiled["parent"] == "1"
    assert untiled["missing_m2"] == pytest.approx(m2(square(2, 0)), rel=1e-5)
    assert untiled["beyond_m2"] == pytest.approx(m2(square(1, -0.5, 1, 0.5)), rel=1e-5)
    assert [g["parent"] for g in found["gaps"]] == ["1"]


def test_a_given_parent_that_is_tiled_is_no_fault():
    assert report(changed(_1=square(0, 0, 3, 1)))["untiled"] == []

"""Figures: pure, harmless, offline."""

import json

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, box, from_geojson, union_all

from gridgov.figures import (
    Base,
    bars,
    base_geojson,
    choropleth,
    fingerprint,
    flow,
    points,
    screen_geojson,
)

EVIL = '<img src=x onerror=alert(1)><a href="javascript:alert(1)">here</a>'


@pytest.fixture
def grids() -> gpd.GeoDataFrame:
    """Three by three squares; one count is huge, one grid has nothing, one is not known."""
    cells = [
        box(120 + i * 0.01, 31 + j * 0.01, 120.01 + i * 0.01, 31.01 + j * 0.01) for i in range(3) for j in range(3)
    ]
    table = {"grid_code": [f"0{i}" for i in range(9)], "grid_name": [EVIL, *"bcdefghi"]}
    counts = {
        "n_open": [0, 1, 2, 3, 4, 5, 6, 7, 90_000],
        "n_with_deadline": [0, 0, 2, 3, 4, 5, 6, 7, 8],
        "n_overdue": [0] * 9,
    }
    return gpd.GeoDataFrame(
        table | counts, geometry=gpd.GeoSeries(cells, name="geom"), crs="EPSG:4326"
    ).rename_geometry("geom")


def _text(figure: object) -> str:
    return json.dumps(figure.to_plotly_json(), default=str)  # type: ignore[attr-defined]


def test_zero_is_not_unknown_and_one_huge_value_leaves_the_others_apart(grids: gpd.GeoDataFrame) -> None:
    trace = choropleth(grids, "n_open").data[0]
    assert trace.z[0] == 0 and len(set(trace.z)) >= 5
    overdue = choropleth(grids, "n_overdue").data[0]
    assert list(overdue.z[:3]) == [0, -1, 0]  # nothing open: 0; open without a deadline: not known; on time: 0
    assert "–" in overdue.customdata[1][1]


def test_texts_of_strangers_are_escaped_and_frames_stay_as_they_are(grids: gpd.GeoDataFrame) -> None:
    before = grids.copy()
    cases = gpd.GeoDataFrame(
        {
            "case_no": [EVIL],
            "category": [EVIL],
            "subcategory": [None],
            "address": [EVIL],
            "is_overdue": [True],
            "day_only": [1],
        }
        | {"reported_at": pd.to_datetime(["2026-01-01T00:00Z"]), "due_at": pd.to_datetime([None], utc=True)},
        geometry=gpd.points_from_xy([120.0], [31.0], crs="EPSG:4326"),
    ).rename_geometry("geom")
    said = choropleth(grids, "n_open").data[0].customdata[0][0], points(cases).data[0].customdata[0][1]
    assert all("<img" not in text and "<a" not in text for text in said)
    assert "<img" not in str(bars(pd.DataFrame({"unit": [EVIL], "n_open": [1]}), "unit").layout.yaxis.ticktext)
    pd.testing.assert_frame_equal(pd.DataFrame(grids), pd.DataFrame(before))


def test_a_map_asks_nothing_of_the_network(grids: gpd.GeoDataFrame) -> None:
    text = _text(choropleth(grids, "n_open"))
    assert "http" not in text and "glyphs" not in text and "sprite" not in text


def test_geometry_for_the_screen_is_small_and_neighbours_still_meet(grids: gpd.GeoDataFrame) -> None:
    fine = grids.assign(geom=grids.geometry.segmentize(0.00001))
    assert fine.geometry.count_coordinates().sum() > 30_000
    text = screen_geojson(fine, max_bytes=20_000)
    drawn = [from_geojson(json.dumps(f["geometry"])) for f in json.loads(text)["features"]]
    assert len(text) <= 20_000 and len(drawn) == 9
    assert union_all(drawn).area == pytest.approx(sum(shape.area for shape in drawn), rel=1e-9)


def test_the_fingerprint_is_of_codes_and_shapes_only(grids: gpd.GeoDataFrame) -> None:
    assert fingerprint(grids) == fingerprint(grids.assign(n_open=5))
    assert fingerprint(grids) != fingerprint(grids.iloc[1:])


def test_flow_draws_what_it_is_given() -> None:
    rows = pd.DataFrame(
        {"period_on": ["2013-06-01", "2013-07-01"], "n_reported": [3, 4], "n_closed": [5, 1], "n_net": [-2, 3]}
    )
    assert [list(trace.y) for trace in flow(rows).data] == [[3, 4], [5, 1], [-2, 3]]


# ---------------------------------------------------------------------------------------------------------------------
# The base map


def town_map(n: int) -> gpd.GeoDataFrame:
    """A street net of n x n blocks with a river through it, and points that no base map shows."""
    size = 0.1 / n
    blocks = [
        box(120 + i * size, 31 + j * size, 120 + (i + 0.9) * size, 31 + (j + 0.9) * size)
        for i in range(n)
        for j in range(n)
    ]
    streets = [LineString([(120, 31 + k * size), (120.1, 31 + k * size)]) for k in range(n)]
    lanes = [LineString([(120 + k * size, 31), (120 + k * size, 31.1)]) for k in range(n)]
    river = LineString([(120 + k / 5000, 31.05 + 0.003 * (k % 7) / 7) for k in range(500)])
    shapes = [*blocks, *streets, *lanes, river, Point(120, 31)]
    theme = ["built_up"] * n * n + ["road"] * 2 * n + ["water", "road"]
    width = [None] * n * n + [15.0] * n + [None] * n + [30.0, None]
    return gpd.GeoDataFrame({"theme": theme, "width_m": width}, geometry=gpd.GeoSeries(shapes, name="geom"), crs=4326)


@pytest.mark.parametrize("n", [1, 20, 120])
def test_a_base_map_is_small_and_keeps_its_classes(n: int) -> None:
    text = base_geojson(town_map(n))
    assert len(text) <= 300_000
    classes = {f["properties"]["class"]: from_geojson(json.dumps(f["geometry"])) for f in json.loads(text)["features"]}
    assert {"river", "broad", "narrow"} <= set(classes) <= {"river", "broad", "narrow", "built_up"}
    assert classes["broad"].length == pytest.approx(0.1 * n, rel=0.01), "no street is lost"
    if n < 100:
        assert classes["built_up"].area == pytest.approx(0.1**2 * 0.9**2, rel=0.05)


def test_without_a_map_there_is_none_and_it_lies_under_the_grids(grids: gpd.GeoDataFrame) -> None:
    assert json.loads(base_geojson(town_map(1).iloc[:0]))["features"] == []
    plain, based = (choropleth(grids, "n_open", base=base) for base in (None, Base("/shapes/x.json")))
    assert [layer["id"] for layer in plain.layout.map.style["layers"]] == ["ground"]
    assert len(based.layout.map.style["layers"]) == 6
    assert based.layout.map.style["sources"]["base"] == {"type": "geojson", "data": "/shapes/x.json"}
    assert based.data[0].marker.opacity < plain.data[0].marker.opacity

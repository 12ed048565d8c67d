"""Maps, plans and devices as published: what is read, and that every fault is named with its row."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov.errors import MappingError, SourceError
from gridgov.resources import resource
from gridgov.sources.devices import read_devices
from gridgov.sources.lists import Fault
from gridgov.sources.mapping import parse_mapping, read_mapping
from gridgov.sources.maps import read_features
from gridgov.sources.personal import pseudonym
from gridgov.sources.plans import WEEKDAYS, read_checkpoints, read_routes
from gridgov.sources.reading import open_source

SCENARIO = resource("data", "scenarios", "xiake")
MAP = 'kind = "maps"\ntown = "t"\nsource = "s"\ndatum = "WGS84"\n'
PLAN = 'kind = "plans"\ntown = "t"\nsource = "s"\ndatum = "WGS84"\n'
ROUTES = (
    PLAN
    + 'plan = "routes"\n[columns]\ncode = "code"\nname = "name"\nweekdays = "days"\nwindows = "hours"\nwkt = "wkt"\n'
)
LINE = "LINESTRING (120.30 31.70, 120.31 31.70)"


def read(path: Path, text: str, reader: Callable[..., Any], *, geometry: bool, **how: Any) -> Any:
    mapping = parse_mapping(text)
    with open_source(path, mapping.file, mapping.source_columns(), geometry=geometry) as source:
        (batch,) = source.batches(1000)
        return reader(batch, mapping, source.declared_crs, **how)


def gpkg(path: Path, shapes: list[Any], **columns: list[Any]) -> Path:
    gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes), crs=4326).to_file(path, driver="GPKG")
    return path


def csv(path: Path, **columns: list[Any]) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


# ---------------------------------------------------------------------------------------------------------------------
# Maps


def test_a_feature_has_the_width_of_the_file_or_of_its_kind(tmp_path):
    road = shapely.LineString([(120.3, 31.7), (120.31, 31.7)])
    path = gpkg(
        tmp_path / "map.gpkg", [road] * 5, what=["路", "lane", "lane", "trunk", None], wide=[None, None, 7.5, 0, None]
    )
    text = MAP + 'theme = "road"\n[columns]\nkind = "what"\nwidth = "wide"\n[widths]\nlane = 6\ntrunk = 32\n"路" = 9\n'
    found = read(path, text + '[values.kind]\n"路" = "street"\n', read_features, geometry=True)
    assert found.good["kind"].to_pylist() == ["street", "lane", "lane", "trunk", None]
    assert found.good["width_m"].to_pylist() == [9, 6, 7.5, 32, None]
    assert set(found.good["theme"].to_pylist()) == {"road"}
    assert found.noticed == {"width: not known of roads of no kind": 1}
    assert found.faulty == []


def test_every_fault_of_a_feature_is_named(tmp_path):
    bow = shapely.Polygon([(120.3, 31.7), (120.31, 31.71), (120.31, 31.7), (120.3, 31.71)])
    good = shapely.box(120.3, 31.7, 120.31, 31.71)
    shapes = [good, bow, None, shapely.box(500, 31, 501, 32), shapely.Polygon(), good]
    path = gpkg(tmp_path / "map.gpkg", shapes, wide=["3", "x", "-1", "2", "", "nan"])
    found = read(path, MAP + 'theme = "built_up"\n[columns]\nwidth = "wide"\n', read_features, geometry=True)
    assert found.good["row_no"].to_pylist() == [1, 6]
    told = {row.row_no: row.reasons for row in found.faulty}
    assert {n: [reason.split(":")[0] for reason in reasons] for n, reasons in told.items()} == {
        2: ["bad width", "invalid geometry"],
        3: ["bad width", "no geometry"],
        4: ["impossible coordinates"],
        5: ["no geometry"],
    }
    assert "Self-intersection" in told[2][1]


def test_a_feature_of_a_file_without_columns_can_have_faults(tmp_path):
    bow = shapely.Polygon([(120.3, 31.7), (120.31, 31.71), (120.31, 31.7), (120.3, 31.71)])
    path = gpkg(tmp_path / "map.gpkg", [bow, shapely.box(120.3, 31.7, 120.31, 31.71)])
    found = read(path, MAP + 'theme = "built_up"\n', read_features, geometry=True)
    assert found.good["row_no"].to_pylist() == [2]
    assert [(row.row_no, row.reasons[0].split(":")[0], row.raw) for row in found.faulty] == [
        (1, "invalid geometry", {})
    ]


def test_a_theme_is_that_of_the_word_or_of_the_file(tmp_path):
    shape = shapely.box(120.3, 31.7, 120.31, 31.71)
    path = gpkg(tmp_path / "map.gpkg", [shape] * 4, is_a=["水系", "residential", "poi", "meadow"])
    text = MAP + '[columns]\ntheme = "is_a"\n[values.theme]\nresidential = "built_up"\n'
    found = read(path, text, read_features, geometry=True)
    assert found.good["theme"].to_pylist() == ["water", "built_up", "poi"]
    assert [(row.row_no, row.reasons) for row in found.faulty] == [(4, ["unknown theme: 'meadow'"])]
    other = read(path, text.replace("[columns]", 'theme = "other"\n[columns]'), read_features, geometry=True)
    assert other.good["theme"].to_pylist() == ["water", "built_up", "poi", "other"]


def test_a_declared_datum_is_undone_and_heights_are_dropped(tmp_path):
    line = shapely.LineString([(120.3, 31.7, 5.0), (120.31, 31.7, 6.0)])
    path = gpkg(tmp_path / "map.gpkg", [line])
    found = read(path, MAP.replace("WGS84", "GCJ-02") + 'theme = "road"\n', read_features, geometry=True)
    (shape,) = shapely.from_wkb(found.good["geom"].to_pylist())
    assert not shape.has_z
    metres = np.hypot(*(np.array(shape.coords[0]) - (120.3, 31.7)) * (94_700, 110_900))
    assert 300 < metres < 700
    assert (found.x[0], found.y[0]) == (120.3, 31.7)


def test_the_same_feature_has_the_same_hash_and_another_another(tmp_path):
    road = shapely.LineString([(120.3, 31.7), (120.31, 31.7)])
    path = gpkg(tmp_path / "map.gpkg", [road, road, road.reverse(), road], what=["a", "a", "a", "b"])
    hashes = read(path, MAP + 'theme = "road"\n[columns]\nkind = "what"\n', read_features, geometry=True).good[
        "row_hash"
    ]
    assert hashes[0] == hashes[1]
    assert len(set(hashes.to_pylist())) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MAP, "say what the features are"),
        (MAP + 'theme = "roads"\n', "not a theme.*did you mean `road`"),
        (MAP.replace('datum = "WGS84"\n', "") + 'theme = "road"\n', "`datum` is missing"),
        (MAP + 'theme = "road"\n[widths]\nlane = 6\n', "go by kind"),
        (MAP + 'theme = "road"\n[columns]\nkind = "k"\n[widths]\nlane = -6\n', "widths.lane"),
        (MAP + '[columns]\ntheme = "t"\n[values.theme]\nx = "y"\n', "not a theme"),
        (PLAN + '[columns]\ncode = "c"\nname = "n"\n', "`plan` is missing"),
        (PLAN + 'plan = "routes"\n[columns]\ncode = "c"\nname = "n"\nvisits_a_week = "v"\n', "does not belong to routes"),
        (PLAN + 'plan = "checkpoints"\n[columns]\ncode = "c"\nname = "n"\nwindows = "v"\n', "does not belong to checkpoints"),
        ('kind = "devices"\ntown = "t"\nsource = "s"\n[columns]\ndevice = "d"\n[personal]\ndevice = "drop"\n', "no device"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_followed_is_refused(text, said):
    with pytest.raises(MappingError, match=said):
        parse_mapping(text)


def test_the_layer_of_a_map_is_its_table_or_its_theme():
    assert parse_mapping(MAP + 'theme = "road"\n').part == "road"
    assert parse_mapping(MAP + 'theme = "road"\n[file]\ntable = "streets"\n').part == "streets"
    assert parse_mapping(MAP + 'theme = "road"\nlayer = "own"\n[file]\ntable = "streets"\n').part == "own"


# ---------------------------------------------------------------------------------------------------------------------
# Plans


def routes(tmp_path: Path, text: str = ROUTES, **columns: list[Any]) -> tuple[list[dict[str, Any]], list[Fault]]:
    n = max(len(cells) for cells in columns.values())
    given = {
        "code": [f"R{k}" for k in range(n)],
        "name": ["way"] * n,
        "days": [""] * n,
        "hours": [""] * n,
        "wkt": [LINE] * n,
    }
    faults: list[Fault] = []
    path = csv(tmp_path / "routes.csv", **given | columns)
    return read(path, text, read_routes, geometry=False, faults=faults).to_pylist(), faults


def test_weekdays_are_read_as_numbers_and_as_words(tmp_path):
    told = ["5,3,1", "周一、周三", "六日", "Mon/Tue", "星期天", "135", "", "工作日"]
    text = ROUTES + '[values.weekdays]\n"工作日" = "1,2,3,4,5"\n'
    rows, faults = routes(tmp_path, text, days=told)
    assert faults == []
    assert [row["weekdays"] for row in rows] == [
        [1, 3, 5],
        [1, 3],
        [6, 7],
        [1, 2],
        [7],
        [1, 3, 5],
        None,
        [1, 2, 3, 4, 5],
    ]
    assert set(WEEKDAYS.values()) == set(range(1, 8))


def test_windows_are_read_and_written_alike(tmp_path):
    told = ["14:00-16:00,8:30-10:30", "08:30—10:30；14:00至16:00", "22:00-02:00", "18:00-24:00", ""]
    rows, faults = routes(tmp_path, hours=told)
    assert faults == []
    both = ["08:30-10:30", "14:00-16:00"]
    assert [row["windows"] for row in rows] == [both, both, ["22:00-02:00"], ["18:00-24:00"], None]


def test_what_a_route_cannot_be_is_a_fault_with_its_row(tmp_path):
    days = ["0", "8", "每天", *[""] * 8]
    hours = ["", "", "", "8-10", "25:00-26:00", "08:00-08:00", "08:00-10:00 or later", *[""] * 4]
    wkt = [
        *[LINE] * 7,
        "POINT (120.3 31.7)",
        "MULTILINESTRING ((0 0, 1 1), (5 5, 6 6))",
        "nonsense",
        "LINESTRING (1 200, 2 200)",
    ]
    _, faults = routes(tmp_path, days=days, hours=hours, wkt=wkt)
    assert [fault.row_no for fault in sorted(faults)] == list(range(2, 13))
    said = {fault.row_no: fault.said for fault in faults}
    assert all("1 = Monday" in said[row] for row in (2, 3, 4))
    assert all("expected times" in said[row] or "begins and ends" in said[row] for row in (5, 6, 7, 8))
    assert "2 parts that do not meet" in said[10]
    assert said[12] == "no place on earth"


def test_parts_whose_ends_meet_are_one_line(tmp_path):
    rows, faults = routes(
        tmp_path, wkt=["MULTILINESTRING ((120.30 31.70, 120.31 31.70), (120.31 31.70, 120.31 31.71))"]
    )
    assert faults == []
    assert shapely.from_wkb(rows[0]["geom"]).wkt == "LINESTRING (120.3 31.7, 120.31 31.7, 120.31 31.71)"


def test_checkpoints_want_a_place_and_visits_above_none(tmp_path):
    text = PLAN + 'plan = "checkpoints"\n[columns]\ncode = "c"\nname = "n"\nvisits_a_week = "v"\nlon = "x"\nlat = "y"\n'
    path = csv(tmp_path / "points.csv", c=["a", "b", "", "d"], n=["A", "B", "C", "D"], v=[5, 0, 2, None],
               x=[120.3, 120.3, None, 120.3], y=[31.7, 31.7, None, 231.7])  # fmt: skip
    faults: list[Fault] = []
    table = read(path, text, read_checkpoints, geometry=False, faults=faults)
    assert sorted((fault.row_no, fault.said.split()[0]) for fault in faults) == [
        (3, "visits_a_week"),
        (4, "no"),
        (4, "no"),
        (5, "no"),
    ]
    assert table["visits_a_week"].to_pylist()[0] == 5
    assert shapely.from_wkb(table["geom"][0].as_py()).wkt == "POINT (120.3 31.7)"


def test_polygons_are_no_checkpoints(tmp_path):
    path = gpkg(tmp_path / "grids.gpkg", [shapely.box(0, 0, 1, 1)], c=["a"], n=["A"])
    text = PLAN + 'plan = "checkpoints"\n[columns]\ncode = "c"\nname = "n"\n'
    with pytest.raises(SourceError, match="polygons or lines where points were expected"):
        read(path, text, read_checkpoints, geometry=True, faults=[])


# ---------------------------------------------------------------------------------------------------------------------
# Devices


def test_devices_and_holders_become_the_pseudonyms_of_tracks_and_roster(tmp_path):
    path = csv(
        tmp_path / "devices.csv", d=["T1", "T2", "", "T4"], h=["张　三", "P0001", "P2", None], s=["10", "0", "5", ""]
    )
    mapping = parse_mapping(
        'kind = "devices"\ntown = "t"\nsource = "s"\n[columns]\ndevice = "d"\nholder = "h"\nstep = "s"\n'
    )
    faults: list[Fault] = []
    with open_source(path, mapping.file, mapping.source_columns()) as source:
        (batch,) = source.batches(10)
        rows = read_devices(batch, mapping, faults).to_pylist()
    assert [row["device"] for row in rows] == [pseudonym("T1"), pseudonym("T2"), None, pseudonym("T4")]
    assert [row["holder"] for row in rows] == [pseudonym("张三"), pseudonym("P0001"), pseudonym("P2"), None]
    assert [row["step_s"] for row in rows] == [10, 0, 5, None]
    assert sorted(faults) == [(3, "step is not a number of seconds above 0"), (4, "no device")]


def test_the_demo_town_says_of_its_roads_what_it_is_drawn_by():
    """The mapping tells usual widths; the scenario draws, and counts land to patrol, by the same."""
    drawn = tomllib.loads((SCENARIO / "land.toml").read_text("utf-8"))["width"]
    told = {}
    for name in ("map_roads", "map_waters"):
        told |= read_mapping(SCENARIO / "mappings" / f"{name}.toml").widths  # type: ignore[attr-defined]
    assert told == drawn

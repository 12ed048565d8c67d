"""The mappings we ship can be followed, and say of their files what the files say themselves.

The files of data/mappings are published elsewhere, in the folder of real data; those of data/small_town are ours.
"""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gridgov.crs import parse_datum, to_wgs84
from gridgov.resources import resource
from gridgov.sources.mapping import FileLayout, IncidentMapping, Mapping, read_mapping
from tests.support import SMALL_TOWN, SMALL_TOWN_FILES

PUBLISHED = {
    "chicago_beats": "chicago/police_beats.geojson",
    "chicago_community_areas": "chicago/community_areas.geojson",
    "chicago_311_sanitation": "chicago/chicago_311_sanitation_2011_2014.csv.gz",
    "tainan_1999": "tainan/tainan_1999_2015.csv",
    "xuxiake_places": "china/xuxiake_villages_2016.csv",
    "san_francisco_neighbourhoods": "san_francisco/san-francisco.geojson",
    "yuncheng_components": "china/yuncheng_component_standards.csv",
    "yuncheng_digital_components": "china/yuncheng_case_standards.xlsx",
    "yuncheng_digital_events": "china/yuncheng_case_standards.xlsx",
    "geolife_demo": "tracks/geolife_demo.gpkg",
    "ranger_patrol": "tracks/ranger_patrol.gpx",
    "syracuse_ploughs": "tracks/syracuse_plow_points.geojson",
    "san_francisco_vehicles": "san_francisco/vehicle_tracks/new_abboip.txt",
}
OURS = {name: file for name, (_, file) in SMALL_TOWN_FILES.items()}


def small_town(name: str) -> Mapping:
    return read_mapping(SMALL_TOWN / f"{name}.toml")


def table(path: Path) -> pd.DataFrame:
    """A CSV as it stands: all text, nothing taken for null."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def columns_of(path: Path, layout: FileLayout = FileLayout()) -> set[str]:  # noqa: B008  it is frozen
    if path.suffix in (".geojson", ".gpkg"):
        return set(pyogrio.read_info(path)["fields"])
    if path.suffix == ".gpx":
        return {"lon", "lat", "time"} if "<trkpt lat=" in path.read_text("utf-8") else set()
    if not layout.header_row:
        row = pd.read_csv(path, nrows=1, header=None, sep=layout.delimiter)
        return {str(number) for number in range(1, row.shape[1] + 1)}
    if path.suffix == ".xlsx":
        return set(pd.read_excel(path, layout.sheet, header=layout.header_row - 1, nrows=0, engine="calamine").columns)
    return set(pd.read_csv(path, nrows=0, header=layout.header_row - 1).columns)


def test_every_mapping_that_is_shipped_is_tested_here():
    assert {path.stem for path in resource("data", "mappings").glob("*.toml")} == set(PUBLISHED)
    assert {path.stem for path in SMALL_TOWN.glob("*.toml")} == set(OURS)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_shipped_mapping_parses_and_its_columns_exist(name, realdata):
    mapping = read_mapping(name)
    missing = set(mapping.source_columns()) - columns_of(realdata / PUBLISHED[name], mapping.file)
    assert not missing, f"{PUBLISHED[name]} has no {missing}"


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_shipped_mapping_parses_without_the_data(name):
    mapping = read_mapping(name)
    assert mapping.about.name
    assert mapping.about.time_zone
    assert mapping.about.crs


@pytest.mark.parametrize("name", OURS)
def test_a_mapping_of_the_small_town_parses_and_its_columns_exist(name):
    mapping = small_town(name)
    assert mapping.town == "weijing"
    missing = set(mapping.source_columns()) - columns_of(SMALL_TOWN / OURS[name])
    assert not missing, f"{OURS[name]} has no {missing}"


def test_mappings_of_one_town_say_the_same_of_it():
    mappings = [read_mapping(name) for name in PUBLISHED] + [small_town(name) for name in OURS]
    for mapping in mappings:
        twins = [m.about for m in mappings if m.town == mapping.town]
        assert all(twin == mapping.about for twin in twins), mapping.town


def test_sources_are_named_apart():
    """Case numbers are unique within a source, so two files of two systems never share its code."""
    sources = [read_mapping(name).source for name in PUBLISHED] + [small_town(name).source for name in OURS]
    assert len(set(sources)) == len(sources)


@pytest.mark.parametrize("name", ["chicago_311_sanitation", "tainan_1999"])
def test_every_status_word_of_the_published_files_is_translated(name, realdata):
    mapping = read_mapping(name)
    assert isinstance(mapping, IncidentMapping)
    words = set(table(realdata / PUBLISHED[name])[mapping.columns["status"].from_[0]]) - set(mapping.nulls)
    assert words == set(mapping.values["status"])


def test_chicago_says_duplicate_where_the_city_does():
    mapping = read_mapping("chicago_311_sanitation")
    assert isinstance(mapping, IncidentMapping)
    assert [mapping.says_duplicate(word) for word in ("Open", "Open - Dup", "Completed", "Completed - Dup")] == [
        False, True, False, True,
    ]  # fmt: skip
    assert mapping.state_of("Open - Dup") == "reported"
    assert mapping.state_of("Completed - Dup") == "closed"


def test_chicago_records_codes_that_the_layers_have(realdata):
    """What 311 records as 9.0 is the 09 of the beats; only the districts abolished in 2012 are gone."""
    beats = pyogrio.read_dataframe(realdata / PUBLISHED["chicago_beats"], read_geometry=False)
    areas = pyogrio.read_dataframe(realdata / PUBLISHED["chicago_community_areas"], read_geometry=False)
    cases = table(realdata / PUBLISHED["chicago_311_sanitation"])
    mapping = read_mapping("chicago_311_sanitation")
    assert isinstance(mapping, IncidentMapping)

    def recorded(level: str) -> set[str]:
        spec = mapping.recorded[level]
        text = cases[spec.from_[0]]
        text = text[~text.isin(mapping.nulls)]
        return set(text.str.replace(r"\.0$", "", regex=True).str.zfill(spec.pad or 0))

    area_code = read_mapping("chicago_community_areas").columns["code"]
    codes = set(areas[area_code.from_[0]].astype(str).str.zfill(area_code.pad or 0))
    assert len(codes) == 77
    assert recorded("community:community") == codes
    assert recorded("district") - set(beats.BEAT_NUM.str[:2]) == {"13", "21", "23"}


def test_chicago_beats_hold_the_hierarchy_in_their_codes(realdata):
    """275 beats > 68 sectors > 23 districts, README of the real data; the file's own column agrees on the districts."""
    beats = pyogrio.read_dataframe(realdata / PUBLISHED["chicago_beats"], read_geometry=False)
    lengths = read_mapping("chicago_beats").hierarchy.lengths
    assert [beats.BEAT_NUM.str[:n].nunique() for n in lengths] == [23, 68, 275]
    assert (beats.BEAT_NUM.str[:2].astype(int) == beats.DISTRICT.astype(int)).all()


def test_tainan_has_no_coordinates_and_its_change_time_is_no_closing_time(realdata):
    cases = table(realdata / PUBLISHED["tainan_1999"])
    assert set(cases["lat"]) == set(cases["long"]) == {"0"}
    mapping = read_mapping("tainan_1999")
    assert mapping.datum is None
    assert mapping.columns["closed_at"].when == "closed"
    assert ((cases.updated_datetime != "null") & (cases.status != "已完工")).any(), "or `when` would not be needed"
    assert "{}" not in mapping.nulls, "or 22 cases would lose their status"
    found = cases.service_name.str.extract(str(mapping.columns["category"].extract))[0].dropna()
    assert set(found) == set(mapping.values["category"])


def test_xuxiake_has_a_town_and_21_villages(realdata):
    places = table(realdata / PUBLISHED["xuxiake_places"])
    mapping = read_mapping("xuxiake_places")
    kinds = places["name"].str.extract(str(mapping.columns["kind"].extract))[0].map(mapping.values["kind"])
    assert kinds.value_counts().to_dict() == {"village": 21, "town": 1}
    names = places["name"].str.extract(str(mapping.columns["name"].extract))[0]
    assert names.tolist()[:3] == ["徐霞客镇", "金凤村", "任九房村"]
    assert not names.str.contains("委会").any()


# --- the small town agrees with its own truth ---


@pytest.fixture(scope="module")
def truth() -> dict:
    return json.loads((SMALL_TOWN / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def cases(truth: dict) -> pd.DataFrame:
    """The rows of the small town's cases that can be loaded, the last delivery of each, with the point in WGS84."""
    rows = table(SMALL_TOWN / "incidents.csv.gz")
    assert len(rows) == truth["incidents"]["rows"]["read"]
    bad = [row["line"] - 2 for row in truth["incidents"]["quarantine"]]
    rows = rows.drop(index=bad).drop_duplicates("案件编号", keep="last")
    x, y = (pd.to_numeric(rows[name]).to_numpy(float) for name in ("经度", "纬度"))
    lon, lat = to_wgs84(x, y, parse_datum(str(small_town("incidents").datum)))
    return rows.assign(lon=lon, lat=lat)


def test_the_small_town_stays_small():
    assert sum(path.stat().st_size for path in SMALL_TOWN.iterdir() if path.is_file()) < 900_000


def test_the_small_town_is_a_coverage_of_the_size_it_says(truth):
    grids = gpd.read_file(SMALL_TOWN / "grids.geojson")
    assert len(grids) == truth["grids"]["features"] == grids.code.nunique() == 36
    assert grids.is_valid.all()
    assert shapely.coverage_is_valid(grids.geometry.values)
    assert grids.code.str[:12].nunique() == truth["grids"]["villages"] == 6
    assert (grids.village == grids.code.str[:12]).all()
    metric = grids.to_crs(str(small_town("grids").about.crs))
    assert metric.area.sum() == pytest.approx(truth["town"]["area_m2"], abs=1)
    whole = metric.union_all()
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert metric.area.sum() - whole.area == pytest.approx(0, abs=0.01)


def test_the_small_towns_other_files_name_its_grids(truth):
    grids = gpd.read_file(SMALL_TOWN / "grids.geojson")
    exposure = table(SMALL_TOWN / "exposure.csv")
    assert len(exposure) == truth["exposure"]["rows"]
    assert exposure.groupby("counted_on").grid_code.agg(set).map(set(grids.code).__eq__).all()
    residents = exposure.residents.astype(int).groupby(exposure.counted_on).sum()
    assert residents.to_dict() == truth["exposure"]["residents"]
    places = table(SMALL_TOWN / "villages.csv")
    assert set(places.code) == {truth["town"]["code"], *grids.village}
    lon, lat = to_wgs84(places.gcj_lon.astype(float), places.gcj_lat.astype(float), parse_datum("GCJ-02"))
    towns = grids.dissolve("village").geometry
    for code, point in zip(places.code[1:], shapely.points(lon, lat)[1:], strict=True):
        assert towns[code].contains(point), code
    for mapping in (small_town("grids"), small_town("dedicated")):
        assert mapping.hierarchy.root.code == truth["town"]["code"]


def test_the_small_towns_cases_lie_where_the_truth_says(cases, truth):
    """make.py shifts by its own GCJ-02, gridgov.crs undoes it: the two agree to the grid on every point."""
    expected = truth["incidents"]
    assert len(cases) == expected["rows"]["loaded"]
    rows = expected["rows"]
    assert rows["read"] == sum(count for name, count in rows.items() if name != "read")
    placed = cases[cases.lon.notna()]
    assert len(cases) - len(placed) == expected["place_status"]["unlocated"]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(placed.lon, placed.lat), crs=4326)
    for layer, counts in (("grids", expected["by_grid"]), ("dedicated", expected["by_dedicated"])):
        polygons = gpd.read_file(SMALL_TOWN / f"{layer}.geojson")[["code", "geometry"]]
        found = gpd.sjoin(points, polygons, predicate="intersects")
        assert found.index.is_unique
        assert found.groupby("code").size().to_dict() == counts
        if layer == "grids":
            assert len(points) - len(found) == expected["place_status"]["outside"]


def test_the_small_towns_words_are_all_translated(cases):
    mapping = small_town("incidents")
    assert set(cases["案件状态"]) <= set(mapping.values["status"])
    assert set(cases["案件类型"]) == set(mapping.values["track"])


def test_the_small_towns_open_and_late_cases_add_up(cases, truth):
    expected = truth["incidents"]
    reported, closed, due = (pd.to_datetime(cases[c], errors="coerce") for c in ("上报时间", "结案时间", "处置时限"))
    assert reported.notna().all()
    assert not (closed < reported).any()
    for day, count in expected["open_at_end_of"].items():
        end = pd.Timestamp(day) + pd.Timedelta(days=1)
        assert ((reported < end) & ~(closed < end)).sum() == count, day
    still = closed.isna()
    assert (still & (due < end)).sum() == expected["overdue_at_end"]
    is_sent = cases["案件类型"] == "流转件"
    assert (due.notna() == is_sent).all(), "only dispatched cases have a deadline"
    cohort = is_sent & (due < end) & (cases["案件状态"] != "不予立案")
    assert [cohort.sum(), (closed <= due)[cohort].sum()] == list(expected["due_cohort"].values())
    assert 0.75 <= (~is_sent).mean() <= 0.78
    assert 0.86 <= np.divide(*list(expected["due_cohort"].values())[::-1]) <= 0.90

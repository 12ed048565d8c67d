"""Real, published files and the small town that ships with gridgov: the numbers they are known to give."""

import json
import random
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov import crs
from gridgov.pipelines.kinds import load
from gridgov.pipelines.report import LoadReport, sentence
from gridgov.questions import open_town
from gridgov.sources.mapping import read_mapping
from tests.support import SMALL_TOWN, counts, digests, load_small_town, query, stages

TRUTH = json.loads((SMALL_TOWN / "truth.json").read_text("utf-8"))


def load_shipped(kind: str, path: Path, mapping: str) -> LoadReport:
    return load(kind, path, read_mapping(mapping))


@pytest.mark.slow
def test_chicago(database, realdata):
    """The numbers of the issue; they were counted with GEOS and pandas before any of this was written."""
    folder = realdata / "chicago"
    beats = load_shipped("grids", folder / "police_beats.geojson", "chicago_beats")
    assert beats.facts["grids"]["by_level"] == [1, 23, 68, 275]
    assert beats.facts["topology"]["overlaps"] == []
    assert beats.facts["topology"]["max_overlap_m2"] < 1
    assert beats.facts["topology"]["multipart"] == ["3100"]
    areas = load_shipped("grids", folder / "community_areas.geojson", "chicago_community_areas")
    assert areas.facts["grids"]["by_level"] == [1, 77]

    cases = folder / "chicago_311_sanitation_2011_2014.csv.gz"
    report = load_shipped("incidents", cases, "chicago_311_sanitation")
    assert sentence(report) == "74,401 read = 74,026 loaded + 372 updated + 3 duplicate"
    assert report.facts["cases"] == {"total": 74_026, "located": 73_844, "outside": 158, "unlocated": 24}
    agreement = report.facts["agreement"]
    assert round(agreement["district"]["agree_share"], 3) == 0.967
    assert round(agreement["community:community"]["agree_share"], 3) == 0.986
    assert len(query("SELECT FROM gridgov.case_revision")) == 372

    before = digests()
    again = load_shipped("incidents", cases, "chicago_311_sanitation")
    assert sentence(again) == "74,401 read = 74,401 unchanged"
    assert digests() == before
    assert stages() == []

    town = open_town("chicago")
    backlog = town.ask("backlog", as_of="2013-07-01")
    assert backlog.frame["n_open"].tolist() == [836]
    for by in ("city", "district", "sector", "beat", "community", "channel", "duplicate"):
        assert town.ask("backlog", by=by, as_of="2013-07-01").frame["n_open"].sum() == 836, by
    flow = town.ask("flow", by="day", since="2013-06-01", until="2013-07-01", as_of="2013-07-01").frame
    assert town.ask("backlog", as_of="2013-05-31").frame["n_open"].sum() + flow["n_net"].sum() == 836
    assert len(flow) == 31

    reported, completed, district = chicago_cases(cases, folder / "police_beats.geojson")
    begin, end = reported.min(), max(reported.max(), completed.max())
    for day in [begin, end, *chance_days(begin, end, 20)]:
        is_open = (reported <= day) & (completed.isna() | (completed > day))
        assert town.ask("backlog", as_of=day.date()).frame["n_open"].tolist() == [is_open.sum()], day
        parts = town.ask("backlog", by="district", as_of=day.date()).frame
        counted = dict(zip(parts["grid_code"].fillna(parts["place_status"]), parts["n_open"], strict=True))
        assert {code: n for code, n in counted.items() if n} == district[is_open].value_counts().to_dict(), day


def chicago_cases(path: Path, beats: Path) -> tuple[pd.Series, pd.Series, pd.Series]:
    """The cases of the published file with pandas alone: days of report and completion (NaT = none), and district.

    A request that stands twice is what its last row says; the district is the first two digits of the beat it lies in.
    """
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).drop_duplicates("Service_Request_Number", keep="last")
    rows = rows.reset_index(drop=True)
    reported, completed = (pd.to_datetime(rows[name], format="%Y-%m-%d", errors="coerce")
                           for name in ("Creation_Date", "Completion_Date"))  # fmt: skip
    lon, lat = (pd.to_numeric(rows[name], errors="coerce") for name in ("Longitude", "Latitude"))
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat, crs="EPSG:4326"))
    land = gpd.read_file(beats)[["BEAT_NUM", "geometry"]].to_crs("EPSG:4326")
    lies_in = gpd.sjoin(points, land, predicate="within")["BEAT_NUM"].str[:2]
    district = lies_in.reindex(rows.index).where(lon.notna(), "unlocated").fillna("outside")
    return reported, completed, district


def chance_days(begin: pd.Timestamp, end: pd.Timestamp, n: int) -> list[pd.Timestamp]:
    """Days at random, half of them among the last four years, of which there are most cases."""
    chance = random.Random(4)
    late = end - pd.Timedelta(days=4 * 365)
    return [
        first + pd.Timedelta(days=chance.randrange((end - first).days))
        for first in (begin, late)
        for _ in range(n // 2)
    ]


def test_tainan_without_a_single_coordinate(database, realdata):
    report = load_shipped("incidents", realdata / "tainan" / "tainan_1999_2015.csv", "tainan_1999")
    assert report.loaded == report.read == 1_405
    assert report.facts["cases"] == {"total": 1_405, "located": 0, "outside": 0, "unlocated": 1_405}
    town = open_town("tainan")
    by_place = town.ask("cases", limit=2_000).frame["place_name"].value_counts()
    published = pd.read_csv(realdata / "tainan" / "tainan_1999_2015.csv", dtype=str, keep_default_na=False)
    given = published["area"].replace("null", None).value_counts()
    assert by_place.to_dict() == given.to_dict()
    total = town.ask("backlog").frame["n_open"].sum()
    assert town.ask("backlog", by="place").frame["n_open"].sum() == total > 0
    held = query("SELECT case_no, due_at, due_basis FROM gridgov.case_record").set_index("case_no")
    due = pd.to_datetime(published.set_index("service_request_id")["expected_datetime"]).dt.tz_localize("Asia/Taipei")
    assert (held["due_at"] == due.reindex(held.index)).all()
    assert set(held["due_basis"]) == {"source"}


def test_xuxiake_places_come_from_gcj02(database, realdata):
    path = realdata / "china" / "xuxiake_villages_2016.csv"
    report = load_shipped("places", path, "xuxiake_places")
    assert (report.read, report.loaded) == (22, 22)
    facts = report.facts["places"]
    assert facts["with_coordinates"] == 9, "eight villages and the town"
    assert len(facts["without_coordinates"]) == 13
    assert any("13 without coordinates: 金凤村" in note for note in report.notes)
    stored = query("SELECT code, name, kind, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM gridgov.place").set_index("code")
    assert Counter(stored["kind"]) == {"village": 21, "town": 1}
    given = pd.read_csv(path, dtype={"code": str}).set_index("code").reindex(stored.index)
    assert (stored["lon"].isna() == given["longitude"].isna()).all()
    there = stored["lon"].notna()
    back = crs.from_wgs84(stored["lon"][there], stored["lat"][there], crs.GCJ02)
    assert np.allclose(back[0], given["longitude"][there], atol=1e-9)
    assert np.allclose(back[1], given["latitude"][there], atol=1e-9)
    # The vector of shared/domain.md, section on datums.
    lon, lat = crs.from_wgs84([120.0], [40.0], crs.GCJ02)
    assert (lon[0], lat[0]) == pytest.approx((120.00567568355486, 40.0013047896019), abs=1e-12)
    assert load_shipped("places", path, "xuxiake_places").unchanged == 22


def test_the_small_town_gives_what_its_maker_counted(database):
    reports = load_small_town()
    assert {name: report.read for name, report in reports.items()} == {
        "grids": 36, "dedicated": 3, "places": 7, "exposure": 72, "incidents": 6_635,
    }  # fmt: skip
    tree = query("SELECT g.code, g.level, g.area_m2 FROM gridgov.grid g JOIN gridgov.layer l ON l.id = g.layer_id"
                 " WHERE l.code = 'base' ORDER BY g.code")  # fmt: skip
    assert tree["level"].value_counts().to_dict() == {0: 1, 1: 6, 2: 36}
    areas = tree.set_index("code")["area_m2"]
    assert areas[TRUTH["town"]["code"]] == pytest.approx(TRUTH["town"]["area_m2"], abs=1)
    for village, area in TRUTH["area_m2_by_village"].items():
        assert areas[village] == pytest.approx(area, abs=1)
    assert reports["grids"].facts["topology"]["overlaps"] == reports["grids"].facts["topology"]["gaps"] == []

    told, report = TRUTH["incidents"], reports["incidents"]
    assert report.counts == told["rows"]
    assert report.facts["cases"] == {"total": told["rows"]["loaded"], **told["place_status"]}
    faulty = query("SELECT row_no, reasons, raw FROM gridgov.quarantine ORDER BY row_no")
    assert [(r.row_no, r.raw["案件编号"]) for r in faulty.itertuples()] == [
        (row["line"], row["case_no"]) for row in told["quarantine"]
    ]
    assert all(
        held[0].startswith(row["reason"]) for held, row in zip(faulty["reasons"], told["quarantine"], strict=True)
    )
    twice = query("SELECT c.case_no FROM gridgov.case_revision r JOIN gridgov.case_record c ON c.id = r.case_id")
    assert sorted(twice["case_no"]) == told["delivered_twice"]

    town = open_town("weijing")
    for day, n in told["open_at_end_of"].items():
        assert town.ask("backlog", as_of=day).frame["n_open"].tolist() == [n], day
    last = town.ask("backlog")
    assert last.as_of == max(told["open_at_end_of"])
    assert last.frame["n_overdue"].tolist() == [told["overdue_at_end_not_suspended"]]
    villages = town.ask("backlog", by="village").frame
    assert villages.dropna(subset="grid_code").set_index("grid_code")["n_open"].to_dict() == told["open_by_village"]
    cases = town.ask("cases", limit=10_000).frame
    for column, key in (
        ("grid_code", "by_grid"),
        ("track", "by_track"),
        ("channel", "by_channel"),
        ("category", "by_category"),
        ("status_text", "by_status"),
    ):
        assert cases[column].value_counts().to_dict() == told[key], key
    dedicated = town.ask("cases", limit=10_000, layer="dedicated").frame
    assert dedicated["grid_code"].value_counts().to_dict() == told["by_dedicated"]
    for day, residents in TRUTH["exposure"]["residents"].items():
        assert town.ask("hierarchy", as_of=day).frame["residents"].iloc[0] == residents

    before = digests()
    for name, again in load_small_town().items():
        expected = {"read": again.read, "quarantined": told["rows"]["quarantined"] if name == "incidents" else 0}
        assert again.unchanged + again.quarantined == again.read, name
        assert again.quarantined == expected["quarantined"]
    assert digests() == before
    assert counts()["load_run"] == 10


@pytest.mark.parametrize(
    ("is_in", "declared", "suggested"),
    [
        # The town is 5 km wide and GCJ-02 off by 0.5 km: half of the points must fall out before a datum is doubted,
        # so the shift is told from far away: projected metres read as degrees, and axes the wrong way round.
        (crs.GCJ02.swapped(), "GCJ-02", "GCJ-02, axes swapped"),
        (crs.WGS84.swapped(), "BD-09", "WGS84, axes swapped"),
        (crs.parse_datum("EPSG:4549"), "WGS84", None),
    ],
)
def test_a_datum_wrongly_declared_is_noticed(database, tmp_path, is_in, declared, suggested):
    """The small town's cases rewritten into another datum than the mapping says."""
    load_small_town("grids")
    rows = pd.read_csv(SMALL_TOWN / "incidents.csv.gz", dtype=str, keep_default_na=False).head(400)
    lon, lat = (pd.to_numeric(rows[name], errors="coerce") for name in ("经度", "纬度"))
    x, y = crs.from_wgs84(*crs.to_wgs84(lon, lat, crs.GCJ02), is_in)
    rows["经度"], rows["纬度"] = ([f"{v:.6f}" if np.isfinite(v) else "" for v in axis] for axis in (x, y))
    rows.to_csv(tmp_path / "incidents.csv", index=False)
    mapping = read_mapping(SMALL_TOWN / "incidents.toml").model_copy(update={"datum": declared})
    report = load("incidents", tmp_path / "incidents.csv", mapping)
    note = next(note for note in report.notes if "points fall into the town" in note)
    assert f"under the declared datum {declared}" in note
    if suggested:
        assert f"{suggested} would put 9" in note or f"{suggested} would put 100%" in note
        assert "<" not in note
    else:
        assert "is it the right town?" in note


def test_a_shift_of_half_a_kilometre_is_noticed_where_the_land_is_small(database, tmp_path):
    """GCJ-02 read as WGS84: of a town of three small sites, nearly all cases would lie outside."""
    path = SMALL_TOWN / "dedicated.geojson"
    mapping = read_mapping(SMALL_TOWN / "dedicated.toml").model_copy(update={"layer": "base"})
    load("grids", path, mapping)
    rows = pd.read_csv(SMALL_TOWN / "incidents.csv.gz", dtype=str, keep_default_na=False)
    lon, lat = crs.to_wgs84(*(pd.to_numeric(rows[name], errors="coerce") for name in ("经度", "纬度")), crs.GCJ02)
    sites = shapely.union_all(gpd.read_file(path).geometry.to_numpy())
    rows[shapely.intersects_xy(sites, lon, lat)].to_csv(tmp_path / "incidents.csv", index=False)
    for declared, doubted in (("WGS84", True), ("GCJ-02", False)):
        mapping = read_mapping(SMALL_TOWN / "incidents.toml").model_copy(update={"datum": declared})
        report = load("incidents", tmp_path / "incidents.csv", mapping)
        notes = [note for note in report.notes if "declared datum" in note]
        assert bool(notes) == doubted
        if doubted:
            assert notes[0].endswith("GCJ-02 would put 100% into it: check the `datum` of the mapping.")

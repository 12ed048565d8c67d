"""Tracks as published become fixes: mappings, GPX, lines with times, faults by row, and the real sets."""

import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gridgov.crs import GCJ02, from_wgs84
from gridgov.errors import MappingError, SourceError
from gridgov.resources import resource
from gridgov.schema import FIXES, arrow_schema
from gridgov.sources.mapping import FileLayout, TrackMapping, parse_mapping, read_mapping
from gridgov.sources.personal import pseudonym
from gridgov.sources.reading import gpx, open_source
from gridgov.sources.tracks import TrackBatch, read_fixes

CSV = """
kind = "tracks"
town = "t"
source = "s"
time_zone = "Asia/Shanghai"
datum = "WGS84"

[columns]
device = "dev"
person = "who"
at = "t"
lon = "x"
lat = "y"
accuracy = "acc"
speed = "v"
satellites = "n"
mode = "m"

[units]
speed = "km/h"
accuracy = "m"

[values.mode]
"电单车" = "ebike"

[personal]
device = "pseudonym"
person = "drop"
"""
SHAPES = (
    'kind = "tracks"\ntown = "t"\nsource = "s"\ntime_zone = "UTC"\ndatum = "WGS84"\n[personal]\ndevice = "pseudonym"\n'
)


def mapping_of(text: str) -> TrackMapping:
    mapping = parse_mapping(text)
    assert isinstance(mapping, TrackMapping)
    return mapping


def read(path: Path, mapping: TrackMapping, rows: int = 100_000) -> TrackBatch:
    """A whole file as one batch."""
    parts = []
    with open_source(path, mapping.file, mapping.source_columns(), geometry=mapping.has_shapes) as source:
        for batch in source.batches(rows):
            parts.append(read_fixes(batch, mapping, source.declared_crs, path.name))
    return TrackBatch(
        pa.concat_tables([part.good for part in parts]),
        [row for part in parts for row in part.faulty],
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
        sum((part.noticed for part in parts), Counter()),
    )


def refusal(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------ the mapping


@pytest.mark.parametrize("name", ["rivers", "squads", "workers"])
def test_the_demo_towns_mappings_are_understood(name):
    mapping = read_mapping(resource("data", "scenarios", "xiake", "mappings", f"tracks_{name}.toml"))
    assert isinstance(mapping, TrackMapping)
    assert mapping.gap_s == 300
    assert not mapping.has_shapes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('speed = "v"', 'sped = "v"', "`sped` (did you mean `speed`?)"),
        ('speed = "km/h"', 'speed = "kmh"', "units.speed"),
        ('speed = "km/h"\n', "", "`speed` is mapped, so [units] must say"),
        ('accuracy = "acc"\n', "", "[units] names `accuracy`, which [columns] does not map"),
        ('"电单车" = "ebike"', '"电单车" = "ebikes"', "no way to move (did you mean `ebike`?)"),
        ('device = "pseudonym"\n', "", "`device` is personal"),
        ('person = "drop"\n', "", "`person` is personal"),
        ('device = "pseudonym"\n', 'device = "drop"\n', "would leave no track"),
        ('datum = "WGS84"\n', "", "`datum` is missing"),
        ('time_zone = "Asia/Shanghai"\n', "", "`time_zone` is missing"),
        ('time_zone = "Asia/Shanghai"', 'time_zone = "Asia/Shanghai"\ngap = 3', "unknown key `gap` (did you mean 'gap_s'?)"),
        ('lat = "y"\n', "", "`lon` and `lat` come together"),
        ('at = "t"', 'at = { value = "2020-01-01" }', "each fix has its own time"),
        ('at = "t"', 'at = "@m"', "format = 'epoch_s'"),
        ('satellites = "n"', 'satellites = "who"', "which [personal] hides"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_words(old, new, said):
    assert old in CSV
    assert said in refusal(CSV.replace(old, new, 1))


# -------------------------------------------------------------------------------------------------------- the fixes


def written(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["dev,who,t,x,y,acc,v,n,m", *rows]), "utf-8")
    return path


def test_a_row_becomes_a_fix_in_our_units(tmp_path):
    found = read(written(tmp_path, "D1,P1,2026-11-20 08:00:00.5,120.3,31.7,12.5,36,9,电单车"), mapping_of(CSV))
    assert found.faulty == []
    assert found.good.schema == arrow_schema(FIXES)
    row = found.good.to_pylist()[0]
    assert row["at"].isoformat() == "2026-11-20T00:00:00.500000+00:00"
    assert row | {"at": None} == {
        "row_no": 2, "device": pseudonym("D1"), "person": None, "at": None, "lon": 120.3, "lat": 31.7,
        "accuracy_m": 12.5, "speed_mps": 10.0, "n_satellites": 9, "mode": "ebike",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,2026-11-20 08:00,120,31,,,,", "no device"),
        ("D,,,120,31,,,,", "no time"),
        ("D,,soon,120,31,,,,", "bad date in at: 'soon'"),
        ("D,,2026-11-20,120,31,,,,", "a date without a time: '2026-11-20'"),
        ("D,,2026-11-20 08:00,181,31,,,,", "impossible coordinates: '181, 31'"),
        ("D,,2026-11-20 08:00,120,,,,,", "impossible coordinates: '120, '"),
        ("D,,2026-11-20 08:00,x,31,,,,", "impossible coordinates: 'x, 31'"),
        ("D,,2026-11-20 08:00,0,0,,,,", "no place"),
        ("D,,2026-11-20 08:00,,,,,,", "no place"),
        ("D,,2026-11-20 08:00,120,31,good,,,", "bad number in accuracy: 'good'"),
        ("D,,2026-11-20 08:00,120,31,,fast,,", "bad number in speed: 'fast'"),
    ],
)
def test_each_fault_is_named_and_the_other_rows_stand(tmp_path, row, reason):
    good = "D,,2026-11-20 08:00,120,31,,,,"
    found = read(written(tmp_path, good, row, good), mapping_of(CSV))
    assert found.good["row_no"].to_pylist() == [2, 4]
    assert [(fault.row_no, fault.reasons) for fault in found.faulty] == [(3, [reason])]
    assert found.faulty[0].raw is not None
    assert "D" not in (found.faulty[0].raw["dev"] or ""), "the quarantine holds pseudonyms too"


def test_all_faults_of_a_row_are_named(tmp_path):
    found = read(written(tmp_path, ",,soon,500,31,,,,"), mapping_of(CSV))
    assert len(found.faulty[0].reasons) == 3


def test_what_is_odd_but_no_fault_is_noticed(tmp_path):
    found = read(written(tmp_path, "D,,2026-11-20 08:00,120,31,-1,-1,-1,on skates"), mapping_of(CSV))
    row = found.good.to_pylist()[0]
    assert (row["accuracy_m"], row["speed_mps"], row["n_satellites"], row["mode"]) == (-1.0, None, None, None)
    assert dict(found.noticed) == {"speed: below 0, left out": 1, "mode: word not in the mapping: on skates": 1}


@pytest.mark.parametrize(("unit", "metres"), [("m/s", 1.0), ("km/h", 1 / 3.6), ("knots", 0.514444), ("mph", 0.44704)])
def test_units_of_speed(tmp_path, unit, metres):
    mapping = mapping_of(CSV.replace("km/h", unit))
    found = read(written(tmp_path, "D,,2026-11-20 08:00,120,31,,10,,"), mapping)
    assert found.good["speed_mps"].to_pylist()[0] == pytest.approx(10 * metres, rel=1e-5)


def test_the_declared_datum_is_undone(tmp_path):
    lon, lat = from_wgs84([120.3], [31.7], GCJ02)
    row = f"D,,2026-11-20 08:00,{lon[0]},{lat[0]},,,,"
    found = read(written(tmp_path, row), mapping_of(CSV.replace('"WGS84"', '"GCJ-02"')))
    assert found.good["lon"].to_pylist()[0] == pytest.approx(120.3, abs=1e-8)
    assert found.x[0] == pytest.approx(lon[0]), "as written, to judge the datum by"


def test_the_files_name_may_say_whose_track_it_is(tmp_path):
    text = CSV.replace('device = "dev"', 'device = { from = "@file", extract = "^a(.*)$" }')
    path = written(tmp_path, "D,,2026-11-20 08:00,120,31,,,,", "D,,soon,120,31,,,,")
    found = read(path.rename(tmp_path / "a77.x.csv"), mapping_of(text))
    assert found.good["device"].to_pylist() == [pseudonym("77")]
    assert found.faulty[0].raw is not None
    assert found.faulty[0].raw["@file"] == pseudonym("a77"), "hidden in the quarantine too"


def test_parquet_of_the_demo_towns_kind(tmp_path):
    table = pa.table(
        {
            "user_code": ["P1", "P1"], "device_code": ["D1", "D1"], "mode": ["步行", "电动车"],
            "loc_time": pa.array([0, 10_000], pa.timestamp("ms")), "lng": [120.3, 120.3001], "lat": [31.7, 31.7],
            "speed": pa.array([1.0, None], pa.float32()), "accuracy": pa.array([5, 6], pa.float32()),
            "satellites": pa.array([None, 9], pa.int16()),
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "w.parquet")
    mapping = read_mapping(resource("data", "scenarios", "xiake", "mappings", "tracks_workers.toml"))
    assert isinstance(mapping, TrackMapping)
    found = read(tmp_path / "w.parquet", mapping)
    assert found.good["mode"].to_pylist() == ["walk", "ebike"]
    assert found.good["at"].cast(pa.int64()).to_pylist() == [-8 * 3_600_000_000, -8 * 3_600_000_000 + 10_000_000]
    assert found.good["person"].to_pylist() == [pseudonym("P1")] * 2


# ------------------------------------------------------------------------------------------------- lines with times

LINE = SHAPES + '[columns]\ndevice = "d"\nat = "coordTimes"\n'


def geojson(path: Path, *features: tuple[dict, dict | None]) -> Path:
    told = [{"type": "Feature", "properties": said, "geometry": shape} for said, shape in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": told}), "utf-8")
    return path


def line(*xy: tuple[float, float]) -> dict:
    return {"type": "LineString", "coordinates": xy}


def test_a_line_becomes_a_fix_a_vertex(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        ({"d": "A", "coordTimes": ["2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z"]}, line((1, 2), (1.001, 2))),
        ({"d": "B", "coordTimes": ["2026-01-01T00:00:00Z"]}, line((1, 2), (1.001, 2), (1.002, 2))),
        ({"d": "C", "coordTimes": None}, line((1, 2), (1.001, 2))),
        ({"d": "D", "coordTimes": ["2026-01-01T00:00:00Z", "later"]}, line((1, 2), (1.001, 2))),
    )
    found = read(path, mapping_of(LINE))
    rows = found.good.to_pylist()
    assert [(row["row_no"], row["lon"], row["at"].second) for row in rows] == [(1, 1, 0), (1, 1.001, 10), (4, 1, 0)]
    assert {(fault.row_no, *fault.reasons) for fault in found.faulty} == {
        (2, "its line has 3 vertices, and 1 times"),
        (3, "its line has 2 vertices, and 0 times"),
        (4, "bad date in at: 'later'"),
    }


def test_lines_of_several_parts_have_times_of_several_parts(tmp_path):
    shape = {"type": "MultiLineString", "coordinates": [[(1, 2), (1.1, 2)], [(1.2, 2), (1.3, 2)]]}
    times = [["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"], ["2026-01-01T00:00:02Z", "2026-01-01T00:00:03Z"]]
    found = read(geojson(tmp_path / "a.geojson", ({"d": "A", "coordTimes": times}, shape)), mapping_of(LINE))
    assert [at.second for at in found.good["at"].to_pylist()] == [0, 1, 2, 3]
    assert found.good["lon"].to_pylist() == [1, 1.1, 1.2, 1.3]


def test_polygons_are_no_tracks(tmp_path):
    square = {"type": "Polygon", "coordinates": [[(0, 0), (1, 0), (1, 1), (0, 0)]]}
    times = {"d": "A", "coordTimes": ["2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z"]}
    found = read(geojson(tmp_path / "a.geojson", (times, line((1, 2), (1.1, 2))), (times, square)), mapping_of(LINE))
    assert [fault.reasons for fault in found.faulty] == [["its geometry is neither a point nor a line"]]
    with pytest.raises(SourceError, match="polygons or lines where points"):
        read(geojson(tmp_path / "b.geojson", (times, square)), mapping_of(LINE))


def test_the_measure_of_a_line_may_be_its_time(tmp_path):
    wkb = shapely.to_wkb(shapely.from_wkt(["LINESTRING M (1 2 0, 1.001 2 10.5)"]), flavor="iso", output_dimension=4)
    column = {"encoding": "WKB", "geometry_types": ["LineString M"]}
    geo = json.dumps({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}})
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"d": ["A"], "geometry": wkb.tolist()}).replace_schema_metadata({"geo": geo}), path)
    mapping = mapping_of(SHAPES + '[columns]\ndevice = "d"\nat = { from = "@m", format = "epoch_s" }\n')
    found = read(path, mapping)
    assert found.good["at"].cast(pa.int64()).to_pylist() == [0, 10_500_000]
    assert found.good["row_no"].to_pylist() == [1, 1]


# -------------------------------------------------------------------------------------------------------------- GPX

GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1" xmlns:g="http://x/TrackPointExtension/v1">
<metadata><name>ignored</name><time>1999-01-01T00:00:00Z</time></metadata>
<wpt lat="9" lon="9"><time>1999-01-01T00:00:00Z</time></wpt>
<rte><rtept lat="8" lon="8"/></rte>
<trk><name>巡河 &amp; 甲</name><trkseg>
<trkpt lat="31.7" lon="120.3"><ele>4</ele><time>2026-01-01T00:00:00Z</time>
<extensions><g:TrackPointExtension><g:speed>1.5</g:speed></g:TrackPointExtension></extensions></trkpt>
<trkpt lat="31.8" lon="120.4"><time>2026-01-01T00:00:10Z</time></trkpt></trkseg><trkseg>
<trkpt lat="31.9" lon="120.5"/></trkseg></trk>
<trk><trkseg><trkpt lon="120.6"><time> 2026-01-01T00:00:20Z
</time></trkpt></trkseg></trk></gpx>"""
WANTED = ["lon", "lat", "time", "trk.name", "trk.seg", "extensions.speed"]


def points(path: Path, wanted: list[str] = WANTED, rows: int = 1000, **layout: str) -> list[list[str | None]]:
    with open_source(path, FileLayout(**layout), wanted) as source:  # type: ignore[arg-type]
        return [list(row.values()) for batch in source.batches(rows) for row in batch.table.to_pylist()]


def gpx_file(tmp_path: Path, text: str | bytes = GPX, name: str = "a.gpx") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_gpx_gives_the_points_of_tracks_as_written(tmp_path):
    assert points(gpx_file(tmp_path)) == [
        ["120.3", "31.7", "2026-01-01T00:00:00Z", "巡河 & 甲", "1", "1.5"],
        ["120.4", "31.8", "2026-01-01T00:00:10Z", "巡河 & 甲", "1", None],
        ["120.5", "31.9", None, "巡河 & 甲", "2", None],
        ["120.6", None, "2026-01-01T00:00:20Z", None, "3", None],
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("zipped", [False, True])
def test_gpx_in_other_encodings_and_gzip(tmp_path, encoding, zipped):
    text = GPX.replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    path = gpx_file(tmp_path, gzip.compress(text) if zipped else text, "a.gpx.gz" if zipped else "a.gpx")
    assert points(path) == points(gpx_file(tmp_path, name="b.gpx"))


def test_gpx_is_a_stream(tmp_path, monkeypatch):
    monkeypatch.setattr(gpx, "PIECE", 2)
    with open_source(gpx_file(tmp_path), FileLayout(), WANTED) as source:
        batches = list(source.batches(3))
    assert [batch.row_no.tolist() for batch in batches] == [[1, 2, 3], [4]]


def test_gpx_has_geometries_too(tmp_path):
    with open_source(gpx_file(tmp_path), FileLayout(), ["time"], geometry=True) as source:
        assert source.declared_crs == "EPSG:4326"
        (batch,) = source.batches(100)
    assert batch.geometry is not None
    assert [None if p is None else (p.x, p.y) for p in batch.geometry][2:] == [(120.5, 31.9), None]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]><gpx>&a;&b;</gpx>'
)
POINT = '<gpx><trk><trkseg><trkpt lat="1" lon="2">{}</trkpt></trkseg></trk></gpx>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "document type"),
        ('<?xml version="1.0"?><kml></kml>', "it is an XML document"),
        ('<?xml version="1.0"?><!-- <gpx > --><kml></kml>', "begins with 'kml'"),
        (GPX[:700], "cut off or damaged"),
        (GPX.replace("</ele>", "</elf>"), "mismatched tag in line 7"),
        ("<gpx>" + "<a>" * 60 + "</a>" * 60 + "</gpx>", "nested more than 50"),
        (POINT.format("<time>" + "0" * 70_000 + "</time>"), "longer than 65,536 characters"),
        ("<gpx></gpx>", "holds no record"),
    ],
)
def test_bad_gpx_is_refused_in_words(tmp_path, text, said):
    with pytest.raises(SourceError, match=said):
        points(gpx_file(tmp_path, text))


def test_gpx_larger_than_is_good_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(gpx, "MAX_BYTES", 500)
    with pytest.raises(SourceError, match="MB of XML"):
        points(gpx_file(tmp_path))
    monkeypatch.setattr(gpx, "MAX_BYTES", 1 << 30)
    monkeypatch.setattr(gpx, "MAX_HELD", 1 << 20)
    with pytest.raises(SourceError, match="a tag is longer"):
        points(gpx_file(tmp_path, f'<gpx><a b="{"x" * (5 << 20)}"></a></gpx>'))


def test_a_column_that_gpx_does_not_have_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(SourceError, match=r"no column 'tim' \(nearest: 'time'\)"):
        points(gpx_file(tmp_path), ["tim"])


def test_a_gpx_of_the_demo_towns_kind(tmp_path):
    mapping = read_mapping(resource("data", "scenarios", "xiake", "mappings", "tracks_rivers.toml"))
    assert isinstance(mapping, TrackMapping)
    found = read(gpx_file(tmp_path), mapping)
    assert found.good["person"].to_pylist() == [pseudonym("巡河 & 甲")] * 2
    assert [fault.reasons for fault in found.faulty] == [
        ["no time"], ["no device", "impossible coordinates: '120.6, '"],
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------------- real sets


@pytest.mark.parametrize(
    ("name", "files", "n_rows", "n_devices", "hours"),
    [
        ("ranger_patrol", "tracks/ranger_patrol.gpx", 642, 1, (3, 4)),
        ("geolife_demo", "tracks/geolife_demo.gpkg", 5908, 3, (1000, 10_000)),
        ("syracuse_ploughs", "tracks/syracuse_plow_points.geojson", 2387, 26, (0.4, 0.5)),
        ("san_francisco_vehicles", "san_francisco/vehicle_tracks/*.txt", 110_714, 5, (550, 600)),
    ],
)
def test_the_real_sets_are_read_to_the_last_row(realdata, name, files, n_rows, n_devices, hours):
    mapping = read_mapping(name)
    assert isinstance(mapping, TrackMapping)
    parts = [read(path, mapping) for path in sorted(realdata.glob(files))]
    good = pa.concat_tables([part.good for part in parts])
    assert sum(len(part.faulty) for part in parts) == 0
    assert good.num_rows == n_rows
    assert len(good["device"].unify_dictionaries().unique()) == n_devices
    at = good["at"].cast(pa.int64()).to_numpy() / 3.6e9
    assert hours[0] < at.max() - at.min() < hours[1]

"""The quarantine: rows that could not be loaded are kept with all their reasons, shown, taken away, tried again, purged."""

import csv
import json
from datetime import timedelta

import psycopg
import pytest

from gridgov.errors import LoadError, SourceError
from gridgov.pipelines.kinds import load
from gridgov.pipelines.quarantine import export_rows, purge_rows, retry_rows, waiting
from gridgov.sources.mapping import parse_mapping
from gridgov.store import cluster
from tests.support import (
    HEADER,
    contents,
    counts,
    incident_mapping,
    incident_text,
    load_city,
    load_rows,
    point,
    query,
    write_rows,
)

TOWN = "strict"
X, Y = map(str, point(0.5, 0.5))
ROWS = [
    {"no": "C1", "at": "2026-03-01 10:00", "state": "open", "what": "road", "x": X, "y": Y},
    {"no": "C2", "at": "2026-03-01 10:00", "state": "resting", "what": "=1+1", "x": X, "y": Y},
    {"no": "C3", "at": "01/03/2026 11:00", "state": "resting", "what": "tree", "x": X, "y": Y},
    {"no": "", "at": "2026-03-01 10:00", "state": "open", "x": "999", "y": Y},
]
MENDED = 'resting = "suspended"'


def test_a_faulty_row_keeps_its_text_its_line_and_all_its_reasons(database, tmp_path):
    report = load_rows(tmp_path, TOWN, ROWS)
    assert (report.loaded, report.quarantined) == (1, 3)
    assert report.reasons == {
        "unknown status": 2, "bad date in reported_at": 1, "no case number": 1, "impossible coordinates": 1,
    }  # fmt: skip
    rows = waiting(TOWN)
    assert list(rows["row_no"]) == [3, 4, 5]
    assert list(rows["reasons"]) == [
        ["unknown status: 'resting'"],
        ["unknown status: 'resting'", "bad date in reported_at: '01/03/2026 11:00'"],
        ["no case number", f"impossible coordinates: '999, {Y}'"],
    ]
    assert rows["raw"][0] == {**dict.fromkeys(("closed", "due", "version", "unit", "place"), ""), **ROWS[1]}
    assert waiting(None)["id"].tolist() == rows["id"].tolist(), "the only town needs no name"
    assert waiting(TOWN, "another").empty


def test_the_same_faulty_rows_again_are_the_same_entries(database, tmp_path):
    load_rows(tmp_path, TOWN, ROWS)
    before = contents("quarantine")
    load_rows(tmp_path, TOWN, ROWS)
    assert contents("quarantine") == before
    load_rows(tmp_path, TOWN, [*ROWS, ROWS[1]])  # twice in one file: one entry, both rows counted
    assert len(waiting(TOWN)) == 3
    runs = query("SELECT first_run_id, last_run_id FROM gridgov.quarantine")
    assert set(runs["first_run_id"]) == {1}
    assert set(runs["last_run_id"]) == {3}


def test_export_writes_cells_rows_and_reasons(database, tmp_path):
    load_rows(tmp_path, TOWN, ROWS)
    assert export_rows(tmp_path / "rows.csv", TOWN) == 3
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["_row"] for row in written] == ["3", "4", "5"]
    assert written[0]["what"] == "'=1+1", "no spreadsheet takes it for a formula"
    assert written[1]["_reasons"] == "unknown status: 'resting'; bad date in reported_at: '01/03/2026 11:00'"
    assert export_rows(tmp_path / "rows.jsonl", TOWN) == 3
    lines = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text("utf-8").splitlines()]
    assert lines[0]["what"] == "=1+1"
    assert lines[2]["_reasons"][0] == "no case number"
    with pytest.raises(SourceError, match=r"neither \.csv nor \.jsonl"):
        export_rows(tmp_path / "rows.ods", TOWN)


def test_a_retry_with_a_mended_mapping_empties_it(database, tmp_path):
    load_city(tmp_path, TOWN)
    load_rows(tmp_path, TOWN, ROWS[:2])
    with pytest.raises(LoadError, match="There is nothing in quarantine of the source 'other'"):
        retry_rows(incident_mapping(TOWN, source="other"))
    report = retry_rows(incident_mapping(TOWN, more=MENDED))
    assert (report.read, report.loaded, report.quarantined) == (1, 1, 0)
    assert waiting(TOWN).empty
    case = query("SELECT c.state, g.code FROM gridgov.case_record c JOIN gridgov.grid g ON g.id = c.grid_id"
                 " WHERE case_no = 'C2'")  # fmt: skip
    assert case.iloc[0].to_list() == ["suspended", "11"]
    kept = query("SELECT resolved_run_id FROM gridgov.quarantine")
    assert kept["resolved_run_id"].tolist() == [report.run_id], "what became of a row stays on record"
    with pytest.raises(LoadError, match="nothing in quarantine"):
        retry_rows(incident_mapping(TOWN, more=MENDED))


def test_a_retry_that_helps_some_rows_leaves_the_others(database, tmp_path):
    load_rows(tmp_path, TOWN, ROWS)
    report = retry_rows(incident_mapping(TOWN, more=MENDED))
    assert (report.read, report.loaded, report.quarantined) == (3, 1, 2)
    left = waiting(TOWN)
    assert [raw["no"] for raw in left["raw"]] == ["C3", ""]
    assert left["reasons"][0] == ["bad date in reported_at: '01/03/2026 11:00'"], (
        "the reasons are those of the last try"
    )
    retry_rows(incident_mapping(TOWN, more=MENDED))
    assert len(waiting(TOWN)) == 2
    # The row keeps telling where it came from.
    assert list(left["row_no"]) == [4, 5]
    assert set(left["file_name"]) == {query("SELECT file_name FROM gridgov.load_run WHERE id = 1")["file_name"][0]}


def test_a_retry_equals_a_load_with_the_mended_mapping(database, tmp_path):
    load_rows(tmp_path, TOWN, ROWS)
    retry_rows(incident_mapping(TOWN, more=MENDED))
    load_rows(tmp_path, "other", ROWS, more=MENDED)
    held = query("SELECT t.code, c.case_no, c.reported_at, c.state, c.row_hash FROM gridgov.case_record c"
                 " JOIN gridgov.town t ON t.id = c.town_id ORDER BY c.case_no")  # fmt: skip
    one, two = (part.drop(columns="code").reset_index(drop=True) for _, part in held.groupby("code"))
    assert one.equals(two)


def test_rows_whose_place_is_their_file_s_geometry_are_not_retried_without_it(database, tmp_path):
    features = [
        {"type": "Feature", "properties": row, "geometry": {"type": "Point", "coordinates": point(0.5, 0.5)}}
        for row in ({**dict.fromkeys(HEADER, ""), **ROWS[0]}, {**dict.fromkeys(HEADER, ""), **ROWS[1]})
    ]
    path = tmp_path / "cases.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    text = incident_text(TOWN, versioned=False).replace('lon = "x"\nlat = "y"\n', "")
    load_city(tmp_path, TOWN)
    report = load("incidents", path, parse_mapping(text))
    assert (report.facts["cases"]["located"], report.quarantined) == (1, 1)
    with pytest.raises(LoadError, match="geometry of their file"):
        retry_rows(parse_mapping(text + MENDED))
    assert load("incidents", path, parse_mapping(text + MENDED)).counts["loaded"] == 1
    assert query("SELECT place_status FROM gridgov.case_record")["place_status"].tolist() == ["located"] * 2


def test_a_row_fixed_at_its_source_leaves_no_trace_of_doubt(database, tmp_path):
    """The quarantined row stays until it is retried or purged; the case itself is right."""
    load_rows(tmp_path, TOWN, ROWS[:2])
    report = load_rows(tmp_path, TOWN, [ROWS[0], ROWS[1] | {"state": "out"}])
    assert (report.loaded, report.unchanged) == (1, 1)


def test_purge_deletes_what_was_not_seen_for_long(database, tmp_path):
    load_rows(tmp_path, TOWN, ROWS)
    assert purge_rows() == 0
    assert purge_rows(1) == 0
    with psycopg.connect(cluster.database_url()) as connection:
        connection.execute("UPDATE gridgov.load_run SET started_at = started_at - %s", [timedelta(days=200)])
    load_rows(tmp_path, TOWN, ROWS[1:2])  # seen again today
    assert purge_rows(181) == 2
    assert [raw["no"] for raw in waiting(TOWN)["raw"]] == ["C2"]
    assert counts()["load_run"] == 2, "the record of the load stays"


PERSONAL = """
kind = "incidents"
town = "private"
source = "hotline"
time_zone = "Asia/Shanghai"
datum = "WGS84"
[columns]
case_no = "no"
reported_at = "at"
status = "state"
reporter = ["name", "phone"]
address = "address"
place = "home"
lon = "x"
lat = "y"
[values.status]
"open" = "reported"
[personal]
reporter = "pseudonym"
address = "drop"
place = "pseudonym"
"""


def test_no_name_or_number_of_a_person_is_stored_anywhere(database, tmp_path):
    secrets = {"name": "沈阿婆", "phone": "13800138000", "address": "菱市街 7 号", "home": "沈家门"}
    rows = [
        {"no": "C1", "at": "2026-03-01 10:00", "state": "open", **secrets},
        {"no": "C2", "at": "2026-03-01 10:00", "state": "resting", **secrets},
        {"no": "", "at": "never", "state": "resting", "x": "1", **secrets},
    ]
    header = ("no", "at", "state", "x", "y", *secrets)
    mapping = parse_mapping(PERSONAL)
    load("incidents", write_rows(tmp_path / "hotline.csv", rows, header), mapping)
    retry_rows(mapping)
    with psycopg.connect(cluster.database_url()) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'gridgov'")]
        everything = "".join(
            str(row) for name in tables for row in connection.execute(f'SELECT t::text FROM gridgov."{name}" AS t')
        )
    for secret in secrets.values():
        assert secret not in everything
    case = query("SELECT reporter, address, place_name FROM gridgov.case_record").iloc[0]
    assert case["reporter"].startswith("p:")
    assert case["address"] is None
    assert case["place_name"].startswith("p:")


def test_a_retry_does_not_undo_what_a_later_load_said(database, tmp_path):
    row = {"no": "C1", "at": "2026-03-01 10:00", "state": "resting", "what": "road", "x": X, "y": Y}
    load_rows(tmp_path, TOWN, [row], versioned=False)
    load_rows(tmp_path, TOWN, [{**row, "state": "done", "closed": "2026-03-02 09:00"}], versioned=False)
    report = retry_rows(incident_mapping(TOWN, versioned=False, more=MENDED))
    assert (report.superseded, report.updated) == (1, 0)
    assert query("SELECT state FROM gridgov.case_record")["state"].tolist() == ["closed"]
    assert waiting(TOWN).empty


def test_a_large_retry_ends(database, tmp_path):
    """More rows than a bulk window needs: the retry must not wait for tables that it holds itself."""
    load_city(tmp_path, TOWN)
    many = [{**ROWS[1], "no": f"C{i}", "what": "road"} for i in range(10_001)]
    load_rows(tmp_path, TOWN, [*many, ROWS[0] | {"no": "good"}])
    report = retry_rows(incident_mapping(TOWN, more=MENDED))
    assert (report.read, report.loaded) == (10_001, 10_001)
    assert waiting(TOWN).empty


def test_the_same_file_loaded_with_a_mended_mapping_empties_it(database, tmp_path):
    path = write_rows(tmp_path / "cases.csv", ROWS[:2])
    load("incidents", path, incident_mapping(TOWN))
    assert len(waiting(TOWN)) == 1
    load("incidents", path, incident_mapping(TOWN, more=MENDED))
    assert waiting(TOWN).empty


def test_a_file_without_a_single_good_row_is_a_wrong_mapping(database, tmp_path):
    before = counts()
    with pytest.raises(LoadError, match=r"None of the 20 rows .*row 2: unknown status: 'resting'"):
        load_rows(tmp_path, TOWN, [{**ROWS[1], "no": f"C{i}"} for i in range(20)])
    assert {name: n for name, n in counts().items() if name in ("case_record", "case_event", "quarantine")} == {
        name: before[name] for name in ("case_record", "case_event", "quarantine")
    }

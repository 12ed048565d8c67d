"""Rows of a case system become incidents, or say all that is wrong with them."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov import crs
from gridgov.errors import SourceError
from gridgov.schema import INCIDENTS
from gridgov.sources.incidents import IncidentBatch, read_incidents
from gridgov.sources.mapping import parse_mapping
from gridgov.sources.points import read_points
from gridgov.sources.reading import Broken
from tests.support import raw_batch

TEXT = """
kind = "incidents"
town = "t"
source = "s"
time_zone = "America/Chicago"
datum = "WGS84"

[columns]
case_no = "no"
reported_at = "at"
closed_at = "closed"
due_at = "due"
status = "state"
category = "what"
urgent = "urgent"
track = "track"
reporter = "who"
lon = "x"
lat = "y"

[values.status]
"open" = "reported"
"sent" = "dispatched"
"done" = "closed"
"twice" = { state = "closed", duplicate = true }
"void" = "voided"

[values.category]
"Pothole" = "road"

[values.track]
"self" = "self_handled"

[personal]
reporter = "pseudonym"

[keep]
ward = "ward"

[recorded]
district = { from = "district", pad = 2 }
"""
COLUMNS = ("no", "at", "closed", "due", "state", "what", "urgent", "track", "who", "x", "y", "ward", "district")
GOOD = {"no": "A1", "at": "2026-03-01 10:00", "state": "open"}


pytestmark = pytest.mark.usefixtures("key")


def read(*rows: dict, text: str = TEXT, **how) -> IncidentBatch:
    return read_incidents(raw_batch([{**GOOD, **row} for row in rows], COLUMNS, **how), parse_mapping(text))


def one(**row) -> dict:
    """The incident of one good row."""
    found = read(row)
    assert not found.faulty, found.faulty
    return found.good.to_pylist()[0]


def reasons(**row) -> list[str]:
    """What is wrong with one row."""
    found = read(row)
    assert found.good.num_rows + len(found.faulty) == 1
    return found.faulty[0].reasons if found.faulty else []


def test_a_row_becomes_an_incident():
    row = one(
        closed="2026-03-02 09:30", due="2026-03-03", state="twice", what="Pothole", urgent="是", track="self", who="Ann",
        x="-87.6", y="41.9", ward="9.0", district="9",
    )  # fmt: skip
    assert tuple(row) == INCIDENTS
    assert row["row_no"] == 2
    assert row["reported_at"].isoformat() == "2026-03-01T16:00:00+00:00"
    assert row["closed_at"].isoformat() == "2026-03-02T15:30:00+00:00"
    assert row["due_at"].isoformat() == "2026-03-03T06:00:00+00:00"
    assert (row["day_only"], row["state"], row["status_text"], row["is_duplicate"]) == (4, "closed", "twice", True)
    assert (row["category"], row["is_urgent"], row["track"]) == ("road", True, "self_handled")
    assert (row["lon"], row["lat"]) == (-87.6, 41.9)
    assert json.loads(row["extra"]) == {"ward": "9.0"}
    assert json.loads(row["recorded"]) == {"district": "09"}
    assert row["reporter"].startswith("p:")


def test_what_is_not_told_is_null_and_no_fault():
    row = one()
    assert [name for name, value in row.items() if value is None] == [
        "closed_at", "due_at", "updated_at", "track", "is_urgent", "category", "subcategory", "unit", "line", "channel",
        "description", "address", "place_name", "reporter", "recorded", "extra",
    ]  # fmt: skip
    assert np.isnan([row["lon"], row["lat"]]).all()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"no": ""}, ["no case number"]),
        ({"at": ""}, ["no report time"]),
        ({"at": "soon"}, ["bad date in reported_at: 'soon'"]),
        ({"due": "soon"}, ["bad date in due_at: 'soon'"]),
        ({"state": "resting"}, ["unknown status: 'resting'"]),
        ({"state": ""}, ["unknown status: 'None'"]),
        ({"state": "done"}, ["status says ended, but no closing time"]),
        ({"state": "void"}, ["status says ended, but no closing time"]),
        ({"state": "done", "closed": "soon"}, ["bad date in closed_at: 'soon'"]),
        ({"closed": "2026-03-02"}, ["a closing time, but the status says open"]),
        ({"state": "done", "closed": "2026-03-01 09:59"}, ["closed before reported: '2026-03-01 09:59'"]),
        ({"state": "done", "closed": "2026-02-28"}, ["closed before reported: '2026-02-28'"]),
        ({"urgent": "maybe"}, ["urgent is neither yes nor no: 'maybe'"]),
        ({"track": "fast"}, ["unknown track: 'fast'"]),
        ({"x": "200", "y": "41"}, ["impossible coordinates: '200, 41'"]),
        ({"x": "-87.6"}, ["impossible coordinates: '-87.6, '"]),
        ({"x": "-87,6", "y": "41,9"}, ["impossible coordinates: '-87,6, 41,9'"]),
    ],
)
def test_every_fault_has_its_reason(row, expected):
    assert reasons(**row) == expected


def test_all_reasons_of_a_row_are_collected():
    found = reasons(no="", at="soon", due="x", state="resting", urgent="maybe", track="fast", x="999", y="1")
    assert sorted(found) == [
        "bad date in due_at: 'x'", "bad date in reported_at: 'soon'", "impossible coordinates: '999, 1'", "no case number",
        "unknown status: 'resting'", "unknown track: 'fast'", "urgent is neither yes nor no: 'maybe'",
    ]  # fmt: skip


def test_a_closing_on_the_day_of_the_report_is_no_fault():
    """Known to the day only, it is taken as the moment of the report: the case is closed, and never before it is there."""
    row = one(at="2026-03-01 22:30", closed="2026-03-01", state="done")
    assert row["closed_at"] == row["reported_at"]
    assert row["day_only"] == 2
    both = one(at="2026-03-01", closed="2026-03-01", state="done")
    assert both["closed_at"] == both["reported_at"]
    assert both["day_only"] == 3
    later = one(at="2026-03-01", closed="2026-03-01 08:00", state="done")
    assert later["closed_at"].isoformat() == "2026-03-01T14:00:00+00:00"
    assert reasons(at="2026-03-02", closed="2026-03-01 23:00", state="done") == [
        "closed before reported: '2026-03-01 23:00'"
    ]
    # On the day the clocks are set back, which has 25 hours.
    assert reasons(at="2026-11-01 23:30", closed="2026-11-01", state="done") == []


def test_only_good_rows_are_good_and_every_row_is_accounted_for():
    found = read(
        {"no": "A"}, {"no": ""}, {"no": "B", "at": "x"}, {"no": "C"}, broken=[Broken(9, "9 cells instead of 3")]
    )
    assert found.good["case_no"].to_pylist() == ["A", "C"]
    assert found.good["row_no"].to_pylist() == [2, 5]
    assert [(row.row_no, row.reasons[0]) for row in found.faulty] == [
        (9, "9 cells instead of 3"), (3, "no case number"), (4, "bad date in reported_at: 'x'"),
    ]  # fmt: skip
    assert found.faulty[0].raw is None


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "no": st.sampled_from(["A", "", "B"]),
                "at": st.sampled_from(["2026-03-01 10:00", "x", ""]),
                "state": st.sampled_from(["open", "done", "?"]),
                "closed": st.sampled_from(["", "2026-03-02", "2026-02-01", "y"]),
                "x": st.sampled_from(["", "0", "-87.6", "999"]),
                "y": st.sampled_from(["", "0", "41.9"]),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_row_s_reasons_do_not_depend_on_its_neighbours(rows):
    whole = read(*rows)
    assert whole.good.num_rows + len(whole.faulty) == len(rows)
    alone = [read(row) for row in rows]
    faulty = iter(whole.faulty)
    good = iter(whole.good.drop_columns("row_no").to_pylist())
    for single in alone:
        if single.faulty:
            assert next(faulty).reasons == single.faulty[0].reasons
        else:
            expected = single.good.drop_columns("row_no").to_pylist()[0]
            assert repr(next(good)) == repr(expected)


def test_an_unknown_word_is_kept_and_listed():
    found = read({"what": "Pothole"}, {"what": "Graffiti"}, {"what": "Graffiti"}, {"what": None})
    assert found.good["category"].to_pylist() == ["road", "Graffiti", "Graffiti", None]
    assert found.noticed == {"category: word not in the mapping: Graffiti": 2}


def test_clock_changes_are_noticed():
    found = read({"at": "2026-11-01 01:30"}, {"at": "2026-03-08 02:30"}, {"due": "2026-03-08 02:30"})
    assert found.noticed == {
        "reported_at: local times that happened twice, the first taken": 1,
        "reported_at: local times that never were, moved forward": 1,
        "due_at: local times that never were, moved forward": 1,
    }


def test_a_time_that_is_read_only_of_closed_cases():
    text = TEXT.replace('closed_at = "closed"', 'closed_at = { from = "closed", when = "closed" }')
    found = read({"closed": "2026-04-01"}, {"closed": "x"}, {"closed": "2026-04-01", "state": "done"}, text=text)
    assert not found.faulty
    assert [at is None for at in found.good["closed_at"].to_pylist()] == [True, True, False]
    assert found.good["day_only"].to_pylist() == [0, 0, 2]


def test_without_a_status_the_closing_time_says_the_state():
    text = TEXT.replace('status = "state"\n', "")
    text = text[: text.index("[values.status]")] + text[text.index("[values.category]") :]
    found = read({"state": "?"}, {"closed": "2026-03-02"}, text=text)
    assert found.good["state"].to_pylist() == ["reported", "closed"]
    assert found.good["status_text"].to_pylist() == [None, None]


def test_a_deadline_can_be_ignored():
    found = read(
        {"due": "nonsense"}, text=TEXT.replace('datum = "WGS84"', 'datum = "WGS84"\nsource_deadline = "ignore"')
    )
    assert found.good["due_at"].to_pylist() == [None]


# ------------------------------------------------------------------------------------------------------ coordinates


def points(*rows: dict, datum="WGS84", columns='lon = "x"\nlat = "y"', geometry=None, declared=None):
    text = f"""
kind = "incidents"
town = "t"
source = "s"
time_zone = "UTC"
datum = "{datum}"
[columns]
case_no = "no"
reported_at = "at"
{columns}
"""
    return read_points(raw_batch(rows, COLUMNS, geometry=geometry), parse_mapping(text), declared)


def test_zero_and_absent_are_missing_the_impossible_is_bad():
    found = points(
        {"x": "0", "y": "0"}, {}, {"x": "0.0", "y": "0"}, {"x": "0", "y": "51.5"}, {"x": "181", "y": "1"},
        {"x": "1", "y": "91"}, {"x": "1"}, {"x": "a", "y": "1"}, {"x": "120.3", "y": "31.7"},
    )  # fmt: skip
    assert np.isnan(found.lon).tolist() == [True, True, True, False, False, False, True, True, False]
    assert found.bad.tolist() == [False, False, False, False, True, True, True, True, False]
    assert found.shown()[4].as_py() == "181, 1"


@given(lon=st.floats(73.5, 135), lat=st.floats(18, 53.5), datum=st.sampled_from(["GCJ-02", "BD-09"]))
def test_shifted_coordinates_come_back(lon, lat, datum):
    x, y = crs.from_wgs84([lon], [lat], crs.parse_datum(datum))
    found = points({"x": repr(float(x[0])), "y": repr(float(y[0]))}, datum=datum)
    assert found.lon[0] == pytest.approx(lon, abs=1e-8)
    assert found.lat[0] == pytest.approx(lat, abs=1e-8)
    assert (found.x[0], found.y[0]) == (x[0], y[0]), "as written, to judge the datum by"


def test_projected_coordinates_and_those_without_a_place():
    found = points({"x": "500000", "y": "3500000"}, {"x": "1e30", "y": "1e30"}, datum="EPSG:4549")
    assert found.lon[0] == pytest.approx(120.0, abs=1e-6)
    assert found.bad.tolist() == [False, True]


def test_points_in_wkt():
    found = points(
        {"ward": "POINT (120.3 31.7)"}, {"ward": "POLYGON ((0 0, 1 0, 1 1, 0 0))"}, {"ward": "here"}, {"ward": None},
        {"ward": "POINT EMPTY"}, columns='wkt = "ward"',
    )  # fmt: skip
    assert found.lon[0] == 120.3
    assert found.bad.tolist() == [False, True, True, False, False]


def test_points_of_the_file_s_own_geometry():
    shapes = np.array([shapely.Point(120.3, 31.7), None, shapely.Point(0, 0)], dtype=object)
    found = points({}, {}, {}, columns="", geometry=shapes)
    assert np.isnan(found.lon).tolist() == [False, True, True]
    declared = points({}, {}, {}, columns="", datum="file", geometry=shapes, declared="EPSG:4326")
    assert declared.lon[0] == 120.3
    with pytest.raises(SourceError, match="the file declares none"):
        points({}, {}, {}, columns="", datum="file", geometry=shapes)
    with pytest.raises(SourceError, match="polygons or lines where points were expected"):
        points({}, columns="", geometry=np.array([shapely.box(0, 0, 1, 1)], dtype=object))

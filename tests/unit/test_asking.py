"""What people write when they ask becomes instants and answers with a stamp; what cannot be understood is said so."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from gridgov.analytics.periods import Cycle, period
from gridgov.errors import QuestionError
from gridgov.exporting.paper import pdf_of
from gridgov.questions import Answer, definition_of, definitions
from gridgov.questions.asking import day_of, instant, plain_dimensions
from gridgov.questions.moments import told
from gridgov.schema import COLUMNS

ZONES = ("Asia/Shanghai", "America/Chicago", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "UTC")


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)), zone=st.sampled_from(ZONES))
def test_a_day_ends_a_microsecond_before_the_next_begins(day, zone):
    when = instant(day, zone)
    assert when.at.astimezone(ZoneInfo(zone)).date() <= day
    assert (when.at.astimezone(UTC) + timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() > day
    assert (when.on, when.said) == (day, day.isoformat())
    assert instant(day.isoformat(), zone) == when


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), zone=st.sampled_from(ZONES))
def test_an_instant_without_a_zone_is_local_and_one_with_it_is_itself(at, zone):
    local = instant(at, zone)
    assert local.at == at.replace(tzinfo=ZoneInfo(zone))
    assert local.on == at.date()
    aware = at.replace(tzinfo=UTC)
    assert instant(aware, zone).at.astimezone(UTC) == aware  # of other zones Python calls no doubled hour equal
    assert instant(aware, zone).on == aware.astimezone(ZoneInfo(zone)).date()
    assert instant(aware.isoformat(), zone) == instant(aware, zone)


@pytest.mark.parametrize("day_start", [0, 8 * 3600, -7 * 3600])
def test_a_period_is_over_when_its_last_day_has_ended(day_start):
    cycle, zone = Cycle(day_start=day_start), "Asia/Shanghai"
    week = period(date(2026, 3, 29), "week", cycle)
    end = datetime(2026, 3, 30, tzinfo=ZoneInfo(zone)) + timedelta(seconds=day_start)
    microsecond = timedelta(microseconds=1)
    for when, is_over in (
        (date(2026, 3, 28), False),
        (end - timedelta(hours=16), False),  # in the morning of its last day
        (end - 2 * microsecond, False),
        (end - microsecond, True),
        (date(2026, 3, 29), True),
    ):
        assert told(week, instant(when, zone, day_start), zone, cycle)["is_over"] is is_over, when


@pytest.mark.parametrize(
    ("as_of", "day_start", "dated"),
    [
        ("2026-03-29", None, "2026-03-29T23:59:59+08:00"),
        ("2026-03-29", 8 * 3600, "2026-03-30T07:59:59+08:00"),
        ("2026-03-29T08:00:00+08:00", None, "2026-03-29T08:00:00+08:00"),
    ],
)
def test_paper_is_dated_as_of_the_end_of_the_day(as_of, day_start, dated):
    frame = pd.DataFrame({"n_open": [3]})
    meta = {"zone": "Asia/Shanghai", "by": [], "day_start": day_start}
    paper = pdf_of(Answer(frame, definition_of("backlog"), "spring", None, as_of, 1, meta), "en")
    assert PdfReader(io.BytesIO(paper)).metadata.creation_date == datetime.fromisoformat(dated)


@pytest.mark.parametrize(
    "value", ["yesterday", "", "2026-13-01", "2026-02-30", "01.03.2026", "2026-03-01T25:00", "now()"]
)
def test_what_is_no_time_is_refused_in_a_sentence(value):
    with pytest.raises(QuestionError, match=rf"'{value.replace('(', '.').replace(')', '.')}' is neither a day such as"):
        instant(value, "UTC")
    with pytest.raises(QuestionError, match="is not a day such as"):
        day_of(value)


@pytest.mark.parametrize("value", [date(2026, 3, 1), "2026-03-01"])
def test_a_day_is_a_day(value):
    assert day_of(value) == date(2026, 3, 1)


def test_a_moment_is_no_day():
    """A datetime is a date to Python; `since` wants a day, not a moment that would be compared with days."""
    assert type(day_of(datetime(2026, 3, 1, 8))) is date


def test_every_question_is_defined_in_both_languages_and_its_columns_in_the_dictionary():
    for definition in definitions().values():
        for part in ("title", "formula", "numerator", "denominator", "basis", "exclusions", "zero", "adds_up"):
            both = getattr(definition, part)
            assert both.zh.strip(), (definition.id, part)
            assert both.en.strip(), (definition.id, part)
        assert set(definition.columns) <= set(COLUMNS), definition.id
        for lang in ("zh", "en"):
            assert definition.id in definition.explained(lang)


def test_an_unknown_question_names_the_known_ones():
    with pytest.raises(
        QuestionError,
        match=r"no question 'backlock' \(did you mean 'backlog'\?\)\. There are: .*backlog, ",
    ):
        definition_of("backlock")


def test_dimensions_have_a_label_each():
    assert {"category", "unit", "channel", "source", "state", "place_status"} <= set(plain_dimensions())


# ---------------------------------------------------------------------------------------------------------- answers


def answer(frame: pd.DataFrame, **meta) -> Answer:
    return Answer(frame, definition_of("backlog"), "t", None, "2026-03-01", 7, meta)


def test_an_answer_as_json_holds_plain_values():
    frame = pd.DataFrame(
        {
            "grid_code": ["11", None],
            "n_open": pd.Series([3, 0], dtype="int64"),
            "oldest_at": pd.to_datetime(["2026-02-01T00:00Z", None]),
            "open_per_1k": [1.5, float("nan")],
        }
    )
    made = json.loads(answer(frame, zone="UTC", by=None).to_json())
    assert made == {
        "question": "backlog", "version": definition_of("backlog").version,
        "town": "t", "as_of": "2026-03-01", "scope": None, "zone": "UTC",
        "rows": [
            {"grid_code": "11", "n_open": 3, "oldest_at": "2026-02-01T00:00:00+00:00", "open_per_1k": 1.5},
            {"grid_code": None, "n_open": 0, "oldest_at": None, "open_per_1k": None},
        ],
    }  # fmt: skip


def test_an_answer_as_geojson_keeps_rows_without_a_place():
    frame = gpd.GeoDataFrame(
        {"grid_code": ["11", None], "n_open": [3, 2]}, geometry=[shapely.box(0, 0, 1, 1), None], crs="EPSG:4326"
    ).rename_geometry("geom")
    made = json.loads(answer(frame).to_geojson())
    assert [feature["properties"]["n_open"] for feature in made["features"]] == [3, 2]
    assert made["features"][0]["geometry"]["type"] == "Polygon"
    assert made["features"][1]["geometry"] is None
    assert made["question"] == "backlog"


def test_an_answer_without_places_has_geojson_too():
    made = json.loads(answer(pd.DataFrame({"n_open": [3]})).to_geojson())
    assert made["features"] == [{"type": "Feature", "properties": {"n_open": 3}, "geometry": None}]


def test_headings_are_for_people():
    frame = pd.DataFrame({"n_open": [3], "category": ["road"]})
    assert list(answer(frame).headed("zh").columns) == ["在办", "大类"]
    assert "geom" not in answer(gpd.GeoDataFrame(frame, geometry=[None]).rename_geometry("geom")).headed()

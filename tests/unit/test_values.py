"""Cells become values, or are marked; nothing is guessed and nothing vanishes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.sources.mapping import DEFAULT_NULLS, Column
from gridgov.sources.values import as_text, column_numbers, column_text, column_times, column_truths, lookup

ZONES = (
    "Asia/Shanghai", "America/Chicago", "Europe/Berlin", "Europe/Dublin", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Africa/Casablanca", "Asia/Kolkata", "Europe/Moscow", "UTC",
)  # fmt: skip
NULLS = list(DEFAULT_NULLS)


def table(*cells: object, **columns: list) -> pa.Table:
    return pa.table({"a": list(cells), **columns})


def times(*cells: str | None, zone: str = "Asia/Shanghai", **spec: object):
    return column_times(pa.table({"a": pa.array(cells, pa.string())}), Column(**{"from": ["a"], **spec}), NULLS, zone)


def at(read) -> list[datetime | None]:
    return read.at.to_pylist()


# ------------------------------------------------------------------------------------------------------------- times


def test_iso_times_local_and_with_an_offset():
    read = times(
        "2026-03-01 08:00", "2026-03-01T08:00:30", "2026-03-01 08:00:30.25", "2026-03-01T00:00Z",
        "2026-03-01 08:00+08:00", "2026-03-01T08:00:00+0800", "2026-03-01", None, "", "N/A", " 2026-03-01 08:00 ",
    )  # fmt: skip
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    assert at(read) == [
        midnight, midnight.replace(second=30), midnight.replace(second=30, microsecond=250_000), midnight, midnight,
        midnight, midnight - timedelta(hours=8), None, None, None, midnight,
    ]  # fmt: skip
    assert read.day_only.tolist() == [False] * 6 + [True] + [False] * 4
    assert not read.bad.any()


@pytest.mark.parametrize(
    "cell",
    [
        "soon", "2026-13-01", "2026-02-30", "03/01/2026", "01.03.2026", "2026/03/01", "20260301", "2026-3-1", "1772323200",
        "2026-03-01 25:00", "2026-03-01 8:00", "2026年3月1日", "2026-03-01 08:00 PM", "0026-03-01", "1899-12-31", "2200-01-02",
        "9999-12-31", "2026-03", "2026-W09-1", "2026-03-01 08:00 CST", "12:00", "2026-03-01T08:00:00+25:00",
    ],
)  # fmt: skip
def test_what_is_no_iso_time_of_a_plausible_age_is_bad(cell):
    read = times(cell, "2026-03-01")
    assert read.bad.tolist() == [True, False]
    assert at(read)[0] is None


def test_formats_are_tried_in_order_and_nothing_else():
    read = times("01.03.2026 08:00", "2026/03/01", "2026-03-01", format=["%d.%m.%Y %H:%M", "%Y/%m/%d"])
    assert at(read) == [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 2, 28, 16, tzinfo=UTC), None]
    assert read.day_only.tolist() == [False, True, False]
    assert read.bad.tolist() == [False, False, True]
    month_first = times("04/03/2026", format="%m/%d/%Y", zone="UTC")
    assert at(month_first) == [datetime(2026, 4, 3, tzinfo=UTC)]
    with_offset = times("01.03.2026 08:00 +0900", format="%d.%m.%Y %H:%M %z")
    assert at(with_offset) == [datetime(2026, 2, 28, 23, tzinfo=UTC)]


def test_epochs_and_spreadsheet_days():
    assert at(times("1772323200", "x", format="epoch_s")) == [datetime(2026, 3, 1, tzinfo=UTC), None]
    assert at(times("1772323200500", format="epoch_ms")) == [datetime(2026, 3, 1, 0, 0, 0, 500_000, tzinfo=UTC)]
    assert at(times("46082.5", format="excel", zone="UTC")) == [datetime(2026, 3, 1, 12, tzinfo=UTC)]
    assert times("17723232000000", format="epoch_s").bad.tolist() == [True]
    typed = pa.table({"a": pa.array([1772323200, None], pa.int64())})
    assert at(column_times(typed, Column(**{"from": ["a"], "format": "epoch_s"}), NULLS, "UTC"))[1] is None


def test_typed_columns_need_no_format():
    day = column_times(
        pa.table({"a": pa.array([date(2026, 3, 1), None])}), Column(**{"from": ["a"]}), NULLS, "Asia/Shanghai"
    )
    assert at(day) == [datetime(2026, 2, 28, 16, tzinfo=UTC), None]
    assert day.day_only.tolist() == [True, False]
    for unit in ("s", "ms", "us", "ns"):
        local = pa.table({"a": pa.array([datetime(2026, 3, 1, 8), None], pa.timestamp(unit))})
        read = column_times(local, Column(**{"from": ["a"]}), NULLS, "Asia/Shanghai")
        assert at(read) == [datetime(2026, 3, 1, tzinfo=UTC), None]
        assert not read.day_only.any()
        aware = pa.table({"a": pa.array([datetime(2026, 3, 1, 8)], pa.timestamp(unit, "Asia/Tokyo"))})
        assert at(column_times(aware, Column(**{"from": ["a"]}), NULLS, "Asia/Shanghai"))[0] == datetime(
            2026, 3, 1, 8, tzinfo=UTC
        )
    early = pa.table({"a": pa.array([datetime(1024, 3, 1)], pa.timestamp("us"))})
    assert column_times(early, Column(**{"from": ["a"]}), NULLS, "UTC").bad.tolist() == [True]


def test_date_and_time_from_two_columns():
    cells = pa.table({"day": ["2026-03-01", "2026-03-01", None], "hour": ["08:00", None, "08:00"]})
    read = column_times(cells, Column(**{"from": ["day", "hour"]}), NULLS, "Asia/Shanghai")
    assert at(read)[0] == datetime(2026, 3, 1, tzinfo=UTC)
    assert read.day_only.tolist() == [False, True, False]
    assert read.bad.tolist() == [False, False, True]


def test_clocks_set_back_and_forward():
    read = times("2026-11-01 01:30", "2026-03-08 02:30", "2026-03-08 03:00", zone="America/Chicago")
    assert at(read) == [
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),  # the first of the two, on summer time
        datetime(2026, 3, 8, 8, tzinfo=UTC),  # moved to the first instant that exists
        datetime(2026, 3, 8, 8, tzinfo=UTC),
    ]
    assert read.ambiguous.tolist() == [True, False, False]
    assert read.nonexistent.tolist() == [False, True, False]
    given_offset = times("2026-11-01 01:30-06:00", zone="America/Chicago")
    assert not given_offset.ambiguous.any(), "an offset says which of the two it is"
    midnight = times("2018-11-04", zone="America/Sao_Paulo")  # that day began at one o'clock
    assert midnight.day_only.tolist() == midnight.nonexistent.tolist() == [True]
    assert at(midnight) == [datetime(2018, 11, 4, 3, tzinfo=UTC)]


@given(
    zone=st.sampled_from(ZONES),
    local=st.datetimes(datetime(1950, 1, 1), datetime(2037, 1, 1)).map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_local_times_are_those_of_the_zone_database(zone, local):
    """Against the standard library: fold 0 is the first of two; of a gap, the instant at its end."""
    tz = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    exists = first.astimezone(tz).replace(tzinfo=None) == local
    read = times(local.isoformat(" "), zone=zone)
    assert read.ambiguous.tolist() == [exists and first != second]
    assert read.nonexistent.tolist() == [not exists]
    got = at(read)[0]
    if exists:
        assert got == first
    else:
        before = got - timedelta(microseconds=1)
        assert before.astimezone(tz).replace(tzinfo=None) < local < got.astimezone(tz).replace(tzinfo=None)


@given(
    zone=st.sampled_from(ZONES),
    instant=st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)),
)
def test_an_instant_with_its_offset_comes_back(zone, instant):
    """Round trip, whatever zone it was written in; offsets of seconds (before 1900s' standard times) are left out."""
    written = instant.astimezone(ZoneInfo(zone))
    if written.utcoffset().total_seconds() % 60:
        return
    read = times(written.isoformat(), zone="Asia/Shanghai")
    assert at(read) == [instant]
    assert not (read.bad.any() or read.ambiguous.any() or read.nonexistent.any())


@given(st.lists(st.sampled_from(["2026-03-01", "2026-03-01 08:00", "soon", None, "2026-11-01 01:30"]), max_size=12))
def test_times_are_read_cell_by_cell(cells):
    """A column of many is the columns of one, one under the other."""
    whole = times(*cells, zone="America/Chicago")
    for i, cell in enumerate(cells):
        one = times(cell, zone="America/Chicago")
        for name in ("day_only", "bad", "ambiguous", "nonexistent"):
            assert getattr(whole, name)[i] == getattr(one, name)[0]
        assert at(whole)[i] == at(one)[0]


# -------------------------------------------------------------------------------------------------------------- text


def test_text_of_every_type():
    assert as_text(pa.array([" a ", "", None, "\t路\n"])).to_pylist() == ["a", "", None, "路"]
    assert as_text(pa.array([1.0, 2.5, -0.0, None, float("nan")])).to_pylist() == ["1", "2.5", "0", None, None]
    assert as_text(pa.array([1e20, float("inf"), -float("inf"), 2.0**53 - 1])).to_pylist() == [
        "1e+20",
        "inf",
        "-inf",
        "9007199254740991",
    ]
    assert as_text(pa.array([7, None])).to_pylist() == ["7", None]
    assert as_text(pa.array([True, None])).to_pylist() == ["true", None]
    assert as_text(pa.array([date(2026, 3, 1)])).to_pylist() == ["2026-03-01"]
    assert as_text(pa.array([Decimal("9.50")])).to_pylist() == ["9.50"]
    assert as_text(pa.array(["a", None, "a"]).dictionary_encode()).to_pylist() == ["a", None, "a"]
    assert as_text(pa.nulls(2)).to_pylist() == [None, None]
    assert as_text(pa.chunked_array([["a"], ["b"]])).to_pylist() == ["a", "b"]
    assert as_text(pa.array(["a\x00b"])).to_pylist() == ["ab"], "PostgreSQL holds no NUL"


@given(st.floats(allow_nan=False))
def test_a_number_as_text_is_the_same_number(number):
    assert float(as_text(pa.array([number]))[0].as_py()) == number


def test_text_as_the_mapping_says():
    def text(cells, **spec):
        return column_text(pa.table(cells), Column(**spec), NULLS).to_pylist()

    assert text({"a": ["x", "null", "N/A", " ", None]}, **{"from": "a"}) == ["x", None, None, None, None]
    parts = {"a": ["x", "x", None, "nan"], "b": ["1", None, "2", ""]}
    assert text(parts, **{"from": ["a", "b"]}) == ["x 1", "x", "2", None]
    assert text(parts, **{"from": ["a", "b"], "join": "/"}) == ["x/1", "x", "2", None]
    assert text({"a": ["路7号", "none", None]}, **{"from": "a", "extract": r"(\d+)"}) == ["7", None, None]
    assert text({"a": ["9.0", "9.5", "-9.00", "9a", None]}, **{"from": "a", "integer": True}) == [
        "9",
        "9.5",
        "-9",
        "9a",
        None,
    ]
    assert text({"a": ["9.0", "112", None]}, **{"from": "a", "pad": 2}) == ["09", "112", None]
    assert text({"a": [9.0, 12.0, None]}, **{"from": "a", "pad": 2}) == ["09", "12", None]
    assert text({"a": ["x", "y"]}, value="311") == ["311", "311"]


def test_a_lookup_leaves_the_unknown_null():
    words = pa.array(["a", None, "b"])
    assert lookup(words, {"a": "1", "": "0"}).to_pylist() == ["1", "0", None]
    assert lookup(words, {}).to_pylist() == [None, None, None]


# --------------------------------------------------------------------------------------------------- numbers, truths


def test_numbers_and_what_is_none():
    number, bad = column_numbers(
        table("1", " 2.5 ", "1e3", "-7", "", None, "x", "1,5", "inf", "12O.5", "nan"), Column(**{"from": "a"}), NULLS
    )
    assert np.allclose(number, [1, 2.5, 1000, -7, *[np.nan] * 7], equal_nan=True)
    assert bad.tolist() == [False] * 6 + [True] * 4 + [False]
    number, bad = column_numbers(pa.table({"a": pa.array([1, None], pa.int32())}), Column(**{"from": "a"}), NULLS)
    assert np.allclose(number, [1, np.nan], equal_nan=True)
    assert not bad.any()
    number, bad = column_numbers(pa.table({"a": [float("inf"), 2.0]}), Column(**{"from": "a"}), NULLS)
    assert bad.tolist() == [True, False]
    assert np.isnan(number[0])


def test_truths_in_the_words_of_two_languages():
    truth, bad = column_truths(
        table("是", "否", "Yes", "FALSE", "1", "0", "t", "", None, "maybe"), Column(**{"from": "a"}), NULLS
    )
    assert truth.to_pylist() == [True, False, True, False, True, False, True, None, None, None]
    assert bad.tolist() == [False] * 9 + [True]
    truth, bad = column_truths(pa.table({"a": [True, False, None]}), Column(**{"from": "a"}), NULLS)
    assert truth.to_pylist() == [True, False, None]
    assert not bad.any()

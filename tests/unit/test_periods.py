"""Statistical periods: they tile time whatever the town's cycle, days begin at its cut-off, and neighbours are neighbours."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.periods import (
    KINDS,
    Cycle,
    before,
    begin_of,
    beside,
    day_at,
    day_numbers,
    last_full,
    period,
    tiling,
    whole,
    year_before,
)
from gridgov.rules import read_rules

ZONES = ("Asia/Shanghai", "America/Chicago", "Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia")
EPOCH = date(1970, 1, 1)
days = st.dates(date(2005, 1, 1), date(2035, 12, 31))
cycles = st.builds(Cycle, st.integers(0, 6), st.integers(1, 28))
kinds = st.sampled_from(KINDS)
cut_offs = st.integers(-23 * 60, 23 * 60).map(lambda minutes: minutes * 60)


@given(days, kinds, cycles)
def test_periods_tile_time(day, kind, cycle):
    here = period(day, kind, cycle)
    assert here.begin <= day <= here.last
    assert before(here, cycle).end == here.begin
    assert period(here.end, kind, cycle).begin == here.end
    assert period(here.last, kind, cycle) == here


@given(days, cycles)
def test_months_make_quarters_and_quarters_make_years(day, cycle):
    year = period(day, "year", cycle)
    quarters = tiling(year.begin, year.last, "quarter", cycle)
    months = tiling(year.begin, year.last, "month", cycle)
    assert [q.number for q in quarters] == [1, 2, 3, 4]
    assert [m.number for m in months] == list(range(1, 13))
    assert [q.begin for q in quarters] == [m.begin for m in months[::3]]
    assert (quarters[0].begin, quarters[-1].end, year.number) == (year.begin, year.end, year.last.year)


@given(days, kinds, cycles)
def test_a_year_earlier_is_a_year_earlier(day, kind, cycle):
    here = period(day, kind, cycle)
    there = year_before(here, cycle)
    assert 357 <= (here.begin - there.begin).days <= 367
    if kind not in ("day", "week"):
        assert there.number == (here.number - 1 if kind == "year" else here.number)
    if kind == "week":
        assert (here.begin - there.begin).days == 364


@given(days, days, kinds, cycles)
def test_tiling_holds_every_day_once(one, other, kind, cycle):
    since, until = min(one, other), min(max(one, other), min(one, other) + timedelta(900))
    found = tiling(since, until, kind, cycle)
    assert found[0].begin <= since <= found[0].last
    assert found[-1].begin <= until <= found[-1].last
    assert all(a.end == b.begin for a, b in pairwise(found))


@given(days, kinds, cycles)
def test_the_last_full_period_is_over_and_the_next_is_not(day, kind, cycle):
    found = last_full(day, kind, cycle)
    assert found.last <= day < period(found.end, kind, cycle).last


@given(days, st.sampled_from(["day", "month", "quarter", "year"]), cycles, st.sampled_from(["previous", "year_before"]))
def test_a_whole_period_is_compared_with_a_whole_period(day, kind, cycle, which):
    here = period(day, kind, cycle)
    there = (before if which == "previous" else year_before)(here, cycle)
    assert beside(here.begin, here.last, which, kind, cycle) == (there.begin, there.last)
    assert period(here.begin, whole(here.begin, here.last, cycle), cycle).last == here.last


@given(days, kinds, cycles, st.sampled_from(["previous", "year_before"]))
def test_the_begin_of_a_period_is_compared_with_as_many_days(day, kind, cycle, which):
    here = period(day, kind, cycle)
    since, until = beside(here.begin, day, which, kind, cycle)
    there = (before if which == "previous" else year_before)(here, cycle)
    assert since == there.begin
    if day != here.last:
        assert until == min(since + (day - here.begin), there.last)


def test_neighbours_of_days_that_are_no_period():
    since, until = date(2026, 3, 3), date(2026, 3, 12)
    assert beside(since, until, "previous", None) == (date(2026, 2, 21), date(2026, 3, 2))
    assert beside(since, until, "year_before", None) == (date(2025, 3, 3), date(2025, 3, 12))
    assert beside(date(2024, 2, 29), date(2024, 2, 29), "year_before", "day") == (date(2023, 2, 28), date(2023, 2, 28))


@pytest.mark.parametrize(
    ("day", "kind", "cycle", "said"),
    [
        (date(2026, 11, 20), "week", Cycle(), "第47期 (11月16日—22日)"),
        (date(2026, 11, 19), "week", Cycle(week_start=4), "第47期 (11月13日—19日)"),
        (date(2026, 11, 20), "month", Cycle(), "第11期 (11月1日—30日)"),
        (date(2026, 12, 30), "month", Cycle(month_start=26), "第1期 (12月26日—1月25日)"),
        (date(2026, 11, 20), "day", Cycle(), "第324期 (11月20日)"),
        (date(2026, 11, 20), "quarter", Cycle(), "第4期 (10月1日—12月31日)"),
        (date(2026, 11, 20), "year", Cycle(month_start=26), "2026年 (12月26日—12月25日)"),
    ],
)
def test_periods_are_printed_as_briefings_print_them(day, kind, cycle, said):
    assert period(day, kind, cycle).titled() == said


@given(st.lists(st.integers(1_000_000_000, 2_000_000_000), min_size=1, max_size=20), st.sampled_from(ZONES), cut_offs)
def test_the_day_of_an_instant_is_the_one_that_has_begun_and_not_ended(seconds, zone, day_start):
    numbers = day_numbers(seconds, zone, day_start)
    for second, number in zip(seconds, numbers, strict=True):
        at, day = datetime.fromtimestamp(second, UTC), EPOCH + timedelta(int(number))
        assert begin_of(day, zone, day_start) <= at < begin_of(day + timedelta(1), zone, day_start)
        assert day_at(at, zone, day_start) == day


@given(st.integers(1_000_000_000, 2_000_000_000), st.sampled_from(["Asia/Shanghai", "UTC", "Asia/Tokyo"]), cut_offs)
def test_without_summer_time_it_is_the_date_of_the_clock_set_back_by_the_cut_off(second, zone, day_start):
    local = datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=None) - timedelta(seconds=day_start)
    assert EPOCH + timedelta(int(day_numbers([second], zone, day_start)[0])) == local.date()


def test_days_where_clocks_change():
    """Chicago falls back at 02:00 on 2026-11-01: 01:30 comes twice, the day with that cut-off begins with the first."""
    first = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Chicago")).astimezone(UTC)
    seconds = np.array([-1, 0, 3_599, 3_600]) + int(first.timestamp())
    assert (day_numbers(seconds, "America/Chicago", 5_400) - (date(2026, 11, 1) - EPOCH).days).tolist() == [-1, 0, 0, 0]
    assert day_numbers([], "UTC").tolist() == []


def test_the_shipped_cycle_is_the_calendar():
    assert Cycle.of(read_rules()) == Cycle()


def test_numbers_of_periods() -> None:
    assert period(date(2026, 1, 1), "week").number == 1
    assert period(date(2026, 11, 20), "month", Cycle(month_start=26)).begin == date(2026, 10, 26)
    assert period(date(2026, 11, 26), "month", Cycle(month_start=26)).number == 12
    weeks = [period(date(2026, 1, 1) + timedelta(7 * i), "week").number for i in range(51)]
    assert weeks == list(range(1, 52))

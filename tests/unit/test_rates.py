"""Shares, their intervals, funnel limits, and the periods of a town."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.periods import Cycle, before, period, year_before
from gridgov.analytics.rates import funnel, share, wilson

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
cycles = st.builds(Cycle, st.integers(0, 6), st.integers(1, 28))
kinds = st.sampled_from(["day", "week", "month"])


def test_nothing_is_known_of_an_empty_denominator() -> None:
    assert np.isnan(share(0, 0))
    assert all(np.isnan(bound) for bound in (*wilson(0, 0), *funnel(0.9, 0)))


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(part: int, whole: int) -> None:
    low, high = wilson(min(part, whole), whole)
    assert 0 <= low <= share(min(part, whole), whole) <= high <= 1


def test_known_interval() -> None:
    """Newcombe 1998, table I: 81 of 263 at 95 % by the score method."""
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))


@given(st.floats(0.05, 0.95), st.integers(1, 400))
def test_limits_narrow_with_more_cases(common: float, n: int) -> None:
    low, high = funnel(common, np.array([n, 4 * n]), 0.998)
    assert low[0] <= low[1] <= common <= high[1] <= high[0]


@given(days, kinds, cycles)
def test_periods_tile_time(day: date, kind: str, cycle: Cycle) -> None:
    here = period(day, kind, cycle)
    assert here.begin <= day < here.end
    assert before(here, cycle).end == here.begin
    assert period(here.end, kind, cycle).begin == here.end
    assert period(here.end - timedelta(1), kind, cycle) == here


@given(days, kinds, cycles)
def test_a_year_earlier_is_a_year_earlier(day: date, kind: str, cycle: Cycle) -> None:
    here = period(day, kind, cycle)
    there = year_before(here, cycle)
    assert 357 <= (here.begin - there.begin).days <= 367
    if kind != "day":
        assert (here.begin - there.begin).days % 7 == 0 or kind == "month"


def test_numbers_of_periods() -> None:
    assert period(date(2026, 1, 1), "week").number == 1
    assert period(date(2026, 11, 20), "month", Cycle(month_start=26)).begin == date(2026, 10, 26)
    assert period(date(2026, 11, 26), "month", Cycle(month_start=26)).number == 12
    weeks = [period(date(2026, 1, 1) + timedelta(7 * i), "week").number for i in range(51)]
    assert weeks == list(range(1, 52))

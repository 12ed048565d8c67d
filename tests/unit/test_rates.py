"""Shares, their intervals, funnel limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.rates import funnel, share, wilson


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

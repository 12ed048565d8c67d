"""The survival curve against a walk through every time, and figures that were computed with lifelines 0.30."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.survival import kaplan_meier

GOLDEN = {"survival": 0.63, "low": 0.40766246953894764, "high": 0.7882768115823621, "median": 29.0, "mean_20": 15.965}
cases = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60)


def slow(durations: list[tuple[int, bool]]) -> dict[int, float]:
    """The share not ended after each time at which something ended, by walking through the times."""
    share, found = 1.0, {}
    for t in sorted({t for t, ended in durations if ended}):
        at_risk = sum(d >= t for d, _ in durations)
        ended = sum(d == t and e for d, e in durations)
        share *= 1 - ended / at_risk
        found[t] = share
    return found


@settings(deadline=None)
@given(cases)
def test_the_curve_equals_a_walk_through_the_times(durations: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(*np.array(durations).T)
    expected = slow(durations)
    assert list(curve.time) == list(expected)
    assert curve.survival == pytest.approx(list(expected.values()), abs=1e-12)
    assert (
        (curve.low <= curve.survival + 1e-12) & (curve.survival <= curve.high + 1e-12) | (curve.survival == 0)
    ).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 30))
def test_without_open_cases_it_is_the_plain_share_and_mean(ends: list[int], horizon: int) -> None:
    curve = kaplan_meier(ends, np.ones(len(ends), bool))
    assert curve.survival == pytest.approx([np.mean(np.array(ends) > t) for t in curve.time], abs=1e-12)
    assert curve.restricted_mean(horizon) == pytest.approx(np.minimum(ends, horizon).mean(), abs=1e-9)
    assert curve.quantile(0.5) == np.sort(ends)[(len(ends) - 1) // 2]


def test_figures_of_another_implementation() -> None:
    """Drawn with numpy's generator 7; survival, band, median and mean as lifelines gives them."""
    rng = np.random.default_rng(7)
    durations, has_ended = rng.integers(1, 40, 25), rng.random(25) < 0.6
    curve = kaplan_meier(durations, has_ended)
    assert (curve.n, curve.n_ended) == (25, int(has_ended.sum()))
    at = int(np.searchsorted(curve.time, 20, side="right")) - 1
    assert curve.survival[at] == pytest.approx(GOLDEN["survival"], abs=1e-9)
    assert curve.low[at] == pytest.approx(GOLDEN["low"], abs=1e-9)
    assert curve.high[at] == pytest.approx(GOLDEN["high"], abs=1e-9)
    assert curve.quantile(0.5) == GOLDEN["median"]
    assert curve.restricted_mean(20) == pytest.approx(GOLDEN["mean_20"], abs=1e-9)


def test_what_has_not_been_reached_is_not_known() -> None:
    curve = kaplan_meier([1, 2, 3, 4], [True, False, False, False])
    assert np.isnan(curve.quantile(0.5))
    assert np.isnan(curve.restricted_mean(10))
    empty = kaplan_meier([], [])
    assert (empty.n, empty.n_ended) == (0, 0)
    assert np.isnan(empty.quantile(0.5))


@settings(deadline=None)
@given(cases, st.integers(0, 32))
def test_the_share_ended_by_a_time_and_who_was_watched_so_long(durations: list[tuple[int, bool]], time: int) -> None:
    curve, share = kaplan_meier(*np.array(durations).T), slow(durations)
    assert curve.n_known(time) == sum(ended or d >= time for d, ended in durations)
    assert curve.n_watched(time) == sum(d >= time for d, _ in durations)
    ended, low, high = curve.ended_by(time)
    if time > max(d for d, _ in durations) and min(share.values(), default=1.0) > 1e-12:
        assert np.isnan(ended)
        return
    assert ended == pytest.approx(1 - next((s for t, s in reversed(share.items()) if t <= time), 1.0), abs=1e-12)
    assert low - 1e-12 <= ended <= high + 1e-12


@settings(deadline=None)
@given(cases)
def test_the_median_lies_in_its_band(durations: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier(*np.array(durations).T)
    median, (low, high) = curve.quantile(0.5), curve.quantile_band(0.5)
    if not np.isnan(median):
        assert low <= median
        assert np.isnan(high) or median <= high

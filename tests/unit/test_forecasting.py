"""Next week's counts: parts that make the whole, bounds that hold, and tests that knew nothing of what came."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.forecasting import (
    LEAST_WEEKS,
    WEEK,
    day_factors,
    day_kinds,
    interval,
    next_week,
    reconciled,
    summed,
)

sizes = st.floats(0.01, 5_000)


@st.composite
def trees(draw):
    """The levels of a tree of two or three levels: ups, and a forecast of each part of each level."""
    villages = draw(st.integers(1, 5))
    ups = [np.zeros(villages, np.int64)]
    if draw(st.booleans()):
        grids = [village for village in range(villages) for _ in range(draw(st.integers(1, 4)))]
        ups.append(np.array(grids))
    base = [np.array(draw(st.lists(sizes, min_size=n, max_size=n))) for n in (1, *(len(up) for up in ups))]
    return ups, base


def town(weeks=40, grids=12, villages=4, seed=3, spread=0.0):
    """Poisson counts of a town whose workers rest at weekends; ups and the kinds of its days."""
    chance = np.random.default_rng(seed)
    days = weeks * WEEK
    weekday = np.arange(days + WEEK) % WEEK
    is_workday = weekday < 5
    rate = chance.uniform(0.3, 4, grids)[:, None] * np.where(is_workday[:days], 1.2, 0.4)
    if spread:
        rate = rate * np.repeat(chance.gamma(1 / spread, spread, weeks), WEEK)
    ups = [np.zeros(villages, np.int64), np.arange(grids) % villages]
    return chance.poisson(rate).astype(float), ups, day_kinds(weekday, is_workday)


# ------------------------------------------------------------------------------------------------------ the levels agree


@given(trees())
def test_parts_add_up_and_none_is_negative(tree):
    ups, base = tree
    told = reconciled(base, ups)
    for level, same in zip(told, summed(told[-1], ups), strict=True):
        assert np.allclose(level, same, rtol=1e-12, atol=1e-9)
        assert (level >= 0).all()


@given(trees())
def test_it_is_the_least_squares_solution(tree):
    """The slow way: the matrix of sums and the inverse of the variances (Hyndman et al. 2011)."""
    ups, base = tree
    n = len(base[-1])
    sums = np.vstack(summed(np.eye(n), ups))
    y = np.concatenate(base)
    weighted = sums / y[:, None]
    parts = np.linalg.solve(sums.T @ weighted, weighted.T @ y)
    assert np.allclose(np.concatenate(reconciled(base, ups)), sums @ parts, rtol=1e-6)


def test_what_agrees_already_stays_and_what_is_zero_stays_zero():
    ups = [np.zeros(2, np.int64), np.array([0, 0, 1, 1])]
    base = summed([3.0, 0, 5, 2], ups)
    assert np.allclose(np.concatenate(reconciled(base, ups)), np.concatenate(base))
    assert not np.concatenate(reconciled([np.zeros_like(each) for each in base], ups)).any()


# ---------------------------------------------------------------------------------------------------------------- bounds


@given(st.floats(0.001, 400), st.just(1.0) | st.floats(1.01, 25))
def test_bounds_hold_what_they_promise_and_no_more(mean, dispersion):
    low, high = (int(each[0]) for each in interval([mean], dispersion, 0.8))
    chance = _chances(mean, dispersion, high + 1)
    assert sum(chance[:low]) <= 0.1 + 1e-9
    assert sum(chance[: low + 1]) >= 0.1 - 1e-9
    assert sum(chance[:high]) <= 0.9 + 1e-9
    assert sum(chance[: high + 1]) >= 0.9 - 1e-9


def _chances(mean, dispersion, until):
    """The slow way: the negative binomial distribution (Poisson where the dispersion is 1) by the gamma function."""
    if dispersion == 1:
        return [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(until + 1)]
    size = mean / (dispersion - 1)
    return [
        math.exp(
            math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
            - size * math.log(dispersion) + k * math.log(1 - 1 / dispersion)
        )
        for k in range(until + 1)
    ]  # fmt: skip


def test_bounds_of_many_are_those_of_each():
    means = np.array([0, 0.2, 3, 50, 900.0])
    low, high = interval(means, 1.7)
    for k, mean in enumerate(means):
        assert (low[k], high[k]) == tuple(float(each[0]) for each in interval([mean], 1.7))


# ------------------------------------------------------------------------------------------------------------------ days


def test_a_worked_saturday_is_a_working_day_and_a_holiday_is_none():
    kinds = day_kinds([0, 5, 5, 2, 6], [True, False, True, False, False])
    assert kinds.tolist() == [0, 5, 7, 8, 6]
    factors = day_factors([10, 10, 10, 10, 10, 2, 2], [0, 1, 2, 3, 4, 5, 6])
    assert factors[7] == pytest.approx(factors[0])
    assert factors[8] == pytest.approx(factors[6])
    assert factors[:7].mean() == pytest.approx(1)


# ------------------------------------------------------------------------------------------------------------- next week


def test_where_every_week_is_the_same_the_next_is_too():
    week = np.array([[4, 5, 6, 7, 8, 2, 1], [1, 0, 2, 0, 0, 0, 0], [0] * 7], float)
    ups = [np.array([0, 0]), np.array([0, 0, 1])]
    kinds = np.tile(np.arange(7), 21)
    told, tested = next_week(np.tile(week, 20), ups, kinds)
    assert [each.expected.tolist() for each in told] == [pytest.approx([36]), pytest.approx([36, 0]),
                                                         pytest.approx([33, 3, 0])]  # fmt: skip
    assert tested[0].error == pytest.approx(0, abs=1e-9)
    assert math.isnan(tested[0].better)


def test_a_holiday_week_is_expected_to_be_quiet():
    counts, ups, kinds = town()
    usual = next_week(counts, ups, kinds)[0][0].expected[0]
    kinds[-WEEK:] = [8] * 5 + [5, 6]
    assert next_week(counts, ups, kinds)[0][0].expected[0] < 0.55 * usual


def test_it_sums_is_coherent_and_beats_the_week_before_on_weeks_it_did_not_know():
    counts, ups, kinds = town(weeks=80, grids=60, villages=10, spread=0.01)
    told, tested = next_week(counts, ups, kinds)
    for level, same in zip(told, summed(told[-1].expected, ups), strict=True):
        assert np.abs(level.expected - same).max() < 1e-9
    assert [each.n_weeks for each in tested] == [26] * 3
    # The best there is, where rates stay as they are: the naive error is that of two such weeks.
    assert 0.2 < tested[2].better < 0.35
    assert tested[1].better > 0.15
    assert all(0.7 < each.covered < 0.95 for each in tested)
    assert told[0].dispersion > 3 > told[2].dispersion


def test_a_test_does_not_know_what_comes():
    """Another last week changes what it is compared with, not what was forecast of it: all other weeks' tests stay."""
    counts, ups, kinds = town(weeks=30)
    before, _ = next_week(counts[:, :-WEEK], ups, kinds[:-WEEK])
    _, tested = next_week(counts, ups, kinds)
    _, one_less = next_week(counts[:, :-WEEK], ups, kinds[:-WEEK])
    for deep, levels in enumerate(summed(counts[:, -WEEK:].sum(axis=1), ups)):
        weeks = one_less[deep].n_weeks
        error = (one_less[deep].error * weeks + np.abs(levels - before[deep].expected).mean()) / (weeks + 1)
        assert tested[deep].n_weeks == weeks + 1
        assert tested[deep].error == pytest.approx(error)


def test_a_part_that_grows_is_followed_while_the_others_are_not_disturbed():
    counts, ups, kinds = town(weeks=60)
    counts[5, -6 * WEEK :] += np.repeat([2, 4, 6, 8, 10, 12], WEEK)
    told = next_week(counts, ups, kinds)[0][2].expected
    assert told[5] > 0.75 * counts[5, -WEEK:].sum()
    others = np.delete(np.arange(12), 5)
    assert np.abs(told[others] - counts[others, -26 * WEEK :].sum(axis=1) / 26).max() < 6


def test_of_too_few_weeks_nothing_is_said():
    counts, ups, kinds = town(weeks=LEAST_WEEKS)
    assert next_week(counts, ups, kinds) is None
    counts, ups, kinds = town(weeks=LEAST_WEEKS + 1)
    _, tested = next_week(counts, ups, kinds)
    assert tested[0].n_weeks == 0
    assert math.isnan(tested[0].error)

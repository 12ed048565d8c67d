"""Counts of two times: what chance explains is nothing, what grew is found, and units do not matter."""

import math

import numpy as np
import pytest

from gridgov.analytics.growth import grown


def town(seed=5, size=179, times=3):
    chance = np.random.default_rng(seed)
    rate = chance.uniform(5, 60, size)
    return chance.poisson(rate).astype(float), chance.poisson(times * rate).astype(float), times


def test_of_chance_alone_nothing_is_found():
    found = 0
    for seed in range(20):
        now, before, times = town(seed)
        result = grown(now, before, before / times)
        found += int((result.q <= 0.05).sum())
        assert 1 <= result.spread < 1.5
    assert found <= 4


def test_one_that_grew_and_one_that_fell_are_found():
    now, before, times = town()
    more, fewer = np.argsort(before)[-2:]
    now[more], now[fewer] = 2.5 * before[more] / times, 0.2 * before[fewer] / times
    result = grown(now, before, before / times)
    order = np.argsort(result.score)
    assert (order[0], order[-1]) == (fewer, more)
    assert (result.q[[more, fewer]] < 0.01).all()
    assert (np.delete(result.q, [more, fewer]) > 0.05).all()


def test_it_is_the_score_of_two_counts():
    """Of as long times it has no side: what grew one way round fell the other way round."""
    one, other = grown([30.0, 10], [10.0, 30], [10.0, 30]), grown([10.0, 30], [30.0, 10], [30.0, 10])
    assert one.score.tolist() == pytest.approx((-other.score).tolist())
    plain = 2 * (math.sqrt(30.375) - math.sqrt(10.375)) / math.sqrt(2)
    assert one.score[0] == pytest.approx(plain)


def test_where_nothing_was_or_nothing_is_known_nothing_is_said():
    result = grown([5.0, 5, 9], [0.0, 5, 9], [0.0, np.nan, 9])
    assert np.isnan(result.score[:2]).all()
    assert np.isnan(result.q[:2]).all()
    assert result.score[2] == pytest.approx(0)

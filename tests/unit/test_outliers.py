"""Scores of groups: exact where few are counted, blind to the weight of the one that stands out, and calm where all are alike."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.outliers import others, scores


def test_the_share_of_the_others_leaves_a_group_out():
    assert others([90, 1, 1], [100, 50, 50]).tolist() == pytest.approx([2 / 100, 91 / 150, 91 / 150])
    assert others([5, 0], [10, 20]).tolist() == pytest.approx([0.5 / 20, 0.5])
    assert math.isnan(others([1], [2])[0])


def test_two_groups_are_scored_by_the_exact_chance():
    """9 or more of 10 at 1/2 has the chance 11/1024."""
    assert scores([9, 500], [10, 1000])[0] == pytest.approx(2.2986, abs=1e-3)
    assert math.isnan(scores([0, 1], [0, 10])[0])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 400)), min_size=3, max_size=30), st.randoms())
def test_order_does_not_matter(groups, chance):
    shuffled = chance.sample(range(len(groups)), len(groups))
    k, n = np.array(groups).T
    assert scores(k[shuffled], n[shuffled]) == pytest.approx(scores(k, n)[shuffled], nan_ok=True)


def test_one_that_does_it_always_stands_far_out_however_many_cases_there_are():
    for size in (40, 400, 4_000):
        k, n = np.full(40, size // 50), np.full(40, size)
        k[7] = size * 0.7
        found = scores(k, n)
        assert found[7] > 10
        assert np.delete(found, 7).max() < 3.09


def test_where_groups_differ_anyway_the_limits_are_wider():
    rng = np.random.default_rng(1)
    n = np.full(60, 500)
    k = rng.binomial(n, rng.beta(4, 36, 60))  # true shares from 3 to 20 %
    assert (scores(k, n) > 3.09).sum() <= 1

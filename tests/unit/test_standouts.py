"""Counts beside what is expected, and where counts gather: laws, and slow counts of every way."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.hotspots import gathered
from gridgov.analytics.standouts import false_share, standouts

counts = st.lists(st.integers(0, 60), min_size=4, max_size=30)
chances = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(counts, st.integers(1, 50))
def test_where_all_hold_the_same_the_others_mean_is_expected(n, held):
    found = standouts(n, [held] * len(n))
    others = [(sum(n) - each) / (len(n) - 1) for each in n]
    assert np.allclose(found.expected, others)
    assert found.spread >= 1


@given(counts, st.integers(2, 9))
def test_what_is_held_has_no_unit(n, times):
    held = np.arange(1, len(n) + 1, dtype=float)
    one, other = standouts(n, held), standouts(n, times * held)
    assert np.allclose(one.expected, other.expected)
    assert np.allclose(one.q, other.q, equal_nan=True)


def test_of_what_is_not_known_nothing_is_expected_and_nothing_counted():
    found = standouts([10, 10, 500, 10], [5, 5, np.nan, 5])
    assert found.expected[[0, 1, 3]].tolist() == [10, 10, 10]
    assert np.isnan(found.expected[2]) and np.isnan(found.q[2])


def test_one_that_stands_out_is_found_and_those_that_differ_by_chance_are_not():
    chance = np.random.default_rng(11)
    held = chance.integers(200, 3000, 179)
    n = chance.poisson(held / 25)
    assert (standouts(n, held).q > 0.05).mean() > 0.99
    n[17] *= 3
    found = standouts(n, held)
    assert found.q[17] < 0.001
    assert (np.delete(found.q, 17) > 0.05).mean() > 0.98


def test_where_all_differ_much_it_takes_more_to_stand_out():
    chance = np.random.default_rng(4)
    held = np.full(179, 1000.0)
    n = chance.poisson(40 * chance.gamma(4, 1 / 4, 179))  # rates that differ by half around their mean
    found = standouts(n, held)
    assert found.spread > 3
    assert (found.q > 0.05).mean() > 0.97


@given(chances)
def test_false_share_is_the_step_up_rule(p):
    q = false_share(p)
    for level in (0.01, 0.05, 0.2):
        ranked = sorted(p)
        steps = [k for k in range(1, len(p) + 1) if ranked[k - 1] * len(p) / k <= level]
        limit = ranked[max(steps) - 1] if steps else -1.0
        assert [each <= level for each in q] == [each <= limit for each in p]


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4))
@settings(max_examples=30, deadline=None)
def test_the_chance_is_that_of_every_way_to_fall(n):
    """Four squares in a row: each with its neighbours, over all ways in which the cases may fall on them."""
    n = [min(each, 2) for each in n]
    found = gathered([0] * 4, range(4), n)
    ways = list(itertools.product(range(4), repeat=sum(n)))
    p = []
    for i in range(4):
        near = {j for j in (i - 1, i, i + 1) if 0 <= j < 4}
        here = sum(n[j] for j in near)
        assert found.around[i] == here
        exact = sum(sum(each in near for each in way) >= here for way in ways) / len(ways)
        p.append(exact if here > sum(n) * len(near) / 4 else 1.0)
    assert np.allclose(found.chance, p)
    assert np.allclose(found.q, false_share(p))


@given(st.integers(0, 40), st.integers(1, 9))
def test_where_and_how_many_squares_is_all_that_counts(shift, seed):
    chance = np.random.default_rng(seed)
    row, col = np.divmod(np.arange(64), 8)
    n = chance.poisson(0.5, 64)
    one, other = gathered(row, col, n), gathered(row + shift, col - shift, n)
    assert np.array_equal(one.patch, other.patch)
    order = chance.permutation(64)
    assert np.allclose(gathered(row[order], col[order], n[order]).q, one.q[order])


def test_a_crowd_is_one_patch_and_chance_is_none():
    chance = np.random.default_rng(2)
    row, col = np.divmod(np.arange(2500), 50)
    n = chance.poisson(0.1, 2500)
    assert (gathered(row, col, n).patch == -1).mean() > 0.99
    n[(row // 3 == 4) & (col // 3 == 7)] += 3
    found = gathered(row, col, n)
    assert set(found.patch[(row // 3 == 4) & (col // 3 == 7)]) == {0}
    assert (found.patch >= 0).sum() < 30

"""What becomes of hot squares: against other programs and slow counts, and that chance alone is nothing."""

import itertools
import math

import numpy as np
import pytest
from esda.getisord import G_Local
from hypothesis import given
from hypothesis import strategies as st
from libpysal.weights import W
from scipy.stats import false_discovery_control

from gridgov.analytics.emerging import course, gi_star, mann_kendall, shuffled
from gridgov.analytics.squares import around, patches, places
from gridgov.analytics.standouts import false_share

ROWS, COLS = (each.ravel() for each in np.mgrid[0:20, 0:30])
NEAR = around(places(ROWS, COLS))


def some(weeks=26, seed=1, rate=1.5):
    """Counts of 600 squares in which nothing but chance differs."""
    return np.random.default_rng(seed).poisson(rate, (600, weeks)).astype(float)


def at(row, col):
    return row * 30 + col


def test_gi_star_is_that_of_esda():
    counts = some(1)[:, 0]
    weights = W(dict(enumerate(NEAR)), silence_warnings=True)
    other = G_Local(counts, weights, transform="B", permutations=0, star=None)
    assert np.allclose(gi_star(counts, NEAR), other.Zs)


def test_gi_star_has_no_unit_and_where_all_are_alike_it_is_nothing():
    counts = some(3)
    assert np.allclose(gi_star(counts, NEAR), gi_star(7 * counts + 2, NEAR))
    assert np.allclose(gi_star(counts, NEAR)[:, 1], gi_star(counts[:, 1], NEAR))
    assert not gi_star(np.full(600, 4.0), NEAR).any()


@given(st.lists(st.integers(-5, 5), min_size=3, max_size=14))
def test_the_trend_counts_pairs(series):
    s = sum((b > a) - (b < a) for a, b in itertools.combinations(series, 2))
    m = len(series)
    spread = math.sqrt(m * (m - 1) * (2 * m + 5) / 18)
    expected = 0 if s == 0 else (s - math.copysign(1, s)) / spread
    assert mann_kendall([series])[0] == pytest.approx(expected)
    assert mann_kendall([series[::-1]])[0] == pytest.approx(-expected)


def test_the_share_of_false_findings_is_that_of_scipy():
    chance = np.random.default_rng(4).random(200) ** 3
    assert np.allclose(false_share(chance), false_discovery_control(chance))
    assert np.allclose(false_share([*chance, np.nan])[:-1], false_discovery_control(chance))


def test_shuffles_are_as_often_beyond_a_level_as_the_level_says():
    """Under chance alone, of 12 towns of 600 squares 5 % lie at 5 % and below; the least chance is what shuffles can tell."""
    chance = np.concatenate([shuffled(some(1, seed)[:, 0], NEAR, 399, seed) for seed in range(12)])
    assert 0.03 < (chance <= 0.05).mean() < 0.07
    assert chance.min() >= 1 / 400
    counts = some(1)[:, 0]
    assert shuffled(counts, NEAR, 99, 3).tolist() == shuffled(counts, NEAR, 99, 3).tolist()


def test_shuffles_are_those_of_a_slow_reader():
    """Every way to draw the neighbours of a corner of six squares: the shuffles come close to that share."""
    row, col = [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]
    near = around(places(row, col))
    counts = np.array([3, 1, 4, 1, 5, 9.0])
    there = counts[1] + counts[3] + counts[4]
    ways = [sum(counts[list(each)]) >= there for each in itertools.combinations(range(1, 6), 3)]
    assert shuffled(counts, near, 20_000)[0] == pytest.approx(np.mean(ways), abs=0.02)


def test_of_chance_alone_nothing_is_told():
    told = [course(ROWS, COLS, some(seed=seed)).change for seed in range(4)]
    assert (np.concatenate(told) != "").mean() < 0.002


WEEK = np.arange(26)
PLANTED = {
    "new": np.where(WEEK < 22, 0, 20), "growing": 15 + WEEK, "lasting": np.full(26, 20), "easing": 40 - WEEK,
    "faded": np.where(WEEK < 15, 25, 0),
}  # fmt: skip


@pytest.mark.parametrize("change", PLANTED)
def test_what_comes_what_grows_what_stays_and_what_goes(change):
    counts, square = some(), at(8, 12)
    counts[square] += PLANTED[change]
    found = course(ROWS, COLS, counts)
    assert found.change[square] == change
    assert found.patch[square] >= 0
    assert set(found.change[found.patch < 0]) == {""}
    # Elsewhere, but for what touches it, nothing.
    assert (np.delete(found.change, NEAR[square]) == "").mean() > 0.998


def test_patches_are_squares_that_touch():
    row, col = [0, 0, 1, 5, 6], [0, 1, 2, 5, 6]
    near = around(places(row, col))
    assert patches(places(row, col), near, [True] * 5).tolist() == [0, 0, 0, 1, 1]
    assert patches(places(row, col), near, [True, False, True, False, True]).tolist() == [0, -1, 1, -1, 2]

"""Hot issues: against counting every possibility, and what must not change a finding."""

import itertools
import math
import random
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.hot import BACK, LEAST, PEAK_H, again, at_least, gathered, hot, knot, peak

numbers = st.integers(0, 40)


@given(n=st.integers(0, 12), k=st.integers(0, 13))
def test_the_chance_of_so_many_or_more_is_the_sum_over_all_outcomes(n: int, k: int) -> None:
    p = 1 / (BACK + 1)
    slow = sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1)) if k else 1.0
    assert at_least(k, n, p) == pytest.approx(slow, abs=1e-12) if k <= n else at_least(k, n, p) == 0


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12), st.randoms())
def test_the_order_of_issues_changes_nothing_and_more_cases_are_never_less_hot(
    rows: list[tuple[int, int]], chance: random.Random
) -> None:
    now, before = np.array(rows).T
    q, is_hot = hot(now, before)
    order = list(range(len(rows)))
    chance.shuffle(order)
    other, also = hot(now[order], before[order])
    assert np.array_equal(other, q[order], equal_nan=True)
    assert (also == is_hot[order]).all()
    assert (now[is_hot] >= LEAST).all()
    more, _ = hot(now + np.eye(len(rows), dtype=int)[0] * 30, before)
    assert math.isnan(q[0]) or more[0] <= q[0]


def test_what_is_not_known_before_is_never_hot() -> None:
    q, is_hot = hot([50, 50], [math.nan, 10])
    assert math.isnan(q[0])
    assert is_hot.tolist() == [False, True]


@given(st.lists(st.integers(0, 23), min_size=1, max_size=30))
def test_the_peak_has_the_most_of_any_hours_in_a_row(hours: list[int]) -> None:
    found = peak(hours)
    runs = [sum(hour in {(first + k) % 24 for k in range(PEAK_H)} for hour in hours) for first in range(24)]
    assert found.n == max(runs)
    assert found.from_hour == runs.index(max(runs))


@pytest.mark.parametrize("seed", range(20))
def test_where_cases_gather_and_come_again_is_what_pairs_say(seed: int) -> None:
    chance = random.Random(seed)
    step = chance.choice([10, 40])  # of which points lie just at 50 and 150 m, or none
    points = [(step * chance.randrange(19), step * chance.randrange(9)) for _ in range(25)]
    if seed % 3 == 0:
        points[chance.randrange(25)] = (math.nan, math.nan)
    near = [sum(math.dist(a, b) <= 150 for b in points) for a in points]
    x, y = zip(*points, strict=True)
    found = knot(x, y)
    assert (found.at, found.n) == (near.index(max(near)), max(near))
    late = [any(math.dist(points[i], points[j]) <= 50 for j in range(i)) for i in range(10, 25)]
    assert again(x, y, 15) == sum(late)


@pytest.mark.parametrize("side", [0.0, 100.0, 8_000.0])
def test_many_cases_take_little_memory(side: float) -> None:
    """All at one place, all near each other, or all over a town: 6,000 cases were matrices of 1,500 x 6,000."""
    n, n_now = 6_000, 1_500
    x, y = np.random.default_rng(1).uniform(0, side, (2, n))
    tracemalloc.start()
    found, n_again = knot(x[-n_now:], y[-n_now:]), again(x, y, n_now)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 60e6
    middle = np.hypot(x[-n_now:] - x[-n_now:][found.at], y[-n_now:] - y[-n_now:][found.at])
    assert found.n == (middle <= 150).sum()
    late = [bool((np.hypot(x[:i] - x[i], y[:i] - y[i]) <= 50).any()) for i in range(n - n_now, n)]
    assert n_again == sum(late)


def test_cases_without_a_place_are_near_nothing() -> None:
    nowhere = [math.nan] * 3
    assert knot(nowhere, nowhere) == (-1, 0)
    assert again(nowhere, nowhere, 2) == 0
    for one, other in itertools.permutations([(120.0, 31.0), (math.nan, math.nan)]):
        assert knot(*zip(one, other, strict=True))[1] == 1


def test_gathered_is_half_of_ten_in_place_and_in_time() -> None:
    assert gathered([10, 10, 9, 10], [5, 4, 9, 10], [5, 10, 9, 4]).tolist() == [True, False, False, False]

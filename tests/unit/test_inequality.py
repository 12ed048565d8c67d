"""Shares, counted by hand, and what no unit and no order may change."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.analytics.inequality import gini, load, lorenz, spread
from gridgov.analytics.staffing import staffed, work_hours

values = st.lists(st.integers(0, 1_000), min_size=1, max_size=30).filter(any)


def test_counted_by_hand():
    """Three of 1, 2, 3: the curve goes through 1/6 and 3/6, the area below it is 1/3 x (1/12 + 4/12 + 9/12) = 7/18."""
    first, second = lorenz([2, 3, 1])
    assert first.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert second.tolist() == pytest.approx([0, 1 / 6, 1 / 2, 1])
    assert gini([2, 3, 1]) == pytest.approx(1 - 2 * 7 / 18)
    # Two grids: 300 people with 10 minutes, 100 with 30. Three quarters of the people have a quarter of the minutes.
    assert gini([10, 30], [300, 100]) == pytest.approx(0.5)


@given(values)
def test_it_is_the_mean_difference_of_pairs(x):
    """The slow way: half the relative mean absolute difference."""
    n = len(x)
    apart = sum(abs(a - b) for a in x for b in x)
    assert gini(x) == pytest.approx(apart / (2 * n * sum(x)), abs=1e-12)


@given(values, st.integers(2, 50), st.randoms())
def test_neither_unit_nor_order_nor_copies_matter(x, times, chance):
    other = [each * times for each in x]
    chance.shuffle(other)
    assert gini(other) == pytest.approx(gini(x), abs=1e-12)
    assert gini(x * 3) == pytest.approx(gini(x), abs=1e-12)
    assert -1e-12 <= gini(x) <= 1 - 1 / len(x) + 1e-12


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(1, 9)), min_size=1, max_size=12).filter(
        lambda p: any(v for v, _ in p)
    )
)
def test_a_weight_is_so_many_that_share_alike(pairs):
    value, weight = zip(*pairs, strict=True)
    each = [v / w for v, w in pairs for _ in range(w)]
    assert gini(value, weight) == pytest.approx(gini(each), abs=1e-12)
    first, second = lorenz(value, weight)
    assert (np.diff(second) >= 0).all()
    assert (second <= first + 1e-12).all()


def test_of_nothing_nothing_is_known():
    assert math.isnan(gini([0, 0]))


def test_a_load_is_as_weighted_and_adds_up_to_the_rows():
    table = pd.DataFrame({"cases": [10, 30, 0, 40], "residents": [100, None, 100, 200]})
    found = load(table, {"cases": 1, "residents": 1})
    assert found.sum() == pytest.approx(4)
    assert found.tolist() == pytest.approx(
        [4 * (1 / 8 + 1 / 4) / 2, 4 * (3 / 8) / 2, 4 * (1 / 4) / 2, 4 * (1 / 2 + 1 / 2) / 2]
    )
    assert load(table, {"cases": 2}).tolist() == pytest.approx([0.5, 1.5, 0, 2])


def test_what_nobody_has_any_of_weighs_nothing():
    """No cases yet in a new town: its loads add up to the rows all the same."""
    table = pd.DataFrame({"cases": [0, 0], "residents": [100, 300]})
    assert load(table, {"cases": 3, "residents": 1}).tolist() == pytest.approx([0.5, 1.5])
    assert load(table[["cases"]], {"cases": 1}).isna().all()


def test_pieces_carry_together_what_the_whole_does():
    rows = pd.DataFrame({"grid": ["a", "b"], "cases": [3, 1], "residents": [100.0, 300.0]})
    weights = {"cases": 3, "residents": 1}
    pieces = pd.DataFrame({"grid": ["a", "a", "b"], "m2": [1, 3, 7]}).merge(rows, on="grid")
    for name in weights:
        pieces[name] = spread(pieces[name], pieces["m2"], pieces["grid"])
    found = load(pieces, weights, among=rows)
    assert found.groupby(pieces["grid"]).sum().tolist() == pytest.approx(load(rows, weights).tolist())
    assert spread(5.0, pd.Series([0, 0]), pd.Series(["a", "a"])).isna().all()


def test_of_part_of_a_year_cases_and_patrols_are_told_for_as_many_days():
    """Seven months: hours of patrols were told for a year, and cases of the seven months only."""
    minutes = {"self_handled": 10, "dispatched": 60}
    year = work_hours({"self_handled": 1_200, "dispatched": 300}, minutes, hours=500)
    part = work_hours({"self_handled": 1_200 * 0.6, "dispatched": 300 * 0.6}, minutes, hours=500 * 0.6, days=365 * 0.6)
    assert part == pytest.approx(year)


def test_fewer_people_have_more_to_do_each():
    hours = work_hours({"self_handled": 1_200, "dispatched": 300}, {"self_handled": 10, "dispatched": 60}, hours=500)
    assert hours == 200 + 300 + 500
    found = staffed(720_000, {"720": 720, "454": 454}, hours_each=2_000, posts=1_074)
    assert found["work_h_each"].round(1).tolist() == [1_000, 1_585.9]
    assert found["busy_share"].round(3).tolist() == [0.5, 0.793]
    assert found.loc["454", "less_work_share"] == pytest.approx(266 / 720)
    assert found["hats"].round(2).tolist() == [1.49, 2.37]
    # With so much less work it weighs as before.
    again = staffed(720_000 * (1 - found.loc["454", "less_work_share"]), {"454": 454})
    assert again.loc["454", "work_h_each"] == pytest.approx(1_000)

"""Grids drawn otherwise: every piece is somewhere, every part hangs together, and loads are as even as was asked."""

import numpy as np
import pytest
import shapely
from hypothesis import given, reject
from hypothesis import strategies as st

from gridgov.analytics.inequality import gini
from gridgov.analytics.redrawing import are_whole, borders, merged, redrawn, squares
from gridgov.errors import GridgovError

LAND = shapely.Point(0, 0).buffer(1_000).difference(shapely.box(-200, -200, 300, 400))
"""A round land with a lake in it."""


def board(rows, cols):
    return [shapely.box(100 * c, 100 * r, 100 * c + 100, 100 * r + 100) for r in range(rows) for c in range(cols)]


def are_whole_slowly(part, shapes):
    """A part hangs together when its shapes, drawn together, are one polygon."""
    return all(
        shapely.union_all([s for s, p in zip(shapes, part, strict=True) if p == each]).geom_type == "Polygon"
        for each in set(part)
    )


def test_neighbours_share_a_border_not_a_corner():
    near = borders(board(2, 2))
    assert near.pairs.tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]
    assert near.metres.tolist() == pytest.approx([100] * 4)


def test_land_is_cut_into_squares_and_nothing_is_lost():
    pieces = squares(LAND, 100)
    assert sum(each.area for each in pieces) == pytest.approx(LAND.area)
    assert shapely.union_all(pieces).symmetric_difference(LAND).area < 1
    assert min(each.area for each in pieces) > 0.05 * 100**2
    assert are_whole(np.zeros(len(pieces)), borders(pieces))


@pytest.mark.parametrize("n", [2, 5, 7])
def test_parts_hang_together_and_are_balanced_within_what_was_asked(n):
    pieces = squares(LAND, 50)
    near, weights = borders(pieces), np.random.default_rng(3).gamma(2, 1, len(pieces))
    found = redrawn(weights, near, n, within=0.05, tries=3)
    assert sorted(set(found.part.tolist())) == list(range(n))
    assert found.off <= 0.05
    assert found.loads == pytest.approx([weights[found.part == k].sum() for k in range(n)])
    assert are_whole(found.part, near)
    assert are_whole_slowly(found.part, pieces)
    again = redrawn(weights, near, n, within=0.05, tries=3)
    assert again.part.tolist() == found.part.tolist()
    assert gini(found.loads) < 0.05


@given(st.integers(2, 5), st.integers(2, 5), st.integers(1, 3), st.integers(0, 99))
def test_whatever_is_drawn_hangs_together(rows, cols, n, seed):
    shapes = board(rows, cols)
    near, weights = borders(shapes), np.random.default_rng(seed).integers(1, 5, len(shapes)).astype(float)
    try:
        found = redrawn(weights, near, n, within=0.9, tries=2, seed=seed)
    except GridgovError:
        reject()  # few pieces cannot always be balanced
    assert sorted(set(found.part.tolist())) == list(range(n))
    assert are_whole(found.part, near) == are_whole_slowly(found.part, shapes) is True
    assert found.off <= 0.9


@given(st.integers(2, 5), st.integers(2, 5), st.integers(0, 99), st.floats(0.5, 9))
def test_merging_leaves_none_too_light_and_cuts_none(rows, cols, seed, least):
    shapes = board(rows, cols)
    near, weights = borders(shapes), np.random.default_rng(seed).gamma(2, 1, len(shapes))
    found = merged(weights, near, least)
    assert are_whole_slowly(found.part, shapes)
    assert found.loads.sum() == pytest.approx(weights.sum())
    assert len(found.loads) == 1 or found.loads.min() >= least
    if least <= weights.min():
        assert found.part.tolist() == list(range(len(shapes)))


def test_what_does_not_hang_together_is_told():
    near = borders([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])
    assert not are_whole([0, 0], near)
    assert merged([1, 1], near, 9).part.tolist() == [0, 1]
    with pytest.raises(GridgovError, match="hang together"):
        redrawn([1, 1], near, 2)
    with pytest.raises(GridgovError, match="cannot make"):
        redrawn([1, 1], borders(board(1, 2)), 3)
    with pytest.raises(GridgovError, match="weigh nothing"):
        redrawn([0, 0], borders(board(1, 2)), 2)
    with pytest.raises(GridgovError, match="within 10% of their mean"):
        redrawn([1, 5], borders(board(1, 2)), 2)

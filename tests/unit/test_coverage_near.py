"""Checkpoints, planned routes and playback against the same motion in tiny steps."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cells import sizes
from gridgov.analytics.patrol.near import checkpoint_visits, positions, route_cells
from gridgov.analytics.patrol.plan import seen_of_routes
from gridgov.analytics.patrol.tracks import Tracks

seeds = st.integers(0, 2**32 - 1)


def wandering(rng, n=80, size=250.0):
    """Whole seconds, halts, now and then ten minutes of silence."""
    turn = np.cumsum(rng.normal(0, 0.4, n))
    pace = np.abs(rng.normal(10, 6, n)) * (rng.random(n) > 0.3)
    way = np.mod(
        rng.uniform(0, size, 2) + np.cumsum(np.column_stack([pace * np.cos(turn), pace * np.sin(turn)]), 0), 2 * size
    )
    xy = np.where(way > size, 2 * size - way, way)
    return xy[:, 0], xy[:, 1], np.cumsum(np.where(rng.random(n) < 0.04, 600.0, 10.0))


def several(rng, n):
    made = [wandering(rng) for _ in range(n)]
    x, y, at = (np.concatenate(values) for values in zip(*made, strict=True))
    return Tracks(x, y, at, np.cumsum([0, *(len(m[0]) for m in made)]))


def straight(*fixes):
    """One track of (x, at)."""
    x, at = np.array(fixes, float).T
    return Tracks(x, np.zeros(len(x)), at, np.array([0, len(x)]))


def test_passing_by_is_no_visit_and_halting_is():
    at_once = straight((-100, 0), (0, 20), (100, 40))  # 5 m/s: 12 s within 30 m
    assert len(checkpoint_visits(at_once, [0.0], [0.0])) == 0
    found = checkpoint_visits(at_once, [0.0], [0.0], dwell_s=12)
    assert found[["arrived_at", "left_at", "dwell_s"]].to_numpy().tolist() == [pytest.approx([14, 26, 12])]
    halting = straight((-100, 0), (0, 20), (0, 80), (100, 100))
    assert checkpoint_visits(halting, [500.0, 0.0], [0.0, 0.0])[["checkpoint", "dwell_s"]].to_numpy().tolist() == [
        [1, 72]
    ]
    # exactly long enough; and beside the circle
    assert len(checkpoint_visits(straight((0, 0), (0, 60)), [30.0], [0.0])) == 1
    assert len(checkpoint_visits(straight((0, 0), (0, 60)), [30.01], [0.0])) == 0


def test_a_short_absence_is_one_visit_and_a_silence_two():
    out_and_in = straight((0, 0), (0, 40), (60, 50), (0, 60), (0, 100))  # out of the circle from 45 to 55
    found = checkpoint_visits(out_and_in, [0.0], [0.0])
    assert found["dwell_s"].tolist() == [90]
    assert checkpoint_visits(out_and_in, [0.0], [0.0], dwell_s=1, absence_s=9)["dwell_s"].tolist() == [45, 45]
    silent = straight((0, 0), (0, 50), (0, 400), (0, 450))
    assert len(checkpoint_visits(silent, [0.0], [0.0])) == 0
    assert checkpoint_visits(silent, [0.0], [0.0], dwell_s=50)["arrived_at"].tolist() == [0, 400]


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_time_near_a_checkpoint_is_what_tiny_steps_add_up_to(seed):
    rng = np.random.default_rng(seed)
    tracks = several(rng, 3)
    x, y = rng.uniform(-20, 270, (2, 12))
    found = checkpoint_visits(tracks, x, y, dwell_s=0, absence_s=0)
    step = 0.05
    for k in range(3):
        a, b = tracks.first[k], tracks.first[k + 1]
        one = Tracks(tracks.x[a:b], tracks.y[a:b], tracks.at[a:b], np.array([0, b - a]))
        often = positions(one, step)
        for p in range(12):
            n_near = (np.hypot(often["x"] - x[p], often["y"] - y[p]) <= 30).sum()
            mine = found[(found["track"] == k) & (found["checkpoint"] == p)]
            assert mine["dwell_s"].sum() == pytest.approx(n_near * step, abs=1 + 0.05 * n_near * step)
            assert (mine["left_at"] - mine["arrived_at"]).to_numpy() == pytest.approx(mine["dwell_s"].to_numpy())
    # the order of the checkpoints does not matter
    order = rng.permutation(12)
    again = checkpoint_visits(tracks, x[order], y[order], dwell_s=0, absence_s=0)
    again["checkpoint"] = order[again["checkpoint"]]
    again = again.sort_values(["track", "checkpoint", "arrived_at"], ignore_index=True)
    np.testing.assert_allclose(again.to_numpy(), found.to_numpy())


def hit(tracks, cells, times=None):
    """Share of the cells of the first route that a day's tracks came near, in some times of it."""
    n = seen_of_routes(cells, [times, None, None], tracks, np.zeros(len(tracks.first) - 1, np.int64), 0.0, 30.0)
    return n[0] / sizes(cells)[1][0]


def test_adherence_is_the_share_of_the_route():
    routes = np.array([shapely.LineString([(0, 0), (1000, 0)]), None, shapely.LineString([(0, 500), (100, 500)])])
    cells = route_cells(routes)
    assert cells.owner.min() == 0
    assert np.unique(cells.owner).tolist() == [0, 2]
    assert 200 <= sizes(cells)[1][0] <= 2 * 203  # a cell or two wide
    half = Tracks(np.array([0.0, 470.0]), np.array([10.0, 10.0]), np.array([0.0, 100.0]), np.array([0, 2]))
    assert hit(half, cells) == pytest.approx(0.5, abs=0.01)
    # walking the route is adhering to it, in the window only
    walk = Tracks(np.linspace(0, 1000, 101), np.zeros(101), np.arange(101) * 10.0, np.array([0, 101]))
    assert hit(walk, cells) == 1
    assert hit(walk, cells, ["00:00-00:08"]) == pytest.approx((480 + 30) / 1000, abs=0.02)
    assert hit(walk, cells, ["01:23-01:40"]) == 0


@settings(max_examples=30, deadline=None)
@given(seeds, st.sampled_from([0.5, 3.0, 10.0, 45.0]))
def test_playback_lies_on_the_raw_track(seed, step):
    tracks = several(np.random.default_rng(seed), 3)
    found = positions(tracks, step)
    assert (found["at"] % step == 0).all()
    assert not found.duplicated(["track", "at"]).any()
    for k in range(3):
        a, b = tracks.first[k], tracks.first[k + 1]
        mine = found[found["track"] == k]
        np.testing.assert_allclose(mine["x"], np.interp(mine["at"], tracks.at[a:b], tracks.x[a:b]), atol=1e-9)
        np.testing.assert_allclose(mine["y"], np.interp(mine["at"], tracks.at[a:b], tracks.y[a:b]), atol=1e-9)
        # at every step there is one, unless it lies in a silence
        steps = np.arange(np.ceil(tracks.at[a] / step), np.floor(tracks.at[b - 1] / step) + 1) * step
        after = np.searchsorted(tracks.at[a:b], steps)
        silent = (
            (after > 0) & (np.diff(tracks.at[a:b], prepend=-np.inf)[after] > 300) & (tracks.at[a:b][after] != steps)
        )
        assert mine["at"].tolist() == steps[~silent].tolist()


def test_a_step_takes_time():
    with pytest.raises(ValueError, match="more than 0 seconds"):
        positions(straight((0, 0)), 0)
    assert positions(straight((7, 20)), 10).to_numpy().tolist() == [[0, 20, 7, 0]]

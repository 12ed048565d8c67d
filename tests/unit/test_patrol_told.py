"""What tracks tell of reports: as a slow and obvious count over small steps says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.told import Reports, last_passes, reporters
from gridgov.analytics.patrol.tracks import tracks_of


def drawn(seed: int):
    """Four ways of ten fixes around a place, and eight reports of places at some time."""
    chance = np.random.default_rng(seed)
    owner = np.repeat(np.arange(4), 10)
    at = np.cumsum(chance.uniform(0.5, 9, 40))
    x, y = chance.uniform(-80, 80, 40), chance.uniform(-80, 80, 40)
    reports = Reports(chance.uniform(-60, 60, 8), chance.uniform(-60, 60, 8), chance.uniform(-20, 250, 8).round(1))
    return tracks_of(owner, at, x, y), reports


def away_of(tracks, t: int, x: float, y: float, at) -> np.ndarray:
    """How far from a place somebody was on track t at some instants; infinitely far where it does not run."""
    held = slice(tracks.first[t], tracks.first[t + 1])
    first, last = tracks.at[held][[0, -1]]
    at = np.asarray(at)
    at = np.where((at > first - 1e-9) & (at < last + 1e-9), np.clip(at, first, last), at)
    there = (np.interp(at, tracks.at[held], values[held], np.inf, np.inf) for values in (tracks.x, tracks.y))
    return np.hypot(*(values - place for values, place in zip(there, (x, y), strict=True)))


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=50)
def test_the_last_who_came_by(seed):
    (_, tracks), reports = drawn(seed)
    found = last_passes(tracks, reports, radius_m=30, within_s=60)
    for k, (x, y, told) in enumerate(zip(*reports, strict=True)):
        steps = np.linspace(told - 60, told, 6_001)
        nearest = np.array([away_of(tracks, t, x, y, steps).min() for t in range(4)])
        if np.isnan(found[k]):
            assert (nearest > 30).all()
            continue
        assert told - 60 <= found[k] <= told
        then = np.array([away_of(tracks, t, x, y, [found[k]])[0] for t in range(4)])
        assert ((then <= 30 + 1e-6) & (then <= nearest + 1e-6)).any()  # it is the nearest instant of a track
        for t in np.flatnonzero(nearest <= 30):
            assert (
                found[k] >= steps[away_of(tracks, t, x, y, steps) <= nearest[t]].max() - 60 / 6_000
                or then[t] <= nearest[t] + 0.5
            )


@given(seed=st.integers(0, 10**6))
def test_how_far_the_reporter_was(seed):
    (owner, tracks), reports = drawn(seed)
    reporter = np.arange(8) % 5 - 1
    track, metres = reporters(tracks, owner, reports, reporter)
    for k in range(8):
        mine = [t for t in range(len(owner)) if owner[t] == reporter[k]
                and tracks.at[tracks.first[t]] <= reports.at[k] <= tracks.at[tracks.first[t + 1] - 1]]  # fmt: skip
        assert (track[k] >= 0) == bool(mine)
        if mine:
            a, b = tracks.first[mine[0]], tracks.first[mine[0] + 1]
            x, y = (np.interp(reports.at[k], tracks.at[a:b], values[a:b]) for values in (tracks.x, tracks.y))
            assert metres[k] == pytest.approx(np.hypot(x - reports.x[k], y - reports.y[k]), abs=1e-6)


def test_without_tracks_nobody_came_by():
    _, none = tracks_of([], [], [], [])
    reports = Reports(np.zeros(2), np.zeros(2), np.zeros(2))
    assert np.isnan(last_passes(none, reports)).all()
    assert (reporters(none, [], reports, [0, 1])[0] == -1).all()

"""Sessions: cut where they should be, nothing counted twice, stops as a slow search finds them."""

from itertools import combinations, pairwise

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cleaning import Filters, clean
from gridgov.analytics.patrol.fixes import SECOND, Fixes
from gridgov.analytics.patrol.sessions import CUTS, Sessions, sessions_of, stops
from tests.real_tracks import CABS, PLOUGHS, RANGERS, real_tracks

BEGIN = 1_700_000_000 * SECOND


def fixes(at_s, x, y=None, device=None, person=None) -> Fixes:
    n = len(at_s)
    return Fixes(
        device=np.array(device if device is not None else [0] * n, np.int32),
        person=np.array(person if person is not None else [-1] * n, np.int32),
        at=BEGIN + np.round(np.array(at_s, float) * SECOND).astype(np.int64),
        x=np.array(x, float),
        y=np.array(y if y is not None else [0.0] * n, float),
        accuracy_m=np.full(n, np.nan),
        mode=np.full(n, 2, np.int8),
    )


def sessions(found: Fixes, **how) -> Sessions:
    return sessions_of(found, clean(found), **how)


def why(found: Sessions) -> list[str]:
    return [CUTS[cut] for cut in found.cut]


def test_a_walk_is_one_session():
    found = sessions(fixes([20, 0, 10], [30, 0, 10], [40, 0, 0]))
    assert len(found) == 1
    assert found.n_fixes.tolist() == [3]
    assert found.metres[0] == pytest.approx(10 + np.hypot(20, 40))
    assert found.effective_m[0] == found.metres[0]
    assert found.minutes.tolist() == [pytest.approx(20 / 60)]
    assert found.longest_step_s.tolist() == [10.0]
    assert np.isnan(found.gap_s[0])
    assert np.isnan(found.outside_share[0])
    assert found.fix.tolist() == [1, 2, 0]
    assert found.vertices(0).tolist() == [[0, 0, 1.7e9], [10, 0, 1.7e9 + 10], [30, 40, 1.7e9 + 20]]
    assert found.begin_at[0] == BEGIN
    assert found.end_at[0] == BEGIN + 20 * SECOND


def test_a_silence_ends_a_session_and_its_length_is_told():
    found = sessions(fixes([0, 300, 601, 611], [0, 1, 2, 3]))
    assert why(found) == ["first", "silence"]
    assert found.n_fixes.tolist() == [2, 2]
    assert found.gap_s[1] == 301
    assert len(sessions(fixes([0, 300, 601, 611], [0, 1, 2, 3]), gap_s=301)) == 1


def test_another_device_another_person_and_a_torn_track_begin_sessions():
    assert why(sessions(fixes([0, 10, 0, 10], [0, 1, 0, 1], device=[1, 1, 2, 2]))) == ["first", "first"]
    assert why(sessions(fixes([0, 10, 20, 30], [0, 1, 2, 3], person=[5, 5, 6, 6]))) == ["first", "person"]
    at = np.arange(60) * 10.0
    found = sessions(fixes(at, np.where(at < 300, at, at + 50_000)))
    assert why(found) == ["first", "torn"]
    assert found.metres.sum() == pytest.approx(290 * 2), "nobody walked the 50 km"


def test_what_was_taken_is_in_no_session():
    x = np.arange(50) * 10.0
    x[20] += 30_000
    found = sessions(fixes(np.arange(50) * 10, x))
    assert found.n_fixes.tolist() == [49]
    assert 20 not in found.fix
    assert found.metres[0] == pytest.approx(490)


def test_a_lone_fix_is_a_session_without_length():
    found = sessions(fixes([0, 1000], [0, 0]), grid=np.array([1, 1]))
    assert found.n_fixes.tolist() == [1, 1]
    assert found.metres.tolist() == found.minutes.tolist() == [0, 0]
    assert np.isnan(found.outside_share).all()


def test_no_fixes():
    found = sessions(fixes([], []))
    assert len(found) == 0
    assert found.first.tolist() == [0]


def test_a_stop_counts_no_effective_metres():
    """Ten minutes of walking, half an hour at one place with positions that tremble, ten minutes of walking."""
    at = np.arange(0, 3000 + 1, 10.0)
    x = np.where(at < 600, at, np.where(at < 2400, 600 + 5 * np.sin(at), at - 1800))
    found = sessions(fixes(at, x))
    assert len(found) == 1
    assert found.n_stops.tolist() == [1]
    # the walk into the place and out of it is within its width for up to 100 s each
    assert 30 <= found.stop_min[0] <= 30 + 200 / 60
    assert 1000 <= found.effective_m[0] <= 1200
    assert found.metres[0] > found.effective_m[0] + 300
    assert sessions(fixes(at, x), stop_s=3600).n_stops.tolist() == [0]


def test_a_place_left_by_more_than_the_width_is_no_stop():
    at = np.arange(0, 2400, 10.0)
    found = sessions(fixes(at, np.where((at // 600) % 2 == 0, 0.0, 101.0)))
    assert found.n_stops.tolist() == [0]
    found = sessions(fixes(at, np.where((at // 600) % 2 == 0, 0.0, 99.0)))
    assert found.stop_min[0] == pytest.approx(2390 / 60)


def test_the_edge_of_the_grid_is_crossed_half_way():
    found = fixes([0, 10, 20, 30, 40], [0, 10, 20, 30, 40])
    grid = np.array([7, 7, 8, 8, -1])
    cleaned = clean(found)
    free = sessions_of(found, cleaned, grid=grid)
    assert free.outside_share.tolist() == [pytest.approx(5 / 40)]
    bound = sessions_of(found, cleaned, grid=grid, home=np.full(5, 7))
    assert bound.outside_share.tolist() == [pytest.approx(25 / 40)]
    assert bound.effective_m.tolist() == [pytest.approx(15)]
    assert bound.metres.tolist() == [pytest.approx(40)]


# ------------------------------------------------------------------------------------------------------------- laws


@st.composite
def tracks(draw) -> Fixes:
    n = draw(st.integers(0, 25))

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    at = np.cumsum(column(st.sampled_from([1, 60, 200, 299, 400])))
    place = st.sampled_from([0.0, 30.0, 60.0, 95.0, 130.0])
    return fixes(at, column(place), column(place), device=column(st.integers(0, 1)), person=column(st.integers(0, 1)))


@settings(deadline=None, max_examples=150)
@given(tracks(), st.randoms(use_true_random=False))
def test_nothing_is_lost_and_the_order_of_rows_does_not_matter(found, random):
    cleaned = clean(found)
    grid = (found.x > 50).astype(np.int32) - 1
    told = sessions_of(found, cleaned, grid=grid)
    assert told.n_fixes.sum() == len(cleaned.usable) == len(told.fix)
    assert sorted(told.fix.tolist()) == sorted(cleaned.usable.tolist())
    assert (told.effective_m <= told.metres + 1e-9).all()
    assert (told.stop_min <= told.minutes + 1e-9).all()
    for k in range(len(told)):
        own = told.fix[told.first[k] : told.first[k + 1]]
        assert len(set(found.device[own])) == len(set(found.person[own])) == 1
        assert (np.diff(found.at[own]) > 0).all()
        assert (np.diff(found.at[own]) <= 300 * SECOND).all()
        line = shapely.LineString(told.vertices(k)[:, :2]).length if len(own) > 1 else 0
        assert told.metres[k] == pytest.approx(line)
    order = np.arange(len(found))
    random.shuffle(order)
    again_fixes = found.take(order)
    again = sessions_of(again_fixes, clean(again_fixes), grid=grid[order])
    for name in ("device", "person", "begin_at", "end_at", "metres", "effective_m", "stop_min", "n_stops", "cut", "x"):
        assert getattr(again, name).tolist() == getattr(told, name).tolist(), name
    assert order[again.fix].tolist() == told.fix.tolist()


@settings(deadline=None, max_examples=100)
@given(tracks())
def test_time_reversed_has_the_same_lengths(found):
    back = Fixes(**{**vars(found), "at": 2 * BEGIN - found.at})
    one = found.take(found.device == 0)
    other = back.take(back.device == 0)
    told, again = sessions(one), sessions(other)
    for name in ("metres", "effective_m", "minutes", "stop_min", "n_stops"):
        assert getattr(again, name)[::-1] == pytest.approx(getattr(told, name)), name


def slow_stops(at, x, y, least, width) -> list[bool]:
    """Every stretch of fixes is tried."""
    found = [False] * len(at)
    along = (x, y, (x + y) * np.sqrt(0.5), (x - y) * np.sqrt(0.5))
    for i, j in combinations(range(len(at)), 2):
        is_narrow = all(a[i : j + 1].max() - a[i : j + 1].min() <= width for a in along)
        if is_narrow and at[j] - at[i] >= least:
            found[i + 1 : j + 1] = [True] * (j - i)
    return found


@settings(deadline=None, max_examples=200)
@given(tracks(), st.integers(0, 25))
def test_stops_are_those_that_a_slow_search_finds(found, cut):
    cut = min(cut, len(found))
    first = np.array(sorted({0, cut, len(found)}))
    least = 600 * SECOND
    expected = []
    for a, b in pairwise(first.tolist()):
        expected += slow_stops(found.at[a:b], found.x[a:b], found.y[a:b], least, 100.0)
    assert stops(first, found.at, found.x, found.y, least, 100.0).tolist() == expected


# -------------------------------------------------------------------------------------------------------- real sets


def test_the_real_sets_make_sessions(realdata):
    ploughs = sessions(real_tracks(realdata, *PLOUGHS))
    assert len(set(ploughs.device.tolist())) == 26
    assert ploughs.metres.sum() == pytest.approx(105_600, rel=0.01)
    cabs = real_tracks(realdata, *CABS)
    told = sessions(cabs)
    assert told.n_fixes.sum() == clean(cabs).counts()["usable"]
    assert told.gap_s[~np.isnan(told.gap_s)].max() > 40 * 3600, "gaps up to 42 h"
    assert np.median(told.longest_step_s) <= 300


def test_the_rangers_flight_by_hand(realdata):
    """Length of the whole track, every filter off, against geodesic lengths."""
    found = real_tracks(realdata, *RANGERS)
    off = frozenset({"clock", "duplicate", "accuracy", "speed", "jump"})
    cleaned = clean(found, Filters(off=off))
    told = sessions_of(found, cleaned, gap_s=86_400)
    lon, lat = pyproj.Transformer.from_crs(32737, 4326, always_xy=True).transform(told.x, told.y)
    geod = pyproj.Geod(ellps="WGS84")
    lengths = [geod.line_length(lon[a:b], lat[a:b]) for a, b in pairwise(told.first.tolist())]
    assert told.metres == pytest.approx(lengths, rel=1e-3)

"""What tracks are listed for: each kind is found where it is made, and honest walks are left alone."""

from math import exp, factorial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.patrol.cleaning import clean
from gridgov.analytics.patrol.fixes import SECOND, WAYS, Fixes
from gridgov.analytics.patrol.integrity import COLUMNS, SKETCH, Limits, alike, findings, shapes
from gridgov.analytics.patrol.sessions import Sessions, sessions_of
from gridgov.analytics.rates import poisson

BEGIN = 1_790_000_000 * SECOND
HOUR = 360  # steps of 10 s


def walk(seed: int, n: int = HOUR, pace: float = 1.3, error: float = 3.0, uneven: float = 0.15) -> np.ndarray:
    """Positions each 10 s of somebody who turns now and then, as a receiver tells them."""
    rng = np.random.default_rng(seed)
    towards = np.repeat(rng.integers(0, 4, n // 20 + 1), 20)[:n] * np.pi / 2
    metres = 10 * pace * (1 + uneven * rng.standard_normal(n))
    true = np.cumsum(np.column_stack([metres * np.cos(towards), metres * np.sin(towards)]), axis=0)
    drift = np.zeros_like(true)
    for k in range(1, n):
        drift[k] = 0.9 * drift[k - 1] + np.sqrt(1 - 0.81) * rng.standard_normal(2)
    return 500_000 + true + error * (0.85 * drift + 0.4 * rng.standard_normal(true.shape))


def fixes_of(*tracks: np.ndarray, mode: str = "walk", device: list[int] | None = None, person: list[int] | None = None,
             begin: list[int] | None = None) -> Fixes:  # fmt: skip
    """Tracks as fixes, one a device and person unless said; all begin at the same time unless said (seconds after BEGIN)."""
    each = range(len(tracks))
    sizes = [len(track) for track in tracks]
    xy = np.concatenate(tracks)
    at = np.concatenate([BEGIN + ((begin or [0] * len(tracks))[k] + 10 * np.arange(sizes[k])) * SECOND for k in each])
    return Fixes(
        np.repeat(device or list(each), sizes).astype(np.int32), np.repeat(person or list(each), sizes).astype(np.int32),
        at.astype(np.int64), xy[:, 0], xy[:, 1], np.full(len(xy), 5.0), np.full(len(xy), WAYS.index(mode), np.int8),
    )  # fmt: skip


def found_in(fixes: Fixes) -> pd.DataFrame:
    cleaned = clean(fixes)
    found = findings(fixes, cleaned, sessions_of(fixes, cleaned))
    assert tuple(found) == COLUMNS
    assert (found["begin_at"] <= found["end_at"]).all()
    assert (found["n"] <= found["n_of"]).all()
    return found


def sessions_in(fixes: Fixes) -> Sessions:
    return sessions_of(fixes, clean(fixes))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([("walk", 1.3), ("ebike", 2.6), ("car", 8.0)]))
def test_an_honest_patrol_is_not_listed(seed: int, way: tuple[str, float]) -> None:
    assert found_in(fixes_of(walk(seed, pace=way[1]), mode=way[0])).empty


@pytest.mark.parametrize(("mode", "pace"), [("walk", 8.0), ("walk", 3.6), ("ebike", 9.0)])
def test_who_moves_faster_than_they_can_is_listed_with_the_minutes(mode: str, pace: float) -> None:
    found = found_in(fixes_of(walk(1), walk(2, 72, pace), device=[0, 0], person=[7, 7], begin=[0, 7200], mode=mode))
    assert found["kind"].tolist() == ["driving"]
    assert found["person"][0] == 7
    assert 8 < found["measure"][0] <= 12
    assert found["begin_at"][0] > BEGIN + 7200 * SECOND


def test_what_lies_still_is_listed_and_who_goes_round_a_house_is_not() -> None:
    still = 500_000 + np.random.default_rng(3).standard_normal((HOUR, 2)) * 4
    angle = np.arange(HOUR) / 6
    assert found_in(fixes_of(still))["kind"].tolist() == ["standing"]
    assert found_in(fixes_of(still + 40 * np.column_stack([np.cos(angle), np.sin(angle)]))).empty


def test_a_device_that_jumps_is_listed_and_one_bad_fix_is_not() -> None:
    track = walk(4)
    once, often = track.copy(), track.copy()
    once[100] += 900
    often[50:350:30] += 900
    assert found_in(fixes_of(once)).empty
    found = found_in(fixes_of(often))
    assert found["kind"].tolist() == ["jumping"]
    assert found["n"][0] == 10
    assert 1200 < found["measure"][0] < 1350


def test_a_speed_that_no_receiver_would_show_is_listed() -> None:
    assert found_in(fixes_of(walk(5, error=0.0, uneven=0.01)))["kind"].tolist() == ["steady"]


def test_one_device_of_two_people_is_listed_with_the_minutes_between() -> None:
    found = found_in(fixes_of(walk(6), walk(7), device=[3, 3], person=[1, 2], begin=[0, 4200]))
    assert found["kind"].tolist() == ["shared"]
    assert (found["other"][0], found["person"][0]) == (1, 2)
    assert found["measure"][0] == pytest.approx((4200 - 3590) / 60)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.0, 0.2), st.integers(250, HOUR))
def test_a_track_written_again_is_known_and_the_same_way_walked_again_is_not(seed: int, jitter: float, n: int) -> None:
    true, rng = walk(seed, error=0.0), np.random.default_rng(seed)
    first, again = true + 3 * rng.standard_normal(true.shape), true + 3 * rng.standard_normal(true.shape)
    played = (first + jitter * rng.uniform(-1, 1, first.shape))[:n]
    known = shapes(sessions_in(fixes_of(first, again, played)))
    assert len(known.session) == 3
    like = alike(np.zeros(3, np.int64), np.array([1, 2, 3]), known.places)
    assert like[["row", "earlier"]].to_numpy().tolist() == [[2, 0]]
    assert alike(np.arange(3), np.array([1, 2, 3]), known.places).empty  # of other devices
    assert alike(np.zeros(3, np.int64), np.ones(3, np.int64), known.places).empty  # of the same day


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 60)), min_size=1, max_size=12))
def test_sketches_are_compared_as_a_slow_reference_does(rows: list[tuple[int, int, int]]) -> None:
    owner, day, shift = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    places = (np.arange(SKETCH) + shift[:, None]).astype(np.uint64)
    like = alike(owner, day, places, Limits(shape_share=0.3)).set_index("row")["share"].to_dict()
    for i in range(len(rows)):
        shares = [
            len(both & set(sorted(set(places[i]) | set(places[j]))[:SKETCH])) / SKETCH
            for j in range(len(rows))
            if owner[j] == owner[i] and day[j] < day[i] and (both := set(places[i]) & set(places[j])) is not None
        ]
        best = max(shares, default=0)
        assert like.get(i, 0) == pytest.approx(best if best >= 0.3 else 0)


def test_the_order_of_the_rows_is_nothing() -> None:
    track = walk(4)
    track[50:350:30] += 900
    fixes = fixes_of(track, walk(2, 72, 8.0), walk(6))
    shuffled = fixes.take(np.random.default_rng(0).permutation(len(fixes)))
    pd.testing.assert_frame_equal(found_in(fixes), found_in(shuffled))


@pytest.mark.parametrize("n", [1, 2, 5, 20, 60])
def test_the_interval_of_a_count_is_nearly_the_exact_one_of_poisson(n: int) -> None:
    low, high = (float(side[0]) for side in poisson([n]))
    below = sum(exp(-high) * high**k / factorial(k) for k in range(n + 1))
    above = 1 - sum(exp(-low) * low**k / factorial(k) for k in range(n))
    assert below == pytest.approx(0.025, abs=0.004)
    assert 0.012 < above < 0.029  # of one alone it is wider than need be
    assert poisson([0])[0][0] == 0

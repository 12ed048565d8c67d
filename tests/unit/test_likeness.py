"""Reports of one trouble: every pair, return and problem that is found, against a plain look at all pairs of reports."""

import itertools
import unicodedata

import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.analytics.likeness import Ends, Reports, alike, chains, first_returns, join, metres_between, open_pairs

FOREVER = np.iinfo(np.int64).max
GEOD = pyproj.Geod(ellps="WGS84")


@st.composite
def towns(draw: st.DrawFn) -> tuple[Reports, Ends]:
    """Reports crowded in time and place, some without coordinates, some without address; closed and opened again."""
    n = draw(st.integers(0, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    south = draw(st.sampled_from([-33.9, 0.0, 31.9, 59.9]))
    at = np.sort(rng.integers(0, draw(st.sampled_from([20, 500])), n))
    lon = 120.4 + rng.integers(0, draw(st.sampled_from([3, 60])), n) * 0.0002
    lat = south + rng.integers(0, 8, n) * 0.0002
    is_lost = rng.random(n) < 0.3
    lon, lat = np.where(is_lost, np.nan, lon), np.where(is_lost, np.nan, lat)
    spot = rng.integers(-1, 3, n)
    rows = []
    for row in range(n):
        end = at[row]
        for _ in range(rng.integers(0, 3)):
            end = end + rng.integers(0, 100)
            again = end + rng.integers(1, 60) if rng.random() < 0.5 else FOREVER
            rows.append((row, end, again))
            if again == FOREVER:
                break
            end = again
    row, closed, until = np.array(rows, np.int64).reshape(-1, 3).T.copy()
    return Reports(rng.integers(0, 3, n), at, lon, lat, spot), Ends(row, closed, until)


def apart(r: Reports, i: int, j: int) -> float | None:
    """Metres between two reports on the ellipsoid, 0 where they share an address, None where they cannot be compared."""
    lost = np.isnan(r.lon[[i, j]])
    if lost.all():
        return 0.0 if r.spot[i] == r.spot[j] >= 0 else None
    return None if lost.any() else GEOD.inv(r.lon[i], r.lat[i], r.lon[j], r.lat[j])[2]


def is_near(r: Reports, i: int, j: int, metres: float) -> bool:
    far = apart(r, i, j)
    return r.kind[i] == r.kind[j] and far is not None and far <= metres


def is_open(ends: Ends, row: int, at: int) -> bool:
    return not any(k == row and closed <= at < until for k, closed, until in zip(*ends, strict=True))


@settings(deadline=None, max_examples=150)
@given(towns(), st.sampled_from([10, 100, 1_000]), st.sampled_from([15.0, 50.0, 130.0]))
def test_the_pairs_are_all_that_a_look_at_every_two_reports_finds(town, within, metres):
    r, ends = town
    slow = {
        (i, j)
        for i, j in itertools.combinations(range(len(r.at)), 2)
        if r.at[j] - r.at[i] <= within and is_near(r, i, j, metres) and is_open(ends, i, r.at[j])
    }
    i, j, far = open_pairs(r, ends, within, metres)
    assert len(i) == len(slow)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == slow
    for a, b, d in zip(i, j, far, strict=True):
        assert np.isnan(d) if np.isnan(r.lon[a]) else d == pytest.approx(apart(r, a, b), rel=1e-5, abs=1e-6)
    of = np.arange(len(r.at)) % 3 == 0
    some = {(a, b) for a, b in slow if of[a] or of[b]}
    a, b, _ = open_pairs(r, ends, within, metres, of)
    assert set(zip(a.tolist(), b.tolist(), strict=True)) == some


@settings(deadline=None, max_examples=150)
@given(towns(), st.sampled_from([10, 100, 1_000]), st.sampled_from([15.0, 50.0, 130.0]))
def test_the_return_is_the_first_report_of_the_trouble_after_a_closing(town, within, metres):
    r, ends = town
    found, far = first_returns(r, ends, within, metres)
    for e, (row, closed, until) in enumerate(zip(*ends, strict=True)):
        after = [
            j
            for j in range(len(r.at))
            if j != row and closed <= r.at[j] <= closed + within and r.at[j] < until and is_near(r, row, j, metres)
        ]
        assert found[e] == (after[0] if after else -1)
        assert np.isnan(far[e]) == (not after or np.isnan(r.lon[row]))


@settings(deadline=None)
@given(st.floats(-179, 179), st.floats(-70, 70), st.floats(-0.003, 0.003), st.floats(-0.003, 0.003))
def test_metres_are_those_of_the_geodesic(lon, lat, east, north):
    to_lon, to_lat = lon + east, lat + north
    _, _, wanted = GEOD.inv(lon, lat, to_lon, to_lat)
    found = metres_between(*(np.array([v]) for v in (lon, lat, to_lon, to_lat)))[0]
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-4)


def pairs_of(text: str | None) -> set[str]:
    said = "".join(c for c in unicodedata.normalize("NFKC", text or "").lower() if c.isalnum())
    return {said[k : k + 2] for k in range(len(said) - 1)}


TEXTS = st.one_of(st.none(), st.text(st.sampled_from("路灯不亮坏了ABab,，！ 12"), max_size=9), st.text(max_size=6))


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_texts_are_as_alike_as_the_pairs_they_share(texts):
    left, right = (side.ravel() for side in np.indices((len(texts), len(texts))))
    for a, b, found in zip(left, right, alike(texts, left, right), strict=True):
        one, other = pairs_of(texts[a]), pairs_of(texts[b])
        wanted = len(one & other) / len(one | other) if one and other else np.nan
        assert found == pytest.approx(wanted, nan_ok=True)


def components(n: int, pairs: list[tuple[int, int]]) -> list[int]:
    """The first of each one's component, by walking until nothing changes."""
    head = list(range(n))
    while True:
        was = list(head)
        for a, b in pairs:
            head[a] = head[b] = min(head[a], head[b])
        if head == was:
            return head


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 14), st.data())
def test_problems_at_any_instant_are_the_components_of_the_pairs_known_by_then(n, data):
    every = list(itertools.combinations(range(n), 2))
    pairs = data.draw(st.lists(st.sampled_from(every), unique=True, max_size=25)) if every else []
    earlier, later = np.array(pairs, np.int64).reshape(-1, 2).T
    found = join(n, earlier, later)
    assert sorted(set(found.row)) == found.row.tolist()
    assert found.head.tolist() == [components(n, pairs)[row] for row in found.row]
    assert ((later[found.tie] == found.by) & (found.by >= found.row) & (found.to < found.row)).all()
    for now in range(n):
        known = components(n, [pair for pair in pairs if pair[1] <= now])
        joined = pd.DataFrame(found._asdict()).query("by <= @now").set_index("row")["to"].to_dict()
        for row in range(now + 1):
            first = row
            while first in joined:
                first = joined[first]
            assert first == known[row]


@settings(deadline=None)
@given(st.integers(1, 12), st.data())
def test_chains_are_components(n, data):
    pairs = data.draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=20))
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    assert chains(n, left, right).tolist() == components(n, pairs)

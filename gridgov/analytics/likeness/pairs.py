"""Reports near each other: candidates by blocks, then distance, time and what was open, compiled."""

# mypy: disable-error-code="no-untyped-def"

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_A, _E2 = 6_378_137.0, 0.006_694_379_990_141_317
"""Half the major axis of WGS84 in metres, and the square of its eccentricity."""

_SHORTEST_DEGREE_M = 110_574.0
"""A degree of latitude where it is shortest, on the equator."""

_CELL_BITS = 21
_SMALLEST_CELL_M = 25.0
"""So that columns and rows have room in so many bits, wherever on earth the reports are."""


class Reports(NamedTuple):
    """One row a report, by `at`; the order of those of one instant is the caller's: the first of two is the earlier.

    kind  what it is about, a number; reports of different kinds are never compared
    at    seconds
    lon, lat  WGS84 degrees, NaN where not known
    spot  the address as a number, compared where neither of two reports has coordinates; -1 = none
    """

    kind: Ints
    at: Ints
    lon: Floats
    lat: Floats
    spot: Ints


class Ends(NamedTuple):
    """One row an end of a report's case, sorted by report and time: open from the report on, closed from `at` to `until`.

    row    place of the report
    at     seconds
    until  when it was reopened; the largest integer where it was not
    """

    row: Ints
    at: Ints
    until: Ints


def open_pairs(
    reports: Reports, ends: Ends, within_s: int, metres: float, of: npt.NDArray[np.bool_] | None = None
) -> tuple[Ints, Ints, Floats]:
    """Pairs of one kind at most some metres and seconds apart, the earlier still open when the later was reported.

    of       only pairs with at least one of these; None = all
    returns  places of the earlier and the later, and metres between (NaN where only the address is the same)
    """
    blocks = _blocks(reports, metres)
    first = np.searchsorted(ends.row, np.arange(len(reports.at) + 1))
    wanted = np.ones(len(reports.at), np.bool_) if of is None else of
    given = (*reports, *blocks, ends.at, ends.until, first, within_s, metres, wanted)
    n = _open_pairs(*given, np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))
    i, j, far = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.float64)
    _open_pairs(*given, i, j, far)
    return i, j, far


def first_returns(
    reports: Reports, ends: Ends, within_s: int, metres: float, of: npt.NDArray[np.bool_] | None = None
) -> tuple[Ints, Floats]:
    """For each end the first report of its kind, at most some metres off, from then on: within some seconds, not reopened.

    of       only among these reports; None = all
    returns  place of that report, -1 = none; and metres between (NaN where only the address is the same, or none)
    """
    wanted = np.ones(len(reports.at), np.bool_) if of is None else of
    found, far = np.full(len(ends.at), -1, np.int64), np.full(len(ends.at), np.nan)
    _first_returns(*reports, *_blocks(reports, metres), *ends, within_s, metres, wanted, found, far)
    return found, far


def metres_between(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Metres between near points, by the radii of curvature of WGS84 half-way.

    Within a millionth of the geodesic for the hundreds of metres that it is for, and the same whatever CRS a town has.

    >>> metres_between(np.array([120.0]), np.array([31.0]), np.array([120.001]), np.array([31.0])).round(2)
    array([95.5])
    """
    found = np.empty(len(lon))
    _all_metres(lon, lat, to_lon, to_lat, found)
    return found


def _blocks(reports: Reports, metres: float) -> tuple[Ints, Ints, Ints, Ints]:
    """Blocks of one kind about as large as the radius: what is within it lies in the block or one of the eight around.

    returns  block of each report; reports by block, in their order; where each block begins; the nine, -1 = none there
    """
    lon, lat = reports.lon, reports.lat
    side = max(metres, _SMALLEST_CELL_M)
    kinds, kind = np.unique(reports.kind, return_inverse=True)
    has_place = ~np.isnan(lon)
    shortest = np.cos(np.radians(min(89.9, float(np.abs(lat[has_place]).max(initial=0)) + 0.01)))
    key = np.full(len(lon), -1, np.int64)
    column = np.floor((lon[has_place] + 180) * (_SHORTEST_DEGREE_M * shortest / side)).astype(np.int64) + 1
    row = np.floor((lat[has_place] + 90) * (_SHORTEST_DEGREE_M / side)).astype(np.int64) + 1
    for cells in (column, row):
        cells -= cells.min(initial=1) - 1
    key[has_place] = (kind[has_place] << 2 * _CELL_BITS) | (column << _CELL_BITS) | row
    told = ~has_place & (reports.spot >= 0)
    spots = np.unique(reports.spot[told], return_inverse=True)[1]
    key[told] = (kind[told] + len(kinds) << 2 * _CELL_BITS) | spots
    found, block = np.unique(key, return_inverse=True)
    order = np.argsort(block, kind="stable")
    begin = np.searchsorted(block[order], np.arange(len(found) + 1))
    around = np.full((len(found), 9), -1, np.int64)
    steps = [(dx << _CELL_BITS) + dy for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    is_cell = (found >= 0) & (found >> 2 * _CELL_BITS < len(kinds))
    for k, step in enumerate(steps):
        place = np.minimum(np.searchsorted(found, found + step), len(found) - 1)
        is_there = (found[place] == found + step) & (found >= 0) & (is_cell | (step == 0))
        around[is_there, k] = place[is_there]
    return block, order, begin, around


@numba.njit(cache=True, nogil=True)
def _metres(lon, lat, to_lon, to_lat):  # pragma: no cover  compiled
    middle = np.radians(0.5 * (lat + to_lat))
    w2 = 1.0 - _E2 * np.sin(middle) ** 2
    across = _A / np.sqrt(w2)
    along = across * (1.0 - _E2) / w2
    dx = np.radians(to_lon - lon) * across * np.cos(middle)
    dy = np.radians(to_lat - lat) * along
    return np.sqrt(dx * dx + dy * dy)


@numba.njit(cache=True, nogil=True)
def _all_metres(lon, lat, to_lon, to_lat, found):  # pragma: no cover  compiled
    for k in range(len(lon)):
        found[k] = _metres(lon[k], lat[k], to_lon[k], to_lat[k])


@numba.njit(cache=True, nogil=True)
def _from(order, at, lo, hi, instant):  # pragma: no cover  compiled
    """The first place in order[lo:hi] whose report is at or after an instant."""
    while lo < hi:
        middle = (lo + hi) // 2
        if at[order[middle]] < instant:
            lo = middle + 1
        else:
            hi = middle
    return lo


@numba.njit(cache=True, nogil=True)
def _is_open(end_at, until, first, report, instant):  # pragma: no cover  compiled
    for e in range(first[report], first[report + 1]):  # noqa: SIM110  compiled
        if end_at[e] <= instant < until[e]:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _open_pairs(
    kind,
    at,
    lon,
    lat,
    spot,
    block,
    order,
    begin,
    around,
    end_at,
    until,
    first,
    within,
    metres,
    wanted,
    to_i,
    to_j,
    to_far,
):  # pragma: no cover  compiled
    """Count the pairs, and write them where there is room."""
    n = 0
    for j in range(len(at)):
        for nb in around[block[j]]:
            if nb < 0:
                continue
            q = _from(order, at, begin[nb], begin[nb + 1], at[j] - within)
            while q < begin[nb + 1] and order[q] < j:
                i = order[q]
                q += 1
                if not (wanted[i] or wanted[j]):
                    continue
                far = _metres(lon[i], lat[i], lon[j], lat[j])
                if far > metres or not _is_open(end_at, until, first, i, at[j]):
                    continue
                if n < len(to_i):
                    to_i[n], to_j[n], to_far[n] = i, j, far
                n += 1
    return n


@numba.njit(cache=True, nogil=True)
def _first_returns(
    kind, at, lon, lat, spot, block, order, begin, around, row, end_at, until, within, metres, wanted, found, found_far
):  # pragma: no cover  compiled
    for e in range(len(row)):
        i = row[e]
        for nb in around[block[i]]:
            if nb < 0:
                continue
            q = _from(order, at, begin[nb], begin[nb + 1], end_at[e])
            while q < begin[nb + 1]:
                j = order[q]
                q += 1
                if at[j] > end_at[e] + within or at[j] >= until[e] or (found[e] >= 0 and j >= found[e]):
                    break
                if j == i or not wanted[j]:
                    continue
                far = _metres(lon[i], lat[i], lon[j], lat[j])
                if far <= metres or far != far:
                    found[e], found_far[e] = j, far
                    break

"""What tracks tell of places that somebody reported of: who had come by before, and where the reporter's device was then."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from gridgov.analytics.patrol.sweeping import RADIUS_M
from gridgov.analytics.patrol.tracks import Floats, Longs, Tracks, checked

WITHIN_S = 24 * 3_600.0
"""A patrol that came by so long before a report, at most, could have seen what it tells of."""

_kernel = numba.njit(cache=True, nogil=True)


class Reports(NamedTuple):
    """Reports of places: x, y (metres in the metric CRS of the tracks) and at (seconds, as those of the tracks)."""

    x: Floats
    y: Floats
    at: Floats


def last_passes(tracks: Tracks, reports: Reports, *, radius_m: float = RADIUS_M, within_s: float = WITHIN_S) -> Floats:
    """When somebody last came by the place of each report before it: seconds, NaN = nobody.

    Of each track, as far as it lies in the `within_s` before the report, the instant nearest to the place counts if it is
    within `radius_m`; the way between two fixes is taken as straight. Tracks have no silences: a session ends there.
    """
    x, y, at = _floats(reports)
    return _last_passes(*checked(tracks), x, y, at, radius_m, within_s)


def reporters(
    tracks: Tracks, carrier: npt.ArrayLike, reports: Reports, reporter: npt.ArrayLike
) -> tuple[Longs, Floats]:
    """How far from its place the one who made each report was then, by the track that he carried.

    carrier   of each track, a number
    reporter  of each report the same number, negative = nobody who carries one
    returns   the track that was nearest (-1 = none ran at that instant), and the metres (NaN)
    """
    carriers, wanted = np.asarray(carrier, np.int64), np.asarray(reporter, np.int64)
    x, y, at = _floats(reports)
    return _reporters(*checked(tracks), carriers, x, y, at, wanted)


def _floats(reports: Reports) -> Reports:
    return Reports(*(np.ascontiguousarray(values, np.float64) for values in reports))


@_kernel
def _last_passes(
    x: Floats, y: Floats, at: Floats, first: Longs, px: Floats, py: Floats, told: Floats, radius: float, within: float
) -> Floats:
    found = np.full(len(told), np.nan)
    for t in range(len(first) - 1):
        a, b = first[t], first[t + 1]
        if b - a < 2:
            continue
        west, east = x[a:b].min() - radius, x[a:b].max() + radius
        south, north = y[a:b].min() - radius, y[a:b].max() + radius
        for k in range(len(told)):
            since, until = told[k] - within, told[k]
            if not (west <= px[k] <= east and south <= py[k] <= north and at[a] < until and at[b - 1] > since):
                continue
            best, when = np.inf, np.nan
            for i in range(a, b - 1):
                if at[i + 1] < since:
                    continue
                if at[i] > until:
                    break
                took = at[i + 1] - at[i]
                low, high = 0.0, 1.0
                if took > 0:
                    low, high = max(0.0, (since - at[i]) / took), min(1.0, (until - at[i]) / took)
                dx, dy = x[i + 1] - x[i], y[i + 1] - y[i]
                squared = dx * dx + dy * dy
                part = low
                if squared > 0:
                    part = min(high, max(low, ((px[k] - x[i]) * dx + (py[k] - y[i]) * dy) / squared))
                away = (x[i] + part * dx - px[k]) ** 2 + (y[i] + part * dy - py[k]) ** 2
                if away < best:
                    best, when = away, at[i] + part * took
            if best <= radius * radius and not found[k] >= when:
                found[k] = when
    return found


@_kernel
def _reporters(
    x: Floats,
    y: Floats,
    at: Floats,
    first: Longs,
    carrier: Longs,
    px: Floats,
    py: Floats,
    told: Floats,
    reporter: Longs,
) -> tuple[Longs, Floats]:
    track, metres = np.full(len(told), -1, np.int64), np.full(len(told), np.nan)
    for t in range(len(first) - 1):
        a, b = first[t], first[t + 1]
        if b - a < 2:
            continue
        for k in range(len(told)):
            if reporter[k] < 0 or reporter[k] != carrier[t] or not at[a] <= told[k] <= at[b - 1]:
                continue
            i = min(a + np.searchsorted(at[a:b], told[k]), b - 1)
            there_x, there_y = x[i], y[i]
            if i > a and at[i] > told[k]:
                part = (told[k] - at[i - 1]) / (at[i] - at[i - 1])
                there_x = x[i - 1] + part * (x[i] - x[i - 1])
                there_y = y[i - 1] + part * (y[i] - y[i - 1])
            away = np.hypot(there_x - px[k], there_y - py[k])
            if not metres[k] <= away:
                track[k], metres[k] = t, away
    return track, metres

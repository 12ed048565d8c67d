"""Usable fixes -> sessions: stretches in which a device kept telling where it was, with their lengths, minutes and stops.

A session ends with a silence longer than `gap_s`, with another person on the device, and where the track is torn (cleaning:
the next fix could not have been reached). It has at least one fix; a line needs two.

A stop is a stretch of at least `stop_s` within one session in which all fixes lie no farther apart than twice `stop_m`
along each of four directions (east, north and between them): they stay within about `stop_m` of their middle. Stretches
that overlap are one stop.

Between two fixes one is on the straight line at even speed. A step that leads across the edge of one's grid counts half
inside and half outside.
"""

from dataclasses import dataclass
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt

from gridgov.analytics.patrol.cleaning import Cleaned
from gridgov.analytics.patrol.fixes import SECOND, Fixes

CUTS: Final = ("first", "silence", "torn", "person", "day")
"""Why a session begins, by `cut`: the device's first, after a silence, after a torn track, with another person, with the day
(analytics.patrol.days; it goes on from the day before)."""
FIRST, SILENCE, TORN, PERSON, DAY = range(len(CUTS))


@dataclass(frozen=True)
class Sessions:
    """Sessions by device and time, an array a column, and the vertices of their lines.

    device, person  int32, as in the fixes
    begin_at        int64, microseconds UTC: the first fix
    end_at          int64, microseconds UTC: the last fix
    n_fixes         int64
    metres          float64, length of the line
    effective_m     float64, of it what is outside stops and inside the grid (where no grids are given: outside stops)
    minutes         float64, from begin to end
    stop_min        float64, of them in stops
    n_stops         int64
    gap_s           float64, seconds of silence since the device's session before; NaN = its first
    longest_step_s  float64, seconds between two fixes in a row, at most; 0 with one fix
    cut             uint8, why it begins: place in CUTS
    outside_share   float64, 0..1 of the minutes outside the grid; NaN without grids, or where it lasts no time

    first           int64, one longer: vertices first[k] ... first[k + 1] - 1 are those of session k
    fix             int64 by vertex: its row in the fixes
    x, y            float64 by vertex, metres in the town's metric CRS
    t               float64 by vertex, seconds since 1970-01-01 UTC: the measure M
    is_stop         bool by vertex: the step that leads to it is part of a stop
    """

    device: npt.NDArray[np.int32]
    person: npt.NDArray[np.int32]
    begin_at: npt.NDArray[np.int64]
    end_at: npt.NDArray[np.int64]
    n_fixes: npt.NDArray[np.int64]
    metres: npt.NDArray[np.float64]
    effective_m: npt.NDArray[np.float64]
    minutes: npt.NDArray[np.float64]
    stop_min: npt.NDArray[np.float64]
    n_stops: npt.NDArray[np.int64]
    gap_s: npt.NDArray[np.float64]
    longest_step_s: npt.NDArray[np.float64]
    cut: npt.NDArray[np.uint8]
    outside_share: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64]
    fix: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    t: npt.NDArray[np.float64]
    is_stop: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.begin_at)

    def vertices(self, k: int) -> npt.NDArray[np.float64]:
        """The vertices of one session's LineString M: x, y, t in a row each."""
        own = slice(self.first[k], self.first[k + 1])
        return np.column_stack((self.x[own], self.y[own], self.t[own]))


def sessions_of(
    fixes: Fixes,
    cleaned: Cleaned,
    *,
    gap_s: npt.ArrayLike = 300.0,
    stop_m: float = 50.0,
    stop_s: float = 1200.0,
    grid: npt.NDArray[np.integer[Any]] | None = None,
    home: npt.NDArray[np.integer[Any]] | None = None,
) -> Sessions:
    """The sessions of fixes that were cleaned.

    gap_s   seconds; a longer silence ends a session. One for all, or each by row of the fixes
    stop_m  metres around the middle of a stop
    stop_s  seconds that a stop lasts at least
    grid    by row of the fixes: label of the grid it lies in, below 0 = in none
    home    by row of the fixes: label of the grid it should lie in; without it, any grid will do
    """
    rows = cleaned.usable
    at, x, y = fixes.at[rows], fixes.x[rows], fixes.y[rows]
    gaps = np.broadcast_to(np.asarray(gap_s, np.float64), len(fixes))[rows] * SECOND
    cut, first = _cuts(fixes.device[rows], fixes.person[rows], at, cleaned.is_torn[rows], gaps)
    is_outside = np.zeros(len(rows), np.bool_)
    if grid is not None:
        is_outside = (grid[rows] < 0) if home is None else (grid[rows] != home[rows])
    is_stop = stops(first, at, x, y, int(stop_s * SECOND), 2 * stop_m)
    metres, effective, stop, n_stops, outside, longest = _sums(first, at, x, y, is_stop, is_outside)
    begin, end = first[:-1], first[1:] - 1
    took = at[end] - at[begin]
    silence = np.full(len(begin), np.nan)
    later = np.flatnonzero(cut != FIRST)
    silence[later] = (at[begin[later]] - at[end[later - 1]]) / SECOND
    share = np.full(len(begin), np.nan)
    if grid is not None:
        np.divide(outside, took, out=share, where=took > 0)
    return Sessions(
        device=fixes.device[rows][begin],
        person=fixes.person[rows][begin],
        begin_at=at[begin],
        end_at=at[end],
        n_fixes=np.diff(first),
        metres=metres,
        effective_m=effective,
        minutes=took / (60 * SECOND),
        stop_min=stop / (60 * SECOND),
        n_stops=n_stops,
        gap_s=silence,
        longest_step_s=longest / SECOND,
        cut=cut,
        outside_share=share,
        first=first,
        fix=rows,
        x=x,
        y=y,
        t=at / SECOND,
        is_stop=is_stop,
    )


def _cuts(
    device: npt.NDArray[np.int32],
    person: npt.NDArray[np.int32],
    at: npt.NDArray[np.int64],
    is_torn: npt.NDArray[np.bool_],
    gap: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Why each session begins, and its first fix; the number of fixes at the end."""
    n = len(at)
    cut = np.full(n, 255, np.uint8)
    if n:
        cut[1:][is_torn[1:]] = TORN
        cut[1:][np.diff(at) > gap[1:]] = SILENCE
        cut[1:][np.diff(person) != 0] = PERSON
        cut[1:][np.diff(device) != 0] = FIRST
        cut[0] = FIRST
    first = np.flatnonzero(cut != 255)
    return cut[first], np.append(first, n)


# ---- compiled --------------------------------------------------------------------------------------------------------

# mypy: disable-error-code="no-untyped-def"


@numba.njit(cache=True, nogil=True)
def stops(first, at, x, y, least, width):  # pragma: no cover  compiled
    """Which steps are part of a stop, by the fix they lead to. `least` in microseconds, `width` in metres.

    For each fix the longest stretch that ends there and is narrow enough begins no earlier than that of the fix before:
    two hands move along the track. The extent in each direction is held by a queue of falling values, its head the
    greatest.
    """
    n = len(at)
    is_stop = np.zeros(n, np.bool_)
    longest = 0
    for k in range(len(first) - 1):
        if at[first[k + 1] - 1] - at[first[k]] >= least:
            longest = max(longest, first[k + 1] - first[k])
    held, value = np.empty((8, longest), np.int64), np.empty((8, longest))
    head, tail = np.empty(8, np.int64), np.empty(8, np.int64)
    half = np.sqrt(0.5)
    for k in range(len(first) - 1):
        begin, end = first[k], first[k + 1]
        if at[end - 1] - at[begin] < least:
            continue
        head[:], tail[:] = 0, 0
        start, marked = begin, begin
        for j in range(begin, end):
            for d in range(4):
                along = x[j] if d == 0 else y[j] if d == 1 else (x[j] + y[j]) * half if d == 2 else (x[j] - y[j]) * half
                for q in (d, d + 4):
                    v = along if q < 4 else -along
                    while tail[q] > head[q] and value[q, tail[q] - 1] <= v:
                        tail[q] -= 1
                    held[q, tail[q]], value[q, tail[q]] = j, v
                    tail[q] += 1
            while True:
                is_wide = False
                for d in range(4):
                    is_wide = is_wide or value[d, head[d]] + value[d + 4, head[d + 4]] > width
                if not is_wide:
                    break
                start += 1
                for q in range(8):
                    if held[q, head[q]] < start:
                        head[q] += 1
            if at[j] - at[start] >= least:
                for i in range(max(start, marked) + 1, j + 1):
                    is_stop[i] = True
                marked = j
    return is_stop


@numba.njit(cache=True, nogil=True)
def _sums(first, at, x, y, is_stop, is_outside):  # pragma: no cover  compiled
    """By session: metres, effective metres, time in stops, stops, time outside, longest step (times in microseconds)."""
    n = len(first) - 1
    metres, effective, outside = np.zeros(n), np.zeros(n), np.zeros(n)
    stop, n_stops, longest = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    for k in range(n):
        for j in range(first[k] + 1, first[k + 1]):
            step = np.hypot(x[j] - x[j - 1], y[j] - y[j - 1])
            took = at[j] - at[j - 1]
            out = (is_outside[j - 1] + is_outside[j]) / 2
            metres[k] += step
            outside[k] += took * out
            longest[k] = max(longest[k], took)
            if is_stop[j]:
                stop[k] += took
                n_stops[k] += not is_stop[j - 1] or j - 1 == first[k]
            else:
                effective[k] += step * (1 - out)
    return metres, effective, stop, n_stops, outside, longest

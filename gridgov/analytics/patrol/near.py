"""What a track came near to: checkpoints (必巡点), planned routes; and where somebody was at every step, for playback."""

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.analytics.patrol.cells import CELL_M, Cells
from gridgov.analytics.patrol.sweeping import RADIUS_M, swept
from gridgov.analytics.patrol.tracks import GAP_S, Floats, Longs, Tracks, checked

DWELL_S = 60.0
"""By default a checkpoint counts as visited from this time spent near it."""
ABSENCE_S = 30.0
"""By default one may seem to be away so long, at the rim of the circle or by a bad fix, and it is still one visit."""

_ROUTE_REACH = 0.71  # of a cell: half its diagonal, so that no cell on the line's way is missing

_kernel = numba.njit(cache=True, nogil=True)


def checkpoint_visits(
    tracks: Tracks,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    radius_m: float = RADIUS_M,
    dwell_s: float = DWELL_S,
    absence_s: float = ABSENCE_S,
    gap_s: float = GAP_S,
) -> pd.DataFrame:
    """Visits of checkpoints: somebody stayed `dwell_s` within `radius_m`, the way between two fixes taken as straight.

    tracks     metres in the town's metric CRS
    x, y       of the checkpoints, metres in the same CRS
    absence_s  being away for no longer does not end a visit, but it does not count as dwelling either
    gap_s      after a longer silence a new visit begins; the silence does not count
    returns    by track, checkpoint and time: track, checkpoint (their positions), arrived_at, left_at (seconds, as those
               of the tracks), dwell_s (seconds within the radius)
    """
    at = np.column_stack([np.asarray(x, np.float64), np.asarray(y, np.float64)])
    order = np.argsort(at[:, 0], kind="stable")
    found = _visits(*checked(tracks), at[order], radius_m, dwell_s, absence_s, gap_s)
    frame = pd.DataFrame(found, columns=["track", "checkpoint", "arrived_at", "left_at", "dwell_s"])
    frame["track"] = frame["track"].astype(np.int64)
    frame["checkpoint"] = order[frame["checkpoint"].to_numpy(np.int64)]
    return frame.sort_values(["track", "checkpoint", "arrived_at"], ignore_index=True)


def route_cells(routes: npt.NDArray[np.object_], cell_m: float = CELL_M) -> Cells:
    """The cells along planned routes, with the route's position as owner.

    routes  LineStrings or MultiLineStrings, metres in the town's metric CRS; None and empty ones have no cells
    """
    parts, route = shapely.get_parts(routes, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    first = np.searchsorted(part, np.arange(len(parts) + 1))
    line = Tracks(xy[:, 0], xy[:, 1], np.zeros(len(xy)), first)
    return swept(line, route, radius_m=_ROUTE_REACH * cell_m, cell_m=cell_m)


def positions(tracks: Tracks, step_s: float, *, gap_s: float = GAP_S) -> pd.DataFrame:
    """Where each track was at every whole multiple of a step, on the straight way between two fixes.

    step_s   seconds
    gap_s    in a longer silence there is no position
    returns  by track and time: track, at (seconds), x, y (metres)
    """
    if not step_s > 0:
        raise ValueError(f"step_s is {step_s}; expected more than 0 seconds")
    x, y, at, first = checked(tracks)
    track = np.repeat(np.arange(len(first) - 1), np.diff(first))
    step = np.ceil(at / step_s)
    goes_on = np.zeros(len(at), np.bool_)
    goes_on[:-1] = (track[1:] == track[:-1]) & (np.diff(at) <= gap_s)
    # Each fix answers for the steps from it on until the next fix; the last before a silence only for its own instant.
    n_steps = (step * step_s == at).astype(np.int64)
    n_steps[:-1] = np.where(goes_on[:-1], np.diff(step), n_steps[:-1])
    fix = np.repeat(np.arange(len(at)), n_steps)
    k = np.arange(len(fix)) - np.repeat(np.cumsum(n_steps) - n_steps, n_steps)
    when = (step[fix] + k) * step_s
    to = fix + goes_on[fix]
    lasts = at[to] - at[fix]
    part = np.divide(when - at[fix], lasts, out=np.zeros(len(fix)), where=lasts > 0)
    return pd.DataFrame(
        {
            "track": track[fix], "at": when,
            "x": x[fix] + part * (x[to] - x[fix]), "y": y[fix] + part * (y[to] - y[fix]),
        }
    )  # fmt: skip


@_kernel
def _visits(
    x: Floats, y: Floats, at: Floats, first: Longs, points: Floats,
    radius: float, dwell: float, absence: float, gap_s: float,
) -> Floats:  # fmt: skip
    """Rows of track, point, arrived, left, seconds within. The points are ascending by x."""
    found = np.empty((64, 5))
    n = 0
    for t in range(len(first) - 1):
        a, b = first[t], first[t + 1]
        if b - a < 1:
            continue
        west, east = x[a:b].min() - radius, x[a:b].max() + radius
        south, north = y[a:b].min() - radius, y[a:b].max() + radius
        for p in range(np.searchsorted(points[:, 0], west), len(points)):
            px, py = points[p]
            if px > east:
                break
            if not south <= py <= north:
                continue
            arrived, left, within = 0.0, -np.inf, 0.0  # of the visit that goes on; -inf: none
            for i in range(a, b):
                is_last = i == b - 1 or at[i + 1] - at[i] > gap_s
                j = i if is_last else i + 1
                since, until = _inside(x[i] - px, y[i] - py, x[j] - px, y[j] - py, radius)
                if since <= until:
                    enters, leaves = at[i] + since * (at[j] - at[i]), at[i] + until * (at[j] - at[i])
                    if enters - left > absence:
                        if within >= dwell and left > -np.inf:
                            found, n = _put(found, n, t, p, arrived, left, within)
                        arrived, within = enters, 0.0
                    left = leaves
                    within += leaves - enters
                if is_last:
                    if within >= dwell and left > -np.inf:
                        found, n = _put(found, n, t, p, arrived, left, within)
                    left, within = -np.inf, 0.0
    return found[:n]


@_kernel
def _inside(ax: float, ay: float, bx: float, by: float, radius: float) -> tuple[float, float]:
    """From which to which part (0..1) of the way a-b one is within `radius` of the origin; 1, 0 if nowhere."""
    dx, dy = bx - ax, by - ay
    squared, ahead = dx * dx + dy * dy, -(ax * dx + ay * dy)
    rest = radius * radius - ax * ax - ay * ay
    if squared == 0:
        return (0.0, 1.0) if rest >= 0 else (1.0, 0.0)
    root = ahead * ahead + squared * rest
    if root < 0:
        return 1.0, 0.0
    root = np.sqrt(root)
    since, until = max(0.0, (ahead - root) / squared), min(1.0, (ahead + root) / squared)
    return (since, until) if since <= until else (1.0, 0.0)


@_kernel
def _put(
    found: Floats, n: int, track: int, point: int, arrived: float, left: float, within: float
) -> tuple[Floats, int]:
    if n == len(found):
        more = np.empty((2 * n, 5))
        more[:n] = found
        found = more
    found[n, 0], found[n, 1], found[n, 2], found[n, 3], found[n, 4] = track, point, arrived, left, within
    return found, n + 1

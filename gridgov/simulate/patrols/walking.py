"""A patroller on a beat: where somebody is whenever the device looks, to the metre. Compiled, one day of shifts at a time.

The patroller goes from one stretch that is due to the nearest next one by the shortest way, begins anew when all are done,
stops now and then, stays at checkpoints, and is where a report is made when it is made.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from gridgov.simulate.model import Network
from gridgov.simulate.patrols.beats import Beats
from gridgov.simulate.patrols.records import Rows
from gridgov.simulate.seeds import chance

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Ground(NamedTuple):
    """The network as the compiled code reads it: lengths, kinds and shapes of edges; local nodes that are checkpoints."""

    length: Floats
    kind: npt.NDArray[np.int8]
    points: Floats
    first: Longs
    is_checkpoint: npt.NDArray[np.bool_]


class Habits(NamedTuple):
    """Seconds: shortest and longest stop, shortest and longest stay at a checkpoint."""

    stop_low: float
    stop_high: float
    stay_low: float
    stay_high: float


class Steps(NamedTuple):
    """Where somebody truly was at each moment the device looked; sessions one after the other.

    at       seconds since the session's start
    x, y     metres
    pace     m/s, 0 = standing
    kind     of the road, as in ROAD_KINDS
    first    (sessions + 1,) where each session begins
    metres   of each session: how far it really went
    """

    at: Floats
    x: Floats
    y: Floats
    pace: Floats
    kind: npt.NDArray[np.int8]
    first: Longs
    metres: Floats


# Positions in the state of a session: time, of the next look, of the next stop, when to set out to a meeting at the
# latest; metres gone, steps written.
_T, _NEXT, _STOP, _FREE, _METRES, _N = range(6)
_SLOWLY, _EARLY = 1.35, 75.0
"""To be in time for a meeting: how much slower than usual one may get on, and seconds to spare."""
_INDOORS = 2
"""As bad for a device as between buildings."""
_FASTER = np.array([1.12, 1.0, 0.88, 0.92])
"""By kind of road: trunk, street, lane, path."""
_LATE_SHARE = 0.06
"""Of the looks that come a second late."""


def ground_of(network: Network, is_checkpoint: npt.NDArray[np.bool_]) -> Ground:
    """The network for `walk`."""
    return Ground(network.length, network.kind, network.points, network.first, is_checkpoint)


def walked(sessions: Rows, targets: Ints, meetings: Rows, ground: Ground, beats: Beats, habits: Habits) -> Steps:
    """Where everybody was.

    sessions  SESSION; targets their local edges that are due, meetings (MEETING) the reports, both one after the other
    """
    n = int((np.ceil(sessions["seconds"] / sessions["step"]) + 2).sum())
    out = Steps(
        np.empty(n), np.empty(n), np.empty(n), np.empty(n), np.empty(n, np.int8),
        np.zeros(len(sessions) + 1, np.int64), np.zeros(len(sessions)),
    )  # fmt: skip
    _walk(sessions, targets, meetings, ground, beats, habits, out)
    return out


@numba.njit(cache=True, nogil=True)
def _walk(
    sessions: Rows, targets: Ints, meetings: Rows, ground: Ground, beats: Beats, habits: Habits, out: Steps
) -> None:
    so_far = 0
    for k in range(len(sessions)):
        so_far = _session(k, sessions[k], targets, meetings, ground, beats, habits, out, so_far)
        out.first[k + 1] = so_far


@numba.njit(cache=True, nogil=True)
def _session(
    k: int, s: np.record, targets: Ints, meetings: Rows, ground: Ground, beats: Beats, habits: Habits, out: Steps,
    so_far: int,
) -> int:  # fmt: skip
    w = np.zeros(6)
    dice = np.array([s.key, 0])
    w[_N] = so_far
    w[_NEXT] = math.floor(uniform(dice) * s.step)
    w[_STOP] = _until_stop(s, dice)
    e0, n0 = beats.edge_first[s.beat], beats.node_first[s.beat]
    n_edges, n_nodes = beats.edge_first[s.beat + 1] - e0, beats.node_first[s.beat + 1] - n0
    due = np.zeros(n_edges, np.bool_)
    paid = np.zeros(n_nodes, np.bool_)
    if s.n_targets == 0:
        x, y = ground.points[ground.first[beats.edge[e0]]]
        _hold(s, w, dice, out, x, y, s.seconds, _INDOORS)
        return int(w[_N])
    node, meeting, target = s.home, s.first_meeting, -1
    while w[_T] < s.seconds:
        part, share, until = -1, 0.0, 0.0
        w[_FREE] = math.inf
        if target < 0 or not due[target]:
            target = _next_target(s, targets, due, beats, node)
        e = _towards(beats, s.beat, node, target)
        if meeting < s.first_meeting + s.n_meetings:
            # Not another stretch when there would be no time to come back from it.
            m = meetings[meeting]
            other = beats.a[e0 + e] + beats.b[e0 + e] - node
            back = ground.length[beats.edge[e0 + e]] + _to_meeting(beats, ground, s.beat, other, m)
            w[_FREE] = m.at - _EARLY - _SLOWLY * back / s.pace
            if w[_T] >= w[_FREE]:
                e = _towards(beats, s.beat, node, m.edge)
                if e == m.edge:
                    part, share, until = m.part, m.share, m.at + m.stay
                    meeting += 1
        due[e] = False
        node = _along(s, w, dice, ground, beats, habits, out, e, node, part, share, until, paid)
    out.metres[k] = w[_METRES]
    return int(w[_N])


@numba.njit(cache=True, nogil=True)
def _next_target(s: np.record, targets: Ints, due: npt.NDArray[np.bool_], beats: Beats, node: int) -> int:
    """The due edge that is nearest, give or take; when none is due any more another round begins."""
    while True:
        best, nearest = -1, math.inf
        for i in range(s.first_target, s.first_target + s.n_targets):
            e = targets[i]
            if due[e]:
                far = (_to_edge(beats, s.beat, node, e) + 15.0) * (0.7 + 0.6 * chance(s.key + e, 77))
                if far < nearest:
                    best, nearest = e, far
        if best >= 0:
            return best
        for i in range(s.first_target, s.first_target + s.n_targets):
            due[targets[i]] = True


@numba.njit(cache=True, nogil=True)
def _towards(beats: Beats, beat: int, node: int, e: int) -> int:
    """The first edge of the way to an edge: itself from either of its ends."""
    row, n = beats.edge_first[beat] + e, beats.node_first[beat + 1] - beats.node_first[beat]
    goal = beats.a[row]
    if _far(beats, beat, node, beats.b[row]) < _far(beats, beat, node, goal):
        goal = beats.b[row]
    if node == goal:
        return e
    return int(beats.hop[beats.table_first[beat] + node * n + goal])


@numba.njit(cache=True, nogil=True)
def _to_meeting(beats: Beats, ground: Ground, beat: int, node: int, m: np.record) -> float:
    """Metres from a node to a meeting, by the end of its edge that `_towards` takes."""
    row = beats.edge_first[beat] + m.edge
    by_a, by_b = _far(beats, beat, node, beats.a[row]), _far(beats, beat, node, beats.b[row])
    return by_b + ground.length[beats.edge[row]] - m.along if by_b < by_a else by_a + m.along


@numba.njit(cache=True, nogil=True, inline="always")
def _far(beats: Beats, beat: int, i: int, j: int) -> float:
    n = beats.node_first[beat + 1] - beats.node_first[beat]
    return beats.metres[beats.table_first[beat] + i * n + j]


@numba.njit(cache=True, nogil=True, inline="always")
def _to_edge(beats: Beats, beat: int, node: int, e: int) -> float:
    row = beats.edge_first[beat] + e
    return min(_far(beats, beat, node, beats.a[row]), _far(beats, beat, node, beats.b[row]))


@numba.njit(cache=True, nogil=True)
def _along(
    s: np.record, w: Floats, dice: Longs, ground: Ground, beats: Beats, habits: Habits, out: Steps,
    local: int, node: int, part: int, share: float, until: float, paid: npt.NDArray[np.bool_],
) -> int:  # fmt: skip
    """Along one edge from a node to its other end, which is returned; staying on the way until some time if asked to."""
    row = beats.edge_first[s.beat] + local
    e, forward = beats.edge[row], beats.a[row] == node
    first, n = ground.first[e], ground.first[e + 1] - ground.first[e]
    pace = s.pace * _FASTER[ground.kind[e]] * (0.82 + 0.36 * uniform(dice))
    kind = ground.kind[e]
    for k in range(n - 1):
        i, j = (first + k, first + k + 1) if forward else (first + n - 1 - k, first + n - 2 - k)
        x0, y0, x1, y1 = ground.points[i, 0], ground.points[i, 1], ground.points[j, 0], ground.points[j, 1]
        if part >= 0 and min(i, j) - first == part:
            f = share if forward else 1.0 - share
            x, y = x0 + f * (x1 - x0), y0 + f * (y1 - y0)
            _glide(s, w, dice, out, x0, y0, x, y, pace, kind)
            _hold(s, w, dice, out, x, y, max(until - w[_T], 45.0), kind)
            x0, y0 = x, y
        _glide(s, w, dice, out, x0, y0, x1, y1, pace, kind)
        if w[_T] >= s.seconds:
            break
        if w[_T] >= w[_STOP]:
            stay = habits.stop_low + (habits.stop_high - habits.stop_low) * uniform(dice) ** 2
            stay = min(stay, max(0.0, w[_FREE] - w[_T]))
            _hold(s, w, dice, out, x1, y1, stay, kind)
            w[_STOP] = w[_T] + _until_stop(s, dice)
    other = beats.b[row] if forward else beats.a[row]
    at = beats.node_first[s.beat] + other
    if ground.is_checkpoint[at] and not paid[other] and w[_T] < s.seconds:
        paid[other] = True
        if uniform(dice) < s.checkpoint_share:
            stay = habits.stay_low + (habits.stay_high - habits.stay_low) * uniform(dice)
            stay = min(stay, max(0.0, w[_FREE] - w[_T]))
            last = first + n - 1 if forward else first
            _hold(s, w, dice, out, ground.points[last, 0], ground.points[last, 1], stay, kind)
    return other


@numba.njit(cache=True, nogil=True)
def _glide(
    s: np.record, w: Floats, dice: Longs, out: Steps,
    x0: float, y0: float, x1: float, y1: float, pace: float, kind: int,
) -> None:  # fmt: skip
    metres = math.hypot(x1 - x0, y1 - y0)
    lasts = metres / pace
    if lasts <= 0.0:
        return
    while w[_NEXT] <= w[_T] + lasts and w[_NEXT] < s.seconds:
        f = (w[_NEXT] - w[_T]) / lasts
        _look(s, w, dice, out, x0 + f * (x1 - x0), y0 + f * (y1 - y0), pace, kind)
    w[_METRES] += metres * min(1.0, max(0.0, (s.seconds - w[_T]) / lasts))
    w[_T] += lasts


@numba.njit(cache=True, nogil=True)
def _hold(
    s: np.record, w: Floats, dice: Longs, out: Steps, x: float, y: float, lasts: float,
    kind: int,
) -> None:  # fmt: skip
    w[_T] += lasts
    while w[_NEXT] <= w[_T] and w[_NEXT] < s.seconds:
        _look(s, w, dice, out, x, y, 0.0, kind)


@numba.njit(cache=True, nogil=True, inline="always")
def _look(s: np.record, w: Floats, dice: Longs, out: Steps, x: float, y: float, pace: float, kind: int) -> None:
    n = int(w[_N])
    out.at[n], out.x[n], out.y[n], out.pace[n], out.kind[n] = w[_NEXT], x, y, pace, kind
    w[_N] = n + 1
    w[_NEXT] += s.step + (1.0 if uniform(dice) < _LATE_SHARE else 0.0)


@numba.njit(cache=True, nogil=True, inline="always")
def uniform(dice: Longs) -> float:
    """The next number in [0, 1); dice = its key, and how many were drawn."""
    dice[1] += 1
    return chance(dice[0], dice[1])


@numba.njit(cache=True, nogil=True, inline="always")
def _until_stop(s: np.record, dice: Longs) -> float:
    if s.stop_every <= 0.0:
        return math.inf
    return -s.stop_every * math.log(1.0 - uniform(dice))

"""Which stretches of its beat a session means to walk."""

import numba
import numpy as np
import numpy.typing as npt

from gridgov.simulate.patrols.beats import Beats
from gridgov.simulate.patrols.records import Rows
from gridgov.simulate.seeds import chance

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

PLAN, AROUND, RIVER, ALL, NONE = range(5)
"""By the plan of the grid; what lies around a place where much happens; along a river; the whole beat; none at all."""
_STRETCHES = 45.0
"""How many stretches around a place are meant to be passed, on average."""


@numba.njit(cache=True, nogil=True)
def choose(
    s: Rows, way: Longs, slot: Longs, turn: Longs, route: Longs, kept: Floats, reach: Floats, beats: Beats,
    edges_first: Longs, edges: npt.NDArray[np.int32], rate: Floats, liking: Floats, base: int,
    out: npt.NDArray[np.int32],
) -> int:  # fmt: skip
    """The local edges that each session means to walk; returns how many there are."""
    n = 0
    for k in range(len(s)):
        beat, key = s[k].beat, s[k].key
        e0, n_edges = beats.edge_first[beat], beats.edge_first[beat + 1] - beats.edge_first[beat]
        n0, n_nodes = beats.node_first[beat], beats.node_first[beat + 1] - beats.node_first[beat]
        s[k].first_target = n
        if way[k] == PLAN:
            for i in range(edges_first[route[k]], edges_first[route[k] + 1]):
                if chance(key, 1000 + i) < kept[k]:
                    out[n] = edges[i]
                    n += 1
            for e in range(n_edges):
                r, own = rate[e0 + e], base + 4 * (e0 + e)
                phase = chance(own, 0)
                is_due = r > 0.0 and np.floor((turn[k] + 1) * r + phase) > np.floor(turn[k] * r + phase)
                if is_due and slot[k] == (0 if chance(own + 1, turn[k]) < 0.5 else 1):
                    out[n] = e
                    n += 1
        elif way[k] == AROUND:
            # Somewhere where much happens: the best of a few nodes.
            home = 0
            for trial in range(4):
                node = int(chance(key, 500 + trial) * n_nodes)
                if trial == 0 or liking[n0 + node] > liking[n0 + home]:
                    home = node
            s[k].home = home
            table = beats.table_first[beat] + home * n_nodes
            total = 0.0
            for e in range(n_edges):
                like = liking[n0 + beats.a[e0 + e]] + liking[n0 + beats.b[e0 + e]]
                total += like * np.exp(-beats.metres[table + beats.a[e0 + e]] / reach[k])
            for e in range(n_edges):
                like = liking[n0 + beats.a[e0 + e]] + liking[n0 + beats.b[e0 + e]]
                like *= np.exp(-beats.metres[table + beats.a[e0 + e]] / reach[k])
                if chance(key, 1000 + e) < _STRETCHES * like / total:
                    out[n] = e
                    n += 1
        elif way[k] == RIVER or way[k] == ALL:
            s[k].home = int(chance(base + beat, 7) * n_nodes)
            for e in range(n_edges):
                if way[k] == ALL or chance(key, 1000 + e) < 0.7:
                    out[n] = e
                    n += 1
        if n == s[k].first_target and way[k] != NONE:
            out[n] = int(chance(key, 999) * n_edges)
            n += 1
        s[k].n_targets = n - s[k].first_target
    return n

"""Which part of the network is whose: the edges of every beat."""

import numpy as np
import numpy.typing as npt
import shapely

from gridgov.simulate.model import Land
from gridgov.simulate.patrols.beats import longest_piece
from gridgov.simulate.patrols.planted import MAIN_ROADS, Planted, edge_shapes
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream

Longs = npt.NDArray[np.int64]

_BESIDE = 80.0
"""Metres from the middle of a river within which a path runs along it."""
_REACH = 1800.0
"""Metres around the middle of a volunteer's beat."""


def territories(scenario: Scenario, land: Land, planted: Planted, n_rangers: int) -> list[Longs]:
    """The edges of each beat: grids, squads, rangers, and the main roads of the one who drives through.

    Nobody ever comes to the blind spot; squads and rangers keep out of the grid that is not patrolled for some days.
    """
    net = land.network
    gone = planted.blind_spot.edges
    everywhere = np.setdiff1d(np.arange(len(net.length)), gone)
    parts = [np.setdiff1d(np.flatnonzero((net.left == g) | (net.right == g)), gone) for g in range(len(land.grids))]
    open_to_all = np.setdiff1d(everywhere, parts[planted.unpatrolled.grid])
    squad_of = np.append(land.villages["squad"].to_numpy()[land.grids["village"].to_numpy()], -1)
    main = open_to_all[net.kind[open_to_all] < MAIN_ROADS]
    for squad in range(int(land.villages["squad"].max()) + 1):
        parts.append(main[(squad_of[net.left[main]] == squad) | (squad_of[net.right[main]] == squad)])
    parts += _river_parts(scenario, land, open_to_all, n_rangers)
    own = parts[planted.drive_through.grid]
    roads = longest_piece(net, own[net.kind[own] < MAIN_ROADS])
    parts.append(roads if len(roads) else own)
    return parts


def _river_parts(scenario: Scenario, land: Land, edges: Longs, n: int) -> list[Longs]:
    """Stretches along rivers and canals, each around a place drawn by chance."""
    rng = stream(scenario.seed, "patrols", "rivers")
    net = land.network
    rivers = land.waters.geometry[land.waters["kind"].isin(["river", "canal"])].to_numpy()
    tree = shapely.STRtree(edge_shapes(land, edges))
    beside = edges[np.unique(tree.query(rivers, predicate="dwithin", distance=_BESIDE)[1])]
    middle = (net.nodes[net.a] + net.nodes[net.b]) / 2
    found = []
    for _ in range(n):
        pool = beside if len(beside) else edges
        around = middle[rng.choice(pool)]
        near = pool[np.hypot(*(middle[pool] - around).T) < _REACH]
        found.append(longest_piece(net, near))
        beside = np.setdiff1d(beside, near) if len(beside) > 4 * len(near) else beside
    return found

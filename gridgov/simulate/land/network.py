"""The graph that a patrol can walk or ride: roads, lanes, paths, and the towpaths of canals."""

import numpy as np
import numpy.typing as npt

from gridgov.simulate.land.sheet import Ids, NoCut
from gridgov.simulate.land.survey import Survey
from gridgov.simulate.model import ROAD_KINDS, Network


def walkable(survey: Survey) -> npt.NDArray[np.bool_]:
    """Which edges of the survey can be walked: all but rivers and stubs that end in one without a bridge."""
    kinds = np.array([line.kind for line in survey.plan.sheet.lines])[survey.line]
    river = kinds == "river"
    n = len(survey.xy)
    wet = np.zeros(n, dtype=bool)
    wet[survey.u[river]] = wet[survey.v[river]] = True
    to_river = ~river & (wet[survey.u] | wet[survey.v])
    foot = np.where(wet[survey.u], survey.u, survey.v)
    dry = to_river & (kinds != "canal") & (kinds != "edge")
    arrives = np.bincount(foot[dry], minlength=n)
    return ~river & (~to_river | (dry & (arrives[foot] >= 2)))


def make_network(survey: Survey) -> Network:
    """Chains of edges between junctions, connected within every grid. Raises NoCut when a grid falls apart."""
    kinds = np.array([line.kind for line in survey.plan.sheet.lines])
    rank = {kind: position for position, kind in enumerate(ROAD_KINDS)} | {"canal": 3, "edge": 3, "river": 3}
    keep = walkable(survey)
    u, v = survey.u[keep], survey.v[keep]
    kind = np.array([rank[name] for name in kinds])[survey.line[keep]]
    left, right = survey.left[keep], survey.right[keep]
    chains = _chains(u, v, np.c_[kind, left, right])
    points, first, edges = [], [0], []
    for chain in chains:
        points.append(chain)
        first.append(first[-1] + len(chain))
    flat = np.concatenate(points)
    begin, last = np.array(first[:-1]), np.array(first[1:]) - 1
    nodes, ends = np.unique(np.r_[flat[begin], flat[last]], return_inverse=True)
    a, b = np.split(ends.astype(np.int32), 2)
    n = len(survey.xy)
    order = np.argsort(np.minimum(u, v) * n + np.maximum(u, v))
    key = (np.minimum(u, v) * n + np.maximum(u, v))[order]
    one, two = flat[begin], flat[begin + 1]
    edges = order[np.searchsorted(key, np.minimum(one, two) * n + np.maximum(one, two))]
    forward = u[edges] == one
    xy = survey.xy[flat]
    step = np.hypot(*np.diff(xy, axis=0).T)
    walked = np.r_[0, np.cumsum(step)]
    network = Network(
        nodes=survey.xy[nodes], a=a, b=b, length=walked[last] - walked[begin], kind=kind[edges].astype(np.int8),
        left=np.where(forward, left[edges], right[edges]).astype(np.int32),
        right=np.where(forward, right[edges], left[edges]).astype(np.int32),
        points=xy, first=np.array(first, dtype=np.int64),
    )  # fmt: skip
    for grid in range(len(survey.village)):
        if n_parts(network, grid) != 1:
            raise NoCut(f"The paths of grid {grid} are not connected.")
    return network


def n_parts(network: Network, grid: int) -> int:
    """Into how many parts the paths in and around a grid fall."""
    of_grid = (network.left == grid) | (network.right == grid)
    a, b = network.a[of_grid], network.b[of_grid]
    nodes, ends = np.unique(np.r_[a, b], return_inverse=True)
    label = np.arange(len(nodes))
    a, b = np.split(ends, 2)
    while True:
        low = np.minimum(label[a], label[b])
        fresh = label.copy()
        np.minimum.at(fresh, a, low)
        np.minimum.at(fresh, b, low)
        fresh = fresh[fresh]
        if (fresh == label).all():
            return len(np.unique(label))
        label = fresh


def _chains(u: Ids, v: Ids, sort: Ids) -> list[Ids]:
    """Edges strung together between vertices where more or fewer than two meet, or two of another sort."""
    beside: dict[int, list[tuple[int, int]]] = {}
    for edge, (a, b) in enumerate(zip(u.tolist(), v.tolist(), strict=True)):
        beside.setdefault(a, []).append((b, edge))
        beside.setdefault(b, []).append((a, edge))
    sorts = [frozenset(row[1:]) | {("kind", row[0])} for row in sort.tolist()]

    def is_node(vertex: int) -> bool:
        around = beside[vertex]
        return len(around) != 2 or sorts[around[0][1]] != sorts[around[1][1]]

    used = np.zeros(len(u), dtype=bool)
    chains = []

    def follow(start: int, towards: int, edge: int) -> None:
        chain = [start, towards]
        used[edge] = True
        while not is_node(chain[-1]) and chain[-1] != start:
            towards, edge = next((w, e) for w, e in beside[chain[-1]] if not used[e])
            used[edge] = True
            chain.append(towards)
        chains.append(np.array(chain))

    for vertex in sorted(beside):
        if is_node(vertex):
            for towards, edge in beside[vertex]:
                if not used[edge]:
                    follow(vertex, towards, edge)
    for edge in np.flatnonzero(~used).tolist():  # loops without a node
        if not used[edge]:
            follow(int(u[edge]), int(v[edge]), edge)
    return chains

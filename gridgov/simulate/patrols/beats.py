"""Beats: the parts of the network that patrols move in, with the shortest way between any two of their nodes.

A grid's beat is all its edges, a squad's the roads for cars in its territory, a ranger's the paths along a river. Beats
are small (some hundred nodes), so the way from each node to each other is looked up, never searched.
"""

import heapq
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from gridgov.simulate.model import Network

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Beats(NamedTuple):
    """All beats, one after the other. Nodes and edges are numbered from 0 within each beat: "local".

    node_first   (beats + 1,) where the nodes of each beat begin
    node         their rows in Network.nodes
    edge_first   (beats + 1,) where its edges begin
    edge, a, b   their rows in Network, and their local end nodes
    table_first  (beats + 1,) where its tables begin: nodes x nodes, from x to
    hop          the local edge to take first, -1 = already there
    metres       how far it is
    """

    node_first: Longs
    node: Ints
    edge_first: Longs
    edge: Ints
    a: Ints
    b: Ints
    table_first: Longs
    hop: npt.NDArray[np.int16]
    metres: npt.NDArray[np.float32]

    def edges(self, beat: int) -> Ints:
        """Rows in Network of a beat's edges."""
        return self.edge[self.edge_first[beat] : self.edge_first[beat + 1]]

    def nodes(self, beat: int) -> Ints:
        """Rows in Network of a beat's nodes."""
        return self.node[self.node_first[beat] : self.node_first[beat + 1]]


def make_beats(network: Network, parts: list[Longs]) -> Beats:
    """A beat for each set of edges (rows of the network); of a set that falls apart only the longest piece is kept."""
    nodes, edges, ends_a, ends_b, hops, metres = [], [], [], [], [], []
    for part in parts:
        kept = longest_piece(network, part)
        node, local = np.unique(np.concatenate([network.a[kept], network.b[kept]]), return_inverse=True)
        a, b = local[: len(kept)].astype(np.int32), local[len(kept) :].astype(np.int32)
        hop, far = _ways(len(node), a, b, network.length[kept])
        nodes.append(node.astype(np.int32))
        edges.append(kept.astype(np.int32))
        ends_a.append(a)
        ends_b.append(b)
        hops.append(hop.ravel())
        metres.append(far.ravel())

    def firsts(arrays: list[np.ndarray]) -> Longs:
        return np.concatenate([[0], np.cumsum([len(array) for array in arrays])]).astype(np.int64)

    return Beats(
        firsts(nodes), np.concatenate(nodes), firsts(edges), np.concatenate(edges), np.concatenate(ends_a),
        np.concatenate(ends_b), firsts(hops), np.concatenate(hops), np.concatenate(metres),
    )  # fmt: skip


def longest_piece(network: Network, edges: Longs) -> Longs:
    """Those of some edges that hang together and are the longest such piece, in order."""
    edges = np.unique(np.asarray(edges, dtype=np.int64))
    if len(edges) == 0:
        return edges
    node, local = np.unique(np.concatenate([network.a[edges], network.b[edges]]), return_inverse=True)
    a, b = local[: len(edges)], local[len(edges) :]
    piece = _pieces(len(node), a.astype(np.int32), b.astype(np.int32))[a]
    return edges[piece == np.bincount(piece, weights=network.length[edges]).argmax()]


@numba.njit(cache=True, nogil=True)
def _pieces(n: int, a: Ints, b: Ints) -> Ints:
    """The number of the piece that each node belongs to."""
    parent = np.arange(n).astype(np.int32)
    for e in range(len(a)):
        i, j = a[e], b[e]
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        while parent[j] != j:
            parent[j] = parent[parent[j]]
            j = parent[j]
        parent[max(i, j)] = min(i, j)
    for i in range(n):
        parent[i] = parent[parent[i]]
    return parent


@numba.njit(cache=True, nogil=True)
def _ways(n: int, a: Ints, b: Ints, length: Floats) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.float32]]:
    """The first edge from each node towards each other one, and the distance: Dijkstra 1959 from every node."""
    hop = np.full((n, n), -1, np.int16)
    metres = np.full((n, n), np.inf, np.float32)
    first = np.zeros(n + 1, np.int64)
    for e in range(len(a)):
        first[a[e] + 1] += 1
        first[b[e] + 1] += 1
    first = np.cumsum(first)
    at = first[:-1].copy()
    incident = np.empty(2 * len(a), np.int32)
    for e in range(len(a)):
        incident[at[a[e]]] = e
        at[a[e]] += 1
        incident[at[b[e]]] = e
        at[b[e]] += 1
    for goal in range(n):
        metres[goal, goal] = 0.0
        heap = [(np.float64(0.0), np.int64(goal))]
        while heap:
            so_far, i = heapq.heappop(heap)
            if so_far > metres[i, goal]:
                continue
            for k in range(first[i], first[i + 1]):
                e = incident[k]
                j = b[e] if a[e] == i else a[e]
                total = np.float32(so_far + length[e])
                if total < metres[j, goal]:
                    metres[j, goal] = total
                    hop[j, goal] = e  # undirected: the edge by which j is reached from the goal leads back to it
                    heapq.heappush(heap, (np.float64(total), np.int64(j)))
    return hop, metres

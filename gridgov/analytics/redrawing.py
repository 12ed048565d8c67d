"""What if grids were drawn otherwise: light ones merged, or land cut anew into parts that hang together and weigh alike."""

import contextlib
import random
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import networkx
import numpy as np
import numpy.typing as npt
import shapely

from gridgov.errors import GridgovError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LEAST_M: Final = 1.0
"""Shapes that share less of a border than this touch by a corner only."""
_TREES: Final = 200
"""Random trees tried at each cut, before a drawing begins anew."""
_STARTS: Final = 5
"""Beginnings of a drawing: what is left after some parts may be such that no tree balances it."""


class Borders(NamedTuple):
    """Which shapes are neighbours: a row a pair, the lower number first, and the length of the border they share."""

    pairs: IntArray
    metres: FloatArray


class Redrawn(NamedTuple):
    """Parts that hang together.

    part     number of the part of each piece, from 0
    loads    what each part weighs
    off      how far the load furthest from the mean of all lies from it, as a share of the mean
    metres   length of the borders between parts
    """

    part: IntArray
    loads: FloatArray
    off: float
    metres: float


def borders(shapes: Sequence[shapely.Geometry], least_m: float = LEAST_M) -> Borders:
    """The neighbours among some shapes that do not overlap; coordinates in metres."""
    geoms = np.asarray(shapes, object)
    left, right = shapely.STRtree(geoms).query(geoms, predicate="intersects")
    left, right = left[left < right], right[left < right]
    metres = shapely.length(shapely.intersection(geoms[left], geoms[right]))
    is_near = metres >= least_m
    order = np.lexsort((right[is_near], left[is_near]))
    return Borders(np.stack([left[is_near], right[is_near]], axis=1)[order].astype(np.int64), metres[is_near][order])


def squares(shape: shapely.Geometry, side_m: float) -> list[shapely.Geometry]:
    """The pieces of a shape cut along lines `side_m` apart, in metres: full squares, and pieces of squares at its rim.

    Slivers, below a tenth of a square, go to the neighbour with which they share most of a border.
    """
    west, south, east, north = np.floor(np.array(shape.bounds) / side_m)
    x, y = (each.ravel() for each in np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1)))
    boxes = shapely.box(x * side_m, y * side_m, (x + 1) * side_m, (y + 1) * side_m)
    pieces = shapely.get_parts(shapely.intersection(boxes, shape))
    pieces = pieces[shapely.area(pieces) > 0]
    near = borders(pieces, least_m=1e-6)
    small = set(np.flatnonzero(shapely.area(pieces) < 0.1 * side_m**2).tolist())
    into: dict[int, int] = {}
    for piece in sorted(small):
        of_it = [(m, int(a + b - piece)) for (a, b), m in zip(near.pairs, near.metres, strict=True) if piece in (a, b)]
        whole = [(m, other) for m, other in of_it if other not in small]
        if whole:
            into[piece] = max(whole)[1]
    groups: dict[int, list[shapely.Geometry]] = {}
    for number, piece in enumerate(pieces):
        groups.setdefault(into.get(number, number), []).append(piece)
    return [shapely.union_all(each) if len(each) > 1 else each[0] for each in groups.values()]


def are_whole(part: npt.ArrayLike, near: Borders) -> bool:
    """Whether every part hangs together."""
    parts = np.asarray(part)
    inside = near.pairs[parts[near.pairs[:, 0]] == parts[near.pairs[:, 1]]]
    return _n_components(len(parts), inside) == len(set(parts.tolist()))


def redrawn(
    load: npt.ArrayLike, near: Borders, n: int, *, within: float = 0.1, tries: int = 8, seed: int = 0
) -> Redrawn:
    """Pieces put together into n parts, each of which hangs together, with loads that differ little.

    load    what each piece weighs, 0 or more
    near    their neighbours; the pieces must hang together
    within  how far a part may lie from the mean of all, as a share of it
    tries   drawings; the one with the shortest borders is taken
    seed    the same seed always draws the same

    A drawing is gerrychain's: of a random spanning tree the edge whose cut leaves one part with the load wanted, again and
    again (recombination: DeFord, Duchin and Solomon 2021, Harvard Data Science Review 3.1). Raises GridgovError, also where no
    tree in many leaves such a part.
    """
    loads = np.asarray(load, np.float64)
    if _n_components(len(loads), near.pairs) > 1:
        raise GridgovError("The pieces do not hang together; draw each island by itself.")
    if not 1 <= n <= len(loads):
        raise GridgovError(f"{len(loads)} pieces cannot make {n} parts; cut them finer, or ask for fewer.")
    if not loads.any():
        raise GridgovError("The pieces weigh nothing; there is no load to share out.")
    if n == 1:
        return _told(np.zeros(len(loads), np.int64), loads, near)
    chance = random.Random(seed)  # noqa: S311  nothing is kept secret by it
    drawn = [_told(_drawn(loads, near, n, within, chance), loads, near) for _ in range(tries)]
    return min(drawn, key=lambda each: each.metres)


def merged(load: npt.ArrayLike, near: Borders, least: float) -> Redrawn:
    """Groups of neighbours with a load of `least` each, or all that hangs together: light ones are merged, none is cut.

    The lightest group below it goes to the lightest of its neighbours, until none is left; what ties goes by number, so the
    same loads always give the same groups. There may be a few more groups in the best of all ways (the max-p-regions problem:
    Duque, Anselin and Rey 2012, Journal of Regional Science 52:397); here each step can be told and undone by hand. Not by
    spopt's MaxPHeuristic (0.7): the same numbers of groups in 14 villages of the demo town, and no end in one of four grids.
    """
    loads = np.asarray(load, np.float64)
    groups = {number: {number} for number in range(len(loads))}
    around: dict[int, set[int]] = {number: set() for number in groups}
    for a, b in near.pairs.tolist():
        around[a].add(b)
        around[b].add(a)
    weight = dict(enumerate(loads.tolist()))
    while light := [(weight[each], each) for each in groups if weight[each] < least and around[each]]:
        each = min(light)[1]
        into = min(around[each], key=lambda other: (weight[other], other))
        groups[into] |= groups.pop(each)
        weight[into] += weight.pop(each)
        for other in around.pop(each):
            around[other].discard(each)
            if other != into:
                around[other].add(into)
                around[into].add(other)
    part = np.zeros(len(loads), np.int64)
    for number, group in enumerate(sorted(groups.values(), key=min)):
        part[sorted(group)] = number
    return _told(part, loads, near)


def _told(part: IntArray, loads: FloatArray, near: Borders) -> Redrawn:
    sums = np.bincount(part, loads).astype(np.float64)
    is_cut = part[near.pairs[:, 0]] != part[near.pairs[:, 1]]
    off = float(np.abs(sums / max(sums.mean(), 1e-12) - 1).max())
    return Redrawn(part, sums, off, float(near.metres[is_cut].sum()))


def _n_components(n: int, pairs: IntArray) -> int:
    """How many groups n things make that are joined by pairs."""
    joined = networkx.empty_graph(n)
    joined.add_edges_from(pairs.tolist())
    return int(networkx.number_connected_components(joined))


def _drawn(loads: FloatArray, near: Borders, n: int, within: float, chance: random.Random) -> IntArray:
    """One drawing: the part of each piece. Raises GridgovError."""
    try:
        from gerrychain import Graph
        from gerrychain.partition import recursive_tree_part
        from gerrychain.tree import PopulationBalanceError, bipartition_tree
    except ImportError as error:
        raise GridgovError(
            f"Drawing anew needs the package '{error.name}', which is not installed: pip install 'gridgov[planner]'."
        ) from error
    pieces = networkx.Graph()
    pieces.add_nodes_from((piece, {"load": load}) for piece, load in enumerate(loads.tolist()))
    pieces.add_edges_from(near.pairs.tolist())
    cut = partial(bipartition_tree, max_attempts=_TREES, warn_attempts=_TREES + 1)
    for _ in range(_STARTS):
        # A KeyError: what is left is a single piece, of which gerrychain 1.0 looks for a cut all the same.
        with contextlib.suppress(RuntimeError, PopulationBalanceError, KeyError):
            graph, mean = Graph.from_networkx(pieces), float(loads.sum()) / n
            part = recursive_tree_part(graph, range(n), mean, "load", within, bipartition_tree_fn=cut, rng=chance)
            return np.array([part[piece] for piece in range(len(loads))], np.int64)
    raise GridgovError(
        f"No {n} parts were found whose loads lie within {within:.0%} of their mean; cut the pieces finer, or allow more."
    )

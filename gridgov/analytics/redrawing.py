"""What if grids were drawn otherwise: light ones merged, or land cut anew into parts that hang together and weigh alike."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from gridgov.errors import GridgovError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

LEAST_M: Final = 1.0
"""Shapes that share less of a border than this touch by a corner only."""
_TREES: Final = 5
"""Random trees tried at each cut: what a cut is off, all parts on its side are."""


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
    return len(set(_components(len(parts), inside))) == len(set(parts.tolist()))


def redrawn(
    load: npt.ArrayLike, near: Borders, n: int, *, within: float = 0.1, tries: int = 20, seed: int = 0
) -> Redrawn:
    """Pieces put together into n parts, each of which hangs together, with loads that differ little.

    load    what each piece weighs, 0 or more
    near    their neighbours; the pieces must hang together
    within  how far a part may lie from the mean of all, as a share of it
    tries   drawings; of those that are balanced the one with the shortest borders is taken, else the best balanced
    seed    the same seed always draws the same

    A drawing halves the pieces again and again: a random spanning tree, and of its edges the one whose cut leaves the two
    sides with the loads wanted (recombination: DeFord, Duchin and Solomon 2021, Harvard Data Science Review 3.1); near edges
    with long borders go into the tree first, so that parts are not ragged. Raises GridgovError.
    """
    loads = np.asarray(load, np.float64)
    if len(set(_components(len(loads), near.pairs))) > 1:
        raise GridgovError("The pieces do not hang together; draw each island by itself.")
    if not 1 <= n <= len(loads):
        raise GridgovError(f"{len(loads)} pieces cannot make {n} parts; cut them finer, or ask for fewer.")
    draw, best = np.random.default_rng(seed), None
    for _ in range(tries):
        found = _told(_drawn(loads, near, n, draw), loads, near)
        if best is None or (max(found.off - within, 0), found.metres) < (max(best.off - within, 0), best.metres):
            best = found
    assert best is not None  # noqa: S101  there is a try
    return best


def merged(load: npt.ArrayLike, near: Borders, least: float) -> Redrawn:
    """Groups of neighbours with a load of `least` each, or all that hangs together: light ones are merged, none is cut.

    The lightest group below it goes to the lightest of its neighbours, until none is left; what ties goes by number, so the
    same loads always give the same groups. There may be a few more groups in the best of all ways (the max-p-regions problem:
    Duque, Anselin and Rey 2012, Journal of Regional Science 52:397); here each step can be told and undone by hand.
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


def _components(n: int, pairs: IntArray) -> list[int]:
    """The least number that each of n is joined to by pairs."""
    root = list(range(n))
    for a, b in pairs.tolist():
        first, second = _root(root, a), _root(root, b)
        root[max(first, second)] = min(first, second)
    return [_root(root, each) for each in range(n)]


def _root(root: list[int], each: int) -> int:
    while root[each] != each:
        root[each] = root[root[each]]
        each = root[each]
    return each


def _drawn(loads: FloatArray, near: Borders, n: int, draw: np.random.Generator) -> IntArray:
    """One drawing: the part of each piece."""
    part = np.zeros(len(loads), np.int64)
    waiting = [(np.arange(len(loads)), n, 0)]
    while waiting:
        pieces, k, first = waiting.pop()
        if k == 1:
            part[pieces] = first
            continue
        one = min((_side(pieces, loads, near, k, draw) for _ in range(_TREES)), key=lambda side: side[0])[1]
        waiting += [(pieces[one], k // 2, first), (pieces[~one], k - k // 2, first + k // 2)]
    return part


def _side(
    pieces: IntArray, loads: FloatArray, near: Borders, k: int, draw: np.random.Generator
) -> tuple[float, npt.NDArray[np.bool_]]:
    """Which of some pieces make the k // 2 of k parts that one cut of a random tree leaves on one side; first how far off."""
    index = {piece: number for number, piece in enumerate(pieces.tolist())}
    inside = np.isin(near.pairs, pieces).all(axis=1)
    edges = [(index[a], index[b]) for a, b in near.pairs[inside].tolist()]
    order = np.argsort(-near.metres[inside] * draw.random(len(edges)))
    root = list(range(len(pieces)))
    links: list[list[int]] = [[] for _ in pieces]
    for edge in order.tolist():
        a, b = edges[edge]
        first, second = _root(root, a), _root(root, b)
        if first != second:
            root[first] = second
            links[a].append(b)
            links[b].append(a)
    above, visited = [-1] * len(pieces), [0]
    for each in visited:
        for other in links[each]:
            if other != above[each]:
                above[other] = each
                visited.append(other)
    below, size = loads[pieces].tolist(), [1] * len(pieces)
    for each in reversed(visited[1:]):
        below[above[each]] += below[each]
        size[above[each]] += size[each]
    less, more, whole = k // 2, k - k // 2, below[0]
    # Both sides must have pieces enough for their parts; the side below a cut may be the one or the other.
    ways = [
        (abs(below[each] - whole * here / k), each, here)
        for each in visited[1:]
        for here, there in ((less, more), (more, less))
        if size[each] >= here and len(pieces) - size[each] >= there
    ]
    off, cut, here = min(ways)
    under = np.zeros(len(pieces), bool)
    under[cut] = True
    for each in visited:
        under[each] |= each != 0 and under[above[each]]
    return off, under if here == less else ~under

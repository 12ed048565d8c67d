"""The planned routes and checkpoints of every grid, and how often each other stretch is walked."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridgov.simulate.model import Land
from gridgov.simulate.patrols.beats import Beats
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_SPOT_WORDS = {
    "street": "沿街", "market": "市场", "home": "居民区", "field": "农田", "river": "河道", "park": "公园", "site": "工地",
    "school": "学校", "office": "单位",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is planned; local edges and nodes are those of the grid's beat, which has the grid's row.

    route_first    (grids + 1,) where the routes of each grid begin
    edges_first    (routes + 1,) where the edges of each route begin
    edges          local edges
    rate           by row of Beats.edge: share of working days on which it is walked beside the planned routes
    liking         by row of Beats.node: weight of the spots around it
    is_checkpoint  by row of Beats.node
    start          by route: the local node where it begins
    checkpoints    code, name, grid_code, visits_a_week, geometry (points, metres)
    routes         code, name, grid_code, length_m, weekdays (from 1 = Monday), windows (local time), geometry (metres)
    """

    route_first: Longs
    edges_first: Longs
    edges: Ints
    rate: Floats
    liking: Floats
    is_checkpoint: npt.NDArray[np.bool_]
    start: Longs
    checkpoints: gpd.GeoDataFrame
    routes: gpd.GeoDataFrame


def make_plan(scenario: Scenario, land: Land, beats: Beats) -> Plan:
    """The plan for all grids, by [route] of patrol.toml."""
    q = scenario.read("patrol.toml")["route"]
    around = _spots_around(land)
    rate = np.zeros(len(beats.edge))
    is_checkpoint = np.zeros(len(beats.node), bool)
    routes: list[Ints] = []
    start: list[int] = []
    route_first = [0]
    told_routes: list[dict[str, Any]] = []
    told_points: list[dict[str, Any]] = []
    for grid in range(len(land.grids)):
        rng = stream(scenario.seed, "patrols", "plan", grid)
        beat = _Beat(land, beats, grid, around)
        points = beat.checkpoints(rng, q)
        is_checkpoint[beats.node_first[grid] + points] = True
        found, begins = beat.routes(rng, q, points)
        rate[beats.edge_first[grid] : beats.edge_first[grid + 1]] = beat.rates(rng, q, found)
        code, name = land.grids["code"].iat[grid], land.grids["name"].iat[grid]
        told_points += beat.told_points(rng, points, code)
        told_routes += [
            _told_route(k, len(found), code, name, beat.tour(*r)) for k, r in enumerate(zip(found, begins, strict=True))
        ]
        routes += found
        start += begins
        route_first.append(len(routes))
    return Plan(
        route_first=np.array(route_first, dtype=np.int64),
        edges_first=np.concatenate([[0], np.cumsum([len(route) for route in routes])]).astype(np.int64),
        edges=np.concatenate([*routes, np.empty(0)]).astype(np.int32),
        rate=rate,
        liking=around[beats.node],
        is_checkpoint=is_checkpoint,
        start=np.array(start, dtype=np.int64),
        checkpoints=gpd.GeoDataFrame(told_points, crs=land.crs),
        routes=gpd.GeoDataFrame(told_routes, crs=land.crs),
    )


def route_of(weekday: npt.ArrayLike, n_routes: npt.ArrayLike) -> Longs:
    """Which of its routes a grid's shifts of a day follow: they take turns through the week. weekday 0 = Monday."""
    return np.asarray(np.asarray(weekday) % np.maximum(n_routes, 1), dtype=np.int64)


def _spots_around(land: Land) -> Floats:
    """Weight of the spots nearest to each node of the network, among the nodes of their grid."""
    net, weight = land.network, np.full(len(land.network.nodes), 0.05)
    grid = land.spots["grid"].to_numpy()
    xy, w = land.spots[["x", "y"]].to_numpy(), land.spots["weight"].to_numpy()
    tree = shapely.STRtree(shapely.points(net.nodes))
    inside = np.flatnonzero(grid >= 0)
    nearest = tree.nearest(shapely.points(xy[inside]))
    np.add.at(weight, nearest, w[inside])
    return weight


class _Beat:
    """One grid's beat while its plan is made."""

    def __init__(self, land: Land, beats: Beats, grid: int, around: Floats) -> None:
        self._net, self._spots = land.network, land.spots
        e0, e1 = beats.edge_first[grid], beats.edge_first[grid + 1]
        self._edge, self._a, self._b = beats.edge[e0:e1], beats.a[e0:e1], beats.b[e0:e1]
        self._node = beats.nodes(grid)
        n, t = len(self._node), beats.table_first[grid]
        self._hop = beats.hop[t : t + n * n].reshape(n, n)
        self._metres = beats.metres[t : t + n * n].reshape(n, n)
        self._liking = around[self._node]
        self._length = self._net.length[self._edge]
        self._own = np.flatnonzero(land.spots["grid"].to_numpy() == grid)
        self._kind = land.grids["kind"].iat[grid]

    def checkpoints(self, rng: np.random.Generator, q: dict[str, Any]) -> Longs:
        """Local nodes, some metres apart, where much happens."""
        wanted = int(rng.integers(q["checkpoints"][0], q["checkpoints"][1], endpoint=True))
        chosen: list[int] = []
        for node in np.argsort(-self._liking * (0.3 + rng.random(len(self._node))), kind="stable"):
            if all(self._metres[node, other] >= q["checkpoint_apart"] for other in chosen):
                chosen.append(int(node))
            if len(chosen) == wanted:
                break
        return np.array(chosen, dtype=np.int64)

    def routes(self, rng: np.random.Generator, q: dict[str, Any], points: Longs) -> tuple[list[Ints], list[int]]:
        """Local edges of each route, what lies around its checkpoints; and the checkpoint where it begins."""
        if len(self._edge) == 0:
            return [], []
        n = int(rng.integers(q["routes"][0], q["routes"][1], endpoint=True))
        metres = np.clip(q["route_share"] * self._length.sum(), *q["route_metres"])
        liked = np.array(q["liked"][self._kind])[self._net.kind[self._edge]]
        liked[self._net.left[self._edge] != self._net.right[self._edge]] *= q["border_liked"]
        reach = max(100.0, q["route_reach"] * float(self._metres.max()))
        x = self._net.nodes[self._node[points], 0] - self._net.nodes[self._node, 0].mean()
        y = self._net.nodes[self._node[points], 1] - self._net.nodes[self._node, 1].mean()
        turn = points[np.argsort(np.arctan2(y, x), kind="stable")]
        found, begins = [], []
        for route in range(n):
            own = turn[route::n] if len(turn) > route else turn[:1]
            far = np.minimum(self._metres[own][:, self._a], self._metres[own][:, self._b]).min(axis=0)
            score = liked * np.exp(-far / reach) * (0.25 + rng.random(len(self._edge)))
            for node in own:  # every checkpoint is passed: one stretch that ends there comes first
                beside = np.flatnonzero((self._a == node) | (self._b == node))
                score[beside[score[beside].argmax()]] += 9.0
            order = np.argsort(-score, kind="stable")
            enough = int(np.searchsorted(np.cumsum(self._length[order]), metres)) + 1
            found.append(np.sort(order[:enough]).astype(np.int32))
            begins.append(int(own[0]))
        return found, begins

    def rates(self, rng: np.random.Generator, q: dict[str, Any], routes: list[Ints]) -> Floats:
        """How often each stretch outside the routes is walked: uneven, some nearly never."""
        rate = rng.lognormal(-(q["rest_spread"] ** 2) / 2, q["rest_spread"], len(self._edge)) * q["rest_share"]
        liked = np.array(q["liked"][self._kind])[self._net.kind[self._edge]]
        rate *= liked / max(liked.mean(), 0.01)
        rate[np.unique(np.concatenate([*routes, np.empty(0, np.int32)])).astype(np.int64)] = 0.0
        return np.minimum(rate, 0.9)

    def tour(self, route: Ints, node: int) -> shapely.LineString:
        """The way of a planned route from a node: always to the nearest stretch that is left."""
        left = set(route.tolist())
        xy: list[Floats] = []
        while left:
            e = min(left, key=lambda e: (min(self._metres[node, self._a[e]], self._metres[node, self._b[e]]), e))
            goal = self._a[e] if self._metres[node, self._a[e]] <= self._metres[node, self._b[e]] else self._b[e]
            while node != goal:
                step = int(self._hop[node, goal])
                node = self._pass(step, node, xy)
                left.discard(step)
            if e in left:
                node = self._pass(e, node, xy)
                left.discard(e)
        return shapely.LineString(np.concatenate(xy))

    def _pass(self, e: int, node: int, xy: list[Floats]) -> int:
        first, last = self._net.first[self._edge[e]], self._net.first[self._edge[e] + 1]
        shape = self._net.points[first:last]
        forward = self._a[e] == node
        xy.append(shape if forward else shape[::-1])
        return int(self._b[e] if forward else self._a[e])

    def told_points(self, rng: np.random.Generator, points: Longs, code: str) -> list[dict[str, Any]]:
        """The checkpoints as they are published."""
        own = self._spots.iloc[self._own]
        told = []
        for k, node in enumerate(points, start=1):
            xy = self._net.nodes[self._node[node]]
            word = "路口"
            if len(own):
                near = np.hypot(own["x"].to_numpy() - xy[0], own["y"].to_numpy() - xy[1])
                spot = own.iloc[int(near.argmin())]
                word = f"{spot['road']}{_SPOT_WORDS[spot['kind']]}"
            told.append(
                {
                    "code": f"{code}B{k:02}", "name": f"{word}必巡点{k}", "grid_code": code,
                    "visits_a_week": 5 if k <= 2 else 2, "geometry": shapely.Point(xy + rng.uniform(-6, 6, 2)),
                }
            )  # fmt: skip
        return told


def _told_route(k: int, n: int, code: str, name: str, way: shapely.LineString) -> dict[str, Any]:
    weekdays = np.arange(5)  # nobody is planned to walk on a day off
    return {
        "code": f"{code}R{k + 1}", "name": f"{name}{'一二三四五'[k]}号路线", "grid_code": code,
        "length_m": round(way.length), "weekdays": ",".join(map(str, weekdays[route_of(weekdays, n) == k] + 1)),
        "windows": "08:30-10:30,14:00-16:00", "geometry": way,
    }  # fmt: skip

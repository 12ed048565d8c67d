"""What is hidden in the tracks: workers who only seem to patrol, honest ones with bad devices, land that nobody visits.

Who and where is drawn once from the seed. Nothing of it stands in a column of a file; the truth is returned.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gridgov.errors import SettingsError
from gridgov.simulate.model import Days, Land
from gridgov.simulate.patrols.beats import longest_piece
from gridgov.simulate.patrols.people import People
from gridgov.simulate.scenario import Scenario, day_of
from gridgov.simulate.seeds import stream

Longs = npt.NDArray[np.int64]
MAIN_ROADS = 2
"""Kinds of road below this one carry cars: trunk and street."""


@dataclass(frozen=True)
class Fake:
    """One worker whose tracks are not what they seem, or whose device is to blame.

    grid, worker  rows of Land.grids and People
    days          from which day on, to which: day numbers
    how           its parameters
    neighbours    rows of People: honest workers of grids beside it
    """

    grid: int
    worker: int
    days: Longs
    how: dict[str, Any]
    neighbours: list[int]


@dataclass(frozen=True)
class Shared:
    """One device that two people use for a week, one after the other."""

    grid: int
    second_grid: int
    workers: tuple[int, int]
    days: Longs


@dataclass(frozen=True)
class Spell:
    """A grid and some days."""

    grid: int
    days: Longs


@dataclass(frozen=True)
class BlindSpot:
    """Part of a grid that nobody ever comes to: the edges nobody uses, and the land that is near no other edge."""

    grid: int
    edges: Longs
    land: shapely.Polygon


@dataclass(frozen=True)
class Planted:
    """All of it."""

    replay: Fake
    drive_through: Fake
    standing_still: Fake
    wrong_clock: Fake
    jumping_device: Fake
    shared_device: Shared
    extra_patrol: Spell
    unpatrolled: Spell
    blind_spot: BlindSpot


FAKES = ("replay", "drive_through", "standing_still", "wrong_clock", "jumping_device")


def plant(scenario: Scenario, land: Land, days: Days, people: People) -> Planted:
    """Choose grids and people for everything in [planted] of patrol.toml.

    Raises SettingsError when the land has too few grids with a worker of their own.
    """
    q = scenario.read("patrol.toml")["planted"]
    choice = _Choice(scenario, land, people, q["neighbours"])
    found: dict[str, Any] = {"blind_spot": _blind_spot(q["blind_spot"], land, choice)}
    found["drive_through"] = choice.fake(_since(scenario, q["drive_through"]), q["drive_through"], choice.roads)
    for name in ("replay", "standing_still", "wrong_clock", "jumping_device"):
        found[name] = choice.fake(_since(scenario, q[name]), q[name])
    found["shared_device"] = choice.shared(_since(scenario, q["shared_device"])[: q["shared_device"]["length"]])
    urban = (land.grids["kind"] == "urban").to_numpy(dtype=float)
    found["extra_patrol"] = Spell(choice.grid(urban), _since(scenario, q["extra_patrol"]))
    since = _since(scenario, q["unpatrolled"])
    workdays = since[days.is_workday[since - days.first]]
    found["unpatrolled"] = Spell(choice.grid(1 - urban), workdays[: q["unpatrolled"]["workdays"]])
    return Planted(**found)


def _since(scenario: Scenario, q: dict[str, Any]) -> Longs:
    """The last days of the period, as many as asked for."""
    return np.arange(max(scenario.begin_day, scenario.end_day - q.get("days", 10**6)), scenario.end_day)


class _Choice:
    """Grids in an order of chance, each given away once; neighbours of the chosen stay honest."""

    def __init__(self, scenario: Scenario, land: Land, people: People, n_neighbours: int) -> None:
        net, post = land.network, people.posts[0]
        self._n_neighbours = n_neighbours
        once = np.isin(post.worker, np.flatnonzero(np.bincount(post.worker) == 1)) & (post.deputy >= 0)
        self._worker = np.full(len(land.grids), -1)
        self._worker[post.grid[once]] = post.worker[once]
        border = (net.left != net.right) & (net.left >= 0) & (net.right >= 0)
        pairs = np.concatenate([np.c_[net.left, net.right][border], np.c_[net.right, net.left][border]])
        self._beside = [np.unique(pairs[pairs[:, 0] == grid, 1]) for grid in range(len(land.grids))]
        order = stream(scenario.seed, "patrols", "planted").permutation(len(land.grids))
        self._free = [int(grid) for grid in order if self._worker[grid] >= 0]
        main = np.flatnonzero(net.kind < MAIN_ROADS)
        self.roads = np.zeros(len(land.grids))
        for side in (net.left, np.where(net.left == net.right, -1, net.right)):
            np.add.at(self.roads, side[main], np.where(side[main] >= 0, net.length[main], 0.0))

    def grid(self, liking: npt.NDArray[np.float64] | None = None) -> int:
        """The next free grid; of those that are free, one of the better half by liking."""
        if not self._free:
            raise SettingsError(
                "The land has too few grids to hide everything of [planted] in patrol.toml: each thing needs a grid "
                "with a worker of its own. Make more grids."
            )
        grid = self._free[0]
        if liking is not None:
            enough = np.median(liking[self._free])
            grid = next(g for g in self._free if liking[g] >= enough)
        self._free.remove(grid)
        return grid

    def fake(self, days: Longs, how: dict[str, Any], liking: npt.NDArray[np.float64] | None = None) -> Fake:
        """A grid, its worker, and honest neighbours."""
        grid = self.grid(liking)
        honest = [int(g) for g in self._beside[grid] if g in self._free][: self._n_neighbours]
        for other in honest:
            self._free.remove(other)
        return Fake(grid, int(self._worker[grid]), days, how, [int(self._worker[g]) for g in honest])

    def shared(self, days: Longs) -> Shared:
        """A grid and one beside it, whose workers use one device."""
        for grid in self._free:
            beside = [int(g) for g in self._beside[grid] if g in self._free]
            if beside:
                self._free.remove(grid)
                self._free.remove(beside[0])
                return Shared(grid, beside[0], (int(self._worker[grid]), int(self._worker[beside[0]])), days)
        raise SettingsError("No two neighbouring grids are left for the shared device of [planted] in patrol.toml.")


def _blind_spot(q: dict[str, Any], land: Land, choice: _Choice) -> BlindSpot:
    """Of some discs in a large grid the one with most land to patrol, unless without its edges the grid falls apart."""
    net = land.network
    grid = choice.grid(land.grids.geometry.area.to_numpy())
    whole = land.grids.geometry.iat[grid]
    edges = np.flatnonzero((net.left == grid) | (net.right == grid))
    inner = np.unique(np.concatenate([net.a[edges], net.b[edges]]))
    houses = shapely.intersection(land.built_up.geometry[land.built_up.intersects(whole)].union_all(), whole)
    best: tuple[float, Longs, Any] = (-1.0, edges[:0], shapely.Polygon())
    for node in inner[:: max(1, len(inner) // 40)]:
        disc = shapely.intersection(shapely.Point(net.nodes[node]).buffer(q["radius_m"]), whole)
        shapes = edge_shapes(land, edges)
        is_gone = shapely.intersects(shapes, disc.buffer(-q["clear_m"]))
        kept = edges[~is_gone]
        if net.length[longest_piece(net, kept)].sum() < 0.6 * net.length[edges].sum():
            continue
        used = edge_shapes(land, np.setdiff1d(_edges_near(land, disc, q["clear_m"]), edges[is_gone]))
        left = shapely.difference(disc, shapely.union_all(shapely.buffer(used, q["clear_m"])))
        part = max(shapely.get_parts(left), key=lambda piece: piece.area, default=shapely.Polygon())
        # What would be patrolled there: houses, and a strip along each road.
        roads = shapely.length(shapely.intersection(shapes[is_gone], part)).sum()
        to_patrol = shapely.intersection(houses, part).area + 5.0 * roads
        if is_gone.any() and to_patrol > best[0]:
            best = (float(to_patrol), edges[is_gone], part)
    return BlindSpot(grid, best[1], best[2])


def _edges_near(land: Land, place: shapely.Geometry, reach: float) -> Longs:
    net = land.network
    x0, y0, x1, y1 = place.buffer(reach).bounds
    inside = (net.points[:, 0] >= x0) & (net.points[:, 0] <= x1) & (net.points[:, 1] >= y0) & (net.points[:, 1] <= y1)
    rows = np.searchsorted(net.first, np.flatnonzero(inside), side="right") - 1
    return np.unique(rows)


def edge_shapes(land: Land, edges: Longs) -> npt.NDArray[np.object_]:
    """LineStrings of some edges."""
    net = land.network
    counts = (net.first[edges + 1] - net.first[edges]).astype(np.int64)
    owner = np.repeat(np.arange(len(edges)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    shapes: npt.NDArray[np.object_] = shapely.linestrings(
        net.points[np.repeat(net.first[edges], counts) + within], indices=owner
    )
    return shapes


def truth(planted: Planted, land: Land, people: People, to_degrees: Any) -> dict[str, Any]:
    """What is hidden, in words: persons, devices, grids, first and last day, strength."""
    code = land.grids["code"].tolist()

    def spell(days: Longs) -> dict[str, str]:
        return {"first_day": iso(days[0]), "last_day": iso(days[-1])} if len(days) else {}

    def who(worker: int) -> dict[str, str]:
        return {"person": people.code[worker], "device": people.device[worker]}

    told: dict[str, Any] = {}
    for name in FAKES:
        fake: Fake = getattr(planted, name)
        told[name] = who(fake.worker) | {"grid": code[fake.grid]} | spell(fake.days)
        told[name] |= {"strength": fake.how, "honest_neighbours": [who(n) for n in fake.neighbours]}
    shared = planted.shared_device
    told["shared_device"] = {
        "device": people.device[shared.workers[0]], "persons": [people.code[w] for w in shared.workers],
        "grid": code[shared.grid], **spell(shared.days), "second_grid": code[shared.second_grid],
    }  # fmt: skip
    told["extra_patrol"] = {"grid": code[planted.extra_patrol.grid], **spell(planted.extra_patrol.days), "times": 3}
    silent = planted.unpatrolled
    told["unpatrolled"] = {"grid": code[silent.grid], **spell(silent.days), "workdays": len(silent.days)}
    spot = planted.blind_spot
    told["blind_spot"] = {
        "grid": code[spot.grid], "area_m2": round(spot.land.area),
        "wkt": shapely.to_wkt(shapely.transform(spot.land, to_degrees), rounding_precision=6), "datum": "WGS84",
    }  # fmt: skip
    assert set(told) == {field.name for field in fields(planted)}  # noqa: S101  nothing hidden is left untold
    return told


def iso(day: int) -> str:
    """A day number as YYYY-MM-DD."""
    found: date = day_of(int(day))
    return found.isoformat()

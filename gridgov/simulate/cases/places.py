"""Where cases happen, and who answers and reports there."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.simulate.model import Land, Organisation
from gridgov.simulate.seeds import stream

Ints = npt.NDArray[np.int64]
_NEAR = (1.0, 0.7, 0.5)
"""How the kinds of spots of a matter count, the first most."""
_NOISE_M = 12.0


class Places:
    """Spots to draw from. A spot's weight counts, the more so where people look or complain more."""

    def __init__(self, seed: int, land: Land, matters: pd.DataFrame, volume: dict[str, Any]) -> None:
        spots = land.spots
        self.grid = spots["grid"].to_numpy(np.int64)
        self.xy = spots[["x", "y"]].to_numpy(float)
        self._free = _room(self.xy, self.grid, land)
        rng = stream(seed, "places")
        weight, kind = spots["weight"].to_numpy(float) ** volume["place_power"], spots["kind"].to_numpy(str)
        spread = volume["place_spread"] ** 2
        by_grid = rng.gamma(1 / spread, spread, (2, len(land.grids)))  # workers, everybody else
        self._tables: list[tuple[Ints, npt.NDArray[np.float64]]] = []
        known: dict[str, int] = {}
        self._table_of = np.array([known.setdefault(text, len(known)) for text in matters["spot"]])
        for text in known:
            factor = np.zeros(len(spots))
            for k, name in enumerate(text.split("|")):
                factor[kind == name] = _NEAR[min(k, len(_NEAR) - 1)]
            if not factor.any():
                factor[:] = 1.0
            for side in range(2):
                rows = np.flatnonzero(factor)
                self._tables.append((rows, np.cumsum((weight * factor * by_grid[side][self.grid])[rows])))

    def draw(self, rng: np.random.Generator, matter: np.ndarray, by_worker: np.ndarray) -> Ints:
        """A spot for each case."""
        which, u = 2 * self._table_of[matter] + ~by_worker, rng.random(len(matter))
        spot = np.empty(len(matter), np.int64)
        for table in np.unique(which):
            here = which == table
            rows, running = self._tables[table]
            spot[here] = rows[np.minimum(np.searchsorted(running, u[here] * running[-1]), len(rows) - 1)]
        return spot

    def draw_in(self, rng: np.random.Generator, matter: np.ndarray, by_worker: np.ndarray, grid: np.ndarray) -> Ints:
        """A spot for each case in a given grid: of the kinds of its matter where the grid has some, else any."""
        which, spot = 2 * self._table_of[matter] + ~by_worker, np.empty(len(matter), np.int64)
        for table, row in sorted({(int(t), int(g)) for t, g in zip(which, grid, strict=True)}):
            here = (which == table) & (grid == row)
            rows, running = self._tables[table]
            weight = np.diff(running, prepend=0.0)
            own = self.grid[rows] == row
            pool, share = (rows[own], weight[own]) if own.any() else (np.flatnonzero(self.grid == row), None)
            spot[here] = rng.choice(pool, int(here.sum()), p=None if share is None else share / share.sum())
        return spot

    def near(self, spot: int, metres: float, matters: Ints) -> Ints:
        """The spots within some metres of one where these matters happen, itself included."""
        fits = np.zeros(len(self.grid), bool)
        for matter in matters:
            fits[self._tables[2 * self._table_of[matter]][0]] = True
        fits[spot] = True
        return np.flatnonzero((np.hypot(*(self.xy - self.xy[spot]).T) <= metres) & fits)

    def points(self, rng: np.random.Generator, spot: Ints) -> npt.NDArray[np.float64]:
        """A point at each spot, a few metres off, never beyond its grid."""
        angle = rng.uniform(0, 2 * np.pi, len(spot))
        off = np.minimum(self._free[spot], _NOISE_M) * np.sqrt(rng.random(len(spot)))
        return self.xy[spot] + off[:, None] * np.c_[np.cos(angle), np.sin(angle)]


def _room(xy: np.ndarray, grid: np.ndarray, land: Land) -> npt.NDArray[np.float64]:
    """Metres from each spot to the edge of its grid, a little less."""
    edges = land.grids.geometry.boundary.to_numpy()
    room = np.zeros(len(xy))
    for row in np.unique(grid):
        here = grid == row
        shapely.prepare(edges[row])
        room[here] = shapely.distance(shapely.points(xy[here]), edges[row])
    return np.maximum(0.9 * room - 0.1, 0.0)


class People:
    """Who answers where, as tables of rows.

    owner     (matters, villages) the unit that ought to answer, -1 = nobody
    mistaken  (matters, villages, 3) units it goes to by mistake
    reporter  of each grid, -1 = nobody
    checkers  (grids, 2) grid worker and inspector
    """

    def __init__(self, land: Land, organisation: Organisation, matters: pd.DataFrame, mistaken: dict[str, Any]) -> None:
        units = organisation.units
        code = {name: row for row, name in enumerate(units["code"])}
        kind = units["kind"].to_numpy(str)
        n = len(land.villages)
        token = {name: np.full(n, row) for name, row in code.items()}
        token["village"] = np.array([code[name] for name in land.villages["code"]])
        for word, rows in (("squad", np.flatnonzero(kind == "squad")), ("cleaning", [code["C01"], code["C02"]])):
            token[word] = np.full(n, rows[0])
            for row in rows:
                token[word][list(units["villages"].iloc[row])] = row
        token[""] = np.full(n, -1)
        self.owner = np.array([token[name] for name in matters["unit"]])
        wrong = []
        for name, owner in zip(matters["unit"], self.owner, strict=True):
            group = "nobody" if name == "" else ("cleaning" if name == "cleaning" else kind[owner[0]])
            wrong.append(np.array([token[word] for word in mistaken[group][:3]]).T)
        self.mistaken = np.array(wrong)
        self.code = code
        post = organisation.roster.pivot_table(
            index="grid", columns="role", values="person", aggfunc="max", fill_value=-1
        )
        post = post.reindex(range(len(land.grids)), fill_value=-1)
        self.checkers = np.array([post[role] for role in ("grid_worker", "inspector")], np.int64).T
        self.reporter = np.full(len(land.grids), -1, np.int64)
        for role in ("grid_worker", "informant", "patroller", "inspector"):
            self.reporter = np.where(self.reporter < 0, post[role].to_numpy(np.int64), self.reporter)
        unit = organisation.staff["unit"].to_numpy(np.int64)
        self.staff = np.argsort(unit, kind="stable")
        self.first = np.searchsorted(unit[self.staff], np.arange(len(units) + 1))


class Shifts:
    """The patrols, to find who walked a grid on a day, and when."""

    def __init__(self, shifts: pd.DataFrame | None, n_grids: int) -> None:
        self._n = n_grids
        rows = None if shifts is None else shifts[shifts["grid"] >= 0]
        where = np.empty(0, np.int64) if rows is None else (rows["day"] * n_grids + rows["grid"]).to_numpy(np.int64)
        order = np.argsort(where, kind="stable")
        self._where = where[order]
        self.start, self.end, self.person = (
            np.empty(0, np.int64) if rows is None else rows[name].to_numpy(np.int64)[order]
            for name in ("start", "end", "person")
        )

    def find(self, rng: np.random.Generator, day: np.ndarray, grid: np.ndarray) -> Ints:
        """A shift in a grid on a day, -1 = there was none."""
        where = day * self._n + grid
        low, high = np.searchsorted(self._where, where), np.searchsorted(self._where, where, "right")
        return np.where(high > low, low + (rng.random(len(day)) * (high - low)).astype(np.int64), -1)

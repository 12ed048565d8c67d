"""Where to hide something: busy spots and grids, each in a grid of its own."""

import numpy as np
import numpy.typing as npt

from gridgov.simulate.model import Land

Ints = npt.NDArray[np.int64]


class Choice:
    """Spots and grids picked at random among the busy ones, each in a grid of its own."""

    def __init__(self, rng: np.random.Generator, land: Land) -> None:
        self._rng, self._spots = rng, land.spots
        self._grid = land.spots["grid"].to_numpy(np.int64)
        self._weight = land.spots["weight"].to_numpy(float)
        self._kind = land.spots["kind"].to_numpy(str)
        self._town = land.grids["kind"].to_numpy(str)
        self._taken: set[int] = set()

    def keep(self, grid: int) -> int:
        """Take a grid: nothing else will be hidden in it."""
        self._taken.add(grid)
        return grid

    def grid(self, kind: str, busiest: int = 30) -> int:
        """One of the busiest grids of a kind."""
        load = np.bincount(self._grid, self._weight, len(self._town))
        load[(self._town != kind) | np.isin(np.arange(len(load)), list(self._taken))] = -1
        return self.keep(int(self._rng.choice(np.argsort(-load, kind="stable")[:busiest])))

    def spot(self, kind: str, where: str) -> int:
        """One of the 30 spots of a kind where most happens."""
        return int(self.spots(kind, where, 1)[0])

    def spots(self, kind: str, where: str, n: int) -> Ints:
        """One of the busy spots of a kind and others near it, of one grid."""
        free = ~np.isin(self._grid, list(self._taken)) & (self._town[self._grid] == where)
        rows = np.flatnonzero(free & (self._kind == kind))
        rows = rows if len(rows) else np.flatnonzero(free)
        first = self._rng.choice(rows[np.argsort(-self._weight[rows], kind="stable")[:30]])
        self.keep(int(self._grid[first]))
        same = rows[self._grid[rows] == self._grid[first]]
        return np.concatenate([[first], same[same != first]])[:n]

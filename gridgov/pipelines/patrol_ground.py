"""The ground that patrols are counted on: the grids valid on a day, and the cells of the coverage lattice that each has."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from gridgov.analytics.patrol.cells import Cells
from gridgov.analytics.patrol.days import OUTSIDE
from gridgov.lattice import Lattice
from gridgov.pipelines.placing import lattice_of
from gridgov.store import grids, ground
from gridgov.store.database import Connection
from gridgov.store.runs import Town


@dataclass(frozen=True)
class Ground:
    """The finest grids of one version of a town's base layer.

    cells  of each grid, with the grid's id as owner; None where the town is too large for them
    due    of them the land to patrol, with the same owners; None = not known
    """

    lattice: Lattice
    ids: npt.NDArray[np.int32]
    cells: Cells | None
    due: Cells | None

    def grids(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The id of the grid that each point lies in, OUTSIDE where it lies in none."""
        position = self.lattice.locate(lon, lat)
        return np.where(position >= 0, self.ids[position], OUTSIDE).astype(np.int64)


def ground_of(connection: Connection, town: Town, on: date, known: dict[int, Ground]) -> Ground | None:
    """The ground of a town on a day; None where it has no grids then. `known` holds those met before, by version."""
    version = next((s for s in grids.grid_sets(connection, town.id, grids.BASE) if s.holds(on)), None)
    if version is None:
        return None
    if version.id not in known:
        frame = grids.locating_polygons(connection, version.id)
        polygons, ids = frame.geometry.to_numpy(), frame["id"].to_numpy(np.int32)
        cells = None if ground.why_not(connection, version.id) else ground.land(connection, version.id)
        known[version.id] = Ground(lattice_of(town, polygons), ids, cells, ground.due(connection, version.id))
    return known[version.id]

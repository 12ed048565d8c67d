"""The ground that patrols are counted on: the grids valid on a day, and the cells of the coverage lattice that each has."""

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gridgov.analytics.patrol.cells import CELL_M, Cells, union
from gridgov.analytics.patrol.coverage import grid_cells
from gridgov.analytics.patrol.days import OUTSIDE
from gridgov.errors import SourceError
from gridgov.lattice import Lattice
from gridgov.pipelines.placing import lattice_of
from gridgov.settings import settings
from gridgov.store import grids
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
        cells = _cells(town, polygons)
        owned = None if cells is None else union(cells, ids[cells.owner])
        known[version.id] = Ground(lattice_of(town, polygons), ids, owned, _due(connection, town, version.id))
    return known[version.id]


def _due(connection: Connection, town: Town, set_id: int) -> Cells | None:
    """The land to patrol in each grid; none is known yet."""
    return None


def _cells(town: Town, polygons: npt.NDArray[np.object_]) -> Cells | None:
    """The cells of each grid by its position, from the state folder if they are there."""
    crs = str(town.crs)
    path = settings().state / "lattices" / f"{Lattice.fingerprint(polygons, crs, CELL_M)}.cells.npz"
    if path.exists():
        with np.load(path) as held:
            return Cells(held["owner"], held["block"], held["bits"])
    try:
        cells = grid_cells(polygons, crs)
    except SourceError:  # more cells than a lattice may have
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    _save(path, cells)
    return cells


def _save(path: Path, cells: Cells) -> None:
    """Write in one move: a reader finds the whole file or none."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "wb") as file:
        np.savez_compressed(file, **cells._asdict())
    Path(temporary).replace(path)

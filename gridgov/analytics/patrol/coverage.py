"""How much of each grid was seen: swept cells against the cells of the grids and of the land to patrol (应巡面积)."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.cells import CELL_M, SIDE, Cells, from_raster, shared, sizes, union, within
from gridgov.lattice import OUTSIDE, Lattice


def grid_cells(polygons: npt.NDArray[np.object_], crs: str, cell_m: float = CELL_M) -> Cells:
    """The cells of each grid: a cell belongs to the grid in which a case reported at its centre would lie.

    polygons  of one layer and version of the town's grids, EPSG:4326, ascending by code, as for `Lattice.build`
    crs       metric CRS of the town
    returns   sets with the grid's position as owner; no cell in two. Unite them for villages and the town:
              `union(cells, village_of[cells.owner])`.
    raises    what `Lattice.build` raises, TooManyCells from 256 million cells on
    """
    lattice = Lattice.build(polygons, crs, cell_m)
    (x0, y0), (rows, cols) = lattice.origin, lattice.shape
    row, col = round(y0 / cell_m), round(x0 / cell_m)  # the lattice begins on a whole cell, the raster on a whole block
    margins = ((row % SIDE, -(row + rows) % SIDE), (col % SIDE, -(col + cols) % SIDE))
    labels = np.pad(lattice.labels_of_centres(), margins, constant_values=OUTSIDE)
    return from_raster(row - row % SIDE, col - col % SIDE, labels)


def land_cells(polygons: npt.NDArray[np.object_], crs: str, cell_m: float = CELL_M) -> Cells:
    """The cells whose centre lies in any of some polygons, as one set (owner 0): such as the land to patrol.

    polygons, crs  as for `grid_cells`; the polygons may overlap
    """
    return union(grid_cells(polygons, crs, cell_m))


def coverage(swept: Cells, grids: Cells, patrollable: Cells | None = None, *, cell_m: float = CELL_M) -> pd.DataFrame:
    """What each owner of swept cells (a worker's day, a day, a week) saw of each grid.

    swept        sets of cells; for a window the union over its days, never a sum of shares
    grids        sets of cells of grids, or of villages, squads, the town
    patrollable  the land to patrol, one set or several; None = not known
    returns      a row for each owner and grid that share a cell, by owner and grid:
                 owner, grid       the two owners
                 swept_m2          of all land
                 land_share        of all land of the grid, 0..1
                 patrolled_m2      of the land to patrol; NaN where it is not known
                 patrolled_share   of the grid's land to patrol, 0..1; NaN where it is not known or there is none
    """
    owner, grid, n = shared(swept, grids)
    frame = pd.DataFrame(
        {"owner": owner, "grid": grid, "swept_m2": n * cell_m**2, "land_share": n / _size(grids, grid)}
    )
    if patrollable is None:
        return frame.assign(patrolled_m2=np.nan, patrolled_share=np.nan)
    due = within(grids, patrollable)
    of_due = pd.DataFrame(dict(zip(("owner", "grid", "n"), shared(swept, due), strict=True)))
    seen = frame.merge(of_due, "left", on=["owner", "grid"])["n"].fillna(0).to_numpy(np.float64)
    n_due = _size(due, grid)
    share = np.divide(seen, n_due, out=np.full(len(seen), np.nan), where=n_due > 0)
    return frame.assign(patrolled_m2=seen * cell_m**2, patrolled_share=share)


def areas(grids: Cells, patrollable: Cells | None = None, *, cell_m: float = CELL_M) -> pd.DataFrame:
    """What the shares of `coverage` divide by: grid, land_m2, patrollable_m2 (NaN where not known), by grid."""
    grid, n = sizes(grids)
    due = np.full(len(grid), np.nan) if patrollable is None else _size(within(grids, patrollable), grid)
    return pd.DataFrame({"grid": grid, "land_m2": n * cell_m**2, "patrollable_m2": due * cell_m**2})


def _size(cells: Cells, owner: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How many cells each of some owners has; 0 if none."""
    owners, n = sizes(cells)
    found = pd.Series(n, index=owners).reindex(owner, fill_value=0)
    return found.to_numpy(np.float64)

"""The ground of a town: which cells of the coverage lattice each grid has, and which of them are land to patrol (应巡面积).

Derived from the grids and from the roads and built-up land of the town's own map. `refresh` makes what is missing or was made
of another map and leaves the rest alone, so any load may call it. It costs some seconds for a city, so nothing is kept of a
town until something asks for it: its first map, or its first tracks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.cells import CELL_M, NO_CELLS, SIDE, Cells, block_key, sizes, to_table, union, within
from gridgov.analytics.patrol.coverage import grid_cells
from gridgov.analytics.patrol.ground import due_land
from gridgov.errors import DatumError
from gridgov.lattice import TooManyCells
from gridgov.store import grids, tables
from gridgov.store.copying import binary, copy_rows, number
from gridgov.store.database import geo_frame, run

_HELD: Final[dict[tuple[str, int, int], tuple[Cells, Cells | None]]] = {}
_MOST_HELD: Final = 8
"""Versions whose cells are held in a process: some MB each."""


@dataclass(frozen=True)
class Made:
    """What refresh made of a version of a layer: cells in all and to patrol (None = no map), or why none are kept."""

    set_id: int
    layer: str
    valid_from: date | None
    n_cells: int
    n_due_cells: int | None
    why: str | None = None


def is_wanted(connection: Connection, town_id: int) -> bool:
    """Whether the ground of a town is to be kept: it has a map or tracks, or its ground is kept already."""
    return bool(run(connection, "load/ground/is_wanted", {"town_id": town_id}).scalar_one())


def refresh(connection: Connection, town_id: int) -> list[Made]:
    """Make the ground of the town's grids where it is not kept yet, or was made of another map; returns what was made.

    Runs in the transaction of a load. Where the map is the same only the land to patrol of what is new is made.
    """
    stale = run(connection, "load/ground/stale", {"town_id": town_id}).all()
    if not stale:
        return []
    crs = connection.execute(sa.select(tables.town.c.crs).where(tables.town.c.id == town_id)).scalar_one()
    lands, whys = {}, {}
    for row in stale:
        try:
            lands[row.set_id] = land(connection, row.set_id) if row.has_land else _land(connection, row.set_id, crs)
        except (TooManyCells, DatumError) as err:
            whys[row.set_id] = str(err)
    mask = _due(connection, town_id, crs, list(lands)) if stale[0].map is not None and lands else None
    made = []
    for row in stale:
        found = lands.get(row.set_id, NO_CELLS)
        due = None if mask is None else within(found, mask)
        why = whys.get(row.set_id)
        state = {"map": row.map if why is None else None, "why": why}
        _write(connection, town_id, row.set_id, found, due, state, has_land=row.has_land)
        n_due = None if due is None else int(sizes(due)[1].sum())
        made.append(Made(row.set_id, row.layer, row.valid_from, int(sizes(found)[1].sum()), n_due, why))
    return made


def land(connection: Connection, set_id: int) -> Cells:
    """The cells of each grid of a version of a layer, the grid's id as owner: those whose centre it would be given.

    No cells where none are kept (see `why_not`).
    """
    return _read(connection, "land_cells", set_id)


def due(connection: Connection, set_id: int) -> Cells | None:
    """Of these the cells that are land to patrol; None where no map is loaded, or no cells are kept."""
    g = tables.ground.c
    if connection.execute(sa.select(g.map).where(g.set_id == set_id)).scalar_one_or_none() is None:
        return None
    return _read(connection, "due_cells", set_id)


def kept(connection: Connection, set_id: int) -> tuple[Cells, Cells | None]:
    """`land` and `due` for a question: held in this process until the ground of the version is made anew. Not to be changed.

    Made anew is its row in `ground`, in the transaction that makes its cells: the transaction's number tells. It is asked for
    in a transaction that sees one state of the database (`reading`); where cells may be made in the same one, ask `land`.
    """
    query = sa.select(sa.text("CAST(CAST(xmin AS text) AS bigint)")).select_from(tables.ground)
    made_by = connection.execute(query.where(tables.ground.c.set_id == set_id)).scalar_one_or_none()
    if made_by is None:
        return land(connection, set_id), due(connection, set_id)
    key = (str(connection.engine.url), set_id, made_by)
    found = _HELD.pop(key, None) or (land(connection, set_id), due(connection, set_id))
    _HELD[key] = found  # the last asked for is the last to go
    while len(_HELD) > _MOST_HELD:
        _HELD.pop(next(iter(_HELD)), None)
    return found


def why_not(connection: Connection, set_id: int) -> str | None:
    """Why no cells are kept of a version of a layer; None when they are, or nothing has asked for them yet."""
    g = tables.ground.c
    return connection.execute(sa.select(g.why).where(g.set_id == set_id)).scalar_one_or_none()


def _land(connection: Connection, set_id: int, crs: str) -> Cells:
    """The cells of a version's grids, made of their polygons."""
    polygons = grids.locating_polygons(connection, set_id)
    cells = grid_cells(polygons.geometry.to_numpy(), crs)
    return union(cells, polygons["id"].to_numpy(np.int64)[cells.owner])


def _due(connection: Connection, town_id: int, crs: str, set_ids: Iterable[int]) -> Cells:
    """The land to patrol around the grids of some versions, as one set."""
    boxes = [grids.locating_polygons(connection, set_id).total_bounds for set_id in set_ids]
    west, south = np.min(boxes, axis=0)[:2].tolist()
    east, north = np.max(boxes, axis=0)[2:].tolist()
    corners = {"west": west, "south": south, "east": east, "north": north}
    features = geo_frame(connection, "load/ground/map", {"town_id": town_id, **corners})
    width = pd.to_numeric(features["width_m"]).to_numpy(np.float64)
    return due_land(features.geometry.to_numpy(), width, crs, (west, south, east, north))


def _write(
    connection: Connection, town_id: int, set_id: int, land: Cells, due: Cells | None, state: dict[str, Any], *,
    has_land: bool,
) -> None:  # fmt: skip
    """Write the ground of a version in the place of what was there."""
    of = {"town_id": town_id, "set_id": set_id}
    kept = {"due_cells": due or NO_CELLS} if has_land else {"land_cells": land, "due_cells": due or NO_CELLS}
    for table in ("ground", "grid_ground", *kept):
        run(connection, "load/ground/clear", {"set_id": set_id}, table=table)
    connection.execute(sa.insert(tables.ground).values(**of, **state))
    for table, cells in kept.items():
        _copy(connection, table, of, cells)
    if state["why"] is None:
        _measure(connection, of, land, due)


def _copy(connection: Connection, table: str, of: dict[str, int], cells: Cells) -> None:
    rows = to_table(cells)
    n = rows.num_rows
    fields = {"town_id": number(np.full(n, of["town_id"]), "i2"), "set_id": number(np.full(n, of["set_id"]), "i4")}
    fields |= {"grid_id": number(cells.owner, "i4")}
    fields |= {name: number(rows[name].to_numpy(), "i4") for name in ("block_row", "block_col")}
    copy_rows(connection, table, fields | {"bits": binary(np.ascontiguousarray(cells.bits, "<u8"))})


def _measure(connection: Connection, of: dict[str, int], land: Cells, due: Cells | None) -> None:
    """What the shares of coverage divide by, for every grid that points are located in, also for one without a cell."""
    g = tables.grid.c
    ids = np.array(
        connection.execute(sa.select(g.id).where(g.set_id == of["set_id"], g.is_given).order_by(g.id)).scalars().all()
    )
    n_cells, n_due = _counted(land, ids), _counted(due or NO_CELLS, ids)
    no_map = np.full(len(ids), due is None)
    area = CELL_M**2
    fields = {name: number(np.full(len(ids), value), "i2" if name == "town_id" else "i4") for name, value in of.items()}
    fields |= {
        "grid_id": number(ids, "i4"),
        "land_m2": number(n_cells * area, "f8"),
        "due_m2": number(n_due * area, "f8", no_map),
        "n_cells": number(n_cells, "i4"),
        "n_due_cells": number(n_due, "i4", no_map),
    }
    copy_rows(connection, "grid_ground", fields)


def _counted(cells: Cells, ids: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    owners, n = sizes(cells)
    return pd.Series(n, index=owners).reindex(ids, fill_value=0).to_numpy(np.int64)


def _read(connection: Connection, table: str, set_id: int) -> Cells:
    row = run(connection, "load/ground/cells", {"set_id": set_id}, table=table).one()
    if row.grid_ids is None:
        return NO_CELLS
    bits = np.frombuffer(row.bits, "<u8").astype(np.uint64).reshape(-1, SIDE)
    return Cells(np.array(row.grid_ids, np.int64), block_key(row.rows, row.cols), bits)

"""The ground of questions of patrols: the cells of the grids asked by, in scope, and their land to patrol (应巡面积)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import NO_CELLS, Cells, of_owners, union
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.store import ground
from gridgov.store.database import frame
from gridgov.store.grids import BASE
from gridgov.store.watched import Blocks

NO_MAP: Final = {
    "zh": "未导入本镇地图,应巡面积不明:按应巡面积算的都为空",
    "en": "no map of the town is loaded, so that its land to patrol is not known: what is counted of it is null",
}
NO_CELLS_KEPT: Final = {
    "zh": "未保存网格的栅格(没有网格、尚无轨迹,或城市过大):面积与覆盖率为空",
    "en": "no cells are kept of the grids (there are none, no tracks came in yet, or the city is too large): areas are null",
}


@dataclass(frozen=True)
class Watched:
    """The ground of what is asked by: sets of cells, the id of a grid of the level asked by as owner (0 without `by`).

    land, due  all land, and of it what is to be patrolled; due is None where no map is loaded
    finest     all land with the id of the grid itself as owner
    grids      the grids that cells are kept of: id, code, grid_id (the owner), due_m2, land_m2
    """

    land: Cells
    due: Cells | None
    finest: Cells
    grids: pd.DataFrame

    @property
    def blocks(self) -> Blocks:
        """The blocks in which there is any of it."""
        return np.unique(self.land.block)

    @property
    def to_patrol(self) -> Cells:
        """The land to patrol; all land where no map tells which that is."""
        return self.land if self.due is None else self.due


def watched(asked: Asked, level: int | None = None) -> Watched:
    """The ground of the grids valid at as_of, in scope; `level` in place of the one asked by.

    Raises QuestionError for another layer than the base: patrols are counted in the grids that cases belong to.
    """
    require_base(asked)
    level = asked.level if level is None else level
    asked.meta["note"] = NO_CELLS_KEPT
    if asked.shown is None:
        return Watched(NO_CELLS, None, NO_CELLS, pd.DataFrame(columns=["id", "code", "grid_id", "due_m2", "land_m2"]))
    values: dict[str, Any] = {"set_id": asked.shown.id, "level": level, "scope_ids": asked.values.get("scope_ids")}
    rows = frame(asked.connection, "questions/ground_grids", values)
    rows["grid_id"] = 0 if level is None else rows["grid_id"]
    kept = rows[rows["grid_id"].notna()]
    land, due = ground.land(asked.connection, asked.shown.id), ground.due(asked.connection, asked.shown.id)
    if len(rows):
        asked.meta["note"] = NO_MAP if due is None else None
    finest = of_owners(land, kept["id"].to_numpy(np.int64))
    return Watched(_owned(land, kept), None if due is None else _owned(due, kept), finest, rows)


def _owned(cells: Cells, grids: pd.DataFrame) -> Cells:
    """The cells of some grids under the grids of the level that these lie in."""
    ids, owner = grids["id"].to_numpy(np.int64), grids["grid_id"].to_numpy(np.int64)
    if (ids == owner).all() and len(np.unique(cells.owner)) <= len(ids) and np.isin(cells.owner, ids).all():
        return cells
    chosen = of_owners(cells, ids)
    return union(chosen, owner[np.searchsorted(ids, chosen.owner)]) if len(chosen.owner) else NO_CELLS


def require_base(asked: Asked) -> None:
    """Raise QuestionError for another layer than the base: patrols are counted in the grids that cases belong to."""
    if asked.layer != BASE:
        raise QuestionError(f"Patrols are counted in the grids of the layer '{BASE}', not in those of '{asked.layer}'.")


def known_since(asked: Asked) -> date | None:
    """The first statistical day of which the town's tracks tell; None when there are none by as_of."""
    first: date | None = frame(asked.connection, "questions/first_patrol", asked.values)["first_on"].iloc[0]
    return None if first is None or first > asked.when.on else first


def last_day(asked: Asked) -> date:
    """The last statistical day that as_of holds the whole of: patrols are counted by whole days."""
    is_over = asked.when.at >= asked.begin_of(asked.when.on + timedelta(1)) - timedelta(microseconds=1)
    return asked.when.on if is_over else asked.when.on - timedelta(1)

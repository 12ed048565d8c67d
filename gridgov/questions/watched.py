"""The ground of questions of patrols: the cells of the grids asked by, in scope, and their land to patrol (应巡面积)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from gridgov.analytics.patrol.cells import NO_CELLS, Cells, of_owners
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.begins import first_patrol
from gridgov.store import ground
from gridgov.store.database import frame
from gridgov.store.grids import BASE
from gridgov.store.visits import Blocks

NO_MAP: Final = {
    "zh": "未导入本镇地图,应巡面积不明:按应巡面积算的都为空",
    "en": "no map of the town is loaded, so that its land to patrol is not known: what is counted of it is null",
}
ALL_LAND: Final = {
    "zh": "未导入本镇地图,应巡面积不明:按网格全部面积计",
    "en": "no map of the town is loaded, so that its land to patrol is not known: all land of the grids is taken for it",
}
NO_CELLS_KEPT: Final = {
    "zh": "未保存网格的栅格(没有网格、尚无轨迹,或城市过大):面积与覆盖率为空",
    "en": "no cells are kept of the grids (there are none, no tracks came in yet, or the city is too large): areas are null",
}


@dataclass(frozen=True)
class Watched:
    """The ground of what is asked by, as sets of cells.

    to_patrol  the land to patrol; all land where no map tells which that is
    finest     all land; both with the id of the grid as owner
    """

    to_patrol: Cells
    finest: Cells

    @property
    def blocks(self) -> Blocks:
        """The blocks in which there is any of it."""
        return np.unique(self.finest.block)


def grounds(asked: Asked) -> pd.DataFrame:
    """The grids valid at as_of, in scope, that cells are kept of.

    returns  id, grid_id (the grid of the level asked by that it lies in, 0 without `by`), n_cells, n_due_cells (NaN where no
             map is loaded); by id. Those above the level are left out.
    Raises QuestionError for another layer than the base: patrols are counted in the grids that cases belong to.
    """
    require_base(asked)
    asked.meta["note"] = NO_CELLS_KEPT
    if asked.shown is None:
        return pd.DataFrame({name: np.empty(0, np.int64) for name in ("id", "grid_id", "n_cells", "n_due_cells")})
    values: dict[str, Any] = {
        "set_id": asked.shown.id, "level": asked.level, "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    rows = frame(asked.connection, "questions/ground_grids", values)
    if len(rows):
        asked.meta["note"] = NO_MAP if rows["n_due_cells"].isna().all() else None
    if asked.level is None:
        rows["grid_id"] = 0
    return rows[rows["grid_id"].notna() & (rows["n_cells"] > 0)].astype({"grid_id": "int64", "n_due_cells": "float64"})


def watched(asked: Asked, grids: pd.DataFrame) -> Watched:
    """The cells of what `grounds` found; meta `note` says so where all land is taken for the land to patrol."""
    if asked.meta.get("note") == NO_MAP:
        asked.meta["note"] = ALL_LAND
    if asked.shown is None:
        return Watched(NO_CELLS, NO_CELLS)
    land, due = ground.kept(asked.connection, asked.shown.id)
    finest = of_owners(land, grids["id"].to_numpy(np.int64))
    return Watched(finest if due is None else of_owners(due, grids["id"].to_numpy(np.int64)), finest)


def require_base(asked: Asked) -> None:
    """Raise QuestionError for another layer than the base: patrols are counted in the grids that cases belong to."""
    if asked.layer != BASE:
        raise QuestionError(f"Patrols are counted in the grids of the layer '{BASE}', not in those of '{asked.layer}'.")


def known_since(asked: Asked) -> date | None:
    """The first statistical day of which the town's tracks tell; None when there are none by as_of."""
    first = asked.lasting(first_patrol, asked.town.id)
    return None if first is None or first > asked.when.on else first


def last_day(asked: Asked) -> date:
    """The last statistical day that as_of holds the whole of: patrols are counted by whole days."""
    is_over = asked.when.at >= asked.begin_of(asked.when.on + timedelta(1)) - timedelta(microseconds=1)
    return asked.when.on if is_over else asked.when.on - timedelta(1)

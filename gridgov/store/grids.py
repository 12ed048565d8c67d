"""Layers of grids and their versions, as the store holds them."""

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.database import geo_frame

BASE = "base"
"""The layer that cases belong to."""


@dataclass(frozen=True)
class GridSet:
    """One version of a layer: valid on local days valid_from <= day < valid_to; None = open."""

    id: int
    layer_id: int
    layer: str
    valid_from: date | None
    valid_to: date | None
    fingerprint: str

    def holds(self, day: date) -> bool:
        """True when this version is valid on a local day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


def grid_sets(connection: Connection, town_id: int, layer: str | None = None) -> list[GridSet]:
    """All versions of a town's layers, by layer and start."""
    s, ly = tables.grid_set, tables.layer
    query = (
        sa.select(s.c.id, s.c.layer_id, ly.c.code.label("layer"), s.c.valid_from, s.c.valid_to, s.c.fingerprint)
        .join(ly, ly.c.id == s.c.layer_id)
        .where(s.c.town_id == town_id)
        .order_by(ly.c.code, s.c.valid_from.asc().nulls_first())
    )
    if layer is not None:
        query = query.where(ly.c.code == layer)
    return [GridSet(**row._mapping) for row in connection.execute(query)]


def locating_polygons(connection: Connection, set_id: int) -> gpd.GeoDataFrame:
    """The given grids of a version in the order of the tie rule: finest level first, then lowest code.

    Grids built by dissolving their children are left out: a point in one is in a child. One row a grid: id, code, geom.
    """
    return geo_frame(connection, "load/grids/polygons", {"set_id": set_id})


def levels(connection: Connection, layer_id: int) -> pd.DataFrame:
    """The named levels of a layer: level, code, name, name_zh; by level."""
    lv = tables.grid_level
    rows = connection.execute(
        sa.select(lv.c.level, lv.c.code, lv.c.name, lv.c.name_zh).where(lv.c.layer_id == layer_id).order_by(lv.c.level)
    )
    return pd.DataFrame.from_records(rows.fetchall(), columns=["level", "code", "name", "name_zh"])


def codes(connection: Connection, set_ids: list[int]) -> set[str]:
    """The codes of all grids in some versions."""
    query = sa.select(tables.grid.c.code).where(tables.grid.c.set_id.in_(set_ids)).distinct()
    return set(connection.execute(query).scalars())

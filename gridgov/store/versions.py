"""Adding a version of a layer to the store: its place in time, its grids, its names."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import shapely
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection

from gridgov.errors import LoadError
from gridgov.store import tables
from gridgov.store.grids import GridSet, grid_sets
from gridgov.store.runs import Run


@dataclass(frozen=True)
class Added:
    """What became of a version: its id, whether it was there already, and the version it replaces."""

    set_id: int
    unchanged: bool
    replaced_id: int | None = None


def add(
    connection: Connection,
    load: Run,
    layer: str,
    built: gpd.GeoDataFrame,
    levels: list[dict[str, Any]],
    valid_from: date | None,
    *,
    replace: bool = False,
) -> Added:
    """Add a version of a layer, valid from a local day until the next version.

    The same content again changes nothing. Other content needs a day of its own, or `replace` to stand in the place of
    the version of that day. Raises LoadError otherwise.
    """
    known = grid_sets(connection, load.town.id, layer)
    fingerprint = _fingerprint(built, levels)
    for version in known:
        if version.fingerprint == fingerprint and (valid_from is None or version.valid_from == valid_from):
            return Added(version.id, unchanged=True)
    same_day = [version for version in known if version.valid_from == valid_from]
    if same_day and not replace:
        raise LoadError(_refusal(layer, known, valid_from))
    if known and not same_day and valid_from is None:
        raise LoadError(_refusal(layer, known, valid_from))
    layer_id = _layer(connection, load.town.id, layer)
    _same_levels(connection, layer, layer_id, levels, len(known) - len(same_day))
    set_id = _insert_set(connection, load, layer_id, known, valid_from, fingerprint)
    _insert_grids(connection, load, layer_id, set_id, built)
    _name_levels(connection, layer_id, levels)
    return Added(set_id, unchanged=False, replaced_id=same_day[0].id if same_day else None)


def _same_levels(
    connection: Connection, layer: str, layer_id: int, levels: list[dict[str, Any]], n_others: int
) -> None:
    """Versions that stand side by side share the levels of their layer: a level has one meaning at all times."""
    lv = tables.grid_level
    known = (
        connection.execute(sa.select(lv.c.code).where(lv.c.layer_id == layer_id).order_by(lv.c.level)).scalars().all()
    )
    told = [level["code"] for level in levels]
    if n_others and list(known) != told:
        raise LoadError(
            f"The layer '{layer}' has the levels {', '.join(known)}, but this file has {', '.join(told)}. Nothing was "
            "loaded; give the mapping the same `levels`, or load a division of another depth as a layer of its own."
        )


def remove(connection: Connection, set_id: int) -> None:
    """Take away a version that another stands in for; no case may refer to it any more."""
    for table in (tables.case_grid, tables.grid):
        connection.execute(sa.delete(table).where(table.c.set_id == set_id))
    connection.execute(sa.delete(tables.grid_set).where(tables.grid_set.c.id == set_id))


def _refusal(layer: str, known: list[GridSet], valid_from: date | None) -> str:
    since = ", ".join(str(v.valid_from) if v.valid_from else "ever" for v in known)
    return (
        f"The layer '{layer}' already has another content valid since {since}. Nothing was loaded. To add this file as a new "
        f"version give the local day it is valid from (--valid-from 2026-01-01); to correct the version "
        f"{'of ' + str(valid_from) if valid_from else 'without a start'} in its place add --replace."
    )


def _fingerprint(built: gpd.GeoDataFrame, levels: list[dict[str, Any]]) -> str:
    digest = hashlib.sha256(repr([sorted(level.items(), key=str) for level in levels]).encode())
    # Only given polygons count: those built from them may differ in the last digit between GEOS versions.
    for row in built.itertuples():
        digest.update(repr((row.code, row.name, row.level, row.kind, row.parent_code, row.is_given)).encode())
        if row.is_given:
            digest.update(shapely.to_wkb(shapely.normalize(row.geom), byte_order=1))
    return digest.hexdigest()


def _layer(connection: Connection, town_id: int, code: str) -> int:
    connection.execute(
        insert(tables.layer)
        .values(town_id=town_id, code=code)
        .on_conflict_do_nothing(index_elements=["town_id", "code"])
    )
    query = sa.select(tables.layer.c.id).where(tables.layer.c.town_id == town_id, tables.layer.c.code == code)
    return connection.execute(query).scalar_one()


def _insert_set(
    connection: Connection, load: Run, layer_id: int, known: list[GridSet], valid_from: date | None, fingerprint: str
) -> int:
    """The new row of grid_set, fitted between its neighbours in time."""
    s = tables.grid_set
    start = valid_from or date.min
    later = [v.valid_from for v in known if v.valid_from is not None and v.valid_from > start]
    before = [v for v in known if (v.valid_from or date.min) < start]
    if before:
        last = max(before, key=lambda v: v.valid_from or date.min)
        connection.execute(sa.update(s).where(s.c.id == last.id).values(valid_to=valid_from))
    return connection.execute(
        sa.insert(s)
        .values(
            town_id=load.town.id,
            layer_id=layer_id,
            load_run_id=load.id,
            valid_from=valid_from,
            valid_to=min(later, default=None),
            fingerprint=fingerprint,
        )
        .returning(s.c.id)
    ).scalar_one()


def _insert_grids(connection: Connection, load: Run, layer_id: int, set_id: int, built: gpd.GeoDataFrame) -> None:
    ids = connection.execute(
        sa.text("SELECT nextval('gridgov.grid_id_seq') FROM generate_series(1, :n)"), {"n": len(built)}
    ).scalars()
    by_code = dict(zip(built["code"], ids.all(), strict=True))
    path: dict[str | None, list[int]] = {None: []}
    rows = []
    for row in built.itertuples():  # root first, so that a parent's path is there before its children's
        parent = row.parent_code if isinstance(row.parent_code, str) else None
        path[row.code] = [*path[parent], by_code[row.code]]
        rows.append(
            {
                "id": by_code[row.code],
                "set_id": set_id,
                "town_id": load.town.id,
                "layer_id": layer_id,
                "code": row.code,
                "name": row.name,
                "level": row.level,
                "kind": row.kind,
                "parent_id": by_code[parent] if parent else None,
                "path": path[row.code],
                "is_given": row.is_given,
                "area_m2": row.area_m2,
                "geom": from_shape(row.geom, srid=4326),
            }
        )
    connection.execute(sa.insert(tables.grid), rows)


def _name_levels(connection: Connection, layer_id: int, levels: list[dict[str, Any]]) -> None:
    connection.execute(sa.delete(tables.grid_level).where(tables.grid_level.c.layer_id == layer_id))
    connection.execute(sa.insert(tables.grid_level), [{"layer_id": layer_id, **level} for level in levels])

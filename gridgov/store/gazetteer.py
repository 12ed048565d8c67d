"""Named places and the exposure of grids in the store: small tables, merged row by row, idempotent."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pyarrow as pa
from sqlalchemy.engine import Connection

from gridgov.store.database import run
from gridgov.store.runs import Run

Row = dict[str, Any]


def merge(connection: Connection, load: Run, places: pa.Table) -> dict[str, int]:
    """Merge places (code, name, kind, lon, lat, grid_id) of the run's source; returns rows by outcome.

    Of rows with one code the last counts; equal ones before it are duplicates, differing ones were updated.
    """
    rows = [{**row, **_coordinates(row)} for row in places.to_pylist()]
    values = {"town_id": load.town.id, "source_id": load.source_id, "run_id": load.id}
    return merge_rows([{**row, **values} for row in rows], ("code",), _writer(connection, "load/places/merge"))


def merge_exposure(connection: Connection, load: Run, layer_id: int, exposure: pa.Table) -> dict[str, int]:
    """Merge exposure rows (columns of table exposure) of a layer; returns rows by outcome."""
    values = {"town_id": load.town.id, "layer_id": layer_id, "run_id": load.id}
    rows = [{**row, **values} for row in exposure.to_pylist()]
    return merge_rows(rows, ("grid_code", "counted_on"), _writer(connection, "load/exposure/merge"))


def merge_rows(rows: list[Row], keys: tuple[str, ...], write: Callable[[Row], str]) -> dict[str, int]:
    """Write the last row of each key; the rows of a key form a chain in file order, as those of a case do.

    write    writes a row and says its outcome: loaded, updated or unchanged
    returns  rows by outcome
    """
    chains: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        chains.setdefault(tuple(row[key] for key in keys), []).append(row)
    counts = {"loaded": 0, "updated": 0, "unchanged": 0, "duplicate": 0}
    for chain in chains.values():
        outcome = write(chain[-1])
        if outcome == "unchanged":
            counts["unchanged"] += len(chain)
            continue
        counts[outcome] += 1
        for before, row in pairwise(chain):
            counts["duplicate" if row == before else "updated"] += 1
    return counts


def _writer(connection: Connection, name: str) -> Callable[[Row], str]:
    return lambda row: run(connection, name, row).scalar_one()


def _coordinates(row: dict) -> dict:
    has = row["lon"] == row["lon"]
    return {"lon": row["lon"] if has else None, "lat": row["lat"] if has else None}


def points(connection: Connection, town_id: int) -> pa.Table:
    """The places of a town that have coordinates: id, lon, lat."""
    rows = run(connection, "load/places/points", {"town_id": town_id}).all()
    return pa.table(
        {"id": [r.id for r in rows], "lon": [r.lon for r in rows], "lat": [r.lat for r in rows]},
        schema=pa.schema([("id", pa.int32()), ("lon", pa.float64()), ("lat", pa.float64())]),
    )


def rehome(connection: Connection, placed: pa.Table) -> None:
    """Give places (id, grid_id) their grids."""
    for row in placed.select(["id", "grid_id"]).to_pylist():
        run(connection, "load/places/rehome", row)

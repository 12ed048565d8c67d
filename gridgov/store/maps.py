"""A town's own map in the store: features by source and layer, each load the whole of its layer."""

from typing import Any

import geopandas as gpd
import pyarrow as pa
from sqlalchemy.engine import Connection

from gridgov.store.database import geo_frame, run
from gridgov.store.runs import Run

STAGE = pa.schema(
    [
        ("row_no", pa.int64()), ("theme", pa.string()), ("kind", pa.string()), ("name", pa.string()),
        ("width_m", pa.float64()), ("geom", pa.binary()), ("row_hash", pa.int64()),
    ]
)  # fmt: skip
"""A staged feature; geom is WKB in EPSG:4326."""


def merge(connection: Connection, load: Run, layer: str, stage: str) -> tuple[dict[str, int], int]:
    """Put the staged features in the place of what the run's source said of a layer before.

    Returns rows by outcome, and how many features are gone. What is said again keeps its row.
    """
    own = {"source_id": load.source_id, "layer": layer}
    counts = dict(run(connection, "load/maps/count", own, stage=stage).one()._mapping)
    n_gone = run(connection, "load/maps/remove", own, stage=stage).rowcount
    if counts["loaded"]:
        run(connection, "load/maps/insert", {**own, "town_id": load.town.id, "run_id": load.id}, stage=stage)
    return counts, n_gone


def held(connection: Connection, load: Run, layer: str) -> list[dict[str, Any]]:
    """What a layer holds by kind, see sql/load/maps/held.sql."""
    return [
        dict(row._mapping) for row in run(connection, "load/maps/held", {"source_id": load.source_id, "layer": layer})
    ]


def base_map(connection: Connection, town_id: int) -> gpd.GeoDataFrame:
    """Roads, waters and built-up land of a town, one row a feature: theme, width_m (NaN = not known), geom (EPSG:4326)."""
    return geo_frame(connection, "questions/base_map", {"town_id": town_id})

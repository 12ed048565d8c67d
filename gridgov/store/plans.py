"""The plan of the patrols in the store: checkpoints and routes, kept as spells between plans (see store.spells)."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal, NamedTuple

import pyarrow as pa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.runs import Run
from gridgov.store.spells import EVER, Lists, merge_list

Plan = Literal["checkpoints", "routes"]


class Checkpoint(NamedTuple):
    """What a plan says of a checkpoint; geom is WKB, EPSG:4326."""

    code: str
    name: str
    grid_code: str | None
    visits_a_week: float | None
    geom: bytes


class Route(NamedTuple):
    """What a plan says of a route; geom is WKB, EPSG:4326."""

    code: str
    name: str
    grid_code: str | None
    weekdays: tuple[int, ...] | None
    windows: tuple[str, ...] | None
    geom: bytes


_KEPT: dict[Plan, tuple[Callable[..., Any], str]] = {
    "checkpoints": (Checkpoint, "checkpoint"),
    "routes": (Route, "planned_route"),
}


def merge_plan(
    connection: Connection, load: Run, plan: Plan, held_on: date | None, rows: pa.Table
) -> tuple[dict[str, int], int]:
    """Merge a plan (columns of Checkpoint or Route) that its source says completely, from a day on (None = since ever).

    Returns rows by outcome, and how many checkpoints or routes it has no more. Of rows with one code the last counts.
    """
    says, table = _KEPT[plan]
    said = [
        says(**{name: tuple(cell) if isinstance(cell, list) else cell for name, cell in row.items()})
        for row in rows.to_pylist()
    ]
    own = {"source_id": load.source_id}
    days = (tables.list_day, {**own, "list": plan})
    lists = Lists(tables.metadata.tables[f"{tables.SCHEMA}.{table}"], says, own, days)
    return merge_list(connection, load, lists, held_on or EVER, said, lambda one: one.code)

"""Devices in the store: who carries which, kept as spells between lists (see store.spells)."""

from datetime import date
from typing import NamedTuple

import pyarrow as pa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.database import run
from gridgov.store.runs import Run
from gridgov.store.spells import EVER, Lists, merge_list


class Device(NamedTuple):
    """What a list says of a device; device and holder are pseudonyms."""

    device: str
    holder: str | None
    model: str | None
    step_s: float | None


def merge_devices(
    connection: Connection, load: Run, held_on: date | None, rows: pa.Table
) -> tuple[dict[str, int], int]:
    """Merge a list of devices (columns of Device) that is complete for its source, from a day on (None = since ever).

    Returns rows by outcome, and how many devices it has no more. Of rows of one device the last counts.
    """
    own = {"source_id": load.source_id}
    lists = Lists(tables.device, Device, own, (tables.list_day, {**own, "list": "devices"}))
    said = [Device(**row) for row in rows.to_pylist()]
    return merge_list(connection, load, lists, held_on or EVER, said, lambda one: one.device)


def holders(connection: Connection, town_id: int, day: date) -> dict[str, str]:
    """Who carries each device of a town on a local day, both pseudonyms; a device that nobody has is left out.

    Where several sources list a device, the one that was loaded last is believed.
    """
    rows = run(connection, "load/registers/holders", {"town_id": town_id, "day": day})
    return {row.device: row.holder for row in rows}

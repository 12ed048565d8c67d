"""The quarantine in the store: rows that could not be loaded, kept until they can be or their time is up."""

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.database import frame, run
from gridgov.store.runs import Run

STAGE = pa.schema([("row_no", pa.int64()), ("reasons", pa.string()), ("raw", pa.string())])
"""A staged faulty row; reasons and raw are JSON."""


def keep(connection: Connection, load: Run, stage: str, kind: str, file_sha256: str) -> None:
    """Move the staged faulty rows of a load into the quarantine; rows of the same file that pass by now leave it."""
    values = {"town_id": load.town.id, "source_id": load.source_id, "run_id": load.id, "kind": kind}
    run(connection, "load/quarantine/keep", {**values, "file_sha256": file_sha256}, stage=stage)
    run(connection, "load/quarantine/passed", {**values, "file_sha256": file_sha256})


def waiting(connection: Connection, town_id: int, source: str | None = None) -> pd.DataFrame:
    """The rows in quarantine, oldest first: id, source, kind, row_no, reasons, raw, quarantined_at, run_id, file_name."""
    return frame(connection, "load/quarantine/waiting", {"town_id": town_id, "source": source})


def resolve(connection: Connection, ids: list[int], load: Run) -> None:
    """Mark rows as loaded by a run."""
    q = tables.quarantine
    connection.execute(sa.update(q).where(q.c.id.in_(ids)).values(resolved_run_id=load.id, resolved_at=sa.func.now()))


def purge(connection: Connection, days: int) -> int:
    """Delete rows last seen more than `days` days ago; returns how many."""
    return run(connection, "load/quarantine/purge", {"days": days}).rowcount

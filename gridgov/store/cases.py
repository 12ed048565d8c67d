"""The merge of staged incidents: what each step does stands in sql/load/incidents/."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.schema import INCIDENTS, arrow_schema
from gridgov.store import ledger, links, rollups, tables, tiles
from gridgov.store.bulk import bulk_window, take_tables
from gridgov.store.database import arrow, run, statement
from gridgov.store.grids import BASE, GridSet
from gridgov.store.runs import Run
from gridgov.store.tables import SCHEMA
from gridgov.vocabulary import PLACE_STATUS

CONTENT = tuple(name for name in INCIDENTS if name != "row_no")
"""The columns that make a row's content; two rows that agree in them are the same row."""

WORD_COLUMNS = {"item": ("category", "subcategory"), "unit": ("unit",), "line": ("line",), "channel": ("channel",)}
"""Columns whose values are rows of tables of their own: staged once each (WORDS_STAGE), and by number in the rows."""

WORDS_STAGE = pa.schema([("kind", pa.string()), ("word", pa.int32()), ("first", pa.string()), ("second", pa.string())])

_GROWING = ["case_record", "case_event"]
"""The tables that grow with every new case."""

_CHANGED = "(SELECT known_id AS case_id FROM verdict WHERE is_last AND known_id IS NOT NULL)"
_NEW = "SELECT id AS case_id FROM case_record WHERE id >= :first_id AND load_run_id = :run_id"


def incidents_stage(others: list[GridSet]) -> pa.Schema:
    """A staged row of an incident: INCIDENTS with numbers for words, its fingerprint, and where it is."""
    words = [name for columns in WORD_COLUMNS.values() for name in columns]
    schema = pa.schema([field for field in arrow_schema(INCIDENTS) if field.name not in words])
    added = {
        "told_in": pa.int32(),
        "key_hash": pa.int64(),
        "row_hash": pa.int64(),
        "grid_id": pa.int32(),
    }
    added |= {f"set_{s.id}": pa.int32() for s in others} | {f"{kind}_word": pa.int32() for kind in WORD_COLUMNS}
    return pa.schema([*schema, *(pa.field(name, kind) for name, kind in added.items())])


def merge_incidents(connection: Connection, load: Run, stage: str, words: str, others: list[GridSet]) -> dict[str, int]:
    """Merge a staged file and its words into cases and ledger; returns rows by outcome. Runs inside `runs.merging`."""
    values = {"town_id": load.town.id, "source_id": load.source_id, "run_id": load.id}
    connection.exec_driver_sql("SET LOCAL work_mem = '256MB'")  # merges take turns: the joins of one may stay in memory
    connection.exec_driver_sql(f"ANALYZE {SCHEMA}.{stage} (row_no, case_no, key_hash)")
    n_staged = run(connection, "load/incidents/staged", stage=stage).scalar_one()
    is_large = take_tables(connection, [*_GROWING, *rollups.TABLES, *links.TABLES, *tiles.TABLES], n_staged)
    first_id = run(connection, "load/incidents/next_id").scalar_one()
    run(connection, "load/incidents/classify", values, stage=stage)
    connection.exec_driver_sql("ANALYZE verdict")
    counted = run(connection, "load/incidents/count", stage=stage).all()
    n_new = sum(row.n_new for row in counted)
    n_changed = sum(row.n_changed for row in counted)
    if n_new or n_changed:
        for step in ("items", "units", "lines", "channels"):
            run(connection, f"load/incidents/{step}", {"town_id": load.town.id}, words=words)
        ids = {
            row.kind: row.ids for row in run(connection, "load/incidents/words", {"town_id": load.town.id}, words=words)
        }
        values |= {f"{kind}_ids": ids.get(kind, []) for kind in WORD_COLUMNS}
        if n_changed:
            for step in ("keep_replaced", "update"):
                run(connection, f"load/incidents/{step}", values, stage=stage)
            ledger.tell_anew(connection, load, _CHANGED)
        if n_new:
            with bulk_window(connection, _GROWING, n_new) if is_large else nullcontext():
                run(connection, "load/incidents/insert", values, stage=stage)
                run(connection, "load/incidents/new_events", {"run_id": load.id, "first_id": first_id})
        run(connection, "load/incidents/keep_passed", values, stage=stage)
        if others:
            run(connection, "load/incidents/clear_grids")
            run(connection, "load/incidents/other_grids", values, stage=stage, sets=[s.id for s in others])
        touched = f"{_CHANGED[1:-1]} UNION {_NEW}" if n_changed else _NEW
        told_by = {"run_id": load.id, "first_id": first_id}
        for derived in (rollups, links):
            derived.refresh(connection, load.town.id, touched, told_by, has_tables=is_large)
    outcomes: dict[str, int] = {}
    for row in counted:
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + row.n
    return outcomes


def facts(connection: Connection, load: Run, recorded: list[str]) -> dict[str, Any]:
    """Where the cases of a source are, and how far its own grid codes agree with their location.

    recorded  keys of the mapping's [recorded]: a level, or layer:level.
    """
    placed = {
        row.place_status: row.n for row in run(connection, "load/incidents/placed", {"source_id": load.source_id})
    }
    agreement = {}
    for key in recorded:
        layer, _, level = key.rpartition(":")
        values = {"source_id": load.source_id, "key": key, "layer": layer or BASE, "level": level}
        row = run(connection, "load/incidents/agreement", values).one()
        share = row.n_agree / row.n_compared if row.n_compared else None
        agreement[key] = {"n_compared": row.n_compared, "n_agree": row.n_agree, "agree_share": share}
    by_status = {status: placed.get(status, 0) for status in PLACE_STATUS}
    return {"cases": {"total": sum(by_status.values()), **by_status}, "agreement": agreement}


def n_cases(connection: Connection, town_id: int) -> int:
    """Cases of a town."""
    return connection.execute(
        sa.select(sa.func.count()).select_from(tables.case_record).where(tables.case_record.c.town_id == town_id)
    ).scalar_one()


def points(town_id: int, rows: int) -> Iterator[pa.Table]:
    """The committed cases of a town in batches: id, reported_at, lon, lat (NaN where unlocated)."""
    with arrow() as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(rows * 32)})
        cursor.execute(statement("load/grids/points"), (town_id,))
        for batch in cursor.fetch_record_batch():
            table = pa.Table.from_batches([batch])
            yield table.set_column(1, "reported_at", table["reported_at"].cast(pa.timestamp("us", "UTC")))


def placed_schema(others: list[GridSet]) -> pa.Schema:
    """A staged row of a case located anew."""
    home = [pa.field("id", pa.int64()), pa.field("grid_id", pa.int32()), pa.field("place_status", pa.string())]
    return pa.schema(home + [pa.field(f"set_{s.id}", pa.int32()) for s in others])


def replace_grids(connection: Connection, load: Run, stage: str, others: list[GridSet]) -> int:
    """Give cases the grids they were located in anew; returns how many got a home of another code."""
    connection.exec_driver_sql(f"ANALYZE {SCHEMA}.{stage}")
    moved = run(connection, "load/grids/moved", stage=stage).scalar_one()
    run(connection, "load/grids/rehome", stage=stage)
    rollups.rehome(connection, load.town.id)
    run(connection, "load/grids/clear_others", {"town_id": load.town.id})
    if others:
        run(connection, "load/grids/place_others", stage=stage, sets=[s.id for s in others])
    return moved

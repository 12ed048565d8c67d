"""Staging: Arrow tables into unlogged tables of one run, by binary COPY (ADBC), committed apart from the merge.

Also the bulk window: when a load brings more rows than a table holds, its indexes and foreign keys are dropped before and
made again after, inside the merge's transaction, which is several times faster than keeping them row by row.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from sqlalchemy.engine import Connection

from gridgov.store import cluster
from gridgov.store.database import identifier, run, writing
from gridgov.store.tables import SCHEMA

_TYPES = {
    pa.string(): "text",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.binary(): "bytea",
    pa.timestamp("us", "UTC"): "timestamptz",
    pa.timestamp("us"): "timestamp",
}


_SMALL = 10_000
"""Rows that are not worth a window: making the indexes anew would cost more than keeping them."""


class Stage:
    """An unlogged table of a run, to be filled batch by batch. Unlogged: a crash empties it, and the load starts over."""

    def __init__(self, name: str, schema: pa.Schema) -> None:
        self.name = identifier(name)
        self.schema = schema
        columns = ", ".join(f'"{identifier(field.name)}" {_TYPES[field.type]}' for field in schema)
        with writing() as connection:
            connection.exec_driver_sql(
                f"CREATE UNLOGGED TABLE {SCHEMA}.{self.name} ({columns}) WITH (autovacuum_enabled = false)"
            )
        self._connection = adbc.connect(cluster.database_url())
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._written: Future[None] | None = None

    def append(self, table: pa.Table) -> None:
        """Add rows and commit them, while the caller goes on; waits for the batch before, so at most one is under way."""
        self._wait()
        if table.num_rows:
            self._written = self._writer.submit(self._write, table.cast(self.schema))

    def _write(self, table: pa.Table) -> None:
        # Columns that hold nothing are not sent: they are null in the table anyway.
        told = [name for name in table.column_names if table[name].null_count < table.num_rows]
        with self._connection.cursor() as cursor:
            cursor.adbc_ingest(self.name, table.select(told), mode="append", db_schema_name=SCHEMA)
        self._connection.commit()

    def _wait(self) -> None:
        written, self._written = self._written, None
        if written is not None:
            written.result()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                self._wait()
        finally:
            self._writer.shutdown()
            self._connection.close()


@contextmanager
def bulk_window(connection: Connection, incoming: dict[str, int]) -> Iterator[None]:
    """Drop the indexes and foreign keys of tables that will at least double, and make them again at the end.

    incoming  rows to come, by table. Primary keys stay. Readers wait while the window is open. Tables that are empty are
              truncated first: what is written to a file made in the same transaction needs no write-ahead log
              (wal_level = minimal), which halves the cost of the very first load.
    """
    growing = [table for table, rows in incoming.items() if rows > _SMALL and _held(connection, table, rows) < rows]
    if growing and not any(_held(connection, table, 1) for table in incoming):
        dependents = _referring(connection, list(incoming))
        if not any(_held(connection, table, 1) for table in dependents):
            connection.exec_driver_sql(f"TRUNCATE {', '.join(f'{SCHEMA}.{t}' for t in {*incoming, *dependents})}")
    again = [statement for table in growing for statement in _drop(connection, table)]
    yield
    for statement in again:
        connection.exec_driver_sql(statement)
    for table in growing:
        connection.exec_driver_sql(f"ANALYZE {SCHEMA}.{table}")


def validate_keys(connection: Connection) -> None:
    """Check the foreign keys that bulk windows made again without a look at the rows; blocks neither reading nor writing."""
    for key in run(connection, "load/bulk/unchecked").all():
        connection.exec_driver_sql(f'ALTER TABLE {SCHEMA}.{key.table_name} VALIDATE CONSTRAINT "{key.name}"')


def _held(connection: Connection, table: str, at_most: int) -> int:
    """Rows a table holds, counted no further than `at_most`."""
    return run(connection, "load/bulk/held", {"at_most": at_most}, table=table).scalar_one()


def _referring(connection: Connection, tables: list[str]) -> list[str]:
    """The other tables of ours with a foreign key to some tables."""
    found = run(connection, "load/bulk/referring", {"tables": [f"{SCHEMA}.{table}" for table in tables]}).scalars()
    return [name for name in found if name not in tables]


def _drop(connection: Connection, table: str) -> list[str]:
    """Drop what slows inserts down; returns the statements that make it again, constraints last.

    The primary key stays, since other tables refer to it.
    """
    constraints = run(connection, "load/bulk/constraints", {"table": f"{SCHEMA}.{table}"}).all()
    indexes = run(connection, "load/bulk/indexes", {"table": f"{SCHEMA}.{table}"}).all()
    for constraint in constraints:
        connection.exec_driver_sql(f'ALTER TABLE {SCHEMA}.{table} DROP CONSTRAINT "{constraint.name}"')
    for index in indexes:
        connection.exec_driver_sql(f'DROP INDEX {SCHEMA}."{index.name}"')
    return [index.definition for index in indexes] + [
        f'ALTER TABLE {SCHEMA}.{table} ADD CONSTRAINT "{constraint.name}" {constraint.definition}'
        for constraint in constraints
    ]

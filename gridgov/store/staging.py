"""Staging: Arrow tables into unlogged tables of one run, by binary COPY (ADBC), committed apart from the merge."""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

from gridgov.store import cluster
from gridgov.store.database import identifier, writing
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

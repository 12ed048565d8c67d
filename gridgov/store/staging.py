"""Staging: Arrow tables into unlogged tables of one run, by binary COPY (ADBC), committed apart from the merge."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

from gridgov.errors import StoreError
from gridgov.store.database import arrow, identifier, writing
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


_WRITERS = 2
"""Connections that stage at once: a batch is turned into COPY by one while the server takes in the other's."""


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
        self._writers = ThreadPoolExecutor(max_workers=_WRITERS)
        self._free: SimpleQueue[adbc.Connection | None] = SimpleQueue()
        for _ in range(_WRITERS):
            self._free.put(None)  # a connection is made when it is needed: a stage often gets no or one batch
        self._under_way: deque[Future[None]] = deque()

    def append(self, table: pa.Table) -> None:
        """Add rows and commit them, while the caller goes on; at most _WRITERS batches are under way."""
        while len(self._under_way) >= _WRITERS:
            self._under_way.popleft().result()
        if table.num_rows:
            self._under_way.append(self._writers.submit(self._write, table.cast(self.schema)))

    def flush(self) -> None:
        """Wait until all rows are committed."""
        while self._under_way:
            self._under_way.popleft().result()

    def _write(self, table: pa.Table) -> None:
        # Columns that hold nothing are not sent: they are null in the table anyway.
        told = [name for name in table.column_names if table[name].null_count < table.num_rows]
        connection = self._free.get()
        try:
            connection = connection or arrow()
            with connection.cursor() as cursor:
                cursor.adbc_ingest(self.name, table.select(told), mode="append", db_schema_name=SCHEMA)
            connection.commit()
        except adbc.Error as err:
            raise StoreError(
                f"The database stopped answering while rows were staged ({err}). Run the load again."
            ) from err
        finally:
            self._free.put(connection)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                self.flush()
        finally:
            self._writers.shutdown()
            while not self._free.empty():
                if (connection := self._free.get()) is not None:
                    connection.close()

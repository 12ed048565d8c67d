"""The bulk window: a load that brings more rows than a table holds writes them without indexes and makes those anew.

That is several times faster than keeping them row by row. Keys are made again inside the load's transaction, indexes after
it, two at a time: until then readers are slower, never wrong. What is still to be made stands in a table written by that
same transaction, so that a process that dies leaves its work to the next load, or to `gridgov db upgrade`.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.database import run, writing
from gridgov.store.tables import SCHEMA

_SMALL = 10_000
"""Rows that are not worth a window: making the indexes anew would cost more than keeping them."""

_BUILDERS = 2
"""Indexes made at once."""


@contextmanager
def bulk_window(connection: Connection, incoming: dict[str, int]) -> Iterator[None]:
    """Write rows to tables that will at least double by them, without their indexes; see `make_indexes` for after.

    incoming  rows to come, by table. Primary keys stay. Tables that are empty are truncated first: what is written to a
              file made in the same transaction needs no write-ahead log (wal_level = minimal).
    """
    growing = [table for table, rows in incoming.items() if rows > _SMALL and _held(connection, table, rows) < rows]
    if growing and not any(_held(connection, table, 1) for table in incoming):
        dependents = _referring(connection, list(incoming))
        if not any(_held(connection, table, 1) for table in dependents):
            connection.exec_driver_sql(f"TRUNCATE {', '.join(f'{SCHEMA}.{t}' for t in {*incoming, *dependents})}")
    keys = [statement for table in growing for statement in _drop(connection, table)]
    yield
    for statement in keys:
        connection.exec_driver_sql(statement)
    for table in growing:
        connection.exec_driver_sql(f"ANALYZE {SCHEMA}.{table}")


def make_indexes() -> None:
    """Make the indexes that bulk windows left to be made; returns when there are none left that nobody is making."""
    with writing() as connection:
        if not connection.execute(sa.select(sa.func.count()).select_from(tables.index_to_make)).scalar_one():
            return
    with ThreadPoolExecutor(_BUILDERS) as builders:
        for done in [builders.submit(_make_some) for _ in range(_BUILDERS)]:
            done.result()


def _make_some() -> None:
    """Take one index after the other that nobody else has taken, make it, and strike it off."""
    while True:
        with writing() as connection:
            taken = run(connection, "load/bulk/take").one_or_none()
            if taken is None:
                return
            connection.exec_driver_sql(taken.definition)
            connection.execute(sa.delete(tables.index_to_make).where(tables.index_to_make.c.id == taken.id))


def validate_keys(connection: Connection) -> None:
    """Check the foreign keys that bulk windows made again without a look at the rows; blocks neither reading nor writing."""
    for key in run(connection, "load/bulk/unchecked").all():
        connection.exec_driver_sql(f'ALTER TABLE {SCHEMA}.{key.table_name} VALIDATE CONSTRAINT "{key.name}"')


def _held(connection: Connection, table: str, at_most: int) -> int:
    """Rows a table holds, counted no further than `at_most`."""
    return run(connection, "load/bulk/held", {"at_most": at_most}, table=table).scalar_one()


def _referring(connection: Connection, names: list[str]) -> list[str]:
    """The other tables of ours with a foreign key to some tables."""
    found = run(connection, "load/bulk/referring", {"tables": [f"{SCHEMA}.{name}" for name in names]}).scalars()
    return [name for name in found if name not in names]


def _drop(connection: Connection, table: str) -> list[str]:
    """Drop what slows inserts down: indexes are noted to be made later, the statements that make keys are returned.

    The primary key stays, since other tables refer to it.
    """
    keys = run(connection, "load/bulk/constraints", {"table": f"{SCHEMA}.{table}"}).all()
    indexes = run(connection, "load/bulk/indexes", {"table": f"{SCHEMA}.{table}"}).all()
    for key in keys:
        connection.exec_driver_sql(f'ALTER TABLE {SCHEMA}.{table} DROP CONSTRAINT "{key.name}"')
    for index in indexes:
        connection.exec_driver_sql(f'DROP INDEX {SCHEMA}."{index.name}"')
        connection.execute(sa.insert(tables.index_to_make).values(definition=index.definition))
    return [f'ALTER TABLE {SCHEMA}.{table} ADD CONSTRAINT "{key.name}" {key.definition}' for key in keys]

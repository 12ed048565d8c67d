"""The bulk window: a load that brings more rows than a table holds writes them without indexes and makes those anew.

That is several times faster than keeping them row by row. Keys are made again inside the load's transaction, indexes after
it, two at a time. Readers wait while such a merge runs, and are slower until the indexes are there; never wrong. What is
still to be made stands in a table written by that same transaction, so that a process that dies leaves its work to the next
load, or to `gridgov db upgrade`.
"""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gridgov.store import tables
from gridgov.store.database import run, writing
from gridgov.store.tables import SCHEMA

_SMALL = 10_000
"""Rows that are not worth a window: making the indexes anew would cost more than keeping them."""

_LOCK_TIMEOUT = "200ms"
"""How long a window waits for its tables before it lets go of all of them; shorter than PostgreSQL's deadlock_timeout."""

_PATIENCE_S = 30.0
"""Seconds a window tries to get its tables: a backup or an open QGIS may hold one for long."""

_BUILDERS = 2
"""Indexes made at once."""


def take_tables(connection: Connection, names: list[str], rows: int) -> bool:
    """Before a merge that may open a window on some tables: take them, and all that keys tie to them, for itself.

    rows     at most so many are to come to the first of them
    returns  False, and takes nothing, when a window would not be worth it, or somebody has held a table for _PATIENCE_S:
             the merge then keeps the indexes row by row, which is slower and just as right

    All at once or none: those who ask hold some tables and want others, and so did we, if we took one by one. Called before
    the merge has touched any of them.
    """
    if not _is_worth_it(connection, names[0], rows):
        return False
    wanted = dict.fromkeys([*names, *_referring(connection, names), *_referred(connection, names)])
    listed = ", ".join(f"{SCHEMA}.{name}" for name in wanted)
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
                connection.exec_driver_sql(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
                connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            return True
        except sa.exc.OperationalError as err:
            if not isinstance(err.orig, psycopg.errors.LockNotAvailable):
                raise
            time.sleep(random.uniform(0.02, 0.2))  # noqa: S311  nothing secret
    return False


def _is_worth_it(connection: Connection, name: str, rows: int) -> bool:
    """Asked in a subtransaction that is rolled back, so that the question leaves no lock behind."""
    probe = connection.begin_nested()
    try:
        return rows > _SMALL and _held(connection, name, rows) < rows
    finally:
        probe.rollback()


@contextmanager
def bulk_window(connection: Connection, names: list[str], rows: int) -> Iterator[None]:
    """Write to tables taken by `take_tables` without their indexes, where they will at least double; see `make_indexes`.

    rows  to come to the first of them. Primary keys stay. Tables that are empty are truncated first: what is written to a
          file made in the same transaction needs no write-ahead log (wal_level = minimal).
    """
    if rows <= _SMALL or _held(connection, names[0], rows) >= rows:
        yield
        return
    together = [*names, *_referring(connection, names)]
    if not any(_held(connection, table, 1) for table in together):
        connection.exec_driver_sql(f"TRUNCATE {', '.join(f'{SCHEMA}.{table}' for table in together)}")
    keys = [statement for table in names for statement in _drop(connection, table)]
    yield
    for statement in keys:
        connection.exec_driver_sql(statement)
    for table in names:
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


def _referred(connection: Connection, names: list[str]) -> list[str]:
    """The tables that some tables refer to by foreign key."""
    keys = sa.inspect(connection)
    found = {key["referred_table"] for name in names for key in keys.get_foreign_keys(name, schema=SCHEMA)}
    return sorted(found - set(names))


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

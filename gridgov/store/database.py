"""The door to the database: engines, transactions, the SQL files, and frames out of queries.

Reads go through `reading(scope)`: a read-only transaction in the reader's role with the scope set in it, so that row
security can be switched on without touching a question. Writes go through `writing()`. Statements live in sql/, one a file.
"""

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql
import geopandas as gpd
import jinja2
import pandas as pd
import psycopg
import shapely
import sqlalchemy as sa
from adbc_driver_manager import dbapi as adbc
from sqlalchemy.engine import Connection, Engine

from gridgov.crs import STORE_CRS
from gridgov.errors import StoreError
from gridgov.resources import resource
from gridgov.store import cluster, tables

READER = "gridgov_reader"
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]*")


def identifier(name: object) -> str:
    """A name of ours that is safe to stand in a statement; names never come from outside, this is the belt."""
    if not _IDENTIFIER.fullmatch(str(name)):
        raise ValueError(f"{name!r} cannot be an identifier")
    return str(name)


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(resource("sql"))
    env = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701  SQL, not HTML
    env.filters["identifier"] = identifier
    env.globals["LENGTHS"] = tables.LENGTHS
    return env


def statement(name: str, **names: Any) -> str:
    """The SQL in sql/<name>.sql; `names` fill its {{ placeholders }} (identifiers and fragments of ours, never values)."""
    return _templates().get_template(f"{name}.sql").render(**names)


@lru_cache(maxsize=4)
def _engine(url: str, _pid: int) -> Engine:
    return sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=4,
        max_overflow=8,
        pool_pre_ping=True,
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, default=str),
    )


def engine() -> Engine:
    """The engine of this process (pools open after the fork: one per process id)."""
    return _engine(cluster.database_url(), os.getpid())


_COUNTING = threading.Lock()


class _Session(adbc_driver_manager.AdbcConnection):
    """One session. The driver counts its open ones in a plain integer: when two threads open or close at once, one is
    lost, and closing the last fails ("Open connection count underflowed").
    """

    def __init__(self, known: adbc_driver_manager.AdbcDatabase) -> None:
        with _COUNTING:
            super().__init__(known)

    def close(self) -> None:
        with _COUNTING:
            super().close()


class _Driver:
    """ADBC's notion of a database: what types it has, which takes far longer to ask than to connect. No session of its own."""

    def __init__(self, url: str) -> None:
        self._known = adbc_driver_postgresql.connect(url)

    def connect(self) -> adbc.Connection:
        """A session of its own."""
        return adbc.Connection(self, _Session(self._known))  # type: ignore[arg-type]  # what it is given, it closes

    def close(self) -> None:
        """Called by each connection when it is closed: the driver stays for the next."""


@lru_cache(maxsize=4)
def _driver(url: str) -> _Driver:
    return _Driver(url)


def arrow() -> adbc.Connection:
    """A connection that takes and gives Arrow tables, to be closed by who asked for it; raises adbc.Error."""
    return _driver(cluster.database_url()).connect()


@contextmanager
def told() -> Iterator[None]:
    """Turn 'the server is not there' into a sentence; all other database errors stay loud."""
    try:
        yield
    except sa.exc.OperationalError as err:
        state = getattr(err.orig, "sqlstate", None)
        if state and not state.startswith(("08", "57P")):  # it answers, and says what is wrong
            raise StoreError(
                f"The database refused the work: {str(err.orig).splitlines()[0]}. Nothing was changed."
            ) from err
        raise StoreError(
            f"The database does not answer ({str(err.orig).splitlines()[0]}). Run `gridgov db up`, then `gridgov doctor`."
        ) from err
    except (sa.exc.ProgrammingError, sa.exc.DataError) as err:
        missing = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName)
        no_role = isinstance(err.orig, psycopg.errors.InvalidParameterValue) and READER in str(err.orig)
        if isinstance(err.orig, missing) or no_role:
            raise StoreError("The database has no gridgov tables of this version. Run `gridgov db upgrade`.") from err
        raise


# A question at another instant is another question: a plan made without looking at it may go through a whole table. Starting
# helpers takes 15 to 30 ms on a small machine, far more than the planner believes: only for what takes long.
_AS_READER = """
    SELECT
      set_config('role', :role, TRUE),
      set_config('plan_cache_mode', 'force_custom_plan', TRUE),
      set_config('parallel_setup_cost', '10000', TRUE),
      set_config('search_path', 'gridgov_api,gridgov,public', TRUE),
      set_config('gridgov.scope', :scope, TRUE)"""
"""In one statement, since every question begins with it."""


@contextmanager
def reading(scope: str | None = None) -> Iterator[Connection]:
    """A read-only transaction in the reader's role, with the scope (a grid code, or None for all) set in it."""
    with told(), engine().connect().execution_options(postgresql_readonly=True) as connection:
        as_reader(connection, scope)
        yield connection


def as_reader(connection: Connection, scope: str | None) -> None:
    """Begin a transaction in the reader's role, who owns nothing, with the scope set in it: one snapshot of the data."""
    connection.execution_options(isolation_level="REPEATABLE READ")  # told with BEGIN, as is that it only reads
    connection.execute(sa.text(_AS_READER), {"role": READER, "scope": scope or ""})


def is_reading(connection: Connection) -> bool:
    """True in a transaction of `reading`: it sees one state of the data that is committed, and nothing of its own."""
    return bool(connection.get_execution_options().get("postgresql_readonly"))


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction that may write; committed at the end, rolled back on any error."""
    with told(), engine().begin() as connection:
        connection.execute(sa.text("SET LOCAL search_path = gridgov, gridgov_api, public"))
        connection.execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))
        yield connection


def run(connection: Connection, name: str, values: dict[str, Any] | None = None, **names: Any) -> sa.CursorResult[Any]:
    """Execute sql/<name>.sql with bind values."""
    return connection.execute(sa.text(statement(name, **names)), values or {})


def frame(connection: Connection, name: str, values: dict[str, Any] | None = None, **names: Any) -> pd.DataFrame:
    """The rows of sql/<name>.sql as a frame; timestamps are UTC, absent numbers NaN."""
    result = run(connection, name, values, **names)
    # As plain tuples: pandas asks each row of SQLAlchemy for attributes that it does not have, which takes longer than the rest.
    return pd.DataFrame.from_records([tuple(row) for row in result], columns=list(result.keys()))


def geo_frame(
    connection: Connection, name: str, values: dict[str, Any] | None = None, **names: Any
) -> gpd.GeoDataFrame:
    """As `frame`, with the column `geom` as geometry."""
    return with_geometry(frame(connection, name, values, **names))


def with_geometry(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """A frame whose column `geom` holds WKB (ST_AsBinary) as a GeoDataFrame; the CRS is stamped, also on empty results."""
    wkb = table["geom"].map(lambda value: bytes(value) if value is not None else None).to_numpy(dtype=object)
    return gpd.GeoDataFrame(
        table.assign(geom=gpd.GeoSeries(shapely.from_wkb(wkb), index=table.index)), geometry="geom", crs=STORE_CRS
    )

"""A connection for planners who write SQL themselves: it reads, and only reads."""

import os
from functools import lru_cache

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gridgov.errors import StoreError
from gridgov.store import cluster
from gridgov.store.database import READER, told

_REFUSED = (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege)


def connect() -> Connection:
    """A SQLAlchemy connection to the database, for `pandas.read_sql` and `geopandas.read_postgis`; close it, or use `with`.

    It reads: every transaction is read-only and in the role that owns nothing; a statement that writes is a StoreError. That
    keeps from slips; who must not write at all gets a login of their own that is a member of `gridgov_reader`.

    Worth knowing (schema gridgov_api first, then gridgov; geometry `geom` is EPSG:4326, instants are UTC, ids are not kept):

        case_current      one row a case as last delivered: case_no, times, state, category, unit, channel, place, grid
        grid_current      one row a grid valid today: town, layer, level, code, name, parent_code, area_m2
        roster_current    one row a post of a grid: role, vacant or not, unit
        case_event        the ledger: one row an event of a case; what is retired has retired_run_id
        case_span         one row a case and stretch with one holder, state and deadline: from_at, to_at, due_at
        checkpoint, patrol_session, grid_day   what patrols are to visit, sessions with their lines, minutes by grid and day
        exposure          what a grid holds, of which day: residents, households, firms, roads, areas
        load_run          what came in, when, from where

    Numbers that others are to read come from questions, which say what they mean; here you are on your own.

    >>> with connect() as db:  # doctest: +SKIP
    ...     gpd.read_postgis("SELECT * FROM grid_current WHERE level = 1", db, geom_col="geom")

    raises  StoreError when the database does not answer
    """
    with told():
        return _engine(cluster.database_url(), os.getpid()).connect()


def address() -> dict[str, str]:
    """Where the database is, as libpq names it: dbname, host, port, user ...; without its password."""
    said = psycopg.conninfo.conninfo_to_dict(cluster.database_url())
    return {name: str(value) for name, value in said.items() if value is not None and name != "password"}


@lru_cache(maxsize=4)
def _engine(url: str, _pid: int) -> Engine:
    said = {
        "role": READER,
        "default_transaction_read_only": "on",
        "search_path": "gridgov_api,gridgov,public",
        "gridgov.scope": "",
    }
    engine = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=sa.NullPool,  # it is the reader's own, and ends when it is closed
        connect_args={"options": " ".join(f"-c {name}={value}" for name, value in said.items())},
    )
    sa.event.listen(engine, "handle_error", _in_words)
    return engine


def _in_words(context: sa.ExceptionContext) -> None:
    if isinstance(context.original_exception, _REFUSED):
        raise StoreError(
            "This connection only reads. What is in the database is changed by `gridgov load` alone, which says what became of "
            "every row."
        ) from context.original_exception

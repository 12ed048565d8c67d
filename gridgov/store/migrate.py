"""Schema upgrades: Alembic for tables and roll-ups, then the views and functions of sql/, made anew in `gridgov_api`."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gridgov.resources import resource
from gridgov.store import bulk, cluster, database, marginals, rollups, runs, tiles
from gridgov.store.database import READER, statement

API = "gridgov_api"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", "gridgov.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)


def upgrade(url: str | None = None) -> None:
    """Bring a database to this version: tables, then views and functions. Safe to repeat; one at a time per database.

    url  another database than that of the settings; what is derived is not made there
    """
    is_ours = url is None
    if url is None:
        url = cluster.database_url() if cluster.is_external() else cluster.up()
    engine = _engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('gridgov upgrade'))"))
        config = _config(url)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _make_api(connection)
    with engine.begin() as connection:
        bulk.validate_keys(connection)
    if is_ours:
        bulk.make_indexes()
        _fill_rollups()
        database.engine().dispose()  # an upgrade leaves no connection behind


def _fill_rollups() -> None:
    """Make what is derived from the ledger, in a database that was made before it was kept."""
    with database.writing() as connection:
        lacking = rollups.unfilled(connection)
    if lacking:
        with runs.exclusively(lacking) as connection:
            rollups.rebuild(connection, lacking)
    with database.writing() as connection:
        undue = marginals.unfilled(connection)
    if undue:
        with runs.exclusively(undue) as connection:
            rollups.count_due(connection, undue)
    with database.writing() as connection:
        uncounted = tiles.unfilled(connection)
    if uncounted:
        with runs.exclusively(uncounted) as connection:
            rollups.fill_tiles(connection, uncounted)


def _make_api(connection: sa.Connection) -> None:
    connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {API} CASCADE"))
    connection.execute(sa.text(f"CREATE SCHEMA {API}"))
    connection.execute(sa.text(f"SET LOCAL search_path = {API}, gridgov, public"))
    for folder in ("functions", "views"):
        for path in sorted(resource("sql", folder).glob("*.sql")):
            connection.exec_driver_sql(statement(f"{folder}/{path.stem}").replace("%", "%%"))
    for schema in (API, "gridgov"):
        connection.execute(sa.text(f"GRANT USAGE ON SCHEMA {schema} TO {READER}"))
        connection.execute(sa.text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {READER}"))


def head() -> str:
    """The revision this version of gridgov needs."""
    revision = ScriptDirectory.from_config(_config("")).get_current_head()
    assert revision is not None  # noqa: S101  there is always a first migration
    return revision


def current(url: str | None = None) -> str | None:
    """The revision a database is at; None when it has no gridgov tables."""
    with _engine(url or cluster.database_url()).connect() as connection:
        return MigrationContext.configure(connection, opts={"version_table_schema": "gridgov"}).get_current_revision()

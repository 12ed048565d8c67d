"""gridgov db: the database, its tables, its backups."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gridgov.errors import SettingsError

db = typer.Typer(help="The database: private cluster, tables, backups.", no_args_is_help=True)
out = Console()


@db.command("up")
def db_up() -> None:
    """Make and start the private database as needed."""
    from gridgov.store import cluster

    out.print(f"The database is up: {cluster.up()}", highlight=False, soft_wrap=True)


@db.command("down")
def db_down() -> None:
    """Stop the private database."""
    from gridgov.store import cluster

    out.print("The database is stopped." if cluster.down() else "The database was not running.")


@db.command("status")
def db_status() -> None:
    """Show what there is of the private database, and what runs."""
    from gridgov.store import cluster

    status = cluster.status()
    table = Table(show_header=False, box=None)
    for name, value in (
        ("server", f"PostgreSQL {status.version}, PostGIS {status.postgis}" if status.installed else "not installed"),
        ("state", f"running, process {status.pid}" if status.running else "down" if status.created else "not made yet"),
        ("folder", str(status.folder)),
        ("socket", str(status.socket)),
        ("size", f"{status.n_bytes / 1e6:,.0f} MB"),
    ):
        table.add_row(name, value)
    out.print(table)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables, views and functions to this version; starts the private database when it is down."""
    from gridgov.store import migrate

    migrate.upgrade()
    out.print(f"The tables are at {migrate.current()}.", highlight=False)


@db.command("rebuild-rollups")
def db_rebuild_rollups() -> None:
    """Make the spans, facts and handovers of all cases anew from the ledger, by the rules of the clocks as they are now."""
    from gridgov.store import database, rollups, runs

    with database.reading() as connection:
        towns = {town.id: town.code for town in runs.towns(connection)}
    with runs.exclusively(list(towns)) as connection:
        made = rollups.rebuild(connection)
    for town_id, n in made.items():
        out.print(f"{towns.get(town_id, town_id)}: {n:,} cases derived anew.", highlight=False)


@db.command("rebuild-patrols")
def db_rebuild_patrols() -> None:
    """Make sessions, coverage and last visits anew from the raw positions in the lake, by the rules as they are now."""
    from gridgov.cli.load import told
    from gridgov.pipelines.patrol_upkeep import rebuild

    with told() as progress:
        made = rebuild(progress=progress)
    for town, n in made.items():
        out.print(f"{town}: {n:,} days computed anew.", highlight=False)


@db.command("psql", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def db_psql(context: typer.Context) -> None:
    """Open psql on the database; further arguments go to psql."""
    from gridgov.store import backup, cluster

    program = shutil.which("psql")
    if not program:
        raise SettingsError("The program psql is not installed. Install it: apt-get install postgresql-client")
    arguments, env = backup.client(cluster.database_url())
    os.execve(program, [program, *arguments, *context.args], os.environ | env)  # noqa: S606


@db.command("url")
def db_url() -> None:
    """Print the address of the database, for QGIS, ogr2ogr and other programs. May hold a password of yours."""
    from gridgov.store import cluster

    print(cluster.database_url())


@db.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write the whole database into one file."""
    from gridgov.store import backup

    out.print(f"{backup.backup(file) / 1e6:,.1f} MB written to {file}.", highlight=False, soft_wrap=True)


@db.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(help="A file written by `gridgov db backup`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace the database without asking.")] = False,
) -> None:
    """Replace the whole database by a backup. If it fails, the database is as it was."""
    from gridgov.store import backup

    if not yes:
        typer.confirm("This replaces everything in the database. Go on?", abort=True)
    backup.restore(file, confirmed=True)
    out.print(f"The database is as it was when {file} was written.", highlight=False, soft_wrap=True)

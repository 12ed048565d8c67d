"""The command line: `gridgov ...`.

A mistake of the user's (GridgovError) is a sentence on stderr and exit code 2; Ctrl-C is 130; anything else is a bug
and shows its traceback. A new command is a function with `@app.command()`; imports that take long stay inside it.
"""

import importlib.util
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gridgov.commands.ask import ask
from gridgov.commands.demo import demo
from gridgov.commands.load import load
from gridgov.commands.quarantine import quarantine
from gridgov.errors import GridgovError, SettingsError
from gridgov.settings import settings

app = typer.Typer(
    name="gridgov",
    help="Grid governance: cases, deadlines and patrols of a town's grids.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database: private cluster, tables, backups.", no_args_is_help=True)
for command in (load, ask, demo):
    app.command()(command)
app.add_typer(quarantine, name="quarantine")
app.add_typer(db, name="db")

out = Console()
err = Console(stderr=True)


def main() -> None:
    """Run the command line; the one place where errors become exit codes."""
    try:
        app()
    except GridgovError as error:
        err.print(f"[bold red]{type(error).__name__}[/] ", end="")
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


# ---------------------------------------------------------------------------------------------------------------------
# gridgov db ...


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


# ---------------------------------------------------------------------------------------------------------------------
# gridgov doctor, gridgov serve


@app.command()
def doctor() -> None:
    """Check that everything gridgov needs is there; exit code 1 when something is not."""
    from gridgov.store.doctor import checks

    found = checks()
    table = Table(show_header=False, box=None)
    marks = {True: "[green]ok[/]", False: "[bold red]no[/]", None: "[yellow]--[/]"}
    for check in found:
        table.add_row(marks[check.ok], check.name, check.found, "" if check.ok else check.hint)
    out.print(table)
    if any(check.ok is False for check in found):
        raise typer.Exit(1)


@app.command()
def serve() -> None:
    """Serve the app at GRIDGOV_HOST:GRIDGOV_PORT until Ctrl-C, as a process of its own."""
    from gridgov.store import cluster
    from gridgov.store.doctor import answers, http_address, is_port_free

    here = settings()
    if importlib.util.find_spec("gunicorn") is None:
        raise SettingsError(
            "The packages of the app are not installed. Run `make demo`, or pip install 'gridgov[app]'."
        )
    if not is_port_free(here.host, here.port):
        if answers(http_address()):
            out.print(f"gridgov is being served already: {http_address()}", soft_wrap=True)
            return
        raise SettingsError(
            f"Port {here.port} on {here.host} is taken by another program. Stop it, or set GRIDGOV_PORT to a free port."
        )
    cluster.database_url()  # starts the private database, once, before the workers ask for it
    _announce(http_address())
    host = f"[{here.host}]" if ":" in here.host else here.host
    options = [
        f"--bind={host}:{here.port}",
        f"--workers={here.workers}",
        "--threads=4",
        "--timeout=120",
        "--no-control-socket",
    ]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *options, "dash_app.wsgi:server"])  # noqa: S606


def _announce(address: str, timeout_s: float = 60) -> None:
    """Leave a child behind that says where the app is as soon as it answers there."""
    from gridgov.store.doctor import answers

    parent = os.getpid()
    if os.fork():
        return
    try:
        until = time.monotonic() + timeout_s
        while os.getppid() == parent and time.monotonic() < until:
            if answers(address, timeout_s=timeout_s):
                out.print(f"\n[bold green]gridgov is served at {address}[/]   (Ctrl-C stops it)\n", soft_wrap=True)
                break
            time.sleep(0.2)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()

"""The command line: `gridgov ...`, one command a file.

A mistake of the user's (GridgovError) is a sentence on stderr and exit code 2; Ctrl-C is 130; anything else is a bug
and shows its traceback. Imports that take long stay inside the commands, so that `gridgov --help` answers at once.
"""

import sys

import typer
from rich.console import Console

from gridgov.cli.ask import ask
from gridgov.cli.brief import brief
from gridgov.cli.database import db
from gridgov.cli.demo import demo
from gridgov.cli.load import load
from gridgov.cli.qgis import qgis
from gridgov.cli.quarantine import quarantine
from gridgov.cli.retention import retention
from gridgov.cli.schedule import schedule
from gridgov.cli.serving import doctor, serve
from gridgov.cli.simulating import simulate
from gridgov.errors import GridgovError

app = typer.Typer(
    name="gridgov",
    help="Grid governance: cases, deadlines and patrols of a town's grids.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (load, ask, qgis, demo, simulate, serve, doctor, retention):
    app.command()(command)
app.add_typer(brief, name="brief")
app.add_typer(quarantine, name="quarantine")
app.add_typer(schedule, name="schedule")
app.add_typer(db, name="db")


def main() -> None:
    """Run the command line; the one place where errors become exit codes."""
    err = Console(stderr=True)
    try:
        app()
    except GridgovError as error:
        err.print(f"[bold red]{type(error).__name__}[/] ", end="")
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)

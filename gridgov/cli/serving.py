"""gridgov doctor and gridgov serve: is everything there, and the app as a process of its own."""

import contextlib
import importlib.util
import os
import sys
import time

import typer
from rich.console import Console
from rich.table import Table

from gridgov.errors import GridgovError, SettingsError
from gridgov.settings import settings

out = Console()


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


def serve() -> None:
    """Serve the app at GRIDGOV_HOST:GRIDGOV_PORT until Ctrl-C, as a process of its own."""
    from gridgov.basemap import tile_map
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
    tile_map()  # what is wrong with its settings is said now
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
                _compile()
                break
            time.sleep(0.2)
    finally:
        os._exit(0)


def _compile() -> None:
    """Ask once what needs compiled functions, so that they are on disk before the first reader opens the page of patrols."""
    from gridgov.cli.demo import FIRST_SEEN
    from gridgov.questions import open_town, town_codes

    os.nice(10)
    with contextlib.suppress(GridgovError):
        for code in town_codes():
            for question in FIRST_SEEN:
                open_town(code).ask(question)

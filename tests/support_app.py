"""Helpers of the tests of the app: a server of its own for a database."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gridgov.settings import settings
from gridgov.store.cluster import Cluster
from tests.support import ROOT

TEMPLATE = "gridgov_template"


@contextmanager
def demo_town(server: Cluster, folder: Path, months: int = 1, track_days: int = 2) -> Iterator[tuple[str, Path]]:
    """The demo town in a database of its own, made by `gridgov demo`: the address of the database and its state folder."""
    name = f"demo_{os.getpid()}"
    url = server.create_database(name, template=TEMPLATE)
    env = os.environ | {"GRIDGOV_DATABASE_URL": url, "GRIDGOV_HOME": str(folder)}
    command = ["demo", f"--months={months}", f"--track-days={track_days}", "--seed=3"]
    try:
        subprocess.run(
            [sys.executable, "-m", "gridgov.cli", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )
        yield url, folder
    finally:
        server.drop_database(name)


@contextmanager
def serving(database: str, home: Path | None = None) -> Iterator[str]:
    """The app on a database, served by two workers on a free port of this machine; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4"]
    env = os.environ | {"GRIDGOV_DATABASE_URL": database, "GRIDGOV_HOME": str(home or settings().state)}
    server = subprocess.Popen([*command, "--no-control-socket", "dash_app.wsgi:server"], cwd=ROOT, env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=120)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The server did not come up.")

"""Helpers of the tests of the app: a server of its own for a database."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gridgov.settings import settings
from tests.support import ROOT


@contextmanager
def serving(database: str) -> Iterator[str]:
    """The app on a database, served by two workers on a free port of this machine; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "--workers=2", "--threads=4"]
    env = os.environ | {"GRIDGOV_DATABASE_URL": database, "GRIDGOV_HOME": str(settings().state)}
    server = subprocess.Popen([*command, "--no-control-socket", "dash_app.wsgi:server"], cwd=ROOT, env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The server did not come up.")

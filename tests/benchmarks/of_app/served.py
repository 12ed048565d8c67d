"""The app as a process of its own for a benchmark, and what a browser asks of it, to be asked again."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dash_app.frame.ids import ID
from gridgov.settings import settings
from gridgov.store import cluster
from tests.conftest import CHROMIUM_FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = {
    "situation": "/", "backlog": "/backlog", "units": "/units", "patrol": "/patrol", "hierarchy": "/hierarchy",
    "cases": "/cases", "supervision": "/supervision", "loads": "/loads",
}  # fmt: skip


@dataclass(frozen=True)
class Served:
    """A running app: its address and the process that started its workers."""

    address: str
    process: "subprocess.Popen[bytes]"

    def memory(self) -> int:
        """Bytes that its workers hold for themselves (proportional set size)."""
        found = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if self.process.pid in (parent, int(folder.name)):
                    lines = (folder / "smaps_rollup").read_text().splitlines()
                    found += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
            except (OSError, IndexError, ValueError):
                continue
        return found


@contextmanager
def serving(workers: int = 2) -> Iterator[Served]:
    """The app on the current database, with a cache of its own that begins empty."""
    url, state = cluster.database_url(), settings().state
    home = Path(tempfile.mkdtemp(prefix="gridgov-bench-"))
    home.chmod(0o755)
    for name in ("lake", "lattices", "pseudonym.key"):
        if (state / name).exists():
            (home / name).symlink_to(state / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", f"--workers={workers}", "--threads=4"]
    env = os.environ | {"GRIDGOV_DATABASE_URL": url, "GRIDGOV_HOME": str(home)}
    with Path(home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--timeout=120", "--no-control-socket", "dash_app.wsgi:server"], env=env, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(address, timeout=10).close()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit((home / "server.log").read_text()[-2000:]) from None
                time.sleep(0.3)
        yield Served(address, process)
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def browsing() -> Iterator["Browser"]:
    """Debian's Chromium without a screen, drawing WebGL in software."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Request:
    """One question of the browser: of which page, what it fills, and the body with a place for another address."""

    page: str
    output: str
    path: str
    body: str

    def at(self, query: str) -> bytes:
        """The body for a reader who looks at this query."""
        return self.body.replace(_SEARCH, json.dumps(query)[1:-1]).encode()


_SEARCH = "@@SEARCH@@"
_VIEWS = (ID.VIEW, ID.PAGE_VIEW, ID.WORDS)
"""The stores of what a reader looks at."""


def recorded(browser: "Browser", address: str, query: str) -> list[Request]:
    """What each page asks of the server when it is opened: every callback that reads what the reader looks at."""
    found: dict[tuple[str, str], Request] = {}
    for name, path in PAGES.items():
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.on("request", lambda request, name=name: _keep(found, name, request))
        page.goto(f"{address}{path}{query}")
        page.wait_for_selector(".panel-title", timeout=120_000)
        n_found = -1
        while n_found < len(found):  # of a large town a page goes on asking long after its frame stands
            n_found = len(found)
            page.wait_for_timeout(3_000)
            page.wait_for_load_state("networkidle", timeout=120_000)
        page.close()
    return list(found.values())


def _keep(found: dict[tuple[str, str], Request], page: str, request: Any) -> None:
    if "/_dash-update-component" not in request.url or not request.post_data:
        return
    body = json.loads(request.post_data)
    asked = [part for part in [*body["inputs"], *body.get("state", [])] if isinstance(part, dict)]
    view = next((part for part in asked if part.get("id") in _VIEWS and part.get("value")), None)
    if view is None or body["output"].startswith("..url."):  # a click, not something to show
        return
    view["value"]["search"] = _SEARCH
    found[page, body["output"]] = Request(
        page, body["output"], urlsplit(request.url)._replace(scheme="", netloc="").geturl(), json.dumps(body)
    )

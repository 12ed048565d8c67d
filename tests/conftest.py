"""What all tests share: one real PostGIS for the run and a fresh database per test, real data, a browser.

The server is private to the run and lies in a folder of its own, in memory where there is enough of it. The process that
started pytest stops it and removes the folder; the workers of pytest-xdist share it. A missing database fails
the tests, it never skips them.
"""

import contextlib
import itertools
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import hypothesis
import pytest

from gridgov.settings import Settings, settings
from gridgov.store import cluster, migrate
from gridgov.store.machine import MB, free_bytes, locked, memory_bytes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# What a check in a helper found is shown as in a test.
pytest.register_assert_rewrite("tests.support", "tests.support_ledgers")

# No test is timed: machines are shared, and benchmarks are commands.
hypothesis.settings.register_profile("gridgov", deadline=None)
hypothesis.settings.load_profile("gridgov")

ROOT = Path(__file__).parents[1]
TEMPLATE = "gridgov_template"
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]


# ---------------------------------------------------------------------------------------------------------------------
# The run's folder. The server's user must be able to enter it, which it cannot with pytest's own temporary folders.

_RUN = "GRIDGOV_TEST_RUN"
_MEMORY = Path("/dev/shm")
_ROOM = 6 * 1024 * MB
"""More than the databases of a run come to, with their log."""


def folder_of_server(prefix: str) -> Path:
    """A new folder that the server's user can enter.

    In memory where that is ample: a copied database is a thousand small files, which take a disk longer to make than most
    tests take to run. What a process leaves when it is killed is the same in either place.
    """
    is_ample = free_bytes(_MEMORY) >= _ROOM and memory_bytes() >= 2 * _ROOM
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if is_ample else None))
    folder.chmod(0o711)
    return folder


def _is_first(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _is_first(config):
        places = (_MEMORY, Path(tempfile.gettempdir()))
        for left in (left for place in places for left in place.glob("gridgov-tests-*")):  # of a run that was killed
            if left.stat().st_uid == os.geteuid() and not Path(f"/proc/{left.name.split('-')[2]}").exists():
                _remove(left)
        os.environ[_RUN] = str(folder_of_server(f"gridgov-tests-{os.getpid()}-"))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_first(config) and _RUN in os.environ:
        _remove(Path(os.environ.pop(_RUN)))


def _remove(folder: Path) -> None:
    cluster.Cluster(folder / "home").remove()
    shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files with slow tests, those of the demo town first, stand where the second worker of pytest-xdist begins.

    It simulates and loads the town while the first goes through what needs none: neither waits for the other, neither
    compiles what the other is compiling (in a fresh clone that takes longer than most tests), and no slow one comes last.
    """
    n_workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if n_workers == 1:
        return
    rank: dict[Path, int] = {}
    for item in items:
        of_town, is_slow = "demo" in getattr(item, "fixturenames", ()), item.get_closest_marker("slow") is not None
        rank[item.path] = min(rank.get(item.path, 2), 0 if of_town else 1 if is_slow else 2)
    slow = sorted((item for item in items if rank[item.path] < 2), key=lambda item: rank[item.path])
    quick = [item for item in items if rank[item.path] == 2]
    begin = min(len(items) // n_workers, len(quick))
    items[:] = [*quick[:begin], *slow, *quick[begin:]]


# ---------------------------------------------------------------------------------------------------------------------
# Settings


_NOWHERE = "postgresql:///ask_for_the_fixture_database?host=/nowhere"


def _settle(monkeypatch: pytest.MonkeyPatch, home: Path, url: str) -> None:
    """Let the settings say nothing but where the state folder and the database are."""
    for name in [name for name in os.environ if name.startswith("GRIDGOV_") and name not in {_RUN, "GRIDGOV_REALDATA"}]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GRIDGOV_HOME", str(home))
    monkeypatch.setenv("GRIDGOV_DATABASE_URL", url)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    settings.cache_clear()


@dataclass(frozen=True)
class Shared:
    """A database for all tests of a module, and a folder for the files that are loaded into it."""

    folder: Path
    url: str

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.folder / "state"


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """No test sees the settings, the state folder or the database of the person who runs it."""
    of_module: Shared | None = request.getfixturevalue("shared") if "shared" in request.fixturenames else None
    home, url = (of_module.home, of_module.url) if of_module else (tmp_path / "state", _NOWHERE)
    _settle(monkeypatch, home, url)
    yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unit tests talk to nobody: no socket, no database."""
    if not request.path.is_relative_to(ROOT / "tests" / "unit"):
        return

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError(
            "A unit test must not open a connection; tests that need one live in tests/store or tests/app."
        )

    for method in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, method, refuse)
    monkeypatch.setattr(cluster, "database_url", refuse)


# ---------------------------------------------------------------------------------------------------------------------
# The database


@pytest.fixture(scope="session")
def server() -> cluster.Cluster:
    """The run's PostGIS, with a template database that holds the tables, views and functions of this version."""
    home = Path(os.environ[_RUN]) / "home"
    home.mkdir(mode=0o755, exist_ok=True)
    here = cluster.Cluster(home, durable=False)
    with locked(home / "template.lock"):
        here.up()
        if not (home / "template.done").exists():
            here.drop_database(TEMPLATE)
            migrate.upgrade(here.create_database(TEMPLATE))
            _slim(here)
            (home / "template.done").touch()
    return here


def _slim(here: cluster.Cluster) -> None:
    """Leave of PostGIS's thousands of reference systems those that statements speak of: half of what a copy copies."""
    with contextlib.closing(here.connect(TEMPLATE)) as connection:
        connection.execute("DELETE FROM spatial_ref_sys WHERE srid NOT IN (4326, 3857, 4490, 4528, 4549)")
        connection.execute("VACUUM FULL")


_numbers = itertools.count()


@pytest.fixture
def database(server: cluster.Cluster, own_settings: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh database with empty tables; the settings point to it. Returns its url."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    url = server.create_database(name, template=TEMPLATE)
    monkeypatch.setenv("GRIDGOV_DATABASE_URL", url)
    settings.cache_clear()
    yield url
    server.drop_database(name)


@pytest.fixture(scope="module")
def shared(server: cluster.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """A database that a fixture of the module fills and its tests only read; for both the settings point to it."""
    name = f"shared_{os.getpid()}_{next(_numbers)}"
    made = Shared(tmp_path_factory.mktemp("shared"), server.create_database(name, template=TEMPLATE))
    with pytest.MonkeyPatch.context() as patch:
        _settle(patch, made.home, made.url)
        yield made
    settings.cache_clear()
    server.drop_database(name)


@dataclass(frozen=True)
class DemoTown:
    """The simulated town as `gridgov demo` loads it, only shorter; its tests only read. The settings point to it."""

    home: Path
    url: str

    @property
    def truth(self) -> dict[str, Any]:
        """What was planted in it, and its sums: truth.json."""
        told: dict[str, Any] = json.loads((self.home / "demo" / "truth.json").read_text("utf-8"))
        return told


DEMO = {"months": 7, "track_days": 14}
"""Long enough to see a season, and two weeks of patrols; loading a longer one takes longer than all that asks it."""


@pytest.fixture(scope="session")
def demo(server: cluster.Cluster) -> DemoTown:
    """The demo town, simulated and loaded once for the run: minutes saved for every module that asks it."""
    from gridgov.cli.demo import load_town  # with all that simulates, which most tests do without
    from gridgov.simulate.scenario import read_scenario
    from gridgov.simulate.town import simulate

    home = Path(os.environ[_RUN]) / "town"
    home.mkdir(mode=0o755, exist_ok=True)
    done = home / "town.url"
    with locked(home / "town.lock"):
        if not done.exists():
            url = server.create_database("demo_town", template=TEMPLATE)
            with pytest.MonkeyPatch.context() as patch:
                _settle(patch, home, url)
                simulate(
                    read_scenario("xiake", months=DEMO["months"], seed=1), home / "demo", track_days=DEMO["track_days"]
                )
                load_town(home / "demo")
            settings.cache_clear()
            done.write_text(url)
    return DemoTown(home, done.read_text())


@pytest.fixture
def demo_town(demo: DemoTown, own_settings: None, monkeypatch: pytest.MonkeyPatch) -> DemoTown:
    """The demo town of the run, with the settings pointing to it."""
    _settle(monkeypatch, demo.home, demo.url)
    return demo


# ---------------------------------------------------------------------------------------------------------------------
# Real data and the browser


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> Iterator[cluster.Cluster]:
    """A cluster that may be killed: durable, private, on a disk, in a folder that the server's user can enter."""
    root = Path(tempfile.mkdtemp(prefix="gg-"))
    root.chmod(0o711)
    monkeypatch.setenv("GRIDGOV_HOME", str(root / "state"))
    monkeypatch.delenv("GRIDGOV_DATABASE_URL", raising=False)
    settings.cache_clear()
    here = cluster.private()
    try:
        here.up()
        yield here
    finally:
        here.remove()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of published real data; tests that read it are skipped where it is not."""
    folder = Path(os.environ.get("GRIDGOV_REALDATA") or ROOT.parent / "shared" / "realdata")
    if not folder.is_dir():
        pytest.skip(f"The real data is not here ({folder}); set GRIDGOV_REALDATA to its folder.")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, headless, drawing WebGL in software."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.fail("No Chromium is installed. Run `make test`, or apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """What pages of a module share: scripts are fetched and compiled once."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: "BrowserContext") -> Iterator["Page"]:
    """A fresh page; every error in its console or script fails the test."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield page
    with contextlib.suppress(Exception):
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.close()
    assert not faults, faults

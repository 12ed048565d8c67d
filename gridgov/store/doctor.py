"""Is everything here that gridgov needs? A list of small checks; each that fails says what to do in one line."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from gridgov.basemap import fetched, tile_map
from gridgov.errors import BaseMapError, GridgovError, SettingsError
from gridgov.settings import settings
from gridgov.store import cluster
from gridgov.store.machine import APT_LINE, free_bytes, installed

_CORE = (
    "adbc_driver_postgresql",
    "alembic",
    "geopandas",
    "numba",
    "psycopg",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "sqlalchemy",
)
_APP = ("dash", "dash_ag_grid", "dash_mantine_components", "flask_caching", "gunicorn", "PIL", "plotly", "typst")
_MIN_FREE_GB = 5


@dataclass(frozen=True)
class Check:
    """One finding. `ok` is None when it could not be checked or is not needed; `hint` says what to do."""

    name: str
    ok: bool | None
    found: str
    hint: str = ""


def checks() -> list[Check]:
    """Every check, in the order in which to mend them. Starts and changes nothing."""
    found = [_python(), _packages("packages", _CORE), _packages("packages of the app", _APP), _server(), _postgis()]
    found += [_state_folder(), _disk(), *_database(), _base_map(), _chromium(), _fonts(), _port()]
    return found


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check(
        "Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer, remove .venv, run `make demo`."
    )


def _packages(name: str, modules: tuple[str, ...]) -> Check:
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    found = f"missing: {', '.join(missing)}" if missing else f"{len(modules)} found"
    return Check(name, not missing, found, "Run `make demo` (or pip install 'gridgov[app]').")


def _server() -> Check:
    found = ", ".join(server.version for server in installed())
    if cluster.is_external() and not found:
        return Check("PostgreSQL server", None, "not here; GRIDGOV_DATABASE_URL names another")
    return Check("PostgreSQL server", bool(found), found or "none", f"Run `{APT_LINE}`.")


def _postgis() -> Check:
    found = next((server for server in installed() if server.postgis), None)
    if cluster.is_external() and not found:
        return Check("PostGIS", None, "not here; GRIDGOV_DATABASE_URL names another server")
    return Check("PostGIS", found is not None, found.postgis or "" if found else "none", f"Run `{APT_LINE}`.")


def _state_folder() -> Check:
    state = settings().state
    there = next(path for path in (state, *state.parents) if path.exists())
    ok = os.access(there, os.W_OK | os.X_OK)
    return Check("state folder", ok, str(state), f"Make {there} writable, or set GRIDGOV_HOME to a folder that is.")


def _disk() -> Check:
    state = settings().state
    free_gb = free_bytes(next(path for path in (state, *state.parents) if path.exists())) / 1e9
    return Check("disk space", free_gb >= _MIN_FREE_GB, f"{free_gb:.0f} GB free", f"Free at least {_MIN_FREE_GB} GB.")


def _database() -> Iterator[Check]:
    """The server, the database in it, its extension and its tables: none is asked when the one before is missing."""
    url = settings().database_url
    if not url:
        try:
            status = cluster.status()
        except GridgovError as error:
            yield Check("private database", False, str(error), "Do as the message says.")
            return
        found = f"process {status.pid}, {status.n_bytes / 1e6:.0f} MB" if status.running else "down"
        yield Check("private database", status.running, found, "Run `gridgov db up`.")
        if not status.running:
            return
    try:
        connection = psycopg.connect(cluster.database_url(), connect_timeout=5, autocommit=True)
    except (psycopg.Error, GridgovError) as error:
        hint = "Check GRIDGOV_DATABASE_URL." if url else "Run `gridgov db down`, then `gridgov db up`."
        yield Check("database", False, str(error).splitlines()[0], hint)
        return
    with contextlib.closing(connection):
        yield Check("database", True, f"{connection.info.dbname}, PostgreSQL {connection.info.server_version // 10000}")
        row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'postgis'").fetchone()
        yield Check("PostGIS in the database", row is not None, row[0] if row else "none", "Run `gridgov db upgrade`.")
    yield _schema()
    yield _rules()
    yield _maps()


def _schema() -> Check:
    from gridgov.store import migrate  # Alembic takes a while to import, and only this check needs it

    try:
        current, head = migrate.current(), migrate.head()
    except GridgovError as error:
        return Check("tables", False, str(error), "Run `gridgov db upgrade`.")
    found = current or "none" if current == head else f"{current or 'none'}; this version needs {head}"
    return Check("tables", current == head, found, "Run `gridgov db upgrade`.")


def _rules() -> Check:
    from gridgov.store import database, rollups, rulebook  # pandas and numba take a while to import

    name, hint = "rules of the clocks", "Run `gridgov db rebuild-rollups`."
    try:
        with database.writing() as connection:
            lacking, old = rollups.unfilled(connection), rollups.outdated(connection)
            patrols = rulebook.outdated_patrols(connection)
    except GridgovError as error:
        return Check(name, False, str(error), "Do as the message says.")
    if lacking:
        return Check(name, False, f"{len(lacking)} towns have cases and no spans", hint)
    if old:
        return Check(name, False, f"the file changed since the numbers of {', '.join(old)} were made", hint)
    if patrols:
        found = f"the file changed since the patrols of {', '.join(patrols)} were counted"
        return Check(name, False, found, "Run `gridgov db rebuild-patrols`.")
    return Check(name, True, settings().rules)


def _maps() -> Check:
    """What is kept for maps, against the cases."""
    from gridgov.store import database, tiles  # pandas takes a while to import

    name = "cases on maps"
    try:
        with database.writing() as connection:
            wrong = tiles.wrong(connection)
    except GridgovError as error:
        return Check(name, False, str(error), "Do as the message says.")
    if wrong:
        found = f"maps of {', '.join(wrong)} do not count what the cases say"
        return Check(name, False, found, "Run `gridgov db rebuild-rollups`.")
    return Check(name, True, "as the cases say")


def _base_map() -> Check:
    """The tiles that are configured: one is asked for, one that shows all China."""
    name = "base map"
    try:
        tiles = tile_map()
        if tiles is None:
            return Check(name, True, "the town's own map; no tiles are configured")
        empty = [layer.host for layer in tiles.layers if not fetched(layer, 3, 6, 3)]
    except SettingsError as error:
        return Check(name, False, str(error), "Correct the setting.")
    except BaseMapError as error:
        return Check(name, False, str(error), "Check GRIDGOV_BASEMAP_URL, the key and the way there.")
    datum = "GCJ-02" if tiles.is_shifted else "WGS84"
    found = f"{len(tiles.layers)} layers of {', '.join(dict.fromkeys(layer.host for layer in tiles.layers))}, {datum}"
    if empty:
        return Check(
            name, None, f"{found}; no tile of the whole country at {empty[0]}", "An intranet server may have none."
        )
    if not tiles.approval:
        return Check(
            name, None, f"{found}; no approval number", "Set GRIDGOV_BASEMAP_APPROVAL (审图号): maps shown need it."
        )
    return Check(name, True, f"{found}, {tiles.approval}")


def _chromium() -> Check:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return Check(
        "Chromium", True if path else None, path or "none", "Only the tests need it: `apt-get install chromium`."
    )


def _fonts() -> Check:
    if not shutil.which("fc-list"):
        return Check("Chinese fonts", None, "fc-list is missing", "Run `apt-get install fontconfig fonts-noto-cjk`.")
    answer = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=30)
    families = sorted({line.split(",")[0] for line in answer.stdout.splitlines()})
    return Check(
        "Chinese fonts", bool(families), ", ".join(families[:2]) or "none", "Run `apt-get install fonts-noto-cjk`."
    )


def _port() -> Check:
    here = settings()
    address = f"{here.host}:{here.port}"
    if is_port_free(here.host, here.port):
        return Check("port", True, f"{address} is free")
    if answers(http_address()):
        return Check("port", True, f"gridgov answers at {http_address()}")
    return Check("port", False, f"{address} is taken by another program", "Stop that program, or set GRIDGOV_PORT.")


def http_address() -> str:
    """The address a browser on this machine reaches the app at."""
    here = settings()
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(here.host, f"[{here.host}]" if ":" in here.host else here.host)  # noqa: S104
    return f"http://{host}:{here.port}"


def is_port_free(host: str, port: int) -> bool:
    """Whether nothing listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(address: str, timeout_s: float = 5) -> bool:
    """Whether the app answers at this address: a page that names gridgov."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=timeout_s) as page:
            return b"gridgov" in page.read(1_000_000).lower()
    except (OSError, urllib.error.URLError, ValueError):
        return False

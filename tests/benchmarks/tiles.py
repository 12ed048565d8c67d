"""How fast tiles of cases are served, beside `tipg` on the same table: `make bench WHAT=tiles ARGS="--home DIR"`.

The town of `make bench WHAT=ask` is served by the app and by tipg, both over HTTP by one process each, and a reader's walk is
replayed: the whole town, then nearer and nearer to places where cases are, some tiles around each time. Of each form: the very
first tile, for which its cases are found; p50 and p95 in milliseconds of tiles asked for the first time (cold: nothing of ours
is in the cache, the database has been used) and again (warm), the largest tile in kB on the wire, and how many times as long
tipg takes for the same tiles.

tipg gives every case as a feature of its own, at most 10,000 a tile by default: beyond that its tile is not the whole truth
(share cut). It knows the columns of the table only: not what was open at another instant, whose case it is by the course, nor a
grid with all below it. `--unlimited` lifts its limit, so that its tiles hold all cases.
"""

import argparse
import http.client
import math
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import pandas as pd
import sqlalchemy as sa

import gridgov as gg
from gridgov.settings import settings
from gridgov.store import cluster
from gridgov.store.database import reading
from tests.benchmarks.ask import _make, _p95

Tile = tuple[int, int, int]
_LIMIT = 10_000
"""Features that tipg gives of a tile by default."""
_PLACES = """
    SELECT ST_X(geom), ST_Y(geom) FROM gridgov.case_record
    WHERE geom IS NOT NULL AND id IN (SELECT id FROM gridgov.case_record ORDER BY id DESC LIMIT 20000)"""
_OPEN = {"filter": "closed_at IS NULL", "filter-lang": "cql2-text"}


def forms(
    last: pd.Timestamp, village: str, category: str
) -> dict[str, tuple[str, dict[str, str], dict[str, str] | None]]:
    """Name of a form: the kind of tile, the query of the app, that of tipg (None = it cannot say it)."""

    def days(begin: pd.Timestamp) -> tuple[dict[str, str], dict[str, str]]:
        ours = {"period": "range", "since": f"{begin:%Y-%m-%d}", "until": f"{last:%Y-%m-%d}"}
        ends = f"{begin:%Y-%m-%dT00:00:00}+08:00/{last:%Y-%m-%dT23:59:59}+08:00"
        return ours, {"datetime": ends, "datetime-column": "reported_at"}

    week, month, part = (days(last - pd.Timedelta(n, "D")) for n in (6, 30, 50))
    year = days(last - pd.DateOffset(years=1) + pd.Timedelta(1, "D"))
    past = {"as_of": f"{last - pd.Timedelta(200, 'D'):%Y-%m-%d}"}
    return {
        "open now": ("open", {}, _OPEN),
        "open at a past day": ("open", past, None),
        "open now, a village": ("open", {"scope": village}, None),
        "open now, a category": ("open", {"category": category}, None),
        "reported, 7 days": ("reported", *week),
        "reported, a month": ("reported", *month),
        "reported, 51 days": ("reported", *part),
        "reported, a year": ("reported", *year),
        "reported, a year, a village": ("reported", {**year[0], "scope": village}, None),
        "reported, 7 days, a category": ("reported", {**week[0], "category": category}, None),
        "reported, a year, a category": ("reported", {**year[0], "category": category}, None),
    }


def walk(places: list[tuple[float, float]], n: int) -> list[Tile]:
    """The tiles of a walk: at zooms 10 to 17 those around places of cases, as a window of three by two tiles needs them."""
    chance, found = random.Random(1), {}
    for lon, lat in chance.sample(places, n):
        for zoom in (10, 11, 12, 13, 14, 15, 16, 17):
            x = (lon + 180) / 360 * 2**zoom
            y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
            found[zoom, int(x), int(y)] = None
            found[zoom, int(x + chance.choice((-1, 1))), int(y)] = None
    return list(found)


def main() -> None:
    """Make the town unless it is there, serve it twice, walk, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 = about 250,000 cases in 25 months")
    parser.add_argument("--months", type=int, default=25)
    parser.add_argument("--home", type=Path, help="keep the town here, or ask the one that is there")
    parser.add_argument("--files", type=Path, help="a town simulated before")
    parser.add_argument("--places", type=int, default=4, help="places to walk to")
    parser.add_argument("--unlimited", action="store_true", help="tipg gives all cases of a tile")
    parser.add_argument("--only", help="forms whose name begins so")
    asked = parser.parse_args()
    os.environ["GRIDGOV_HOME"] = str(asked.home or Path(tempfile.mkdtemp(prefix="gridgov-bench-")))
    settings.cache_clear()
    _make(settings().state, asked.files, asked.months, asked.scale)
    url = cluster.database_url()
    with reading() as connection:
        n_cases = connection.exec_driver_sql("SELECT count(*) FROM gridgov.case_record").scalar_one()
        tiles = walk([tuple(row) for row in connection.exec_driver_sql(_PLACES)], asked.places)
    town = gg.open("xiake")
    last = pd.Timestamp(town.ask("backlog").as_of[:10])
    village = town.ask("backlog", by="village").frame["grid_code"].dropna().iloc[0]
    category = town.ask("backlog", by="category").frame["category"].dropna().iloc[0]
    limit = "no limit" if asked.unlimited else f"at most {_LIMIT:,} features a tile"
    print(f"{n_cases:,} cases; {len(tiles)} tiles a walk; milliseconds; tipg with {limit}\n")
    print(f"{'form':30} {'first':>6} {'cold p50':>8} {'p95':>6} {'warm p95':>8} {'max kB':>7}", end="   ")
    print(f"{'tipg p50':>8} {'p95':>6} {'max kB':>7} {'ratio':>6}")
    with _served_by_us(url) as ours, _served_by_tipg(url, asked.unlimited) as theirs:
        every: dict[str, list[float]] = {"cold": [], "warm": []}
        for name, (kind, query, peer) in forms(last, village, category).items():
            if asked.only and not name.startswith(asked.only):
                continue
            paths = [f"/tiles/{kind}/{z}/{x}/{y}.mvt?{urlencode({'town': town.code, **query})}" for z, x, y in tiles]
            cold, sizes = _asked(ours, paths)
            warm, _ = _asked(ours, paths)
            every["cold"] += cold
            every["warm"] += warm
            told = f"{cold[0]:6.0f} {statistics.median(cold):8.0f} {_p95(cold):6.0f} {_p95(warm):8.1f} {max(sizes) / 1000:7.1f}"
            print(f"{name:30} {told}   {_peer(theirs, tiles, peer, cold)}", flush=True)
        print(f"\nall: cold p95 {_p95(every['cold']):.0f}, warm p95 {_p95(every['warm']):.1f}")


def _peer(port: int, tiles: list[Tile], query: dict[str, str] | None, ours: list[float]) -> str:
    if query is None:
        return "       – cannot be asked"
    base = "/collections/gridgov.case_record/tiles/WebMercatorQuad"
    said = urlencode({**query, "properties": "state"})
    times, sizes = _asked(port, [f"{base}/{z}/{x}/{y}?{said}" for z, x, y in tiles])
    ratio = statistics.median(theirs / mine for theirs, mine in zip(times, ours, strict=True))
    return f"{statistics.median(times):8.0f} {_p95(times):6.0f} {max(sizes) / 1000:7.1f} {ratio:5.1f}x"


def _asked(port: int, paths: list[str]) -> tuple[list[float], list[int]]:
    """Milliseconds and bytes of each, over one connection that is kept."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    times, sizes = [], []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        content = answer.read()
        times.append(1_000 * (time.perf_counter() - began))
        sizes.append(len(content))
        if answer.status not in (200, 204):
            raise SystemExit(f"{path}: {answer.status} {content[:300]!r}")
    return times, sizes


@contextmanager
def _served_by_us(url: str) -> Iterator[int]:
    """The app, with a cache of its own that is empty."""
    home = tempfile.mkdtemp(prefix="gridgov-bench-cache-")
    env = {"GRIDGOV_HOME": home, "GRIDGOV_DATABASE_URL": url}
    command = ["gunicorn", "--workers=1", "--threads=4", "--no-control-socket", "dash_app.wsgi:server"]
    with _serving(command, "--bind=127.0.0.1:{}", env) as port:
        _asked(port, ["/tiles/open/0/0/0.mvt", "/tiles/reported/0/0/0.mvt"])
        yield port


@contextmanager
def _served_by_tipg(url: str, is_unlimited: bool) -> Iterator[int]:
    """tipg on the table of cases, with the one property that is asked for."""
    env = {
        "DATABASE_URL": _dsn(url), "TIPG_DB_SCHEMAS": '["gridgov"]', "TIPG_DB_TABLES": '["gridgov.case_record"]',
        "TIPG_DB_SPATIAL_EXTENT": "false", "TIPG_DB_DATETIME_EXTENT": "false", "TIPG_CATALOG_TTL": "86400",
        "TIPG_MAX_FEATURES_PER_TILE": "1000000000" if is_unlimited else str(_LIMIT),
    }  # fmt: skip
    with _serving(["uvicorn", "tipg.main:app", "--log-level=warning"], "--port={}", env) as port:
        yield port


def _dsn(url: str) -> str:
    """An address that tipg takes: a folder of sockets stands where a host does."""
    parts = sa.make_url(url)
    host = parts.host or str(parts.query.get("host", "localhost"))
    port = parts.port or parts.query.get("port", 5432)
    login = f"{parts.username}:{parts.password}" if parts.password else parts.username
    return f"postgresql://{login}@{quote(host, safe='')}:{port}/{parts.database}"


@contextmanager
def _serving(command: list[str], at: str, env: dict[str, str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", *command, at.format(port)], env={**os.environ, **env})
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until and server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()

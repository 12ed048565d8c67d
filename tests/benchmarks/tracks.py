"""Tracks from the file to the figures: a quarter's positions of a town loaded, cleaned, covered and rolled up.

    python -m tests.benchmarks.tracks [--days 90] [--probes 10 60] [--hours 2] [--seed 0]

Makes a town of 179 grids (110 km²) and files of its workers' positions, one worker a grid, two hours a day, a fix every 10 s,
with jumps, inaccurate and repeated fixes, in GCJ-02 as terminals tell them. Each file is loaded by `gridgov load tracks` in a
process of its own, into a database of its own: one file a day at each probe and at the end (so many days are stored then), the
days between them as one file. Prints the time of each load by phase, fixes a second, peak memory, and what a day costs after so
many days. A file of another town is loaded before, so that nothing is compiled meanwhile.

Beside it, where it is installed, movingpandas on the task of cleaning alone, with the same fixes in memory: outliers by speed and
cutting at silences. Both are told by what they take of the jumps that were made, and of the other fixes.
"""

import argparse
import importlib.util
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gridgov.analytics.patrol.cleaning import USABLE, clean
from gridgov.analytics.patrol.fixes import SECOND, Fixes
from gridgov.analytics.patrol.sessions import sessions_of
from gridgov.crs import from_wgs84, geometries_to_wgs84, parse_datum, to_wgs84
from gridgov.settings import settings
from gridgov.store import cluster, migrate
from tests.benchmarks.coverage import (
    GRID_HECTARES,
    METRIC_CRS,
    N_GRIDS,
    STEP_S,
    Polygons,
    make_grids,
    make_tracks,
    seconds,
)

DATUM = "GCJ-02"
FIRST_DAY = date(2026, 1, 5)
JUMPS, REPEATED, INACCURATE = 0.002, 0.01, 0.01
"""Shares of the fixes that are thrown far away, told twice, and said to be off by more than 50 m."""

_TOWN = """
town = "bench"
[about]
time_zone = "Asia/Shanghai"
crs = "EPSG:4549"
[columns]
"""
_GRIDS = f'kind = "grids"\nsource = "bench_grids"\ndatum = "WGS84"\n{_TOWN}code = "code"\n'
_TRACKS = f"""
kind = "tracks"
source = "bench"
datum = "{DATUM}"
time_zone = "Asia/Shanghai"
{_TOWN}
device = "device"
at = "at"
lon = "lon"
lat = "lat"
accuracy = "accuracy"
mode = {{ value = "ebike" }}
[units]
accuracy = "m"
[personal]
device = "pseudonym"
"""


@dataclass(frozen=True)
class Made:
    """Fixes of some days: device, microseconds UTC, metres, accuracy in metres, and which of them were thrown far away."""

    device: npt.NDArray[np.int32]
    at: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    accuracy_m: npt.NDArray[np.float64]
    is_jump: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at)


def make_fixes(rng: np.random.Generator, grids: Polygons, day: date, n_days: int, n_fixes: int) -> Made:
    """What the terminals of all grids tell on some days, an hour in the morning and one in the afternoon."""
    tracks = make_tracks(rng, grids, n_fixes, n_days)
    n = len(tracks.x)
    of_day = np.repeat(np.arange(n_days), len(grids) * n_fixes)
    place = np.tile(np.arange(n_fixes), n_days * len(grids))
    begin = int(pd.Timestamp(day, tz="Asia/Shanghai").timestamp())
    hour = np.where(place < n_fixes // 2, 8.5, 14.5 - n_fixes // 2 * STEP_S / 3600)
    at = (begin + of_day * 86_400 + hour * 3600 + place * STEP_S) * SECOND
    is_jump = rng.random(n) < JUMPS
    turn, far = rng.uniform(0, 2 * np.pi, n), rng.uniform(400, 3_000, n) * is_jump
    rows = np.sort(np.concatenate([np.arange(n), np.flatnonzero(rng.random(n) < REPEATED)]))
    accuracy = np.where(rng.random(n) < INACCURATE, rng.uniform(60, 400, n), rng.uniform(3, 20, n))
    device = np.tile(np.repeat(np.arange(len(grids)), n_fixes), n_days)
    x, y = tracks.x + rng.normal(0, 3, n) + far * np.cos(turn), tracks.y + rng.normal(0, 3, n) + far * np.sin(turn)
    kept = Made(device.astype(np.int32), at.astype(np.int64), x, y, accuracy, is_jump)
    return Made(**{name: column[rows] for name, column in vars(kept).items()})


def write_fixes(path: Path, made: Made) -> None:
    """The fixes as a terminals' server exports them: local times, degrees of the map service."""
    times = pd.to_datetime(made.at, unit="us", utc=True).tz_convert("Asia/Shanghai").tz_localize(None)
    lon, lat = from_wgs84(*to_wgs84(made.x, made.y, parse_datum(METRIC_CRS)), parse_datum(DATUM))
    columns = {
        "device": pa.array([f"D{k:04d}" for k in range(int(made.device.max()) + 1)]).take(pa.array(made.device)),
        "at": pa.array(times.to_numpy().astype("datetime64[us]")),
        "lon": np.round(lon, 6),
        "lat": np.round(lat, 6),
        "accuracy": np.round(made.accuracy_m, 1),
    }
    pq.write_table(pa.table(columns), path, row_group_size=200_000)


def _written(path: Path, seed: list[int], *what: Any) -> None:
    """`write_fixes` of `make_fixes` in a process of its own: a child's peak memory is never below its parent's."""
    job = multiprocessing.get_context("spawn").Process(target=_write, args=(path, seed, what))
    job.start()
    job.join()


def _write(path: Path, seed: list[int], what: tuple[Any, ...]) -> None:
    write_fixes(path, make_fixes(np.random.default_rng(seed), *what))


# ---- end to end ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """A load as its command tells it: seconds in all, of the processor (without the database's) and by phase; the report."""

    seconds: float
    cpu_s: float
    phases: dict[str, float]
    report: dict


def load(folder: Path, kind: str, path: Path, mapping: str = "") -> Load:
    """`gridgov load` in a process of its own."""
    told = folder / "report.json"
    command = [sys.executable, "-m", "gridgov.cli", "load", kind, str(path)]
    command += ["--mapping", str(folder / f"{mapping or kind}.toml"), "--report", str(told)]
    began, cpu = time.perf_counter(), _cpu_s()
    since = began
    phases, phase = defaultdict[str, float](float), "start"
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            now = time.perf_counter()
            phases[phase] += now - since
            phase, since = line.split(" ...")[0].strip(), now
    phases[phase] += time.perf_counter() - since
    if process.returncode:
        raise SystemExit("".join(lines))
    return Load(time.perf_counter() - began, _cpu_s() - cpu, dict(phases), json.loads(told.read_text()))


def _cpu_s() -> float:
    """What processes that ended here have used of the processor, seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def end_to_end(folder: Path, days: int, probes: list[int], n_fixes: int, seed: int) -> None:
    """Load the days, one of them alone at each probe and at the end, and print what they cost."""
    cluster.up()
    migrate.upgrade()
    grids = make_grids(np.random.default_rng(seed), N_GRIDS, GRID_HECTARES)
    degrees = geometries_to_wgs84(grids, parse_datum(METRIC_CRS))
    gpd.GeoDataFrame({"code": [f"{k:03d}" for k in range(N_GRIDS)]}, geometry=list(degrees), crs=4326).to_file(
        folder / "grids.geojson"
    )
    (folder / "grids.toml").write_text(_GRIDS)
    (folder / "tracks.toml").write_text(_TRACKS)
    load(folder, "grids", folder / "grids.geojson")
    _warm(folder, grids)
    edges = sorted({0, days, *(edge for probe in (*probes, days - 1) for edge in (probe, probe + 1) if edge <= days)})
    total, n_total, of_day = defaultdict[str, float](float), 0, []
    for begin, end in pairwise(edges):
        path = folder / "fixes.parquet"
        _written(path, [seed, begin], grids, FIRST_DAY + timedelta(begin), end - begin, n_fixes)
        done = load(folder, "tracks", path)
        n = done.report["read"]
        shown = ", ".join(f"{name} {took:.1f}" for name, took in done.phases.items() if took > 0.05)
        print(f"load      {end - begin:3d} days after {begin:3d}: {n:>10,} fixes, {done.seconds:7.1f} s ({shown}), "
              f"{done.cpu_s:.1f} s of the processor, peak {done.report['peak_mb']:,.0f} MB", flush=True)  # fmt: skip
        n_total += n
        for name, took in {"in all": done.seconds, "cpu": done.cpu_s}.items():
            total[name] += took
        if end - begin == 1:
            of_day.append((begin, done.seconds, done.cpu_s))
    caught = done.report["facts"]["cleaning"]
    print(f"whole     {n_total:,} fixes of {days} days in {total['in all']:.0f} s ({total['cpu']:.0f} s of the processor): "
          f"{n_total / total['in all']:,.0f} fixes/s")  # fmt: skip
    print(f"a day     {', '.join(f'{took:.1f} s ({cpu:.1f}) after {begin} days' for begin, took, cpu in of_day)}")
    print(f"last day  {', '.join(f'{n:,} {name}' for name, n in caught.items() if n)}")
    base = sum(file.stat().st_size for file in (folder / "lake").rglob("*.parquet")) / n_total
    print(f"lake      {base:.1f} bytes a fix")


def _warm(folder: Path, grids: Polygons) -> None:
    """A minute of tracks into another town: what is compiled once on a machine is compiled."""
    (folder / "warm.toml").write_text(_TRACKS.replace('town = "bench"', 'town = "warm"'))
    write_fixes(folder / "warm.parquet", make_fixes(np.random.default_rng(0), grids, FIRST_DAY, 1, 6))
    load(folder, "tracks", folder / "warm.parquet", "warm")


# ---- cleaning alone --------------------------------------------------------------------------------------------------


def beside_movingpandas(made: Made) -> None:
    """Cleaning and cutting the same fixes, ours and movingpandas'."""
    fixes = Fixes(
        made.device, np.full(len(made), -1, np.int32), made.at, made.x, made.y, made.accuracy_m,
        np.ones(len(made), np.int8),
    )  # fmt: skip
    sessions_of(fixes, clean(fixes))  # compiles

    # Judged by what only speed can tell: repeated and inaccurate fixes are other filters'.
    judged = ~pd.DataFrame({"device": made.device, "at": made.at}).duplicated(keep=False).to_numpy()
    judged &= made.accuracy_m <= 50

    def told(name: str, took: float, taken: npt.NDArray[np.bool_]) -> None:
        jumps, others = taken[judged & made.is_jump].mean(), taken[judged & ~made.is_jump].mean()
        print(f"cleaning  {name:32} {took:8.3f} s {len(made) / took:>12,.0f} fixes/s   takes {jumps:.3f} of the jumps, "
              f"{others:.5f} of the others", flush=True)  # fmt: skip

    ours = seconds(lambda: sessions_of(fixes, clean(fixes)), 5)
    told("gridgov, all filters, sessions", ours, clean(fixes).code != USABLE)
    if importlib.util.find_spec("movingpandas") is None:
        print("movingpandas: not installed, skipped")
        return
    theirs, taken = _movingpandas(made)
    told("movingpandas, outliers, splitting", theirs, taken)
    print(f"          {theirs / ours:,.0f} x the time of ours")


def _movingpandas(made: Made) -> tuple[float, npt.NDArray[np.bool_]]:
    """Seconds it takes, and which fixes it took. Repeated instants are left out for it: its index must be unique."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses packages that it does not need for this
        import movingpandas

    rows = np.flatnonzero(~pd.DataFrame({"device": made.device, "at": made.at}).duplicated().to_numpy())
    frame = gpd.GeoDataFrame(
        {"device": made.device[rows], "row": rows, "t": pd.to_datetime(made.at[rows], unit="us")},
        geometry=gpd.points_from_xy(made.x[rows], made.y[rows]), crs=METRIC_CRS,
    )  # fmt: skip

    def job() -> "movingpandas.TrajectoryCollection":
        tracks = movingpandas.TrajectoryCollection(frame, "device", t="t")
        cleaned = movingpandas.OutlierCleaner(tracks).clean(v_max=12, units=("m", "s"))
        movingpandas.ObservationGapSplitter(cleaned).split(gap=timedelta(seconds=300))
        return cleaned

    found: list[movingpandas.TrajectoryCollection] = []
    took = seconds(lambda: found.append(job()))
    kept = np.concatenate([track.df["row"].to_numpy() for track in found[0].trajectories])
    taken = np.zeros(len(made), bool)
    taken[rows] = True
    taken[kept] = False
    return took, taken


def main() -> None:
    parser = argparse.ArgumentParser(description="Tracks from the file to the figures.")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument(
        "--probes", type=int, nargs="*", default=[10, 60], help="days stored when a day is loaded alone"
    )
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--cleaning", type=int, default=1, help="days cleaned beside movingpandas; 0 = none")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, n_fixes = np.random.default_rng(options.seed), int(options.hours * 3600 / STEP_S)
    if options.cleaning:
        grids = make_grids(rng, N_GRIDS, GRID_HECTARES)
        beside_movingpandas(make_fixes(rng, grids, FIRST_DAY, options.cleaning, n_fixes))
    if options.days:
        _in_a_home(lambda folder: end_to_end(folder, options.days, options.probes, n_fixes, options.seed))


def _in_a_home(job: Callable[[Path], None]) -> None:
    """Do something in a state folder of its own, with a database that nobody else uses."""
    home = Path(tempfile.mkdtemp(prefix="gridgov-bench-"))
    home.chmod(0o755)  # the server's user must get in
    os.environ.pop("GRIDGOV_DATABASE_URL", None)
    os.environ["GRIDGOV_HOME"] = str(home)
    settings.cache_clear()

    try:
        job(home)
    finally:
        cluster.private().remove()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()

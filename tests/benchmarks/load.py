"""`make bench WHAT=load`: loading incidents, whole and staging alone, beside peers in the same run.

A made-up town and a made-up file of incidents (nine columns, Parquet). Whole = read, checked, located, staged, merged into
cases and ledger, all indexes written. Peers write the bare points: `GeoDataFrame.to_postgis`, and `ogr2ogr` from a
GeoPackage where it is installed. Prints rows a second, ratios, and peak memory of the loading process at two file sizes.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.benchmarks.locate import make_town

_MAPPING = """
kind = "incidents"
town = "bench"
source = "bench"
time_zone = "Asia/Shanghai"
datum = "WGS84"
[columns]
case_no = "case_no"
reported_at = "reported_at"
closed_at = "closed_at"
due_at = "due_at"
category = "category"
unit = "unit"
channel = "channel"
lon = "lon"
lat = "lat"
"""
_GRIDS = """
kind = "grids"
town = "bench"
source = "bench_grids"
datum = "WGS84"
[about]
time_zone = "Asia/Shanghai"
crs = "EPSG:4549"
[columns]
code = "code"
"""


def make_incidents(n: int, bounds: tuple[float, float, float, float], seed: int = 1) -> pa.Table:
    """n incidents over five years, most of them in the town."""
    rng = np.random.default_rng(seed)
    west, south, east, north = bounds
    reported = np.datetime64("2021-01-01", "us") + np.sort(rng.integers(0, 5 * 365 * 86_400, n)).astype(
        "timedelta64[s]"
    )
    took = rng.exponential(5 * 86_400, n).astype("timedelta64[s]")
    closed = pd.Series(reported + took).where(rng.random(n) < 0.98)
    return pa.table(
        {
            "case_no": pa.array([f"C{i:09d}" for i in range(n)]),
            "reported_at": pa.array(reported, pa.timestamp("us")),
            "closed_at": pa.array(closed, pa.timestamp("us"), from_pandas=True),
            "due_at": pa.array(reported + np.timedelta64(7, "D"), pa.timestamp("us")),
            "category": pa.array(rng.choice([f"category {i}" for i in range(40)], n)),
            "unit": pa.array(rng.choice([f"unit {i}" for i in range(38)], n)),
            "channel": pa.array(rng.choice(["worker", "hotline", "app", "camera"], n)),
            "lon": rng.uniform(west, east, n),
            "lat": rng.uniform(south, north, n),
        }
    )


def _child(arguments: list[str]) -> dict[str, float]:
    """Run one contender in a process of its own; returns what it printed as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load", *arguments], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def contend(what: str, folder: Path, rows: int) -> dict[str, float]:
    """One contender, timed from its file to the committed table."""
    from gridgov.pipelines.incidents import load_incidents
    from gridgov.sources.mapping import parse_mapping
    from gridgov.store import cluster

    path = folder / f"incidents_{rows}.parquet"
    mapping = parse_mapping(_MAPPING)
    if what == "to_postgis":
        import sqlalchemy as sa

        frame = pd.read_parquet(path)
        engine = sa.create_engine(sa.make_url(cluster.database_url()).set(drivername="postgresql+psycopg"))
        began = time.perf_counter()
        points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame.pop("lon"), frame.pop("lat")), crs=4326)
        points.to_postgis("bench_to_postgis", engine, schema="public", index=False, if_exists="replace")
        seconds = time.perf_counter() - began
    elif what == "staging":
        seconds = _staging(path, mapping)
    else:
        began = time.perf_counter()
        report = load_incidents(path, mapping)
        seconds = time.perf_counter() - began
        assert report.loaded == rows, report
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _staging(path: Path, mapping: object) -> float:
    """Read, check, locate and stage, without the merge."""
    from gridgov.pipelines import incidents
    from gridgov.pipelines.placing import placer_of
    from gridgov.pipelines.words import Words
    from gridgov.settings import settings
    from gridgov.sources.incidents import read_incidents
    from gridgov.store import cases, runs
    from gridgov.store.database import reading, writing
    from gridgov.store.staging import Stage

    with reading() as connection:
        placer = placer_of(runs.town_of(connection, "bench"), connection)
    began, words = time.perf_counter(), Words()
    schema = cases.incidents_stage(placer.others)
    with incidents.open_incidents(path, mapping) as source, Stage("stage_bench_0", schema) as stage:
        for batch in source.batches(settings().batch_rows):
            stage.append(incidents.staged(read_incidents(batch, mapping).good, placer, words))
    seconds = time.perf_counter() - began
    with writing() as connection:
        connection.exec_driver_sql("DROP TABLE gridgov.stage_bench_0")
    return seconds


def _ogr2ogr(folder: Path, rows: int) -> float | None:
    program = shutil.which("ogr2ogr")
    if program is None:
        print("ogr2ogr: not installed (apt-get install gdal-bin), skipped")
        return None
    from gridgov.store import cluster

    frame = pd.read_parquet(folder / f"incidents_{rows}.parquet")
    points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame.pop("lon"), frame.pop("lat")), crs=4326)
    package = folder / "incidents.gpkg"
    points.to_file(package, layer="incidents")
    began = time.perf_counter()
    subprocess.run(
        [program, "-f", "PostgreSQL", f"PG:{cluster.database_url()}", str(package), "-nln", "public.bench_ogr2ogr",
         "-overwrite", "--config", "PG_USE_COPY", "YES"],
        check=True, capture_output=True,
    )  # fmt: skip
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--contend", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.contend:
        what, folder = arguments.contend
        print(json.dumps(contend(what, Path(folder), arguments.rows)))
        return
    home = tempfile.mkdtemp(prefix="gridgov-bench-")
    Path(home).chmod(0o755)  # the server's user must get in
    os.environ.pop("GRIDGOV_DATABASE_URL", None)
    os.environ["GRIDGOV_HOME"] = home
    from gridgov.store import cluster

    try:
        _run(Path(home), arguments.rows)
    finally:
        cluster.private().remove()
        shutil.rmtree(home, ignore_errors=True)


def _run(folder: Path, rows: int) -> None:
    from gridgov.pipelines.grids import load_grids
    from gridgov.sources.mapping import parse_mapping
    from gridgov.store import cluster, migrate
    from gridgov.store.database import writing

    cluster.up()
    migrate.upgrade()
    town = make_town(np.random.default_rng(0))
    town = gpd.GeoDataFrame({"code": [f"{i:03d}" for i in range(len(town))]}, geometry=list(town), crs=4326)
    town.to_file(folder / "grids.geojson")
    load_grids(folder / "grids.geojson", parse_mapping(_GRIDS))
    for n in (rows, max(rows // 4, 1)):
        pq.write_table(
            make_incidents(n, tuple(town.total_bounds)), folder / f"incidents_{n}.parquet", row_group_size=200_000
        )

    def measured(what: str, n: int) -> dict[str, float]:
        with writing() as connection:
            connection.exec_driver_sql(
                "TRUNCATE gridgov.case_record, gridgov.case_event, gridgov.case_grid, gridgov.case_revision"
            )
        return _child(["--rows", str(n), "--contend", what, str(folder)])

    measured("load", max(rows // 4, 1))  # numba compiles, caches warm
    small = measured("load", max(rows // 4, 1))
    whole = measured("load", rows)
    peer = measured("to_postgis", rows)
    staging = measured("staging", rows)
    again = measured("load", rows)
    whole = min(whole, again, key=lambda r: r["seconds"])
    ogr = _ogr2ogr(folder, rows)

    def line(name: str, seconds: float) -> None:
        print(
            f"{name:<38} {seconds:7.2f} s {rows / seconds:>12,.0f} rows/s   {peer['seconds'] / seconds:6.2f} x to_postgis"
        )

    print(f"{rows:,} incidents, 9 columns, 179 grids")
    line("gridgov load: cases, ledger, indexes", whole["seconds"])
    line("gridgov staging alone", staging["seconds"])
    line("GeoDataFrame.to_postgis, bare points", peer["seconds"])
    if ogr:
        line("ogr2ogr from GeoPackage, bare points", ogr)
    print(
        f"peak memory of the load: {small['peak_mb']:,.0f} MB at {rows // 4:,} rows, {whole['peak_mb']:,.0f} MB at {rows:,} rows"
    )


if __name__ == "__main__":
    main()

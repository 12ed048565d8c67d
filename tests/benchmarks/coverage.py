"""Coverage of grids by patrols: cells on the lattice against shapely's exact buffer and intersection, in one run.

    python -m tests.benchmarks.coverage [--days 8] [--hours 2] [--accuracy 1000] [--rounds 5] [--seed 0]

Makes a town of 179 grids (110 km²) and a worker for each who wanders about in it for some hours a day with a fix every
10 s, on grounds of a kilometre, as patrols do: back and forth over their own way. The exact side buffers each worker-day
by 30 m, cuts it with the worker's grid and divides the areas; ours sweeps the same fixes and counts what each worker-day
shares with *every* grid. Both get arrays of metres. Then the two shares are compared on small, middle and usual grids.
Exits with 1 if they differ by more than 0.5 percentage points in grids from 10 ha, 1.5 (mean 0.2) in smaller ones.
"""

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import shapely

from gridgov.analytics.patrol.cells import Cells, of_owners, shared, sizes, to_table, union
from gridgov.analytics.patrol.coverage import coverage, grid_cells
from gridgov.analytics.patrol.recency import idleness, last_visits
from gridgov.analytics.patrol.spots import blind_spots
from gridgov.analytics.patrol.sweeping import RADIUS_M, swept
from gridgov.analytics.patrol.tracks import Tracks
from gridgov.crs import geometries_to_wgs84, parse_datum

METRIC_CRS = "EPSG:4549"
CORNER = (528_000.0, 3_509_000.0)  # near Xuxiake, metres
N_GRIDS, GRID_HECTARES = 179, 61.5
STEP_S = 10.0

Polygons = npt.NDArray[np.object_]


def make_grids(rng: np.random.Generator, n: int, hectares: float) -> Polygons:
    """Voronoi cells of random seats in a square, their borders bent like ditches and lanes; metres."""
    side = (n * hectares * 10_000) ** 0.5
    seats = shapely.MultiPoint(rng.uniform(0, side, (n, 2)))
    square = shapely.box(0, 0, side, side)
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=square)), square)

    def bend(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = xy.T
        return np.add(CORNER, xy) + 12 * np.column_stack([np.sin(y / 70), np.sin(x / 80)])

    return np.asarray(shapely.transform(shapely.segmentize(cells, 12), bend))


def make_tracks(rng: np.random.Generator, grids: Polygons, n_fixes: int, days: int = 1) -> Tracks:
    """For each day and grid somebody who wanders about within its bounds, on foot or by e-bike, with halts."""
    xs, ys = [], []
    for west, south, east, north in np.tile(shapely.bounds(grids), (days, 1)):
        turn = np.cumsum(rng.normal(0, 0.25, n_fixes))
        pace = np.abs(rng.normal(rng.choice([12.0, 30.0]), 4, n_fixes)) * (rng.random(n_fixes) > 0.15)
        size = np.array([east - west, north - south])
        way = np.mod(
            rng.uniform(0, size) + np.cumsum(pace * np.array([np.cos(turn), np.sin(turn)]), axis=1).T, 2 * size
        )
        xs.append(west + np.where(way > size, 2 * size - way, way)[:, 0])
        ys.append(south + np.where(way > size, 2 * size - way, way)[:, 1])
    n = len(xs)
    return Tracks(
        np.concatenate(xs), np.concatenate(ys), np.tile(np.arange(n_fixes) * STEP_S, n), np.arange(n + 1) * n_fixes
    )


def exact_shares(grids: Polygons, tracks: Tracks) -> npt.NDArray[np.float64]:
    """Of each track, in the grid it was made for."""
    shares = []
    for k in range(len(tracks.first) - 1):
        a, b = tracks.first[k], tracks.first[k + 1]
        grid = grids[k % len(grids)]
        line = shapely.LineString(np.column_stack([tracks.x[a:b], tracks.y[a:b]]))
        shares.append(line.buffer(RADIUS_M, quad_segs=16).intersection(grid).area / grid.area)
    return np.array(shares)


def differences(grids: Polygons, tracks: Tracks) -> npt.NDArray[np.float64]:
    """Our share minus the exact one, in percentage points, of each track in the grid it was made for."""
    cells = grid_cells(geometries_to_wgs84(grids, parse_datum(METRIC_CRS)), METRIC_CRS)
    found = coverage(swept(tracks), cells).set_index(["owner", "grid"])["land_share"]
    own = [(k, k % len(grids)) for k in range(len(tracks.first) - 1)]
    return np.asarray(100 * (found.reindex(own, fill_value=0.0).to_numpy() - exact_shares(grids, tracks)))


def seconds(job: Callable[[], object], repeats: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """Median of some runs."""
    took = []
    for _ in range(repeats):
        begun = clock()
        job()
        took.append(clock() - begun)
    return statistics.median(took)


def main() -> int:
    parser = argparse.ArgumentParser(description="Coverage of grids: the lattice against exact buffers.")
    parser.add_argument("--days", type=int, default=8)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--accuracy", type=int, default=1000, help="tracks to compare")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    rng = np.random.default_rng(options.seed)
    grids = make_grids(rng, N_GRIDS, GRID_HECTARES)
    tracks = make_tracks(rng, grids, int(options.hours * 3600 / STEP_S), options.days)
    n = len(tracks.x)
    print(f"town      {N_GRIDS} grids; {len(tracks.first) - 1:,} worker-days, {n:,} fixes at {STEP_S:g} s")

    degrees = geometries_to_wgs84(grids, parse_datum(METRIC_CRS))
    cells = grid_cells(degrees, METRIC_CRS)
    print(
        f"grids     {sizes(cells)[1].sum():,} cells in {len(cells.block):,} blocks, labelled in "
        f"{seconds(lambda: grid_cells(degrees, METRIC_CRS), 3):.2f} s"
    )
    coverage(swept(tracks), cells)  # compiles, or reads the compiled code from disk
    halves = _halves(tracks)

    def ours() -> None:
        coverage(swept(tracks), cells)

    def by_two_threads() -> None:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda part: coverage(swept(part), cells), halves))

    def exact() -> None:
        exact_shares(grids, tracks)

    # Side by side, so that a busy moment of the machine hits all of them; and by the processor's time as well, which
    # says more on a machine that others use. Two threads cannot be told apart by that.
    wall: dict[str, list[float]] = {"lattice": [], "lattice, 2 threads": [], "exact": []}
    cpu: dict[str, list[float]] = {"lattice": [], "exact": []}
    for _ in range(options.rounds):
        for name, job in (
            ("lattice", ours),
            ("lattice, 2 threads", by_two_threads),
            ("exact", exact),
            ("lattice", ours),
        ):
            wall[name].append(seconds(job))
        for name, job in (("lattice", ours), ("exact", exact)):
            cpu[name].append(seconds(job, clock=time.process_time))
    for kind, rows in (("wall", wall), ("cpu", cpu)):
        slow = statistics.median(rows["exact"])
        for name, took in rows.items():
            median = statistics.median(took)
            print(
                f"{kind:5} {name:20} {n / median / 1e6:7.3f} M fixes/s   {slow / median:6.1f} x the exact answer's speed"
            )
    print(
        f"cpu   {'sweeping alone':20} {n / seconds(lambda: swept(tracks), 5, time.process_time) / 1e6:7.3f} M fixes/s"
    )

    _show_the_rest(tracks, cells, options.days)
    print(f"memory    peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")

    is_wrong = False
    for name, hectares, limit, mean_limit in (
        ("small", 3.0, 1.5, 0.2),
        ("middle", 25.0, 0.5, 0.5),
        ("usual", 61.5, 0.5, 0.5),
    ):
        some = make_grids(rng, 200, hectares)
        area = shapely.area(some) / 10_000
        some = some[(area >= 0.5) & (area < 10) if hectares < 10 else area >= 10]
        made = make_tracks(rng, some, 360, -(-options.accuracy // len(some)))
        off = np.abs(differences(some, made))
        is_wrong |= bool(off.max() > limit or off.mean() > mean_limit)
        area = shapely.area(some) / 10_000
        print(f"accuracy  {name}: {len(off)} worker-days in grids of {area.min():.1f} to {area.max():.0f} ha: at most "
              f"{off.max():.3f} points off, mean {off.mean():.4f}")  # fmt: skip
    return 1 if is_wrong else 0


def _show_the_rest(tracks: Tracks, cells: Cells, days: int) -> None:
    """What follows from swept cells: size, roll-up, recency."""
    worker_days = swept(tracks)
    of_day = union(worker_days, worker_days.owner // N_GRIDS)
    size = to_table(worker_days).nbytes / (len(tracks.first) - 1)
    print(f"kept      {len(worker_days.block) / (len(tracks.first) - 1):.1f} blocks, {size / 1000:.1f} kB a worker-day "
          f"before compression; {len(of_day.block) / days:.0f} blocks a town's day")  # fmt: skip
    visits = last_visits(of_day, cells)
    last_day = days - 1
    steps: dict[str, Callable[[], object]] = {
        "union of the days": lambda: union(of_day),
        "grids of the union": lambda: shared(union(of_day), cells),
        "one more day's last visits": lambda: last_visits(of_owners(of_day, [last_day]), cells, visits),
        "idleness of all cells": lambda: idleness(of_day, cells, 0, last_day),
        "blind spots of 3 days": lambda: blind_spots(visits, cells, last_day, min(3, days), METRIC_CRS, known_since=0),
    }
    for name, step in steps.items():
        step()
        print(f"{name:30} {1000 * seconds(step, 3):7.1f} ms")


def _halves(tracks: Tracks) -> list[Tracks]:
    middle = (len(tracks.first) - 1) // 2
    cut = tracks.first[middle]
    return [
        Tracks(tracks.x[:cut], tracks.y[:cut], tracks.at[:cut], tracks.first[: middle + 1]),
        Tracks(tracks.x[cut:], tracks.y[cut:], tracks.at[cut:], tracks.first[middle:] - cut),
    ]


if __name__ == "__main__":
    sys.exit(main())

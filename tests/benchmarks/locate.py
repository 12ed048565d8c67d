"""Point in grid: the lattice against geopandas.sjoin and SedonaDB, in one run on one machine.

    python -m tests.benchmarks.locate [--points 2000000] [--rounds 3] [--seed 0]

Makes a town of 179 wiggly grids (about 265 vertices each, 110 km²) and random points in it, gives the same points to
all contenders in turn, round after round, and prints medians and the ratios to the lattice. Contenders get plain
coordinate arrays, because that is what a source delivers: making point geometries is part of their job. All of them
must end with one position a point, the lowest where there are several; only `within` is let off the tie rule. Exits
with 1 if the lattice differs from GEOS anywhere.
"""

import argparse
import importlib.util
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from gridgov.crs import STORE_CRS, geometries_to_wgs84, parse_datum, to_wgs84
from gridgov.lattice import Lattice

METRIC_CRS = "EPSG:4549"
CENTRE = (533_170.0, 3_514_200.0)  # near Xuxiake, metres
RADIUS_M = 5_917.0  # a disc of 110 km²
N_GRIDS = 179

Locate: TypeAlias = Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], npt.NDArray[np.int32]]


def make_town(rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Voronoi cells of random seats, their borders bent like ditches and lanes; EPSG:4326, sharing every border."""
    disc = shapely.Point(CENTRE).buffer(RADIUS_M, quad_segs=64)
    seats = shapely.MultiPoint(_in_disc(rng, N_GRIDS, 0.96 * RADIUS_M))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=disc.buffer(1_000))), disc)

    def bend(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = xy.T
        return xy + np.column_stack(
            [25 * np.sin(y / 70) + 12 * np.sin(y / 23), 25 * np.sin(x / 80) + 12 * np.sin(x / 19)]
        )

    bent = shapely.transform(shapely.segmentize(cells, 12), bend)
    return geometries_to_wgs84(bent, parse_datum(METRIC_CRS))


def make_points(rng: np.random.Generator, n: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitudes and latitudes of n random places in the town's disc."""
    xy = _in_disc(rng, n, RADIUS_M)
    return to_wgs84(xy[:, 0], xy[:, 1], parse_datum(METRIC_CRS))


def _in_disc(rng: np.random.Generator, n: int, radius: float) -> npt.NDArray[np.float64]:
    r, angle = radius * np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
    return np.column_stack([CENTRE[0] + r * np.cos(angle), CENTRE[1] + r * np.sin(angle)])


def by_sjoin(grids: npt.NDArray[np.object_], predicate: str) -> Locate:
    right = gpd.GeoDataFrame({"position": np.arange(len(grids))}, geometry=grids, crs=STORE_CRS)

    def locate(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        left = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat, crs=STORE_CRS))
        joined = gpd.sjoin(left, right, predicate=predicate, how="left")["position"]
        if joined.index.has_duplicates:
            joined = joined.groupby(level=0).min()
        return joined.fillna(-1).to_numpy(np.int32)

    return locate


def by_sedona(grids: npt.NDArray[np.object_]) -> Locate:
    import sedonadb

    context = sedonadb.connect()
    table = pa.table({"position": np.arange(len(grids), dtype=np.int32), "wkb": shapely.to_wkb(grids)})
    context.create_data_frame(table).to_view("wkb_grids")
    context.sql("SELECT position, ST_GeomFromWKB(wkb) AS geom FROM wkb_grids").to_memtable().to_view("grids")

    def locate(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        points = pa.table({"id": np.arange(len(lon), dtype=np.int32), "lon": lon, "lat": lat})
        context.create_data_frame(points).to_view("points", overwrite=True)
        joined = context.sql(
            "SELECT p.id, g.position FROM (SELECT id, ST_Point(lon, lat) AS geom FROM points) AS p "
            "JOIN grids AS g ON ST_Intersects(g.geom, p.geom)"
        )
        pairs = pa.table(joined)  # through the Arrow stream: its own to_arrow_table wants one more package
        # The tie rule in NumPy, which is quicker than GROUP BY here.
        found = np.full(len(lon), len(grids), np.int32)
        np.minimum.at(found, pairs["id"].to_numpy(), pairs["position"].to_numpy())
        found[found == len(grids)] = -1
        return found

    return locate


def by_geos(grids: npt.NDArray[np.object_]) -> Locate:
    """The answer key: GEOS's own intersects, lowest position."""
    tree = shapely.STRtree(grids)

    def locate(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        point, position = tree.query(shapely.points(lon, lat), predicate="intersects")
        found = np.full(len(lon), len(grids), np.int32)
        np.minimum.at(found, point, position.astype(np.int32))
        found[found == len(grids)] = -1
        return found

    return locate


def seconds(locate: Locate, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], repeats: int = 1) -> float:
    """Median of some runs."""
    took = []
    for _ in range(repeats):
        begun = time.perf_counter()
        locate(lon, lat)
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description="Point in grid: the lattice against its peers.")
    parser.add_argument("--points", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    rng = np.random.default_rng(options.seed)
    grids = make_town(rng)
    lon, lat = make_points(rng, options.points)
    n_vertices = shapely.get_num_coordinates(grids)
    print(f"town      {len(grids)} grids, {n_vertices.mean():.0f} vertices each; {options.points:,} points")

    Lattice.build(grids[:2], METRIC_CRS)  # compiles, or reads the compiled code from disk
    before = peak_mb()
    begun = time.perf_counter()
    lattice = Lattice.build(grids, METRIC_CRS)
    print(
        f"lattice   {lattice.shape[0]} x {lattice.shape[1]} cells of {lattice.cell_m:g} m, "
        f"built in {time.perf_counter() - begun:.2f} s"
    )
    lattice.locate(lon, lat)
    print(f"memory    peak {before:.0f} MB before the lattice, {peak_mb():.0f} MB after building it and locating")

    contenders: dict[str, Locate] = {
        "sjoin(intersects)": by_sjoin(grids, "intersects"),
        "sjoin(within)": by_sjoin(grids, "within"),
    }
    if importlib.util.find_spec("sedonadb"):
        contenders["SedonaDB"] = by_sedona(grids)
    else:
        print("SedonaDB  skipped: the package sedonadb is not installed (it is in the extra `bench`)")

    rows = {"lattice": [seconds(lattice.locate, lon, lat, 9)]} | {name: [] for name in contenders}
    for _ in range(options.rounds):
        for name, locate in contenders.items():
            # The lattice runs beside each of them, so that a busy moment of the machine hits both sides of a ratio.
            rows["lattice"].append(seconds(lattice.locate, lon, lat, 9))
            rows[name].append(seconds(locate, lon, lat))
    ours = statistics.median(rows["lattice"])
    for name, took in rows.items():
        median = statistics.median(took)
        print(f"{name:18} {options.points / median / 1e6:8.2f} M points/s   {median / ours:7.1f} x the lattice's time")

    edges = np.concatenate([_edges(grid) for grid in grids])
    vertices, midpoints = edges[:, :2], (edges[:, :2] + edges[:, 2:]) / 2
    key = by_geos(grids)
    n_wrong = 0
    for name, (x, y) in {"random": (lon, lat), "vertices": vertices.T, "edge midpoints": midpoints.T}.items():
        n_differ = int((lattice.locate(x, y) != key(x, y)).sum())
        n_wrong += n_differ
        print(f"mismatches {n_differ} of {len(x):,} {name}")
    for name, locate in contenders.items():
        if name != "sjoin(within)":
            n_differ = int((lattice.locate(lon, lat) != locate(lon, lat)).sum())
            print(f"mismatches {n_differ} of the random points with {name}")
    print(f"memory    peak {peak_mb():.0f} MB with all contenders")
    return 1 if n_wrong else 0


def _edges(grid: shapely.Geometry) -> npt.NDArray[np.float64]:
    rings = (shapely.get_coordinates(ring) for ring in shapely.get_rings(grid))
    return np.concatenate([np.column_stack([ring[:-1], ring[1:]]) for ring in rings])


if __name__ == "__main__":
    sys.exit(main())

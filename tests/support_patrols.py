"""Helpers of the tests of questions on patrols: random walks over the squares, and an obvious reference for what they cover."""

import random
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridgov.crs import from_wgs84, parse_datum
from tests.support import METRIC
from tests.support_tracks import Fix, local, walk


def wanderings(seed: int, first: date, n_days: int) -> list[Fix]:
    """Three people who walk straight on for some minutes on most days, in the 3 x 3 squares and beyond their edge."""
    drawn = random.Random(seed)
    rows: list[Fix] = []
    for day in range(n_days):
        for device in ("a", "b", "c"):
            if drawn.random() < 0.3:
                continue
            start = (drawn.uniform(-0.1, 2.8), drawn.uniform(0, 2.8))
            step = (drawn.uniform(-20, 20), drawn.uniform(-20, 20))
            begin = local(first + timedelta(day), drawn.choice([8, 13.5, 16]))
            rows += walk(device, begin, drawn.randint(2, 60), start=start, step=step, person=device, mode="walk")
    return rows


def day_of(row: Fix) -> date:
    """The local day of a fix."""
    return datetime.fromisoformat(row["at"]).date()


def lines_by_day(rows: list[Fix]) -> dict[date, list[BaseGeometry]]:
    """The ways of each day in the metric CRS; one device walks once a day."""
    found: dict[tuple[date, str], list[tuple[float, float]]] = {}
    for row in rows:
        found.setdefault((day_of(row), row["device"]), []).append((row["x"], row["y"]))
    lines: dict[date, list[BaseGeometry]] = {}
    for (day, _), places in found.items():
        lon, lat = np.array(places).T
        lines.setdefault(day, []).append(shapely.LineString(np.column_stack(from_wgs84(lon, lat, parse_datum(METRIC)))))
    return lines


@lru_cache(maxsize=9)
def centres(outline: BaseGeometry, cell_m: float = 5.0) -> np.ndarray:
    """The centres of all cells of the lattice in a polygon (EPSG:4326), as Points in the metric CRS; made once for a city."""
    metric = shapely.transform(outline, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], parse_datum(METRIC))))
    west, south, east, north = (round(side / cell_m) for side in metric.bounds)
    x, y = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    x, y = (x.ravel() + 0.5) * cell_m, (y.ravel() + 0.5) * cell_m
    kept = shapely.contains_xy(metric, x, y)
    return np.asarray(shapely.points(x[kept], y[kept]))


def near(points: np.ndarray, lines: list[BaseGeometry], radius_m: float = 30.0) -> np.ndarray:
    """Which points lie within the radius of any of the lines."""
    if not lines:
        return np.zeros(len(points), bool)
    every = shapely.union_all(lines)
    shapely.prepare(every)
    return np.asarray(shapely.dwithin(every, points, radius_m))

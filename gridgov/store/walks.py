"""What was done of the plan, kept day by day: the cells of planned routes that were seen, and the visits of checkpoints.

Kept by what a route or checkpoint is (its key: of its geometry, and of the times of a route), not by its row: a plan that says
the same again changes nothing, and what was done of an earlier plan stays. The lines it is made of may go (retention).
"""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from sqlalchemy.engine import Connection

from gridgov.analytics.patrol.tracks import Tracks
from gridgov.crs import from_wgs84, parse_datum
from gridgov.store.copying import EPOCH_2000, copy_rows, day, number, packed_row
from gridgov.store.database import frame, run
from gridgov.store.visits import EPOCH


def plan_of(connection: Connection, town_id: int, on: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The routes and the checkpoints that a plan names for a day, each key once.

    returns  key, weekdays, windows, valid_from, valid_to, geom (LineString, EPSG:4326) of routes; key, lon, lat of checkpoints
    """
    values = {"town_id": town_id, "day_on": on}
    routes = frame(connection, "load/plan/routes", values)
    routes["geom"] = shapely.from_wkb(routes["geom"].map(bytes).to_numpy(object))
    return routes, frame(connection, "load/plan/checkpoints", values)


class Carried(NamedTuple):
    """Whose the tracks of a day are: of each the worker and the tracker."""

    worker: npt.NDArray[np.int64]
    tracker: npt.NDArray[np.int64]


def lines_of_day(connection: Connection, town_id: int, on: date, crs: str) -> Tracks:
    """The lines of the sessions of a day as tracks in a metric CRS; seconds since 1970 UTC."""
    return carried_of_day(connection, town_id, on, crs)[0]


def carried_of_day(connection: Connection, town_id: int, on: date, crs: str) -> tuple[Tracks, Carried]:
    """The lines of the sessions of a day as `lines_of_day` gives them, and who carried what."""
    rows = run(connection, "load/plan/lines", {"town_id": town_id, "day_on": on}).all()
    lines = shapely.from_wkb(np.array([bytes(row.geom) for row in rows], object))
    held = shapely.get_coordinates(lines, include_m=True)
    first = np.append(0, np.cumsum(shapely.get_num_coordinates(lines))).astype(np.int64)
    x, y = from_wgs84(held[:, 0], held[:, 1], parse_datum(crs))
    worker, tracker = (np.array([row[k] for row in rows], np.int64) for k in (1, 2))
    return Tracks(x, y, held[:, 2], first), Carried(worker, tracker)


def together(a: Tracks, b: Tracks) -> Tracks:
    """The tracks of one day, then those of another."""
    x, y, at = (np.concatenate(pair) for pair in zip(a[:3], b[:3], strict=True))
    return Tracks(x, y, at, np.append(a.first, b.first[1:] + a.first[-1]))


def walks_between(connection: Connection, town_id: int, since: date, until: date) -> pd.DataFrame:
    """Cells of routes seen on the days of a window (both inclusive): key, day (since 1970-01-01), n_seen; those with any."""
    values = {"town_id": town_id, "since_on": since, "until_on": until}
    return _arrays(packed_row(connection, "questions/plan_adherence/walks", values), ("key", "day", "n_seen"))


def visits_between(connection: Connection, town_id: int, since: date, until: date) -> pd.DataFrame:
    """Visits of checkpoints on the days of a window (both inclusive): key, day (since 1970-01-01), n, last_s (seconds UTC)."""
    values = {"town_id": town_id, "since_on": since, "until_on": until}
    found = _arrays(packed_row(connection, "questions/checkpoints/visits", values), ("key", "day", "n", "last_s"))
    return found.astype({"last_s": "float64"})


def _arrays(row: tuple[Any, ...], names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(names, row, strict=True)))


def replace_walks(connection: Connection, town_id: int, on: date, keys: Any, n_seen: Any) -> None:
    """Write how many cells were seen of the routes that were planned for a day (those with any), in place of what is known."""
    run(connection, "load/plan/clear", {"town_id": town_id, "day_on": on}, table="route_walk")
    fields = _of_day(town_id, on, len(keys)) | {"route": number(keys, "i8"), "n_seen": number(n_seen, "i4")}
    copy_rows(connection, "route_walk", fields)


def replace_visits(connection: Connection, town_id: int, on: date, keys: Any, n: Any, last_at: Any) -> None:
    """Write how often checkpoints were visited on a day, and when last (seconds), in place of what is known."""
    run(connection, "load/plan/clear", {"town_id": town_id, "day_on": on}, table="checkpoint_visit")
    micros = np.rint((np.asarray(last_at, np.float64) - EPOCH_2000) * 1e6).astype(np.int64)
    fields = _of_day(town_id, on, len(keys))
    fields |= {"checkpoint": number(keys, "i8"), "n": number(n, "i4"), "last_at": number(micros, "i8")}
    copy_rows(connection, "checkpoint_visit", fields)


def _of_day(town_id: int, on: date, n: int) -> dict[str, Any]:
    return {"town_id": number(np.full(n, town_id), "i2"), "day_on": day(np.full(n, (on - EPOCH).days))}

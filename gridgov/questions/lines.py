"""The lines of sessions as tracks: what is asked of the way itself, where the cells of days do not tell enough."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gridgov.analytics.patrol.tracks import Tracks
from gridgov.crs import from_wgs84, parse_datum
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import take_days
from gridgov.store.database import frame

Floats = npt.NDArray[np.float64]

SHORTENED: Final = {
    "zh": "所问时段的前一部分轨迹线已过保存期,不知走了哪里:只计其后的日子",
    "en": "the lines of the first days asked about are no longer kept, and with them the way: only the days after them count",
}


def take_days_of_lines(asked: Asked) -> tuple[date, date]:
    """`take_days`, without the days whose lines are no longer kept: nobody is said not to have been where nobody can know.

    Meta `note` says so. Raises QuestionError, also where no day is left.
    """
    since, until = take_days(asked)
    gone = frame(asked.connection, "questions/last_without_lines", {"town_id": asked.town.id})["day_on"].iloc[0]
    if gone is None or gone < since:
        return since, until
    if gone >= until:
        raise QuestionError(
            f"The lines of the sessions up to {gone} are no longer kept (gridgov retention), so that nobody can say where they "
            f"led. Ask of days after it."
        )
    asked.since = gone + timedelta(1)
    asked.meta["note"] = SHORTENED
    return take_days(asked)


def vertices(lines: npt.NDArray[np.object_]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Longitude, latitude and seconds since 1970 UTC of every vertex (n, 3), and where each line begins (lines + 1,)."""
    held = shapely.get_coordinates(lines, include_m=True)
    n = shapely.get_num_coordinates(lines)
    return held, np.append(0, np.cumsum(n)).astype(np.int64)


def tracks_of_lines(lines: npt.NDArray[np.object_], crs: str | None) -> Tracks:
    """LineStrings M (EPSG:4326, M = seconds since 1970 UTC) as tracks in a metric CRS; None gives a track without fixes."""
    held, first = vertices(lines)
    if not len(held):
        return Tracks(np.empty(0), np.empty(0), np.empty(0), first)
    x, y = from_wgs84(held[:, 0], held[:, 1], parse_datum(crs))
    return Tracks(x, y, held[:, 2], first)


def kept_lines(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The sessions that have a line."""
    return rows[rows.geometry.notna()].reset_index(drop=True)


def lines_of(asked: Asked, since: date, until: date, box: Sequence[float]) -> tuple[npt.NDArray[np.int64], Tracks]:
    """The lines of the sessions of a window of days (both inclusive) that meet a box (west, south, east, north; degrees).

    returns  the day of each track (days since 1970-01-01), and the tracks in the town's metric CRS
    """
    values: dict[str, Any] = {"town_id": asked.town.id, "since_on": since, "until_on": until}
    values |= dict(zip(("west", "south", "east", "north"), (float(side) for side in box), strict=True))
    rows = frame(asked.connection, "questions/lines", values)
    lines = shapely.from_wkb(rows["geom"].map(bytes).to_numpy(object))
    return rows["day"].to_numpy(np.int64), tracks_of_lines(np.asarray(lines, object), asked.town.crs)

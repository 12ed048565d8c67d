"""What was done of the plan of the patrols: routes walked on the days and in the times planned, checkpoints visited."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.analytics.patrol.cells import Cells, of_owners, shared, together, union
from gridgov.analytics.patrol.near import checkpoint_visits, route_cells
from gridgov.analytics.patrol.sweeping import swept
from gridgov.analytics.patrol.tracks import Tracks, during
from gridgov.crs import from_wgs84, parse_datum

Longs = npt.NDArray[np.int64]

_DAY_S: Final = 86_400


def days_of(since: date, until: date) -> list[date]:
    """The days of a window, both inclusive."""
    return [since + timedelta(k) for k in range((until - since).days + 1)]


def planned_on(rows: pd.DataFrame, days: list[date]) -> npt.NDArray[np.bool_]:
    """Whether each spell of a route was planned on each day (rows, days): it held, and the weekday is one of its own."""
    found = np.zeros((len(rows), len(days)), np.bool_)
    weekday = np.array([day.isoweekday() for day in days])
    number = np.array([day.toordinal() for day in days])
    for k, row in enumerate(rows.itertuples()):
        held = (number >= (row.valid_from.toordinal() if row.valid_from else 0)) & (
            number < (row.valid_to.toordinal() if row.valid_to else date.max.toordinal())
        )
        found[k] = held & (True if row.weekdays is None else np.isin(weekday, row.weekdays))
    return found


def times_of(spans: Sequence[str] | None, start: int = 0) -> list[tuple[int, int]]:
    """Local times such as 22:00-02:00 as seconds since midnight; one that ends on the next day ends after 86,400.

    start  when the statistical day begins, seconds after midnight: a time before it is one of the next morning
    """
    found = []
    for text in spans or ():
        since, until = (60 * (60 * int(part[:2]) + int(part[3:])) for part in text.split("-"))
        until += _DAY_S if until <= since else 0
        later = _DAY_S * ((since < start) - (since >= start + _DAY_S))
        found.append((since + later, until + later))
    return found


def cells_of_routes(routes: npt.NDArray[np.object_], crs: str) -> Cells:
    """The cells of 5 m along routes (LineStrings, EPSG:4326), with the route's position as owner."""
    datum = parse_datum(crs)
    return route_cells(shapely.transform(routes, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum))))


def seen_of_routes(
    cells: Cells, windows: Sequence[Sequence[str] | None], tracks: Tracks, later: Longs, midnight: float,
    radius_m: float, start: int = 0,
) -> Longs:  # fmt: skip
    """How many cells of each route anybody came near on a day, in the route's times.

    cells     of the routes; windows: the times of each, None or none = any time of the day
    tracks    of the day and of the day after it, in which a time after midnight lies
    later     for each track 0 = of the day, 1 = of the day after
    midnight  at which the local day begins, seconds as those of the tracks
    start     when the statistical day begins, seconds after midnight
    """
    found = np.zeros(len(windows), np.int64)
    spans = [tuple(each or ()) for each in windows]
    for chosen in dict.fromkeys(spans):
        near = _near(tracks, later, midnight, chosen, radius_m, start)
        mine = np.array([each == chosen for each in spans])
        _, route, n = shared(near, of_owners(cells, np.flatnonzero(mine)))
        found[route] = n
    return found


def _near(
    tracks: Tracks, later: Longs, midnight: float, spans: tuple[str, ...], radius_m: float, start: int
) -> Cells:  # fmt: skip
    """What anybody came near in some times of a day (owner 0); no times = any time of it."""
    if not spans:
        return of_owners(swept(tracks, later, radius_m=radius_m, gap_s=np.inf), [0])
    parts = []
    for since, until in times_of(spans, start):
        for after in (0, 1) if until > start + _DAY_S else (0,):
            is_held = later == after  # a track of the day after is held against the day, whose times go on
            from_, to = midnight + since, midnight + until
            cut = during(tracks, np.where(is_held, from_, np.inf), np.where(is_held, to, -np.inf))
            parts.append(swept(cut, np.zeros(len(later), np.int64), radius_m=radius_m, gap_s=np.inf))
    return union(together(*parts))


def visits_of(tracks: Tracks, lon: npt.ArrayLike, lat: npt.ArrayLike, crs: str) -> pd.DataFrame:
    """How often each checkpoint was visited, and when last: checkpoint (its position), n, last_at (seconds); those visited."""
    x, y = from_wgs84(lon, lat, parse_datum(crs))
    found = checkpoint_visits(tracks, x, y, gap_s=np.inf)  # a session has no silence that would end a visit
    return found.groupby("checkpoint", as_index=False).agg(n=("left_at", "size"), last_at=("left_at", "max"))

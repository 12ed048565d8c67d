"""plan_adherence: how much of the planned routes was seen on the days and in the times that they are planned for (路线吻合度)."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.analytics.patrol.cells import Cells, of_owners, shared, sizes, together, union
from gridgov.analytics.patrol.near import route_cells
from gridgov.analytics.patrol.sweeping import swept
from gridgov.analytics.patrol.tracks import Tracks, during
from gridgov.analytics.rates import share
from gridgov.crs import from_wgs84, parse_datum
from gridgov.questions.asking import Asked
from gridgov.questions.lines import lines_of, take_days_of_lines
from gridgov.questions.patrolled import every_group, in_order
from gridgov.questions.planned import days_of, planned_on, routes
from gridgov.store.watched import day_number

BACK: Final = timedelta(6)
"""The window without `since`: a week."""

_MARGIN: Final = 0.001  # degrees around the routes: more than a radius
_COUNTS: Final = ("n_routes", "n_planned", "n_walked", "n_due_cells", "n_seen_cells")
WALKED: Final = 0.5
"""A planned walk counts as walked when so much of the route was seen."""


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by, the whole town or scope without; routes of no grid come last.

    A planned walk is a route on one of its days. Its cells (5 m along the line) are seen when a track came near them on that day
    in one of the route's times. Raises QuestionError.
    """
    if asked.since is None:
        asked.since = min(asked.until or asked.when.on, asked.when.on) - BACK
    since, until = take_days_of_lines(asked)
    plan = routes(asked, asked.level or 0, since, until)
    asked.meta["has_plan"] = bool(len(plan))
    walks = _walks(asked, plan, since, until)
    if asked.level is None:
        rows = walks[["n_planned", "n_walked", "n_due_cells", "n_seen_cells"]].sum().to_frame().T
        rows.insert(0, "n_routes", plan["code"].nunique())
    else:
        walks["place_status"] = np.where(walks["grid_code"].isna(), "unlocated", "located")
        keys = ["grid_code", "place_status"]
        groups = walks.groupby(keys, dropna=False)
        rows = groups[["n_planned", "n_walked", "n_due_cells", "n_seen_cells"]].sum()
        rows = rows.join(groups["code"].nunique().rename("n_routes")).reset_index()
    rows = every_group(asked, rows, *_COUNTS)
    rows["seen_share"] = share(rows["n_seen_cells"], rows["n_due_cells"])
    rows["walked_share"] = share(rows["n_walked"], rows["n_planned"])
    return in_order(asked, rows)


def _walks(asked: Asked, plan: pd.DataFrame, since: date, until: date) -> pd.DataFrame:
    """By spell of a route: code, grid_code, n_planned and n_walked (days), n_due_cells and n_seen_cells (over those days)."""
    found = plan[["code", "grid_code"]].copy()
    days = days_of(since, until)
    planned = planned_on(plan, days)
    counts = {name: np.zeros(len(plan), np.int64) for name in ("n_walked", "n_due_cells", "n_seen_cells")}
    if len(plan) and asked.town.crs is not None:
        cells = route_cells(_metric(plan, asked.town.crs))
        owners, n = sizes(cells)
        whole = np.zeros(len(plan), np.int64)
        whole[owners] = n
        counts["n_due_cells"] = whole * planned.sum(axis=1)
        seen = _seen(asked, plan, planned, days, cells)
        counts["n_seen_cells"] = seen.sum(axis=1)
        counts["n_walked"] = ((seen >= WALKED * whole[:, None]) & planned & (whole[:, None] > 0)).sum(axis=1)
    return found.assign(n_planned=planned.sum(axis=1), **counts)


def _seen(
    asked: Asked, plan: pd.DataFrame, planned: npt.NDArray[np.bool_], days: list[date], cells: Cells
) -> npt.NDArray[np.int64]:
    """How many cells of each route were seen on each of its days, in its times (routes, days)."""
    assert asked.rules is not None  # noqa: S101  understand has read them
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(plan["geom"].map(bytes).to_numpy(object)))
    box = (west - _MARGIN, south - _MARGIN, east + _MARGIN, north + _MARGIN)
    # A time after midnight lies on the next day, whose sessions are another day's.
    day, tracks = lines_of(asked, days[0], days[-1] + timedelta(1), box)
    found = np.zeros(planned.shape, np.int64)
    times = [tuple(row) if row is not None else () for row in plan["windows"]]
    for spans in dict.fromkeys(times):
        with_them = np.array([each == spans for each in times]) & planned.any(axis=1)
        if not with_them.any():
            continue
        near = _near(asked, tracks, day, days, spans)
        owner, route, n = shared(near, of_owners(cells, np.flatnonzero(with_them)))
        found[route, owner] = n
    return np.where(planned, found, 0)


def _near(asked: Asked, tracks: Tracks, day: npt.NDArray[np.int64], days: list[date], spans: tuple[str, ...]) -> Cells:
    """What anybody came near on each day in some times of it; the day's position as owner. No times = any time."""
    assert asked.rules is not None  # noqa: S101
    radius, first = asked.rules.patrol.radius_m, day_number(days[0])
    on = day - first
    if not spans:
        every = swept(tracks, on, radius_m=radius, gap_s=np.inf)
        return of_owners(every, np.arange(len(days)))
    begins = np.array([asked.begin_of(each).timestamp() for each in [*days, days[-1] + timedelta(1)]])
    midnight = begins - asked.cycle.day_start
    parts = []
    for text in spans:
        since, until = (60 * (60 * int(part[:2]) + int(part[3:])) for part in text.split("-"))
        until += 86_400 if until <= since else 0
        for later in (0, 1) if until > 86_400 else (0,):
            of = on - later  # the day that a track is held against: its own, or the one before
            is_held = (of >= 0) & (of < len(days))
            base = midnight[np.clip(of, 0, len(days) - 1)]
            cut = during(tracks, np.where(is_held, base + since, np.inf), np.where(is_held, base + until, -np.inf))
            parts.append(swept(cut, np.clip(of, 0, None), radius_m=radius, gap_s=np.inf))
    whole = together(*parts)
    return union(whole, whole.owner)


def _metric(plan: pd.DataFrame, crs: str) -> npt.NDArray[np.object_]:
    """The routes in the town's metric CRS."""
    lines = shapely.from_wkb(plan["geom"].map(bytes).to_numpy(object))
    datum = parse_datum(crs)
    moved: npt.NDArray[np.object_] = shapely.transform(
        lines, lambda xy: np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum))
    )
    return moved

"""playback: where people were, step by step, with their stops and the cases reported on the way, in one grid or of one person."""

from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gridgov.analytics.patrol.fixes import SECOND
from gridgov.analytics.patrol.near import positions
from gridgov.analytics.patrol.sessions import stops
from gridgov.analytics.patrol.tracks import Tracks
from gridgov.crs import STORE_CRS, from_wgs84, parse_datum
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.lines import kept_lines, tracks_of_lines, vertices
from gridgov.questions.patrolled import in_order, take_days
from gridgov.questions.persons import require_person, sees_persons
from gridgov.questions.watched import last_day
from gridgov.rules import Rules
from gridgov.store.database import frame, geo_frame, with_geometry

STEP_S: Final = 60.0
"""A position every so many seconds, unless told otherwise."""

MOST: Final = 200_000
"""Positions of one answer at most."""

ON_THE_WAY_M: Final = 100.0
"""A case counts as reported on the way when somebody was so near to it at that moment: it may be across the street."""

_MARGIN: Final = 0.002  # degrees around the positions in which cases are looked for: more than ON_THE_WAY_M


def read(asked: Asked) -> gpd.GeoDataFrame:
    """Rows of what = position, stop and case, by time, of the window (the last day unless said); geom is a point.

    Of a grid (scope) all who were in it, numbered by `track`, without saying who; only what lies in it. Of one `session` or
    `worker` only with the role and a purpose. Positions lie on the straight way between two usable fixes; where a device was
    silent there are none. Sessions whose lines are no longer kept are counted in meta `n_without_line`. Raises QuestionError.
    """
    step_s = STEP_S if asked.step_s is None else float(asked.step_s)
    if not 1 <= step_s <= 86_400:
        raise QuestionError(f"step_s is {step_s:g}; expected 1 to 86,400 seconds.")
    rows = _sessions(asked)
    with_line = kept_lines(rows).sort_values(["begin_at", "session"], ignore_index=True)
    asked.meta |= {"step_s": step_s, "n_sessions": len(rows), "n_without_line": len(rows) - len(with_line)}
    lines = with_line.geometry.to_numpy()
    if (with_line["minutes"] * 60 / step_s).sum() > MOST:
        raise QuestionError(f"That is more than {MOST:,} positions; ask of a shorter window or with a longer step_s.")
    degrees, first = vertices(lines)
    grid = _outline(asked)
    found = positions(Tracks(degrees[:, 0], degrees[:, 1], degrees[:, 2], first), step_s, gap_s=np.inf)
    found = found.rename(columns={"x": "lon", "y": "lat"}).assign(what="position")
    parts = [_inside(found, grid), _inside(_stops(asked, lines, degrees), grid)]
    parts.append(_cases(asked, lines, grid))
    parts = [part for part in parts if len(part)]
    told = pd.concat(parts, ignore_index=True) if parts else found.iloc[:0]
    told = told.reindex(columns=["what", "track", "at", "until", "lon", "lat", "case_no", "category", "channel"])
    told["until_at"] = pd.to_datetime(told.pop("until").astype("float64"), unit="s", utc=True)
    told["at"] = pd.to_datetime(told["at"].astype("float64").round(6), unit="s", utc=True)
    told = _whose(asked, told, with_line).sort_values(["at", "track"], ignore_index=True, kind="stable")
    geom = gpd.points_from_xy(told["lon"], told["lat"])
    return gpd.GeoDataFrame(in_order(asked, told), geometry=geom, crs=STORE_CRS).rename_geometry("geom")


def _sessions(asked: Asked) -> gpd.GeoDataFrame:
    """The sessions that are played."""
    ways = [
        name for name, said in (("session", asked.session), ("worker", asked.worker), ("scope", asked.scope)) if said
    ]
    if len(ways) != 1:
        raise QuestionError(
            "Say what to play: the scope (a village or a grid, not the whole town), one session or one worker."
        )
    if ways[0] != "scope":
        require_person(asked, "Playing a session or a worker")
    if asked.since is None:
        asked.since = min(asked.until or last_day(asked), last_day(asked))
    if asked.session is not None:
        asked.since = date.min + timedelta(400)  # whenever it was
    since, until = take_days(asked)
    crossing = ways[0] == "scope"
    asked.values |= {
        "since_on": since, "until_on": until, "worker": asked.worker, "session": asked.session, "limit": 100_000, "offset": 0,
        "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    rows = with_geometry(asked.read("patrol_sessions", counted=False, crossing=crossing))
    if asked.session is not None:
        if rows.empty:
            raise QuestionError(f"There is no session {asked.session} by {until}.")
        asked.since = asked.until = rows["day_on"].iloc[0]
        asked.meta |= {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    return rows


def _outline(asked: Asked) -> shapely.Geometry | None:
    """The outline of the grid that is played; None where one session or worker is."""
    if asked.scope is None:
        return None
    values = {"set_id": asked.shown.id if asked.shown else None, "scope_ids": asked.values.get("scope_ids")}
    found = geo_frame(asked.connection, "questions/playback/grid", values)
    if "scope_ids" not in asked.values:
        raise QuestionError(
            f"'{asked.scope}' is the whole town; play a village or a grid of it, one session or one worker."
        )
    if found.empty:
        raise QuestionError(f"The grid '{asked.scope}' is not valid on {asked.when.on}.")
    outline = found.geometry.iloc[0]
    shapely.prepare(outline)
    return outline


def _inside(rows: pd.DataFrame, grid: shapely.Geometry | None) -> pd.DataFrame:
    return (
        rows
        if grid is None
        else rows[shapely.intersects_xy(grid, rows["lon"].to_numpy(np.float64), rows["lat"].to_numpy(np.float64))]
    )


def _stops(asked: Asked, lines: npt.NDArray[np.object_], degrees: npt.NDArray[np.float64]) -> pd.DataFrame:
    """The stops of the tracks (rules [patrol] stop_m, stop_s): track, at, until (seconds), lon and lat of their middle."""
    metric = tracks_of_lines(lines, asked.town.crs)
    patrol = _rules(asked).patrol
    at = np.rint(metric.at * SECOND).astype(np.int64)
    is_stop = stops(metric.first, at, metric.x, metric.y, int(patrol.stop_s * SECOND), 2 * patrol.stop_m)
    edge = np.flatnonzero(np.diff(np.concatenate([[False], is_stop, [False]]).astype(np.int8)))
    begin, end = edge[::2] - 1, edge[1::2]  # the first step of a stop leads from the vertex before
    track = np.searchsorted(metric.first, begin, "right") - 1
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(degrees[:, :2], axis=0)])
    middle = (sums[end] - sums[begin]) / np.maximum(end - begin, 1)[:, None]
    return pd.DataFrame(
        {
            "track": track, "at": metric.at[begin], "until": metric.at[end - 1], "lon": middle[:, 0], "lat": middle[:, 1],
            "what": "stop",
        }
    )  # fmt: skip


def _cases(asked: Asked, lines: npt.NDArray[np.object_], grid: shapely.Geometry | None) -> pd.DataFrame:
    """The cases reported meanwhile: in the grid; or near to where the session or worker was at that moment."""
    kept = [line for line in lines if line is not None]
    if not kept or asked.since is None or asked.until is None:
        return pd.DataFrame()
    box = grid.bounds if grid is not None else shapely.total_bounds(kept) + np.array([-1, -1, 1, 1]) * _MARGIN
    span = (asked.begin_of(asked.since), asked.begin_of(asked.until + timedelta(1)))
    names = ("west", "south", "east", "north")
    values: dict[str, Any] = {"town_id": asked.town.id, "since": span[0], "until": span[1]}
    values |= dict(zip(names, (float(side) for side in box), strict=True))
    rows = frame(asked.connection, "questions/playback/cases", values).assign(what="case")
    rows["at"] = [at.timestamp() for at in rows["reported_at"]]
    if grid is not None:
        return _inside(rows, grid)
    rows["track"] = _met(asked, rows, lines)
    return rows[rows["track"].notna()]


def _met(asked: Asked, rows: pd.DataFrame, lines: npt.NDArray[np.object_]) -> list[int | None]:
    """The track that was within ON_THE_WAY_M of each case when it was reported; None = none."""
    tracks = tracks_of_lines(lines, asked.town.crs)
    places = from_wgs84(rows["lon"].to_numpy(np.float64), rows["lat"].to_numpy(np.float64), parse_datum(asked.town.crs))
    met: list[int | None] = []
    for x, y, at in zip(*places, rows["at"].to_numpy(np.float64), strict=True):
        found = None
        for track, (a, b) in enumerate(zip(tracks.first[:-1], tracks.first[1:], strict=True)):
            times = tracks.at[a:b]
            if len(times) and times[0] <= at <= times[-1]:
                there = np.interp(at, times, tracks.x[a:b]), np.interp(at, times, tracks.y[a:b])
                if np.hypot(there[0] - x, there[1] - y) <= ON_THE_WAY_M:
                    found = track
        met.append(found)
    return met


def _whose(asked: Asked, told: pd.DataFrame, sessions: pd.DataFrame) -> pd.DataFrame:
    """Numbers from 1 for the tracks; session and worker only for the role and a purpose."""
    place = pd.to_numeric(told["track"])
    told = told.assign(track=(place + 1).astype("Int64"), session=None, worker=None)
    if sees_persons(asked) and len(sessions):
        known = place.notna()
        for name in ("session", "worker"):
            told.loc[known, name] = sessions[name].to_numpy(object)[place[known].astype(int)]
    return told


def _rules(asked: Asked) -> Rules:
    assert asked.rules is not None  # noqa: S101  understand has read them
    return asked.rules

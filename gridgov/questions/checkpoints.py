"""checkpoints: whether the places that must be visited (必巡点) were, as often as planned; and the list of those missed."""

import math
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.patrol.near import checkpoint_visits
from gridgov.analytics.rates import share
from gridgov.crs import STORE_CRS, from_wgs84, parse_datum
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.lines import lines_of, take_days_of_lines
from gridgov.questions.patrolled import every_group, in_order
from gridgov.questions.shaping import coded
from gridgov.store.database import frame
from gridgov.store.watched import day_number

BACK: Final = timedelta(6)
"""The window without `since`: a week."""

_MARGIN: Final = 0.001  # degrees around the checkpoints: more than a radius
_COUNTS: Final = ("n_checkpoints", "n_arrived", "n_unplanned")


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by, the whole town or scope without; checkpoints of no grid come last.

    A visit is a stay of 60 s within 30 m. Due is what the plan wants in each stretch of seven days, counted back from the last
    day, in proportion where the window or the plan holds only a part of one; made are visits up to what is due of each checkpoint
    in each stretch: one visited too often does not stand for another. On a day no more visits count than the plan would spread
    over it. Raises QuestionError.
    """
    found = _visited(asked).assign(place_status="located")
    found["n_unplanned"] = found["due_visits"].isna().astype(int)
    known = found.assign(n_checkpoints=1, n_arrived=(found["n_made"] > 0).astype(int))
    sums = ["due_visits", "made_visits", *_COUNTS]
    if asked.level is None:
        rows = known[sums].sum().to_frame().T
    else:
        known = coded(asked, known)
        known["place_status"] = np.where(known["grid_code"].isna(), "unlocated", "located")
        rows = known.groupby(["grid_code", "place_status"], dropna=False, as_index=False)[sums].sum()
    rows = every_group(asked, rows, *sums)
    rows["arrived_share"] = share(rows["made_visits"], rows["due_visits"])
    return in_order(asked, rows)


def read_missed(asked: Asked) -> gpd.GeoDataFrame:
    """One row a checkpoint that was visited less often than the plan wants, those that lack most first; geom is its point.

    Meta `n_total` counts those beyond the limit (200 unless given) too. Raises QuestionError.
    """
    limit = 200 if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    found = _visited(asked)
    found["lacking_visits"] = found["due_visits"] - found["made_visits"]
    rows = found[found["lacking_visits"] > 1e-9].rename(
        columns={"code": "checkpoint", "name": "checkpoint_name", "own_code": "grid_code", "own_name": "grid_name"}
    )
    rows = rows.sort_values(["lacking_visits", "checkpoint"], ascending=[False, True], ignore_index=True)
    asked.meta["n_total"] = len(rows)
    rows = rows.iloc[asked.offset : asked.offset + limit]
    geom = gpd.points_from_xy(rows["lon"], rows["lat"])
    return gpd.GeoDataFrame(in_order(asked, rows), geometry=geom, crs=STORE_CRS).rename_geometry("geom")


def _visited(asked: Asked) -> pd.DataFrame:
    """The checkpoints of the window with due_visits (NaN = not said), made_visits, n_made and last_visit_at."""
    if asked.since is None:
        asked.since = min(asked.until or asked.when.on, asked.when.on) - BACK
    since, until = take_days_of_lines(asked)
    values: dict[str, Any] = {
        "town_id": asked.town.id, "set_id": asked.shown.id if asked.shown else None, "level": asked.level,
        "since_on": since, "until_on": until, "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    rows = frame(asked.connection, "questions/checkpoints/read", values)
    asked.meta["has_plan"] = bool(len(rows))
    visits = _visits(asked, rows, since, until)
    begins = [until - timedelta(6 + 7 * k) for k in reversed(range((until - since).days // 7 + 1))]
    numbers = np.array([day_number(begin) for begin in begins], np.int64)
    due = np.column_stack([_due(rows, max(begin, since), begin + timedelta(7)) for begin in begins])
    made = np.zeros(due.shape)
    week = np.searchsorted(numbers, visits["day"].to_numpy(np.int64), "right") - 1
    np.add.at(made, (visits["checkpoint"].to_numpy(np.int64), week), visits["n"].to_numpy(np.float64))
    latest = visits.groupby("checkpoint")["last_at"].max().reindex(range(len(rows)))
    return rows.assign(
        due_visits=due.sum(axis=1),
        made_visits=np.minimum(made, np.nan_to_num(due)).sum(axis=1),
        n_made=made.sum(axis=1).astype(np.int64),
        last_visit_at=pd.to_datetime(latest.to_numpy(np.float64), unit="s", utc=True),
    )


def _due(rows: pd.DataFrame, begin: date, end: date) -> npt.NDArray[np.float64]:
    """Visits due on the days begin <= day < end of one week, by checkpoint; NaN where the plan does not say."""
    first = [max(begin, day or begin) for day in rows["valid_from"]]
    last = [min(end, day or end) for day in rows["valid_to"]]
    held = np.array([max((b - a).days, 0) for a, b in zip(first, last, strict=True)], np.float64)
    return rows["visits_a_week"].to_numpy(np.float64) * held / 7


def _visits(asked: Asked, rows: pd.DataFrame, since: date, until: date) -> pd.DataFrame:
    """Visits by checkpoint (its row) and day: n (no more than the plan would spread over a day), last_at (seconds)."""
    if rows.empty or asked.town.crs is None:
        return pd.DataFrame({"checkpoint": [], "day": [], "n": [], "last_at": []})
    box = (
        rows["lon"].min() - _MARGIN,
        rows["lat"].min() - _MARGIN,
        rows["lon"].max() + _MARGIN,
        rows["lat"].max() + _MARGIN,
    )
    day, tracks = lines_of(asked, since, until, box)
    x, y = from_wgs84(rows["lon"].to_numpy(), rows["lat"].to_numpy(), parse_datum(asked.town.crs))
    found = checkpoint_visits(tracks, x, y, gap_s=np.inf)  # a session has no silence that would end a visit
    found["day"] = day[found["track"].to_numpy(np.int64)]
    held = [
        (
            day_number(row.valid_from) if row.valid_from else -math.inf,
            day_number(row.valid_to) if row.valid_to else math.inf,
        )
        for row in rows.itertuples()
    ]
    spans = np.array(held).reshape(-1, 2)[found["checkpoint"]]
    found = found[(found["day"] >= spans[:, 0]) & (found["day"] < spans[:, 1])]
    visits = found.groupby(["checkpoint", "day"], as_index=False).agg(n=("left_at", "size"), last_at=("left_at", "max"))
    most = np.ceil(rows["visits_a_week"].to_numpy(np.float64) / 7)[visits["checkpoint"]]
    visits["n"] = np.fmin(visits["n"], np.fmax(most, 1))
    return visits

"""checkpoints: whether the places that must be visited (必巡点) were, as often as planned; and the list of those missed."""

from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.rates import share
from gridgov.crs import STORE_CRS
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.patrolled import by_periods, every_group, in_order, take_days
from gridgov.questions.shaping import coded
from gridgov.questions.watched import last_day
from gridgov.store.database import frame
from gridgov.store.visits import day_number
from gridgov.store.walks import visits_between

BACK: Final = timedelta(6)
"""The window without `since`: a week."""

_COUNTS: Final = ("n_checkpoints", "n_arrived", "n_unplanned")


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by, the whole town or scope without; checkpoints of no grid come last.

    A visit is a stay of 60 s within 30 m. Due is what the plan wants in each stretch of seven days, counted back from the last
    day, in proportion where the window or the plan holds only a part of one; made are visits up to what is due of each checkpoint
    in each stretch: one visited too often does not stand for another. On a day no more visits count than the plan would spread
    over it. Raises QuestionError.
    """
    rows = by_periods(asked, *_window(asked), lambda since, until: _counted(asked, since, until))
    rows = every_group(asked, rows, "due_visits", "made_visits", *_COUNTS)
    rows["arrived_share"] = share(rows["made_visits"], rows["due_visits"])
    return in_order(asked, rows)


def _counted(asked: Asked, since: date, until: date) -> pd.DataFrame:
    """Checkpoints and visits of some days by the grid of the level asked by."""
    found = _visited(asked, since, until)
    found["n_unplanned"] = found["due_visits"].isna().astype(int)
    known = found.assign(n_checkpoints=1, n_arrived=(found["n_made"] > 0).astype(int))
    sums = ["due_visits", "made_visits", *_COUNTS]
    if asked.level is None:
        return known[sums].sum().to_frame().T
    known = coded(asked, known)
    known["place_status"] = np.where(known["grid_code"].isna(), "unlocated", "located")
    return known.groupby(["grid_code", "place_status"], dropna=False, as_index=False)[sums].sum()


def read_missed(asked: Asked) -> gpd.GeoDataFrame:
    """One row a checkpoint that was visited less often than the plan wants, those that lack most first; geom is its point.

    Meta `n_total` counts those beyond the limit (200 unless given) too. Raises QuestionError.
    """
    limit = 200 if asked.limit is None else asked.limit
    if limit < 0 or asked.offset < 0:
        raise QuestionError("limit and offset are 0 or more.")
    found = _visited(asked, *_window(asked))
    found["lacking_visits"] = found["due_visits"] - found["made_visits"]
    rows = found[found["lacking_visits"] > 1e-9].rename(
        columns={"code": "checkpoint", "name": "checkpoint_name", "own_code": "grid_code", "own_name": "grid_name"}
    )
    rows = rows.sort_values(["lacking_visits", "checkpoint"], ascending=[False, True], ignore_index=True)
    asked.meta["n_total"] = len(rows)
    rows = rows.iloc[asked.offset : asked.offset + limit]
    geom = gpd.points_from_xy(rows["lon"], rows["lat"])
    return gpd.GeoDataFrame(in_order(asked, rows), geometry=geom, crs=STORE_CRS).rename_geometry("geom")


def _window(asked: Asked) -> tuple[date, date]:
    """The days asked about, both inclusive; the last seven unless said."""
    if asked.since is None:
        asked.since = min(asked.until or last_day(asked), last_day(asked)) - BACK
    asked.meta["has_plan"] = False
    return take_days(asked)


def _visited(asked: Asked, since: date, until: date) -> pd.DataFrame:
    """The checkpoints of some days with due_visits (NaN = not said), made_visits, n_made and last_visit_at."""
    values: dict[str, Any] = {
        "town_id": asked.town.id, "set_id": asked.shown.id if asked.shown else None, "level": asked.level,
        "since_on": since, "until_on": until, "scope_ids": asked.values.get("scope_ids"),
    }  # fmt: skip
    rows = frame(asked.connection, "questions/checkpoints/read", values)
    asked.meta["has_plan"] |= bool(len(rows))
    visits = _visits(asked, rows, since, until)
    begins = [until - timedelta(6 + 7 * k) for k in reversed(range((until - since).days // 7 + 1))]
    numbers = np.array([day_number(begin) for begin in begins], np.int64)
    held_from, held_to = _held(rows)
    first, end = np.maximum(numbers, day_number(since)), numbers + 7
    held = np.clip(np.minimum(end, held_to[:, None]) - np.maximum(first, held_from[:, None]), 0, None)
    due = rows["visits_a_week"].to_numpy(np.float64)[:, None] * held / 7
    made = np.zeros(due.shape)
    week = np.searchsorted(numbers, visits["day"].to_numpy(np.int64), "right") - 1
    np.add.at(made, (visits["checkpoint"].to_numpy(np.int64), week), visits["n"].to_numpy(np.float64))
    latest = visits.groupby("checkpoint")["last_s"].max().reindex(range(len(rows)))
    return rows.assign(
        due_visits=due.sum(axis=1),
        made_visits=np.minimum(made, np.nan_to_num(due)).sum(axis=1),
        n_made=made.sum(axis=1).astype(np.int64),
        last_visit_at=pd.to_datetime(latest.to_numpy(np.float64), unit="s", utc=True),
    )


def _held(rows: pd.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """From which day to before which each spell holds, days since 1970-01-01; infinity where it has no bound."""
    first = [day_number(day) if day else -np.inf for day in rows["valid_from"]]
    end = [day_number(day) if day else np.inf for day in rows["valid_to"]]
    return np.array(first, np.float64), np.array(end, np.float64)


def _visits(asked: Asked, rows: pd.DataFrame, since: date, until: date) -> pd.DataFrame:
    """Visits by checkpoint (its row) and day: n (no more than the plan would spread over a day), last_s (seconds UTC)."""
    found = visits_between(asked.connection, asked.town.id, since, until)
    # Two checkpoints may stand at one place, and one in several spells: each has the visits of the days on which it held.
    each = pd.DataFrame({"key": rows["key"], "checkpoint": np.arange(len(rows))})
    visits = found.merge(each, on="key").astype({"day": "int64", "checkpoint": "int64"})
    first, end = (side[visits["checkpoint"].to_numpy(np.int64)] for side in _held(rows))
    visits = visits[(visits["day"] >= first) & (visits["day"] < end)].copy()
    most = np.ceil(rows["visits_a_week"].to_numpy(np.float64) / 7)[visits["checkpoint"]]
    visits["n"] = np.fmin(visits["n"].to_numpy(np.float64), np.fmax(most, 1))
    return visits

"""time_to_close and closing_curve: how long cases take, with those that are still open kept in."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.clocks import Clock, working_seconds
from gridgov.analytics.survival import Curve, kaplan_meier
from gridgov.questions.asking import Asked
from gridgov.questions.cohorts import key_columns, pooled, take_one_period, working_clock
from gridgov.questions.rates import standing
from gridgov.questions.shaping import on_grids
from gridgov.questions.tracks import only_dispatched
from gridgov.store.copying import array, seconds_of

HORIZON_DAYS: Final = 14
HORIZON_WORK_DAYS: Final = 10
"""Where the mean is cut: later endings count as this long, so that few very old cases do not make it."""

WITHIN: Final = (1, 3, 5)
"""Working days within which cases are asked to be closed (1日, 3日, 5日办结比例)."""

STEP_DAYS: Final = 0.25
CURVE_DAYS: Final = 30
"""Steps and length of a curve that is drawn."""

CURVE: Final = ("time_days", "n_still_open", "closed_share", "closed_share_low", "closed_share_high")

_DAY = 86_400.0
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """The cases of a group: its key columns, when each was reported, until when it was watched (seconds UTC), and whether it
    had ended by then.
    """

    key: dict[str, Any]
    begin: IntArray
    end: IntArray
    has_ended: npt.NDArray[np.bool_]

    def elapsed(self) -> Curve:
        """The curve in days that pass."""
        return kaplan_meier((self.end - self.begin) / _DAY, self.has_ended)

    def worked(self, clock: Clock) -> Curve:
        """The curve in working days of the town."""
        return kaplan_meier(working_seconds(self.begin, self.end, clock) / clock.calendar.day_s, self.has_ended)


def read(asked: Asked) -> pd.DataFrame:
    """One row a group; without `since` the cases reported since the first of the month of `until`."""
    groups = _groups(asked)
    asked.meta |= {"horizon_days": HORIZON_DAYS, "horizon_work_days": HORIZON_WORK_DAYS}
    clock = working_clock(asked, asked.values["since"])
    rows = pd.DataFrame([{**group.key, **_told(group, clock)} for group in groups])
    if rows.empty:
        nothing = np.empty(0, np.int64)
        rows = pd.DataFrame(columns=[*key_columns(asked), *_told(Group({}, nothing, nothing, nothing > 0), clock)])
    return _compared(asked, on_grids(asked, rows))


def read_curve(asked: Asked) -> pd.DataFrame:
    """One row a group and time, a quarter of a day apart, for as long as cases of the group were watched."""
    drawn = [_drawn(group.elapsed()).assign(**group.key) for group in _groups(asked)]
    names = [*key_columns(asked), *CURVE]
    rows = pd.concat(drawn, ignore_index=True)[names] if drawn else pd.DataFrame(columns=names)
    return on_grids(asked, rows, "time_days")


def _groups(asked: Asked) -> list[Group]:
    take_one_period(asked)
    only_dispatched(asked)
    now = math.ceil(asked.when.at.timestamp())
    found = []
    rows = asked.read("time_to_close", keys=asked.sql_keys())  # one statement for both questions
    for key, part in pooled(asked, rows):
        begin, end = (_instants(part[name]) for name in ("reported", "ended"))
        found.append(Group(key, begin, np.where(end >= 0, end, now), end >= 0))
    return found


def _instants(sent: pd.Series) -> IntArray:
    return np.concatenate([seconds_of(array(each, ">i8")) for each in sent])


def _told(group: Group, clock: Clock) -> dict[str, Any]:
    """The figures of a group."""
    elapsed, worked = group.elapsed(), group.worked(clock)
    told: dict[str, Any] = {
        "n_followed": elapsed.n,
        "n_ended": elapsed.n_ended,
        "n_running": elapsed.n - elapsed.n_ended,
    }
    for curve, unit, horizon in ((elapsed, "days", HORIZON_DAYS), (worked, "work_days", HORIZON_WORK_DAYS)):
        low, high = curve.quantile_band(0.5)
        told |= {f"median_{unit}": curve.quantile(0.5), f"median_{unit}_low": low, f"median_{unit}_high": high}
        told |= {f"p90_{unit}": curve.quantile(0.9), f"mean_{unit}": curve.restricted_mean(horizon)}
    for days in WITHIN:
        share, low, high = worked.ended_by(days)
        told |= {f"within_{days}_share": share, f"within_{days}_share_low": low, f"within_{days}_share_high": high}
        told[f"n_known_{days}"] = worked.n_known(days)
    return told


def _compared(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """Where groups stand among each other: each share counts for as many cases as were watched that long."""
    for days in WITHIN:
        known, share = rows[f"n_known_{days}"].to_numpy(np.float64), rows[f"within_{days}_share"].to_numpy(np.float64)
        if asked.keys:
            ended = np.nan_to_num(share) * known
            rows[f"within_{days}_share_standing"] = standing(ended, np.where(np.isnan(share), 0, known))
    return rows.drop(columns=[f"n_known_{days}" for days in WITHIN])


def _drawn(curve: Curve) -> pd.DataFrame:
    """The curve at even steps, from 0 on."""
    last = min(CURVE_DAYS, curve.longest) if curve.n else 0.0
    time = np.arange(0, last + STEP_DAYS / 2, STEP_DAYS)
    closed = np.array([curve.ended_by(t) for t in time])
    return pd.DataFrame(
        {
            "time_days": time, "n_still_open": curve.n_watched(time),
            "closed_share": closed[:, 0], "closed_share_low": closed[:, 1], "closed_share_high": closed[:, 2],
        }
    )  # fmt: skip

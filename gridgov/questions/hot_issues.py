"""hot_issues: troubles reported clearly more often than in the four periods before; when, where, by whom, and whose they are."""

from collections import Counter
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from gridgov.analytics.hot import BACK, again, gathered, hot, knot, peak
from gridgov.analytics.rates import share
from gridgov.crs import from_wgs84, metric_crs_for, parse_datum
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.begins import first_report
from gridgov.questions.cohorts import key_columns
from gridgov.questions.periods import take_period
from gridgov.questions.shaping import coded, level_grids
from gridgov.questions.watched import known_since
from gridgov.store.database import frame
from gridgov.store.grids import BASE

_WEEK: Final = timedelta(days=6)
_OF_CASES: Final = ("is_now", "hour", "has_hour", "category", "channel", "unit", "address", "lon", "lat", "x", "y")


def read(asked: Asked) -> pd.DataFrame:
    """One row a subcategory (in a grid) of which anything was reported in the period, the hot first, then the gathered.

    Meta: `before_since`, the first day of the four periods before; `n_hot`. Raises QuestionError.
    """
    if asked.needs_state or any(key.level is None for key in asked.keys):
        raise QuestionError(
            "'hot_issues' is asked by a level of grids, or of the whole; say which cases count with `where`."
        )
    take_period(asked, back=_WEEK)
    assert asked.since is not None  # noqa: S101  take_period has settled both
    assert asked.until is not None  # noqa: S101
    begin = asked.since - BACK * (asked.until - asked.since + timedelta(1))
    asked.meta["before_since"] = begin.isoformat()
    now_at = pd.Timestamp(asked.values["since"])
    asked.values["since"] = asked.begin_of(begin)
    cases = coded(asked, asked.read(keys=asked.sql_keys()))
    cases["reported_at"] = pd.to_datetime(cases["reported_at"], utc=True)
    cases["is_now"] = cases["reported_at"] >= now_at
    cases["hour"] = cases["reported_at"].dt.tz_convert(ZoneInfo(asked.town.time_zone)).dt.hour
    cases["x"], cases["y"] = _in_metres(asked, cases)
    places = key_columns(asked)
    group = cases.groupby([*places, "subcategory"], dropna=False, sort=True).ngroup().to_numpy(np.int64)
    order = np.argsort(group, kind="stable")  # in a group by time, as they were read
    columns = {name: cases[name].to_numpy()[order] for name in (*places, "subcategory", *_OF_CASES)}
    counted = []
    for at in np.split(np.arange(len(order)), np.flatnonzero(np.diff(group[order])) + 1):
        if len(at) and columns["is_now"][at].any():
            keys = {name: columns[name][at[0]] for name in (*places, "subcategory")}
            counted.append({**keys, **_counted({name: columns[name][at] for name in _OF_CASES})})
    rows = pd.DataFrame(counted, columns=[*places, *_COLUMNS])
    rows[places] = rows[places].astype(object).where(rows[places].notna(), None)
    kinds = {name: "int64" for name in rows if name.startswith("n_")}
    rows = rows.astype(kinds | {"peak_from_hour": "Int64"})
    first = asked.lasting(first_report, asked.town.id)
    if first is None or first > asked.begin_of(begin + timedelta(1)):
        rows["n_before"] = pd.array([pd.NA] * len(rows), "Int64")
    rows = _beside(asked, rows, begin)
    asked.meta["n_hot"] = int(rows["is_hot"].sum())
    order = rows.assign(_q=rows["chance_q"].fillna(1)).sort_values(
        ["_q", "n_reported"], ascending=[True, False], kind="stable"
    )
    rows = order.drop(columns="_q").reset_index(drop=True)
    asked.meta["n_total"] = len(rows)
    return rows if asked.limit is None else rows.head(asked.limit)


_COLUMNS: Final = (
    "subcategory", "category", "n_reported", "n_before", "n_by_workers", "n_by_others", "peak_from_hour", "n_in_peak", "n_near",
    "address", "n_again", "main_unit", "n_main_unit", "units_involved", "lon", "lat",
)  # fmt: skip


def _counted(cases: dict[str, np.ndarray]) -> dict[str, Any]:
    """What is counted of the cases of one subcategory (and grid), by time."""
    now = {name: values[cases["is_now"]] for name, values in cases.items()}
    n, n_workers = len(now["is_now"]), int((now["channel"] == "worker").sum())
    when, where = peak(now["hour"][now["has_hour"]]), knot(now["x"], now["y"])
    units = sorted(
        Counter(name for name in now["unit"] if isinstance(name, str)).items(), key=lambda unit: (-unit[1], unit[0])
    )
    middle = {name: now[name][where.at] if where.at >= 0 else None for name in ("address", "lon", "lat")}
    return {
        "category": now["category"][0], "n_reported": n, "n_before": len(cases["is_now"]) - n, "n_by_workers": n_workers,
        "n_by_others": n - n_workers, "peak_from_hour": when.from_hour, "n_in_peak": when.n, "n_near": where.n,
        **middle, "n_again": again(cases["x"], cases["y"], n), "main_unit": units[0][0] if units else None,
        "n_main_unit": units[0][1] if units else 0, "units_involved": ", ".join(name for name, _ in units[:3]) or None,
    }  # fmt: skip


def _in_metres(asked: Asked, cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Where the cases are in the metric CRS of the town, NaN = not known; before it has one, in the usual one of the place."""
    lon, lat = (cases[name].to_numpy(np.float64) for name in ("lon", "lat"))
    known = np.isfinite(lon)
    x, y = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
    if known.any():
        crs = asked.town.crs or metric_crs_for(float(lon[known].mean()), float(lat[known].mean()))
        x[known], y[known] = from_wgs84(lon[known], lat[known], parse_datum(crs))
    return x, y


def _beside(asked: Asked, rows: pd.DataFrame, begin: Any) -> pd.DataFrame:
    """The rows with the periods before and the patrols beside them, and which are hot."""
    n, before = (
        rows[name].astype("Float64").to_numpy(np.float64, na_value=np.nan) for name in ("n_reported", "n_before")
    )
    q, is_hot = hot(n, before)
    hours, hours_before = _hours(asked, rows, begin)
    spared = np.minimum(1.0, share(hours_before, hours))
    adjusted = rows["n_by_others"].to_numpy(np.float64) + rows["n_by_workers"].to_numpy(np.float64) * spared
    rows = rows.assign(
        before_mean=before / BACK, times_before=share(n, before / BACK), chance_q=q, is_hot=is_hot, patrol_h=hours,
        is_gathered=gathered(n, rows["n_near"], rows["n_in_peak"]),
        before_patrol_h=hours_before, times_adjusted=share(adjusted, before / BACK),
        peak_share=share(rows["n_in_peak"], n), near_share=share(rows["n_near"], n),
    )  # fmt: skip
    named = rows
    if asked.level is not None:
        grids = level_grids(asked)[["grid_code", "grid_name", "parent_code"]]
        named = rows.merge(pd.DataFrame(grids), how="left", on="grid_code")
    front = [name for name in ("grid_code", "grid_name", "parent_code", "place_status") if name in named]
    return named[[*front, *asked.definition.columns, "lon", "lat"]]


def _hours(asked: Asked, rows: pd.DataFrame, begin: Any) -> tuple[np.ndarray, np.ndarray]:
    """Hours of patrol in the place of each row: of the period, and on average of a period before; NaN where not known."""
    unknown = np.full(len(rows), np.nan)
    first = known_since(asked)
    if first is None or first > begin or asked.layer != BASE:
        return unknown, unknown
    spans = ((asked.since, asked.until, 1), (begin, asked.since - timedelta(1), BACK))  # type: ignore[operator]
    found = []
    for since, until, parts in spans:
        values = {"scope_ids": None, **asked.values, "since_on": since, "until_on": until}
        patrols = frame(asked.connection, "questions/effort/patrolled", values, level=asked.level or 0)
        if asked.level is None:
            found.append(np.full(len(rows), patrols["minutes"].sum() / 60 / parts))
        else:
            by_grid = coded(asked, patrols).groupby("grid_code")["minutes"].sum() / 60 / parts
            hours = pd.to_numeric(rows["grid_code"].map(by_grid)).fillna(0)
            found.append(hours.where(rows["grid_code"].notna()).to_numpy(np.float64))
    return found[0], found[1]

"""forecast: what the next seven days are expected to bring, by grid, village and town, in numbers that add up."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgov.analytics.forecasting import WEEK, Tested, day_kinds, interval, next_week
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked, called, every_level
from gridgov.questions.begins import first_report
from gridgov.questions.kept import kept_by
from gridgov.questions.periods import take_periods
from gridgov.questions.shaping import coded, level_grids, on_grids

IntArray = npt.NDArray[np.int64]

WEEKS: Final = 104
"""Two years of the past say enough."""

_WHOLE: Final = -1


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by (and for what lies in none); without `by` one for the whole of the scope.

    forecast_n and its bounds in cases of seven days, n_last_week, outlook. Meta `since` and `until`: the days that are
    forecast, `days_off`: those of them that are not worked, `test`: what analytics.forecasting.Tested says of the level,
    None where too little is known. Raises QuestionError.
    """
    level = _level(asked)
    last = asked.when.on if asked.when.is_day else asked.when.on - timedelta(days=1)
    since = _since(asked, last)
    cases = _cases(asked, since, last)
    parts = _parts(asked, cases)
    finest = parts.columns[-1]
    counts = _by_day(parts, cases, since, last)
    # A level of a single grid says what the whole says, and has no say of its own.
    shown = [each for each in parts.columns[1:] if parts.loc[parts["placed"] == "", each].nunique() > 1]
    numbers = [(_WHOLE, np.zeros(len(parts), np.int64)), *((each, _numbers(parts, each)) for each in shown or [finest])]
    assert asked.rules is not None  # noqa: S101  `understand` gives every question those of its town
    is_workday = asked.rules.calendar(since, last + timedelta(WEEK)).is_workday
    weekday = (since.weekday() + np.arange(len(is_workday))) % WEEK
    found = next_week(counts, _ups([number for _, number in numbers]), day_kinds(weekday, is_workday))
    deep = next((n for n, (each, _) in enumerate(numbers) if each == level), 0)
    coming = [last + timedelta(k + 1) for k in range(WEEK)]
    asked.meta |= {
        "since": coming[0].isoformat(), "until": coming[-1].isoformat(),
        "days_off": [day.isoformat() for day, worked in zip(coming, is_workday[-WEEK:], strict=True) if not worked],
        "test": None if found is None else _said(found[1][deep]),
    }  # fmt: skip
    weeks = None if found is None else (found[0][-1].expected, found[0][deep].dispersion)
    return _told(asked, level, _rows(parts, level, counts[:, -WEEK:].sum(axis=1), weeks))


def _level(asked: Asked) -> int:
    """The level of the layer whose numbers are shown; _WHOLE for the whole town. Raises QuestionError."""
    if len(asked.keys) > 1 or any(key.level is None for key in asked.keys):
        raise QuestionError("'forecast' is asked by one level of grids, or of the whole.")
    if asked.needs_state:
        raise QuestionError("'forecast' speaks of what is reported, not of how cases stand; ask without `state`.")
    of_scope = max(called(asked, asked.scope).values()) if asked.scope and asked.values.get("scope_ids") else _WHOLE
    if asked.level is None:
        return of_scope
    if of_scope > asked.level:
        raise QuestionError(f"'{asked.scope}' lies below the level asked by; ask by its own level or a finer one.")
    return asked.level


def _since(asked: Asked, last: date) -> date:
    """The first day that is counted: WEEKS back, not before the first report."""
    begin, first = last - timedelta(days=WEEKS * WEEK - 1), asked.lasting(first_report, asked.town.id)
    return begin if first is None else min(max(begin, first.astimezone(asked.when.at.tzinfo).date()), last)


def _whole(asked: Asked, **other: Any) -> Asked:
    """The same asked of the whole town: a grid is expected to bring the same, whatever part of the town is looked at."""
    conditions = [each for each in asked.conditions if ":scope_ids" not in each]
    return replace(asked, conditions=conditions, values={**asked.values, "scope_ids": None}, meta={}, **other)


def _cases(asked: Asked, since: date, last: date) -> pd.DataFrame:
    """Cases of the town by finest grid (grid_code; None = in none) and place_status, and day: period_on, n_reported."""
    whole = _whole(asked, keys=every_level(asked)[-1:], since=since, until=last)
    take_periods(whole, "day")
    rows = whole.read("flow", keys=whole.sql_keys(), kind=kept_by(whole, is_flow=True), by_unit=False)
    return coded(whole, rows) if whole.keys else rows.assign(grid_code=None, place_status="located")


def _parts(asked: Asked, cases: pd.DataFrame) -> pd.DataFrame:
    """What is added up: the finest grids, and what lies in none of them, a row each.

    placed, then a column a level by its number: the code of the grid in which the part lies. Of a part that lies in no grid
    of today codes are empty, and `placed` is its place_status, else empty.
    """
    levels = every_level(asked)
    grids = [level_grids(_whole(asked, keys=[each])) for each in levels]
    finest = max(len(levels) - 1, 0)
    codes = {finest: grids[finest]["grid_code"] if grids else pd.Series(dtype=object)}
    for level in range(finest, 0, -1):
        parents = dict(zip(grids[level]["grid_code"], grids[level]["parent_code"], strict=True))
        codes[level - 1] = codes[level].map(parents)
    parts = pd.DataFrame(codes)[sorted(codes)].astype(object)
    parts.insert(0, "placed", "")
    nowhere = cases.loc[~cases["grid_code"].isin(codes[finest]), "place_status"].drop_duplicates().sort_values()
    return pd.concat([parts, pd.DataFrame({"placed": nowhere})], ignore_index=True).fillna("")


def _by_day(parts: pd.DataFrame, cases: pd.DataFrame, since: date, last: date) -> npt.NDArray[np.float64]:
    """Cases by part and day, from the first to the last."""
    finest = parts.columns[-1]
    at = {key: number for number, key in enumerate(zip(parts[finest], parts["placed"], strict=True))}
    codes = cases["grid_code"].where(cases["grid_code"].isin(parts[finest]), "")
    keys = zip(codes, cases["place_status"].where(codes == "", ""), strict=True)
    counts = np.zeros((len(parts), (last - since).days + 1))
    days = [(day - since).days for day in cases["period_on"]]
    np.add.at(counts, ([at[key] for key in keys], days), cases["n_reported"].to_numpy(np.float64))
    return counts


def _numbers(parts: pd.DataFrame, level: int) -> IntArray:
    """Which group of a level each part belongs to, in the order in which they come."""
    return parts.groupby([level, "placed"], sort=False).ngroup().to_numpy(np.int64)


def _ups(numbers: list[IntArray]) -> list[IntArray]:
    """See analytics.forecasting.summed."""
    return [above[np.unique(below, return_index=True)[1]] for above, below in pairwise(numbers)]


def _rows(
    parts: pd.DataFrame, level: int, last: npt.NDArray[np.float64], weeks: tuple[npt.NDArray[np.float64], float] | None
) -> pd.DataFrame:
    """The rows of a level, from last week's counts of the parts, what is expected of them, and how counts disperse."""
    groups = parts if level == _WHOLE else parts[[level, "placed"]].drop_duplicates()
    number = np.zeros(len(parts), np.int64) if level == _WHOLE else _numbers(parts, level)
    n = np.bincount(number, last, minlength=1).astype(np.int64)
    rows = pd.DataFrame({"n_last_week": n})
    if level != _WHOLE:
        rows["grid_code"] = groups[level].to_numpy(object)
        rows["place_status"] = groups["placed"].to_numpy(object)
    expected, low, high = np.full((3, len(n)), np.nan)
    if weeks is not None:
        expected = np.bincount(number, weeks[0], minlength=1)
        low, high = interval(expected, weeks[1])
    rows = rows.assign(forecast_n=expected, likely_from=low, likely_to=high)
    rows["outlook"] = pd.Series(np.select([n < low, n > high], ["more", "fewer"], "alike"), dtype=object)
    return rows.assign(outlook=rows["outlook"].where(~np.isnan(expected), None))


def _told(asked: Asked, level: int, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows in scope, with what is told of their grids."""
    columns = list(asked.definition.columns)
    if asked.level is None:
        inside = [True] * len(rows) if level == _WHOLE else rows["grid_code"] == asked.scope
        return rows.loc[inside, columns].reset_index(drop=True)
    codes = rows["grid_code"].where(rows["grid_code"] != "", None)
    rows = rows.assign(grid_code=codes, place_status=rows["place_status"].where(codes.isna(), "located"))
    if asked.values.get("scope_ids"):
        rows = rows[rows["grid_code"].isin(level_grids(asked)["grid_code"])]
    rows = on_grids(asked, rows)
    return rows[[name for name in rows if name not in (*columns, "geom")] + [*columns, "geom"]]


def _said(tested: Tested) -> dict[str, Any]:
    """The test as the meta of an answer tells it."""
    return {name: None if value != value else value for name, value in tested._asdict().items()}

"""backlog_trend: the backlog at the end of each day, week or month: what a chart over time, or a time machine, draws."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import pandas as pd

from gridgov.analytics.marginals import STOCKS
from gridgov.analytics.periods import Kind, tiling
from gridgov.questions.asking import Asked
from gridgov.questions.backlog import with_share
from gridgov.questions.kept import past_kept_by
from gridgov.questions.moments import instant
from gridgov.questions.periods import take_periods
from gridgov.questions.shaping import coded
from gridgov.store.database import frame

_COUNTS = {"n_open": "open", "n_with_deadline": "with_deadline", "n_overdue": "red", "n_at_risk": "at_risk",
           "n_red": "red", "n_yellow": "yellow", "n_grey": "grey"}  # fmt: skip

_ALL = ["n_open", "n_with_deadline", "n_overdue", "n_at_risk", "n_red", "n_yellow", "n_green", "n_grey"]


def read(asked: Asked) -> pd.DataFrame:
    """One row a period and group that has had open cases: period_on, the keys, and the counts of backlog at its end."""
    kind = cast("Kind", asked.period or (asked.during.kind if asked.during else "day"))
    take_periods(asked, kind)
    since, until = cast("date", asked.since), cast("date", asked.until)
    periods = tiling(since, until, kind, asked.cycle)
    ends = [min(p.last, until) for p in periods]
    by = past_kept_by(asked)
    is_over = asked.when.is_day or ends[-1] < asked.when.on  # of a day that is not over only the stretches tell
    n_kept = 0 if by is None else len(ends) if is_over else len(ends) - 1
    parts = [_counted(asked, n_kept + 1, ends[n_kept:])] if n_kept < len(ends) else []
    if by is not None:
        parts.append(_summed(_kept(asked, by), _keys(asked), n_kept))
    rows = _every(pd.concat(parts, ignore_index=True), _keys(asked), len(ends))
    rows["number"] = rows["number"].map({k + 1: p.begin for k, p in enumerate(periods)})
    return with_share(rows.rename(columns={"number": "period_on"}))


def _kept(asked: Asked, kind: str) -> pd.DataFrame:
    """The changes that are kept: number of the period (0 = all before), the keys, counts."""
    asked.values["month_on"] = cast("date", asked.since).replace(day=1)
    rows = coded(asked, asked.read(kind=kind, keys=asked.sql_keys(), stocks=STOCKS))
    rows = rows.assign(**{name: rows[measure] for name, measure in _COUNTS.items()}).drop(columns=list(STOCKS))
    return rows.assign(n_green=rows["n_open"] - rows["n_red"] - rows["n_yellow"] - rows["n_grey"])


def _summed(changes: pd.DataFrame, keys: list[str], n_periods: int) -> pd.DataFrame:
    """The counts at the end of each period, from all changes until then."""
    table, groups = _grouped(changes, keys)
    every = pd.MultiIndex.from_product([range(n_periods + 1), groups["group"]], names=["number", "group"])
    table = table.reindex(every, fill_value=0).groupby(level="group").cumsum().loc[1:]
    return table.reset_index().merge(groups, on="group").drop(columns="group")


def _counted(asked: Asked, first: int, days: Sequence[date]) -> pd.DataFrame:
    """The backlog asked for at the ends of periods, from the stretches: number (from `first` on), the keys, counts."""
    at = [min(instant(day, asked.town.time_zone, asked.cycle.day_start).at, asked.when.at) for day in days]
    numbers = {"numbers": list(range(first, first + len(at))), "ends": at, "first_at": at[0], "last_at": at[-1]}
    names: dict[str, Any] = {"placement": asked.placement, "conditions": asked.conditions, "keys": asked.sql_keys()}
    rows = frame(asked.connection, "questions/backlog_trend/counted", {**asked.values, **numbers}, **names)
    return coded(asked, rows)[["number", *_keys(asked), *_ALL]]


def _every(rows: pd.DataFrame, keys: list[str], n_periods: int) -> pd.DataFrame:
    """A row for every period and each group that has open cases at the end of one."""
    table, groups = _grouped(rows, keys)
    every = pd.MultiIndex.from_product([range(1, n_periods + 1), groups["group"]], names=["number", "group"])
    table = table.reindex(every, fill_value=0)
    if keys:
        table = table[table["n_open"].groupby(level="group").transform("max") > 0]
    return table.reset_index().merge(groups, on="group")[["number", *keys, *table.columns]]


def _grouped(rows: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sums by number and group; and the groups: their keys and number `group`, in the order of the keys."""
    absent = {name: rows[name].astype(object).where(rows[name].notna(), None) for name in keys}  # in one way only
    rows = rows.astype(dict.fromkeys(_ALL, "int64")).assign(**absent)
    groups = rows[keys].drop_duplicates().sort_values(keys, ignore_index=True) if keys else pd.DataFrame(index=[0])
    groups = groups.assign(group=range(len(groups)))
    told = rows.merge(groups, how="left", on=keys) if keys else rows.assign(group=0)
    return told.groupby(["number", "group"])[_ALL].sum(), groups


def _keys(asked: Asked) -> list[str]:
    names = [name for name, _ in asked.sql_keys()]
    return ["grid_code" if name == "grid_id" else name for name in names]

"""effort and need_gap: cases beside patrols. Where more is found because more is looked, and where nobody looks."""

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd

from gridgov.analytics.rates import N_MIN, poisson, share, wilson
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.rates import standing
from gridgov.questions.shaping import coded, on_grids
from gridgov.questions.watched import known_since, require_base
from gridgov.store.database import frame

_YEAR: Final = timedelta(days=364)
_MUCH: Final = 1.5
"""From so many times its share of what others report a grid's patrols are much, below one such part of it few."""


def read_effort(asked: Asked) -> pd.DataFrame:
    """One row a grid: cases by workers and by others, hours and km of patrol, cases of workers per hour and km, its reading."""
    known = _settle(asked)
    rows = beside(asked, asked.read(keys=asked.sql_keys()))
    by_workers, by_others = (rows[name].to_numpy(float) for name in ("n_by_workers", "n_by_others"))
    hours, n = rows["patrol_h"].to_numpy(float), by_workers + by_others
    low, high = poisson(by_workers)
    rows = rows.assign(
        n_found=n.astype("int64"), per_hour=share(by_workers, hours), per_hour_low=share(low, hours),
        per_hour_high=share(high, hours), per_km=share(by_workers, rows["patrol_km"].to_numpy(float)),
        worker_share=share(by_workers, n),
    )  # fmt: skip
    rows["worker_share_low"], rows["worker_share_high"] = wilson(by_workers, n)
    where = standing(by_workers, n)
    ratio = share(share(hours, hours.sum()), share(by_others, by_others.sum()))
    rows["reading"] = [_reading(*each) if known else None for each in zip(where, ratio, hours, by_others, strict=True)]
    return _told(asked, rows if known else rows.assign(patrol_h=np.nan, patrol_km=np.nan))


def read_need_gap(asked: Asked) -> pd.DataFrame:
    """One row a grid: its share of what others reported in the year to `until`, its share of patrol minutes, and the gap."""
    known = _settle(asked)
    # A month of cases is little: a year of them says where they come from. Patrols are those of the period.
    assert asked.until is not None  # noqa: S101  take_period has settled it
    asked.values["since"] = asked.begin_of(asked.until - _YEAR)
    asked.meta["need_since"] = (asked.until - _YEAR).isoformat()
    rows = beside(asked, asked.read("effort", keys=asked.sql_keys())).drop(columns="n_by_workers")
    need, hours = rows["n_by_others"].to_numpy(float), rows["patrol_h"].to_numpy(float)
    if asked.level is not None:  # what lies in no grid of the level has no patrols to be compared with
        need = np.where(rows["place_status"] == "located", need, np.nan)
    of_need, of_patrol = share(need, np.nansum(need)), share(hours, hours.sum())
    low, high = wilson(need, np.full(len(need), np.nansum(need)))
    rows = rows.assign(
        need_share=of_need, need_share_low=low, need_share_high=high, patrol_share=of_patrol, gap=of_patrol - of_need,
        move_h=(of_need - of_patrol) * hours.sum(),
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        words = np.select([need < N_MIN, of_patrol < low, of_patrol > high], ["few", "too_little", "more"], "in_line")
    rows["reading"] = pd.Series(words, rows.index, object).where(
        ~np.isnan(of_patrol) & ~np.isnan(of_need) & known, None
    )
    return _told(asked, rows)


def _settle(asked: Asked) -> bool:
    """Settle the period, without its days before the first track (meta `known_since`); False where no day is left.

    Raises QuestionError.
    """
    by_grids(asked)
    require_base(asked)
    first = known_since(asked)
    asked.meta["known_since"] = None if first is None else first.isoformat()
    take_period(asked)
    assert asked.since is not None  # noqa: S101  take_period has settled both
    assert asked.until is not None  # noqa: S101
    if first is None or first > asked.until:
        return False
    if asked.since < first:
        said = asked.meta["since"]  # what was asked; known_since tells from when on it is counted
        asked.since = first
        take_period(asked)
        asked.meta["since"] = said
    return True


def by_grids(asked: Asked) -> None:
    """Raises QuestionError where it is asked by something else than a level of grids."""
    if any(key.level is None for key in asked.keys):
        raise QuestionError(
            f"'{asked.definition.id}' is asked by a level of grids, or of the whole: patrols have no units and categories. "
            "Say which cases count with `where`."
        )


def beside(asked: Asked, cases: pd.DataFrame) -> pd.DataFrame:
    """Cases by grid with the patrols of the same grids; grids that have neither are rows of 0."""
    assert asked.until is not None  # noqa: S101
    values = {"scope_ids": None, **asked.values, "since_on": asked.since, "until_on": asked.until}
    patrols = frame(asked.connection, "questions/effort/patrolled", values, level=asked.level or 0)
    sums = ["minutes", "metres"]
    if asked.level is None:
        rows = cases.assign(**{name: patrols[name].sum() for name in sums})
    else:
        patrols = coded(asked, patrols).groupby("grid_code", as_index=False)[sums].sum()
        keys, counts = ["grid_code", "place_status"], ["n_by_workers", "n_by_others"]
        found = coded(asked, cases).groupby(keys, dropna=False, as_index=False)[counts].sum()
        rows = on_grids(asked, found).merge(patrols.astype({"grid_code": object}), how="left", on="grid_code")
    counts = [name for name in rows if name.startswith("n_")]
    rows[counts] = rows[counts].astype("int64")
    rows["patrol_h"], rows["patrol_km"] = rows["minutes"].fillna(0) / 60, rows["metres"].fillna(0) / 1_000
    return rows.drop(columns=sums)


def _reading(where: str | None, ratio: float, hours: float, n_by_others: float) -> str | None:
    """What effort makes of a grid: its share of workers' cases among the others', seen beside its share of the hours."""
    if where is None or where == "few":
        return where
    if hours == 0:
        return "unvisited" if n_by_others else None
    if where in ("above", "far_above") and not ratio < _MUCH:
        return "hot_patrolled"
    if where in ("below", "far_below") and ratio < 1 / _MUCH:
        return "cold_unvisited"
    return "usual"


def _told(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The columns as they are defined, each with its bounds behind it; the grid before them, its shape last."""
    told = [n for name in asked.definition.columns for n in (name, f"{name}_low", f"{name}_high") if n in rows]
    places = [name for name in rows if name in ("grid_code", "grid_name", "parent_code", "level_code", "place_status")]
    return rows[[*places, *told, *[name for name in ("geom",) if name in rows]]]

"""What was done on patrol by grid and period: minutes, way and days, and every group there is, 0 where nothing was done."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import geopandas as gpd
import pandas as pd

from gridgov.crs import STORE_CRS
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.shaping import coded, level_grids
from gridgov.questions.watched import last_day
from gridgov.store.rulebook import patrol_rules_of

DONE: Final = ("minutes", "stop_min", "metres", "effective_m", "n_visits", "n_days")
_FRONT: Final = ("period_on", "grid_code", "grid_name", "parent_code", "level_code", "place_status")


def take_days(asked: Asked) -> tuple[date, date]:
    """Settle since and until (`take_period`), both whole statistical days by as_of, and return them. Raises QuestionError."""
    asked.until = min(asked.until or asked.when.on, last_day(asked))
    if asked.since is not None and asked.since > asked.until:
        raise QuestionError(
            f"since ({asked.since}) comes after {asked.until}, the last day that counts: patrols are counted by whole days."
        )
    take_period(asked)
    assert asked.since is not None  # noqa: S101  settled above
    return asked.since, asked.until


def patrolled_min(asked: Asked) -> float:
    """Minutes on patrol, of all together, that make a day of a grid one on which it was patrolled; said in the meta."""
    minutes = patrol_rules_of(asked.connection, asked.town.id).patrol.patrolled_min
    asked.meta["patrolled_min"] = minutes
    return minutes


def whole_months(asked: Asked) -> dict[str, date]:
    """The calendar months that lie wholly in the window and in one period each: first_month, and end_month after the last."""
    since, until = asked.values["since_on"], asked.values["until_on"]
    first = since if since.day == 1 else month_after(since)
    end = max((until + timedelta(1)).replace(day=1), first)
    if asked.period is not None and any(begin.day > 1 for begin in asked.values["period_days"][1:]):
        end = first
    return {"first_month": first, "end_month": end}


def month_after(on: date) -> date:
    """The first day of the calendar month after that of a day."""
    return (on.replace(day=28) + timedelta(4)).replace(day=1)


def done(asked: Asked) -> pd.DataFrame:
    """What was done in the days that `take_days` settled: DONE by period_on, grid_code and place_status, as asked by."""
    asked.values |= whole_months(asked) | {"patrolled_min": patrolled_min(asked)}
    rows = asked.read("coverage", keys=asked.sql_keys(), by_period=asked.period is not None)
    rows = coded(asked, rows).fillna(dict.fromkeys(DONE, 0))
    keys = [name for name in ("period_on", "grid_code", "place_status") if name in rows]
    rows = rows.astype(dict.fromkeys(DONE, "float64"))
    if keys:
        rows = rows.groupby(keys, dropna=False, as_index=False)[list(DONE)].sum()
    return rows.astype({"n_visits": "int64", "n_days": "int64"})


def by_periods(asked: Asked, since: date, until: date, one: Callable[[date, date], pd.DataFrame]) -> pd.DataFrame:
    """What `one` says of the days of each period asked by, with period_on; of the whole window where by none."""
    begins: list[date] = asked.values["period_days"] if asked.period is not None else []
    if not begins:
        return one(since, until)
    ends = [*(begin - timedelta(1) for begin in begins[1:]), until]
    parts = [one(max(begin, since), end).assign(period_on=begin) for begin, end in zip(begins, ends, strict=True)]
    return pd.concat(parts, ignore_index=True)


def every_group(asked: Asked, rows: pd.DataFrame, *none: str) -> pd.DataFrame:
    """A row for every grid of the level in scope and every period asked by, and geometry; rows of no grid come last.

    none  columns that are 0 where nothing was done; the others are null there
    """
    keys = [name for name in ("period_on", "grid_code") if name in rows]
    every = pd.DataFrame({"period_on": asked.values["period_days"]}) if asked.period is not None else None
    if asked.level is not None:
        grids = pd.DataFrame(level_grids(asked))
        codes = grids[["grid_code"]]
        every = codes if every is None else every.merge(codes, how="cross")
        rows = rows.astype({"grid_code": object})
        rows = every.merge(rows, how="outer", on=keys).assign(
            place_status=lambda r: r["place_status"].fillna("located")
        )
        rows = rows.merge(grids, how="left", on="grid_code")
    elif every is not None:
        rows = every.merge(rows, how="left", on=keys)
    rows = rows.fillna(dict.fromkeys(none, 0))
    rows = rows.astype({name: "int64" for name in none if name.startswith("n_")})
    front = [name for name in _FRONT if name in rows]
    rows = rows[[*front, *[name for name in rows if name not in front]]]
    if keys:
        rows = rows.sort_values(keys, na_position="last", ignore_index=True)
    return gpd.GeoDataFrame(rows, geometry="geom", crs=STORE_CRS) if "geom" in rows else rows


def in_order(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The columns that name a row, then those of the definition, then the geometry; no others."""
    names = [*_FRONT, *asked.definition.columns, "geom"]
    return rows[[name for name in dict.fromkeys(names) if name in rows]]

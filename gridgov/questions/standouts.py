"""standouts: grids with clearly more, or fewer, cases than what they hold leads to expect, by the rate of all others."""

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd

from gridgov.analytics.rates import poisson, share
from gridgov.analytics.standouts import standouts
from gridgov.errors import QuestionError
from gridgov.questions import exposure
from gridgov.questions.asking import Asked, finest
from gridgov.questions.kept import kept_by
from gridgov.questions.periods import take_periods
from gridgov.questions.rates import N_MIN
from gridgov.questions.shaping import shaped

WEEKS: Final = timedelta(days=27)
"""Four weeks with the last day: each day of the week as often as the others."""

EXPOSURES: Final = ("residents", "road_km", "built_up_m2", "area_km2")
"""What counts are expected to grow with; the first that is known of half of the grids is taken."""

_FALSE: Final = {0.05: ("below", "above"), 0.002: ("far_below", "far_above")}


def read(asked: Asked) -> pd.DataFrame:
    """One row a grid of the level asked by (the finest unless said) and for cases in none, those furthest above first.

    Meta `exposure` names what they are held against, `n_judged` the grids of which something is said, `spread` how much more
    grids differ than chance alone would make them. Raises QuestionError.
    """
    if asked.keys and (len(asked.keys) > 1 or asked.level is None):
        raise QuestionError("'standouts' is asked by a level of grids: what units or categories hold is not known.")
    if not asked.keys and asked.shown is not None:
        asked.keys = [finest(asked)]
    asked.until = min(asked.until or asked.when.on, asked.when.on)
    asked.since = asked.since or asked.until - WEEKS
    rows = _reported(asked)
    held = _held(asked, rows)
    n, is_grid = rows["n_reported"].to_numpy(np.float64), rows["grid_code"].notna().to_numpy()
    found = standouts(n, np.where(is_grid, held, np.nan))
    low, high = poisson(n)
    rows = rows.assign(
        held=held, expected_n=found.expected, times_expected=share(n, found.expected),
        times_expected_low=share(low, found.expected), times_expected_high=share(high, found.expected), chance_q=found.q,
        standing=_standing(n, found.expected, found.q),
    )  # fmt: skip
    asked.meta |= {
        "n_judged": int((rows["standing"].notna() & (rows["standing"] != "few")).sum()),
        "spread": found.spread,
    }
    rows = rows.sort_values(["times_expected", "n_reported"], ascending=False, kind="stable", ignore_index=True)
    return rows[[name for name in rows if name != "geom"] + [name for name in ("geom",) if name in rows]]


def _reported(asked: Asked) -> pd.DataFrame:
    """Cases reported in the period, by grid."""
    if asked.needs_state:
        raise QuestionError("'standouts' counts what was reported, not how cases stand; ask without `state`.")
    take_periods(asked, "year")
    asked.meta.pop("period")
    rows = shaped(asked, asked.read("flow", keys=asked.sql_keys(), kind=kept_by(asked, is_flow=True), by_unit=False))
    keys = [name for name in ("grid_code", "grid_name", "parent_code", "level_code", "place_status") if name in rows]
    if "grid_code" not in rows:
        return pd.DataFrame({"grid_code": [None], "n_reported": [int(rows["n_reported"].sum())]})
    whole = rows.groupby(keys, dropna=False, as_index=False, sort=False)["n_reported"].sum()
    shapes = rows[["grid_code", "geom"]].drop_duplicates("grid_code")
    return type(rows)(whole.merge(shapes, on="grid_code", how="left"), geometry="geom", crs=rows.crs)


def _held(asked: Asked, rows: pd.DataFrame) -> np.ndarray:
    """What each grid holds, by the first of EXPOSURES that is known of half of them; NaN where it is not known."""
    asked.meta["exposure"] = None
    if asked.level is None:
        return np.full(len(rows), np.nan)
    table = exposure.read(asked).set_index("grid_code")
    for name in EXPOSURES:
        if len(table) and 2 * (table[name] > 0).sum() >= len(table):
            asked.meta["exposure"] = name
            return pd.to_numeric(rows["grid_code"].map(table[name]), errors="coerce").to_numpy(np.float64)
    return np.full(len(rows), np.nan)


def _standing(n: np.ndarray, expected: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Where each grid stands, by STANDINGS of questions.rates; None where nothing is expected."""
    found = np.full(len(n), "usual", object)
    for level, (below, above) in _FALSE.items():
        found[(q <= level) & (n < expected)] = below
        found[(q <= level) & (n > expected)] = above
    found[np.maximum(n, np.nan_to_num(expected)) < N_MIN] = "few"
    found[~(expected > 0)] = None
    return found

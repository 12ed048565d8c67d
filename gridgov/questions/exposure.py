"""exposure: what grids hold (people, firms, roads, area to patrol), and counts of any question per so much of it."""

from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.definition import Definition
from gridgov.schema import COLUMNS
from gridgov.store.database import geo_frame
from gridgov.text import nearest

_PER: Final = {
    "residents": ("per_1k_residents", 1_000, "1,000 residents"),
    "households": ("per_1k_households", 1_000, "1,000 households"),
    "firms": ("per_1k_firms", 1_000, "1,000 firms"),
    "road_km": ("per_km_road", 1, "km of road"),
    "built_up_m2": ("per_km2_built_up", 1e6, "km2 of built-up area"),
    "patrollable_m2": ("per_km2_patrollable", 1e6, "km2 to patrol"),
    "area_km2": ("per_km2", 1, "km2"),
}
"""By exposure: the ending of the columns it makes, how much of it they are per, and how that is said."""


def read(asked: Asked) -> gpd.GeoDataFrame:
    """One row a grid of the level asked by, the whole town without `by`; in a scope: that grid and what is below it."""
    if any(key.level is None for key in asked.keys):
        raise QuestionError("Exposure is asked by a level of grids: it is known of grids, not of units or categories.")
    return _held(asked, asked.level or 0)


def per_exposure(definition: Definition, asked: Asked, rows: pd.DataFrame, per: str) -> pd.DataFrame:
    """The rows with `<count>_per_...` for every count, after the exposure itself; meta `per` says of which day it is.

    Null where the exposure is unknown or 0, where a row is no grid, and where the scope is only a part of the grid. Where
    only some of a grid's parts are counted it is per what is counted; meta `n_uncounted` says how many of the finest are not.
    Raises QuestionError.
    """
    if per not in _PER:
        raise QuestionError(f"'{per}' is no exposure{nearest(per, _PER)}. There are: {', '.join(_PER)}.")
    if "per" not in definition.takes or asked.level is None:
        raise QuestionError(
            f"Numbers per {per} are of grids: ask a question that counts by a level of grids, such as by='village'."
        )
    ending, size, unit = _PER[per]
    held = _held(asked, asked.level).set_index("grid_code")
    known = pd.to_numeric(rows["grid_code"].map(held[per]), errors="coerce").astype(float)
    counts = [name for name in rows if name in COLUMNS and COLUMNS[name].unit == "count"]
    rates = {f"{name}_{ending}": (size * rows[name] / known.where(known > 0)).astype(float) for name in counts}
    asked.meta["per"] = {"exposure": per, "unit": unit} | _told(held, per)
    return rows.assign(**{per: known, **rates})


def _told(held: pd.DataFrame, per: str) -> dict[str, Any]:
    """The first and the last day of the counts, and how many of the finest grids are not counted; areas are always known."""
    if per == "area_km2":
        return {}
    days = held.loc[held[per].notna(), "counted_on"]
    span = [None, None] if days.empty else [days.min().isoformat(), days.max().isoformat()]
    return {"counted_on": span[1], "counted_since": span[0], "n_uncounted": int(held["n_uncounted"].sum())}


def _held(asked: Asked, level: int) -> gpd.GeoDataFrame:
    """What the grids of a level in scope hold; empty when the town has no grids."""
    values = {
        "on": asked.when.on,
        "set_id": asked.shown.id if asked.shown else None,
        "layer_id": asked.sets[0].layer_id if asked.sets else None,
        "level": level,
        "scope_ids": asked.values.get("scope_ids"),
    }
    return geo_frame(asked.connection, "questions/exposure/read", values)

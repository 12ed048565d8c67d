"""Many days of a map at once, for a browser that goes through them by itself: classes of grids, lights, the grids on top."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import pandas as pd

from gridgov.figures.maps import classes, no_deadlines
from gridgov.figures.scale import class_of
from gridgov.figures.style import Scheme
from gridgov.figures.text import column_name, safe
from gridgov.vocabulary import Lang

TOP: Final = 8
"""Grids that are named of a day."""
LIGHTS: Final = ("n_open", "n_red", "n_yellow", "n_green", "n_grey")
TOLD: Final = ("n_open", "n_overdue")


def days(
    grids: pd.DataFrame, whole: pd.DataFrame, names: Mapping[str, str], measure: str | None, *,
    unknown: Collection[str] = (), lang: Lang = "en", scheme: Scheme = "light", faint: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What a browser needs to show any of some days: lists by day, in them by grid.

    grids    one row a day and grid: period_on, grid_code, n_open, n_overdue, n_with_deadline, the measure; not all need be there
    whole    one row a day: period_on and the counts of LIGHTS
    names    of the grids by code; lists by grid are in this order
    measure  what the map is coloured by; None = its colours stay as they are
    unknown  grids of which the measure is not known; of others it is 0 on days without a row, but for shares
    faint    paler, as of `choropleth`
    returns  days; codes, names; by day the counts of LIGHTS; by day and grid n_open and n_overdue; top: by day the places of
             at most TOP grids with open cases, most overdue first, then most open; colours, and by day and grid the
             place of its colour among them
    """
    on = [str(day) for day in whole["period_on"]]
    open_, overdue = (_by_day(grids, name, on, list(names)).fillna(0).astype("int64") for name in TOLD)
    found = {
        "days": on, "codes": list(names), "names": [safe(name) for name in names.values()],
        "lights": {name: whole[name].astype("int64").tolist() for name in LIGHTS},
        "grids": {"n_open": open_.to_numpy().tolist(), "n_overdue": overdue.to_numpy().tolist()},
        "said": {name: column_name(name, lang) for name in TOLD},
        "top": [_top(open_.loc[day].to_numpy().tolist(), overdue.loc[day].to_numpy().tolist()) for day in on],
    }  # fmt: skip
    if measure is not None and names:
        values = _by_day(grids, measure, on, list(names))
        if measure != "overdue_share":
            values = values.fillna({code: 0 for code in names if code not in unknown})
        if measure == "n_overdue":
            with_deadline = _by_day(grids, "n_with_deadline", on, list(names)).fillna(0)
            values = values.mask(no_deadlines(open_.to_numpy(), with_deadline.to_numpy()))
        limits, steps = classes(pd.Series(values.to_numpy().ravel()), measure, lang, scheme, faint)
        first = steps[0][0]
        found["colours"] = [colour for _, colour, _ in steps]
        found["classes"] = [(class_of(values.loc[day], limits) - first).tolist() for day in on]
    return found


def _by_day(grids: pd.DataFrame, name: str, on: list[str], codes: list[str]) -> pd.DataFrame:
    """A measure with a row a day and a column a grid; null where there is no row."""
    known = grids[grids["grid_code"].isin(codes)]
    values = pd.to_numeric(known[name], errors="coerce").astype(float)
    table = values.groupby([known["period_on"].astype(str), known["grid_code"]]).sum(min_count=1).unstack()
    return table.reindex(index=on, columns=codes)


def _top(n_open: list[int], n_overdue: list[int]) -> list[int]:
    order = sorted(range(len(n_open)), key=lambda k: (-n_overdue[k], -n_open[k], k))
    return [k for k in order if n_open[k]][:TOP]

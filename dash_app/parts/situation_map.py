"""Asking for the map of the situation: the grids of a level by what colours them, what lies over them, and their days."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from dash_app.asking import asks, published, trees
from dash_app.asking.state import EXPOSURES, SHADES, State
from dash_app.parts import patrols
from gridgov import figures
from gridgov.questions import Answer
from gridgov.questions.tiles import KINDS, NOT_YET, Kind

N_DAYS: Final = 90
"""Days that the time machine goes through: back from the last day of the data, or a like stretch further back."""
COVERED: Final = timedelta(days=6)
"""Land is covered when somebody was there within the week."""
_OF_DAYS: Final = ("n_overdue", "n_open", "overdue_share", "n_open_per")
_OF_PATROLS: Final = ("covered_share", "idle_mean_days")


@dataclass(frozen=True)
class SituationMap:
    """The grids to draw: those of a level below the scope; at the finest level those beside it, with it chosen.

    measure  the column of the rows that colours them; `among` the values of all days, so that a colour means the same on each
    """

    answer: Answer
    rows: gpd.GeoDataFrame
    shade: str
    measure: str
    among: pd.Series | None
    level: str
    levels: tuple[str, ...]
    above: str
    chosen: str | None

    @property
    def revision(self) -> str:
        """As long as it stays the same, the view a reader has chosen stays too."""
        return f"{self.answer.town} {self.level} {self.above} {self.chosen}"


def map_of(state: State) -> SituationMap | None:
    """What the map shows; None when the town has no grids."""
    grids, levels = trees.tree(state), list(asks.level_names(state))
    grid = grids.at(state.scope)
    if grid is None:
        return None
    is_finest = grid.n_children == 0
    above = grids.grids[grid.parent] if is_finest and grid.parent else grid
    below = tuple(levels[levels.index(above.level) + 1 :]) or (above.level,)
    level = state.level if state.level in below else below[0]
    offered = shades(state)
    shade = state.shade if state.shade in offered else offered[0]
    answer = _ask(state, shade, level, above.code)
    rows = answer.frame[answer.frame["grid_code"].notna()]
    rows = figures.with_more(rows) if shade == "n_open_more" else rows
    measure = _column(rows, shade)
    among = None
    if shade in _OF_DAYS:
        of_days = _days(state, shade, level, above.code).frame
        among = of_days.loc[of_days["grid_code"].isin(rows["grid_code"]), measure]
    return SituationMap(answer, rows, shade, measure, among, level, below, above.code, grid.code if is_finest else None)


def asked(state: State, shade: str, level: str, above: str) -> tuple[str, dict[str, Any], bool]:
    """What colours the map: the question, what it is asked with, and whether it is asked of the period of the bar."""
    of_grids: dict[str, Any] = {"by": level, "scope": above}
    if shade == "n_open_more":
        return "backlog", of_grids | {"compare": "previous"}, True
    if shade == "covered_share":
        return "coverage", of_grids | {"since": (patrols.day(state) - COVERED).isoformat()}, False
    if shade == "idle_mean_days":
        return "recency", of_grids, False
    return "backlog", of_grids | ({"per": per(state)} if shade == "n_open_per" else {}), False


def _ask(state: State, shade: str, level: str, above: str) -> Answer:
    question, arguments, of_period = asked(state, shade, level, above)
    if shade in _OF_PATROLS:
        return patrols.ask(state, question, **arguments)
    return (asks.of_period if of_period else asks.ask)(state, question, **arguments)


def _per(state: State, shade: str) -> str | None:
    return per(state) if shade == "n_open_per" else None


def _column(rows: pd.DataFrame, shade: str) -> str:
    """The column of a shade; that of counts per exposure says per what."""
    return next((name for name in rows if name.startswith("n_open_per_")), shade)


def shades(state: State) -> list[str]:
    """What the map can be coloured by: overdue needs deadlines, patrols need tracks and the base layer."""
    without = set() if asks.has_deadlines(asks.ask(state, "backlog")) else {"n_overdue", "overdue_share"}
    if state.layer != "base" or not patrols.is_known(state):
        without |= set(_OF_PATROLS)
    return [shade for shade in SHADES if shade not in without]


def mappable(state: State) -> list[Kind]:
    """Which cases can lie over the map: a case has no unit and no state yet when it is reported."""
    return ["open"] if state.where.keys() & set(NOT_YET) else list(KINDS)


def mapped(state: State) -> Kind:
    """Which cases lie over the map: those asked for, where they can."""
    return next((kind for kind in mappable(state) if kind == state.mapped), "open")


def points_of(state: State, kind: Kind) -> Answer | None:
    """The cases to draw one by one; None where they are too many for it."""
    if kind == "reported":
        return asks.reported_points(state)
    cases = asks.open_points(state)
    return cases if cases.meta["n_total"] <= asks.MAX_POINTS else None


def exposures(state: State) -> list[str]:
    """What is known of the grids that cases can be counted per."""
    held = asks.ask(State(town=state.town, as_of=state.as_of, layer=state.layer), "exposure").rows()
    return [name for name in EXPOSURES if any(row[name] for row in held)]


def per(state: State) -> str:
    """What cases are counted per: what is asked for where it is known, else the first that is."""
    known = exposures(state)
    return state.per if state.per in known else next(iter(known), state.per)


# ---------------------------------------------------------------------------------------------------------------------
# Days


def span(state: State) -> tuple[date, date]:
    """The first and the last day of the time machine: stretches of N_DAYS back from the last day of the data."""
    latest = date.fromisoformat(asks.latest(state)[:10])
    at = date.fromisoformat((state.as_of or latest.isoformat())[:10])
    until = latest - max(0, (latest - at).days // N_DAYS) * timedelta(N_DAYS)
    return until - timedelta(N_DAYS - 1), until


def _days(state: State, shade: str, level: str | None, above: str | None) -> Answer:
    """Open cases day by day, of a level of grids or of the scope."""
    since, until = span(state)
    by = [*([level] if level else []), "day"]
    more: dict[str, Any] = {"scope": above} if level else {}
    return asks.ask(
        state, "backlog_trend", by=by, since=since.isoformat(), until=until.isoformat(), as_of=until.isoformat(),
        per=_per(state, shade), **more,
    )  # fmt: skip


def days_of(state: State, faint: bool = False) -> str | None:
    """The address that serves all days of the map for the browser; None when the town has no grids."""
    shown = map_of(state)
    if shown is None:
        return None
    measure = shown.measure if shown.shade in _OF_DAYS else None
    days = [day.isoformat() for day in span(state)]
    looks = [shown.level, shown.above, shown.shade, _per(state, shown.shade), state.lang, state.scheme, faint]
    about = [*looks, days, state.scope, state.layer, sorted(state.filters, key=str)]

    def made() -> str:
        of_grids, whole = _days(state, shown.shade, shown.level, shown.above), _days(state, "n_open", None, None)
        names = dict(zip(shown.rows["grid_code"], shown.rows["grid_name"], strict=True))
        unknown = set(shown.rows.loc[shown.rows[measure].isna(), "grid_code"]) if measure else set()
        told = figures.days(
            of_grids.frame,
            whole.frame,
            names,
            measure,
            unknown=unknown,
            lang=state.lang,
            scheme=state.scheme,
            faint=faint,
        )
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    return published.served(state, about, made)

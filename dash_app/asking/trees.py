"""The tree of grids of a town: their names and order, what they hold, and the grids that a map shows."""

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd

from dash_app.asking import published
from dash_app.asking.asks import ask, data_version, has_deadlines, layers, town_of
from dash_app.asking.cache import remembered
from dash_app.asking.state import State
from gridgov.figures import Base
from gridgov.questions import Answer


@dataclass(frozen=True)
class Grid:
    """A grid of the tree."""

    code: str
    name: str
    parent: str | None
    level: str
    n_children: int


@dataclass(frozen=True)
class Tree:
    """The names and the order of a town's grids, without numbers; empty when the town has none."""

    grids: dict[str, Grid]
    has_residents: bool

    @property
    def root(self) -> Grid | None:
        """The grid above all others."""
        return next(iter(self.grids.values()), None)

    def at(self, scope: str | None) -> Grid | None:
        """The grid of a scope; the root when there is no scope."""
        return self.root if scope is None else self.grids.get(scope)

    def way(self, scope: str | None) -> list[Grid]:
        """From the root down to a scope."""
        found: list[Grid] = []
        grid = self.at(scope)
        while grid is not None and grid not in found:
            found.insert(0, grid)
            grid = self.grids.get(grid.parent or "")
        return found

    def level_below(self, grid: Grid) -> str:
        """The level of a grid's children."""
        return next((child.level for child in self.grids.values() if child.parent == grid.code), grid.level)


def tree(state: State) -> Tree:
    """The grids of the layer as they are at the latest day, or at as_of where a scope is unknown at the latest day."""
    newest = _tree(replace(state, as_of=None))
    return newest if state.scope is None or state.scope in newest.grids else _tree(state)


def _tree(state: State) -> Tree:
    town = town_of(state)
    if not layers(state):
        return Tree({}, False)
    key = ["tree", town.code, data_version(town), state.layer, state.as_of]
    return remembered(key, lambda: _read_tree(whole(state)))


def whole(state: State) -> State:
    """The same for the whole town, without filters."""
    return State(town=state.town, as_of=state.as_of, layer=state.layer, lang=state.lang)


def _read_tree(state: State) -> Tree:
    answer = ask(state, "hierarchy")
    grids = [
        Grid(
            row["grid_code"],
            row["grid_name"] or row["grid_code"],
            row["parent_code"],
            row["level_code"],
            row["n_children"],
        )
        for row in answer.rows()
    ]
    return Tree({grid.code: grid for grid in grids}, bool(answer.frame["residents"].notna().any()))


def hierarchy(state: State) -> Answer:
    """All grids of the layer with what they hold, whatever the scope and the filters."""
    return ask(whole(state), "hierarchy")


def beside_the_tree(state: State) -> dict[str, dict[str, Any]]:
    """Cases in no grid of the layer (outside, unlocated) and those of the whole town (all): n_cases, n_open, n_overdue."""
    town = whole(state)
    rows: dict[str | None, dict[str, Any]] = {
        row["place_status"]: row for row in ask(town, "backlog", by="place_status").rows()
    }
    rows[None] = ask(town, "backlog").rows()[0]
    return {code or "all": _piled(town, code, rows.get(code, {})) for code in ("outside", "unlocated", None)}


def _piled(town: State, placed: str | None, row: dict[str, Any]) -> dict[str, Any]:
    where = {"place_status": [placed]} if placed else None
    n_cases = ask(town, "cases", where=where, limit=0).meta["n_total"]
    return {"n_cases": n_cases, "n_open": row.get("n_open", 0), "n_overdue": row.get("n_overdue", 0)}


@dataclass(frozen=True)
class Map:
    """What the map shows: the children of the scope; at the finest level its siblings, with it chosen among them."""

    answer: Answer
    rows: gpd.GeoDataFrame
    shapes: str
    base: Base | None
    measure: str
    chosen: str | None
    above: str | None


def map_of(state: State) -> Map | None:
    """The grids to draw, with their numbers; None when the town has no grids."""
    grids = tree(state)
    grid = grids.at(state.scope)
    if grid is None:
        return None
    is_finest = grid.n_children == 0
    above = grid.parent if is_finest else grid.code
    level = grid.level if is_finest else grids.level_below(grid)
    measure = state.measure if state.measure != "open_per_1k" or can_per_1k(state, grids) else "n_open"
    if measure == "open_per_1k":
        answer = ask(state, "hierarchy", scope=above)
        rows = answer.frame[answer.frame["parent_code"] == above]
    else:
        answer = ask(state, "backlog", by=level, scope=above)
        rows = answer.frame[answer.frame["grid_code"].notna()]
    return Map(
        answer, rows, published.shapes(rows), published.base(state), measure, grid.code if is_finest else None, above
    )


def can_per_1k(state: State, grids: Tree) -> bool:
    """True when open cases per 1,000 residents can be asked: residents are known, nothing is filtered."""
    return grids.has_residents and not state.filters


def unknown_measures(state: State) -> list[str]:
    """The measures that cannot be shown here: no deadlines, no residents (or filters, which residents know nothing of)."""
    unknown = [] if has_deadlines(ask(whole(state), "backlog")) else ["n_overdue"]
    return unknown if can_per_1k(state, tree(state)) else [*unknown, "open_per_1k"]

"""Asking on behalf of the pages: one cache for all workers, raised by the town's data version.

An answer is remembered by question, version of its definition, arguments, scope, town and data version, so a load makes
all of them new at once and nothing has to be cleared.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import geopandas as gpd
from flask import g, has_app_context
from flask_caching.backends import FileSystemCache

import gridgov
from dash_app.state import State
from gridgov.errors import GridgovError
from gridgov.figures import base_geojson, fingerprint, screen_geojson
from gridgov.questions import Answer, Town, definition_of
from gridgov.settings import settings
from gridgov.store.runs import Town as About
from gridgov.vocabulary import Lang

MAX_POINTS = 2_000
_DAY_S = 86_400
_T = TypeVar("_T")
_locks = {
    kind: [threading.Lock() for _ in range(64)]
    for kind in ("answer", "tree", "shapes", "layers", "levels", "base", "picture")
}
"""So that a thing is made by one thread only. A tree asks for an answer while it is made, so each kind has its own."""


class NoTown(GridgovError):
    """Nothing is loaded yet; the shell says so, no notice is needed."""


# ---------------------------------------------------------------------------------------------------------------------
# The cache


@lru_cache(maxsize=4)
def _store(folder: Path) -> FileSystemCache:
    return FileSystemCache(str(folder), threshold=3_000, default_timeout=_DAY_S)


def _recalled(key: list[Any]) -> tuple[str, Any]:
    """The name a key is kept under, and what was made before, by whichever worker; None when nothing was."""
    said = json.dumps([settings().database_url, *key], default=str, sort_keys=True)
    name = hashlib.sha256(said.encode()).hexdigest()
    return name, _store(settings().state / "cache").get(name)


def _remembered(key: list[Any], make: Callable[[], _T]) -> _T:
    """What was made before under this key; made now, by one thread only, when it was not."""
    name, found = _recalled(key)
    if found is None:
        with _locks[key[0]][int(name[:4], 16) % 64]:
            found = _recalled(key)[1]
            if found is None:
                found = make()
                _store(settings().state / "cache").set(name, found)
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Towns


def _about(code: str) -> About:
    """What the store knows of a town, looked up once a request. Raises UnknownScope."""
    known: dict[str, About] = g.setdefault("towns", {}) if has_app_context() else {}
    if code not in known:
        known[code] = Town(code).about()
    return known[code]


def towns(lang: Lang) -> dict[str, str]:
    """Names of the loaded towns by code."""
    abouts = [_about(code) for code in gridgov.towns()]
    return {about.code: (about.name_zh if lang == "zh" else None) or about.name for about in abouts}


def versions() -> dict[str, int]:
    """The data version of each town; pages look at it now and then."""
    return {code: _about(code).data_version for code in gridgov.towns()}


def town_of(state: State) -> Town:
    """The town a state speaks of; without one, the first there is. Raises NoTown, UnknownScope."""
    code = state.town or next(iter(gridgov.towns()), None)
    if code is None:
        raise NoTown("Nothing is loaded yet.")
    return Town(_about(code).code)


def zone(state: State) -> str:
    """The time zone of the town."""
    return _about(town_of(state).code).time_zone


def layers(state: State) -> list[str]:
    """The layers of grids of the town; empty when it has no grids."""
    town = town_of(state)
    return _remembered(["layers", town.code, _about(town.code).data_version], town.layers)


def level_names(state: State) -> dict[str, str]:
    """What the levels of the layer are called, by their code."""
    town = town_of(state)
    key = ["levels", town.code, _about(town.code).data_version, state.layer]
    levels = _remembered(key, lambda: town.levels(state.layer))
    names = levels["name_zh"].fillna(levels["name"]) if state.lang == "zh" else levels["name"]
    return dict(zip(levels["code"], names.fillna(levels["code"]), strict=True))


# ---------------------------------------------------------------------------------------------------------------------
# Questions


def ask(state: State, question: str, *, where: dict[str, Any] | None = None, **more: Any) -> Answer:
    """The answer for what the reader looks at: its as_of, scope, layer and filters, as far as the question takes them."""
    town, definition = town_of(state), definition_of(question)
    filters = {} if question == "loads" else {**state.where, **(where or {})}
    given = {"as_of": state.as_of, "scope": state.scope, "layer": state.layer, "where": filters or None, **more}
    arguments = {name: value for name, value in given.items() if name in definition.takes and value is not None}
    key = ["answer", town.code, _about(town.code).data_version, question, definition.version, arguments]
    return _remembered(key, lambda: town.ask(question, **arguments))


def latest(state: State) -> str:
    """The last day the town's data tells of."""
    return ask(State(town=state.town), "backlog").as_of


def loads(state: State) -> Answer:
    """The loads until now, never remembered."""
    return town_of(state).ask("loads", limit=60)


def case(state: State) -> tuple[Answer, dict[str, Any] | None]:
    """The case that is looked at, as it was at as_of; None when there is none of that number."""
    anywhere = State(town=state.town, as_of=state.as_of, layer=state.layer)
    answer = ask(anywhere, "cases", search=state.case, limit=50)
    return answer, next((row for row in answer.rows() if row["case_no"] == state.case), None)


# ---------------------------------------------------------------------------------------------------------------------
# The tree of grids and the map


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
    key = ["tree", town.code, _about(town.code).data_version, state.layer, state.as_of]
    return _remembered(key, lambda: _read_tree(_whole(state)))


def _whole(state: State) -> State:
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


def subtree(state: State) -> Answer:
    """The hierarchy at and below the scope; at the finest level that of its parent, so that a grid stands among others."""
    grid = tree(state).at(state.scope)
    return ask(state, "hierarchy", scope=grid.parent if grid is not None and grid.n_children == 0 else state.scope)


@dataclass(frozen=True)
class Map:
    """What the map shows: the children of the scope; at the finest level its siblings, with it chosen among them."""

    answer: Answer
    rows: gpd.GeoDataFrame
    shapes: str
    base: str | None
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
    return Map(answer, rows, shapes(rows), base(state), measure, grid.code if is_finest else None, above)


def can_per_1k(state: State, grids: Tree) -> bool:
    """True when open cases per 1,000 residents can be asked: residents are known, nothing is filtered."""
    return grids.has_residents and not state.filters


def unknown_measures(state: State) -> list[str]:
    """The measures that cannot be shown here: no deadlines, no residents (or filters, which residents know nothing of)."""
    unknown = [] if has_deadlines(ask(state, "backlog")) else ["n_overdue"]
    return unknown if can_per_1k(state, tree(state)) else [*unknown, "open_per_1k"]


def shapes(rows: gpd.GeoDataFrame) -> str:
    """The address that serves the geometry of these grids; it stays the same as long as the geometry does."""
    name = fingerprint(rows)
    _remembered(["shapes", name], lambda: screen_geojson(rows))
    return f"/shapes/{name}.json"


def base(state: State) -> str | None:
    """The address that serves the base map of the town; None where no map is loaded."""
    town = town_of(state)

    def made() -> str:
        features = town.base_map()
        return base_geojson(features) if len(features) else ""

    text = _remembered(["base", town.code, _about(town.code).data_version], made)
    if not text:
        return None
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    _remembered(["shapes", name], lambda: text)
    return f"/shapes/{name}.json"


def shapes_text(name: str) -> str | None:
    """GeoJSON made by `shapes`; None when there is none of that name."""
    return _recalled(["shapes", name])[1]


def picture(answer: Answer, kind: str, make: Callable[[], bytes]) -> str:
    """The address that serves a picture of an answer, made once; `kind` keeps two pictures of one answer apart."""
    made_of = [
        answer.town,
        answer.data_version,
        answer.definition.id,
        answer.definition.version,
        answer.as_of,
        answer.scope,
    ]
    content = _remembered(["picture", *made_of, kind], make)
    name = hashlib.sha256(content).hexdigest()[:32]
    _remembered(["picture", name], lambda: content)
    return f"/pictures/{name}.png"


def picture_content(name: str) -> bytes | None:
    """The PNG made by `picture`; None when there is none of that name."""
    found: bytes | None = _recalled(["picture", name])[1]
    return found


def open_points(state: State) -> Answer:
    """Open cases that have a point, the longest overdue first, at most MAX_POINTS."""
    placed = {"open": True, "place_status": ["located", "outside"]}
    return ask(state, "cases", where=placed, sort="due_at", limit=MAX_POINTS)


def worst(state: State, limit: int = 12) -> Answer:
    """The open cases that are overdue longest, then the oldest."""
    return ask(state, "cases", where={"open": True}, sort=["due_at", "reported_at"], limit=limit)


def kinds(state: State) -> tuple[str, Answer]:
    """Open cases by the dimension asked for; without one by category, or finer where all are of one category."""
    if state.by is not None:
        return state.by, ask(state, "backlog", by=state.by)
    answer = ask(state, "backlog", by="category")
    return ("category", answer) if len(answer.frame) > 1 else ("subcategory", ask(state, "backlog", by="subcategory"))


def has_deadlines(answer: Answer) -> bool:
    """True when any case of a backlog has a deadline, or nothing is open, so that 'overdue' means something."""
    return bool(answer.frame["n_with_deadline"].gt(0).any() or not answer.frame["n_open"].gt(0).any())

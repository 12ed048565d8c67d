"""Asking for patrols, on their page and others: the window, the grids to colour, the lists, the lines to draw.

Patrols are counted in the base grids.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import plotly.graph_objects as go

from dash_app.asking import asks, trees
from dash_app.asking.state import State
from dash_app.serving import tiles
from gridgov import figures
from gridgov.questions import Answer
from gridgov.vocabulary import label

DAYS: Final = {"day": 1, "week": 7, "month": 30}
"""Days of the window, back from the day looked at."""
SPOTS: Final = 300
"""Blind spots that are drawn and listed at most."""
STEP_S: Final = {"scope": 20.0, "session": 10.0}
"""Seconds between the positions of a playback."""
NEAR: Final = timedelta(60)
"""So far a day with patrols is looked for."""
PERSON: Final = "person"


@dataclass(frozen=True)
class PatrolMap:
    """The grids to draw: the level asked for below the scope; at the finest level those beside it, with it chosen."""

    answer: Answer
    rows: gpd.GeoDataFrame
    level: str
    levels: tuple[str, ...]
    above: str
    chosen: str | None


def here(state: State) -> State:
    """The same in the base grids, without filters: patrols know no categories."""
    scope = state.scope if state.layer == "base" else None
    return replace(state, layer="base", scope=scope, filters=())


def ask(state: State, question: str, **more: Any) -> Answer:
    """The answer in the base grids."""
    return asks.ask(here(state), question, **more)


def tracks(state: State) -> Answer:
    """What is known of the tracks: `as_of` is the last day with any, meta `known_since` the first (None = there are none)."""
    return ask(State(town=state.town), "unpatrolled", limit=0)


def n_grids(state: State) -> int:
    """The finest grids in the scope."""
    state = here(state)
    tree = trees.tree(state)
    finest = [grid for grid in tree.grids.values() if grid.n_children == 0]
    return sum(state.scope is None or state.scope in [g.code for g in tree.way(grid.code)] for grid in finest)


def day(state: State) -> date:
    """The day looked at."""
    return date.fromisoformat((state.as_of or tracks(state).as_of)[:10])


def since(state: State) -> date:
    """The first day of the window."""
    return day(state) - timedelta(DAYS[state.window] - 1)


def is_known(state: State, n_days: int = 1) -> bool:
    """True when tracks tell of any of the last n days up to the day looked at: else nothing is known, which is not 0."""
    known, until = tracks(state), day(state)
    first = known.meta["known_since"]
    return (
        first is not None
        and date.fromisoformat(first) <= until
        and until - timedelta(n_days) < date.fromisoformat(known.as_of[:10])
    )


def map_of(state: State) -> PatrolMap | None:
    """What the map shows; None when the town has no base grids."""
    state = here(state)
    grids, levels = trees.tree(state), list(asks.level_names(state))
    grid = grids.at(state.scope)
    if grid is None or len(levels) < 2:
        return None
    is_finest = grid.n_children == 0
    above = grids.grids[grid.parent] if is_finest and grid.parent else grid
    below = tuple(levels[levels.index(above.level) + 1 :])
    level = state.level if state.level in below else below[0]
    question, arguments = of_grids(state, level, above.code)
    answer = ask(state, question, **arguments)
    rows = answer.frame[answer.frame["grid_code"].notna()]
    if state.look == "coverage" and not is_known(state, DAYS[state.window]):
        rows = rows.assign(covered_share=float("nan"), land_share=float("nan"))
    return PatrolMap(answer, rows, level, below, above.code, grid.code if is_finest else None)


def of_grids(state: State, level: str, above: str) -> tuple[str, dict[str, Any]]:
    """The question that colours the grids of a level, and what it is asked with."""
    if state.look == "coverage":
        return "coverage", {"by": level, "scope": above, "since": since(state)}
    return "recency", {"by": level, "scope": above}


def shown(state: State, of: PatrolMap) -> tuple[str, dict[str, Any]]:
    """The question behind what the map shows, grids or the surface, and what it is asked with."""
    surface = "idle_surface", {"scope": of.above}
    return surface if state.look == "surface" else of_grids(state, of.level, of.above)


def listed(state: State, purpose: str | None) -> Answer:
    """The list that is open, in the scope; sessions tell whose they are only with a purpose."""
    persons = by_whom(purpose) if state.listed == "patrol_sessions" else {}
    return ask(state, state.listed, **of_list(state), **persons)


def of_list(state: State) -> dict[str, Any]:
    """What that list is asked with; nothing about persons."""
    if state.listed == "patrol_integrity":
        finest = list(asks.level_names(here(state)))[-1]
        return {"by": finest, "as_of": day(state).isoformat()}
    if state.listed == "patrol_sessions":
        return {"since": since(state)}
    return {"limit": SPOTS} if state.listed == "blind_spots" else {}


def draw_sessions(answer: Answer, figure: go.Figure, state: State, first: date) -> list[str]:
    """Put the lines of sessions since a day over a map: those of the list, from tiles where there are more than it holds.

    Gives what a reader has to be told of them.
    """
    if answer.meta["n_total"] <= len(answer.frame):
        figures.sessions(answer.frame, figure, lang=state.lang, scheme=state.scheme)
        return []
    window = replace(here(state), period="range", since=first.isoformat(), until=day(state).isoformat())
    figures.session_tiles(figure, tiles.address(window, "sessions"), scheme=state.scheme)
    return [label("lines_by_lot", state.lang)]


def by_whom(purpose: str | None) -> dict[str, Any]:
    """The role and the purpose, where there is a purpose."""
    return {"role": PERSON, "purpose": purpose} if purpose else {}


def is_playing(state: State, purpose: str | None) -> bool:
    """True when there is something that may be played: a grid, or one session with a purpose."""
    return state.play and (bool(purpose) if state.session else here(state).scope is not None)


def nearest_day(state: State) -> date | None:
    """The day nearest to the one looked at on which anybody was in the scope, within NEAR; None where there is none."""
    known = tracks(state)
    if known.meta["known_since"] is None:
        return None
    first, last = (date.fromisoformat(day[:10]) for day in (known.meta["known_since"], known.as_of))
    at = day(state)
    middle = min(max(at, first), last)
    days = [max(first, middle - NEAR).isoformat(), min(last, middle + NEAR).isoformat()]
    rows = ask(replace(state, as_of=last.isoformat()), "mileage", by="day", since=days[0], until=days[1]).rows()
    there: list[date] = [row["period_on"] for row in rows if row["minutes"]]
    return min(there, key=lambda on: abs(on - at), default=None)


def played(state: State, purpose: str | None) -> Answer:
    """The positions, stops and cases to play: of the session, else of the grid on the day looked at."""
    if state.session:
        anywhere = State(town=state.town, as_of=state.as_of)
        return asks.ask(anywhere, "playback", session=int(state.session), step_s=STEP_S["session"], **by_whom(purpose))
    return ask(state, "playback", since=day(state), until=day(state), step_s=STEP_S["scope"])

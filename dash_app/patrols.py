"""Asking for the page of patrols: the window, the grids to colour, the lists. Patrols are counted in the base grids."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd

from dash_app import asks
from dash_app.state import State
from gridgov.questions import Answer

DAYS: Final = {"day": 1, "week": 7, "month": 30}
"""Days of the window, back from the day looked at."""
SPOTS: Final = 300
"""Blind spots that are drawn and listed at most."""
STEP_S: Final = {"scope": 20.0, "session": 10.0}
"""Seconds between the positions of a playback."""
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
    grids = asks.tree(state).grids
    finest = [grid for grid in grids.values() if grid.n_children == 0]
    return sum(
        state.scope is None or state.scope in [g.code for g in asks.tree(state).way(grid.code)] for grid in finest
    )


def day(state: State) -> date:
    """The day looked at."""
    return date.fromisoformat((state.as_of or tracks(state).as_of)[:10])


def since(state: State) -> date:
    """The first day of the window."""
    return day(state) - timedelta(DAYS[state.period] - 1)


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
    grids, levels = asks.tree(state), list(asks.level_names(state))
    grid = grids.at(state.scope)
    if grid is None or len(levels) < 2:
        return None
    is_finest = grid.n_children == 0
    above = grids.grids[grid.parent] if is_finest and grid.parent else grid
    below = tuple(levels[levels.index(above.level) + 1 :])
    level = state.level if state.level in below else below[0]
    if state.look == "coverage":
        answer = ask(state, "coverage", by=level, scope=above.code, since=since(state))
    else:
        answer = ask(state, "recency", by=level, scope=above.code)
    rows = answer.frame[answer.frame["grid_code"].notna()]
    if state.look == "coverage" and not is_known(state, DAYS[state.period]):
        rows = rows.assign(covered_share=float("nan"), land_share=float("nan"))
    return PatrolMap(answer, rows, level, below, above.code, grid.code if is_finest else None)


def listed(state: State, purpose: str | None) -> Answer:
    """The list that is open, in the scope; sessions tell whose they are only with a purpose."""
    if state.listed == "patrol_integrity":
        finest = list(asks.level_names(here(state)))[-1]
        return ask(state, "patrol_integrity", by=finest, as_of=day(state).isoformat())
    if state.listed == "patrol_sessions":
        return ask(state, "patrol_sessions", since=since(state), **by_whom(purpose))
    if state.listed == "blind_spots":
        return ask(state, "blind_spots", limit=SPOTS)
    return ask(state, state.listed)


def by_whom(purpose: str | None) -> dict[str, Any]:
    """The role and the purpose, where there is a purpose."""
    return {"role": PERSON, "purpose": purpose} if purpose else {}


def is_playing(state: State, purpose: str | None) -> bool:
    """True when there is something that may be played: a grid, or one session with a purpose."""
    return state.play and (bool(purpose) if state.session else here(state).scope is not None)


def played(state: State, purpose: str | None) -> Answer:
    """The positions, stops and cases to play: of the session, else of the grid on the day looked at."""
    if state.session:
        anywhere = State(town=state.town, as_of=state.as_of)
        return asks.ask(anywhere, "playback", session=int(state.session), step_s=STEP_S["session"], **by_whom(purpose))
    return ask(state, "playback", since=day(state), until=day(state), step_s=STEP_S["scope"])

"""The numbers on top of the page of the grids: 1 > 21 > 179, dedicated grids, posts, cases in no grid, systems."""

from collections import Counter
from functools import partial
from typing import Any, Final

from dash import dcc

from dash_app.asking import asks, trees
from dash_app.asking.state import State
from dash_app.frame.components import figure_number
from dash_app.parts import systems
from gridgov.figures.text import NOTHING, measured, number
from gridgov.questions import Answer, definition_of
from gridgov.vocabulary import FRESHNESS, label

BAD: Final = ("failing", "stopped", "late")
"""Systems that want a look, the most urgent first."""


def numbers(state: State) -> list[Any]:
    """One number each, with what it is made of below; those of cases lead to their lists."""
    say = partial(figure_number, lang=state.lang)
    return [_grids(state, say), _dedicated(state, say), *_posts(state, say), _residents(state, say), _lost(state, say),
            _systems(state, say)]  # fmt: skip


def _grids(state: State, say: Any) -> Any:
    base = State(town=state.town, as_of=state.as_of, lang=state.lang)
    answer, names = trees.hierarchy(base), asks.level_names(base)
    counts = _levels(answer)
    said = " › ".join(number(n) for n in counts.values()) or NOTHING
    below = " › ".join(names.get(code, code) for code in counts)
    return say(label("grids_by_level", state.lang), said, below=below, definition=answer.definition)


def _levels(answer: Answer) -> dict[str, int]:
    """How many grids each level has, from the town down."""
    return dict(Counter(row["level_code"] for row in answer.rows()))


def _dedicated(state: State, say: Any) -> Any:
    """Layers beside the base one, each with its finest grids; the link looks at the layer, or back at the base."""
    others = [layer for layer in asks.layers(state) if layer != "base"]
    layer = State(town=state.town, as_of=state.as_of, layer=others[0] if others else "base", lang=state.lang)
    answer = asks.ask(layer, "exposure")  # it knows the grids, and counts no cases
    n = sum(row["n_grids"] for row in answer.rows()) if others else None
    there = "base" if state.layer != "base" else others[0] if others else None
    word = "to_base" if state.layer != "base" else "to_layer"
    link = there and dcc.Link(
        label(word, state.lang), href=state.but(layer=there).href("/hierarchy"), className="crumb"
    )
    return say(label("grids_dedicated", state.lang), n, below=link, definition=answer.definition)


def _posts(state: State, say: Any) -> list[Any]:
    answer, lang = asks.ask(state, "roster"), state.lang
    row = answer.rows()[0]
    share = measured("vacant_share", row["vacant_share"])
    many = measured("many_share", row["many_share"])
    vacant = label("of_posts", lang).format(n=number(row["n_posts"]), share=share)
    held = label("of_holders", lang).format(n=number(row["n_holders"]), share=many)
    if answer.meta["held_on"] is None:
        vacant = held = label("no_roster", lang)
    return [
        say(label("posts_vacant", lang), row["n_vacant"], below=vacant, tone="late" if row["n_vacant"] else "",
            definition=answer.definition),
        say(label("people_many", lang), row["n_many"], below=held, definition=answer.definition),
    ]  # fmt: skip


def _residents(state: State, say: Any) -> Any:
    answer, lang = trees.hierarchy(state), state.lang
    grid = trees.tree(state).at(state.scope)
    row = next((row for row in answer.rows() if grid is not None and row["grid_code"] == grid.code), {})
    a_grid = row.get("residents") and row["residents"] / row["n_grids"]
    below = label("a_grid", lang).format(n=number(round(a_grid))) if a_grid else label("no_data", lang)
    return say(label("residents", lang), row.get("residents"), below=below, definition=answer.definition)


def _lost(state: State, say: Any) -> Any:
    """Cases in no grid; they lead to their list."""
    there, lang = trees.beside_the_tree(state), state.lang
    nowhere = state.unlimited().but(scope=None, only_open=False).with_filter("place_status", ["outside", "unlocated"])
    below = label("lost_parts", lang).format(
        outside=number(there["outside"]["n_cases"]), unlocated=number(there["unlocated"]["n_cases"])
    )
    n = there["outside"]["n_cases"] + there["unlocated"]["n_cases"]
    return say(label("cases_lost", lang), n, below=below, to=nowhere.href("/cases"), definition=definition_of("cases"))


def _systems(state: State, say: Any) -> Any:
    answer, lang = systems.asked(state), state.lang
    counts = Counter(row["freshness"] for row in answer.rows())
    said = [f"{label(code, lang, FRESHNESS)} {number(counts[code])}" for code in BAD if counts[code]]
    n = sum(counts[code] for code in BAD)
    judged = sum(n for code, n in counts.items() if code != "list")
    below = " · ".join(said) or label("systems_fresh", lang)
    value = f"{number(n)} / {number(judged)}"
    return say(label("systems_bad", lang), value, below=below, tone="late" if n else "", definition=answer.definition)

"""The numbers on top of the page of patrols."""

from functools import partial
from typing import Any

from dash_app.asking.state import State
from dash_app.frame.components import figure_number
from dash_app.parts import patrols
from gridgov.figures.text import NOTHING, column_name, measured, number
from gridgov.vocabulary import label


def numbers(state: State) -> list[Any]:
    """Coverage of the land to patrol with all land beside it, grids and points left out, blind spots, the signal."""
    lang, known = state.lang, patrols.is_known(state)
    in_window, in_week = (
        patrols.is_known(state, patrols.DAYS[state.window]),
        patrols.is_known(state, patrols.DAYS["week"]),
    )
    window = label(f"last_{patrols.DAYS[state.window]}", lang)
    say = partial(figure_number, lang=lang)
    coverage = patrols.ask(state, "coverage", since=patrols.since(state))
    land = coverage.rows()[0]
    areas = f"{measured('covered_m2', land['covered_m2'])} / {measured('due_m2', land['due_m2'])} · {window}"
    areas = areas if in_window else label("no_tracks_then", lang)
    return [
        say(column_name("covered_share", lang), measured("covered_share", land["covered_share"]), below=areas,
            definition=coverage.definition),
        _unpatrolled(state, say, known),
        _checkpoints(state, say, in_week),
        _blind_spots(state, say, known),
        say(column_name("land_share", lang), measured("land_share", land["land_share"]), below=window, size="small",
            definition=coverage.definition),
        _longest(state, say, known),
        _signal(state, say),
    ]  # fmt: skip


def _unpatrolled(state: State, say: Any, known: bool) -> Any:
    answer, lang = patrols.ask(state, "unpatrolled"), state.lang
    planned = sum(row["is_planned"] is True for row in answer.rows())
    below = label("of_grids" if answer.meta.get("has_plan") else "of_all_grids", lang)
    below = below.format(n=number(patrols.n_grids(state)), planned=number(planned))
    below = below if known else label("no_tracks_then", lang)
    value = answer.meta["n_total"] if known else NOTHING
    tone = "late" if planned else "" if known else "none"
    return say(label("grids_unpatrolled", lang), value, below=below, tone=tone, definition=answer.definition)


def _checkpoints(state: State, say: Any, known: bool) -> Any:
    answer, lang = patrols.ask(state, "checkpoints"), state.lang
    row = answer.rows()[0]
    made, due = number(row["made_visits"]), number(row["due_visits"])
    below = label("visits_of", lang).format(made=made, due=due) if answer.meta["has_plan"] else label("no_plan", lang)
    value = measured("arrived_share", row["arrived_share"] if known else None)
    below = below if known else label("no_tracks_then", lang)
    return say(column_name("arrived_share", lang), value, below=below, definition=answer.definition)


def _blind_spots(state: State, say: Any, known: bool) -> Any:
    answer, lang = patrols.ask(state, "blind_spots", limit=patrols.SPOTS), state.lang
    below = label("in_patches", lang).format(area=measured("m2", answer.meta["total_m2"]))
    value = answer.meta["n_total"] if known else NOTHING
    below = below if known else label("no_tracks_then", lang)
    return say(label("blind_spots", lang), value, below=below, definition=answer.definition)


def _longest(state: State, say: Any, known: bool) -> Any:
    answer, lang = patrols.ask(state, "unpatrolled"), state.lang
    first = next(iter(answer.rows()), None)
    value = first["row_days"] if first else 0 if known else NOTHING
    return say(label("longest_row", lang), value, below=first and first["grid_name"], size="small",
               definition=answer.definition)  # fmt: skip


def _signal(state: State, say: Any) -> Any:
    answer, lang = patrols.ask(state, "data_availability", since=patrols.since(state)), state.lang
    window = label(f"last_{patrols.DAYS[state.window]}", lang)
    row = next(iter(answer.rows()))
    value, tone = (NOTHING, "none") if row["data_share"] is None else (measured("data_share", row["data_share"]), "")
    return say(
        column_name("data_share", lang), value, below=window, size="small", tone=tone, definition=answer.definition
    )

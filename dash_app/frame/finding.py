"""Search from everywhere: a case by its number, a grid or a unit by its name; anything else in the list of cases."""

from typing import Any, Final

import dash_mantine_components as dmc
from dash import Input, Output, callback, dcc, html, no_update
from dash import State as Held

from dash_app.asking import asks, trees
from dash_app.asking import state as states
from dash_app.asking.state import State
from dash_app.frame.components import goes, named, shows
from dash_app.frame.ids import ID
from gridgov.vocabulary import Lang, label

SHORTEST: Final = 2
"""Characters before anything is looked up."""
_N: Final = 6


def field() -> html.Div:
    """The field in the header; what it offers is chosen by the server, so nothing is filtered in the browser."""
    words = dmc.Autocomplete(
        id=ID.FIND, value="", data=[], size="xs", w=210, debounce=300, className="find", limit=3 * _N, clearable=True,
        leftSection="⌕", filter={"function": "gridgovAll"}, **named("搜索 Search"),
    )  # fmt: skip
    return html.Div([words, dcc.Store(id=ID.FIND_OFFERED, data={})])


@shows(Output(ID.FIND, "placeholder"), of=ID.WORDS)
def show_field(state: State) -> str:
    """What can be searched for."""
    return label("cases_hint", state.lang)


def found(words: str, state: State) -> dict[str, tuple[str, State]]:
    """What the words may mean: as it is shown, and where it leads."""
    words, lang = words.strip(), state.lang
    if len(words) < SHORTEST:
        return {}
    grids = [g for g in trees.tree(state).grids.values() if words in (g.code, g.name) or words in g.name][:_N]
    units = [unit for unit in asks.choices(state, "unit") if unit and words in unit][:_N]
    anywhere = State(town=state.town, as_of=state.as_of, layer=state.layer)
    cases = asks.ask(anywhere, "cases", search=words, limit=_N).rows()
    return {
        **{_of("grid", f"{grid.name} {grid.code}", lang): ("/", state.but(scope=grid.code)) for grid in grids},
        **{_of("unit", unit, lang): ("/units", state.with_filter("unit", [unit])) for unit in units},
        **{
            _of("case", f"{row['case_no']} {_place(row)}", lang): ("/case", state.but(case=row["case_no"]))
            for row in cases
        },
    }


def _of(kind: str, name: str, lang: Lang) -> str:
    return f"{label(kind, lang)} {name}".strip()


def _place(row: dict[str, Any]) -> str:
    return str(row["address"] or row["place_name"] or row["grid_name"] or "")[:20]


@callback(
    Output(ID.FIND, "data"), Output(ID.FIND_OFFERED, "data"),
    Input(ID.FIND, "value"), Held(ID.FIND_OFFERED, "data"), Held(ID.VIEW, "data"), prevent_initial_call=True,
)  # fmt: skip
def suggest(words: str | None, offered: dict[str, Any], view: dict[str, Any] | None) -> Any:
    """Cases, grids and units that fit what has been typed so far, and where each leads."""
    if view is None or words in (offered or {}):
        return no_update, no_update
    leads = found(words or "", states.of(view))
    return list(leads), {said: [path, state.query()] for said, (path, state) in leads.items()}


@goes(Input(ID.FIND, "value"), Held(ID.FIND_OFFERED, "data"))
def choose(words: str | None, offered: dict[str, list[str]] | None, state: State) -> tuple[str, State] | None:
    """One of what was offered has been chosen."""
    path, query = (offered or {}).get(words or "", (None, ""))
    return (path, states.parse(query, state.lang, state.scheme)) if path else None


@goes(Input(ID.FIND, "n_submit"), Held(ID.FIND, "value"), Held(ID.FIND_OFFERED, "data"))
def search(
    n_submit: int | None, words: str | None, offered: dict[str, Any] | None, state: State
) -> tuple[str, State] | None:
    """Enter: the list of all cases with these words."""
    if not n_submit or not words or not words.strip() or words in (offered or {}):
        return None
    return "/cases", state.but(search=words.strip(), only_open=False, case=None)

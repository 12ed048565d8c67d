"""网格体系 Hierarchy: the grids as a tree with what they hold, beside the map of where one is."""

from dataclasses import replace
from typing import Any

import dash
from dash import Input, Output, html

from dash_app import asks
from dash_app.components import (
    column,
    drawn,
    goes,
    head,
    map_graph,
    number_column,
    panel,
    segments,
    shows,
    stamp,
    table,
)
from dash_app.ids import ID
from dash_app.state import MEASURES, State
from gridgov import figures
from gridgov.figures.text import column_name, number
from gridgov.vocabulary import label

NUMBERS = {
    "n_children": 66, "area_km2": 80, "residents": 86, "n_cases": 70, "n_open": 62, "n_overdue": 76, "open_per_1k": 80,
}  # fmt: skip


def layout(**_: str) -> html.Div:
    """Table and map."""
    rules = {"rowClassRules": {"chosen": "params.data.is_scope"}}
    grids = panel(ID.TREE_HEAD, table(ID.TREE, options=rules, getRowId="params.data.grid_code"), class_name="tall")
    return html.Div([grids, panel(ID.TREE_MAP_HEAD, *map_graph(ID.TREE_MAP), class_name="tall")], className="two wide")


dash.register_page(__name__, path="/hierarchy", title="网格体系 Hierarchy · gridgov", layout=layout)


@shows(Output(ID.TREE_HEAD, "children"), Output(ID.TREE, "columnDefs"), Output(ID.TREE, "rowData"))
def show_tree(state: State) -> tuple[Any, Any, Any]:
    """The grids at and below the scope, each under its parent."""
    state, note = _plain(state), label("no_filters", state.lang) if state.filters else None
    answer, lang, levels = asks.subtree(state), state.lang, asks.level_names(state)
    ordered = figures.in_tree_order(answer.frame.drop(columns="geom"))
    unknown = asks.unknown_measures(state)
    keep = ["grid_code", "grid_name", "level_code", "depth", *NUMBERS]
    rows = [
        row
        | {"level_code": levels.get(row["level_code"], row["level_code"])}
        | dict.fromkeys(unknown)
        | {"is_scope": row["grid_code"] == state.scope}
        for row in ordered[keep].astype(object).where(ordered[keep].notna(), None).to_dict("records")
    ]
    indent = {
        "function": "({paddingLeft: (12 + 18 * params.data.depth) + 'px', fontWeight: params.data.depth ? 400 : 600})"
    }
    columns = [
        column("grid_name", column_name("grid_name", lang), minWidth=190, cellStyle=indent),
        column("level_code", label("level", lang), 98, cellClass="zero"),
        *[number_column(name, column_name(name, lang), width) for name, width in NUMBERS.items()],
        column("grid_code", column_name("grid_code", lang), 150, cellClass="mono zero"),
    ]
    found = f"{number(len(rows))} {label('grids', lang)} · {stamp(answer, lang)}" if rows else label("no_grids", lang)
    note = f"{found} · {note}" if note else found
    return head(label("hierarchy", lang), lang=lang, definition=answer.definition, note=note), columns, rows


def _plain(state: State) -> State:
    """Without filters: the hierarchy counts all cases of a grid, and the map beside it must say the same."""
    return replace(state, filters=())


@goes(Input(ID.TREE, "cellClicked"))
def click_tree(cell: dict[str, Any] | None, state: State) -> State | None:
    """A row makes its grid the scope."""
    if not cell or not cell.get("rowId"):
        return None
    root = asks.tree(state).root
    return state.but(scope=None if root is not None and cell["rowId"] == root.code else cell["rowId"])


@shows(Output(ID.TREE_MAP_HEAD, "children"), Output(drawn(ID.TREE_MAP), "data"))
def show_tree_map(state: State) -> tuple[Any, Any]:
    """The map of the same scope."""
    state = _plain(state)
    lang, shown = state.lang, asks.map_of(state)
    if shown is None:
        return head(label("backlog_map", lang), lang=lang), figures.style.message(label("no_grids", lang), state.scheme)
    figure = figures.choropleth(
        shown.rows, shown.measure, shapes=shown.shapes, chosen=shown.chosen, lang=lang, scheme=state.scheme,
        revision=f"{state.town} {state.layer} {shown.above} {shown.chosen}", base=shown.base,
    )  # fmt: skip
    control = segments(
        "measure", shown.measure, {name: column_name(name, lang) for name in MEASURES}, off=asks.unknown_measures(state)
    )
    return head(label("backlog_map", lang), control, lang=lang, definition=shown.answer.definition), figure


@goes(Input(ID.TREE_MAP, "clickData"))
def click_tree_map(click: dict[str, Any] | None, state: State) -> State | None:
    """A grid on the map becomes the scope."""
    return state.but(scope=click["points"][0]["location"]) if click else None

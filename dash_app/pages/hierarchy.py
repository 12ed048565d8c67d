"""网格体系 Hierarchy: the grids as a tree with what they hold, linked with the map; posts; the connected systems."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, clientside_callback, html
from dash import State as Held

from dash_app.asking import published, trees
from dash_app.asking.state import GRID_MEASURES, State
from dash_app.frame.components import (
    column,
    drawn,
    goes,
    head,
    map_graph,
    number_column,
    panel,
    select,
    shows,
    stamp,
    table,
)
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import hierarchy_numbers, posts, systems
from gridgov import figures
from gridgov.figures.text import column_name, number
from gridgov.vocabulary import PLACE_STATUS, Lang, label

NUMBERS = {
    "n_children": 56, "area_km2": 72, "residents": 82, "n_posts": 64, "n_vacant": 66, "n_cases": 78, "n_open": 58,
    "n_overdue": 68, "open_per_1k": 72,
}  # fmt: skip
_TREE = {
    "rowClassRules": {"chosen": "params.data.is_scope", "beside-tree": "!params.data.path"},
    "isExternalFilterPresent": {"function": "true"},
    "doesExternalFilterPass": {"function": "gridgovTreeShows(params)"},
}


def layout() -> html.Div:
    """Numbers; the tree beside the map; posts beside the systems."""
    tree = table(ID.TREE, options=_TREE, getRowId="params.data.grid_code")
    return html.Div(
        [
            html.Div(id=ID.TREE_KPIS, className="kpis tree-kpis"),
            html.Div(
                [
                    panel(ID.TREE_HEAD, tree, class_name="map-panel"),
                    panel(ID.TREE_MAP_HEAD, *map_graph(ID.TREE_MAP), class_name="map-panel"),
                ],
                className="two tree below",
            ),
            html.Div([systems.part(), posts.part()], className="two below lists"),
        ]
    )


dash.register_page(__name__, path="/hierarchy", title="网格体系 Hierarchy · gridgov", layout=layout)


@shows(Output(ID.TREE_KPIS, "children"))
def show_numbers(state: State) -> list[Any]:
    """How many grids of each level, posts, people with several, cases in no grid, systems that do not deliver."""
    return hierarchy_numbers.numbers(state)


@shows(Output(ID.TREE_HEAD, "children"), Output(ID.TREE, "columnDefs"), Output(ID.TREE, "rowData"))
def show_tree(state: State) -> tuple[Any, Any, Any]:
    """All grids, each under its parent, and below them the cases in no grid, so that all adds up."""
    answer, lang = trees.hierarchy(state), state.lang
    rows = tree_rows(state, answer)
    name = column(
        "grid_name", column_name("grid_name", lang), minWidth=200, sortable=False, cellRenderer="GridgovTreeCell",
        suppressKeyboardEvent={"function": "gridgovTreeKey(params)"},
        cellRendererParams={"open": label("tree_open", lang), "close": label("tree_close", lang)},
    )  # fmt: skip
    columns = [
        name,
        *[number_column(field, column_name(field, lang), width, sortable=False) for field, width in NUMBERS.items()],
    ]
    found = f"{number(len(answer.frame))} {label('grids', lang)} · {stamp(answer, lang)}"
    found = found if rows else label("no_grids", lang)
    note = f"{found} · {label('no_filters', lang)}" if state.filters else found
    export = export_menu("hierarchy", trees.whole(state))  # the tree shows the town, wherever the scope is
    return (
        head(label("hierarchy", lang), lang=lang, definition=answer.definition, note=note, export=export),
        columns,
        rows,
    )


def tree_rows(state: State, answer: Any) -> list[dict[str, Any]]:
    """Rows of the table; `opens` says that a row is on the way to the scope, and open at first."""
    if answer.frame.empty:
        return []
    ordered = figures.in_tree_order(answer.frame.drop(columns="geom"))
    unknown = trees.unknown_measures(state)
    way = {grid.code for grid in trees.tree(state).way(state.scope)}
    keep = ["grid_code", "grid_name", "depth", "path", *NUMBERS]
    rows = [
        row | dict.fromkeys(unknown) | {"is_scope": row["grid_code"] == state.scope, "opens": row["grid_code"] in way}
        for row in ordered[keep].astype(object).where(ordered[keep].notna(), None).to_dict("records")
    ]
    return [*rows, *_beside(state, unknown)]


def _beside(state: State, unknown: list[str]) -> list[dict[str, Any]]:
    """The rows under the tree: cases outside every grid, cases without coordinates, and the sum of all."""
    names = {code: label(code, state.lang, PLACE_STATUS) for code in ("outside", "unlocated")}
    names["all"] = label("whole_town", state.lang)
    return [
        {"grid_code": f"~{code}", "grid_name": names[code], **row, **dict.fromkeys(unknown)}
        for code, row in trees.beside_the_tree(state).items()
    ]


@goes(Input(ID.TREE, "cellClicked"))
def click_tree(cell: dict[str, Any] | None, state: State) -> State | tuple[str, State] | None:
    """A row makes its grid the scope; the rows under the tree go to their cases."""
    code = (cell or {}).get("rowId")
    if not code:
        return None
    if code.startswith("~"):
        here = state.unlimited().but(scope=None, only_open=False)
        return "/cases", here if code == "~all" else here.with_filter("place_status", [code[1:]])
    root = trees.tree(state).root
    return state.but(scope=None if root is not None and code == root.code else code)


@shows(Output(ID.TREE_MAP_HEAD, "children"), Output(drawn(ID.TREE_MAP), "data"))
def show_tree_map(state: State) -> tuple[Any, Any]:
    """The parts of the scope on the map; at the finest level the scope among its siblings."""
    lang, answer, grids = state.lang, trees.hierarchy(state), trees.tree(state)
    grid = grids.at(state.scope)
    if grid is None:
        return head(label("hierarchy_map", lang), lang=lang), figures.style.message(
            label("no_grids", lang), state.scheme
        )
    above = grid.parent if grid.n_children == 0 else grid.code
    rows = answer.frame[answer.frame["parent_code"] == above]
    off = _unknown(state, answer)
    measure = "n_open" if state.grids_by in off else state.grids_by
    figure = figures.choropleth(
        rows, measure, shapes=published.shapes(rows), chosen=grid.code, lang=lang, scheme=state.scheme,
        base=published.base(state), revision=f"{state.town} {state.layer} {above}",
        told=("n_open", "n_overdue", "residents", "n_vacant"),
    )  # fmt: skip
    figure = figures.pointed(figure, state.scheme)
    control = select("grids_by", measure, _choices(off, lang), 130, label("measure", lang))
    export = export_menu("hierarchy", trees.whole(state), {"scope": above}, graph_id=ID.TREE_MAP)
    return head(label("hierarchy_map", lang), control, lang=lang, definition=answer.definition, export=export), figure


def _choices(off: list[str], lang: Lang) -> dict[str, str]:
    return {name: column_name(name, lang) for name in GRID_MEASURES if name not in off}


def _unknown(state: State, answer: Any) -> list[str]:
    """The measures of which nothing is known here."""
    lacking = [name for name in ("residents", "open_per_1k", "n_vacant") if answer.frame[name].isna().all()]
    return [*lacking, *(name for name in trees.unknown_measures(state) if name not in (*lacking, "open_per_1k"))]


@goes(Input(ID.TREE_MAP, "clickData"))
def click_tree_map(click: dict[str, Any] | None, state: State) -> State | None:
    """A grid on the map becomes the scope."""
    return state.but(scope=click["points"][0]["location"]) if click else None


clientside_callback(
    ClientsideFunction("gridgov", "linkTree"),
    Output(ID.TREE_MAP, "className"),
    Input(ID.TREE_MAP, "hoverData"), Held(ID.TREE_MAP, "id"), Held(ID.TREE, "id"),
)  # fmt: skip

"""The list behind a number of the page of units: it opens from below, and the address names it."""

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, callback, html, set_props
from dash import State as Held

from dash_app.asking import state as states
from dash_app.asking.state import State
from dash_app.frame.bar import period_said
from dash_app.frame.components import goes, head, shows, stamp, table
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import unit_tables, units
from gridgov.figures.text import number
from gridgov.vocabulary import DUE_PARTS, label


def drawer() -> dmc.Drawer:
    """The list, closed."""
    return dmc.Drawer(
        table(ID.UNITS_LIST, getRowId="params.data.row_id"), id=ID.UNITS_BEHIND, title=html.Div(id=ID.UNITS_LIST_HEAD),
        position="bottom", size="44%", withOverlay=False, lockScroll=False, trapFocus=False, shadow="xl", padding="sm",
        opened=False, zIndex=150, transitionProps={"duration": 0}, closeButtonProps={"aria-label": "关闭 close"},
    )  # fmt: skip


@shows(
    Output(ID.UNITS_BEHIND, "opened"), Output(ID.UNITS_LIST_HEAD, "children"), Output(ID.UNITS_LIST, "columnDefs"),
    Output(ID.UNITS_LIST, "rowData"),
)  # fmt: skip
def show_behind(state: State) -> tuple[Any, ...]:
    """The cases of the cell or the pair that was clicked; the address names it."""
    if state.opened is None:
        return False, None, [], []
    lang, answer = state.lang, units.behind(state)
    question, where = units.opened(state)
    export = export_menu(question, state, {"where": where}, of_period=True)
    what = label(state.opened, lang, DUE_PARTS) if state.opened in DUE_PARTS else label(f"list_{state.opened}", lang)
    whose = " → ".join(units.said(name, state) for name in (state.of, state.to) if name)
    n, total = len(answer.frame), answer.meta["n_total"]
    note = f"{label('shown_of', lang).format(n=number(n), total=number(total))} · {period_said(state)} · {stamp(answer, lang)}"
    title = head(
        " · ".join(part for part in (whose, what) if part),
        lang=lang,
        definition=answer.definition,
        note=note,
        export=export,
    )
    return True, title, unit_tables.list_columns(state), unit_tables.list_rows(answer, state)


@callback(Input(ID.UNITS_BEHIND, "opened"), Held(ID.VIEW, "data"), prevent_initial_call=True)
def close_behind(is_open: bool, view: dict[str, Any] | None) -> None:
    """Closing the list takes it out of the address."""
    state = states.of(view)
    if not is_open and state.opened is not None:
        set_props(ID.URL, {"search": state.but(opened=None, of=None, to=None).query()})


@goes(Input(ID.UNITS_LIST, "cellClicked"))
def click_list(cell: dict[str, Any] | None, state: State) -> State | None:
    """A row opens its case."""
    return state.but(case=cell["rowId"].partition("/")[2]) if cell and cell.get("rowId") else None

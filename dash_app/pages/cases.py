"""案件 Cases: the list of cases, searched, filtered and sorted by the database, read as one scrolls."""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, html
from dash import State as Held

from dash_app import asks
from dash_app import state as states
from dash_app.components import column, goes, head, panel, shows, stamp, switch, table
from dash_app.ids import ID
from dash_app.state import State
from gridgov.figures.text import NOTHING, column_name, moment, number
from gridgov.vocabulary import PLACE_STATUS, STATES, label

COLUMNS = {
    "case_no": 138, "state": 92, "category": 132, "subcategory": 150, "address": None, "grid_name": 132, "unit": 124,
    "channel": 96, "reported_at": 138, "due_at": 138, "closed_at": 138,
}  # fmt: skip
_PAGE = 100
_DAY_BIT = {"reported_at": 1, "closed_at": 2, "due_at": 4}


def layout(**_: str) -> html.Div:
    """A search box and an endless table."""
    endless = {"rowBuffer": 0, "cacheBlockSize": _PAGE, "maxBlocksInCache": 20, "infiniteInitialRowCount": 1}
    search = dmc.TextInput(id=ID.CASES_SEARCH, debounce=400, size="xs", w=320, className="search")
    cases = table(ID.CASES, rowModelType="infinite", options=endless, getRowId="params.data.row_id")
    return panel(ID.CASES_HEAD, html.Div(search, className="panel-tools"), cases, class_name="tall")


dash.register_page(__name__, path="/cases", title="案件 Cases · gridgov", layout=layout)


@shows(Output(ID.CASES_HEAD, "children"), Output(ID.CASES, "columnDefs"))
def show_heads(state: State) -> tuple[Any, Any]:
    """How many there are, and what the columns are called."""
    answer, lang = _ask(state, limit=0), state.lang
    found = f"{number(answer.meta['n_total'])} {label('cases', lang)} · {stamp(answer, lang)}"
    only_open = switch("only_open", state.only_open, label("only_open", lang))
    columns = [
        column(name, column_name(name, lang), width, cellClassRules={"late-text": "params.data && params.data.is_overdue"}
               if name == "due_at" else {})
        for name, width in COLUMNS.items()
    ]  # fmt: skip
    return head(label("cases", lang), only_open, lang=lang, definition=answer.definition, note=found), columns


@shows(Output(ID.CASES_SEARCH, "value"), Output(ID.CASES_SEARCH, "placeholder"))
def show_search(state: State) -> tuple[str, str]:
    """What is searched for."""
    return state.search or "", label("cases_hint", state.lang)


def _ask(state: State, **more: Any) -> Any:
    where = {"open": True} if state.only_open else None
    return asks.ask(state, "cases", search=state.search, where=where, **more)


@callback(Output(ID.CASES, "getRowsResponse"), Input(ID.CASES, "getRowsRequest"), Held(ID.VIEW, "data"))
def give_rows(request: dict[str, Any] | None, view: dict[str, Any] | None) -> dict[str, Any]:
    """The rows that have come into sight."""
    if request is None or view is None:
        return {"rowData": [], "rowCount": 0}
    first = int(request["startRow"])
    order = [("-" if by["sort"] == "desc" else "") + by["colId"] for by in request.get("sortModel") or []]
    answer = _ask(states.of(view), sort=order or None, limit=int(request["endRow"]) - first, offset=first)
    lang, zone = states.of(view).lang, answer.meta["zone"]
    return {"rowData": [_row(row, zone, lang) for row in answer.rows()], "rowCount": answer.meta["n_total"]}


def _row(row: dict[str, Any], zone: str, lang: Any) -> dict[str, Any]:
    days = int(row["day_only"] or 0)
    said = {name: row[name] or NOTHING for name in COLUMNS}
    said |= {name: moment(row[name], zone, bool(days & bit)) for name, bit in _DAY_BIT.items()}
    said["state"] = label(row["state"], lang, STATES) if row["state"] else NOTHING
    said["grid_name"] = row["grid_name"] or label(row["place_status"], lang, PLACE_STATUS)
    said["address"] = row["address"] or row["place_name"] or row["description"] or NOTHING
    return said | {"is_overdue": row["is_overdue"], "row_id": f"{row['source']}/{row['case_no']}"}


clientside_callback(
    ClientsideFunction("gridgov", "refresh"),
    Output(ID.CASES, "className"),
    Input(ID.VIEW, "data"), Held(ID.CASES, "id"),
)  # fmt: skip


@goes(Input(ID.CASES_SEARCH, "value"))
def search(text: str | None, state: State) -> State | None:
    """What is typed goes into the address."""
    return None if (text or "") == (state.search or "") else state.but(search=text)


@goes(Input(ID.CASES, "cellClicked"))
def click_row(cell: dict[str, Any] | None, state: State) -> State | None:
    """A row opens its case."""
    return state.but(case=cell["rowId"].partition("/")[2]) if cell and cell.get("rowId") else None

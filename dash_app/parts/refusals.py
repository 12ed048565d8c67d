"""The quarantine on the screen: why rows wait, the rows themselves, and trying them again."""

import json
from typing import Any

from dash import Input, Output, html

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.components import Part, column, goes, head, link, number_column, panel, shows, table
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.serving import uploads
from gridgov.figures.reasons import reason_said
from gridgov.figures.text import NOTHING, column_name, moment, number
from gridgov.vocabulary import LOAD_KINDS, label


def part() -> Part:
    """The panel of reasons, empty."""
    return panel(ID.REFUSALS_HEAD, table(ID.REFUSALS, getRowId="params.data.key"), class_name="drop-panel")


def rows_part() -> Part:
    """The panel of rows; it is there when a reason is chosen."""
    again = html.Button(id=ID.RETRY, className="button", type="button")
    bar = html.Div([again, html.Span(id=ID.RETRY_NOTE, className="panel-note")], id=ID.RETRY_BAR, className="retry-bar")
    rows = panel(ID.REFUSED_HEAD, bar, table(ID.REFUSED, options={"domLayout": "autoHeight"}), class_name="loads-table")
    return html.Div(rows, id=ID.REFUSED_PANEL, hidden=True)


@shows(Output(ID.REFUSALS_HEAD, "children"), Output(ID.REFUSALS, "columnDefs"), Output(ID.REFUSALS, "rowData"))
def show_refusals(state: State) -> tuple[Any, Any, Any]:
    """One row a system, kind of file and reason."""
    answer, lang = asks.refusals(state), state.lang
    zone, names = answer.meta["zone"], asks.system_names(state)
    rows = [
        row
        | {"source": names.get(row["source"], row["source"])}
        | {"key": f"{row['source']}/{row['kind']}/{row['reason']}", "said": reason_said(row["reason"], lang)}
        | {"kind": label(row["kind"], lang, LOAD_KINDS), "since_at": moment(row["since_at"], zone)}
        for row in answer.rows()
    ]
    columns = [
        number_column("n_held", column_name("n_read_rows", lang), 70, cellStyle={"fontWeight": 600}),
        column("said", column_name("reasons", lang)),
        column("source", column_name("source", lang), 130),
        column("kind", column_name("kind", lang), 84),
        column("since_at", column_name("since_at", lang), 132),
    ]
    note = label("refusals_hint" if rows else "refusals_none", lang)
    export = export_menu("refusals", state)
    top = head(label("refusals", lang), lang=lang, definition=answer.definition, note=note, export=export)
    return top, columns, rows


@goes(Input(ID.REFUSALS, "cellClicked"))
def click_refusal(cell: dict[str, Any] | None, state: State) -> State | None:
    """A reason shows its rows."""
    return state.but(refused=cell["rowId"]) if cell and cell.get("rowId") else None


@shows(
    Output(ID.REFUSED_PANEL, "hidden"), Output(ID.REFUSED_HEAD, "children"), Output(ID.REFUSED, "columnDefs"),
    Output(ID.REFUSED, "rowData"), Output(ID.RETRY_BAR, "hidden"), Output(ID.RETRY, "children"),
    Output(ID.RETRY_NOTE, "children"),
)  # fmt: skip
def show_refused(state: State) -> tuple[Any, ...]:
    """The rows of the chosen reason, as they came."""
    if state.refused is None:
        return True, None, [], [], True, None, None
    answer, lang = asks.quarantined(state), state.lang
    source, kind, reason = asks.refused_of(state)
    zone = answer.meta["zone"]
    columns = [
        column("file_name", column_name("file_name", lang), 190),
        number_column("row_no", column_name("row_no", lang), 76),
        column("why", column_name("reasons", lang), 330, wrapText=True, autoHeight=True, cellClass="wrapped"),
        column("cells", column_name("raw", lang), wrapText=True, autoHeight=True, cellClass="wrapped"),
        column("quarantined_at", column_name("quarantined_at", lang), 138),
    ]
    rows = [
        row
        | {"why": ";".join(reason_said(said, lang, zone) for said in row["reasons"].split("; "))}
        | {"cells": _cells(row["raw"]), "quarantined_at": moment(row["quarantined_at"], zone)}
        for row in answer.rows()
    ]
    name = asks.system_names(state).get(source, source)
    title = f"{label(kind, lang, LOAD_KINDS)} · {name} · {reason_said(reason, lang)}"
    shown = label("shown_of", lang).format(n=number(len(rows)), total=number(answer.meta["n_total"]))
    close = link(label("close", lang), state.but(refused=None).query(), "refused", "jump crumb")
    export = export_menu("quarantined", state, {"where": {"source": source, "kind": kind, "reason": reason}})
    top = head(title, close, lang=lang, definition=answer.definition, note=shown, export=export)
    return False, top, columns, rows, not uploads.are_taken(), label("retry", lang), label("retry_hint", lang)


def _cells(raw: str | None) -> str:
    """The cells of a row that say something."""
    return " · ".join(f"{name}: {cell}" for name, cell in json.loads(raw).items() if cell) if raw else NOTHING

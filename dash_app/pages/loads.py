"""数据接入 Loads: what came in, what became of its rows, and how fresh it is."""

from typing import Any

import dash
from dash import Output, html

from dash_app import asks
from dash_app.components import column, graph, head, number_column, panel, shows, stamp, table
from dash_app.ids import ID
from dash_app.state import State
from gridgov import figures
from gridgov.figures.text import age, column_name, moment, number
from gridgov.vocabulary import LOAD_KINDS, OUTCOMES, RUN_STATUS, Lang, label


def layout(**_: str) -> html.Div:
    """Bars above, the table below."""
    bars = panel(
        ID.LOADS_BARS_HEAD, html.Div(graph(ID.LOADS_BARS, fills=False), className="scroll"), class_name="loads-bars"
    )
    return html.Div(
        [panel(ID.LOADS_HEAD, table(ID.LOADS, options={"domLayout": "autoHeight"}), class_name="loads-table"), bars],
        className="stack",
    )


dash.register_page(__name__, path="/loads", title="数据接入 Loads · gridgov", layout=layout)


@shows(Output(ID.LOADS_HEAD, "children"), Output(ID.LOADS, "columnDefs"), Output(ID.LOADS, "rowData"))
def show_loads(state: State) -> tuple[Any, Any, Any]:
    """One row a load; the outcomes add up to the rows read."""
    answer, lang = asks.loads(state), state.lang
    note = f"{column_name('n_read', lang)} = " + " + ".join(label(outcome, lang, OUTCOMES) for outcome in OUTCOMES)
    columns = [
        number_column("run_id", column_name("run_id", lang), 62),
        column("kind", column_name("kind", lang), 84),
        column("source", column_name("source", lang), 150),
        column("file_name", column_name("file_name", lang), minWidth=110),
        column("status", column_name("status", lang), 78, cellClassRules={"late-text": "params.data.is_bad"}),
        column("newest_at", column_name("newest_at", lang), 138),
        column("age", label("delay", lang), 92, type="rightAligned"),
        number_column("n_read", column_name("n_read", lang), 88, cellStyle={"fontWeight": 600}),
        *[number_column(f"n_{outcome}", label(outcome, lang, OUTCOMES), 92) for outcome in OUTCOMES],
        column("finished_at", column_name("finished_at", lang), 138),
    ]
    rows = [_row(row, answer.meta["zone"], lang) for row in answer.rows()]
    right = html.Span(f"{stamp(answer, lang)} · {number(len(rows))}", className="panel-note")
    return head(label("loads", lang), right, lang=lang, definition=answer.definition, note=note), columns, rows


def _row(row: dict[str, Any], zone: str, lang: Lang) -> dict[str, Any]:
    said = {name: moment(row[name], zone) for name in ("finished_at", "newest_at")}
    said |= {"kind": label(row["kind"], lang, LOAD_KINDS), "status": label(row["status"], lang, RUN_STATUS)}
    return row | said | {"age": age(row["age_h"], lang), "is_bad": row["status"] == "failed"}


@shows(Output(ID.LOADS_BARS_HEAD, "children"), Output(ID.LOADS_BARS, "figure"))
def show_outcomes(state: State) -> tuple[Any, Any]:
    """The same as shares of the rows read."""
    answer = asks.loads(state)
    figure = figures.loads(answer.frame.head(12), lang=state.lang, scheme=state.scheme)
    return head(label("outcomes", state.lang), lang=state.lang, definition=answer.definition), figure

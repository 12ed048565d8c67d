"""数据接入 Loads: drop a file; what came in and what became of its rows; what was set aside, and what fits nowhere."""

from typing import Any

import dash
from dash import Output, html

from dash_app.asking import asks
from dash_app.asking.state import State
from dash_app.frame.bar import value_said
from dash_app.frame.components import column, head, link, number_column, panel, shows, stamp, table
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import dropping, refusals, unknowns
from gridgov.figures.text import age, column_name, moment, number
from gridgov.vocabulary import LOAD_KINDS, OUTCOMES, RUN_STATUS, Lang, label


def layout() -> html.Div:
    """Drop a file beside the reasons of the quarantine; the loads; categories and places that fit nowhere."""
    return html.Div(
        [
            html.Div([dropping.part(), refusals.part()], className="two even"),
            refusals.rows_part(),
            panel(ID.LOADS_HEAD, table(ID.LOADS, getRowId="params.data.run_id"), class_name="loads-list"),
            html.Div([unknowns.categories_part(), unknowns.places_part()], className="two even lists short"),
        ],
        className="stack",
    )


dash.register_page(__name__, path="/loads", title="数据接入 Loads · gridgov", layout=layout)


@shows(Output(ID.LOADS_HEAD, "children"), Output(ID.LOADS, "columnDefs"), Output(ID.LOADS, "rowData"))
def show_loads(state: State) -> tuple[Any, Any, Any]:
    """One row a load; the outcomes add up to the rows read."""
    answer, lang = asks.loads(state), state.lang
    note = f"{column_name('n_read', lang)} = " + " + ".join(label(outcome, lang, OUTCOMES) for outcome in OUTCOMES)
    columns = [
        number_column("run_id", column_name("run_id", lang), 54),
        column("kind", column_name("kind", lang), 82),
        column("source", column_name("source", lang), 150),
        column("file_name", column_name("file_name", lang), minWidth=110),
        column("status", column_name("status", lang), 70, cellClassRules={"late-text": "params.data.is_bad"}),
        column("newest_at", column_name("newest_at", lang), 130),
        column("age", label("delay", lang), 76, type="rightAligned"),
        number_column("n_read", column_name("n_read", lang), 84, cellStyle={"fontWeight": 600}),
        *[
            number_column(
                f"n_{outcome}",
                label(outcome, lang, OUTCOMES),
                84 if outcome == "loaded" else 70 if lang == "zh" else 86,
            )
            for outcome in OUTCOMES
        ],
        column("finished_at", column_name("finished_at", lang), 130),
    ]
    names = asks.system_names(state)
    rows = [_row(row, answer.meta["zone"], names, lang) for row in answer.rows()]
    right = html.Span(f"{stamp(answer, lang)} · {number(len(rows))}", className="panel-note")
    parts = [_only(state), right]
    export = export_menu("loads", state)
    top = head(label("loads", lang), *parts, lang=lang, definition=answer.definition, note=note, export=export)
    return top, columns, rows


def _only(state: State) -> Any:
    """The systems that are looked at alone, and the way back to all."""
    names = state.where.get("source")
    if not names:
        return None
    said = " / ".join(value_said("source", name, state) for name in names)
    text = [html.Span(f"{label('source', state.lang)}: {said}"), html.Span("×", className="off")]
    return link(text, state.unfiltered("source").query(), "loads-source", "jump chip on")


def _row(row: dict[str, Any], zone: str, names: dict[str, str], lang: Lang) -> dict[str, Any]:
    said = {name: moment(row[name], zone) for name in ("finished_at", "newest_at")}
    said |= {"kind": label(row["kind"], lang, LOAD_KINDS), "status": label(row["status"], lang, RUN_STATUS)}
    said |= {"source": names.get(row["source"], row["source"])}
    return row | said | {"age": age(row["age_h"], lang), "is_bad": row["status"] == "failed"}

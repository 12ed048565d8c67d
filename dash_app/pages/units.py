"""责任单位 Units: who is late and with what, where cases wait, who passes them on to whom, and what nobody takes."""

from typing import Any

import dash
from dash import Input, Output, Patch, html

from dash_app.asking import asks
from dash_app.asking.state import GROUPS, WAITS, State
from dash_app.frame.bar import period_said
from dash_app.frame.components import goes, graph, head, panel, segments, shows, stamp, table
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from dash_app.parts import unit_list, unit_numbers, unit_tables, units
from gridgov import figures
from gridgov.figures.units import BETWEEN, MAX_PAIRS
from gridgov.questions import Answer
from gridgov.vocabulary import label


def layout() -> html.Div:
    """The parts of the page, empty."""

    def listed(table_id: str) -> Any:
        return table(table_id, getRowId="params.data.row_id")

    def drawn(graph_id: str) -> Any:
        return html.Div(graph(graph_id, fills=False), className="scroll fill", tabIndex="0")

    return html.Div(
        [
            html.Div(id=ID.UNITS_KPIS, className="kpis six"),
            html.Div(
                [panel(ID.UNITS_BARS_HEAD, drawn(ID.UNITS_BARS)), panel(ID.UNITS_HEAD, listed(ID.UNITS))],
                className="two narrow",
            ),
            html.Div(
                [panel(ID.UNITS_FLOW_HEAD, graph(ID.UNITS_FLOW, "fill")), panel(ID.UNITS_PAIRS_HEAD, listed(ID.UNITS_PAIRS))],
                className="two",
            ),
            html.Div(
                [panel(ID.UNITS_WAITS_HEAD, drawn(ID.UNITS_WAITS)), panel(ID.UNITS_STEPS_HEAD, listed(ID.UNITS_STEPS))],
                className="two half",
            ),
            panel(ID.UNITS_NOBODYS_HEAD, listed(ID.UNITS_NOBODYS), class_name="low"),
            unit_list.drawer(),
        ],
        className="units",
    )  # fmt: skip


dash.register_page(__name__, path="/units", title="责任单位 Units · gridgov", layout=layout)


def titled(
    words: str, answer: Answer, state: State, *controls: Any, note: str | None = None, by: str | None = None,
    graph_id: str | None = None,
) -> list[Any]:  # fmt: skip
    """The head of a panel that shows an answer of the period, with its downloads."""
    definition = answer.definition
    compared = {"compared": True} if definition.id == "on_time" else {}
    export = export_menu(definition.id, state, {"by": by, **compared}, graph_id=graph_id, of_period=True)
    return head(words, *controls, lang=state.lang, definition=definition, note=note, export=export)


@shows(Output(ID.UNITS_KPIS, "children"))
def show_numbers(state: State) -> list[Any]:
    """The numbers on top; each goes to its cases."""
    return unit_numbers.numbers(state)


@shows(Output(ID.UNITS_BARS_HEAD, "children"), Output(ID.UNITS_BARS, "figure"))
def show_bars(state: State) -> tuple[Any, Any]:
    """The due cohort of each group, the one with most late cases on top."""
    lang, answer = state.lang, units.late_first(units.cohort(state))
    key = units.key(state, answer)
    names = [units.name_of(row, key, state) for row in answer.rows()]
    control = segments("group", state.group, {name: label(name, lang) for name in GROUPS})
    title = titled(label("due_parts", lang), answer, state, control, by=units.by(state), graph_id=ID.UNITS_BARS)
    return title, figures.cohort(answer.frame, names, lang=lang, scheme=state.scheme)


@shows(
    Output(ID.UNITS_HEAD, "children"), Output(ID.UNITS, "columnDefs"), Output(ID.UNITS, "rowData"),
    Output(ID.UNITS, "dashGridOptions"),
)  # fmt: skip
def show_cohort(state: State) -> tuple[Any, ...]:
    """The same as a table whose parts add up, the whole below; a cell opens its cases."""
    answer, whole = units.late_first(units.cohort(state)), asks.of_period(state, "on_time", compared=True)
    key, below = units.key(state, answer), Patch()
    total = unit_tables.cohort_rows([whole.rows()[0] | {"total": label("total", state.lang)}], "total", state)
    below["pinnedBottomRowData"] = [total[0] | {"row_id": ""}]
    note = f"{period_said(state)} · {stamp(answer, state.lang)}"
    title = titled(label("who_is_late", state.lang), answer, state, note=note, by=units.by(state))
    return title, unit_tables.cohort_columns(state), unit_tables.cohort_rows(answer.rows(), key, state), below


@shows(Output(ID.UNITS_FLOW_HEAD, "children"), Output(ID.UNITS_FLOW, "figure"))
def show_flow(state: State) -> tuple[Any, Any]:
    """Who hands cases on to whom."""
    lang, answer = state.lang, asks.of_period(state, "handover")
    chosen = (state.of or "", state.to or "") if state.opened == "handed" else None
    drawn = min(len(answer.frame), MAX_PAIRS)
    note = label("pairs_drawn", lang).format(n=drawn, total=len(answer.frame)) if len(answer.frame) > drawn else None
    figure = figures.handovers(answer.frame, chosen, lang=lang, scheme=state.scheme)
    return titled(label("handover_flow", lang), answer, state, note=note, graph_id=ID.UNITS_FLOW), figure


@shows(Output(ID.UNITS_PAIRS_HEAD, "children"), Output(ID.UNITS_PAIRS, "columnDefs"), Output(ID.UNITS_PAIRS, "rowData"))
def show_pairs(state: State) -> tuple[Any, ...]:
    """The same as a table."""
    answer, lang = asks.of_period(state, "handover"), state.lang
    title = titled(label("pairs", lang), answer, state, note=label("pair_hint", lang))
    return title, unit_tables.pair_columns(state), unit_tables.pair_rows(answer)


@shows(Output(ID.UNITS_WAITS_HEAD, "children"), Output(ID.UNITS_WAITS, "figure"))
def show_waits(state: State) -> tuple[Any, Any]:
    """Where cases wait: the groups of the cohort by node."""
    lang, answer = state.lang, asks.of_period(state, "node_times", by=units.by(state))
    key = units.key(state, answer)
    most = units.busiest(answer, key)
    names = [units.name_of(row, key, state) for row in most]
    figure = figures.waits(
        answer.frame, state.wait, [row[key] for row in most], names, key, lang=lang, scheme=state.scheme
    )
    control = segments("wait", state.wait, {name: label(f"wait_{name}", lang) for name in WAITS})
    note = label("few_star", lang)
    title = titled(
        label("node_waits", lang), answer, state, control, note=note, by=units.by(state), graph_id=ID.UNITS_WAITS
    )
    return title, figure


@shows(Output(ID.UNITS_STEPS_HEAD, "children"), Output(ID.UNITS_STEPS, "columnDefs"), Output(ID.UNITS_STEPS, "rowData"))
def show_steps(state: State) -> tuple[Any, ...]:
    """What each group gave back, got right at once, and had to do again."""
    answer, lang = asks.of_period(state, "bounces"), state.lang
    title = titled(label("passed_on", lang), answer, state, note=period_said(state), by=units.by(state))
    return title, unit_tables.step_columns(state), unit_tables.step_rows(units.steps(state), state)


@shows(
    Output(ID.UNITS_NOBODYS_HEAD, "children"),
    Output(ID.UNITS_NOBODYS, "columnDefs"),
    Output(ID.UNITS_NOBODYS, "rowData"),
)
def show_nobodys(state: State) -> tuple[Any, ...]:
    """The items nobody takes for theirs, worst first."""
    answer, lang = asks.of_period(state, "nobodys"), state.lang
    note = label("shown_of", lang).format(n=len(answer.frame), total=answer.meta["n_total"])
    title = titled(answer.definition.title.said(lang), answer, state, note=note)
    return title, unit_tables.nobodys_columns(state), unit_tables.nobodys_rows(answer, state)


# ---------------------------------------------------------------------------------------------------------------------
# Clicks


@goes(Input(ID.UNITS, "cellClicked"))
def click_cohort(cell: dict[str, Any] | None, state: State) -> State | None:
    """A count: its cases; anything else of a row: its late cases."""
    if not cell:
        return None
    part = unit_tables.CELLS.get(cell.get("colId", ""), "late")
    return state.but(opened=part, of=cell.get("rowId") or None, to=None)


@goes(Input(ID.UNITS_BARS, "clickData"))
def click_bars(click: dict[str, Any] | None, state: State) -> State | None:
    """A piece of a bar: its cases."""
    about = click["points"][0].get("customdata") if click else None
    if not about:
        return None
    answer = units.late_first(units.cohort(state))
    return state.but(opened=about[1], of=units.code_of(answer.rows()[about[0]], units.key(state, answer)), to=None)


@goes(Input(ID.UNITS_FLOW, "clickData"))
def click_flow(click: dict[str, Any] | None, state: State) -> State | None:
    """A band: its cases."""
    return _pair(click["points"][0].get("label") if click else None, state)


@goes(Input(ID.UNITS_PAIRS, "cellClicked"))
def click_pair(cell: dict[str, Any] | None, state: State) -> State | None:
    """A pair: its cases."""
    return _pair(cell.get("rowId") if cell else None, state)


def _pair(said: str | None, state: State) -> State | None:
    giver, between, taker = (said or "").partition(BETWEEN)
    return state.but(opened="handed", of=giver, to=taker) if between else None


@goes(Input(ID.UNITS_STEPS, "cellClicked"))
def click_steps(cell: dict[str, Any] | None, state: State) -> State | None:
    """A unit: what it handed on; another group: its late cases."""
    what = "handed" if state.group == "unit" else "late"
    return state.but(opened=what, of=cell["rowId"], to=None) if cell and cell.get("rowId") else None

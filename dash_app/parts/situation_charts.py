"""What stands below the map of the situation: open cases by kind, what came in and went out, the cases that wait longest."""

from typing import Any, Final

from dash import Input, Output, dcc

from dash_app.asking import asks
from dash_app.asking.state import DIMENSIONS, STEPS, State
from dash_app.frame.case_lists import CaseList, order
from dash_app.frame.components import goes, head, segments, select, shows, stamp
from dash_app.frame.export_menu import export_menu
from dash_app.frame.ids import ID
from gridgov import figures
from gridgov.figures.text import number
from gridgov.vocabulary import label


@shows(Output(ID.BARS_HEAD, "children"), Output(ID.BARS, "figure"))
def show_bars(state: State) -> tuple[Any, Any]:
    """Open cases by a dimension, the overdue part inside."""
    by, answer = asks.kinds(state)
    part = "n_overdue" if asks.has_deadlines(answer) else None
    figure = figures.bars(
        answer.frame, answer.frame.columns[0], part=part, chosen=next(iter(state.where.get(by, ())), None), lang=state.lang,
        scheme=state.scheme,
    )  # fmt: skip
    control = select("by", by, {name: label(name, state.lang) for name in DIMENSIONS}, 130, label("by", state.lang))
    export = export_menu("backlog", state, {"by": by}, graph_id=ID.BARS)
    return head(
        label("backlog", state.lang), control, lang=state.lang, definition=answer.definition, export=export
    ), figure


@goes(Input(ID.BARS, "clickData"))
def click_bars(click: dict[str, Any] | None, state: State) -> State | None:
    """A bar filters by its group; the same bar again takes the filter away."""
    return state.filtered(asks.kinds(state)[0], click["points"][0]["customdata"][0]) if click else None


@shows(Output(ID.FLOW_HEAD, "children"), Output(ID.FLOW, "figure"))
def show_flow(state: State) -> tuple[Any, Any]:
    """Reported and closed by period."""
    answer = asks.ask(state, "flow", by=state.step)
    figure = figures.flow(answer.frame, lang=state.lang, scheme=state.scheme)
    control = segments("step", state.step, {name: label(name, state.lang) for name in STEPS})
    export = export_menu("flow", state, {"by": state.step}, graph_id=ID.FLOW)
    return head(
        label("flow", state.lang), control, lang=state.lang, definition=answer.definition, export=export
    ), figure


WORST: Final = CaseList(
    ID.WORST, asks.worst, ("case_no", "light", "left", "matter", "where", "village", "unit", "reported_at", "due_at"),
    page=25,
)  # fmt: skip


@shows(Output(ID.WORST_HEAD, "children"), Input(WORST.sorted, "data"))
def show_worst(state: State, sorted_by: Any = None) -> Any:
    """Above the cases that wait longest."""
    answer, lang = asks.worst(state, limit=0), state.lang
    asked = {} if answer.definition.id == "overdue" else {"where": {"open": True}, "sort": ["due_at", "reported_at"]}
    asked |= {"sort": given} if (given := order(sorted_by)) else {}
    every = dcc.Link(
        label("all_cases", lang), href=asks.cases_href(state, behind="backlog.n_open"), className="jump crumb"
    )
    export = export_menu(answer.definition.id, state, asked)
    note = f"{number(answer.meta['n_total'])} · {stamp(answer, lang)}"
    return head(label("worst", lang), every, lang=lang, definition=answer.definition, note=note, export=export)
